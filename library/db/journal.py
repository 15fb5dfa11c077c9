"""User actions: recorded with before and after, undone from that record.

Every change that a person makes goes through a `Recorder`, which writes the row and remembers it as it was. Undo
puts rows back only where they still look as the action left them, so it can never wipe out a colleague's later work.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from library.clock import stamp
from library.db.changes import Change
from library.db.following import tell_followers
from library.errors import LabtopError, NotFound

T = TypeVar("T")
_UNDID, _AGAIN = "undid: ", "did again: "
_SILENT: ContextVar[bool] = ContextVar("silent", default=False)
Row = dict[str, Any]
# Tables that a Recorder may touch, and the topic of a change in them. `undoable` adds those of other packages.
_TOPICS = dict.fromkeys(
    ("tag", "note", "decision", "interest", "saved_search", "quarantine", "paper", "document", "full_text", "proposal"),
    "papers",
) | dict.fromkeys(("queue_entry", "critique", "quote", "version_seen"), "papers")
_TOPICS["ranking_line"] = "ranking"
# What belongs to a row and goes with it. Anything else that refers to the row was hung on it by people.
_PARTS = {
    "paper": frozenset(
        (
            "paper_version",
            "paper_author",
            "paper_category",
            "announcement",
            "document",
            "split_text",
            "sentence_embedding",
            "enrichment",
            "proposal",
            "version_seen",
            "ranked",
            "exploration",
        )
    ),
    "note": frozenset({"split_text"}),
    "interest": frozenset({"ranked"}),
}

# What packages have to say against an undo once its rows are put back, before it is done.
_GUARDS: list[Callable[[sqlite3.Connection, Iterable[tuple[str, Row, Row | None, Row | None]]], None]] = []


def guard_undo(guard: Callable[[sqlite3.Connection, Iterable[tuple[str, Row, Row | None, Row | None]]], None]) -> None:
    """Let `guard(connection, changes)` look at what each undo has put back: (table, key, before, after), row by row.

    It raises LabtopError where the undo would bring about what its package refuses; then nothing of it is done.
    """
    _GUARDS.append(guard)


def undoable(topic: str, tables: Iterable[str], *, parts: Mapping[str, Iterable[str]] | None = None) -> None:
    """Let user actions change `tables`; screens hear of it under `topic`.

    `parts`: by table, what belongs to its rows and goes with them (ON DELETE CASCADE), and so holds up no undo.
    """
    _TOPICS.update(dict.fromkeys(tables, topic))
    for table, own in (parts or {}).items():
        _PARTS[table] = _PARTS.get(table, frozenset()) | frozenset(own)


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One action. `changes` lists (table, key, before, after)."""

    id: int
    at: str
    person: str
    action: str
    summary: str
    changes: tuple[tuple[str, Row, Row | None, Row | None], ...]
    undoes: int | None
    undone_by: int | None


