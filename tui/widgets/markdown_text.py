"""Markdown that labtop wrote, as literal content: headings, lists, quotations, tables; no links, nothing to click."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content

from tui.safe import literal
from tui.widgets.text_parts import hung

if TYPE_CHECKING:
    from markdown_it.token import Token

Block = tuple[str, int, Content]  # what it is, how deep, its text: ready to be broken to any width
LONGEST_LINE = 100  # cells: longer ones are hard to read
_LEAST_COLUMN = 6
_OFF = ["html_block", "html_inline", "link", "image", "autolink", "reference"]  # shown as the text they are
_STYLES = {"strong_open": "bold", "em_open": "italic"}


def blocks_of(markdown: str) -> tuple[tuple[Block, ...], ...]:
    """Parse; each part is a block, or the rows of one table. Takes some milliseconds: not for the event loop."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable(_OFF)
    return tuple(_parts(parser.parse(markdown)))


def markdown_lines(parts: Sequence[Sequence[Block]], width: int) -> list[Content]:
    """The lines in `width` cells, a blank one between blocks."""
    lines: list[Content] = []
    before = ""
    for part in parts:
        kind = part[0][0]
        if lines and (before != "heading" or kind == "heading") and not (kind == before == "item"):
            lines.append(Content(""))
        lines += _table(part, width) if kind == "row" else _block(part[0], min(width, LONGEST_LINE))
        before = kind
    return lines


def _parts(tokens: "Sequence[Token]") -> list[tuple[Block, ...]]:
    found: list[tuple[Block, ...]] = []
    rows: list[Block] = []
    cells: list[Content] = []
    lists: list[int | None] = []  # for each open list the number of the next item, None for bullets
    marker, quoted, heading = "", 0, 0
    for place, token in enumerate(tokens):
        match token.type:
            case "bullet_list_open":
                lists.append(None)
            case "ordered_list_open":
                lists.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "list_item_open":
                number = lists[-1]
                marker = "· " if number is None else f"{number}. "
                lists[-1] = None if number is None else number + 1
            case "blockquote_open" | "blockquote_close":
                quoted += 1 if token.nesting > 0 else -1
            case "heading_open":
                heading = int(token.tag[1:])
            case "heading_close":
                heading = 0
            case "table_open":
                rows = []
            case "table_close":
                found.append(tuple(rows))
                rows = []
            case "tr_open":
                cells = []
            case "tr_close":
                rows.append(("row", 0, Content("\0").join(cells)))
            case "fence" | "code_block":
                found.append((("code", 0, literal(token.content.rstrip("\n"))),))
            case "hr":
                found.append((("rule", 0, Content("")),))
            case "inline":
                text = _inline(token.children or ())
                if tokens[place - 1].type in ("th_open", "td_open"):
                    cells.append(text)
                elif heading:
                    found.append((("heading", heading, text.stylize("bold")),))
                elif marker:
                    found.append((("item", len(lists), Content(marker) + text),))
                    marker = ""
                elif quoted:
                    found.append((("quote", quoted, text),))
                elif lists:
                    found.append((("item", len(lists), Content("  ") + text),))
                else:
                    found.append((("text", 0, text),))
            case _:
                pass
    return [part for part in found if part]


def _inline(children: "Sequence[Token]") -> Content:
    text, styles = Content(""), []
    for child in children:
        if child.type in _STYLES:
            styles.append(_STYLES[child.type])
        elif child.type in ("strong_close", "em_close"):
            styles.pop()
        elif child.type in ("softbreak", "hardbreak"):
            text += "\n"
        elif child.content:
            part = literal(child.content)
            style = " ".join(styles)
            if child.type == "code_inline":
                style = f"{style} $accent".strip()
            text += part.stylize(style) if style else part
    return text


def _block(block: Block, width: int) -> list[Content]:
    kind, depth, text = block
    if kind == "heading":
        return text.stylize("$accent").wrap(width) if depth <= 1 else text.wrap(width)
    if kind == "item":
        indent = "  " * (depth - 1)
        return hung(indent + text.plain[:2], text[2:], width)
    if kind == "quote":
        return [Content.styled("▏ ", "$accent") + line for part in text.split("\n") for line in part.wrap(width - 2)]
    if kind == "code":
        return [Content("  ") + line for line in text.split("\n")]
    if kind == "rule":
        return [Content.styled("─" * min(width, 20), "$edge")]
    return text.wrap(width)


def _table(rows: Sequence[Block], width: int) -> list[Content]:
    """Columns as wide as they need where they fit; else the widest give way, and their cells are cut."""
    cells = [text.split("\0") for _, _, text in rows]
    columns = max(len(row) for row in cells)
    wanted = [
        max((cell_len(row[number].plain) for row in cells if number < len(row)), default=0) for number in range(columns)
    ]
    room = width - 2 * (columns - 1)
    while sum(wanted) > room and max(wanted) > _LEAST_COLUMN:
        wanted[wanted.index(max(wanted))] -= 1
    lines = []
    for place, row in enumerate(cells):
        parts = []
        for number, cell in enumerate(row):
            cut = cell.truncate(wanted[number], ellipsis=True)
            parts.append(cut + " " * (wanted[number] - cut.cell_length))
        text = Content("  ").join(parts)
        lines.append(text.stylize("$quiet") if place == 0 else text)
    return lines
