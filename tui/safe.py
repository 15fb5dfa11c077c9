"""Untrusted text on its way to the screen: cleaned again, and literal. Nothing of it is ever read as markup."""

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from library.text import clean, one_line

_LONGEST_LINE = 400  # cells are at most as wide as a terminal; a 10,000-character title must not cost more


def literal(text: str, style: str = "") -> Content:
    """Text of any number of lines as literal content."""
    content = Content(clean(text))
    return content.stylize(style) if style else content


def line(text: str) -> str:
    """Text as one line without control characters, no longer than any terminal is wide."""
    return one_line(text[:_LONGEST_LINE])


def fit(text: str, width: int, align: str = "left") -> str:
    """`text` in exactly `width` cells, cut with an ellipsis where it is longer. East Asian characters take two."""
    if width <= 0:
        return ""
    length = cell_len(text)
    if length == width:
        return text
    if length < width:
        blank = " " * (width - length)
        return blank + text if align == "right" else text + blank
    return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width)
