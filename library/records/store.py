"""Records in the database: made, revised, found. Each change is one journalled action."""

import re
import sqlite3
from collections.abc import Callable, Collection, Mapping
from typing import Any

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder, record
from library.errors import NotFound, UsageError
from library.records.field import FieldError, record_number
from library.records.headings import HEADINGS
from library.records.kind import Kind, Values, from_row, read_values, to_row
from library.text import one_line, shortened

TOPIC = "programme"


class RecordError(UsageError):
    """Fields that cannot be taken: `problems` lists them all, so that a form can show each at its place."""

    def __init__(self, noun: str, problems: tuple[FieldError, ...]) -> None:
        listed = "; ".join(problem.message for problem in problems)
        super().__init__(f"This {noun} cannot be stored: {listed}{'' if listed.endswith('?') else '.'}")
        self.problems = problems


def checked(db: sqlite3.Connection, kind: Kind, raw: Mapping[str, Any], number: int | None = None) -> Values:
    """All values of a record with `raw` put in: over the defaults, or over what is stored as `number`.

    Raises RecordError with every field that is wrong, NotFound where there is no such record.
    """
    stored = get(db, kind, number) if number is not None else {field.name: field.default for field in kind.fields}
    values, problems = read_values(kind, raw)
    merged = {
        **stored,
        **{name: kind.field(name).default if value is None else value for name, value in values.items()},
    }
    found = list(problems)
    failed = {problem.field for problem in problems}
    for field in kind.fields:
        if field.required and merged[field.name] is None and field.name not in failed:
            found.append(FieldError(field.name, "is needed"))
        if field.type in ("ref", "refs") and merged[field.name] is not None and field.name not in failed:
            # What it referred to before and is gone by now (its adding was undone) holds up no other change.
            kept = stored[field.name] if number is not None and field.type == "refs" else None
            found += _dangling(db, field.name, field.target, merged[field.name], kept or ())
    if not found and kind.check is not None:
        found += [FieldError(name, why) for name, why in kind.check(db, merged, number)]
    if found:
        raise RecordError(kind.noun, tuple(found))
    return merged


def create(
    db: sqlite3.Connection,
    person: str,
    kind: Kind,
    raw: Mapping[str, Any],
    *,
    more: Callable[[Recorder, int], object] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> tuple[int, Change]:
    """Store a new record; (its number, what changed). `extra`: columns that are no fields; `more` writes beside it.

    Raises RecordError.
    """
    values = checked(db, kind, raw)
    now = stamp()
    columns = {**to_row(kind, values), **(extra or {}), "created_by": person, "created_at": now, "updated_at": now}

    def write(recorder: Recorder) -> int:
        number = recorder.insert(kind.table, columns)
        if more is not None:
            more(recorder, number)
        return number

    summary = f"added {kind.noun} “{shortened(str(values[kind.heading]))}”"
    number, journal_id = record(db, person=person, action=f"{kind.noun}.add", summary=summary, write=write)
    return number, Change(TOPIC, (), journal_id, f"added {kind.label(number)} “{shortened(str(values[kind.heading]))}”")


def revise(
    db: sqlite3.Connection,
    person: str,
    kind: Kind,
    number: int,
    raw: Mapping[str, Any],
    *,
    more: Callable[[Recorder, Values, Values], object] | None = None,
) -> Change:
    """Change fields of a record. `more(recorder, before, after)` writes beside it. Raises RecordError, NotFound."""
    before = get(db, kind, number)
    after = checked(db, kind, raw, number)
    changed = {name: value for name, value in after.items() if before[name] != value}

    def write(recorder: Recorder) -> None:
        if changed:
            recorder.put(kind.table, {"id": number}, {**to_row(kind, changed), "updated_at": stamp()})
        if more is not None:
            more(recorder, before, after)

    names = ", ".join(kind.field(name).label.lower() for name in changed)
    summary = f"changed {kind.label(number)}: {shortened(names, 80)}"
    _, journal_id = record(db, person=person, action=f"{kind.noun}.edit", summary=summary, write=write)
    return Change(TOPIC, (), journal_id, summary if journal_id else f"{kind.label(number)} is as it was")


def get(db: sqlite3.Connection, kind: Kind, number: int) -> Values:
    """The fields of a record. Raises NotFound."""
    return from_row(kind, row_of(db, kind, number))


def row_of(db: sqlite3.Connection, kind: Kind, number: int) -> sqlite3.Row:
    """The stored row of a record, columns that are no fields included. Raises NotFound."""
    row: sqlite3.Row | None = db.execute(f'SELECT * FROM "{kind.table}" WHERE id = ?', (number,)).fetchone()
    if row is None:
        raise NotFound(f"There is no {kind.noun} {kind.label(number)}.", mend=f"labtop {kind.noun} list shows them.")
    return row


def find(db: sqlite3.Connection, kind: Kind, name: str | int) -> int:
    """The number of the record that `name` means ("H-4", "h4", "4"). Raises UsageError, NotFound."""
    mend = f"labtop {kind.noun} list shows them."
    try:
        number = record_number(kind.prefix, name)
    except FieldError:
        said = shortened(one_line(str(name)))
        if re.fullmatch(rf"(?:{kind.prefix}-?)?\d+", said, re.IGNORECASE | re.ASCII):
            raise NotFound(f"There is no {kind.noun} {said}.", mend=mend) from None
        raise UsageError(f"“{said}” names no {kind.noun}: these are called {kind.label(4)}.", mend=mend) from None
    row_of(db, kind, number)
    return number


def _dangling(db: sqlite3.Connection, name: str, prefix: str, value: Any, kept: Collection[int]) -> list[FieldError]:
    table = HEADINGS[prefix][0]
    numbers = value if isinstance(value, tuple) else (value,)
    return [
        FieldError(name, f"there is no {prefix}-{number}")
        for number in numbers
        if number not in kept and db.execute(f'SELECT 1 FROM "{table}" WHERE id = ?', (number,)).fetchone() is None
    ]
