"""Days side by side, the newest right: how many papers each brought, or a sign why it brought none."""

from collections.abc import Sequence
from datetime import date

from textual.content import Content
from textual.widget import Widget

from library.today import Day
from tui.widgets.frame import clickable

CELL = 8
SIGNS = {"not out yet": "◌", "stale": "◌", "throttled": "▲", "offline": "▲", "parse error": "✗", "not asked": "?"}


class DayStrip(Widget):
    """Two lines. The chosen day stands out by weight and a mark, not only by colour."""

    ALLOW_SELECT = False
    auto_links = False

    def __init__(self, widget_id: str) -> None:
        super().__init__(id=widget_id)
        self._days: tuple[Day, ...] = ()
        self._chosen = ""

    def show(self, days: Sequence[Day], chosen: str) -> None:
        """Show `days` (the newest first), one of them chosen."""
        self._days, self._chosen = tuple(days), chosen
        self.refresh()

    def render(self) -> Content:
        """As many days as fit, the chosen one among them."""
        names, counts = Content(" "), Content(" ")
        for day in reversed(self.in_sight(self.size.width)):
            chosen = day.day == self._chosen
            name = f"{date.fromisoformat(day.day):%a %-d}"
            style = "bold $accent" if chosen else "$quiet"
            mark = "▸" if chosen else " "
            click = clickable(f"screen.choose_day('{day.day}')")
            names += Content.styled(f"{mark}{name:>{CELL - 2}} ", style).stylize(click)
            counts += Content.styled(f"{count(day):>{CELL - 1}} ", "bold" if chosen else "").stylize(click)
        return names + "\n" + counts

    def in_sight(self, width: int) -> tuple[Day, ...]:
        """The days that fit into `width` cells, the newest first."""
        room = max(1, (width - 1) // CELL)
        place = next((number for number, day in enumerate(self._days) if day.day == self._chosen), 0)
        first = max(0, place - room + 1)
        return self._days[first : first + room]


def count(day: Day) -> str:
    """Papers of a day; without any a sign: – nothing announced, ◌ not out yet, ▲ trouble, ? not asked."""
    if day.papers:
        return f"{day.papers:,}"
    found = [SIGNS[part.state] for part in day.categories if part.state in SIGNS]
    return next((sign for sign in ("✗", "▲", "◌", "?") if sign in found), "–")
