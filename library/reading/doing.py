"""What a person does to their reading queue. Each action is one entry of the journal, and can be undone."""

import re
import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import Final

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder
from library.errors import LabtopError, NotFound, UsageError
from library.papers.acting import journalled, named, still_there
from library.reading.model import State
from library.reading.order import Step, in_order, place, stepped
from library.reading.queue import enqueue, entry_row
from library.text import counted, one_line, shortened

_ON: Final[dict[State, State]] = {"queued": "reading", "reading": "read", "dropped": "queued"}
_BACK: Final[dict[State, State]] = {"reading": "queued", "read": "reading", "dropped": "queued"}
_DONE: Final[dict[State, str]] = {
    "queued": "put back on the queue:",
    "reading": "began to read",
    "read": "finished",
    "dropped": "dropped from the queue:",
}


class TooManyAtOnce(LabtopError):
    """More would be in progress than a person allows themselves. Said again with `over`, it is done all the same."""


def add(db: sqlite3.Connection, person: str, ids: Sequence[int], *, front: bool = False) -> Change:
    """Queue papers in the order given, at the end or at the `front`."""
    ids = still_there(db, ids)

    def write(recorder: Recorder) -> None:
        for paper_id in reversed(ids) if front else ids:
            enqueue(recorder, person, paper_id, front=front)

    where = " at the front" if front else ""
    return journalled(db, person, ids, "queue.add", f"queued {named(db, ids)}{where}", write)


def put(
    db: sqlite3.Connection, person: str, ids: Sequence[int], state: State, *, limit: int = 0, over: bool = False
) -> Change:
    """Move papers to a state; those that were never queued are queued on the way, but for dropping.

    `limit`: how many may be in progress at once, 0 for any number. Raises TooManyAtOnce beyond it, unless `over`;
    NotFound for dropping what was never queued.
    """
    ids = still_there(db, ids)
    rows = {paper_id: entry_row(db, person, paper_id) for paper_id in ids}
    moved = [paper_id for paper_id, row in rows.items() if row is None or row["state"] != state]
    if state == "dropped" and all(row is None for row in rows.values()):
        which = f"{named(db, ids)} is not" if len(ids) == 1 else "None of these papers is"
        raise NotFound(f"{which} on your queue.", mend="labtop queue shows what is.")
    if state == "reading" and moved and limit and not over:
        _refuse_too_many(db, person, len(moved), limit)

    def write(recorder: Recorder) -> None:
        for paper_id in moved:
            if rows[paper_id] is None and state == "dropped":
                continue
            if rows[paper_id] is None:
                enqueue(recorder, person, paper_id)
            _to_state(recorder, person, paper_id, state)

    fresh = state == "queued" and all(rows[paper_id] is None for paper_id in moved)
    done = f"{'queued' if fresh else _DONE[state]} {named(db, moved or ids)}"
    return journalled(db, person, ids, f"queue.{state}", done, write)


def _to_state(recorder: Recorder, person: str, paper_id: int, state: State) -> None:
    row, now = entry_row(recorder.connection, person, paper_id), stamp()
    assert row is not None
    if row["state"] == state:
        return
    values: dict[str, object] = {"state": state, "finished_at": now if state in ("read", "dropped") else None}
    if state in ("reading", "read") and row["started_at"] is None:
        values["started_at"] = now
    recorder.put("queue_entry", {"person": person, "paper_id": paper_id}, values)


def _refuse_too_many(db: sqlite3.Connection, person: str, more: int, limit: int) -> None:
    open_now = len(in_order(db, person, "reading"))
    if open_now + more > limit:
        raise TooManyAtOnce(
            f"You are reading {counted(open_now, 'paper')} already, and {limit} at once is your limit.",
            mend="Finish or put back one of them first, or begin all the same with --over.",
        )


