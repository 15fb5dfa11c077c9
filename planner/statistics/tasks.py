"""Many tasks at once: interquartile mean and probability of improvement (Agarwal et al. 2021), scores as runs × tasks.

Intervals come from a stratified bootstrap: runs are drawn anew within each task, tasks stay. Below 10 runs a task they
are too short (12 tasks: a 95 % interval covers 89 % with 3 runs, 91 % with 5, 92 % with 10), and flagged so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from library.errors import UsageError
from planner.statistics.rule import LEAST_SEEDS

RESAMPLES = 2_000
SEED = 20_240_607
ENOUGH_RUNS = 10
_BATCH = 200

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One number over all tasks with its percentile interval, None below 3 runs. `approximate`: fewer than 10 runs of
    some arm.
    """

    value: float
    low: float | None
    high: float | None
    level: float
    runs: int  # of the arm with fewer
    tasks: int
    approximate: bool


def interquartile_mean(scores: ArrayLike, tasks: Sequence[str], alpha: float = 0.05) -> Aggregate:
    """The mean of the middle half of all runs of all tasks. `scores`: runs × tasks, higher is better.

    Raises UsageError where the axes do not fit `tasks` or a score is missing.
    """
    array = _checked(scores, tasks, "scores")
    return _aggregate([array], lambda one: _iqm(one[0]), alpha)


def iqm_difference(treatment: ArrayLike, baseline: ArrayLike, tasks: Sequence[str], alpha: float = 0.05) -> Aggregate:
    """Interquartile mean of the treatment less that of the baseline, runs drawn independently. Raises as above."""
    arms = [_checked(treatment, tasks, "treatment"), _checked(baseline, tasks, "baseline")]
    return _aggregate(arms, lambda both: _iqm(both[0]) - _iqm(both[1]), alpha)


def probability_of_improvement(
    treatment: ArrayLike, baseline: ArrayLike, tasks: Sequence[str], alpha: float = 0.05
) -> Aggregate:
    """The chance that a treatment run beats a baseline run on the same task, over tasks; ties count half.

    The mean over tasks of the Mann–Whitney U divided by the number of pairs. Raises as above.
    """
    arms = [_checked(treatment, tasks, "treatment"), _checked(baseline, tasks, "baseline")]
    return _aggregate(arms, lambda both: _improvement(both[0], both[1]), alpha)


def _iqm(scores: Scores) -> Scores:
    """Over the last two axes: sort all values, drop int(¼·N) at each end (as scipy's trim_mean)."""
    flat = np.sort(scores.reshape(*scores.shape[:-2], -1), axis=-1)
    cut = int(0.25 * flat.shape[-1])
    return np.asarray(flat[..., cut : flat.shape[-1] - cut].mean(axis=-1))


def _improvement(treatment: Scores, baseline: Scores) -> Scores:
    left, right = treatment[..., :, None, :], baseline[..., None, :, :]
    wins = (left > right) + 0.5 * (left == right)
    return np.asarray(wins.mean(axis=(-3, -2, -1)))


def _aggregate(arms: list[Scores], statistic: Callable[[list[Scores]], Scores], alpha: float) -> Aggregate:
    runs = min(len(arm) for arm in arms)
    value = float(statistic(arms))
    if runs < LEAST_SEEDS:
        return Aggregate(value, None, None, 1 - alpha, runs, arms[0].shape[1], approximate=True)
    rng = np.random.default_rng(SEED)
    tasks = np.arange(arms[0].shape[1])
    drawn = []
    for _ in range(RESAMPLES // _BATCH):
        resampled = [arm[rng.integers(0, len(arm), (_BATCH, *arm.shape)), tasks] for arm in arms]
        drawn.append(statistic(resampled))
    low, high = np.quantile(np.concatenate(drawn), [alpha / 2, 1 - alpha / 2])
    return Aggregate(value, float(low), float(high), 1 - alpha, runs, len(tasks), runs < ENOUGH_RUNS)


def _checked(scores: ArrayLike, tasks: Sequence[str], name: str) -> Scores:
    try:
        array = np.asarray(scores, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UsageError(
            f"The {name} are not a table of numbers.", mend="Give one row a run, each with one score a task."
        ) from error
    if array.ndim != 2:
        raise UsageError(f"The {name} have {array.ndim} axes.", mend="Give two: runs × tasks.")
    runs, columns = array.shape
    if columns != len(tasks):
        turned = " They look transposed." if runs == len(tasks) else ""
        raise UsageError(
            f"The {name} have {columns} columns for {len(tasks)} tasks.{turned}",
            mend="Rows are runs, columns are tasks.",
        )
    if len(set(tasks)) != len(tasks):
        raise UsageError(f"A task of the {name} is named twice.", mend="Give every column its own task.")
    if runs == 0 or columns == 0:
        raise UsageError(f"The {name} are empty.", mend="Give at least one run and one task.")
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        run, task = bad[0]
        raise UsageError(
            f"Run {run + 1} of task {tasks[task]} has no finite score in the {name} ({len(bad)} such).",
            mend="Leave the run out of every task and say so, or give it the score of a failure.",
        )
    return array
