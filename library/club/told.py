"""What calendars were told, carried over a restore: a backup knows nothing of what was sent since it was made."""

import sqlite3
from typing import Final

from library.clock import stamp

Told = tuple[tuple[str | int, ...], ...]
_COLUMNS: Final = ("uid", "session_id", "sequence", "day", "time", "zone", "length")


def read_told(db: sqlite3.Connection) -> Told:
    """Every event that a calendar may have, with its number."""
    return tuple(tuple(row) for row in db.execute(f"SELECT {', '.join(_COLUMNS)} FROM club_calendar ORDER BY uid"))


def carry_over(db: sqlite3.Connection, told: Told) -> None:
    """Let numbers go on from what was told: events are as the backup has them now, and what it lacks is off."""
    db.executemany(
        "INSERT INTO club_calendar (uid, session_id, sequence, day, time, zone, length, changed_at, gone)"
        " VALUES (?1, ?2, ?3 + 1, ?4, ?5, ?6, ?7, ?8, 1)"
        " ON CONFLICT (uid) DO UPDATE SET sequence = max(sequence, ?3) + 1, changed_at = ?8",
        [(*row, stamp()) for row in told],
    )
