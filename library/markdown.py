"""The Markdown that labtop writes: CommonMark with tables, in which nothing that people or papers wrote is markup.

`escape` makes a text one line that reads as itself wherever it stands: in a paragraph, at the start of a line, in the
cell of a table. It leaves alone what cannot be misread (`ndcg_10`, `R&D`, `p < 0.05`): the source stays legible.
What it returns is `Marked`; every function here escapes a plain text and takes `Marked` as it is, so that a forgotten
`escape` is never a hole, and a second one is never needed.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from library.text import clean, one_line

_LONGEST_PADDED: Final = 32  # wider cells are not made equally wide: a quoted sentence would stretch every row
_INLINE = re.compile(
    r"[\\`*\[\]|~$]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # not inside a word, where an underscore means nothing
    r"|(?<=\s)#(?=#*$)"  # what would close a heading
    r"|<(?![\s\d=])"  # a tag or an autolink begins with none of these
    r"|&(?=#?\w+;|#?\w{2,}$|#?$)"  # an entity, or what a following text could make one
)
# What makes a block of a line: heading, list, quotation, rule or underline of a heading, table's second line.
_START = re.compile(
    r"#{1,6}(?=\s|$)|[-+](?=\s|$)|>|[-=](?=[-=\s]*$)|:(?=-)|-(?=[-:]+$)|(?P<number>\d{1,9})(?=[.)](?:\s|$))"
)
_ALIGNED: Final = {"l": ":--", "r": "--:", "c": ":-:"}


class Marked(str):
    """A text that is Markdown already."""

    __slots__ = ()


def escape(text: str) -> Marked:
    """`text` as one line of Markdown that shows exactly it, runs of white space made one blank."""
    if isinstance(text, Marked):
        return text
    line = one_line(text)
    start = _START.match(line)
    if start is None:
        return Marked(_escaped(line))
    end = start.end()
    if start["number"]:
        return Marked(f"{line[:end]}\\{line[end]}{_escaped(line[end + 1 :])}")
    return Marked(f"\\{line[:end]}{_escaped(line[end:])}")


def _escaped(line: str) -> str:
    return _INLINE.sub(lambda found: f"\\{found[0]}", line)


def strong(text: str) -> Marked:
    """Bold."""
    inner = escape(text)
    return Marked(f"**{inner}**") if inner else inner


def code(text: str) -> Marked:
    """Short code, such as a hash or a verb. What a code span in a table cannot hold stands as text."""
    line = one_line(text)
    return escape(line) if not line or any(sign in line for sign in "`|\\") else Marked(f"`{line}`")


def code_block(text: str, language: str = "") -> Marked:
    """Several lines of code; the fence is longer than any inside."""
    body = clean(text).strip("\n")
    longest = max((len(run) for run in re.findall("`+", body)), default=0)
    fence = "`" * max(3, longest + 1)
    return Marked(f"{fence}{language}\n{body}\n{fence}")


def heading(level: int, text: str) -> Marked:
    """A heading of level 1 to 6."""
    return Marked(f"{'#' * level} {escape(text)}".rstrip())


def prose(text: str) -> Marked:
    """What a person wrote in several lines: paragraphs, line ends kept; lines that begin with "- " are a list."""
    if isinstance(text, Marked):
        return text
    blocks: list[str] = []
    for part in re.split(r"\n\s*\n", clean(text).strip("\n")):
        run: list[Marked] = []
        listed = False
        for line in (line for line in part.split("\n") if line.strip()):
            item = re.match(r"\s*[-*•]\s+(?=\S)", line)
            if bool(item) != listed and run:
                blocks.append(_block(run, listed))
                run = []
            listed = bool(item)
            run.append(escape(line[item.end() :] if item else line))
        if run:
            blocks.append(_block(run, listed))
    return Marked("\n\n".join(blocks))


def _block(lines: list[Marked], listed: bool) -> str:
    return bullets(lines) if listed else "\\\n".join(lines)


def bullets(items: Iterable[str]) -> Marked:
    """A list, one item a line."""
    return Marked("\n".join(f"- {escape(item)}" for item in items))


def quote(text: str, source: str = "") -> Marked:
    """A quotation, each paragraph of `text` marked; `source` says in a paragraph of its own where it stands."""
    lines = prose(text).split("\n")
    if source:
        lines += ["", f"— {escape(source)}"]
    return Marked("\n".join(f"> {line}".rstrip() for line in lines))


def table(headers: Sequence[str], rows: Iterable[Sequence[str]], align: str = "") -> Marked:
    """A table; `align` has a letter for each column (l, r or c; all l by default).

    Raises ValueError where a row has not as many cells as there are headers.
    """
    align = align or "l" * len(headers)
    lines = [[_cell(cell) for cell in headers], *([_cell(cell) for cell in row] for row in rows)]
    if not headers or any(len(line) != len(headers) for line in lines) or len(align) != len(headers):
        raise ValueError("a table's rows have as many cells as it has headers, and `align` as many letters")
    widths = [
        max(3, *(len(cell) if len(cell) <= _LONGEST_PADDED else 0 for cell in column))
        for column in zip(*lines, strict=True)
    ]
    rule = [_rule(side, width) for side, width in zip(align, widths, strict=True)]
    return Marked("\n".join(_row(line, widths, align) for line in (lines[0], rule, *lines[1:])))


def _cell(text: str) -> str:
    marked = escape(text)
    return re.sub(r"(?<!\\)\|", r"\\|", " ".join(marked.split()))


def _rule(side: str, width: int) -> str:
    mark = _ALIGNED[side]
    return f"{mark[0]}{'-' * (width - 2)}{mark[-1]}"


def _row(cells: Sequence[str], widths: Sequence[int], align: str) -> str:
    padded = (
        cell.rjust(width) if side == "r" else cell.ljust(width)
        for cell, width, side in zip(cells, widths, align, strict=True)
    )
    return f"| {' | '.join(padded)} |"


def document(parts: Iterable[str]) -> str:
    """Blocks as one file: a blank line between them, a line end at the end; empty ones left out."""
    return "\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"
