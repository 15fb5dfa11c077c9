"""Critiques: one a person and paper, written about a version; everybody's are read, one's own are changed."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder
from library.errors import LabtopError, NotFound
from library.papers.acting import journalled, named, still_there
from library.reading.changes import text_at
from library.reading.folding import folded
from library.reading.model import Critique
from library.reading.template import CRITIQUE, TEXTS
from library.records.field import FieldError, record_number
from library.records.kind import Values, from_row, to_row
from library.records.store import checked
from library.text import one_line, shortened


@dataclass(frozen=True, slots=True)
class Stats:
    """Critiques counted: by verdict (1–5; None: without one), by field that is filled in, by effect on a hypothesis."""

    critiques: int
    papers: int
    people: int
    verdicts: tuple[tuple[int | None, int], ...]
    mean: float | None  # of the verdicts that were given
    fields: tuple[tuple[str, int], ...]
    hypotheses: tuple[tuple[int, dict[str, int]], ...]  # (number, critiques by effect)
    stale: int


def critiques_of(db: sqlite3.Connection, paper_id: int) -> tuple[Critique, ...]:
    """Everybody's critiques of a paper, the oldest first."""
    return _read(db, "c.paper_id = ?", (paper_id,))


def own_critique(db: sqlite3.Connection, person: str, paper_id: int) -> Critique | None:
    """A person's critique of a paper; None where they have written none."""
    found = _read(db, "c.paper_id = ? AND c.person = ?", (paper_id, person))
    return found[0] if found else None


def critiques(
    db: sqlite3.Connection, *, person: str | None = None, hypothesis: int | None = None
) -> tuple[Critique, ...]:
    """All critiques, the newest first: of one person, or that say something of one hypothesis."""
    found = _read(db, "?1 IS NULL OR c.person = ?1", (person,))
    if hypothesis is not None:
        found = tuple(
            each for each in found if any(e["hypothesis"] == hypothesis for e in each.values["effects"] or ())
        )
    return tuple(sorted(found, key=lambda each: (each.updated_at, each.id), reverse=True))


def critique(db: sqlite3.Connection, number: int) -> Critique:
    """One of them. Raises NotFound."""
    found = _read(db, "c.id = ?", (number,))
    if not found:
        raise NotFound(f"There is no critique C-{number}.", mend="labtop critique list shows them.")
    return found[0]


def find_critique(db: sqlite3.Connection, name: str) -> Critique:
    """The critique that "C-3" or "c3" means. Raises NotFound."""
    try:
        return critique(db, record_number("C", name))
    except FieldError:
        raise NotFound(f"There is no critique {shortened(one_line(name), 40)}.") from None


def write_critique(
    db: sqlite3.Connection, person: str, paper_id: int, raw: Mapping[str, Any]
) -> tuple[Critique, Change]:
    """Fill in fields of one's own critique of a paper; the first makes it, about the version that is stored now.

    Raises RecordError with every field that is wrong, or where nothing would be left of it.
    """
    (paper_id,) = still_there(db, [paper_id])
    own = own_critique(db, person, paper_id)
    values = checked(db, CRITIQUE, raw, own.id if own else None)
    columns = {**to_row(CRITIQUE, values), **_searched(values)}

    def write(recorder: Recorder) -> None:
        now = stamp()
        if own is None:
            version = db.execute("SELECT version FROM paper WHERE id = ?", (paper_id,)).fetchone()[0]
            about = {"paper_id": paper_id, "person": person, "version": version, "created_at": now}
            recorder.insert("critique", {**about, "updated_at": now, **columns})
        elif any(own.values[name] != value for name, value in values.items()):
            recorder.put("critique", {"id": own.id}, {**columns, "updated_at": now})

    done = f"{'changed' if own else 'wrote'} the critique of {named(db, [paper_id])}"
    action = "critique.edit" if own else "critique.add"
    change = journalled(db, person, [paper_id], action, done, write)
    written = own_critique(db, person, paper_id)
    assert written is not None
    return written, change


