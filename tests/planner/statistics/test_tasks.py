import numpy as np
import pytest
import scipy.stats

from library.errors import UsageError
from planner.statistics.tasks import (
    RESAMPLES,
    SEED,
    interquartile_mean,
    iqm_difference,
    probability_of_improvement,
)

RNG = np.random.default_rng(13)
TASKS = [f"task {number}" for number in range(7)]
NEW, OLD = RNG.normal(1, 1, (5, 7)), RNG.normal(0.5, 1, (4, 7))


def drawn(scores, rng):
    """One stratified resample: runs anew in every task."""
    picks = rng.integers(0, len(scores), scores.shape)
    return np.stack([scores[picks[:, task], task] for task in range(scores.shape[1])], axis=1)


def test_interquartile_mean_and_its_interval_equal_scipy_on_the_same_draws():
    found = interquartile_mean(NEW, TASKS)
    assert found.value == pytest.approx(scipy.stats.trim_mean(NEW, 0.25, axis=None), abs=1e-12)
    rng = np.random.default_rng(SEED)
    means = [scipy.stats.trim_mean(drawn(NEW, rng), 0.25, axis=None) for _ in range(RESAMPLES)]
    assert (found.low, found.high) == pytest.approx(np.quantile(means, [0.025, 0.975]), abs=1e-9)
    assert (found.runs, found.tasks, found.approximate, found.level) == (5, 7, True, 0.95)


def test_probability_of_improvement_equals_mann_whitney():
    new, old = np.round(NEW, 1), np.round(OLD, 1)
    found = probability_of_improvement(new, old, TASKS)
    us = [scipy.stats.mannwhitneyu(new[:, task], old[:, task]).statistic / 20 for task in range(7)]
    assert found.value == pytest.approx(np.mean(us), abs=1e-12)
    assert found.low < found.value < found.high
    assert found.runs == 4
    assert probability_of_improvement(new, new, TASKS).value == pytest.approx(0.5)
    assert probability_of_improvement(new + 100, old, TASKS).value == 1.0
    assert probability_of_improvement(old, new, TASKS).value == pytest.approx(1 - found.value)


def test_difference_of_interquartile_means():
    found = iqm_difference(NEW, OLD, TASKS)
    expected = scipy.stats.trim_mean(NEW, 0.25, axis=None) - scipy.stats.trim_mean(OLD, 0.25, axis=None)
    assert found.value == pytest.approx(expected, abs=1e-12)
    assert found.low < found.value < found.high


def test_ten_runs_are_no_longer_approximate():
    assert not interquartile_mean(RNG.normal(size=(10, 3)), TASKS[:3]).approximate
    assert iqm_difference(RNG.normal(size=(10, 3)), RNG.normal(size=(9, 3)), TASKS[:3]).approximate


@pytest.mark.parametrize("runs", [1, 2])
def test_one_or_two_runs_give_no_interval(runs):
    found = iqm_difference(NEW[:runs], OLD, TASKS)
    assert (found.low, found.high, found.approximate) == (None, None, True)


def test_calls_repeat_exactly():
    assert interquartile_mean(NEW, TASKS) == interquartile_mean(NEW.tolist(), TASKS)


@pytest.mark.parametrize(
    ("scores", "tasks", "said"),
    [
        (NEW.T, TASKS, "look transposed"),
        (NEW[:, :6], TASKS, "6 columns for 7 tasks"),
        (NEW[0], TASKS, "1 axes"),
        (np.zeros((2, 3, 7)), TASKS, "3 axes"),
        ([[1.0, 2.0], [1.0]], TASKS[:2], "not a table"),
        ([["a", "b"]], TASKS[:2], "not a table"),
        (np.zeros((0, 7)), TASKS, "empty"),
        (np.zeros((2, 2)), ["x", "x"], "named twice"),
        ([[1.0, 2.0], [1.0, float("nan")]], TASKS[:2], "Run 2 of task task 1"),
        ([[1.0, 2.0], [float("inf"), 1.0]], TASKS[:2], "Run 2 of task task 0"),
    ],
)
def test_axes_that_do_not_fit_are_refused(scores, tasks, said):
    with pytest.raises(UsageError, match=said) as caught:
        interquartile_mean(scores, tasks)
    assert caught.value.mend
