"""A whole record as TOML, to be written in an editor: every field with what it is for, and read back strictly."""

import tomllib
from collections.abc import Mapping
from textwrap import wrap
from typing import Any

import tomlkit
from tomlkit.items import AoT, Table

from library.errors import UsageError
from library.records.field import Field, write_value
from library.records.kind import Kind


def to_toml(kind: Kind, values: Mapping[str, Any], *, heading: str) -> str:
    """The record with each field explained; empty fields stand as empty texts."""
    document = tomlkit.document()
    document.add(tomlkit.comment(heading))
    document.add(
        tomlkit.comment(
            "Empty fields mean “not known”. Save and leave the editor to store it; an empty file stores nothing."
        )
    )
    tables = []
    for field in kind.fields:
        if field.type in ("rows", "checks"):
            tables.append(field)
            continue
        document.add(tomlkit.nl())
        for line in wrap(explained(field), 100):
            document.add(tomlkit.comment(line))
        document.add(field.name, _item(field, values.get(field.name)))
    for field in tables:
        document.add(tomlkit.nl())
        for line in wrap(explained(field), 100):
            document.add(tomlkit.comment(line))
        if field.type == "checks":
            document.add(field.name, _checks(field, values.get(field.name) or {}))
        elif values.get(field.name):
            document.add(field.name, _rows(field, values[field.name]))
        else:
            columns = ", ".join(f"{column.name} = …" for column in field.columns)
            document.add(tomlkit.comment(f"[[{field.name}]] with {columns}"))
    return tomlkit.dumps(document)


def from_toml(kind: Kind, text: str, *, source: str = "the text", whole: bool = True) -> dict[str, Any] | None:
    """What stands in the TOML, unread; None for a text without any field. Raises UsageError with the line.

    `whole`: it is all of the record, so that tables which are not there were taken out of it.
    """
    try:
        raw = tomllib.loads(text.lstrip("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{source} is not valid TOML: {error}.", mend="Mend that line and try again.") from error
    for field in kind.fields:
        if whole and field.type in ("rows", "checks") and field.name not in raw and raw:
            raw[field.name] = None
    return raw or None


def explained(field: Field) -> str:
    """ "Smallest effect worth having, in the metric's unit (a number)."."""
    kinds = {
        "number": "a number",
        "whole": "a whole number",
        "share": "between 0 and 1",
        "choice": " | ".join(field.choices),
        "day": "a day: 2026-11-25",
        "quarter": "a quarter: 2027Q1",
        "words": "a list of texts",
        "spread": "a number, or low..likely..high",
        "ref": f"such as {field.target}-4",
        "refs": f"a list such as {field.target}-4, {field.target}-7",
        "rows": ", ".join(column.name for column in field.columns),
        "checks": "yes | no | n/a",
    }
    kind = kinds.get(field.type, "")
    need = "needed" if field.required else ""
    beside = "; ".join(part for part in (kind, need) if part)
    about = (field.about or field.label).rstrip(".")
    return f"{about} ({beside})." if beside else f"{about}."


def _item(field: Field, value: Any) -> Any:
    if field.type == "words":
        return list(value or ())
    if field.type == "refs":
        return [f"{field.target}-{each}" for each in value or ()]
    if value is None:
        return ""
    if field.type in ("number", "whole", "share"):
        return value
    text = write_value(field, value)
    return tomlkit.string(text, multiline="\n" in text) if field.type == "text" else text


def _rows(field: Field, rows: tuple[dict[str, Any], ...]) -> AoT:
    tables = tomlkit.aot()
    for row in rows:
        table = tomlkit.table()
        for column in field.columns:
            table.add(column.name, _item(column, row.get(column.name)))
        tables.append(table)
    return tables


def _checks(field: Field, answers: Mapping[str, str]) -> Table:
    table = tomlkit.table()
    for item, question in field.checks:
        table.add(tomlkit.comment(question))
        table.add(item, answers.get(item, "open"))
    return table
