"""How each action of the club is stored: in the journal, under the topic of the club."""

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from library.clock import stamp
from library.club import TOPIC
from library.db.changes import Change
from library.db.journal import Recorder, record
from library.records.kind import Kind, to_row
from library.records.store import checked, get


def journalled(
    db: sqlite3.Connection, person: str, action: str, summary: str, write: Callable[[Recorder], Any], nothing: str = ""
) -> tuple[Any, Change]:
    """(what `write` returned, what changed). `nothing`: what is said where nothing was to be changed."""
    result, journal_id = record(db, person=person, action=f"club.{action}", summary=summary, write=write)
    return result, Change(TOPIC, (), journal_id, summary if journal_id else nothing or "nothing to change")


def changed_fields(
    db: sqlite3.Connection, kind: Kind, number: int, raw: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(all values as they will be, columns that differ from what is stored). Raises RecordError, NotFound."""
    before = get(db, kind, number)
    after = checked(db, kind, raw, number)
    differing = {name: value for name, value in after.items() if before[name] != value}
    return after, {**to_row(kind, differing), "updated_at": stamp()} if differing else {}
