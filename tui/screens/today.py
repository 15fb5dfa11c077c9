"""Today: where labtop opens. What is new, why a day is empty, what needs a look."""

from array import array
from collections.abc import Sequence
from datetime import date
from typing import ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import OptionList, Static

from library.db.changes import Change
from library.papers import queries
from library.papers.model import PaperRow
from library.reading.summary import said
from library.today import CategoryDay, Day, Notice, Today
from library.today.page import read_today
from library.vectors.model import model_status
from planner.agenda import Item, agenda
from tui.actions import bindings
from tui.commands.today import about_inbox, first_steps
from tui.dates import full_day
from tui.safe import fit, line
from tui.screens.library import LibraryScreen
from tui.screens.library_actions import PaperActions
from tui.widgets.day_strip import SIGNS, DayStrip
from tui.widgets.detail import Detail
from tui.widgets.empty import Empty
from tui.widgets.lines import Fact, Lines
from tui.widgets.paper_row import cells, columns
from tui.widgets.table_lines import Cell
from tui.widgets.virtual_table import VirtualTable

HELP = """\
The newest papers by day, with the reason where a day brought none, and what needs a look.

`a` `s` `f` `z` decide on a paper, as in the Library. `[` and `]` go to the day before and after. `enter` on a line
opens the Library with just that; on a paper, the paper. `tab` goes from the lines to the papers, to the detail, and on.

On the strip of days: – nothing announced, ◌ not out yet, ▲ trouble with arXiv, ✗ an answer that could not be read,
? not asked yet.
"""
_NOTICE = {
    "bad": ("✗", "$error"),
    "warn": ("▲", "$warning"),
    "info": ("·", "$quiet"),
    "good": ("●", "$success"),
}
_TONES = {"complete": "$success", "throttled": "$warning", "offline": "$warning", "parse error": "$error"}
_HEARD = frozenset({"papers", "sync", "vectors", "quarantine", "rows", "interests", "programme", "club", "ranking"})


class TodayScreen(PaperActions):
    """A strip of days, the chosen day's lines, and its papers."""

    SECTION = "today"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("today"), *bindings("papers")]
    HELP = HELP
    AUTO_FOCUS = "VirtualTable"

    def __init__(self) -> None:
        super().__init__()
        self.page: Today | None = None
        self.agenda: tuple[Item, ...] = ()
        self.chosen = ""

    def compose_body(self) -> ComposeResult:
        """From the top: the day's name, the strip, the lines, the papers."""
        yield Static("", id="day", markup=False)
        yield DayStrip("days")
        yield Lines("lines")
        table: VirtualTable[PaperRow] = VirtualTable(columns(ranked=False)[1:], self._cells, widget_id="day-papers")
        with Horizontal(id="new"):
            yield table
            yield Empty(id="empty")
            yield Detail(widget_id="detail")

    @property
    def table(self) -> "VirtualTable[PaperRow]":
        """The chosen day's papers."""
        return cast("VirtualTable[PaperRow]", self.query_one("#day-papers", VirtualTable))

    # Reading.

    async def load(self, changes: tuple[Change, ...]) -> None:
        """Everything again: it is one read of some milliseconds."""
        if changes and not any(change.topic in _HEARD for change in changes):
            return
        workspace = self.ctx.workspace
        model = await self.ctx.compute(model_status, workspace.settings)
        self.page = await self.ctx.read(read_today, workspace, model)
        today, now = self.ctx.clock.today(), self.ctx.clock.now()
        self.agenda = await self.ctx.read(agenda, workspace.settings.programme, self.ctx.person, today, now)
        if self.chosen not in {day.day for day in self.page.days}:
            self.chosen = next((day.day for day in self.page.days if day.papers), self.page.day)
        await self._show(restart=not changes)

    async def _show(self, *, restart: bool) -> None:
        page, day = self.page, self.day
        if page is None or day is None:
            return
        self.query_one("#day", Static).update(self._heading(page, day))
        self.query_one(DayStrip).show(page.days, day.day)
        self.query_one(Lines).show(facts(page, day, self.agenda))
        ids: array[int] = array("q")
        if day.papers:
            ids = await self.ctx.read(queries.ids_of_day, day.day)
        self.set_class(not ids, "-empty")
        self.set_class(not page.papers, "-new")
        self.table.show(ids, restart=restart)
        if not restart:
            self.table.forget()
            if self.table.cursor_id is not None:
                self.read_detail(self.table.cursor_id, again=True)
        if not ids:
            self._explain_nothing(page, day)

    @property
    def day(self) -> Day | None:
        """The chosen day."""
        days = self.page.days if self.page else ()
        return next((day for day in days if day.day == self.chosen), None)

    def _heading(self, page: Today, day: Day) -> Content:
        beside = " · today" if day.day == page.day else ""
        if page.demo:
            beside += " · the sample stands still on this day" if day.day == page.day else ""
        return Content.assemble((f" {full_day(day.day)}", "bold"), (beside, "$quiet"))

    def _explain_nothing(self, page: Today, day: Day) -> None:
        empty = self.query_one(Empty)
        if not page.papers:
            steps = [f"{command:<22} {what}" for command, what in first_steps(page)]
            ask = ["ctrl+r                 ask arXiv now, from here"] if page.categories else []
            empty.say(
                "No papers yet",
                "This page shows each day's new papers, and what needs a look. To begin, in a shell:",
                "",
                *steps,
                "",
                *ask,
            )
        else:
            reason = day.reason or "nothing came in on this day"
            empty.say(f"Nothing new on {full_day(day.day)}", f"{reason}.", "", "[ goes to the day before.")
        if self.table.has_focus:
            self.set_focus(self.query_one(Lines) if page.papers else None)

    def _cells(self, row: PaperRow) -> Sequence[Cell]:
        return cells(row, self.ctx.clock.today(), None)[1:]

    # What a person does.

    @on(VirtualTable.Opened)
    def _opened(self, event: VirtualTable.Opened) -> None:
        self.app.open_paper(event.id)

    @on(OptionList.OptionSelected)
    async def _followed(self, event: OptionList.OptionSelected) -> None:
        fact = self.query_one(Lines).fact(event.option_index)
        if fact is None:
            return
        if fact.query:
            self._search(fact.query)
        elif fact.action:
            await self.app.run_action(fact.action)

    def action_day(self, step: int) -> None:
        """The day `step` places older; a negative one newer."""
        days = [day.day for day in self.page.days] if self.page else []
        if self.chosen in days:
            place = days.index(self.chosen) + step
            if 0 <= place < len(days):
                self.action_choose_day(days[place])

    def action_choose_day(self, day: str) -> None:
        """Show a day of the strip."""
        self.chosen = day
        self._show_again()

    @work(group="day", exclusive=True, exit_on_error=False, description="another day")
    async def _show_again(self) -> None:
        await self._show(restart=True)
        if self.day is not None and self.day.papers:
            self.table.focus()

    def action_in_library(self) -> None:
        """The chosen day in the Library."""
        self._search(f"date:{self.chosen}")

    def _search(self, query: str) -> None:
        self.app.switch_mode("library")
        screen = self.app.screen
        if isinstance(screen, LibraryScreen):
            screen.call_after_refresh(screen.run_query, query, "keyword")


