"""A person's reading queue: putting papers on it as part of another action, and reading it."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence

from library.clock import stamp
from library.db.journal import Recorder
from library.reading.changes import ABSTRACT_THEN
from library.reading.model import STATES, Entry, Order, State
from library.reading.order import end_position
from library.reading.remarks import OWN_FIRST


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


def queue(
    db: sqlite3.Connection, person: str, states: Iterable[State] = ("reading", "queued"), *, order: Order = "hand"
) -> tuple[Entry, ...]:
    """A person's queue: what they read now first, then what waits, what is read, what was dropped; each in `order`.

    By hand; by score, the highest first; by the day it is due; by age, the oldest first. What has no score or day
    comes last, and ties go by hand.
    """
    wanted = [state for state in STATES if state in set(states)]
    rows = db.execute(
        "SELECT q.*, p.key, coalesce(nullif(p.title, ''), '(no title) ' || substr(p.abstract, 1, 160)) AS title,"
        f" p.authors, ({ABSTRACT_THEN}) AS abstract_then, p.abstract, ({OWN_FIRST}) AS remark,"
        " (SELECT verdict FROM critique c WHERE c.paper_id = p.id AND c.person = q.person) AS verdict,"
        " (SELECT count(*) FROM note n WHERE n.paper_id = p.id) AS notes,"
        " (SELECT count(*) FROM critique c WHERE c.paper_id = p.id) AS critiques,"
        " (SELECT count(*) FROM quote k WHERE k.paper_id = p.id) AS quotes"
        " FROM queue_entry q JOIN paper p ON p.id = q.paper_id"
        f" WHERE q.person = ? AND q.state IN ({', '.join('?' * len(wanted))})"
        " ORDER BY q.position, q.added_at, q.paper_id",
        (person, *wanted),
    ).fetchall()
    scores = _scores(db, person, [row["paper_id"] for row in rows])
    places: Counter[str] = Counter()
    entries = []
    for row in rows:
        places[row["state"]] += 1
        entries.append(_entry(row, places[row["state"]], scores.get(row["paper_id"])))
    return tuple(sorted(entries, key=lambda entry: (wanted.index(entry.state), _rank(entry, order))))


def counts(db: sqlite3.Connection, person: str) -> dict[State, int]:
    """How many papers of each state a person's queue has."""
    rows = db.execute("SELECT state, count(*) FROM queue_entry WHERE person = ? GROUP BY state", (person,)).fetchall()
    found: dict[State, int] = dict.fromkeys(STATES, 0)
    return found | {row[0]: row[1] for row in rows}


def _rank(entry: Entry, order: Order) -> tuple[bool, float | str]:
    if order == "score":
        return entry.score is None, -(entry.score or 0)
    if order == "due":
        return entry.due is None, entry.due or ""
    return False, entry.added_at if order == "age" else 0.0


def _scores(db: sqlite3.Connection, person: str, ids: Sequence[int]) -> dict[int, float]:
    """What ranking made of the papers; nothing for those that it has not seen."""
    from library.ranking.stored import scores

    return {paper_id: ranked.score for paper_id, ranked in scores(db, person, ids).items()}


def _entry(row: sqlite3.Row, place: int, score: float | None) -> Entry:
    names = row["authors"].split(", ") if row["authors"] else []
    same = ("key", "title", "state", "due", "progress", "version", "added_at", "started_at", "finished_at")
    more = ("verdict", "notes", "critiques", "quotes")
    return Entry(
        id=row["paper_id"],
        first_author=names[0] if names else "",
        author_count=len(names),
        place=place,
        score=score,
        changed=row["abstract_then"] is not None and row["abstract_then"].split() != row["abstract"].split(),
        remark=(row["remark"] or "").strip().split("\n", 1)[0],
        **{name: row[name] for name in (*same, *more)},
    )


def _written(db: sqlite3.Connection, person: str, paper_id: int) -> bool:
    """Whether the person has written anything on the paper."""
    found = db.execute(
        "SELECT EXISTS (SELECT 1 FROM note WHERE paper_id = ?1 AND person = ?2)"
        " OR EXISTS (SELECT 1 FROM critique WHERE paper_id = ?1 AND person = ?2)"
        " OR EXISTS (SELECT 1 FROM quote WHERE paper_id = ?1 AND person = ?2)",
        (paper_id, person),
    ).fetchone()
    return bool(found[0])
