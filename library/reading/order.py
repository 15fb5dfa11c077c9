"""The order by hand. A place is a number between its neighbours', so that a move changes one row and undo mends one."""

import sqlite3
from typing import Final, Literal

from library.db.journal import Recorder

Step = Literal["up", "down", "top", "bottom"]
STEPS: Final[tuple[Step, ...]] = ("up", "down", "top", "bottom")
CLOSEST: Final = 1e-6  # neighbours nearer than this are spread out anew: halving a gap cannot go on for ever


def end_position(db: sqlite3.Connection, person: str, *, front: bool) -> float:
    """A place before the first, or behind the last, of all that a person ever queued."""
    low, high = db.execute(
        "SELECT min(position), max(position) FROM queue_entry WHERE person = ?", (person,)
    ).fetchone()
    if low is None:
        return 0.0
    return float(low) - 1 if front else float(high) + 1


def in_order(db: sqlite3.Connection, person: str, state: str) -> list[int]:
    """Papers of that state in a person's queue, by hand."""
    rows = db.execute(
        "SELECT paper_id FROM queue_entry WHERE person = ? AND state = ? ORDER BY position, added_at, paper_id",
        (person, state),
    )
    return [row[0] for row in rows]


def place(recorder: Recorder, person: str, paper_id: int, index: int) -> bool:
    """Put a paper at `index` (from 0) among those of its state; False where it stands there already.

    Beyond the ends is at the end. Other rows change only where there is no room left between two neighbours.
    """
    db = recorder.connection
    state = db.execute(
        "SELECT state FROM queue_entry WHERE person = ? AND paper_id = ?", (person, paper_id)
    ).fetchone()[0]
    order = in_order(db, person, state)
    others = [other for other in order if other != paper_id]
    index = max(0, min(index, len(others)))
    if order.index(paper_id) == index:
        return False
    between = _between(db, person, others, index)
    if between is None:
        _spread(recorder, person, others)
        between = _between(db, person, others, index)
    recorder.put("queue_entry", {"person": person, "paper_id": paper_id}, {"position": between})
    return True


def stepped(order: list[int], paper_id: int, step: Step) -> int:
    """The index that `step` leads to."""
    at = order.index(paper_id)
    return {"up": at - 1, "down": at + 1, "top": 0, "bottom": len(order) - 1}[step]


def _between(db: sqlite3.Connection, person: str, others: list[int], index: int) -> float | None:
    """A number between the neighbours at `index`; None where they are too near each other."""
    if index == 0 or index == len(others):
        return end_position(db, person, front=index == 0)
    before, after = (_position(db, person, other) for other in others[index - 1 : index + 1])
    return (before + after) / 2 if after - before > CLOSEST else None


def _position(db: sqlite3.Connection, person: str, paper_id: int) -> float:
    row = db.execute("SELECT position FROM queue_entry WHERE person = ? AND paper_id = ?", (person, paper_id))
    return float(row.fetchone()[0])


def _spread(recorder: Recorder, person: str, order: list[int]) -> None:
    start = end_position(recorder.connection, person, front=False)
    for step, paper_id in enumerate(order):
        recorder.put("queue_entry", {"person": person, "paper_id": paper_id}, {"position": start + step})
