"""The dashboard: sections as modes, one status line, one place where errors and changes arrive."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import App
from textual.message import Message
from textual.reactive import reactive
from textual.signal import Signal
from textual.timer import Timer
from textual.worker import Worker, WorkerState

from library.db import journal
from library.db.changes import Change
from library.db.watch import Picture, differences, picture
from library.errors import NotFound
from library.settings import load_settings, save_settings
from library.workspace import Workspace
from tui import collector
from tui.actions import bindings, changes
from tui.background import Background
from tui.context import Context
from tui.fulltexts import FullTexts
from tui.hangup import leave_in_order
from tui.long_work import LongWork
from tui.palette import PROVIDERS
from tui.report import LOG, explained
from tui.sections import SECTIONS
from tui.services import Services
from tui.status import Status
from tui.themes import DEFAULT_THEME, NAMES, THEMES, next_theme

if TYPE_CHECKING:
    from library.search.run import Mode
    from tui.screens.library import LibraryScreen

HELD_SECONDS = 2.0  # at most: a dialog that never comes must not take the keyboard with it
WATCH_SECONDS = 1.0  # how often another process's commits are looked for
_STYLES: list[str | PurePath] = [*sorted((Path(__file__).parent / "styles").glob("*.tcss"))]


class KeysReleased(Message):
    """What was typed meanwhile may be handed over."""


class LabtopApp(App[int], inherit_bindings=False):
    """The sections of one workspace.

    Without a workspace it opens `tui.screens.first_run.FirstRunScreen(home, person)`, a `Screen[Workspace | None]`
    that dismisses itself with the workspace it made, or with None to leave.
    """

    TITLE = "labtop"
    CSS_PATH: ClassVar[list[str | PurePath]] = _STYLES
    BINDINGS = bindings("app")
    COMMANDS = PROVIDERS
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012
    status: reactive[Status] = reactive(Status())

    def __init__(
        self,
        workspace: Workspace | None,
        *,
        start: str = SECTIONS[0].id,
        home: Path | None = None,
        person: str | None = None,
        background: bool = True,
    ) -> None:
        if workspace is not None:
            # Read by the constructor, so that no blank screen is painted first.
            self.DEFAULT_MODE = start  # type: ignore[misc]
        super().__init__()
        self.changed: Signal[Change] = Signal(self, "changed")
        self.long_work = LongWork(self)
        self.background = Background(self, self.long_work) if background else None
        self.fulltexts = FullTexts(self, self.long_work)
        self.services = Services(self, self.long_work)
        self.linking: int | None = None  # the hypothesis that sentences were last put beside
        self._start, self._home, self._person = start, home, person
        self._ctx: Context | None = None
        self._made: Workspace | None = None  # by the first-run screen: nobody else closes it
        self._picture: Picture | None = None
        self._held: list[events.Key | events.Paste] | None = None
        self._hold_ends: Timer | None = None
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DEFAULT_THEME
        for section in SECTIONS:
            self.add_mode(section.id, section.factory())
        if workspace is not None:
            self._adopt(workspace)

    @property
    def ctx(self) -> Context:
        """Reads, writes and computations on the open workspace."""
        if self._ctx is None:
            raise RuntimeError("no workspace is open yet")
        return self._ctx

    @property
    def read_only(self) -> bool:
        """Whether every change is refused."""
        return self._ctx is not None and self._ctx.workspace.read_only

    def on_mount(self) -> None:
        """Open the first-run screen where there is no workspace; else start what runs behind the screens."""
        leave_in_order(self)
        if self._ctx is not None:
            self._begin()
            return
        from tui.screens.first_run import FirstRunScreen

        self.push_screen(FirstRunScreen(self._home, self._person), self._first_run_done)

    def _first_run_done(self, workspace: Workspace | None) -> None:
        if workspace is None:
            self.exit(0)
            return
        self._made = workspace
        self._adopt(workspace)
        self.switch_mode(self._start)
        self._begin()

    def _adopt(self, workspace: Workspace) -> None:
        self._ctx = Context(workspace, publish=self.publish, report=self.report)
        self.theme = workspace.settings.theme if workspace.settings.theme in NAMES else DEFAULT_THEME
        self.status = replace(self.status, read_only=workspace.read_only)

    def _begin(self) -> None:
        self.set_interval(WATCH_SECONDS, self._look_for_commits)
        self.call_after_refresh(self._after_first_paint)

    def _after_first_paint(self) -> None:
        collector.settle()
        self._look_for_commits()
        self._start_worker(self._read_undo, "undo hint", exclusive=True)
        if self.background is not None:
            self.background.start()

    def on_unmount(self) -> None:
        """Ask long work to stop, and let go of the threads."""
        self.long_work.cancel()
        if self._ctx is not None:
            self._ctx.close()
        if self._made is not None:
            self._made.close()

    # Keys typed while a dialog opens.

    def hold_keys(self) -> None:
        """Keep what is typed from now on for the dialog or tab that is about to show: else "n" and "a" would keep the
        paper, and ". j" would move in the tab that one has left.

        `release_keys` hands it over; after two seconds it goes where it would have gone.
        """
        if self._held is None:
            self._held = []
            self._hold_ends = self.set_timer(HELD_SECONDS, self.release_keys)

    def release_keys(self) -> None:
        """The dialog is there, or does not come."""
        if self._held is not None:
            self.post_message(KeysReleased())

    async def on_event(self, event: events.Event) -> None:
        """Input waits for its dialog; so does what came back from a widget that had no use for it."""
        if self._held is not None and isinstance(event, (events.Key, events.Paste)):
            self._held.append(event)
            return
        await super().on_event(event)

    async def on_keys_released(self) -> None:
        """Everything typed before this message is held by now."""
        held, self._held = self._held or [], None
        if self._hold_ends is not None:
            self._hold_ends.stop()
        for event in sorted(held, key=lambda event: event.time):
            if isinstance(event, events.Paste):
                await super().on_event(events.Paste(event.text))
            else:
                await super().on_event(events.Key(event.key, event.character))

    # Changes, errors, status.

    def publish(self, change: Change) -> None:
        """Tell every screen. Called with the Change of each write that succeeded, and with those of other processes."""
        self.changed.publish(change)
        self._start_worker(self._read_undo, "undo hint", exclusive=True)

    def report(self, error: BaseException) -> None:
        """Say what went wrong, why, and what to do."""
        log = None if self._ctx is None or self.read_only else self._ctx.workspace.paths.logs / LOG
        what, mend = explained(error, log)
        self.notify(
            mend or what,
            title=what if mend else "",
            severity="warning" if isinstance(error, NotFound) else "error",
            markup=False,
            timeout=10,
        )

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker of the app itself failed."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.report(event.worker.error)

    def status_with(self, **parts: object) -> None:
        """Replace parts of the status line: sync, work, alarms."""
        self.status = replace(self.status, **parts)  # type: ignore[arg-type]

    def _start_worker(self, work: Callable[[], Awaitable[None]], group: str, *, exclusive: bool) -> None:
        self.run_worker(work, group=group, exclusive=exclusive, exit_on_error=False, description=group)

    def _look_for_commits(self) -> None:
        self._start_worker(self._compare_pictures, "watch", exclusive=True)

    async def _compare_pictures(self) -> None:
        before = self._picture
        future = self.ctx.workspace.store.watch(lambda db: picture(db, before))
        self._picture = await asyncio.wrap_future(future)
        if before is not None:
            for change in differences(before, self._picture):
                self.publish(change)

    async def _read_undo(self) -> None:
        entry = await self.ctx.read(journal.next_undo, self.ctx.person)
        self.status_with(undo=entry.summary if entry else "")

    # Actions.

    def action_section(self, section: str) -> None:
        """Go to a section."""
        if self._ctx is not None and len(self.screen_stack) == 1:
            self.hold_keys()
            mounted = self.switch_mode(section)

            async def arrived() -> None:
                await mounted
                self.call_after_refresh(self.release_keys)

            self._start_worker(arrived, "go", exclusive=True)

    def action_press(self, key: str) -> None:
        """What a click on the key line does."""
        self.simulate_key(key)

    def action_hint(self) -> None:
        """ctrl+c copies where text is selected; it does not leave."""
        self.notify("Press q to leave labtop.", markup=False)

    def action_help(self) -> None:
        """What this screen is, and its keys."""
        from tui.screens.help import HelpScreen

        if len(self.screen_stack) == 1:
            self.push_screen(HelpScreen(self.screen))

    @changes
    def action_undo(self) -> None:
        """Take back one's own last change."""
        self._start_worker(self._undo, "write", exclusive=False)

    async def _undo(self) -> None:
        change = await self.ctx.write(journal.undo, self.ctx.person)
        self.notify(change.summary, title="Undone", markup=False)

    def action_cancel_work(self) -> None:
        """Stop the long work that the status line shows."""
        stopped = self.long_work.cancel()
        if self.background is not None:
            self.background.was_stopped(stopped)
        if "enrich" in stopped:
            self.services.was_stopped()
        if not stopped:
            self.notify("Nothing long is running.", markup=False)

    @changes
    def action_encode(self) -> None:
        """Give every paper its vector."""
        if self.background is not None:
            self.background.encode_now()

    @changes
    def action_sync(self) -> None:
        """Ask arXiv now."""
        if self.background is not None:
            self.background.sync_now()

    def action_interests(self) -> None:
        """What papers are ranked by."""
        from tui.screens.interests import InterestsScreen

        if self._ctx is not None and len(self.screen_stack) == 1:
            self.hold_keys()
            self.push_screen(InterestsScreen())

    def action_next_theme(self) -> None:
        """The next theme, round and round."""
        self.set_theme(next_theme(self.theme))

    def set_theme(self, name: str) -> None:
        """Use a theme, and remember it."""
        self.theme = name
        self.notify(name, title="Theme", markup=False, timeout=2)
        if not self.read_only:
            self._start_worker(partial(self._save_theme, name), "write", exclusive=False)

    async def _save_theme(self, name: str) -> None:
        path = self.ctx.workspace.paths.settings
        await self.ctx.compute(lambda: save_settings(path, replace(load_settings(path), theme=name)))

    def open_paper(self, paper_id: int) -> None:
        """Show a paper in the Library."""
        self._in_library(lambda library: library.show_paper(paper_id))

    def run_query(self, text: str, mode: "Mode" = "hybrid") -> None:
        """Run a search in the Library."""
        self._in_library(lambda library: library.run_query(text, mode))

    def _in_library(self, show: "Callable[[LibraryScreen], None]") -> None:
        from tui.screens.library import LibraryScreen

        mounted = self.switch_mode("library")
        screen = self.get_screen_stack("library")[0]
        assert isinstance(screen, LibraryScreen)

        async def go() -> None:
            await mounted
            show(screen)

        self._start_worker(go, "go", exclusive=True)
