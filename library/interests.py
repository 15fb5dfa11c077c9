"""What ranking looks for: topics in a person's words, and whatever other parts of labtop want to see ranked higher.

A hypothesis that is alive stands here with its text and its reference, so that ranking never has to know hypotheses.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder, record
from library.errors import LabtopError, NotFound, UsageError
from library.text import one_line, shortened, tag_label

T = TypeVar("T")
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Interest:
    """`kind`: topic, tag, search or hypothesis; `reference`: which one; `person` is None where it is everybody's."""

    id: int
    person: str | None
    kind: str
    reference: str | None
    text: str


def set_interest(
    recorder: Recorder, kind: str, reference: str, text: str, active: bool, *, person: str | None = None
) -> int | None:
    """Make the interest of that kind and reference say `text`, or lay it to rest; part of the caller's journal entry.

    One that is not active is kept with its text, and comes back under its number. Returns the number; None where there
    is none and none is wanted. Raises UsageError for an empty text of an active one.
    """
    said = one_line(text)[:_LONGEST]
    if active and not said:
        raise UsageError("An interest needs some words.")
    row = recorder.connection.execute(
        "SELECT id, text FROM interest WHERE kind = ? AND reference = ? AND person IS ? ORDER BY id",
        (kind, reference, person),
    ).fetchone()
    if row is None:
        if not active:
            return None
        values = {"person": person, "text": said, "kind": kind, "reference": reference, "active": 1}
        return recorder.insert("interest", {**values, "created_at": stamp()})
    recorder.put("interest", {"id": row[0]}, {"text": said or row[1], "active": int(active)})
    return int(row[0])


