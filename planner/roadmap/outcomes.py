"""What became of what was planned."""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from library.settings import ProgrammeSettings
from planner.experiments.spending import Spent, spent_by_experiment
from planner.quarter import Quarter
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
            "verdict": verdicts.get(entry.experiment),
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


def newest_verdicts(db: sqlite3.Connection, since: str | None = None) -> dict[int, Mapping[str, Any]]:
    """The newest verdict of each experiment (since a moment), as plain data."""
    rows = db.execute(
        "SELECT * FROM verdict WHERE id IN (SELECT max(id) FROM verdict WHERE ?1 IS NULL OR at >= ?1 "
        "GROUP BY experiment_id)",
        (since,),
    )
    return {row["experiment_id"]: _verdict(row) for row in rows}


def _verdict(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": f"V-{row['id']}",
        "state": row["state"],
        "label": row["label"],
        "blocked_by": json.loads(row["blocked_by"] or "[]"),
        "exploratory": bool(row["exploratory"]),
        "effect": row["effect"],
        "low": row["low"],
        "high": row["high"],
        "n": row["n"],
        "summary": row["summary"],
        "at": row["at"],
    }
