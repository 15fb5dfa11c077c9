"""The inbox of a day as a list: papers, and dividers between them that the cursor steps over."""

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from library.papers.model import PaperRow
from tui.safe import fit
from tui.widgets.columns import Column
from tui.widgets.table_lines import Cell
from tui.widgets.virtual_table import VirtualTable


class TriageTable(VirtualTable[PaperRow]):
    """Dividers have negative ids, the line is -1; `show_day` says what each of them says."""

    def __init__(
        self, columns: Sequence[Column], cells: Callable[[PaperRow], Sequence[Cell]], *, widget_id: str | None = None
    ) -> None:
        super().__init__(columns, cells, widget_id=widget_id)
        self._dividers: dict[int, str] = {}

    def show_day(self, ids: "array[int]", dividers: Mapping[int, str], *, restart: bool) -> None:
        """Show papers, and dividers among them."""
        self._dividers = dict(dividers)
        self.show(ids, restart=restart)
        if self.cursor_id is not None and self.cursor_id < 0:
            self.move_to(self.cursor + 1)

    def repaint(self, ids: Iterable[int]) -> None:
        """Paint rows anew that are here: what their cells are made of has changed."""
        rows = [row for id_ in ids if (row := self.row(id_)) is not None]
        if rows:
            self.fill(rows)

    def move_to(self, place: int) -> None:
        """Put the cursor on a place of the list, stepping over a divider in the direction of the move."""
        place = max(0, min(place, len(self.ids) - 1))
        step = 1 if place >= self.cursor else -1
        at = place
        while 0 <= at < len(self.ids) and self.ids[at] < 0:
            at += step
        if not 0 <= at < len(self.ids):
            at = place
            while 0 <= at < len(self.ids) and self.ids[at] < 0:
                at -= step
        if 0 <= at < len(self.ids):
            super().move_to(at)

    def action_top(self) -> None:
        """To the first paper, with a divider above it in sight."""
        super().action_top()
        if self.cursor < self._height:
            self.scroll_to(y=0, animate=False, force=True)

    def action_mark_all(self) -> None:
        """Mark every paper, or nothing where every paper is marked."""
        papers = {id_ for id_ in self.ids if id_ > 0}
        self.marks = set() if self.marks == papers else papers
        self._marks_changed()

    def _near(self) -> tuple[int, ...]:
        return tuple(id_ for id_ in super()._near() if id_ > 0)

    def _line(self, id_: int, here: bool, marked: bool, width: int) -> Strip:
        if id_ > 0:
            return super()._line(id_, here, marked, width)
        text = f" {self._dividers.get(id_, '')} "
        quiet, told = (self.rich_style + self._style(name) for name in ("quiet", "accent" if id_ == -1 else "quiet"))
        room = max(0, width - 3)
        shown = fit(text, min(room, cell_len(text)))
        rest = "─" * max(0, room - cell_len(shown))
        return Strip([Segment("──", quiet), Segment(shown, told), Segment(rest, quiet), Segment(" ", quiet)])
