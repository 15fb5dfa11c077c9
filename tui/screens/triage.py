"""Triage: the day's papers, the best first; one key decides, and the next paper is there."""

from array import array
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from time import monotonic
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical

from library.db.changes import Change
from library.papers.model import PaperRow
from library.triage.inbox import InboxDay, Item, day_beside, decided, inbox_day, put_off
from library.triage.summary import back
from tui.actions import bindings
from tui.dates import full_day
from tui.screens.triage_cards import TriageCards
from tui.screens.triage_reading import UNDECIDED, anew, decided_and_line, first_look
from tui.widgets import triage_head, triage_row
from tui.widgets.detail import Detail
from tui.widgets.empty import Empty
from tui.widgets.one_line import OneLine
from tui.widgets.tab_strip import TabStrip
from tui.widgets.table_lines import Cell, Sorting
from tui.widgets.triage_table import TriageTable
from tui.widgets.virtual_table import VirtualTable

HELP = """\
What arXiv announced on a day, each paper once, the best for you first. One key decides, and the cursor is on the next.

`a` keeps: onto your reading queue. `f` stars: to its front. `z` puts off, `s` skips, `r` skips and says why. The same
key again takes it back; `u` undoes, step by step, also after a restart. `L` puts a sentence beside a hypothesis.

Above **the line** stands what is most likely to concern you; beside it, how much of what stood there you wanted lately.
`◇` papers are shown to test your habits: far from all you look for, or just below the line. `S` skips the rest below
the line: nothing is learned from that. `=` lays the line below the paper. `w` says what a score is made of.

`[` and `]` go to other days, `.` to what you put off. Nothing becomes read by being shown.
"""
TABS = ("inbox", "later")
_HEARD = frozenset({"papers", "rows", "ranking", "sync", "programme", "interests"})
_SPAN, _LEAST = 120.0, 20.0  # seconds: a rate is of the last two minutes, and of no less than this


