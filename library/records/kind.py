"""What a kind of record is: its table, its prefix, its fields."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from library.records.field import Field, FieldError, read_value

Values = dict[str, Any]
_AS_JSON = ("words", "refs", "rows", "checks")


@dataclass(frozen=True, slots=True)
class Kind:
    """`noun` as in "labtop hypothesis"; `prefix` of its ids; `heading` is the field that stands for the record.

    `check(db, values, id)` yields (field, what is wrong) where fields do not go together; `id` is None for a new one.
    `verb`: the command that makes one.
    """

    noun: str
    plural: str
    table: str
    prefix: str
    heading: str
    fields: tuple[Field, ...]
    check: Callable[[sqlite3.Connection, Values, int | None], Iterable[tuple[str, str]]] | None = None
    verb: str = "add"

    def field(self, name: str) -> Field:
        """The field of that name. Raises FieldError naming the nearest."""
        found = next((field for field in self.fields if field.name == name), None)
        if found is None:
            import difflib

            names = [field.name for field in self.fields]
            near = difflib.get_close_matches(name, names, 1)
            hint = f"did you mean {near[0]}?" if near else f"labtop {self.noun} {self.verb} --help lists them"
            raise FieldError(name, f"is no field of {self.plural}; {hint}")
        return found

    def label(self, number: int) -> str:
        """ "H-4"."""
        return f"{self.prefix}-{number}"


def read_values(kind: Kind, raw: Mapping[str, Any]) -> tuple[Values, tuple[FieldError, ...]]:
    """(values of the fields that `raw` has, what is wrong with the others)."""
    values: Values = {}
    problems: list[FieldError] = []
    for name, given in raw.items():
        try:
            values[name] = read_value(kind.field(name), given)
        except FieldError as error:
            problems.append(error)
    return values, tuple(problems)


def to_row(kind: Kind, values: Mapping[str, Any]) -> Values:
    """Columns as they are stored."""
    return {
        name: json.dumps(value, ensure_ascii=False)
        if kind.field(name).type in _AS_JSON and value is not None
        else value
        for name, value in values.items()
    }


def from_row(kind: Kind, row: sqlite3.Row | Mapping[str, Any]) -> Values:
    """Values of a stored row, every field of the kind among them."""
    return {field.name: _stored(field, row[field.name]) for field in kind.fields}


def _stored(field: Field, value: Any) -> Any:
    if value is None or field.type not in _AS_JSON:
        return value
    loaded = json.loads(value)
    return loaded if isinstance(loaded, dict) else tuple(loaded)
