"""What every action on papers needs: which of them are still here, how they are called, and the journal."""

import json
import sqlite3
from collections.abc import Callable, Sequence

from library.db.changes import Change
from library.db.journal import Recorder, record
from library.errors import NotFound, UsageError
from library.text import counted, one_line, shortened


def existing(db: sqlite3.Connection, paper_id: int) -> sqlite3.Row:
    """Number, key, title and version of a paper. Raises NotFound."""
    row: sqlite3.Row | None = db.execute(
        "SELECT id, key, title, version FROM paper WHERE id = ?", (paper_id,)
    ).fetchone()
    if row is None:
        raise NotFound(f"There is no paper with the number {paper_id} here.")
    return row


def still_there(db: sqlite3.Connection, ids: Sequence[int]) -> tuple[int, ...]:
    """Those of `ids` that are still here, each once: a colleague may have purged some since they were listed.

    Raises NotFound where none is.
    """
    once = tuple(dict.fromkeys(ids))
    found = {
        row[0]
        for row in db.execute("SELECT paper.id FROM json_each(?) JOIN paper ON paper.id = value", (json.dumps(once),))
    }
    if once and not found:
        raise NotFound("What you chose is no longer here.", mend="See labtop journal for who removed it.")
    return tuple(paper_id for paper_id in once if paper_id in found)


def named(db: sqlite3.Connection, ids: Sequence[int]) -> str:
    """ "“Title …” (2604.09492)", "12 papers"."""
    if len(ids) == 1:
        row = existing(db, ids[0])
        return f"“{shortened(one_line(row['title']))}” ({row['key']})"
    return counted(len(ids), "paper")


def journalled(
    db: sqlite3.Connection,
    person: str,
    ids: Sequence[int],
    action: str,
    summary: str,
    write: Callable[[Recorder], object],
) -> Change:
    """One journal entry for all of `ids`. Raises UsageError where there is none."""
    if not ids:
        raise UsageError("No paper is named.")
    _, journal_id = record(db, person=person, action=action, summary=summary, write=write)
    return Change("papers", tuple(ids), journal_id, summary if journal_id else "nothing to change")
