import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from planner.statistics.shrink import shrunk


@pytest.mark.parametrize(
    ("effect", "se", "threshold"), [(2.0, 1.0, 1.5), (2.5, 0.8, 2.0), (5.0, 1.0, 2.0), (1.0, 0.1, 0.98)]
)
def test_it_maximises_the_conditional_likelihood(effect, se, threshold):
    def unlikely(mean):
        passed = scipy.stats.norm.sf(threshold, mean, se) + scipy.stats.norm.cdf(-threshold, mean, se)
        return np.log(passed) - scipy.stats.norm.logpdf(effect, mean, se)

    oracle = minimize_scalar(unlikely, bounds=(0, effect), method="bounded", options={"xatol": 1e-10})
    assert shrunk(effect, se, threshold) == pytest.approx(oracle.x, abs=1e-5)


@pytest.mark.parametrize(("effect", "se", "threshold"), [(2.1, 1.0, 2.0), (3.0, 1.0, 2.0), (-4.0, 2.0, 3.0)])
def test_the_mean_of_what_passes_at_the_shrunk_effect_is_what_was_measured(effect, se, threshold):
    mean = shrunk(effect, se, threshold)
    density = scipy.stats.norm(mean, se)
    upper = density.expect(lambda x: x, threshold, np.inf, epsabs=1e-13)
    lower = density.expect(lambda x: x, -np.inf, -threshold, epsabs=1e-13)
    assert (upper + lower) / (density.sf(threshold) + density.cdf(-threshold)) == pytest.approx(effect, abs=1e-9)


@given(st.floats(0.01, 50), st.floats(0.01, 100), st.floats(0, 1))
def test_it_lies_between_nothing_and_the_estimate_and_turns_with_the_sign(se, effect, share):
    value = shrunk(effect, se, effect * share)
    assert 0 <= value <= effect
    assert shrunk(-effect, se, effect * share) == -value
    assert shrunk(3 * effect, 3 * se, 3 * effect * share) == pytest.approx(3 * value, rel=1e-6, abs=1e-9)


def test_clear_wins_stay_and_narrow_ones_shrink():
    assert shrunk(100.0, 1.0, 2.0) == 100.0
    assert shrunk(8.0, 1.0, 2.0) == pytest.approx(8.0, abs=1e-6)
    assert shrunk(2.0, 1.0, 2.0) < 1.0
    assert shrunk(1.0, 1.0, 0.0) == 1.0
    with pytest.raises(ValueError, match="below the threshold"):
        shrunk(1.0, 1.0, 1.1)


def test_it_takes_most_of_the_winners_curse_away():
    draws = np.random.default_rng(9).normal(1.0, 0.5, 4000)
    winners = draws[draws > 1.0]
    corrected = np.mean([shrunk(value, 0.5, 1.0) for value in winners])
    assert np.mean(winners) > 1.35
    assert abs(corrected - 1.0) < 0.15