class Recorder:
    """Writes rows and remembers each as it was before and after."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.changes: list[tuple[str, Row, Row | None, Row | None]] = []

    def insert(self, table: str, values: Mapping[str, Any]) -> int:
        """Insert a row; returns its rowid (0 for a table without one)."""
        _check(table)
        columns = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join("?" * len(values))
        cursor = self.connection.execute(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', tuple(values.values()))
        key_names = _key_columns(self.connection, table)
        rowid = int(cursor.lastrowid or 0)
        key = {name: values.get(name, rowid) for name in key_names}
        self.changes.append((table, key, None, _row(self.connection, table, key)))
        return rowid

    def put(self, table: str, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """Update the row with this key, or insert it where there is none. Does nothing where nothing differs."""
        _check(table)
        before = _row(self.connection, table, key)
        if before is None:
            self.insert(table, {**key, **values})
            return
        if all(before.get(name) == value for name, value in values.items()):
            return
        assignments = ", ".join(f'"{name}" = ?' for name in values)
        self.connection.execute(
            f'UPDATE "{table}" SET {assignments} WHERE {_where(key)}', (*values.values(), *key.values())
        )
        after = _row(self.connection, table, key)
        if after is None:
            raise ValueError(f"the key of a row of {table} may not change: delete it and insert another")
        self.changes.append((table, dict(key), before, after))

    def note(self, table: str, key: Mapping[str, Any], before: Row | None, after: Row | None) -> None:
        """Remember a change that was made otherwise, by as many columns as undo has to look at or put back."""
        _check(table)
        if before != after:
            self.changes.append((table, dict(key), before, after))

    def delete(self, table: str, key: Mapping[str, Any]) -> bool:
        """Delete the row with this key; False where there is none."""
        _check(table)
        before = _row(self.connection, table, key)
        if before is None:
            return False
        self.connection.execute(f'DELETE FROM "{table}" WHERE {_where(key)}', tuple(key.values()))
        self.changes.append((table, dict(key), before, None))
        return True


def record(
    connection: sqlite3.Connection,
    *,
    person: str,
    action: str,
    summary: str,
    write: Callable[[Recorder], T],
    undoes: int | None = None,
) -> tuple[T, int | None]:
    """Run `write` and journal what it changed; returns its result and the journal id (None: nothing changed)."""
    recorder = Recorder(connection)
    result = write(recorder)
    tell_followers(connection, recorder.changes)
    if (not recorder.changes and undoes is None) or _SILENT.get():
        return result, None
    cursor = connection.execute(
        "INSERT INTO journal (at, person, action, summary, changes, undoes) VALUES (?, ?, ?, ?, ?, ?)",
        (stamp(), person, action, summary, json.dumps(recorder.changes, ensure_ascii=False), undoes),
    )
    return result, cursor.lastrowid


@contextmanager
def unjournalled() -> Iterator[None]:
    """Nothing is journalled inside: for the sample's made-up people, who are not there to undo anything."""
    token = _SILENT.set(True)
    try:
        yield
    finally:
        _SILENT.reset(token)


def note_event(connection: sqlite3.Connection, *, person: str, action: str, summary: str) -> None:
    """Journal something that happened to the whole workspace (a restore, a purge) and cannot be undone."""
    connection.execute(
        "INSERT INTO journal (at, person, action, summary, changes) VALUES (?, ?, ?, ?, '[]')",
        (stamp(), person, action, summary),
    )


def entries(connection: sqlite3.Connection, *, person: str | None = None, limit: int = 50) -> tuple[JournalEntry, ...]:
    """The newest entries first."""
    rows = connection.execute(
        "SELECT j.*, u.id AS undone_by FROM journal j LEFT JOIN journal u ON u.undoes = j.id "
        "WHERE ?1 IS NULL OR j.person = ?1 ORDER BY j.id DESC LIMIT ?2",
        (person, limit),
    )
    return tuple(_entry(row) for row in rows)


def count(connection: sqlite3.Connection, *, person: str | None = None) -> int:
    """How many entries there are."""
    sql = "SELECT count(*) FROM journal WHERE ?1 IS NULL OR person = ?1"
    return int(connection.execute(sql, (person,)).fetchone()[0])


def next_undo(connection: sqlite3.Connection, person: str) -> JournalEntry | None:
    """The newest thing of `person` that is done: an action, or one that was undone and done again.

    It is not undone (nor emptied by a purge), and no undo itself.
    """
    rows = connection.execute(
        "SELECT j.*, NULL AS undone_by FROM journal j WHERE j.person = ? AND j.changes != '[]' "
        "AND NOT EXISTS (SELECT 1 FROM journal u WHERE u.undoes = j.id) ORDER BY j.id DESC",
        (person,),
    )
    return next((_entry(row) for row in rows if _does(connection, row["undoes"])), None)


