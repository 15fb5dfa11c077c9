"""The reading queue: what one reads and what waits; beside it what was written on the paper under the cursor."""

import asyncio
from array import array
from collections.abc import Sequence
from functools import partial
from typing import ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from library.db.changes import Change
from library.errors import NotFound
from library.papers import queries
from library.papers.model import PaperRow
from library.reading.model import ORDERS, Entry, Order, State
from library.reading.page import written
from library.reading.queue import counts, queue
from planner.hypotheses.balance import evidence_on_paper
from tui.actions import bindings
from tui.screens.reading_actions import ReadingActions
from tui.screens.under_cursor import DETAIL_DELAY
from tui.widgets import reading_row
from tui.widgets.detail import Detail
from tui.widgets.empty import Empty
from tui.widgets.fields import Field
from tui.widgets.paper_text import paper_content
from tui.widgets.tab_strip import TabStrip
from tui.widgets.table_lines import Cell
from tui.widgets.text_parts import joined
from tui.widgets.virtual_table import VirtualTable

HELP = """\
What you read now, and what waits. Papers that you keep in Triage or the Library come here; a star puts one first.

`>` moves a paper on: from the queue to reading, and then to read. `<` moves it back. How many you read at once is your
own limit (the setting `reading.in_progress`); beyond it labtop asks whether you mean it.

`shift+↑` and `shift+↓` order the queue by hand, `T` and `B` put a paper first or last. `R` shows it by score, by the
day it is due, or by age instead. `d` says by when, `%` how far you are in.

`n` writes a note, `c` your critique: a line and a verdict are enough, and every field can be found again
(`verdict:>=4`, `critique:leakage`). `"` takes sentences down, and `L` puts one beside a hypothesis.

    ◑ reading   ○ waits   ● read   – dropped
    ▲ another version changed the abstract: v shows what
    ✎ something is written on it   “ something is quoted

The queue is yours alone. Critiques, quotes and notes are seen by everybody, and changed by whoever wrote them.
"""
TABS: dict[str, tuple[State, ...]] = {"queue": ("reading", "queued"), "read": ("read",), "dropped": ("dropped",)}


