"""Stored plans, read."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import date

from library.errors import LabtopError, NotFound
from library.quarter import Quarter, quarter_of
from planner.roadmap.model import Entry, PlanState, QuarterPlan

# Which of a quarter's plans counts, where there are several.
_ORDER: tuple[PlanState, ...] = ("closed", "adopted", "draft")


def plans(db: sqlite3.Connection) -> tuple[QuarterPlan, ...]:
    """Every plan that is not superseded, newest quarter first, without entries."""
    rows = db.execute("SELECT * FROM roadmap WHERE state != 'superseded' ORDER BY quarter DESC, id DESC").fetchall()
    return tuple(_plan(row, ()) for row in rows)


def chosen_counts(db: sqlite3.Connection) -> dict[int, int]:
    """How many experiments each stored plan has in."""
    return dict(db.execute("SELECT roadmap_id, sum(chosen) FROM roadmap_entry GROUP BY roadmap_id").fetchall())


def newest_quarter_with(db: sqlite3.Connection, experiment: int) -> str | None:
    """The latest quarter whose plan (not superseded) speaks of an experiment."""
    row = db.execute(
        "SELECT max(p.quarter) AS quarter FROM roadmap p JOIN roadmap_entry r ON r.roadmap_id = p.id "
        "WHERE p.state != 'superseded' AND r.experiment_id = ?",
        (experiment,),
    ).fetchone()
    return None if row["quarter"] is None else str(row["quarter"])


def current(db: sqlite3.Connection, quarter: Quarter, states: Iterable[PlanState] = _ORDER) -> QuarterPlan | None:
    """The plan of a quarter that counts: the closed one, else the adopted one, else the draft; None without any."""
    for state in states:
        row = db.execute(
            "SELECT * FROM roadmap WHERE quarter = ? AND state = ? ORDER BY id DESC LIMIT 1", (str(quarter), state)
        ).fetchone()
        if row is not None:
            return _plan(row, entries_of(db, row["id"]))
    return None


def looked_at_first(db: sqlite3.Connection, today: date, month: int) -> Quarter:
    """Today's quarter where it has a plan, else the one that comes: that is where planning begins."""
    now = quarter_of(today, month)
    return now if current(db, now) is not None else now.shifted(1)


def needed(db: sqlite3.Connection, quarter: Quarter, states: Iterable[PlanState] = _ORDER) -> QuarterPlan:
    """As `current`. Raises NotFound where there is none."""
    found = current(db, quarter, states)
    if found is None:
        raise NotFound(
            f"There is no plan of {quarter}{'' if 'draft' in states else ' that was adopted'}.",
            mend=f"labtop roadmap plan --quarter {quarter} --gpu-hours N makes one"
            + ("." if "draft" in states else f", labtop roadmap adopt {quarter} takes it."),
        )
    return found


def plan_by_id(db: sqlite3.Connection, number: int) -> QuarterPlan:
    """A plan by its number, superseded ones too. Raises NotFound."""
    row = db.execute("SELECT * FROM roadmap WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise NotFound(f"There is no plan with the number {number}.")
    return _plan(row, entries_of(db, number))


def refuse_if_closed(db: sqlite3.Connection, quarter: Quarter) -> None:
    """Raise LabtopError where the quarter's plan is frozen."""
    row = db.execute(
        "SELECT closed_by, closed_at FROM roadmap WHERE quarter = ? AND state = 'closed'", (str(quarter),)
    ).fetchone()
    if row is not None:
        raise LabtopError(
            f"{quarter} was closed by {row['closed_by']} on {row['closed_at'][:10]} and stays as it is.",
            mend=f"labtop roadmap reopen {quarter} --reason … opens it again.",
        )


_ENTRIES = """
SELECT r.*, e.title, e.state, e.kind, e.prerequisites, e.hypothesis_id
FROM roadmap_entry r JOIN experiment e ON e.id = r.experiment_id
WHERE r.roadmap_id = ? ORDER BY r.chosen DESC, r.rank IS NULL, r.rank, r.experiment_id
"""


def entries_of(db: sqlite3.Connection, roadmap: int) -> tuple[Entry, ...]:
    """What is in first, each part by rank."""
    return tuple(_entry(row) for row in db.execute(_ENTRIES, (roadmap,)))


def _plan(row: sqlite3.Row, entries: tuple[Entry, ...]) -> QuarterPlan:
    return QuarterPlan(
        id=row["id"],
        quarter=row["quarter"],
        state=row["state"],
        gpu_hours=row["gpu_hours"],
        people_days=row["people_days"],
        exploration_floor=row["exploration_floor"],
        value=row["value"],
        optimal=bool(row["optimal"]),
        details=json.loads(row["details"]),
        entries=entries,
        person=row["person"],
        at=row["at"],
        closed_by=row["closed_by"],
        closed_at=row["closed_at"],
        learned=row["learned"],
    )


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(
        experiment=row["experiment_id"],
        title=row["title"],
        state=row["state"],
        kind=row["kind"],
        rank=row["rank"],
        chosen=bool(row["chosen"]),
        why=row["why"],
        value=row["value"],
        gpu_hours=row["gpu_hours"],
        people_days=row["people_days"],
        prerequisites=tuple(json.loads(row["prerequisites"] or "[]")),
        hypothesis=row["hypothesis_id"],
        stays=row["stays"],
        score=json.loads(row["score"] or "{}"),
        outcome=json.loads(row["outcome"]) if row["outcome"] else None,
        review=row["review"],
    )
