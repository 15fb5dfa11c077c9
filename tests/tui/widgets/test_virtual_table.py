"""The table: any number of rows, cursor and marks that survive, nothing painted that was not read."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult

from tui.safe import fit
from tui.widgets.columns import Column, lay_out
from tui.widgets.virtual_table import Cell, VirtualTable


@dataclass(frozen=True)
class Line:
    id: int
    text: str


def cells(row: Line) -> Sequence[Cell]:
    return ((str(row.id), "quiet"), (row.text, ""))


class TableApp(App[None]):
    CSS = """
    VirtualTable { height: 1fr; overflow-x: hidden; }
    .virtual-table--cursor { text-style: reverse; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[int, ...]] = []
        self.opened: list[int] = []

    def compose(self) -> ComposeResult:
        yield VirtualTable((Column("id", "id", 8, "right"), Column("text", "text")), cells, widget_id="table")

    @property
    def table(self) -> "VirtualTable[Line]":
        return self.query_one("#table", VirtualTable)

    def on_virtual_table_rows_needed(self, event: VirtualTable.RowsNeeded) -> None:
        self.asked.append(event.ids)
        self.table.fill(Line(i, f"row {i}") for i in event.ids)

    def on_virtual_table_opened(self, event: VirtualTable.Opened) -> None:
        self.opened.append(event.id)

    def painted(self) -> list[str]:
        return ["".join(s.text for s in self.table.render_line(y)) for y in range(self.table.size.height)]


async def test_a_million_rows_ask_only_for_what_is_near() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 20)) as pilot:
        app.table.show(array("q", range(1_000_000)))
        await pilot.pause()
        assert set(app.asked[-1]) == set(range(38))  # a screen of 19 lines, and the page below
        await pilot.press("G")
        await pilot.pause()
        assert 999_999 in app.asked[-1]
        assert len(app.asked[-1]) <= 3 * 19
        assert "row 999999" in app.painted()[-1]
        await pilot.press("g", "pagedown", "enter")
        assert app.opened == [18]
        assert len(app.table._rows) < 200


async def test_cursor_line_and_marks_survive_a_refill() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 20)) as pilot:
        app.table.show(array("q", range(100)))
        await pilot.press(*["j"] * 30, "space", "space")
        line = app.table.cursor - app.table.scroll_offset.y
        assert (app.table.cursor_id, app.table.marks) == (32, {30, 31})
        app.table.show(array("q", range(99, -1, -1)))
        await pilot.pause()
        assert (app.table.cursor_id, app.table.cursor) == (32, 67)
        assert app.table.cursor - app.table.scroll_offset.y == line
        assert app.table.chosen == (31, 30)
        app.table.show(array("q", [5, 31, 7]))
        await pilot.pause()
        assert app.table.marks == {31}
        assert app.table.cursor_id == 7
        app.table.show(array("q"))
        await pilot.press("j", "k", "G", "space", "enter", "pagedown", "asterisk")
        assert (app.table.cursor_id, app.table.chosen) == (None, ())


async def test_what_changed_is_read_again_and_stays_painted_meanwhile() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 20)) as pilot:
        app.table.show(array("q", range(100)))
        await pilot.pause()
        app.asked.clear()
        app.table.forget([3])
        assert "row 3" in app.painted()[4]
        await pilot.pause()
        assert app.asked == [(3,)]
        app.table.forget()
        await pilot.pause()
        assert len(app.asked[-1]) == 38


async def test_the_mark_and_the_cursor_are_signs() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 10)) as pilot:
        app.table.show(array("q", range(5)))
        await pilot.press("space")
        lines = app.painted()
        assert lines[1].startswith(" ✓")
        assert lines[2].startswith("▸ ")
        assert all(cell_len(line) == app.table._width for line in lines[1:6])


@pytest.mark.parametrize("text", ["", "plain", "漢字かな交じり文", "e\u0301" * 30, "👩‍🔬 emoji", "x" * 10_000, "עברית"])
@pytest.mark.parametrize("width", [1, 2, 7, 30])
def test_text_is_made_to_fit_its_cells(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) == width


def test_columns_give_way_where_there_is_no_room() -> None:
    columns = (Column("a", "a", 5), Column("b", "b"), Column("c", "c", 10, needs=50))
    assert [(c.key, w) for _, c, w in lay_out(columns, 60)] == [("a", 5), ("b", 43), ("c", 10)]
    assert [(c.key, w) for _, c, w in lay_out(columns, 40)] == [("a", 5), ("b", 34)]
    assert [(c.key, w) for _, c, w in lay_out(columns, 3)] == [("a", 5), ("b", 1)]
