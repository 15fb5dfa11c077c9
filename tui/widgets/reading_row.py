"""A paper of the reading queue as one line of a list."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from library.reading.model import LONG, Entry, Order, State
from tui.safe import line
from tui.widgets.columns import Column
from tui.widgets.paper_row import surname
from tui.widgets.reading_text import STATES, due
from tui.widgets.table_lines import Cell, Sorting

BAR = 5  # cells
_PROGRESS = Column("progress", "read", BAR, needs=66)
_VERDICT = Column("verdict", "verdict", 7, needs=112)
_SCORE = Column("score", "score", 5, "right", needs=112)
_NEVER = 1 << 16  # cells that no terminal has
_COLUMNS: tuple[Column, ...] = (
    Column("state", "", 1),
    Column("place", "#", 3, "right"),
    Column("flags", "", 3),
    Column("title", "title"),
    Column("remark", "remark", 22, needs=88),
    Column("author", "first author", 14, needs=124),
    Column("due", "due", 10),
    _PROGRESS,
    _VERDICT,
    Column("age", "age", 5, "right"),
    _SCORE,
)


def columns(order: Order, states: Sequence[State]) -> tuple[Column, ...]:
    """By score, the score has its place however narrow the list is. Where nothing is being read, the verdict has that
    of the progress."""
    needs = {_SCORE: 0 if order == "score" else _SCORE.needs}
    if "reading" not in states:
        needs |= {_PROGRESS: _NEVER, _VERDICT: _PROGRESS.needs}
    return tuple(replace(each, needs=needs.get(each, each.needs)) for each in _COLUMNS)


SORTINGS: dict[Order, Sorting] = {
    "hand": Sorting("place", descending=False),
    "score": Sorting("score", descending=True),
    "due": Sorting("due", descending=False),
    "age": Sorting("age", descending=True),
}
ORDERED: dict[Order, str] = {"hand": "by hand", "score": "by score", "due": "by day due", "age": "by age"}


def cells(entry: Entry, today: date) -> Sequence[Cell]:
    """The cells of `columns`."""
    sign, tone = STATES[entry.state]
    more = f" +{entry.author_count - 1}" if entry.author_count > 1 else ""
    gone = entry.state == "dropped"
    return (
        (sign, tone),
        (str(entry.place), "quiet"),
        flags(entry),
        (line(entry.title) or "(no title)", "quiet" if gone else ""),
        (line(entry.remark), "accent"),
        (surname(line(entry.first_author)) + more, "quiet"),
        due(entry, today),
        progress(entry),
        verdict(entry),
        age(entry, today),
        (f"{entry.score:.2f}".removeprefix("0") if entry.score is not None else "—", "quiet"),
    )


def flags(entry: Entry) -> Cell:
    """A changed abstract, something written, something quoted: one sign each, in fixed places."""
    return (
        ("▲" if entry.changed else " ", "warn"),
        ("✎" if entry.notes or entry.critiques else " ", "accent"),
        ("“" if entry.quotes else " ", "accent"),
    )


def progress(entry: Entry) -> Cell:
    """A bar of what is being read, and of nothing else."""
    if entry.state != "reading" or entry.progress is None:
        return ("", "")
    full = min(BAR, round(entry.progress / 100 * BAR))
    return ("▇" * full, "accent"), ("▁" * (BAR - full), "quiet")


def verdict(entry: Entry) -> Cell:
    """ "●●●●○", as one's own critique has it."""
    if not entry.verdict:
        return ("", "")
    return ("●" * entry.verdict, "accent"), ("○" * (5 - entry.verdict), "quiet")


def age(entry: Entry, today: date) -> Cell:
    """ "18 d"; what waits for long stands out."""
    days = entry.age(today)
    long = days >= LONG and entry.state in ("queued", "reading")
    return (f"{days} d" if days else "today", "warn" if long else "quiet")
