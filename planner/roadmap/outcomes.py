"""What became of what was planned."""

import sqlite3
from typing import Any

from library.quarter import Quarter
from library.settings import ProgrammeSettings
from planner.experiments.model import VerdictRow
from planner.experiments.spending import Spent, spent_by_experiment
from planner.experiments.verdicts import newest_verdicts
from planner.roadmap.candidates import label
from planner.roadmap.model import Entry, QuarterPlan


def outcomes(
    db: sqlite3.Connection, settings: ProgrammeSettings, plan: QuarterPlan, quarter: Quarter
) -> dict[int, dict[str, Any]]:
    """Of each experiment of a plan: state, newest verdict, and GPU-hours planned and spent within the quarter.

    `gpu_hours_spent` is null where runs or a verdict are there and nobody said what they used; `unknown_runs` counts
    runs that do not say it, beside those that do.
    """
    month = settings.fiscal_month
    spent = spent_by_experiment(db, first=quarter.start(month), last=quarter.end(month))
    verdicts = newest_verdicts(db)
    return {
        entry.experiment: {
            "state": entry.state,
            "verdict": plain_verdict(verdicts[entry.experiment]) if entry.experiment in verdicts else None,
            "gpu_hours_planned": hours_planned(entry),
            **_hours(entry, spent.get(entry.experiment)),
        }
        for entry in plan.entries
    }


def unplanned(
    db: sqlite3.Connection, settings: ProgrammeSettings, plan: QuarterPlan, quarter: Quarter
) -> list[dict[str, Any]]:
    """What ran within the quarter and was not in its plan. `gpu_hours` is null where no run says what it used."""
    month = settings.fiscal_month
    spent = spent_by_experiment(db, first=quarter.start(month), last=quarter.end(month))
    planned = {entry.experiment for entry in plan.chosen}
    return [
        {"id": label(number), "gpu_hours": each.stated, "unknown_runs": each.unknown_runs}
        for number, each in sorted(spent.items())
        if number not in planned
    ]


def hours_planned(entry: Entry) -> float | None:
    """GPU-hours of the whole quarter: used before the plan was made, and planned. None: not known, 0: it is out."""
    if not entry.chosen:
        return 0.0
    return None if entry.gpu_hours is None else entry.gpu_hours + float(entry.score.get("used_before") or 0.0)


def _hours(entry: Entry, spent: Spent | None) -> dict[str, Any]:
    if spent is None:
        begun = entry.state in ("running", "analysing", "done")
        return {"gpu_hours_spent": None if begun else 0.0, "unknown_runs": 0}
    return {"gpu_hours_spent": spent.stated, "unknown_runs": spent.unknown_runs}


def plain_verdict(found: VerdictRow) -> dict[str, Any]:
    """A verdict as it is frozen with a closed quarter."""
    return {
        "id": found.name,
        "state": found.state,
        "label": found.label,
        "headline": found.headline,
        "blocked_by": list(found.blocked_by),
        "exploratory": found.exploratory,
        "effect": found.effect,
        "low": found.low,
        "high": found.high,
        "n": found.n,
        "summary": found.summary,
        "at": found.at,
    }