def active_interests(db: sqlite3.Connection, person: str) -> tuple[Interest, ...]:
    """What is looked for on behalf of `person`: their own interests and everybody's, in the order they were added."""
    rows = db.execute(
        "SELECT id, person, kind, reference, text FROM interest WHERE active AND (person IS NULL OR person = ?) "
        "ORDER BY id",
        (person,),
    )
    return tuple(Interest(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class InterestRow:
    """An interest as a list shows it. `label` names it in a row ("H-4", "tag rag"); `papers` have that tag (None: no
    tag); `problem`: why it finds nothing, where it finds nothing.
    """

    id: int
    person: str | None
    kind: str
    reference: str | None
    label: str
    text: str
    active: bool
    papers: int | None
    created_at: str
    problem: str | None = None


def label(kind: str | None, reference: str | None, text: str | None, search: str | None = None) -> str:
    """ "H-4", "topic late interaction", "tag rag", "search KV cache"; "" for no interest. `search`: its name now."""
    if kind is None:
        return ""
    if kind == "hypothesis":
        return reference or ""
    named = {"tag": reference, "search": search or text}.get(kind, text)
    return f"{kind} {one_line(named or '')}"


def interests(db: sqlite3.Connection, person: str, *, resting: bool = True) -> tuple[InterestRow, ...]:
    """The interests of `person` and everybody's, in the order they were added; `resting`: also those laid to rest."""
    rows = db.execute(
        "SELECT i.*, s.name, s.query, (SELECT count(*) FROM tag t WHERE t.tag = i.reference) AS tagged FROM interest i"
        " LEFT JOIN saved_search s ON i.kind = 'search' AND s.id = i.reference"
        " WHERE (i.person IS NULL OR i.person = ?1) AND (i.active OR ?2) ORDER BY i.id",
        (person, resting),
    )
    return tuple(_row(row) for row in rows)


def add_topic(db: sqlite3.Connection, person: str, text: str) -> tuple[int, Change]:
    """Look for a topic in plain words. One that is there already is woken. Raises UsageError for an empty text."""
    said = one_line(text)[:_LONGEST]
    if not said:
        raise UsageError("An interest needs some words.", mend='For instance: labtop interest add "late interaction".')
    same = [row for row in interests(db, person) if row.kind == "topic" and row.text.casefold() == said.casefold()]
    if same:
        return same[0].id, _set(db, person, same[0], active=True)
    return _add(db, person, "topic", None, said)


def add_tag(db: sqlite3.Connection, person: str, name: str) -> tuple[int, Change]:
    """Look for papers like those with a tag, now and later. Raises UsageError for what is no tag."""
    tag = tag_label(name)
    if not tag or len(tag) > 60:
        raise UsageError("A tag has between 1 and 60 characters.")
    return _once(db, person, "tag", tag, tag)


def add_search(db: sqlite3.Connection, person: str, name: str) -> tuple[int, Change]:
    """Look for what a saved search of the person's own looks for. Raises NotFound."""
    wanted = one_line(name)
    found = db.execute(
        "SELECT id, name FROM saved_search WHERE person = ? AND name = ? COLLATE NOCASE ORDER BY name != ?",
        (person, wanted, wanted),
    ).fetchone()
    if found is None:
        raise NotFound(f"You have no saved search called {wanted}.", mend="See labtop searches.")
    return _once(db, person, "search", str(found["id"]), found["name"])


def rest(db: sqlite3.Connection, person: str, number: int) -> Change:
    """Stop looking for one of one's own interests; it stays, to be woken. Raises NotFound, LabtopError."""
    return _set(db, person, _own(db, person, number), active=False)


def wake(db: sqlite3.Connection, person: str, number: int) -> Change:
    """Look for an interest again. Raises NotFound, LabtopError."""
    return _set(db, person, _own(db, person, number), active=True)


def remove(db: sqlite3.Connection, person: str, number: int) -> Change:
    """Delete one of one's own interests (undo brings it back). Raises NotFound, LabtopError."""
    found = _own(db, person, number)
    return _journalled(
        db,
        person,
        "interest.remove",
        f"removed the interest {_named(found)}",
        lambda recorder: recorder.delete("interest", {"id": number}),
    )[1]


def interest(db: sqlite3.Connection, person: str, number: int) -> InterestRow:
    """One of the person's interests, or everybody's. Raises NotFound."""
    for row in interests(db, person):
        if row.id == number:
            return row
    raise NotFound(f"You have no interest {number}.", mend="See labtop interest.")


def _row(row: sqlite3.Row) -> InterestRow:
    kind = row["kind"]
    problem = None
    if kind == "search" and row["query"] is None:
        problem = "the saved search is gone"
    elif kind == "tag" and not row["tagged"]:
        problem = "no paper has this tag yet"
    return InterestRow(
        row["id"],
        row["person"],
        kind,
        row["reference"],
        label(kind, row["reference"], row["text"], row["name"]),
        row["query"] or row["text"],
        bool(row["active"]),
        row["tagged"] if kind == "tag" else None,
        row["created_at"],
        problem,
    )


def _own(db: sqlite3.Connection, person: str, number: int) -> InterestRow:
    found = interest(db, person, number)
    if found.person is None:
        raise LabtopError(f"{found.label} is everybody's.", mend="It is looked for as long as the hypothesis is alive.")
    return found


def _once(db: sqlite3.Connection, person: str, kind: str, reference: str, text: str) -> tuple[int, Change]:
    for row in interests(db, person):
        if (row.kind, row.reference, row.person) == (kind, reference, person):
            return row.id, _set(db, person, row, active=True)
    return _add(db, person, kind, reference, text)


def _add(db: sqlite3.Connection, person: str, kind: str, reference: str | None, text: str) -> tuple[int, Change]:
    values = {"person": person, "text": text, "kind": kind, "reference": reference, "active": 1, "created_at": stamp()}
    summary = f"added the interest {shortened(label(kind, reference, text), 80)}"
    return _journalled(db, person, "interest.add", summary, lambda recorder: recorder.insert("interest", values))


def _set(db: sqlite3.Connection, person: str, found: InterestRow, *, active: bool) -> Change:
    action = "interest.wake" if active else "interest.rest"
    summary = f"looked again for {_named(found)}" if active else f"laid the interest {_named(found)} to rest"
    return _journalled(
        db,
        person,
        action,
        summary,
        lambda recorder: recorder.put("interest", {"id": found.id}, {"active": int(active)}),
    )[1]


def _named(found: InterestRow) -> str:
    return shortened(found.label, 80)


def _journalled(
    db: sqlite3.Connection, person: str, action: str, summary: str, write: Callable[[Recorder], T]
) -> tuple[T, Change]:
    result, journal_id = record(db, person=person, action=action, summary=summary, write=write)
    return result, Change("interests", (), journal_id, summary if journal_id else "nothing to change")
