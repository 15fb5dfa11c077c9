"""What a memo says, piece by piece, each with the rows that it was read from.

Nothing of the record gets into a memo's text but through `Facts`, so a number without a source cannot be written.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from library.markdown import Marked, escape

NOT_KNOWN: Final = "not known"
Sort = Literal["number", "text", "day", "id"]


@dataclass(frozen=True, slots=True)
class Fact:
    """`value` as it is stored (None: not known), `shown` as it stands in the Markdown.

    `table`, `column` and `rows` say where it was read; `how` where it was reckoned from several.
    """

    key: str
    sort: Sort
    value: float | int | str | None
    shown: str
    unit: str
    table: str
    column: str
    rows: tuple[int, ...]
    how: str = ""

    @property
    def source(self) -> str:
        """ "verdict 5 · effect", "result 1–6, 9 · gpu_hours, added up"."""
        where = f"{self.table.replace('_', ' ')} {spans(self.rows)}".rstrip()
        return f"{where} · {self.column}" + (f", {self.how}" if self.how else "")


@dataclass(slots=True)
class Facts:
    """Collects facts while a text is being written; every method returns what to put into the Markdown."""

    found: dict[str, Fact] = field(default_factory=dict)

    def number(
        self,
        key: str,
        value: float | int | None,
        table: str,
        column: str,
        rows: int | Iterable[int],
        *,
        unit: str = "",
        signed: bool = False,
        how: str = "",
    ) -> Marked:
        """A number, rounded for reading; "not known" for None. The unit goes into the fact, not into the text."""
        shown = NOT_KNOWN if value is None else figure(value, signed=signed)
        return self._keep(Fact(key, "number", value, escape(shown), unit, table, column, _rows(rows), how))

    def text(
        self,
        key: str,
        value: str | None,
        table: str,
        column: str,
        rows: int | Iterable[int],
        *,
        write: Callable[[str], Marked] = escape,
    ) -> Marked:
        """What somebody wrote, word for word, made Markdown by `write`; empty where there is nothing."""
        if not value:
            return Marked("")
        return self._keep(Fact(key, "text", value, write(value), "", table, column, _rows(rows)))

    def day(self, key: str, value: str | None, table: str, column: str, rows: int | Iterable[int]) -> Marked:
        """The day of a time stamp, or a day; "not known" for None."""
        shown = escape(value[:10]) if value else Marked(NOT_KNOWN)
        return self._keep(Fact(key, "day", value or None, shown, "", table, column, _rows(rows)))

    def id(self, label: str, table: str, row: int) -> Marked:
        """A record's id, such as V-5."""
        return self._keep(Fact(label, "id", label, escape(label), "", table, "id", (row,)))

    def _keep(self, fact: Fact) -> Marked:
        """Remember a fact. A key that stands for something else already is a mistake in the writing of the memo."""
        before = self.found.setdefault(fact.key, fact)
        if before != fact:
            raise ValueError(f"two facts are called {fact.key}: {before.source} and {fact.source}")
        return Marked(fact.shown)


def fact_record(fact: Fact) -> dict[str, Any]:
    """A fact as it is stored in memo_version.facts and printed by --json."""
    return {
        "key": fact.key,
        "sort": fact.sort,
        "value": fact.value,
        "shown": fact.shown,
        "unit": fact.unit or None,
        "table": fact.table,
        "column": fact.column,
        "rows": list(fact.rows),
        "how": fact.how or None,
    }


def fact_of(record: dict[str, Any]) -> Fact:
    """The inverse of `fact_record`."""
    return Fact(
        record["key"],
        record["sort"],
        record["value"],
        record["shown"],
        record["unit"] or "",
        record["table"],
        record["column"],
        tuple(record["rows"]),
        record["how"] or "",
    )


def figure(value: float | int, *, signed: bool = False) -> str:
    """A number for reading: three significant digits, whole ones in full, a true minus sign."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("−∞" if value < 0 else "∞")
    size = abs(value)
    if size == int(size) and size < 1e15:
        text = f"{int(size):,}"
    elif size >= 99.95:  # would be rounded to a whole number of three digits or more
        text = f"{size:,.0f}"
    elif size >= 1e-4:
        text = f"{size:.{2 - math.floor(math.log10(size))}f}".rstrip("0").rstrip(".")
    else:
        text = f"{size:.2e}"
    sign = "−" if value < 0 else "+" if signed and value > 0 else ""
    return f"{sign}{text}"


def spans(rows: Sequence[int]) -> str:
    """ "1–3, 7"."""
    parts: list[tuple[int, int]] = []
    for row in sorted(set(rows)):
        if parts and parts[-1][1] == row - 1:
            parts[-1] = (parts[-1][0], row)
        else:
            parts.append((row, row))
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in parts)


def _rows(rows: int | Iterable[int]) -> tuple[int, ...]:
    return (rows,) if isinstance(rows, int) else tuple(sorted(set(rows)))
