import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.errors import UsageError
from planner.prioritisation.spread import DEFAULT_SIGMA, Spread

amounts = st.floats(0, 1e6, allow_nan=False)
probabilities = st.floats(0.001, 0.999)


def test_one_number_states_its_default_spread() -> None:
    assert Spread.parse("cost", "120") == Spread("cost", 120.0, sigma=DEFAULT_SIGMA["cost"])
    assert Spread.parse("value", 3) == Spread("value", 3.0, sigma=DEFAULT_SIGMA["value"])
    assert Spread.parse("probability", " .4 ").sigma == DEFAULT_SIGMA["probability"]


def test_three_points_in_either_form() -> None:
    written = Spread.parse("cost", "80..120..200")
    assert (written.low, written.mode, written.high, written.sigma) == (80, 120, 200, None)
    assert Spread.parse("cost", {"low": 80, "mode": "120", "high": 200}) == written
    assert written.expected == pytest.approx((80 + 4 * 120 + 200) / 6, abs=1e-12)
    assert Spread.parse("cost", 120).expected == 120


@pytest.mark.parametrize(
    ("kind", "stated", "said"),
    [
        ("cost", "", "no number"),
        ("cost", "many", "no number"),
        ("cost", "nan", "no finite number"),
        ("cost", "inf", "no finite number"),
        ("cost", "-3", "from 0 up"),
        ("value", "80..120", "two points"),
        ("value", "80..120..200..300", "two points"),
        ("value", "1..x..3", "no number"),
        ("value", "120..80..200", "does not ascend"),
        ("value", True, "no number"),
        ("value", {"low": 1, "mode": 2}, "low and its high"),
        ("value", {"low": 1, "high": 2}, "needs a mode"),
        ("value", {"mode": 1, "sd": 2}, "does not know sd"),
        ("value", {"low": 1, "mode": 2, "high": 3, "sigma": 1}, "no sigma"),
        ("value", {"mode": 1, "sigma": -1}, "from 0 up"),
        ("probability", "0", "between 0 and 1"),
        ("probability", "1", "between 0 and 1"),
        ("probability", "40", "between 0 and 1"),
        ("probability", "0..0.4..0.9", "between 0 and 1"),
    ],
)
def test_what_is_no_spread_says_so(kind: str, stated: object, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Spread.parse(kind, stated)  # type: ignore[arg-type]


def test_an_escape_sequence_in_a_number_is_not_repeated() -> None:
    with pytest.raises(UsageError) as caught:
        Spread.parse("cost", "12\x1b[31m0")
    assert "\x1b" not in str(caught.value)


@given(st.lists(amounts, min_size=3, max_size=3), st.integers(0, 100))
def test_a_range_is_never_left(points: list[float], seed: int) -> None:
    low, mode, high = sorted(points)
    drawn = Spread("cost", mode, low, high).sample(np.random.default_rng(seed), 50)
    assert drawn.shape == (50,)
    assert (drawn >= low).all()
    assert (drawn <= high).all()


@given(probabilities, st.integers(0, 100))
def test_a_probability_stays_one(number: float, seed: int) -> None:
    drawn = Spread("probability", number).sample(np.random.default_rng(seed), 50)
    assert ((drawn > 0) & (drawn < 1)).all()


@given(amounts, st.sampled_from(["cost", "value"]))
def test_data_comes_back_equal(number: float, kind: str) -> None:
    for spread in (Spread(kind, number), Spread(kind, number, number / 2, number * 2)):  # type: ignore[arg-type]
        assert Spread.parse(spread.kind, spread.to_json()) == spread


def test_draws_follow_the_distributions_that_are_documented() -> None:
    """Against the closed forms: median and log-spread of one number, mean and variance of PERT. 200,000 fixed draws."""
    many, root = 200_000, math.sqrt(200_000)
    cost = np.log(Spread("cost", 120.0).sample(np.random.default_rng(1), many) / 120)
    assert abs(cost.mean()) < 5 * 0.3 / root
    assert cost.std() == pytest.approx(0.3, rel=0.01)
    prior = Spread("probability", 0.2).sample(np.random.default_rng(2), many)
    logits = np.log(prior / (1 - prior)) - math.log(0.2 / 0.8)
    assert abs(logits.mean()) < 5 * 0.5 / root
    assert logits.std() == pytest.approx(0.5, rel=0.01)
    pert = Spread("value", 120.0, 80.0, 200.0)
    drawn = pert.sample(np.random.default_rng(3), many)
    variance = (pert.expected - 80) * (200 - pert.expected) / 7
    assert abs(drawn.mean() - pert.expected) < 5 * math.sqrt(variance) / root
    assert drawn.var() == pytest.approx(variance, rel=0.02)


def test_more_draws_begin_with_the_same() -> None:
    for spread in (Spread("cost", 3.0), Spread("cost", 3.0, 1.0, 9.0)):
        few, many = (spread.sample(np.random.default_rng(7), draws) for draws in (10, 40))
        assert few.tolist() == many[:10].tolist()


def test_a_point_without_width_is_certain() -> None:
    assert Spread("cost", 5.0, 5.0, 5.0).sample(np.random.default_rng(0), 3).tolist() == [5, 5, 5]
    assert Spread("cost", 5.0, sigma=0.0).sample(np.random.default_rng(0), 3).tolist() == [5, 5, 5]