class ReadingScreen(ReadingActions):
    """Three tabs over one list, and the detail."""

    SECTION = "reading"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("reading"), *bindings("papers"), *bindings("tabs")]
    HELP = HELP
    FIRST = ("reading.on", "papers.critique", "papers.note", "papers.quote", "reading.due", "reading.order")
    AUTO_FOCUS = "#entries"

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[int, Entry] = {}
        self.numbers: dict[State, int] = {}
        self._order: Order = "hand"
        self._wanted: int | None = None  # a paper to go to once the list is here

    def compose_body(self) -> ComposeResult:
        """Tabs and filter, the list, the detail."""
        with Horizontal(id="reading-head"):
            yield TabStrip(tuple(TABS), widget_id="tabs")
            yield Static("/", id="reading-prompt", markup=False)
            yield Field(placeholder="words of title, remark, author", id="filter", compact=True)
        with Horizontal(id="reading-body"):
            yield VirtualTable(reading_row.columns("hand", TABS["queue"]), self._cells, widget_id="entries")
            yield Empty(id="empty")
            yield Detail(widget_id="reading-detail")

    @property
    def table(self) -> "VirtualTable[PaperRow]":
        """The list. Its rows are entries of the queue, which have all that actions on papers look at."""
        return cast("VirtualTable[PaperRow]", self.query_one("#entries", VirtualTable))

    @property
    def tabs(self) -> TabStrip:
        """Which states are shown."""
        return self.query_one(TabStrip)

    @property
    def field(self) -> Input:
        """The filter."""
        return self.query_one("#filter", Input)

    @property
    def order(self) -> Order:
        """Which order the list is in."""
        return self._order

    def _cells(self, entry: Entry) -> Sequence[Cell]:
        return reading_row.cells(entry, self.ctx.clock.today())

    # Reading.

    async def load(self, changes: tuple[Change, ...]) -> None:
        """The whole queue: hundreds of papers are read in a moment, and beside the screen."""
        if changes and not any(change.topic in ("papers", "rows", "ranking", "programme") for change in changes):
            return
        states: tuple[State, ...] = TABS[self.tabs.current]
        self.numbers = await self.ctx.read(counts, self.ctx.person)
        found = await self.ctx.read(queue, self.ctx.person, states, order=self._order)
        self.entries = {entry.id: entry for entry in found}
        self.table.forget()
        self.show_list()
        if self.table.cursor_id is not None:
            self.read_detail(self.table.cursor_id, again=True)

    def show_list(self, *, restart: bool = False) -> None:
        """What of the queue has the filter's words."""
        words = self.field.value.lower().split()
        ids = [id_ for id_, entry in self.entries.items() if _has(entry, words)]
        columns = reading_row.columns(self._order, TABS[self.tabs.current])
        self.table.set_columns(columns, reading_row.SORTINGS[self._order])
        self.table.show(array("q", ids), restart=restart)
        self.table.fill(self._rows_of(self.table.ids[:500]))
        if self._wanted is not None and self.table.move_to_id(self._wanted):
            self._wanted = None
        self._say_counts(len(ids))
        self.set_class(not ids, "-empty")
        if not ids:
            self.query_one(Detail).clear()
            self._explain_nothing()
        self.refresh_bindings()

    def _rows_of(self, ids: Sequence[int]) -> list[PaperRow]:
        return cast("list[PaperRow]", [self.entries[id_] for id_ in ids if id_ in self.entries])

    def _say_counts(self, shown: int) -> None:
        """How many are read at once of how many one allows oneself, and the order of the list."""
        reading, limit = self.numbers.get("reading", 0), self.limit
        said = f"reading {reading}" + (f" of {limit}" if limit else "")
        over = bool(limit) and reading > limit
        head = Content.styled(f"▲ {said}" if over else said, "$warning" if over else "$quiet")
        filtered = f"{shown:,} of {len(self.entries):,}" if shown != len(self.entries) else ""
        order = "" if self._order == "hand" else reading_row.ORDERED[self._order]
        self.tabs.notes = {
            "queue": f"{reading + self.numbers.get('queued', 0):,}",
            "read": f"{self.numbers.get('read', 0):,}",
            "dropped": f"{self.numbers.get('dropped', 0):,}",
        }
        parts = [Content.styled(text, "$quiet") for text in (filtered, order) if text]
        self.tabs.show(self.tabs.current, joined([*parts, head], " · "))

    def _explain_nothing(self) -> None:
        empty = self.query_one(Empty)
        tab = self.tabs.current
        if self.entries:
            empty.say("Nothing has these words", "esc takes the filter away.")
        elif tab == "queue":
            empty.say(
                "Nothing waits to be read",
                "Your reading queue: what you read now, what comes next, and by when. What you think of a paper stays "
                "beside it: notes, quotes, and a critique that can be searched and counted.",
                "",
                "2    goes to Triage, where a keeps a paper and f puts it first",
                "3    goes to the Library; a and f do the same there",
                "",
                "In a shell: labtop queue add 2501.01234",
            )
        elif tab == "read":
            empty.say("Nothing is read yet", "> on a paper of the queue moves it on: to reading, then here.")
        else:
            empty.say("Nothing was dropped", "X on a paper takes it off the queue unread, and here it can come back.")

    @work(group="rows", exclusive=True, exit_on_error=False, description="rows on the screen")
    async def _read_rows(self, ids: tuple[int, ...]) -> None:
        self.table.fill(self._rows_of(ids))

    @work(group="detail", exclusive=True, exit_on_error=False, description="the paper under the cursor")
    async def read_detail(self, id_: int, *, again: bool = False, delay: float = DETAIL_DELAY) -> None:
        """Show a paper with all that was written on it; `again` keeps the place where one was reading."""
        await asyncio.sleep(0 if again else delay)
        try:
            paper = await self.ctx.read(queries.paper, id_, self.ctx.person)
            beside = await self.ctx.read(written, self.ctx.person, id_)
        except NotFound:
            return  # purged meanwhile; the list follows with the next change
        linked = await self.ctx.read(evidence_on_paper, id_)
        entry, today = self.entries.get(id_), self.ctx.clock.today()
        text = partial(paper_content, paper, today, linked=linked, written=beside, entry=entry)
        self.query_one(Detail).show(lambda width: text(width=width), restart=not again)

    # Tabs, filter, order.

    def action_tab(self, step: int) -> None:
        """The next tab or the one before."""
        self.action_to_tab(self.tabs.stepped(step))

    def action_to_tab(self, name: str) -> None:
        """Go to a tab. What is typed meanwhile is for it."""
        self.app.hold_keys()
        self.tabs.show(name)
        self.remove_class("-detail")
        self.table.mark_none()
        self._show_again(restart=True)

    @work(group="list", exclusive=True, exit_on_error=False, description="the queue")
    async def _show_again(self, *, restart: bool) -> None:
        try:
            found = await self.ctx.read(queue, self.ctx.person, TABS[self.tabs.current], order=self._order)
            self.entries = {entry.id: entry for entry in found}
            self.table.forget()
            self.show_list(restart=restart)
            if not self.field.has_focus:
                self.table.focus()
        finally:
            self.call_after_refresh(self.app.release_keys)

    def action_order(self) -> None:
        """By hand, by score, by the day it is due, by age; round and round."""
        self._order = ORDERS[(ORDERS.index(self._order) + 1) % len(ORDERS)]
        self._show_again(restart=False)

    @on(VirtualTable.HeaderClicked)
    def _sorted_by(self, event: VirtualTable.HeaderClicked) -> None:
        order = next((order for order, sorting in reading_row.SORTINGS.items() if sorting.key == event.key), None)
        if order is not None:
            self._order = order
            self._show_again(restart=False)

    @on(Input.Changed, "#filter")
    def _typed(self) -> None:
        self.show_list(restart=True)

    @on(Input.Submitted, "#filter")
    def _entered(self) -> None:
        self.table.focus()

    def action_search(self) -> None:
        """To the filter, at once: the next key is its first letter."""
        self.set_focus(self.field)

    def action_to_list(self) -> None:
        """From the filter into the list."""
        self.table.focus()

    def action_back(self) -> None:
        """Filter → list; then marks, then the filter is taken away."""
        if self.field.has_focus:
            self.table.focus()
        elif self.table.marks:
            self.table.mark_none()
        else:
            self.field.value = ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Into the field where one is not in it, out of it where one is."""
        if action in ("search", "to_list"):
            return self.field.has_focus == (action == "to_list")
        if action == "back":
            return self.field.has_focus or bool(self.table.marks or self.field.value)
        if action in ("shift", "progress") and self.tabs.current != "queue":
            return False
        return super().check_action(action, parameters)

    def show_paper(self, paper_id: int) -> None:
        """Go to a paper of the queue once the list holds it."""
        self._wanted = paper_id
        self.field.value = ""
        if self._loaded and self.table.move_to_id(paper_id):
            self._wanted = None

    @on(VirtualTable.Marked)
    def _marked(self) -> None:
        self.refresh_bindings()

    # Detail.

    @on(VirtualTable.Opened)
    def _opened(self) -> None:
        self.add_class("-detail")
        self.query_one(Detail).focus()


def _has(entry: Entry, words: Sequence[str]) -> bool:
    text = f"{entry.title} {entry.remark} {entry.first_author} {entry.key} {entry.state}".lower()
    return all(word in text for word in words)
