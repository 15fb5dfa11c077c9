"""What a verdict may claim: whether it confirms or only explores, and what has to be known beside the numbers."""

import sqlite3
from collections.abc import Collection, Sequence
from datetime import date
from typing import TYPE_CHECKING

from library.text import counted
from planner.experiments.baselines import ages, said
from planner.experiments.copies import Copy
from planner.experiments.effective import effective
from planner.experiments.exclusions import unforeseen
from planner.experiments.history import Series, changed_after_judging, past_of, seen_under_another_plan
from planner.experiments.model import Phase, Preregistration, Result
from planner.experiments.plans import differences, versions
from planner.experiments.rules import Comparison, looks_of
from planner.register.problems import warnings_of
from planner.register.queries import entries

if TYPE_CHECKING:
    from planner.experiments.ratings import Rated
    from planner.statistics.rule import Rule
    from planner.statistics.verdict import Verdict


def why_exploratory(
    db: sqlite3.Connection,
    frozen: Preregistration,
    rule: "Rule",
    verdict: "Verdict",
    compared: Sequence[Result],
    looked_at: Collection[Series],
    copies: Collection[Copy],
) -> tuple[str, ...]:
    """The reasons why a verdict confirms nothing; empty where it does.

    `compared`: the rows of its two arms; `looked_at`: what these are rows of, whether there are any or not; `copies`:
    where else its values stood.
    """
    from planner.statistics.looks import look_at

    found = []
    if frozen.exploratory:
        first = versions(db, frozen.experiment_id)[0]
        fields = ", ".join(difference.field for difference in differences(first.plan, frozen.plan))
        found.append(f"the plan was changed after it had been frozen (version {frozen.version}: {fields})")
    elif any(row.exploratory for row in compared):
        found.append("results were taken in while the plan differed from the frozen one")
    past = past_of(db, frozen.experiment_id)
    other = seen_under_another_plan(past, frozen, compared)
    if other and not found:
        found.append(f"results were in before, and taken back, under a plan that differed in {', '.join(other)}")
    changed = changed_after_judging(past, compared, looked_at)
    if changed:
        found.append(changed)
    found += [f"{copy.said}, and were judged there for the same hypothesis" for copy in copies if copy.counted]
    left_out = unforeseen(compared)  # of guardrails, too: one that is left out blocks nothing
    if left_out:
        runs = "; ".join(left_out[:5]) + ("; …" if len(left_out) > 5 else "")
        found.append(f"{counted(len(left_out), 'run')} left out under no rule of the frozen plan: {runs}")
    # The smaller arm's, as in the statistics: seeds of one arm alone are no reason to stop where the other one is.
    tried = min(
        len({row.seed for row in compared if row.arm == arm and row.metric == rule.metric and not row.slice})
        for arm in (verdict.baseline.arm, verdict.treatment.arm)
    )
    if rule.planned_n is None and rule.looks != "anytime":
        found.append("the plan fixes no number of seeds")
    elif look_at(rule, verdict.n, tried).warnings:
        ends = f"{rule.planned_n} seeds" + (f" and looks at {_listed(rule.looks)}" if rule.looks != "end" else "")
        found.append(f"a look at {counted(verdict.n, 'seed')} where the plan has {ends}")
    return tuple(found)


def what_to_know(
    db: sqlite3.Connection,
    frozen: Preregistration,
    verdict: "Verdict",
    asked: Comparison,
    today: date,
    stale_days: int,
    agreement: Sequence["Rated"],
    phase: Phase,
    copies: Collection[Copy],
) -> list[str]:
    """What a reader should know beyond the statistics: the data, the age of the baseline, earlier looks."""
    number = frozen.experiment_id
    datasets = entries(db, (int(name.removeprefix("DS-")) for name in frozen.plan["datasets"]))
    found = [*warnings_of(datasets, today)]
    found += [
        f"The baseline {baseline.arm} was {said(baseline)}."
        for baseline in ages(db, effective(db, number), today, stale_days)
        if baseline.arm == asked.baseline and baseline.stale
    ]
    found += [f"Raters agree too little: {rated.said}." for rated in agreement if rated.below]
    found += _raters(db, frozen, agreement)
    found += [f"{copy.said}: its results were known." for copy in copies if not copy.counted]
    looks = _unplanned_looks(db, frozen, asked, verdict.n, phase)
    if looks:
        shown = ", ".join(looks[:5]) + (f" and {len(looks) - 5:,} more" if len(looks) > 5 else "")
        found.append(f"Results were judged before the end, though no such look was planned: {shown}.")
    return found


def _unplanned_looks(
    db: sqlite3.Connection, frozen: Preregistration, asked: Comparison, n: int, phase: Phase
) -> list[str]:
    """ "V-3 at 5" for each earlier verdict on fewer seeds than planned, and at none of the planned looks."""
    rule = frozen.plan
    if rule["looks"] == "anytime":
        return []
    planned = looks_of(rule["looks"])
    rows = db.execute(
        "SELECT id, n FROM verdict WHERE experiment_id = ? AND treatment = ? AND baseline = ? AND n < ? "
        "AND exploratory AND json_extract(details, '$.phase') = ? ORDER BY id",
        (asked.experiment_id, asked.treatment, asked.baseline, min(n, rule["seeds"] or n), phase),
    ).fetchall()
    return [f"V-{row['id']} at {row['n']}" for row in rows if planned == "end" or row["n"] not in planned]


def _raters(db: sqlite3.Connection, frozen: Preregistration, agreement: Sequence["Rated"]) -> list[str]:
    """Where the plan asks for raters who agree, and nothing says that they do; and where fewer rated than planned."""
    asked = next(iter(frozen.plan["rating"]), None) or {}
    wanted, planned = asked.get("agreement"), asked.get("raters")
    rated = db.execute(
        "SELECT count(DISTINCT rater) FROM rating WHERE experiment_id = ? AND metric = ?",
        (frozen.experiment_id, frozen.plan["metric"]),
    ).fetchone()[0]
    found = []
    if wanted is not None and all(each.agreement.value is None for each in agreement):
        found.append(f"How far raters agree is not known, and at least {wanted:g} was wanted.")
    if planned is not None and rated and rated < planned:
        found.append(f"{counted(planned, 'rater')} were planned, and {rated} rated.")
    return found


def agreements_of(db: sqlite3.Connection, number: int, metric: str) -> tuple["Rated", ...]:
    """How far the raters of a metric agree; empty where nobody rated it."""
    if db.execute("SELECT 1 FROM rating WHERE experiment_id = ? LIMIT 1", (number,)).fetchone() is None:
        return ()
    from planner.experiments.ratings import agreements

    return tuple(rated for rated in agreements(db, number) if rated.metric == metric)


def _listed(looks: object) -> str:
    return ", ".join(map(str, looks)) if isinstance(looks, tuple) else str(looks)
