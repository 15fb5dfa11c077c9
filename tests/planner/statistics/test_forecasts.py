import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from library.errors import UsageError
from library.proportions import wilson
from planner.statistics.forecasts import brier, reliability

FORECASTS = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.2, 0.4, 0.6, 0.7, 1.0]), st.booleans()), min_size=1, max_size=40
)


@given(st.integers(0, 200), st.integers(1, 200), st.floats(0.001, 0.5))
def test_wilson_equals_statsmodels(hits, n, alpha):
    hits = min(hits, n)
    expected = proportion_confint(hits, n, alpha, method="wilson")
    assert wilson(hits, n, alpha) == pytest.approx(expected, abs=1e-9)


def test_wilson_at_its_ends():
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(0, 5)[0] == 0.0
    assert wilson(5, 5)[1] == 1.0
    with pytest.raises(ValueError, match="6 hits in 5"):
        wilson(6, 5)
    with pytest.raises(ValueError, match="-1 hits"):
        wilson(-1, 5)


@given(FORECASTS)
def test_brier_and_its_parts(forecasts):
    found = brier(forecasts)
    assert found.score == pytest.approx(sum((p - y) ** 2 for p, y in forecasts) / len(forecasts), abs=1e-9)
    assert found.score == pytest.approx(found.reliability - found.resolution + found.always_base_rate, abs=1e-9)
    rate = sum(y for _, y in forecasts) / len(forecasts)
    assert brier([(rate, y) for _, y in forecasts]).score == pytest.approx(found.always_base_rate, abs=1e-9)
    assert (found.skill is None) == (rate in (0, 1))


def test_skill_of_knowing_and_of_guessing():
    assert brier([(1.0, True), (0.0, False)]).skill == 1.0
    assert brier([(0.5, True), (0.5, False)]).skill == 0.0
    assert brier([]) is None


@given(FORECASTS, st.integers(1, 10))
def test_every_forecast_is_in_one_row_of_its_own_range(forecasts, bins):
    rows = reliability(forecasts, bins)
    assert sum(row.n for row in rows) == len(forecasts)
    for row in rows:
        members = [(p, y) for p, y in forecasts if row.low <= p < row.high or p == row.high == 1.0]
        assert row.n == len(members)
        assert row.mean_forecast == pytest.approx(sum(p for p, _ in members) / row.n)
        assert row.came_true == sum(y for _, y in members) / row.n
        assert (row.came_low, row.came_high) == wilson(sum(y for _, y in members), row.n)


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_a_forecast_is_a_probability(value):
    with pytest.raises(UsageError, match="no probability"):
        brier([(value, True)])
    with pytest.raises(UsageError, match="no probability"):
        reliability([(value, True)])
