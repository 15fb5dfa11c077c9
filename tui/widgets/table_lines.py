"""Lines of a table as strips, from ready cells. Pure: no reading, no widget."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.safe import fit
from tui.widgets.columns import GAP, Column, lay_out

GUTTER = 2  # cursor and mark, left of the columns
Part = tuple[str, str]  # text (already one clean line), tone: "", quiet, accent, good, warn, bad, strong
Cell = Part | tuple[Part, ...]  # several parts, of different tones, are cut together
StyleOf = Callable[[str], Style]  # name of a component class, without the widget's prefix → its style


@dataclass(frozen=True, slots=True)
class Sorting:
    """Which column the list is sorted by, for the arrow in the header."""

    key: str = ""
    descending: bool = True


def header_strip(columns: Sequence[Column], sorting: Sorting, width: int, style_of: StyleOf, *, base: Style) -> Strip:
    """The columns' titles; the sorted one carries an arrow."""
    base += style_of("header")
    now = base + style_of("sorted")
    segments = [Segment(" " * GUTTER, base)]
    for _, column, cells in lay_out(columns, width - GUTTER):
        is_sorted = column.key == sorting.key
        arrow = ("▾" if sorting.descending else "▴") if is_sorted else ""
        title = fit(f"{column.title}{arrow}", cells, column.align)
        segments += [Segment(title, now if is_sorted else base), Segment(" " * GAP, base)]
    return Strip(segments).adjust_cell_length(width, base)


def row_strip(
    columns: Sequence[Column],
    cells: Sequence[Cell] | None,
    width: int,
    style_of: StyleOf,
    *,
    base: Style,
    here: bool,
    marked: bool,
) -> Strip:
    """One row; an ellipsis where its cells are not read yet. The mark and the cursor are signs, not only colours."""
    accent = base + style_of("accent")
    segments = [Segment("▸" if here else " ", accent), Segment("✓" if marked else " ", accent)]
    if cells is None:
        segments.append(Segment("…", base + style_of("quiet")))
        return Strip(segments).adjust_cell_length(width, base)
    plain = base + Style(bold=True) if here else base
    for place, column, room in lay_out(columns, width - GUTTER):
        for text, tone in _fitted(cells[place], room, column.align):
            segments.append(Segment(text, base + style_of(tone) if tone else plain))
        segments.append(Segment(" " * GAP, base))
    return Strip(segments).adjust_cell_length(width, base)


def _fitted(cell: Cell, room: int, align: Literal["left", "right"]) -> list[Part]:
    """The parts of a cell in exactly `room` cells."""
    if not cell or isinstance(cell[0], str):
        text, tone = cast(Part, cell or ("", ""))
        return [(fit(text, room, align), tone)]
    parts, left = [], room
    for text, tone in cell:
        shown = text if cell_len(text) <= left else fit(text, left)
        parts.append((shown, tone))
        left -= cell_len(shown)
    blank = (" " * left, "")
    return [blank, *parts] if align == "right" else [*parts, blank]