class TriageScreen(TriageCards):
    """List left, evidence right."""

    SECTION = "triage"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("triage"), *bindings("papers")]
    FIRST = (
        *("papers.keep", "papers.skip", "papers.star", "papers.later", "papers.link"),
        *("triage.why", "triage.rest", "app.undo", "triage.reason", "triage.order", "triage.day_back", "triage.next"),
    )
    HELP = HELP

    def __init__(self) -> None:
        super().__init__()
        self.day: InboxDay | None = None
        self.items: dict[int, Item] = {}  # in the order in which they are shown
        self.later: tuple[Item, ...] = ()
        self.waiting: dict[str, int] = {}  # by day of the inbox
        self.silent = ""
        self.offered: InboxDay | None = None  # another order, or more papers: shown when asked for
        self.touched = False  # whether one has moved or decided since the day was opened
        self._times: deque[float] = deque(maxlen=500)

    def compose_body(self) -> ComposeResult:
        """Two lines, then list and evidence."""
        yield TabStrip(TABS, widget_id="triage-tabs")
        yield OneLine(widget_id="triage-head")
        with Horizontal(id="triage"):
            with Vertical(id="triage-list"):
                yield TriageTable(triage_row.COLUMNS, self._cells, widget_id="inbox")
                yield Empty(id="empty")
            yield Detail(widget_id="detail")

    @property
    def table(self) -> TriageTable:
        """The list."""
        return self.query_one("#inbox", TriageTable)

    @property
    def on_later(self) -> bool:
        """Whether what was put off is shown, not the inbox."""
        return self.query_one(TabStrip).current == "later"

    # Reading.

    async def load(self, changes: tuple[Change, ...]) -> None:
        """The day at first; then only what changed, and never another order under the cursor."""
        if not changes:
            await self.open_inbox()
            return
        heard = [change for change in changes if change.topic in _HEARD]
        if not heard:
            return
        ids = {paper_id for change in heard for paper_id in change.ids}
        if all(change.topic == "papers" and change.ids for change in heard):
            await self._read_decisions(ids)
        else:
            await self.read_again()

    async def open_inbox(self) -> None:
        """The newest day on which something waits, else the newest one."""
        today, count = self.ctx.clock.today().isoformat(), self.ctx.workspace.settings.triage.days
        opened = await self.ctx.read(first_look, self.ctx.person, today, count)
        self.waiting, self.later, self.silent = opened.waiting, opened.later, opened.silent
        self.show_day(opened.day)

    def show_day(self, day: InboxDay, *, restart: bool = True) -> None:
        """Put a day on the screen, in its own order."""
        self.day, self.offered = day, None
        self.touched = self.touched and not restart
        self.show_items(day.items, restart=restart)

    def show_items(self, items: Sequence[Item], *, restart: bool) -> None:
        """Put papers on the screen."""
        self._cards.clear()
        self.items = {item.id: item for item in items}
        ids, dividers = list(self.items), dict[int, str]()
        if not self.on_later and self.day is not None:
            ids, dividers = triage_head.dividers(items, self.day.line)
        table = self.table
        table.set_columns(triage_row.LATER if self.on_later else triage_row.COLUMNS, Sorting())
        self.set_class(not items, "-empty")
        table.show_day(array("q", ids), dividers, restart=restart)
        table.forget()
        if not items:
            self.query_one(Detail).clear()
            self._explain_nothing()
        self.show_heads()
        self.refresh_bindings()

    async def _read_decisions(self, ids: Collection[int]) -> None:
        """What was decided on these papers: by this person here, or undone."""
        here = [paper_id for paper_id in ids if paper_id in self.items and not self.storing[paper_id]]
        said, line = await self.ctx.read(decided_and_line, self.ctx.person, here)
        if self.day is not None:  # how good the line is changes with each decision; where it lies, with a new order
            self.day = replace(self.day, line=replace(line, score=self.day.line.score))
        undecided = []
        for paper_id in here:
            before, now = self.items[paper_id], said.get(paper_id)
            after = replace(before, **(now or UNDECIDED))
            if after != before:
                undecided += [paper_id] if after.decision is None and before.decision is not None else []
                self.items[paper_id] = after
        waited = {item.id for item in self.later}
        if len(here) != len(ids) or any(
            paper_id in waited or self.items[paper_id].decision == "later" for paper_id in here
        ):
            self.later = await self.ctx.read(put_off, self.ctx.person)
        self._forget(ids)
        if len(undecided) == 1:  # taken back: there one is again
            self.table.move_to_id(undecided[0])

    async def read_again(self) -> None:
        """Everything of this day. Another order is offered; decisions are shown at once."""
        self.later = await self.ctx.read(put_off, self.ctx.person)
        day = self.day
        if self.on_later or day is None:
            said = await self.ctx.read(decided, self.ctx.person, list(self.items))
            if self.on_later:
                self._show_more(
                    {item.id: replace(item, **(said.get(item.id) or UNDECIDED)) for item in self.items.values()}
                )
            return
        now, same, fresh = await self.ctx.read(anew, self.ctx.person, day, dict(self.items))
        if self.day is None or self.day.items is not day.items or self.on_later:
            return  # one is elsewhere by now
        if same:
            self.day = now
        elif not self.touched or not self.items:
            self.show_day(now)
            return
        else:
            self.offered = now
        self._take(fresh)

    def _take(self, fresh: Mapping[int, Item]) -> None:
        """Show what is decided by now; the order stays, and what is on its way to the store stays as it is meant."""
        taken = [paper_id for paper_id in fresh if paper_id in self.items and not self.storing[paper_id]]
        for paper_id in taken:
            seen = fresh[paper_id]
            self.items[paper_id] = replace(
                self.items[paper_id],
                decision=seen.decision,
                reason=seen.reason,
                bulk=seen.bulk,
                decided_at=seen.decided_at,
            )
        self._forget(taken)
        self.look_at_card_again()

    def _show_more(self, fresh: Mapping[int, Item]) -> None:
        """Put off: what was decided stays in the list until one comes back to it, what is new stands at its end."""
        more = [item for item in self.later if item.id not in self.items]
        if more or not self.items:
            self.show_items([*self.items.values(), *more], restart=False)
        self._take(fresh)

    def _forget(self, ids: Iterable[int]) -> None:
        """Paint these anew, with the heads, and the card under the cursor where it is one of them."""
        touched = frozenset(ids)
        for paper_id in touched:
            self._cards.pop(paper_id, None)
        self.table.repaint(touched)
        self.show_heads()
        if self.table.cursor_id in touched:
            self.read_detail(self.table.cursor_id, again=True)

    # Showing.

    def show_heads(self) -> None:
        """The tabs with how far one is, and the line below them."""
        day, today = self.day, self.ctx.clock.today()
        strip, head = self.query_one(TabStrip), self.query_one(OneLine)
        strip.notes = {"later": f"{len(self.later):,}"} if self.later else {}
        if day is None:
            return
        if self.on_later:
            due = len(back(self.later, today, self.ctx.workspace.settings.triage))
            strip.show("later", triage_head.later_head(len(self.later), due))
            head.show(lambda width: triage_head.about_later(self.ctx.workspace.settings.triage.later_days))
            return
        found = triage_head.tally(self.items.values())
        strip.show("inbox", triage_head.progress(day.day, today, found, self.rate(), len(self.table.marks)))
        offer, left = self._offer(), self._left()
        silent = self.silent if day.day == max(self.waiting, default="") else ""
        head.show(lambda width: triage_head.counts(found, day.line, width, offer=offer, left=left, silent=silent))

    def _offer(self) -> str:
        if self.offered is None:
            return ""
        more = len({item.id for item in self.offered.items} - set(self.items))
        return f"{more:,} more came in" if more else "a new order is ready"

    def _left(self) -> str:
        """What waits on other days, once nothing waits on this one."""
        if self.day is None or any(item.counts and item.decision is None for item in self.items.values()):
            return ""
        older = sum(count for day, count in self.waiting.items() if day < self.day.day)
        newer = sum(count for day, count in self.waiting.items() if day > self.day.day)
        parts = [f"[ {older:,} left on older days"] if older else []
        parts += [f"] {newer:,} left on newer days"] if newer else []
        return " · ".join(parts)

    def rate(self) -> float | None:
        """Papers decided a minute, over the last two minutes of deciding; None where that is too short to tell."""
        now = monotonic()
        while self._times and now - self._times[0] > _SPAN:
            self._times.popleft()
        if len(self._times) < 3 or self._times[-1] - self._times[0] < _LEAST:
            return None
        return 60 * (len(self._times) - 1) / (self._times[-1] - self._times[0])

    def note_decisions(self, count: int) -> None:
        """For the rate."""
        self._times.extend([monotonic()] * count)

    def _explain_nothing(self) -> None:
        empty, day = self.query_one(Empty), self.day
        if self.on_later:
            empty.say(
                "Nothing is put off",
                "z puts a paper off that you cannot judge now. It waits here, and comes back after a week.",
                "",
                ". goes back to the inbox.",
            )
        elif day is not None and (self.waiting or self.ctx.workspace.settings.arxiv.categories):
            ways = ["[ goes to the day before."] if self.waiting else ["ctrl+r asks arXiv now."]
            empty.say(f"Nothing to triage on {full_day(day.day)}", f"{day.reason or 'nothing came in'}.", "", *ways)
        else:
            empty.say(
                "Nothing to triage yet",
                "Triage shows what arXiv announced on a day, the best for you first, and asks one key for each paper.",
                "",
                "labtop init                 follow categories of arXiv",
                "labtop sync                 fetch their last days (ctrl+r from here)",
                'labtop interest add "…"     say what you look for, so that the best come first',
            )

    def _cells(self, row: PaperRow) -> Sequence[Cell]:
        item = self.items.get(row.id)
        if item is None:
            return ()
        if self.on_later:
            settings, today = self.ctx.workspace.settings.triage, self.ctx.clock.today()
            return triage_row.later_cells(item, row, today, due=bool(back((item,), today, settings)))
        return triage_row.cells(item, row)

    @on(VirtualTable.Opened)
    def _opened(self) -> None:
        self.add_class("-detail")
        self.query_one(Detail).focus()

    @on(VirtualTable.Marked)
    def _marked(self) -> None:
        self.refresh_bindings()
        self.show_heads()

    # Days and tabs.

    def action_day(self, step: int) -> None:
        """The day before; a negative step the day after."""
        if self.day is not None and not self.on_later:
            self._go_to_day(self.day.day, step)

    @work(group="day", exclusive=True, exit_on_error=False, description="another day")
    async def _go_to_day(self, day: str, step: int) -> None:
        today = self.ctx.clock.today().isoformat()
        beside = await self.ctx.read(day_beside, day, today, step)
        if beside is None:
            self.notify("That is the oldest day." if step > 0 else "That is the newest day.", markup=False, timeout=3)
            return
        self._remember_waiting()
        self.show_day(await self.ctx.read(inbox_day, self.ctx.person, beside))

    def _remember_waiting(self) -> None:
        if self.day is not None and self.day.day in self.waiting:
            left = sum(item.counts and item.decision is None for item in self.items.values())
            self.waiting[self.day.day] = left

    def action_tab(self, step: int) -> None:
        """To what was put off, and back."""
        self.action_to_tab(self.query_one(TabStrip).stepped(step))

    def action_to_tab(self, name: str) -> None:
        """To a tab by its name."""
        strip = self.query_one(TabStrip)
        if name == strip.current:
            return
        self._remember_waiting()
        strip.show(name)
        self.remove_class("-detail")
        if name == "later":
            self.show_items(self.later, restart=True)
            self.table.focus()
        elif self.day is not None:
            self._go_back(self.day.day)

    @work(group="day", exclusive=True, exit_on_error=False, description="back to the inbox")
    async def _go_back(self, day: str) -> None:
        self.show_day(await self.ctx.read(inbox_day, self.ctx.person, day))
        self.table.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what there is something for."""
        if action in ("rest", "day"):
            return not self.on_later
        if action == "new_order":
            return self.offered is not None and not self.on_later
        if action == "back":
            return bool(self.table.marks)
        return super().check_action(action, parameters)