def confirm_critique(db: sqlite3.Connection, person: str, paper_id: int) -> Change:
    """One's critique holds of the present version, too: it is about that one from now on. Raises NotFound."""
    own = _own(db, person, paper_id)
    version = db.execute("SELECT version FROM paper WHERE id = ?", (paper_id,)).fetchone()[0]

    def write(recorder: Recorder) -> None:
        if own.version != version:
            recorder.put("critique", {"id": own.id}, {"version": version, "updated_at": stamp()})

    summary = f"the critique of {named(db, [paper_id])} holds of v{version}"
    return journalled(db, person, [paper_id], "critique.confirm", summary, write)


def delete_critique(db: sqlite3.Connection, person: str, paper_id: int) -> Change:
    """Delete one's own critique; undo brings it back. Raises NotFound."""
    own = _own(db, person, paper_id)
    summary = f"deleted the critique of {named(db, [paper_id])}"
    return journalled(
        db, person, [paper_id], "critique.delete", summary, lambda recorder: recorder.delete("critique", {"id": own.id})
    )


def stats(found: Iterable[Critique]) -> Stats:
    """Counts over critiques."""
    pieces = tuple(found)
    verdicts = Counter(each.values["verdict"] for each in pieces)
    given = [verdict for verdict in verdicts.elements() if verdict is not None]
    filled = Counter(name for each in pieces for name, value in each.values.items() if value not in (None, ()))
    effects: dict[int, Counter[str]] = {}
    for each in pieces:
        for effect in each.values["effects"] or ():
            effects.setdefault(effect["hypothesis"], Counter())[effect["effect"]] += 1
    return Stats(
        len(pieces),
        len({each.paper_id for each in pieces}),
        len({each.person for each in pieces}),
        tuple((verdict, verdicts.get(verdict, 0)) for verdict in (5, 4, 3, 2, 1, None)),
        sum(given) / len(given) if given else None,
        tuple((field.name, filled.get(field.name, 0)) for field in CRITIQUE.fields),
        tuple((number, dict(effects[number])) for number in sorted(effects)),
        sum(each.stale for each in pieces),
    )


def _searched(values: Values) -> dict[str, str]:
    """All words of a critique, for the search."""
    words = "\n".join(values[name] for name in TEXTS if values[name])
    return {"words": words, "folded": f" {folded(words)} "}


def _own(db: sqlite3.Connection, person: str, paper_id: int) -> Critique:
    own = own_critique(db, person, paper_id)
    if own is None:
        (paper_id,) = still_there(db, [paper_id])
        raise NotFound(f"You have no critique of {named(db, [paper_id])}.", mend="labtop critique write makes one.")
    return own


def refuse_colleagues(critique: Critique, person: str) -> None:
    """Raise LabtopError for what somebody else wrote."""
    if critique.person != person:
        raise LabtopError(f"{critique.label} is {critique.person}'s.", mend="Write one of your own beside it.")


def _read(db: sqlite3.Connection, where: str, values: tuple[Any, ...]) -> tuple[Critique, ...]:
    rows = db.execute(
        "SELECT c.*, p.key, p.title, p.version AS now, p.abstract FROM critique c JOIN paper p ON p.id = c.paper_id"
        f" WHERE {where} ORDER BY c.id",
        values,
    ).fetchall()
    return tuple(
        Critique(
            row["id"],
            row["paper_id"],
            row["key"],
            row["title"],
            row["person"],
            row["version"],
            _stale(db, row),
            from_row(CRITIQUE, row),
            row["created_at"],
            row["updated_at"],
        )
        for row in rows
    )


def _stale(db: sqlite3.Connection, row: sqlite3.Row) -> bool:
    if row["version"] is None or row["now"] is None or row["version"] >= row["now"]:
        return False
    then = text_at(db, row["paper_id"], row["version"]).abstract
    return then.split() != str(row["abstract"]).split()