def _does(connection: sqlite3.Connection, undoes: int | None) -> bool:
    """Whether an entry that undoes another one did something: an action does, its undo does not, the undo of that."""
    does = True
    while undoes is not None:
        row = connection.execute("SELECT undoes FROM journal WHERE id = ?", (undoes,)).fetchone()
        does, undoes = not does, row["undoes"] if row else None
    return does


def undo(connection: sqlite3.Connection, person: str, number: int | None = None) -> Change:
    """Undo the last action of `person`, or their action `number`; a colleague's actions are never touched.

    Undoing an undo does the thing again. A row that is already as it was before needs nothing. Raises NotFound where
    there is nothing to undo, LabtopError where a row was changed since.
    """
    entry = next_undo(connection, person) if number is None else _own_entry(connection, person, number)
    if entry is None:
        raise NotFound(f"There is nothing of {person}'s to undo.")

    summary = _told(entry)
    _, journal_id = record(
        connection,
        person=person,
        action="undo",
        summary=summary,
        write=lambda recorder: _guarded(recorder, entry),
        undoes=entry.id,
    )
    return _undone(entry, journal_id, summary)


def _told(entry: JournalEntry) -> str:
    """ "undid: tagged 2 papers", and of that "did again: tagged 2 papers"."""
    what = entry.summary.removeprefix(_AGAIN)
    return f"{_AGAIN}{what.removeprefix(_UNDID)}" if what.startswith(_UNDID) else f"{_UNDID}{what}"


def _undone(entry: JournalEntry, journal_id: int | None, summary: str) -> Change:
    """What to look at again: the papers that were touched, or everything of another topic."""
    topics = {_TOPICS[table] for table, *_ in entry.changes} - {"papers"}
    if topics:  # of several rooms: let all of them look
        return Change(min(topics) if len(topics) == 1 else "rows", (), journal_id, summary)
    touched = {
        row.get("id" if table == "paper" else "paper_id")
        for table, key, before, after in entry.changes
        for row in (key, before, after)
        if row
    }
    return Change("papers", tuple(sorted(value for value in touched if isinstance(value, int))), journal_id, summary)


def _own_entry(connection: sqlite3.Connection, person: str, number: int) -> JournalEntry:
    row = connection.execute(
        "SELECT j.*, u.id AS undone_by FROM journal j LEFT JOIN journal u ON u.undoes = j.id WHERE j.id = ?", (number,)
    ).fetchone()
    if row is None:
        raise NotFound(f"The journal has no entry {number}.")
    entry = _entry(row)
    if entry.person != person:
        raise LabtopError(f"Entry {number} is {entry.person}'s.", mend="Only one's own actions can be undone.")
    if entry.undone_by is not None:
        raise LabtopError(
            f"'{entry.summary}' is undone already.", mend=f"To do it again: labtop undo {entry.undone_by}"
        )
    if not entry.changes:
        raise LabtopError(f"'{entry.summary}' is nothing that can be undone.")
    return entry


def _guarded(recorder: Recorder, entry: JournalEntry) -> None:
    _take_back(recorder, entry)
    for guard in _GUARDS:
        guard(recorder.connection, tuple(recorder.changes))


def _take_back(recorder: Recorder, entry: JournalEntry) -> None:
    """Put every row of `entry` back, the last one first. Raises LabtopError where one was changed since."""
    db = recorder.connection
    links = _links(db) if any(before is None for _, _, before, _ in entry.changes) else {}
    for table, key, before, after in reversed(entry.changes):
        _check(table)
        now = _like(_row(db, table, key), after or before)
        if now == before:
            continue
        if now is not None and before is not None and after is None and _is_number(db, table, key):
            # SQLite gave the number of a deleted row to another one: it comes back under a new number.
            before = {name: value for name, value in before.items() if name not in key}
        elif now != after:
            raise LabtopError(
                f"'{entry.summary}' cannot be undone: it was changed again since.",
                mend="See labtop journal for who changed it; labtop undo NUMBER undoes another of your actions.",
            )
        if before is None:
            _refuse_if_in_use(db, entry.summary, table, key, links.get(table, ()))
        try:
            _put_back(recorder, table, key, before, after)
        except sqlite3.IntegrityError as error:
            raise LabtopError(
                f"'{entry.summary}' cannot be undone: what it belonged to is no longer there, "
                "or another of the same name is.",
                mend="See labtop journal for what happened since.",
            ) from error


