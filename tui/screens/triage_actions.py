"""What one does in Triage: decide and be on the next paper at once, skip the rest, say why, take a new order."""

from abc import abstractmethod
from collections import Counter

from textual import work

from library.papers import commands
from library.papers.model import Decision
from library.ranking import stored
from library.ranking.line import lay_or_lift
from library.ranking.why_text import why_lines
from library.text import counted
from library.triage.deciding import below_the_line, skip_below
from library.triage.inbox import InboxDay, Item, inbox_day, with_decision
from tui.actions import changes
from tui.screens.base import opens_dialog
from tui.screens.library_actions import PaperActions
from tui.screens.page import Page
from tui.screens.sure import Reason, Sure
from tui.widgets.triage_table import TriageTable
from tui.widgets.triage_text import full_why


class TriageActions(PaperActions):
    """Acts on what is marked, else on the paper under the cursor."""

    day: InboxDay | None
    items: dict[int, Item]
    offered: InboxDay | None
    touched: bool

    def __init__(self) -> None:
        super().__init__()
        self.storing: Counter[int] = Counter()  # papers whose decisions are on their way to the store

    @property
    @abstractmethod
    def table(self) -> TriageTable:
        """The list."""

    @property
    @abstractmethod
    def on_later(self) -> bool:
        """Whether what was put off is shown."""

    @abstractmethod
    def show_day(self, day: InboxDay, *, restart: bool = True) -> None:
        """Put a day on the screen."""

    @abstractmethod
    def show_heads(self) -> None:
        """Say how far one is."""

    @abstractmethod
    def note_decisions(self, count: int) -> None:
        """For the rate."""

    @abstractmethod
    async def read_again(self) -> None:
        """Read what is shown."""

    # Deciding.

    @changes
    def action_decide(self, decision: Decision) -> None:
        """Keep, skip, star or put off, and on to the next; again takes it back."""
        ids = tuple(paper_id for paper_id in self.table.chosen if paper_id in self.items)
        if ids:
            same = all(self.items[i].decision == decision and not self.items[i].bulk for i in ids)
            again = same and not (self.on_later and decision == "later")
            self._decide_now(ids, None if again else decision)

    def _decide_now(self, ids: tuple[int, ...], decision: Decision | None, reason: str | None = None) -> None:
        """Show it as decided and go on; what is stored follows."""
        bulk = decision == "skip" and len(ids) > 1
        self.touched = True
        for paper_id in ids:
            self.items[paper_id] = with_decision(self.items[paper_id], decision, reason=reason, bulk=bulk)
        self.table.repaint(ids)
        if self.table.marks:
            self.table.mark_none()
        if decision is not None:
            self.note_decisions(len(ids))
            self.go_on()
        self.show_heads()
        self.storing.update(ids)
        self._store(ids, decision, reason, bulk)

    @work(group="write", exit_on_error=False, description="decide")
    async def _store(self, ids: tuple[int, ...], decision: Decision | None, reason: str | None, bulk: bool) -> None:
        person = self.ctx.person
        try:
            change = await self.ctx.write(commands.decide, person, ids, decision, reason=reason, bulk=bulk)
        except Exception:
            self.storing.subtract(ids)
            await self.read_again()  # what is stored, not what was meant
            raise
        self.storing.subtract(ids)
        if len(ids) > 1:
            self.notify(change.summary, markup=False, timeout=3)

    def go_on(self) -> None:
        """To the next paper below that is not decided, else to the next above it; where none is left, stay."""
        ids, here = self.table.ids, self.table.cursor
        for place in (*range(here + 1, len(ids)), *range(here - 1, -1, -1)):
            item = self.items.get(ids[place])
            if item is not None and item.decision is None:
                self.table.move_to(place)
                return
        if here + 1 < len(ids) and self.on_later:
            self.table.move_to(here + 1)

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="skip with a reason")
    async def action_reason(self) -> None:
        """Skip what is chosen, and say why."""
        ids = tuple(paper_id for paper_id in self.table.chosen if paper_id in self.items)
        if not ids:
            self.app.release_keys()
            return
        row = self.table.row(ids[0])
        title = counted(len(ids), "paper") if len(ids) > 1 or row is None else row.title
        reason = await self.app.push_screen_wait(Reason(title))
        if reason:
            self._decide_now(ids, "skip", reason)

    # The rest.

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="skip the rest below the line")
    async def action_rest(self) -> None:
        """Skip what is left below the line, after a yes."""
        day = self.day
        if day is None:
            self.app.release_keys()
            return
        now = await self.ctx.read(inbox_day, self.ctx.person, day.day)
        shown = set(self.items)
        rest = tuple(paper_id for paper_id in below_the_line(now) if paper_id in shown)
        if not rest or not any(item.score is not None for item in now.items):
            self.app.release_keys()
            why = "Nothing waits below the line." if rest == () else "Nothing of this day is ranked yet."
            self.notify(why, markup=False, timeout=3)
            return
        sure = await self.app.push_screen_wait(
            Sure(
                f"Skip the {counted(len(rest), 'paper')} left below the line?",
                "Unseen: nothing is learned from it, and it does not count for the line's precision.",
                "u takes all of it back.",
            )
        )
        if sure:
            self.touched = True
            change = await self.ctx.write(skip_below, self.ctx.person, day.day, rest)
            self.notify(change.summary, markup=False, timeout=4)
            self.go_on()

    # The order.

    @work(group="day", exclusive=True, exit_on_error=False, description="the new order")
    async def action_new_order(self) -> None:
        """Take the order that is offered; the cursor stays on its paper."""
        if self.day is not None and self.offered is not None:
            self.show_day(await self.ctx.read(inbox_day, self.ctx.person, self.day.day), restart=False)

    # The line.

    @changes
    @work(group="write", exit_on_error=False, description="lay the line")
    async def action_line(self) -> None:
        """Lay the line below the paper under the cursor; where it lies there already, let it follow the settings."""
        day, item = self.day, self.items.get(self.table.cursor_id or 0)
        if day is None or item is None or item.score is None:
            self.notify("It has no score yet, so no line can lie there.", markup=False, timeout=3)
            return
        self.touched = True  # nothing else may move the list meanwhile
        change = await self.ctx.write(lay_or_lift, self.ctx.person, item.score)
        self.notify(change.summary, markup=False, timeout=3)
        if not self.on_later and self.day is day:
            self.show_day(await self.ctx.read(inbox_day, self.ctx.person, day.day), restart=False)

    # Why.

    @work(group="ask", exclusive=True, exit_on_error=False, description="why")
    async def action_why(self) -> None:
        """What the score of the paper under the cursor is made of."""
        if self.table.cursor_id is None:
            return
        why = await self.ctx.read(stored.why, self.ctx.person, self.table.cursor_id)
        if why is None:
            self.notify("It has no score yet: ranking goes on in the background.", markup=False, timeout=4)
            return
        texts = why_lines(why)[2:]
        await self.app.push_screen_wait(Page(why.title or why.key, lambda width: full_why(texts, width)))

    def action_back(self) -> None:
        """Clear marks."""
        self.table.mark_none()
