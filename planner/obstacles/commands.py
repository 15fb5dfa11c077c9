"""What people do to blockers and risks: add, edit, resolve, open again."""

import sqlite3
from collections.abc import Mapping
from datetime import date
from typing import Any

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder, record
from library.errors import UsageError
from library.records import store
from library.text import clean, shortened
from planner.obstacles.kind import OBSTACLE
from planner.obstacles.queries import obstacle


def add(db: sqlite3.Connection, person: str, raw: Mapping[str, Any], *, today: date) -> tuple[int, Change]:
    """Note a blocker or a risk; without `since` it stands since today. Raises RecordError."""
    return store.create(db, person, OBSTACLE, {"since": today.isoformat(), **raw})


def revise(db: sqlite3.Connection, person: str, number: int, raw: Mapping[str, Any]) -> Change:
    """Change one. Raises RecordError, NotFound."""
    return store.revise(db, person, OBSTACLE, number, raw)


def resolve(db: sqlite3.Connection, person: str, number: int, resolution: str) -> Change:
    """Note that it is out of the way, and how. Raises UsageError without a word on how, NotFound."""
    text = clean(resolution).strip()
    if not text:
        raise UsageError("How was it resolved?", mend='Say it: labtop obstacle resolve B-2 "…".')
    return _put(db, person, number, "obstacle.resolve", "resolved", stamp(), text)


def reopen(db: sqlite3.Connection, person: str, number: int) -> Change:
    """It is in the way again. Raises NotFound."""
    return _put(db, person, number, "obstacle.reopen", "reopened", None, None)


def _put(
    db: sqlite3.Connection, person: str, number: int, action: str, done: str, at: str | None, text: str | None
) -> Change:
    found = obstacle(db, number)
    if found.open == (at is None):
        return Change(store.TOPIC, (), None, f"{found.label} is {'open' if found.open else 'resolved'} already")
    summary = f"{done} {found.label} “{shortened(found.what)}”"

    def write(recorder: Recorder) -> None:
        recorder.put("obstacle", {"id": number}, {"resolved_at": at, "resolution": text, "updated_at": stamp()})

    _, journal_id = record(db, person=person, action=action, summary=summary, write=write)
    return Change(store.TOPIC, (), journal_id, summary)
