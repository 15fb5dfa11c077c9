"""What a hypothesis said before: its edits, read from the journal."""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from library.records.kind import from_row
from planner.hypotheses.kind import HYPOTHESIS
from planner.hypotheses.model import Revision

# What is claimed. A verdict is about the claim as it was when the verdict was drawn.
CLAIM: Final = ("statement", "metric", "direction", "delta", "unit")


def revisions(db: sqlite3.Connection, hypothesis_id: int) -> tuple[Revision, ...]:
    """The edits of a hypothesis's fields, undone ones and their undoing among them, the oldest first."""
    return _edits(db, f'["hypothesis", {{"id": {hypothesis_id}}}, {{').get(hypothesis_id, ())


def since(edits: tuple[Revision, ...], names: tuple[str, ...], made_at: str) -> str:
    """Since when the fields `names` have been as they are."""
    times = [edit.at for edit in edits if any(name in names for name, _, _ in edit.changes)]
    return times[-1] if times else made_at


def revisions_of_each(db: sqlite3.Connection) -> dict[int, tuple[Revision, ...]]:
    """`revisions` of every hypothesis that was ever changed."""
    return _edits(db, '["hypothesis", {"id": ')


def reworded_since(edits: Sequence[Revision], moment: str) -> bool:
    """Whether what is claimed now is other than what was claimed then. What was changed and put back is the same."""
    then: dict[str, Any] = {}
    now: dict[str, Any] = {}
    for edit in edits:
        for name, before, after in edit.changes if edit.at > moment else ():
            if name in CLAIM:
                then.setdefault(name, before)
                now[name] = after
    return then != now


def _edits(db: sqlite3.Connection, needle: str) -> dict[int, tuple[Revision, ...]]:
    """By hypothesis: its edits, from journal entries that hold `needle`. Making one, or undoing that, is no edit."""
    found: dict[int, tuple[Revision, ...]] = {}
    rows = db.execute("SELECT at, person, changes FROM journal WHERE instr(changes, ?) ORDER BY id", (needle,))
    for row in rows.fetchall():
        for table, key, before, after in json.loads(row["changes"]):
            changes = _differences(before, after) if table == "hypothesis" and before and after else ()
            if changes:
                found[key["id"]] = (*found.get(key["id"], ()), Revision(row["at"], row["person"], changes))
    return found


def _differences(before: dict[str, Any], after: dict[str, Any]) -> tuple[tuple[str, Any, Any], ...]:
    """Changed fields, but for the state: moves are told apart, with their reasons."""
    blank = {field.name: None for field in HYPOTHESIS.fields}
    old, new = from_row(HYPOTHESIS, blank | before), from_row(HYPOTHESIS, blank | after)
    return tuple((name, old[name], new[name]) for name in old if old[name] != new[name])
