"""What the workspace already holds of a category's announcements: to tell a stale or half batch from a real one."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import date
from statistics import median

from library.papers.model import AnnounceType

_LOOK_BACK = 10


def seen_before(
    db: sqlite3.Connection, category: str, ids: Iterable[str], types: Iterable[AnnounceType], day: date
) -> int:
    """How many of these papers were announced here, as one of `types`, on an earlier day."""
    row = db.execute(
        "SELECT count(DISTINCT a.paper_id) FROM announcement a JOIN paper p ON p.id = a.paper_id "
        "WHERE a.category = ? AND a.day < ? AND a.type IN (SELECT value FROM json_each(?)) "
        "AND p.key IN (SELECT value FROM json_each(?))",
        (category, day.isoformat(), json.dumps(list(types)), json.dumps(list(ids))),
    ).fetchone()
    return int(row[0])


def usual_count(db: sqlite3.Connection, category: str, day: date) -> float | None:
    """The median of the last ten complete days' counts before `day`; None where there are fewer than three."""
    rows = db.execute(
        "SELECT count FROM sync_ledger WHERE category = ? AND day < ? AND state = 'complete' AND count IS NOT NULL "
        "ORDER BY day DESC LIMIT ?",
        (category, day.isoformat(), _LOOK_BACK),
    ).fetchall()
    return float(median(row[0] for row in rows)) if len(rows) >= 3 else None


def already_announced(db: sqlite3.Connection, category: str, ids: Iterable[str]) -> dict[str, str]:
    """The day on which each of these papers came into the category, for those where it is known."""
    rows = db.execute(
        "SELECT p.key, min(a.day) FROM announcement a JOIN paper p ON p.id = a.paper_id "
        "WHERE a.category = ? AND a.type IN ('new', 'cross') AND p.key IN (SELECT value FROM json_each(?)) "
        "GROUP BY p.key",
        (category, json.dumps(list(ids))),
    )
    return {row[0]: row[1] for row in rows}
