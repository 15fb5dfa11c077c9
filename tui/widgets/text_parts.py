"""Parts that pages of text are set from: hung lines, headed parts, two columns. Widths are cells."""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from textual.content import Content

BETWEEN = " │ "


def hung(head: Content | str, text: Content | str, width: int) -> list[Content]:
    """`text` behind `head`, its further lines below its first."""
    start = Content(head) if isinstance(head, str) else head
    body = Content(text) if isinstance(text, str) else text
    wrapped = body.wrap(max(8, width - start.cell_length)) if body else [Content("")]
    indent = Content(" " * start.cell_length)
    return [(indent if number else start) + line for number, line in enumerate(wrapped)]


def labelled(label: str, text: Content | str, width: int, *, room: int) -> list[Content]:
    """A fact: its label, quiet, in `room` cells, and what is the case."""
    return hung(Content.styled(f"{label:<{room}}", "$quiet"), text, width)


def headed(heading: Content | str, lines: Sequence[Content]) -> list[Content]:
    """A blank line, a heading, lines; nothing without lines."""
    if not lines:
        return []
    title = Content.styled(heading, "bold") if isinstance(heading, str) else heading
    return [Content(""), title, *lines]


def joined(parts: Iterable[Content | str], between: str = " · ") -> Content:
    """What there is of them, side by side."""
    found = [Content(part) if isinstance(part, str) else part for part in parts if part]
    return Content(between).join(found)


def side_by_side(left: Sequence[Content], right: Sequence[Content], width: int) -> list[Content]:
    """Two columns of lines that are wrapped to `column_width(width)` already."""
    each = column_width(width)
    lines = []
    for number in range(max(len(left), len(right))):
        here = left[number] if number < len(left) else Content("")
        there = right[number] if number < len(right) else Content("")
        blank = " " * max(0, each - here.cell_length)
        lines.append(Content.assemble(here, blank, (BETWEEN, "$edge"), there))
    return lines


def column_width(width: int) -> int:
    """Of each of two columns."""
    return (width - cell_len(BETWEEN)) // 2