def _put_back(recorder: Recorder, table: str, key: Row, before: Row | None, after: Row | None) -> None:
    count = len(recorder.changes)
    if before is None:
        recorder.delete(table, key)
    elif after is None:
        recorder.insert(table, before)
    else:
        recorder.put(table, key, before)
    shape = after or before  # no more of the row is kept than the action itself remembered
    recorder.changes[count:] = [
        (t, k, _like(old, shape), _like(new, shape)) for t, k, old, new in recorder.changes[count:]
    ]


def _like(row: Row | None, shape: Row | None) -> Row | None:
    """The columns of `row` that `shape` has: an entry may remember fewer than there are, or are now."""
    return row if row is None or shape is None else {name: row.get(name) for name in shape}


def _links(connection: sqlite3.Connection) -> dict[str, list[tuple[str, str]]]:
    """By table: (table, column) of everything that refers to its rows, but for what belongs to them."""
    found: dict[str, list[tuple[str, str]]] = {}
    for (other,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall():
        for link in connection.execute(f'PRAGMA foreign_key_list("{other}")').fetchall():
            if other not in _PARTS.get(link["table"], ()):
                found.setdefault(link["table"], []).append((other, link["from"]))
    return found


def _refuse_if_in_use(
    connection: sqlite3.Connection, summary: str, table: str, key: Row, links: Iterable[tuple[str, str]]
) -> None:
    """Raise LabtopError where people have hung something on a row that undo would delete."""
    if len(key) != 1:
        return
    (number,) = key.values()
    used = []
    for other, column in links:
        count = connection.execute(f'SELECT count(*) FROM "{other}" WHERE "{column}" = ?', (number,)).fetchone()[0]
        used += [f"{count:,} {other.replace('_', ' ')}{'s' if count > 1 else ''}"] if count else []
    if used:
        raise LabtopError(
            f"'{summary}' cannot be undone: {', '.join(used)} hang on it by now.",
            mend="Take those back first, or leave it in.",
        )


def _entry(row: sqlite3.Row) -> JournalEntry:
    changes = tuple((table, key, before, after) for table, key, before, after in json.loads(row["changes"]))
    return JournalEntry(
        row["id"],
        row["at"],
        row["person"],
        row["action"],
        row["summary"],
        changes,
        row["undoes"],
        row["undone_by"],
    )


def _check(table: str) -> None:
    if table not in _TOPICS:
        raise ValueError(f"{table} is not a table that user actions may change")


def _key_columns(connection: sqlite3.Connection, table: str) -> tuple[str, ...]:
    rows = connection.execute(f'PRAGMA table_info("{table}")').fetchall()
    return tuple(row["name"] for row in sorted(rows, key=lambda row: row["pk"]) if row["pk"])


def _is_number(connection: sqlite3.Connection, table: str, key: Mapping[str, Any]) -> bool:
    """Whether rows of `table` are known by a number that SQLite chooses, so that it names nothing outside."""
    own = [row for row in connection.execute(f'PRAGMA table_info("{table}")').fetchall() if row["pk"]]
    return [(row["name"], row["type"]) for row in own] == [("id", "INTEGER")] and set(key) == {"id"}


def _where(key: Mapping[str, Any]) -> str:
    return " AND ".join(f'"{name}" IS ?' for name in key)


def _row(connection: sqlite3.Connection, table: str, key: Mapping[str, Any]) -> Row | None:
    row = connection.execute(f'SELECT * FROM "{table}" WHERE {_where(key)}', tuple(key.values())).fetchone()
    return dict(row) if row is not None else None
