"""Values as a form writes them: as a person would type them, rows with their columns below one another."""

import re
from typing import Any

from rich.cells import cell_len

from library.records.field import Field, write_value

_TOKEN = re.compile(r"\\[\\|;]|.")


def written(field: Field, value: Any) -> str:
    """The text of a value; `read_value` gives the value back."""
    text = write_value(field, value)
    return aligned(text) if field.type == "rows" else text


def aligned(text: str) -> str:
    """ "a | b" lines with their bars below one another."""
    rows = [_without_empty_ends(cells(row)) for row in text.splitlines() if row.strip()]
    widths: list[int] = []
    for row in rows:
        for number, cell in enumerate(row):
            if number == len(widths):
                widths.append(0)
            widths[number] = max(widths[number], cell_len(cell))
    padded = ([cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=False)] for row in rows)
    return "\n".join(" | ".join(row).rstrip() for row in padded)


def cells(row: str) -> list[str]:
    """The cells of a typed row, what is escaped in them left so."""
    found = [""]
    for token in _TOKEN.findall(row):
        if token == "|":
            found.append("")
        else:
            found[-1] += token
    return [cell.strip() for cell in found]


def _without_empty_ends(row: list[str]) -> list[str]:
    while len(row) > 1 and not row[-1]:
        row.pop()
    return row
