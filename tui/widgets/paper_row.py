"""A paper as one line of a list."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from library.papers.model import Decision, PaperRow
from tui.dates import shown_day
from tui.safe import line
from tui.widgets.columns import Column
from tui.widgets.table_lines import Cell

DECISIONS: dict[Decision, tuple[str, str]] = {
    "star": ("★", "warn"),
    "keep": ("●", "good"),
    "later": ("◔", "accent"),
    "skip": ("–", "quiet"),
}

WHEN = Column("day", "day", 8, "right")
RANK = Column("rank", "#", 4, "right")
COLUMNS: tuple[Column, ...] = (
    Column("flags", "", 3),
    Column("title", "title"),
    Column("remark", "remark", 26, needs=118),
    Column("author", "first author", 16, needs=76),
    Column("year", "year", 4, needs=100),
    Column("category", "category", 8, needs=52),
)


def columns(*, ranked: bool) -> tuple[Column, ...]:
    """The day leads a list by date, the rank a list of hits, which has room for the year sooner: no day says it."""
    if not ranked:
        return (WHEN, *COLUMNS)
    return (RANK, *(replace(column, needs=84) if column.key == "year" else column for column in COLUMNS))


def flags(row: PaperRow) -> Cell:
    """Decision, note, tag: one sign each, in fixed places."""
    sign, tone = DECISIONS[row.decision] if row.decision else (" ", "quiet")
    return f"{sign}{'✎' if row.remark else ' '}{'#' if row.tags else ' '}", tone


def cells(row: PaperRow, today: date, ranks: Mapping[int, int] | None) -> Sequence[Cell]:
    """The cells of `columns`; `ranks` gives the hits' places, None means a list by date."""
    lead = shown_day(row.day, today) if ranks is None else str(ranks.get(row.id, ""))
    author = line(row.first_author)
    more = f" +{row.author_count - 1}" if row.author_count > 1 else ""
    title_tone = "quiet" if row.decision == "skip" else ""
    return (
        (lead, "quiet"),
        flags(row),
        (line(row.title) or "(no title)", title_tone),
        (remark(row), "accent"),
        (surname(author) + more, "quiet"),
        (str(row.year or ""), "quiet"),
        (line(row.primary_category), "quiet"),
    )


def remark(row: PaperRow) -> str:
    """The newest note's first line, else the tags."""
    return line(row.remark) or line(" ".join(f"#{tag}" for tag in row.tags))


def surname(name: str) -> str:
    """The last word of a printed name: what a narrow column has room for."""
    return name.rsplit(" ", 1)[-1]
