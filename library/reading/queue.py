"""A person's reading queue: what they do to it. Each action is journalled, can be undone, and says what it touched."""

import sqlite3

from library.clock import stamp
from library.db.journal import Recorder
from library.reading.order import end_position


def enqueue(recorder: Recorder, person: str, paper_id: int, *, front: bool = False) -> bool:
    """Put a paper on a person's queue, at the end or at the `front`; whether that changed anything.

    One that was dropped comes back. One that waits already moves only to the front; one that is being read, or was
    read, stays as it is.
    """
    db = recorder.connection
    found = entry_row(db, person, paper_id)
    key = {"person": person, "paper_id": paper_id}
    if found is not None and found["state"] in ("reading", "read"):
        return False
    if found is not None and found["state"] == "queued":
        first = db.execute(
            "SELECT min(position) FROM queue_entry WHERE person = ? AND state = 'queued'", (person,)
        ).fetchone()[0]
        if not front or found["position"] == first:
            return False
        recorder.put("queue_entry", key, {"position": end_position(db, person, front=True)})
        return True
    version = db.execute("SELECT version FROM paper WHERE id = ?", (paper_id,)).fetchone()
    values = {
        "state": "queued",
        "position": end_position(db, person, front=front),
        "version": version[0] if version else None,
        "added_at": stamp(),
        "started_at": None,
        "finished_at": None,
    }
    recorder.put("queue_entry", key, values)
    return True


def dequeue_untouched(recorder: Recorder, person: str, paper_id: int) -> bool:
    """Take a paper off a person's queue where they did nothing with it yet; whether it came off.

    It stays where it has been begun, has a day it is due, or has a note, a critique or a quote of theirs.
    """
    db = recorder.connection
    found = entry_row(db, person, paper_id)
    if found is None or found["state"] != "queued" or found["due"] is not None or found["progress"] is not None:
        return False
    if found["started_at"] is not None or _written(db, person, paper_id):
        return False
    return recorder.delete("queue_entry", {"person": person, "paper_id": paper_id})


def entry_row(db: sqlite3.Connection, person: str, paper_id: int) -> sqlite3.Row | None:
    """The stored entry; None where the paper was never queued by them."""
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM queue_entry WHERE person = ? AND paper_id = ?", (person, paper_id)
    ).fetchone()
    return row


def _written(db: sqlite3.Connection, person: str, paper_id: int) -> bool:
    """Whether the person has written anything on the paper."""
    found = db.execute(
        "SELECT EXISTS (SELECT 1 FROM note WHERE paper_id = ?1 AND person = ?2)"
        " OR EXISTS (SELECT 1 FROM critique WHERE paper_id = ?1 AND person = ?2)"
        " OR EXISTS (SELECT 1 FROM quote WHERE paper_id = ?1 AND person = ?2)",
        (paper_id, person),
    ).fetchone()
    return bool(found[0])
