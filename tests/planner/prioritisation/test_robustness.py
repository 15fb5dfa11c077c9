import math
from dataclasses import replace

import pytest

from library.jobs import Cancelled, CancelToken
from planner.prioritisation.inputs import Inputs
from planner.prioritisation.portfolio import Budget, Item
from planner.prioritisation.robustness import Candidate, Robustness, Share, drawn_items, robustness, wilson
from planner.prioritisation.score import score


def candidate(name: str, **stated: object) -> Candidate:
    base = {"prior": 0.4, "payoff": 10, "loss": 5, "power": 0.8, "gpu_hours_fixed": 100, "people_days": 4}
    found = score(Inputs.stated(**{**base, **stated}))
    return Candidate(Item(name, found.plan_value, found.gpu_hours, found.people_days), found)


PORTFOLIO = [
    candidate("sure", prior="0.38..0.4..0.42", payoff="290..300..310", loss="180..190..200", gpu_hours_fixed=5),
    *(candidate(f"E-{number}", payoff=8 + number, gpu_hours_fixed=90 + 5 * number) for number in range(8)),
    candidate("hopeless", payoff=0.01, gpu_hours_fixed=200),
]
BUDGET = Budget(400.0)


def last(candidates: list[Candidate], draws: int = 40, seed: int = 0) -> Robustness:
    return list(robustness(candidates, BUDGET, draws=draws, seed=seed))[-1]


def test_it_streams_with_its_draw_count() -> None:
    counts = [state.draws for state in robustness(PORTFOLIO, BUDGET, draws=12, every=5)]
    assert counts == [5, 10, 12]


def test_a_seed_gives_the_same_shares_and_another_seed_others() -> None:
    first = last(PORTFOLIO)
    assert last(list(reversed(PORTFOLIO))).shares == first.shares
    assert last(PORTFOLIO, seed=1).shares != first.shares
    assert first.shares["sure"].share == 1
    assert first.shares["hopeless"].share == 0
    assert 0 < first.shares["E-3"].share < 1


def test_draws_of_one_item_do_not_hang_on_the_others() -> None:
    alone = drawn_items(PORTFOLIO[3], 20, seed=0)
    assert alone == drawn_items(PORTFOLIO[3], 40, seed=0)[:20]
    assert len({item.gpu_hours for item in alone}) == 20
    assert len({item.value for item in alone}) > 10  # where no result would change the decision, it is 0
    assert drawn_items(PORTFOLIO[4], 20, seed=0)[0].gpu_hours != alone[0].gpu_hours


def test_ranges_are_kept_and_what_is_left_of_a_cost_is_scaled() -> None:
    ranged = candidate("E-9", prior="0.3..0.4..0.5", gpu_hours_fixed="80..100..150", people_days="4..4..4")
    half = Candidate(replace(ranged.item, gpu_hours=(ranged.item.gpu_hours or 0) / 2), ranged.score)
    for whole, left in zip(drawn_items(ranged, 50, 0), drawn_items(half, 50, 0), strict=True):
        assert 80 <= (whole.gpu_hours or 0) <= 150
        assert left.gpu_hours == pytest.approx((whole.gpu_hours or 0) / 2)
        assert whole.people_days == 4


def test_certain_inputs_stay_as_they_are() -> None:
    fixed = Candidate(Item("A", 1.0, 10.0))
    points = candidate("B", **{name: {"mode": value, "sigma": 0} for name, value in (("prior", 0.4), ("payoff", 10))})
    assert drawn_items(fixed, 3, 0) == [fixed.item] * 3
    certain = candidate(
        "C",
        **{
            name: {"mode": value, "sigma": 0}
            for name, value in (("prior", 0.4), ("payoff", 10), ("loss", 5), ("gpu_hours_fixed", 100))
        },
        people_days=None,
    )
    for item in drawn_items(certain, 3, 0):
        assert item.value == pytest.approx(certain.item.value or 0, abs=1e-12)
        assert item.gpu_hours == pytest.approx(100)
    assert points.item.value == certain.item.value


def test_what_needs_input_and_what_has_bits_alone() -> None:
    unknown = candidate("A", prior=None)
    assert all(item.value is None for item in drawn_items(unknown, 3, 0))
    by_bits = candidate("B", payoff=None)
    assert by_bits.item.value is None
    planned_by_bits = Candidate(replace(by_bits.item, value=0.3), by_bits.score)
    drawn = drawn_items(planned_by_bits, 5, 0)
    assert len({item.value for item in drawn}) == 5
    assert all(0 < (item.value or 0) < 1 for item in drawn)


def test_draws_without_a_plan_are_counted_apart() -> None:
    tight = candidate("A", gpu_hours_fixed="80..100..120")
    locked = Candidate(replace(tight.item, lock="in"), tight.score)
    found = list(robustness([locked], Budget(100.0), draws=50))[-1]
    over = sum((item.gpu_hours or 0) > 100 for item in drawn_items(locked, 50, 0))
    assert 0 < over < 50
    assert found.impossible == over
    assert found.shares["A"].share == 1
    never = list(robustness([locked], Budget(1.0), draws=3))[-1]
    assert (never.impossible, never.shares) == (3, {})


def test_it_stops_when_asked_to() -> None:
    token = CancelToken()
    stream = robustness(PORTFOLIO, BUDGET, draws=50, every=5, cancel=token)
    assert [next(stream).draws, next(stream).draws] == [5, 10]
    token.cancel()
    with pytest.raises(Cancelled):
        next(stream)


def test_wilson_solves_its_own_equation() -> None:
    """The ends are where |share − p| is 1.96 standard errors of p (Wilson 1927)."""
    for count, total in ((1, 7), (100, 200), (181, 200), (199, 200)):
        found = wilson(count, total)
        for end in (found.low, found.high):
            assert abs(count / total - end) == pytest.approx(1.959963984540054 * math.sqrt(end * (1 - end) / total))
    assert wilson(0, 20).low == 0
    assert wilson(20, 20).high == 1
    assert wilson(0, 20).high == pytest.approx(0.1611, abs=1e-4)
    assert isinstance(wilson(3, 9), Share)
