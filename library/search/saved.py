"""Saved searches: a person's, journalled and undoable, with a count of what came in since they last looked."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder, record
from library.errors import NotFound, QueryError, UsageError
from library.search.compile import Plan, compile_query
from library.search.parse import parse
from library.search.run import MODES, Mode
from library.search.sets import selected
from library.search.words import count
from library.text import one_line


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """`unread`: papers added since `seen_at` that have all its words and meet its restrictions.

    None where the search only ranks (~, like:) and selects nothing, or can no longer be read (`problem` says why).
    """

    id: int
    name: str
    query: str
    mode: Mode
    created_at: str
    seen_at: str
    unread: int | None
    problem: str | None = None


def save(db: sqlite3.Connection, person: str, name: str, query: str, *, today: date, mode: Mode = "hybrid") -> Change:
    """Keep `query` under `name`. Raises QueryError for one that cannot be read, UsageError for a name in use."""
    label = _name(name)
    if parse(query, today=today).node is None:
        raise UsageError("There is nothing in that search to save.")
    if _row(db, person, label) is not None:
        raise UsageError(f"You have a saved search called {label}.", mend="Choose another name, or delete that one.")
    now = stamp()
    values = {"person": person, "name": label, "query": query, "mode": mode, "created_at": now, "seen_at": now}

    def write(recorder: Recorder) -> int:
        return recorder.insert("saved_search", values)

    return _journalled(db, person, "search.save", f"saved the search {label}", write)


def rename(db: sqlite3.Connection, person: str, name: str, new_name: str) -> Change:
    """Raises NotFound, UsageError for a name in use."""
    row = _existing(db, person, name)
    label = _name(new_name)
    if label != row["name"] and _row(db, person, label) is not None:
        raise UsageError(f"You have a saved search called {label}.", mend="Choose another name.")

    def write(recorder: Recorder) -> int:
        recorder.put("saved_search", {"id": row["id"]}, {"name": label})
        return int(row["id"])

    return _journalled(db, person, "search.rename", f"renamed the search {row['name']} to {label}", write)


def delete(db: sqlite3.Connection, person: str, name: str) -> Change:
    """Raises NotFound. Undo brings it back."""
    row = _existing(db, person, name)

    def write(recorder: Recorder) -> int:
        recorder.delete("saved_search", {"id": row["id"]})
        return int(row["id"])

    return _journalled(db, person, "search.delete", f"deleted the search {row['name']}", write)


def mark_seen(db: sqlite3.Connection, person: str, name: str, *, at: str) -> None:
    """Remember that `person` looked at it at `at` (UTC ISO). A reading position: not in the journal."""
    row = _existing(db, person, name)
    db.execute(
        "INSERT INTO saved_search_seen (search_id, seen_at) VALUES (?, ?) "
        "ON CONFLICT (search_id) DO UPDATE SET seen_at = excluded.seen_at",
        (row["id"], at),
    )


def find(db: sqlite3.Connection, person: str, name: str, *, today: date) -> SavedSearch:
    """One of the person's saved searches, whatever the case of its name. Raises NotFound."""
    return _with_unread(db, _existing(db, person, name), person, today)


def saved_searches(db: sqlite3.Connection, person: str, *, today: date) -> tuple[SavedSearch, ...]:
    """The person's saved searches by name, each with its unread count."""
    rows = db.execute(f"{_SELECT} WHERE person = ? ORDER BY name COLLATE NOCASE, id", (person,)).fetchall()
    return tuple(_with_unread(db, row, person, today) for row in rows)


_SELECT = (
    "SELECT s.id, s.name, s.query, s.mode, s.created_at, coalesce(v.seen_at, s.seen_at, s.created_at) AS seen_at"
    " FROM saved_search s LEFT JOIN saved_search_seen v ON v.search_id = s.id"
)


def _with_unread(db: sqlite3.Connection, row: sqlite3.Row, person: str, today: date) -> SavedSearch:
    mode: Mode = next((known for known in MODES if known == row["mode"]), "hybrid")
    found = SavedSearch(row["id"], row["name"], row["query"], mode, row["created_at"], row["seen_at"], None)
    try:
        plan = compile_query(parse(row["query"], today=today), person=person)
    except QueryError as error:
        return replace(found, problem=str(error))
    return replace(found, unread=_added_since(db, plan, row["seen_at"]))


def _added_since(db: sqlite3.Connection, plan: Plan, moment: str) -> int | None:
    recent = (True, ("SELECT id FROM paper WHERE added_at > ?", (moment,)))
    since = replace(plan, conditions=(*plan.conditions, recent))
    if plan.has_text:
        return count(db, since, selected(db, since.conditions))
    if not plan.restricts:
        return None
    where, values = since.where("p.id")
    return int(db.execute(f"SELECT count(*) FROM paper p WHERE {where}", values).fetchone()[0])


def _name(text: str) -> str:
    label = one_line(text)
    if not label or len(label) > 60:
        raise UsageError("The name of a search has between 1 and 60 characters.")
    return label


def _row(db: sqlite3.Connection, person: str, name: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(
        f"{_SELECT} WHERE person = ? AND name = ? COLLATE NOCASE ORDER BY s.name != ?", (person, name, name)
    ).fetchone()
    return row


def _existing(db: sqlite3.Connection, person: str, name: str) -> sqlite3.Row:
    row = _row(db, person, one_line(name))
    if row is None:
        names = [found[0] for found in db.execute("SELECT name FROM saved_search WHERE person = ?", (person,))]
        mend = f"There is: {', '.join(sorted(names))}." if names else "Save one with labtop searches save NAME QUERY."
        raise NotFound(f"You have no saved search called {one_line(name)}.", mend=mend)
    return row


def _journalled(
    db: sqlite3.Connection, person: str, action: str, summary: str, write: Callable[[Recorder], object]
) -> Change:
    _, journal_id = record(db, person=person, action=action, summary=summary, write=write)
    return Change("searches", (), journal_id, summary if journal_id else "nothing to change")
