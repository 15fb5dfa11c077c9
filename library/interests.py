"""What ranking looks for: topics in a person's words, and whatever other parts of labtop want to see ranked higher.

A hypothesis that is alive stands here with its text and its reference, so that ranking never has to know hypotheses.
"""

import sqlite3
from dataclasses import dataclass

from library.clock import stamp
from library.db.journal import Recorder
from library.errors import UsageError
from library.text import one_line

_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Interest:
    """`kind`: topic, tag, search or hypothesis; `reference`: which one; `person` is None where it is everybody's."""

    id: int
    person: str | None
    kind: str
    reference: str | None
    text: str


def set_interest(
    recorder: Recorder, kind: str, reference: str, text: str, active: bool, *, person: str | None = None
) -> int | None:
    """Make the interest of that kind and reference say `text`, or lay it to rest; part of the caller's journal entry.

    One that is not active is kept with its text, and comes back under its number. Returns the number; None where there
    is none and none is wanted. Raises UsageError for an empty text of an active one.
    """
    said = one_line(text)[:_LONGEST]
    if active and not said:
        raise UsageError("An interest needs some words.")
    row = recorder.connection.execute(
        "SELECT id, text FROM interest WHERE kind = ? AND reference = ? AND person IS ? ORDER BY id",
        (kind, reference, person),
    ).fetchone()
    if row is None:
        if not active:
            return None
        values = {"person": person, "text": said, "kind": kind, "reference": reference, "active": 1}
        return recorder.insert("interest", {**values, "created_at": stamp()})
    recorder.put("interest", {"id": row[0]}, {"text": said or row[1], "active": int(active)})
    return int(row[0])


def active_interests(db: sqlite3.Connection, person: str) -> tuple[Interest, ...]:
    """What is looked for on behalf of `person`: their own interests and everybody's, in the order they were added."""
    rows = db.execute(
        "SELECT id, person, kind, reference, text FROM interest WHERE active AND (person IS NULL OR person = ?) "
        "ORDER BY id",
        (person,),
    )
    return tuple(Interest(*row) for row in rows)