def facts(page: Today, day: Day, items: Sequence[Item] = ()) -> list[Fact]:
    """The lines: the day by category, what encoding is doing, what the programme asks, what needs a look."""
    found = []
    if page.papers or page.categories:
        found += _papers(day)
    if day.day != page.day:
        found += _today(page)
    found += _inbox(page)
    found += _reading(page)
    if page.papers:
        found.append(_encoding(page))
    found += _programme(items)
    for place, notice in enumerate(_notices(page)):
        sign, tone = _NOTICE[notice.tone]
        action = "app.sync" if notice.mend == "labtop sync" else ""
        mend = f"→ {notice.mend}" if notice.mend else ""
        found.append(Fact("" if place else "Look", sign, tone, line(notice.text), mend, action=action))
    return found


def _programme(items: Sequence[Item]) -> list[Fact]:
    """What waits for a decision, what is in the way, how the budget stands; enter goes there."""
    found, label = [], ""
    for item in items:
        sign, tone = _NOTICE[item.tone]
        action = f"app.section('{item.section}')"
        found.append(Fact("" if item.label == label else item.label, sign, tone, line(item.text), action=action))
        label = item.label
    return found


def _inbox(page: Today) -> list[Fact]:
    """ "47 to triage   12 above the line · 3 to check against H-4"; enter goes there."""
    inbox = page.inbox
    if not inbox.waiting and not inbox.back:
        return []
    text = f"{inbox.waiting:,} to triage" if inbox.waiting else "nothing to triage"
    return [Fact("Triage", "", "", text, line(about_inbox(inbox)), action="app.section('triage')")]


def _reading(page: Today) -> list[Fact]:
    """What the reading queue asks for; enter goes there."""
    return [
        Fact("" if place else "Reading", *_NOTICE[tone], line(text), action="app.section('reading')")
        for place, (tone, text) in enumerate(said(page.reading))
    ]


def _papers(day: Day) -> list[Fact]:
    count = f"{day.papers:,} {'paper' if day.papers == 1 else 'papers'}" if day.papers else "none"
    query = f"date:{day.day}" if day.papers else ""
    found = [Fact("Papers", "", "", count, "" if day.papers else line(day.reason), query=query)]
    if day.papers or len({part.reason for part in day.categories}) > 1:
        found += [_category(part, day) for part in day.categories]
    return found


def _category(part: CategoryDay, day: Day) -> Fact:
    """ "● cs.CL      16 new  +2 cross  complete": what is here of it, and what is known of the day."""
    sign = SIGNS.get(part.state, "●" if part.state == "complete" else "·")
    if part.state == "not asked" and (part.new or part.cross):
        sign = "·"  # imported papers: nothing is wrong
    new = f"{part.new:>5,} new" if part.new or part.cross else ""
    cross = f"{f'+{part.cross:,}':>4} cross" if part.cross else ""
    query = f"date:{day.day} category:{part.category}" if part.new or part.cross else ""
    said = "complete" if part.state == "complete" and "(" not in part.reason else line(part.reason)
    text = f"{fit(line(part.category), 11)}{new:<9}  {cross:<10}"
    return Fact("", sign, _TONES.get(part.state, "$quiet"), text, said, query=query)


def _today(page: Today) -> list[Fact]:
    """Where another day is chosen: what is known of today."""
    now = next((day for day in page.days if day.day == page.day), None)
    if now is None or now.papers or not now.reason:
        return []
    return [Fact("Today", "◌", "$quiet", f"{date.fromisoformat(page.day):%a %-d %b}", line(now.reason))]


def _encoding(page: Today) -> Fact:
    missing = page.encoding.missing
    if not missing:
        return Fact("Search", "●", "$success", "every paper is searchable by meaning")
    text = f"{missing:,} of {page.papers:,} papers have no vector yet"
    if missing == page.papers:
        text = "no paper has a vector yet"
    return Fact("Search", "◌", "$quiet", text, "enter encodes them now", action="app.encode")


def _notices(page: Today) -> list[Notice]:
    """All but the one that `_encoding` shows."""
    return [notice for notice in page.notices if notice.mend != "labtop index"]
