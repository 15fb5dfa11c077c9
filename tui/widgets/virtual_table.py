"""A list of any length: it holds ids, and only the rows near the screen.

The owner calls `show(ids)`; the table posts `RowsNeeded` for the pages on and around the screen, and the owner answers
with `fill(rows)`. Lines are painted from ready rows only, so neither scrolling nor a cursor key ever waits.
"""

from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar, Generic, Protocol, TypeVar

from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.actions import bindings
from tui.widgets.columns import GAP, Column, lay_out
from tui.widgets.table_lines import GUTTER, Cell, Sorting, header_strip, row_strip

KEPT_ROWS = 2_000  # rows in memory: many screens' worth, a few MB
KEPT_STRIPS = 400  # painted lines in memory
WHEEL_LINES = 3


class Row(Protocol):
    """What a table needs to know of a row."""

    @property
    def id(self) -> int:
        """Its id, as `show` was given it."""


R = TypeVar("R", bound=Row)


class VirtualTable(ScrollView, Generic[R], can_focus=True):
    """`columns` once; `cells(row)` gives one cell a column."""

    ALLOW_SELECT = False
    BINDINGS = bindings("list")
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "virtual-table--header",
        "virtual-table--sorted",
        "virtual-table--cursor",
        "virtual-table--cursor-blurred",
        "virtual-table--marked",
        "virtual-table--strong",
        "virtual-table--quiet",
        "virtual-table--accent",
        "virtual-table--good",
        "virtual-table--warn",
        "virtual-table--bad",
    }

    class RowsNeeded(Message):
        """Rows of `ids` are on or near the screen and not here yet. A later one stands for all earlier ones."""

        def __init__(self, ids: tuple[int, ...]) -> None:
            super().__init__()
            self.ids = ids

        def can_replace(self, message: Message) -> bool:
            """The newest request says all."""
            return isinstance(message, VirtualTable.RowsNeeded)

    class Moved(Message):
        """The cursor is on another id (None: the list is empty)."""

        def __init__(self, id_: int | None) -> None:
            super().__init__()
            self.id = id_

        def can_replace(self, message: Message) -> bool:
            """Only where it is now matters."""
            return isinstance(message, VirtualTable.Moved)

    class Opened(Message):
        """Enter or a double click on an id."""

        def __init__(self, id_: int) -> None:
            super().__init__()
            self.id = id_

    class Marked(Message):
        """Marks changed."""

    class HeaderClicked(Message):
        """A column's title was clicked."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(
        self, columns: Sequence[Column], cells: Callable[[R], Sequence[Cell]], *, widget_id: str | None = None
    ) -> None:
        super().__init__(id=widget_id)
        self.columns = tuple(columns)
        self.sorting = Sorting()
        self.ids: array[int] = array("q")
        self.cursor = 0
        self.marks: set[int] = set()
        self._cells = cells
        self._rows: OrderedDict[int, R] = OrderedDict()
        self._strips: OrderedDict[tuple[int, bool, bool], Strip] = OrderedDict()
        self._stale: set[int] = set()
        self._asked: tuple[int, ...] = ()

    # What the owner calls.

    def show(self, ids: "array[int]", *, restart: bool = False) -> None:
        """Show `ids`. The cursor stays on its paper, and that paper on its line, unless `restart` puts it first."""
        current, line = self.cursor_id, self.cursor - self.scroll_offset.y
        self.ids = ids
        self.marks.intersection_update(ids)
        self.virtual_size = Size(0, len(ids) + 1)
        if restart:
            self.cursor, top = 0, 0
        else:
            self.cursor = self._place_of(current)
            top = self.cursor - line
        self._asked = ()
        self._strips.clear()
        self.scroll_to(y=max(0, min(top, self._last_top)), animate=False, force=True)
        self._keep_in_sight()
        self.refresh()
        self._ask()
        if self.cursor_id != current or restart:
            self.post_message(self.Moved(self.cursor_id))

    def set_columns(self, columns: Sequence[Column], sorting: Sorting) -> None:
        """Other columns, or another sorting to show in the header."""
        if (tuple(columns), sorting) != (self.columns, self.sorting):
            self.columns, self.sorting = tuple(columns), sorting
            self._strips.clear()
            self.refresh()

    def fill(self, rows: Iterable[R]) -> None:
        """Take rows that were needed, or new versions of rows that are here."""
        for row in rows:
            self._rows[row.id] = row
            self._rows.move_to_end(row.id)
            self._stale.discard(row.id)
            for key in ((row.id, c, m) for c in (False, True) for m in (False, True)):
                self._strips.pop(key, None)
        while len(self._rows) > KEPT_ROWS:
            self._rows.popitem(last=False)
        self.refresh()

    def forget(self, ids: Iterable[int] = ()) -> None:
        """Rows changed: read these again (none given: all). What is painted stays until the new ones are here."""
        near = set(self._near())
        for id_ in tuple(ids) or tuple(self._rows):
            if id_ in near:
                self._stale.add(id_)
            else:
                self._rows.pop(id_, None)
        self._asked = ()
        self._ask()

    def row(self, id_: int) -> R | None:
        """The row of an id, where it is here."""
        return self._rows.get(id_)

    @property
    def cursor_id(self) -> int | None:
        """The id under the cursor."""
        return self.ids[self.cursor] if self.cursor < len(self.ids) else None

    @property
    def chosen(self) -> tuple[int, ...]:
        """What an action is meant for: what is marked, in the list's order, else what is under the cursor."""
        if self.marks:
            return tuple(i for i in self.ids if i in self.marks)
        return () if self.cursor_id is None else (self.cursor_id,)

    def move_to(self, place: int) -> None:
        """Put the cursor on a place of the list (0 is the first)."""
        place = max(0, min(place, len(self.ids) - 1))
        if not len(self.ids):
            return
        before, self.cursor = self.cursor, place
        self._keep_in_sight()
        self._paint(before)
        self._paint(place)
        if before != place:
            self.post_message(self.Moved(self.cursor_id))

    def move_to_id(self, id_: int) -> bool:
        """Put the cursor on an id; False where the list does not hold it."""
        try:
            self.move_to(self.ids.index(id_))
        except ValueError:
            return False
        return True

    def mark_none(self) -> None:
        """Take every mark away."""
        self.marks.clear()
        self._marks_changed()

    # Actions.

    def action_move(self, lines: int) -> None:
        """Move the cursor."""
        self.move_to(self.cursor + lines)

    def action_page(self, pages: int) -> None:
        """Move by what is on the screen, less one line for the eye to hold on to."""
        self.move_to(self.cursor + pages * max(1, self._height - 1))

    def action_top(self) -> None:
        """To the first."""
        self.move_to(0)

    def action_bottom(self) -> None:
        """To the last."""
        self.move_to(len(self.ids) - 1)

    def action_open(self) -> None:
        """Open what is under the cursor."""
        if self.cursor_id is not None:
            self.post_message(self.Opened(self.cursor_id))

    def action_mark(self) -> None:
        """Mark or unmark, and go on to the next, so that a run of papers is one key held down."""
        if self.cursor_id is None:
            return
        self.marks ^= {self.cursor_id}
        self._marks_changed()
        self.move_to(self.cursor + 1)

    def action_mark_all(self) -> None:
        """Mark everything, or nothing where everything is marked."""
        self.marks = set() if len(self.marks) == len(self.ids) else set(self.ids)
        self._marks_changed()

    # Mouse.

    def on_click(self, event: events.Click) -> None:
        """A click moves, a double click opens; on the header it sorts."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if offset.y == 0:
            key = self._column_at(offset.x)
            if key:
                self.post_message(self.HeaderClicked(key))
            return
        place = self.scroll_offset.y + offset.y - 1
        if place >= len(self.ids):
            return
        self.move_to(place)
        if event.chain == 2:
            self.action_open()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel moves the list, not the cursor."""
        self._wheel(event, WHEEL_LINES)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel moves the list, not the cursor."""
        self._wheel(event, -WHEEL_LINES)

    # Painting.

    def render_line(self, y: int) -> Strip:
        """One line of the screen: the header, then rows from where the list is scrolled to."""
        width = self._width
        if y == 0:
            return header_strip(self.columns, self.sorting, width, self._style, base=self.rich_style)
        place = self.scroll_offset.y + y - 1
        if place >= len(self.ids):
            return Strip.blank(width, self.rich_style)
        id_ = self.ids[place]
        key = (id_, place == self.cursor, id_ in self.marks)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self._line(*key, width)
            if len(self._strips) > KEPT_STRIPS:
                self._strips.popitem(last=False)
        return strip

    def on_resize(self) -> None:
        """Columns have other widths now."""
        self._strips.clear()
        self._keep_in_sight()
        self._ask()

    def on_focus(self) -> None:
        """The cursor line looks different with the focus."""
        self._strips.clear()

    def on_blur(self) -> None:
        """The cursor line looks different without the focus."""
        self._strips.clear()

    def notify_style_update(self) -> None:
        """Colours changed."""
        super().notify_style_update()
        self._strips.clear()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Other rows came into sight."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._ask()

    def _line(self, id_: int, here: bool, marked: bool, width: int) -> Strip:
        base = self.rich_style
        if marked:
            base += self._style("marked")
        if here:
            base += self._style("cursor" if self.has_focus else "cursor-blurred")
        row = self._rows.get(id_)
        cells = None if row is None else self._cells(row)
        return row_strip(self.columns, cells, width, self._style, base=base, here=here, marked=marked)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"virtual-table--{name}", partial=True)

    def _paint(self, place: int) -> None:
        line = place - self.scroll_offset.y + 1
        if 0 < line <= self._height:
            self.refresh(Region(0, line, self.size.width, 1))

    # Scrolling.

    @property
    def _width(self) -> int:
        """Cells for columns: what the scrollbar leaves."""
        return self.scrollable_content_region.width

    @property
    def _height(self) -> int:
        """Lines for rows."""
        return max(1, self.size.height - 1)

    @property
    def _last_top(self) -> int:
        return max(0, len(self.ids) - self._height)

    def _keep_in_sight(self) -> None:
        top = self.scroll_offset.y
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, force=True)
        elif self.cursor >= top + self._height:
            self.scroll_to(y=self.cursor - self._height + 1, animate=False, force=True)

    def _wheel(self, event: events.MouseScrollDown | events.MouseScrollUp, lines: int) -> None:
        event.stop()
        event.prevent_default()
        top = max(0, min(self.scroll_offset.y + lines, self._last_top))
        self.scroll_to(y=top, animate=False, force=True)

    def _near(self) -> tuple[int, ...]:
        """Ids on the screen, then those of a page below and a page above."""
        top, page = self.scroll_offset.y, self._height
        here = self.ids[top : top + page]
        return (*here, *self.ids[top + page : top + 2 * page], *self.ids[max(0, top - page) : top])

    def _ask(self) -> None:
        missing = tuple(i for i in self._near() if i not in self._rows or i in self._stale)
        if missing and missing != self._asked and self.size.height:
            self._asked = missing
            self.post_message(self.RowsNeeded(missing))

    def _place_of(self, id_: int | None) -> int:
        if id_ is not None:
            try:
                return self.ids.index(id_)
            except ValueError:
                pass
        return max(0, min(self.cursor, len(self.ids) - 1))

    def _column_at(self, x: int) -> str | None:
        start = GUTTER
        for _, column, width in lay_out(self.columns, self._width - GUTTER):
            if start <= x < start + width:
                return column.key
            start += width + GAP
        return None

    def _marks_changed(self) -> None:
        self.refresh()
        self.post_message(self.Marked())
