"""Reading blockers and risks."""

import sqlite3
from dataclasses import fields
from typing import Any

from library.errors import NotFound
from planner.obstacles.model import Obstacle

_COLUMNS = tuple(field.name for field in fields(Obstacle))
# What stops work now comes first, then risks by likelihood and impact; the longest standing first.
_ORDER = """
ORDER BY o.resolved_at IS NOT NULL, o.kind, coalesce(instr('high medium low', o.likelihood), 99),
         coalesce(instr('high medium low', o.impact), 99), o.since, o.id
"""


def obstacles(
    db: sqlite3.Connection,
    *,
    experiment: int | None = None,
    hypothesis: int | None = None,
    resolved: bool = False,
) -> tuple[Obstacle, ...]:
    """Those in the way of everything, of an experiment or of a hypothesis; `resolved`: also those that no longer are.

    What is in the way of a hypothesis is in the way of its experiments, and is among theirs.
    """
    rows = db.execute(
        "SELECT o.* FROM obstacle o WHERE (?1 IS NULL OR o.experiment_id = ?1 OR (o.experiment_id IS NULL "
        " AND o.hypothesis_id = (SELECT e.hypothesis_id FROM experiment e WHERE e.id = ?1))) "
        f"AND (?2 IS NULL OR o.hypothesis_id = ?2) AND (?3 OR o.resolved_at IS NULL) {_ORDER}",
        (experiment, hypothesis, resolved),
    ).fetchall()
    return tuple(_obstacle(row) for row in rows)


def obstacle(db: sqlite3.Connection, number: int) -> Obstacle:
    """One of them. Raises NotFound."""
    row = db.execute("SELECT * FROM obstacle WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise NotFound(f"There is no obstacle B-{number}.", mend="labtop obstacle list shows them.")
    return _obstacle(row)


def open_by_experiment(db: sqlite3.Connection) -> dict[int, tuple[Obstacle, ...]]:
    """What is in the way of each experiment, itself or through its hypothesis; without anything, no entry."""
    found: dict[int, list[Obstacle]] = {}
    rows = db.execute(
        "SELECT o.*, e.id AS hinders FROM obstacle o JOIN experiment e ON e.id = o.experiment_id "
        "OR (o.experiment_id IS NULL AND e.hypothesis_id = o.hypothesis_id) "
        f"WHERE o.resolved_at IS NULL {_ORDER}"
    ).fetchall()
    for row in rows:
        found.setdefault(row["hinders"], []).append(_obstacle(row))
    return {number: tuple(each) for number, each in found.items()}


def obstacle_record(found: Obstacle) -> dict[str, Any]:
    """An obstacle as scripts see it."""
    return {
        **{name: getattr(found, name) for name in _COLUMNS},
        "id": found.label,
        "experiment_id": None if found.experiment_id is None else f"E-{found.experiment_id}",
        "hypothesis_id": None if found.hypothesis_id is None else f"H-{found.hypothesis_id}",
        "open": found.open,
    }


def _obstacle(row: sqlite3.Row) -> Obstacle:
    return Obstacle(**{name: row[name] for name in _COLUMNS})
