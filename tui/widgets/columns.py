"""Columns of a table: which of them fit, and how wide each is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

GAP = 1  # blank cells between two columns


@dataclass(frozen=True, slots=True)
class Column:
    """`width` in cells, 0 for the one that takes the rest; `needs` is the table width below which it is left out."""

    key: str
    title: str
    width: int = 0
    align: Literal["left", "right"] = "left"
    needs: int = 0


def lay_out(columns: Sequence[Column], width: int) -> tuple[tuple[int, Column, int], ...]:
    """(position in `columns`, column, width) of what fits into `width` cells; flexible columns share the rest."""
    shown = [(place, column) for place, column in enumerate(columns) if width >= column.needs]
    rest = width - sum(column.width for _, column in shown) - GAP * max(0, len(shown) - 1)
    flexible = sum(not column.width for _, column in shown)
    each = max(1, rest // flexible) if flexible else 0
    return tuple((place, column, column.width or each) for place, column in shown)