def step(
    db: sqlite3.Connection, person: str, ids: Sequence[int], way: int, *, limit: int = 0, over: bool = False
) -> Change:
    """On to the next state (`way` 1), or back (−1): queued, reading, read. All go where the first one goes.

    Raises TooManyAtOnce as `put` does, UsageError where there is no further state.
    """
    ids = still_there(db, ids)
    row = entry_row(db, person, ids[0])
    state: State | None = ((_ON if way > 0 else _BACK).get(row["state"])) if row is not None else "queued"
    if state is None:
        raise UsageError("It is read already." if way > 0 else "It waits on the queue already.")
    return put(db, person, ids, state, limit=limit, over=over)


def drop(db: sqlite3.Connection, person: str, ids: Sequence[int]) -> Change:
    """Take papers off the queue without having read them. Raises NotFound for what was never on it."""
    return put(db, person, ids, "dropped")


def move(db: sqlite3.Connection, person: str, paper_id: int, where: Step | int) -> Change:
    """Move a paper in the order by hand: a step, or to a place (from 1) among those of its state. Raises NotFound."""
    (paper_id,) = still_there(db, [paper_id])
    state = _entry(db, person, paper_id)["state"]
    if isinstance(where, int):
        if where < 1:
            raise UsageError("Places count from 1.")
        index = min(where, len(in_order(db, person, state))) - 1
    else:
        index = stepped(in_order(db, person, state), paper_id, where)

    def write(recorder: Recorder) -> bool:
        return place(recorder, person, paper_id, index)

    said = (
        f"to place {index + 1}"
        if isinstance(where, int)
        else {"top": "to the top", "bottom": "to the end"}.get(where, where)
    )
    summary = f"moved {named(db, [paper_id])} {said}"
    return journalled(db, person, [paper_id], "queue.move", summary, write)


def set_due(db: sqlite3.Connection, person: str, ids: Sequence[int], day: date | None) -> Change:
    """Say by when papers should be read; None takes that back. Those that were never queued are queued."""
    ids = still_there(db, ids)

    def write(recorder: Recorder) -> None:
        for paper_id in ids:
            enqueue(recorder, person, paper_id)
            key = {"person": person, "paper_id": paper_id}
            recorder.put("queue_entry", key, {"due": day.isoformat() if day else None})

    said = f"due on {day.isoformat()}:" if day else "no longer due:"
    return journalled(db, person, ids, "queue.due", f"{said} {named(db, ids)}", write)


def set_progress(db: sqlite3.Connection, person: str, paper_id: int, share: int | None) -> Change:
    """Say how far one has read, in per cent; None takes that back. Raises NotFound for what is not on the queue."""
    (paper_id,) = still_there(db, [paper_id])
    _entry(db, person, paper_id)

    def write(recorder: Recorder) -> None:
        recorder.put("queue_entry", {"person": person, "paper_id": paper_id}, {"progress": share})

    said = f"read {share} % of" if share is not None else "forgot how far one is in"
    return journalled(db, person, [paper_id], "queue.progress", f"{said} {named(db, [paper_id])}", write)


def read_progress(text: str) -> int | None:
    """Per cent of "40", "40 %" or "12/30" (pages); None for "none" or nothing. Raises UsageError."""
    said = one_line(text).lower().removesuffix("%").strip()
    if said in ("", "none", "-", "—"):
        return None
    pages = re.fullmatch(r"(\d{1,6})\s*(?:/|of)\s*(\d{1,6})", said)
    if pages and int(pages[2]) and int(pages[1]) <= int(pages[2]):
        return round(100 * int(pages[1]) / int(pages[2]))
    if re.fullmatch(r"\d{1,3}", said) and int(said) <= 100:
        return int(said)
    raise UsageError(
        f"“{shortened(one_line(text), 40)}” is no progress.", mend="Write it as 40 (per cent) or 12/30 (pages)."
    )


def _entry(db: sqlite3.Connection, person: str, paper_id: int) -> sqlite3.Row:
    row = entry_row(db, person, paper_id)
    if row is None:
        raise NotFound(f"{named(db, [paper_id])} is not on your queue.", mend="labtop queue add puts it there.")
    return row
