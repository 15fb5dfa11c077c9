"""What a hypothesis said before: its edits, read from the journal."""

import json
import sqlite3
from typing import Any, Final

from planner.hypotheses.kind import HYPOTHESIS
from planner.hypotheses.model import Revision
from planner.records.kind import from_row

# What is claimed. A verdict is about the claim as it was when the verdict was drawn.
CLAIM: Final = ("statement", "metric", "direction", "delta", "unit")


def revisions(db: sqlite3.Connection, hypothesis_id: int) -> tuple[Revision, ...]:
    """The edits of a hypothesis's fields, undone ones and their undoing among them, the oldest first."""
    found = []
    needle = f'["hypothesis", {{"id": {hypothesis_id}}}, {{'  # before is a row: not the one that made it
    rows = db.execute("SELECT at, person, changes FROM journal WHERE instr(changes, ?) ORDER BY id", (needle,))
    for row in rows:
        for table, key, before, after in json.loads(row["changes"]):
            if table == "hypothesis" and key == {"id": hypothesis_id} and before and after:
                changes = _differences(before, after)
                if changes:
                    found.append(Revision(row["at"], row["person"], changes))
    return tuple(found)


def since(edits: tuple[Revision, ...], names: tuple[str, ...], made_at: str) -> str:
    """Since when the fields `names` have been as they are."""
    times = [edit.at for edit in edits if any(name in names for name, _, _ in edit.changes)]
    return times[-1] if times else made_at


def reworded_at(db: sqlite3.Connection, hypothesis_id: int) -> str:
    """When what is claimed was last changed; empty where it never was."""
    return since(revisions(db, hypothesis_id), CLAIM, "")


def _differences(before: dict[str, Any], after: dict[str, Any]) -> tuple[tuple[str, Any, Any], ...]:
    """Changed fields, but for the state: moves are told apart, with their reasons."""
    blank = {field.name: None for field in HYPOTHESIS.fields}
    old, new = from_row(HYPOTHESIS, blank | before), from_row(HYPOTHESIS, blank | after)
    return tuple((name, old[name], new[name]) for name in old if old[name] != new[name])
