"""What every section's screen shares: the frame, reads and writes, errors, and looking again when data changed."""

import functools
from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import work
from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import ModalScreen, Screen, ScreenResultType
from textual.worker import Worker, WorkerState

from library.db.changes import Change
from tui.actions import bindings
from tui.context import Context
from tui.widgets.frame import KeyLine, StatusLine, TopLine

if TYPE_CHECKING:
    from tui.app import LabtopApp


_MAY_ASK = ("ask", "write")  # groups of workers that open dialogs


class ReportsErrors:
    """A failed worker is told to the person and written to the log. `Worker.StateChanged` does not bubble, so every
    node that starts workers needs this; only screens and the app do."""

    app: "LabtopApp"

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say what failed, why, and what to do."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.app.report(event.worker.error)
        if event.worker.is_finished and event.worker.group in _MAY_ASK:
            self.app.release_keys()  # its dialog does not come any more


class SectionScreen(ReportsErrors, Screen[None]):
    """A room of the dashboard.

    To add one: a row in `tui.sections.SECTIONS`, its actions in `tui.actions.ACTIONS` under its section id, and a
    subclass with

    - `SECTION`: the section's id; `BINDINGS = bindings(SECTION)`; `HELP`: Markdown for the `?` screen;
    - `compose_body()`: the widgets between the tabs and the status line. They hold no data yet: compose must not read;
    - `async load(changes)`: read with `await self.ctx.read(function, …)` and hand the result to the widgets. It is
      called in a worker: with `()` when the screen first shows (read everything), then with the Changes published
      since the last call whenever something was written, by this process or another. Never called for a hidden
      section until it shows again, never twice at once, and never cancelled half-way;
    - one `action_…` a row of the table; those that write wear `@changes`, start a worker
      (`self.run_worker(self._…(), group="write", exit_on_error=False)` or `@work(group="write",
      exit_on_error=False)`, never exclusive) and `await self.ctx.write(command, self.ctx.person, …)`, which
      publishes the Change that brings `load` round. Reads that a newer one replaces are `exclusive=True` in a group of
      their own. Only screens start workers, never widgets; a worker's error is reported without further code;
    - text from outside goes through `tui.safe` and is shown as Content, never as markup.

    `self.ctx` is the Context (workspace, person, clock, read, write, compute); `self.app.status_with(…)` replaces
    parts of the status line; `self.app.open_paper(id)` shows a paper in the Library.
    """

    SECTION: ClassVar[str]
    SHARES: ClassVar[tuple[str, ...]] = ()  # scopes of the table of actions that several sections have
    FIRST: ClassVar[tuple[str, ...]] = ()  # ids of actions that lead the key line; the others follow in their order
    AUTO_FOCUS = "VirtualTable"
    app: "LabtopApp"

    def __init__(self) -> None:
        super().__init__(id=f"section-{self.SECTION}")
        self._pending: list[Change] = []
        self._loaded = False
        self._loading = False

    @property
    def ctx(self) -> Context:
        """Reads, writes and computations."""
        return self.app.ctx

    @property
    def scopes(self) -> tuple[str, ...]:
        """Which rows of the table of actions apply here."""
        return (self.SECTION, *self.SHARES, "list", "app")

    @abstractmethod
    def compose_body(self) -> ComposeResult:
        """The widgets between the tabs and the status line."""

    @abstractmethod
    async def load(self, changes: tuple[Change, ...]) -> None:
        """Read what changed (everything for `()`), and show it."""

    def compose(self) -> ComposeResult:
        """The frame around `compose_body`."""
        workspace = self.ctx.workspace
        yield TopLine(self.SECTION, workspace.name, demo=workspace.demo, read_only=workspace.read_only)
        with Container(classes="body"):
            yield from self.compose_body()
        yield StatusLine()
        yield KeyLine()

    def on_mount(self) -> None:
        """Listen for what changes."""
        self.app.changed.subscribe(self, self._hear)
        self.watch(self.app, "status", lambda status: self.query_one(StatusLine).show(status))

    def on_screen_resume(self) -> None:
        """Shown (again): read what changed meanwhile."""
        self._look_again()

    @property
    def is_shown(self) -> bool:
        """Whether this is the section on the screen, be it under a dialog."""
        return self.app.current_mode == self.SECTION

    def _hear(self, change: Change) -> None:
        self._pending.append(change)
        if self.is_shown:
            self._look_again()

    def _look_again(self) -> None:
        if (self._pending or not self._loaded) and not self._loading:
            self._loading = True
            self._load_pending()

    @work(group="load", exit_on_error=False, description="read what changed")
    async def _load_pending(self) -> None:
        try:
            while self._pending or not self._loaded:
                changes = tuple(self._pending) if self._loaded else ()
                self._pending, self._loaded = [], True
                await self.load(changes)
        finally:
            self._loading = False


D = TypeVar("D", bound=Callable[..., Any])


def opens_dialog(method: D) -> D:
    """Mark an action that reads before its dialog opens: what is typed meanwhile is for the dialog."""

    @functools.wraps(method)
    def holding(self: Any, *args: Any, **kwargs: Any) -> Any:
        self.app.hold_keys()
        return method(self, *args, **kwargs)

    return holding  # type: ignore[return-value]


class Dialog(ReportsErrors, ModalScreen[ScreenResultType]):
    """A question over a section. Escape always closes it without doing anything."""

    BINDINGS = bindings("dialog")
    app: "LabtopApp"

    def on_screen_resume(self) -> None:
        """What was typed while this opened goes into its field, which has the focus once everything is mounted."""
        self.call_after_refresh(self.app.release_keys)

    def action_close(self) -> None:
        """Close without an answer."""
        self.dismiss(None)
