"""Plain text in lines that fit a terminal of 80 columns. Widths are those of cells: East Asian characters take two."""

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len, chop_cells, set_cell_size

from library.text import one_line

WIDTH: Final = 80


def fit(text: str, width: int) -> str:
    """`text` in exactly `width` cells, cut with an ellipsis where it is longer."""
    length = cell_len(text)
    if length <= width:
        return text + " " * (width - length)
    return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width)


def wrap(text: str, width: int = WIDTH, *, first: str = "", rest: str = "") -> list[str]:
    """`text` in lines of at most `width` cells, broken at blanks; `first` and `rest` begin them. Empty: no line."""
    lines: list[str] = []
    line, empty = first, True
    for word in one_line(text).split():
        for piece in _pieces(word, width - max(cell_len(first), cell_len(rest))):
            blank = "" if empty else " "
            if not empty and cell_len(line) + 1 + cell_len(piece) > width:
                lines.append(line)
                line, blank = rest, ""
            line, empty = f"{line}{blank}{piece}", False
    return lines if empty else [*lines, line]


def hung(head: str, text: str, indent: str | None = None) -> list[str]:
    """`text` behind `head`, its further lines below its first (or behind `indent`)."""
    below = " " * cell_len(head) if indent is None else indent
    return wrap(text, first=head, rest=below) or [head.rstrip()]


def part(heading: str, lines: Sequence[str]) -> list[str]:
    """A headed part of a page; nothing where it is empty."""
    return ["", heading, *lines] if lines else []


def _pieces(word: str, room: int) -> list[str]:
    """A word that is wider than a line, in pieces that are not."""
    return [word] if cell_len(word) <= room else chop_cells(word, max(2, room))
