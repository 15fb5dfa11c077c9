"""What a person does to papers. Each is journalled, can be undone, and says what it touched."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder
from library.errors import LabtopError, NotFound, UsageError
from library.papers.acting import existing, journalled, named, still_there
from library.text import clean, tag_label
from library.triage.deciding import decide

__all__ = ["add_note", "decide", "delete_note", "edit_note", "own_note", "tag", "tag_name", "untag"]


def tag(db: sqlite3.Connection, person: str, ids: Sequence[int], name: str) -> Change:
    """Put `name` on papers. Papers that have it already stay as they are. Raises UsageError for an unusable name."""
    label = tag_name(name)
    ids = still_there(db, ids)

    def write(recorder: Recorder) -> int:
        fresh = [paper_id for paper_id in ids if not _has_tag(db, paper_id, label)]
        for paper_id in fresh:
            recorder.insert("tag", {"paper_id": paper_id, "tag": label, "added_by": person, "added_at": stamp()})
        return len(fresh)

    return journalled(db, person, ids, "paper.tag", f"tagged {named(db, ids)} {label}", write)


def untag(db: sqlite3.Connection, person: str, ids: Sequence[int], name: str) -> Change:
    """Take `name` off papers. Raises NotFound where none of them has it."""
    label = tag_name(name)

    def write(recorder: Recorder) -> int:
        gone = sum(recorder.delete("tag", {"tag": label, "paper_id": paper_id}) for paper_id in ids)
        if not gone:
            raise NotFound(f"None of these papers has the tag {label}.")
        return gone

    return journalled(db, person, ids, "paper.untag", f"took {label} off {named(db, ids)}", write)


def add_note(db: sqlite3.Connection, person: str, paper_id: int, body: str) -> Change:
    """Write a note on the version of the paper that is stored now. Raises UsageError for an empty one."""
    text = _note_text(body)
    version = existing(db, paper_id)["version"]

    def write(recorder: Recorder) -> int:
        now = stamp()
        values: dict[str, Any] = {"paper_id": paper_id, "version": version, "person": person, "body": text}
        return recorder.insert("note", {**values, "created_at": now, "updated_at": now})

    return journalled(db, person, [paper_id], "note.add", f"noted on {named(db, [paper_id])}", write)


def edit_note(db: sqlite3.Connection, person: str, note_id: int, body: str) -> Change:
    """Replace the text of one's own note. Raises NotFound, LabtopError for a colleague's."""
    text = _note_text(body)
    note = _own_note(db, person, note_id)

    def write(recorder: Recorder) -> int:
        if note["body"] != text:
            recorder.put("note", {"id": note_id}, {"body": text, "updated_at": stamp()})
        return note_id

    ids = [note["paper_id"]]
    return journalled(db, person, ids, "note.edit", f"edited the note on {named(db, ids)}", write)


def delete_note(db: sqlite3.Connection, person: str, note_id: int) -> Change:
    """Delete one's own note (undo brings it back). Raises NotFound, LabtopError for a colleague's."""
    ids = [_own_note(db, person, note_id)["paper_id"]]

    def write(recorder: Recorder) -> bool:
        return recorder.delete("note", {"id": note_id})

    return journalled(db, person, ids, "note.delete", f"deleted the note on {named(db, ids)}", write)


def own_note(db: sqlite3.Connection, person: str, note_id: int) -> str:
    """The text of one's own note, to be edited. Raises NotFound, LabtopError for a colleague's."""
    return str(_own_note(db, person, note_id)["body"])


def tag_name(text: str) -> str:
    """A tag as stored: one line, blanks as hyphens, lower case. Raises UsageError for an empty or endless one."""
    label = tag_label(text)
    if not label or len(label) > 60:
        raise UsageError("A tag has between 1 and 60 characters.")
    return label


def _note_text(body: str) -> str:
    text = clean(body).strip()
    if not text:
        raise UsageError("A note needs some text.", mend="To remove a note, delete it.")
    return text


def _own_note(db: sqlite3.Connection, person: str, note_id: int) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute("SELECT * FROM note WHERE id = ?", (note_id,)).fetchone()
    if row is None:
        raise NotFound(f"There is no note {note_id}.")
    if row["person"] != person:
        raise LabtopError(f"That note is {row['person']}'s.", mend="Write one of your own beside it.")
    return row


def _has_tag(db: sqlite3.Connection, paper_id: int, label: str) -> bool:
    found = db.execute("SELECT 1 FROM tag WHERE tag = ? AND paper_id = ?", (label, paper_id)).fetchone()
    return found is not None
