"""The first screen of all: the same questions as `labtop init`, or a sample to look around in."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.widgets import Button, Input, Static

from library.demo import demo_home, encode_demo
from library.errors import LabtopError, UsageError
from library.init import Choices, interests_in, set_up
from library.jobs import Cancelled, CancelToken, Progress
from library.paths import default_home
from library.preferences import categories, contact, days
from library.settings import Settings
from library.workspace import Workspace
from planner.sample import make_demo
from planner.workspace import open_workspace, workspace_paths
from tui.actions import bindings
from tui.context import in_daemon
from tui.output import progress_text
from tui.safe import line, literal
from tui.screens.base import ReportsErrors
from tui.widgets.fields import Field
from tui.widgets.frame import KeyLine

if TYPE_CHECKING:
    from tui.app import LabtopApp

T = TypeVar("T")
_READERS: dict[str, Callable[[str], object]] = {"categories": categories, "contact": contact, "days": days}
_FIELDS = (
    ("categories", "arXiv categories", "cs.IR cs.CL", "which announcements to follow"),
    ("contact", "Contact", "you@example.org", "goes along with every request, as arXiv asks"),
    ("days", "Days to fetch", "7", "how far back to begin"),
    ("interests", "Interests", "late interaction; cheap reranking", "in plain words, between semicolons"),
)
_ONCE = "Converting the encoder for this machine. This happens once: 10 to 40 s, about 90 MB."


class FirstRunScreen(ReportsErrors, Screen[Workspace | None]):
    """Dismisses itself with the workspace it made, or with None to leave."""

    BINDINGS = bindings("first_run")
    AUTO_FOCUS = "#categories"
    HELP = "Everything here can be skipped, and changed later with `labtop init` or `labtop settings`."
    app: "LabtopApp"

    def __init__(self, home: Path | None, person: str | None) -> None:
        super().__init__(id="first-run")
        self._own_home, self._person = home, person
        self._cancel: CancelToken | None = None

    def compose(self) -> ComposeResult:
        """The questions, three ways on, and a place for progress."""
        home = workspace_paths(self._own_home).home
        with VerticalScroll(id="first", can_focus=False):
            yield Static("Welcome to labtop", classes="dialog-title", markup=False)
            yield Static(
                literal(
                    "Your papers, what is new each morning, and search by words and meaning, all on this machine.\n"
                    f"The workspace will be in {home}. Everything can be skipped and changed later.",
                    "$quiet",
                )
            )
            for name, label, example, about in _FIELDS:
                with Horizontal(classes="question"):
                    yield Static(label, classes="label", markup=False)
                    value = str(Settings().arxiv.days) if name == "days" else ""
                    yield Field(value, placeholder=example, id=name, compact=True)
                yield Static(about, id=f"{name}-about", classes="about", markup=False)
            with Horizontal(id="ways"):
                yield Button("Begin", id="begin", compact=True, variant="primary")
                yield Button("Look at a sample first", id="sample", compact=True)
                yield Button("Leave", id="leave", compact=True)
            yield Static("", id="progress", markup=False)
        yield KeyLine()

    # Answers.

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        """Say at once what is wrong with an answer, with the nearest right one."""
        if event.input.id in _READERS:
            self._problem(event.input.id, self._reading(event.input.id)[1])

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        """Enter goes on to the next question, and begins after the last."""
        if event.input.id == _FIELDS[-1][0]:
            self.action_begin()
        else:
            self.focus_next()

    def _reading(self, name: str) -> tuple[object, str]:
        """(the answer understood, what is wrong with it)."""
        text = self.query_one(f"#{name}", Input).value
        if name == "days" and not text.strip():
            return Settings().arxiv.days, ""
        try:
            return _READERS[name](text), ""
        except UsageError as error:
            return None, str(error)

    def _problem(self, name: str, problem: str) -> None:
        about = self.query_one(f"#{name}-about", Static)
        said = next(about for field, _, _, about in _FIELDS if field == name)
        about.update(literal(f"✗ {line(problem)}" if problem else said))
        about.set_class(bool(problem), "error")

    # The three ways on.

    @on(Button.Pressed, "#begin")
    def action_begin(self) -> None:
        """Make the workspace with these answers."""
        if self._cancel is not None:
            return
        read = {name: self._reading(name) for name in _READERS}
        wrong = [name for name, (_, problem) in read.items() if problem]
        if wrong:
            self.query_one(f"#{wrong[0]}", Input).focus()
            return
        interests = interests_in(self.query_one("#interests", Input).value)
        found = {name: value for name, (value, _) in read.items()}
        self._make(Choices(**found, interests=interests))  # type: ignore[arg-type]

    @on(Button.Pressed, "#sample")
    def action_sample(self) -> None:
        """Make the sample workspace, beside one's own, and open that."""
        if self._cancel is None:
            self._make(None)

    @on(Button.Pressed, "#leave")
    def action_leave(self) -> None:
        """Leave; while the encoder is being converted, only skip that."""
        if self._cancel is not None:
            self._cancel.cancel()
        else:
            self.dismiss(None)

    @work(group="first-run", exit_on_error=False, description="make the workspace")
    async def _make(self, choices: Choices | None) -> None:
        self._cancel = CancelToken()
        try:
            self._say("Making the workspace …")
            workspace = await in_daemon(lambda: self._made(choices), name="labtop-first-run")
            await self._encode(workspace, sample=choices is None)
        finally:
            self._cancel = None
            self._say("")
        self.dismiss(workspace)

    def _made(self, choices: Choices | None) -> Workspace:
        if choices is None:
            home = demo_home(workspace_paths(self._own_home or default_home()).home)
            make_demo(workspace_paths(home))
            return open_workspace(home, person=self._person)
        workspace = open_workspace(self._own_home, person=self._person)
        try:
            return set_up(workspace, choices)
        except BaseException:
            workspace.close()
            raise

    async def _encode(self, workspace: Workspace, *, sample: bool) -> None:
        """The one-time step that search by meaning needs. It can be skipped; without it words are searched."""
        from library.vectors.conversion import convert
        from library.vectors.model import model_status

        token, loop = self._cancel, asyncio.get_running_loop()
        ready = model_status(workspace.settings).converted is not None

        def tell(progress: Progress) -> None:
            text = f"{'' if ready else _ONCE}\n{progress_text(progress)}  ·  esc skips".strip()
            with suppress(RuntimeError):  # the loop is closed: nobody looks any more
                loop.call_soon_threadsafe(self._say, text)

        try:
            if sample:
                _, problem = await in_daemon(
                    lambda: encode_demo(workspace, report=tell, cancel=token), name="labtop-encode"
                )
                if problem:
                    self.app.notify(line(problem), title="Search by meaning is off", severity="warning", markup=False)
            elif not ready:
                await in_daemon(lambda: convert(workspace.settings, progress=tell, cancel=token), name="labtop-convert")
        except Cancelled:
            self.app.notify("labtop index does it later.", title="Search is by words for now", markup=False)
        except LabtopError as error:
            self.app.notify(line(str(error)), title="Search by meaning is off", severity="warning", markup=False)

    def _say(self, text: str) -> None:
        if self.is_attached:
            self.query_one("#progress", Static).update(literal(text))
            self.set_class(bool(text), "-busy")
