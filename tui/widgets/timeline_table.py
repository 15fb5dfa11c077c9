"""A quarter's experiments as bars on a line of days: ━ on the critical path, ─ beside it, ┄ over, ▶ past the end."""

from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from planner.roadmap.candidates import OVER
from planner.roadmap.timeline import Bar, Timeline
from tui.safe import line
from tui.widgets.columns import Column, lay_out
from tui.widgets.experiment_signs import STATES
from tui.widgets.table_lines import GUTTER, Cell, Part, Sorting
from tui.widgets.virtual_table import VirtualTable

BAR: Final = "bar"
_TITLES: Final = ((120, 36), (90, 26), (0, 16))  # from so many cells of the table, so many for titles


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A bar of a quarter."""

    bar: Bar
    line: Timeline

    @property
    def id(self) -> int:
        """The experiment's number."""
        return self.bar.experiment


class TimelineTable(VirtualTable[TimelineRow]):
    """`show_line` gives it a quarter: bars by their first day, what nobody knows the length of last."""

    def __init__(self, *, widget_id: str | None = None) -> None:
        super().__init__(_columns(80, ""), self._row_cells, widget_id=widget_id)
        self.line: Timeline | None = None

    def show_line(self, found: Timeline, wanted: Collection[int] | None = None) -> None:
        """Another quarter, or the same anew; `wanted`: only these experiments."""
        self.line = found
        bars = [bar for bar in found.bars if wanted is None or bar.experiment in wanted]
        bars.sort(
            key=lambda bar: (bar.start is None or bar.finish is None, bar.start or date.max, bar.finish or date.max)
        )
        self._name_columns()
        self.show(array("q", [bar.experiment for bar in bars]))
        self.fill(TimelineRow(bar, found) for bar in bars)

    def on_resize(self) -> None:
        """The days have other places now."""
        self._name_columns()
        super().on_resize()

    def _name_columns(self) -> None:
        if self.line is not None:
            width = max(0, self._width - GUTTER)
            columns = _columns(width, "")
            self.set_columns(_columns(width, scale(self.line, bar_width(columns, width))), Sorting())

    def _row_cells(self, row: TimelineRow) -> Sequence[Cell]:
        width = max(0, self._width - GUTTER)
        bar = row.bar
        sign, tone = STATES[bar.state]
        return (
            (sign, tone),
            (bar.id, "quiet"),
            (line(bar.title), "quiet" if bar.state in OVER else ""),
            ("←" + " ".join(f"E-{each}" for each in bar.prerequisites) if bar.prerequisites else "", "quiet"),
            bar_parts(bar, row.line, bar_width(_columns(width, ""), width)),
            _end(bar),
            _slack(bar, row.line),
        )


def _columns(width: int, days: str) -> tuple[Column, ...]:
    title = next(cells for least, cells in _TITLES if width >= least)
    return (
        Column("sign", "", 1),
        Column("id", "", 6),
        Column("title", "experiment", title),
        Column("after", "after", 7),
        Column(BAR, days),
        Column("end", "ends", 6, "right", needs=96),
        Column("slack", "slack", 10, "right", needs=110),
    )


def bar_width(columns: Sequence[Column], width: int) -> int:
    """Cells of the line of days."""
    return next(cells for _, column, cells in lay_out(columns, width) if column.key == BAR)


def column_of(day: date, found: Timeline, width: int) -> int:
    """The cell of a day; below 0 or from `width` on where it lies outside the quarter."""
    return (day - found.first).days * width // ((found.last - found.first).days + 1)


def scale(found: Timeline, width: int) -> str:
    """Months where they begin, days of Mondays in between, ▼ today."""
    cells = [" "] * width

    def write(day: date, text: str) -> None:
        start = column_of(day, found, width)
        if (
            start >= 0
            and start + len(text) <= width
            and all(cell == " " for cell in cells[max(0, start - 1) : start + len(text) + 1])
        ):
            cells[start : start + len(text)] = list(text)

    if found.today is not None:
        write(found.today, "▼")
    day = found.first
    while day <= found.last:
        write(day, f"{day:%b}")
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    monday = found.first + timedelta(days=-found.first.weekday() % 7)
    while monday <= found.last:
        write(monday, str(monday.day))
        monday += timedelta(days=7)
    return "".join(cells)


def bar_parts(bar: Bar, found: Timeline, width: int) -> tuple[Part, ...]:
    """The bar in exactly `width` cells, today marked through it."""
    cells: list[Part] = [(" ", "")] * width
    today = None if found.today is None else column_of(found.today, found, width)
    if today is not None and 0 <= today < width:
        cells[today] = ("┆", "accent")
    start = None if bar.start is None else column_of(bar.start, found, width)
    finish = None if bar.finish is None else column_of(bar.finish, found, width)
    if start is None or finish is None:
        said = "? nobody said how long" if bar.days is None else "? waits for one of unknown length"
        place = 0 if start is None else max(0, min(start, width - 1))
        for number, sign in enumerate(said[: width - place]):
            cells[place + number] = (sign, "warn" if number == 0 else "quiet")
        return _joined(cells)
    body, tone = _body(bar)
    first, last = max(0, min(start, width - 1)), max(0, min(finish, width - 1))
    for place in range(first, last + 1):
        cells[place] = (body, tone)
    if today is not None and first < today < last:
        cells[today] = ("┿" if bar.critical else "┼", "accent")
    if start < 0:
        cells[0] = ("◀", tone)
    if finish >= width or bar.late:
        cells[width - 1] = ("▶", "bad" if bar.late else tone)
    return _joined(cells)


def _body(bar: Bar) -> Part:
    if bar.state in OVER:
        return ("┄", "quiet")
    return ("━", "accent") if bar.critical else ("─", "")


def _joined(cells: Sequence[Part]) -> tuple[Part, ...]:
    """Neighbours of one tone together."""
    parts: list[Part] = []
    for sign, tone in cells:
        if parts and parts[-1][1] == tone:
            parts[-1] = (parts[-1][0] + sign, tone)
        else:
            parts.append((sign, tone))
    return tuple(parts)


def _end(bar: Bar) -> Part:
    return ("?" if bar.finish is None else f"{bar.finish.day} {bar.finish:%b}", "quiet")


def _slack(bar: Bar, found: Timeline) -> Part:
    """ "late 5 d", "critical", "12 d": by how much it may slip."""
    if bar.late and bar.finish is not None:
        return (f"late {(bar.finish - found.last).days} d", "bad")
    if bar.state in OVER:
        return (bar.state, "quiet")
    if bar.critical:
        return ("critical", "accent")
    return ("?" if bar.slack is None else f"{bar.slack:.0f} d", "quiet")
