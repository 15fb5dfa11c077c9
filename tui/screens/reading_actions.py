"""What one does to the reading queue: on and back, up and down, days, progress."""

from abc import abstractmethod
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

from textual import work

from library.db.changes import Change
from library.errors import UsageError
from library.reading import doing
from library.reading.doing import TooManyAtOnce, read_progress
from library.reading.due import EXAMPLES, read_day
from library.reading.model import Entry
from library.reading.order import Step
from tui.actions import changes
from tui.dates import full_day
from tui.safe import line
from tui.screens.base import opens_dialog
from tui.screens.library_actions import PaperActions
from tui.screens.prompt import Ask, Choice
from tui.screens.sure import Sure


class ReadingActions(PaperActions):
    """Acts on what is marked, else on the paper under the cursor."""

    entries: dict[int, Entry]
    SHARES = ("papers", "tabs")

    @property
    def limit(self) -> int:
        """How many papers one reads at once; 0 for any number."""
        return self.ctx.workspace.settings.reading.in_progress

    @changes
    def action_state(self, way: int) -> None:
        """On to the next state, or back."""
        if self.table.chosen:
            self.app.hold_keys()  # it may ask whether one means it
            self._step(self.table.chosen, way)

    @work(group="write", exit_on_error=False, description="move the paper on")
    async def _step(self, ids: tuple[int, ...], way: int) -> None:
        step = partial(self.ctx.write, doing.step, self.ctx.person, ids, way, limit=self.limit)
        try:
            await self._or_over(step)
        except UsageError as error:
            self.notify(line(error.message), markup=False, timeout=3)

    @changes
    def action_drop(self) -> None:
        """Take it off the queue unread; what is off comes back."""
        ids = self.table.chosen
        if ids:
            on = all(self.entries[id_].state == "dropped" for id_ in ids if id_ in self.entries)
            self._drop(ids, "queued" if on else "dropped")

    @work(group="write", exit_on_error=False, description="drop the paper")
    async def _drop(self, ids: tuple[int, ...], state: Any) -> None:
        self._say(await self.ctx.write(doing.put, self.ctx.person, ids, state))

    async def _or_over(self, write: Callable[..., Awaitable[Change]]) -> None:
        """Write; where that is more than one allows oneself, ask first."""
        try:
            change = await write()
        except TooManyAtOnce as error:
            question = Sure("Begin another one all the same?", line(error.message))
            if not await self.app.push_screen_wait(question):
                return
            change = await write(over=True)
        self._say(change)

    def _say(self, change: Change) -> None:
        self.notify(line(change.summary), markup=False, timeout=3)

    # The order by hand.

    @changes
    def action_shift(self, where: Step) -> None:
        """Move the paper under the cursor in the order by hand."""
        if self.table.cursor_id is None:
            return
        if self.order != "hand":
            self.notify("R goes back to the order by hand.", title="The list is in another order", markup=False)
            return
        self._shift(self.table.cursor_id, where)

    @work(group="write", exit_on_error=False, description="move the paper")
    async def _shift(self, paper_id: int, where: Step) -> None:
        await self.ctx.write(doing.move, self.ctx.person, paper_id, where)

    @property
    @abstractmethod
    def order(self) -> str:
        """Which order the list is in."""

    # Days and progress.

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="a day it is due")
    async def action_due(self) -> None:
        """Say by when it should be read."""
        ids = self.table.chosen
        if not ids:
            self.app.release_keys()
            return
        today = self.ctx.clock.today()
        what = "this paper" if len(ids) == 1 else f"these {len(ids):,} papers"
        question = f"Read {what} by"
        while True:
            answer = await self.app.push_screen_wait(Ask(question, days_offered(today), hint=EXAMPLES))
            if not answer:
                return
            try:
                day = read_day(answer, today)
                break
            except UsageError as error:
                question = error.message
        self._say(await self.ctx.write(doing.set_due, self.ctx.person, ids, day))

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="how far one is in")
    async def action_progress(self) -> None:
        """Say how far one is in."""
        entry = self.entries.get(self.table.cursor_id or 0)
        if entry is None:
            self.app.release_keys()
            return
        question, value = "How far are you in?", "" if entry.progress is None else str(entry.progress)
        while True:
            hint = "40 (per cent), or page 12/30"
            answer = await self.app.push_screen_wait(Ask(question, value=value, hint=hint))
            if answer is None:
                return
            try:
                share = read_progress(answer)
                break
            except UsageError as error:
                question, value = str(error), answer
        await self.ctx.write(doing.set_progress, self.ctx.person, entry.id, share)


def days_offered(today: date) -> list[Choice]:
    """Days near by, each with its date, and none."""
    ahead = [("today", 0), ("tomorrow", 1)]
    ahead += [(f"{today + timedelta(days):%A}".lower(), days) for days in range(2, 7)]
    ahead += [("+1w", 7), ("+2w", 14)]
    choices = [Choice(name, name, full_day((today + timedelta(days)).isoformat())) for name, days in ahead]
    return [*choices, Choice("none", "none", "no day at all")]
