"""A paper of the inbox as one line: decision, score, what it matches, title, how it was listed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from library.papers.model import PaperRow
from library.triage.inbox import Item
from tui.commands.triage_text import score_text
from tui.dates import shown_day
from tui.safe import fit, line
from tui.widgets.columns import Column
from tui.widgets.paper_row import DECISIONS
from tui.widgets.table_lines import Cell

COLUMNS: tuple[Column, ...] = (
    Column("sign", "", 1),
    Column("score", "score", 5, "right"),
    Column("match", "matches", 13, needs=70),
    Column("title", "title"),
    Column("listed", "listed", 14, needs=60),
)
LATER: tuple[Column, ...] = (
    *COLUMNS[:-1],
    Column("category", "from", 7, needs=60),
    Column("when", "put off", 8, "right"),
)


def cells(item: Item, row: PaperRow) -> Sequence[Cell]:
    """The cells of `COLUMNS`. What is decided steps back; what is unknown says so."""
    sign, tone = DECISIONS[item.decision] if item.decision else (" ", "")
    quiet = "quiet" if item.decision else ""
    return (
        (sign, tone),
        (score_text(item.score), "quiet" if item.decision or item.score is None else "accent"),
        (match(item), "quiet"),
        (line(row.title) or "(no title)", quiet),
        (listed(item), "quiet"),
    )


def listed(item: Item) -> str:
    """ "cs.IR new"; "cs.IR import" where arXiv's own word for it is not known."""
    return f"{fit(line(item.category), 7).rstrip()} {item.listing if item.announced else 'import'}"


def later_cells(item: Item, row: PaperRow, today: date, *, due: bool) -> Sequence[Cell]:
    """The cells of `LATER`."""
    when = shown_day((item.decided_at or "")[:10], today) if item.decided_at else ""
    waits = replace(item, decision=None) if item.decision == "later" else item
    return (
        cells(item, row)[0],
        *cells(waits, row)[1:-1],
        (line(item.category), "quiet"),
        (when, "warn" if due else "quiet"),
    )


def match(item: Item) -> str:
    """ "H-4", "late interact…", "#rag"; "◇ far" where it is shown to explore."""
    if item.explored:
        return f"◇ {line(item.explored_as or 'explore')}"
    label = line(item.label)
    if item.interest_kind == "tag":
        return label.replace("tag ", "#", 1)
    return label.removeprefix("topic ").removeprefix("search ")
