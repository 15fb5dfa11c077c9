"""One number over many tasks: where results of the primary metric are there by slice, each slice is a task.

Interquartile mean and probability of improvement, beside the verdict and never one themselves. Scores of all tasks have
to be on one scale: nothing is rescaled here.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from library.errors import UsageError
from library.text import counted
from planner.experiments.effective import effective
from planner.experiments.model import Phase, Result
from planner.experiments.plans import newest, plan_of
from planner.experiments.rules import comparison
from planner.experiments.storing import results

if TYPE_CHECKING:
    from planner.statistics.tasks import Aggregate

LEAST: Final = 2  # tasks
Scores = Mapping[str, Mapping[str, float]]  # run → task → score


@dataclass(frozen=True, slots=True)
class Across:
    """A treatment against a baseline over `tasks`. `runs`: of baseline and treatment, each with a score in every task.

    The interquartile means are in the metric's unit; `difference` is turned so that up is better. `left_out`: what
    could not be used, in sentences. `approximate`: fewer than 10 runs, whose intervals are too short.
    """

    experiment_id: int
    metric: str
    treatment: str
    baseline: str
    phase: Phase
    tasks: tuple[str, ...]
    runs: tuple[int, int]
    iqm_baseline: "Aggregate"
    iqm_treatment: "Aggregate"
    difference: "Aggregate"
    probability: "Aggregate"
    left_out: tuple[str, ...]

    @property
    def approximate(self) -> bool:
        """Whether an arm has fewer than 10 runs."""
        return self.difference.approximate


def across_tasks(
    db: sqlite3.Connection,
    experiment_id: int,
    *,
    treatment: str | None = None,
    baseline: str | None = None,
    phase: Phase = "offline",
) -> Across:
    """What the slices say together. Raises UsageError where there are too few, or no run has them all; NotFound."""
    from planner.statistics.tasks import interquartile_mean, iqm_difference, probability_of_improvement

    current = effective(db, experiment_id)
    frozen = newest(db, experiment_id)
    plan = frozen.plan if frozen is not None else plan_of(current)
    asked = comparison(plan, experiment_id, treatment, baseline)
    if plan["metric"] is None or plan["direction"] is None:
        raise UsageError(f"E-{experiment_id} does not say which metric counts, and which way is better.")
    rows = [row for row in results(db, experiment_id, metric=plan["metric"], phase=phase) if row.slice]
    names = (asked.baseline, asked.treatment)
    arms = [_scores(rows, name) for name in names]
    seen = [{task for run in arm.values() for task in run} for arm in arms]
    tasks = tuple(sorted(seen[0] & seen[1]))
    if len(tasks) < LEAST:
        raise UsageError(
            f"E-{experiment_id} has results of {names[0]} and {names[1]} in {plan['metric']} on "
            f"{counted(len(tasks), 'slice')}: there are no tasks to sum up.",
            mend="Import results with a slice for each task: the columns arm, seed, slice and value.",
        )
    left_out = [
        f"{name} alone has results on {', '.join(sorted(mine - theirs))}."
        for name, mine, theirs in (zip(names, seen, reversed(seen), strict=True))
        if mine - theirs
    ]
    tables = [_table(name, arm, tasks, left_out) for name, arm in zip(names, arms, strict=True)]
    sign, alpha = (1 if plan["direction"] == "increase" else -1), plan["alpha"]
    left, right = ([[sign * score for score in run] for run in table] for table in tables)
    return Across(
        experiment_id=experiment_id,
        metric=plan["metric"],
        treatment=asked.treatment,
        baseline=asked.baseline,
        phase=phase,
        tasks=tasks,
        runs=(len(left), len(right)),
        iqm_baseline=_turned(interquartile_mean(left, tasks, alpha), sign),
        iqm_treatment=_turned(interquartile_mean(right, tasks, alpha), sign),
        difference=iqm_difference(right, left, tasks, alpha),
        probability=probability_of_improvement(right, left, tasks, alpha),
        left_out=tuple(left_out),
    )


def across_record(found: Across) -> dict[str, Any]:
    """The same as scripts see it."""

    def one(each: "Aggregate") -> dict[str, float | None]:
        return {"value": each.value, "low": each.low, "high": each.high}

    return {
        "id": f"E-{found.experiment_id}",
        "metric": found.metric,
        "treatment": found.treatment,
        "baseline": found.baseline,
        "phase": found.phase,
        "tasks": list(found.tasks),
        "runs": {"baseline": found.runs[0], "treatment": found.runs[1]},
        "level": found.difference.level,
        "iqm_baseline": one(found.iqm_baseline),
        "iqm_treatment": one(found.iqm_treatment),
        "difference": one(found.difference),
        "probability_of_improvement": one(found.probability),
        "approximate": found.approximate,
        "left_out": list(found.left_out),
    }


def _scores(rows: Sequence[Result], arm: str) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for row in rows:
        if row.arm == arm and row.status == "ok" and row.value is not None:
            found.setdefault(row.seed, {})[row.slice] = row.value
    return found


def _table(arm: str, scores: Scores, tasks: Sequence[str], left_out: list[str]) -> list[list[float]]:
    """Runs × tasks of the runs that have them all; the others are noted. Raises UsageError where none has."""
    whole = [[run[task] for task in tasks] for run in scores.values() if all(task in run for task in tasks)]
    missing = len(scores) - len(whole)
    if missing:
        left_out.append(f"{counted(missing, 'run')} of {arm} without a score in every task.")
    if not whole:
        raise UsageError(
            f"No run of {arm} has a score on each of {', '.join(tasks)}.",
            mend="A run that fails on one task has failed: give it the score of a failure, or leave the task out.",
        )
    return whole


def _turned(found: "Aggregate", sign: int) -> "Aggregate":
    if sign > 0:
        return found
    low, high = (None if each is None else -each for each in (found.high, found.low))
    return replace(found, value=-found.value, low=low, high=high)
