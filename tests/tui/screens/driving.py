"""Driving the dashboard in tests: a small library, and waiting until nothing moves."""

from collections.abc import Sequence
from typing import Any, cast

from textual.pilot import Pilot

from library.papers import queries
from library.papers.ingest import add_drafts
from library.papers.model import Announcement, Author, Paper, PaperDraft
from library.workspace import Workspace
from tui.app import LabtopApp
from tui.screens.library import LibraryScreen

AT = "2026-04-13T06:00:00Z"
_ASKING = frozenset({"ask", "write"})  # groups whose workers may wait for a person
WORDS = ("retrieval", "distillation", "graph", "agents", "pruning")


def drafts(count: int = 40) -> list[PaperDraft]:
    """Papers of ten days, four a day, the first the newest."""
    return [
        PaperDraft(
            key=f"2604.{number:05}",
            kind="arxiv",
            source="test",
            title=f"Paper {number} on {WORDS[number % 5]}",
            abstract=f"We study {WORDS[number % 5]} and the number {number}. It works.",
            authors=(Author(f"Ada Writer{number}", f"Writer{number}", "Ada"), Author("Alan Turing", "Turing", "Alan")),
            categories=("cs.IR", "cs.CL") if number % 2 else ("cs.LG",),
            version=1,
            first_listed=f"2026-04-{13 - number // 4:02}",
            announcements=(Announcement("cs.IR", "new", f"2026-04-{13 - number // 4:02}"),),
        )
        for number in range(1, count + 1)
    ]


def fill(workspace: Workspace, papers: Sequence[PaperDraft]) -> tuple[int, ...]:
    """Add papers; returns their ids."""
    return workspace.store.write(lambda db: add_drafts(db, papers, at=AT)).result().added


def opened(workspace: Workspace) -> LabtopApp:
    """The dashboard on the Library, without long work behind it."""
    return LabtopApp(workspace, start="library", background=False)


def library(app: LabtopApp) -> LibraryScreen:
    """The Library's screen."""
    screen = app.get_screen_stack("library")[0]
    assert isinstance(screen, LibraryScreen)
    return screen


def stored(workspace: Workspace, paper_id: int, person: str = "ada") -> Paper:
    """A paper as it is stored now."""
    return workspace.store.read(lambda db: queries.paper(db, paper_id, person)).result()


def app_of(pilot: Pilot[Any]) -> LabtopApp:
    """The app under test."""
    return cast(LabtopApp, pilot.app)


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until no key is on its way and no worker runs, but for those that a dialog keeps waiting; at most 10 s."""
    calm = 0
    for _ in range(1_000):
        await pilot.pause(0.01)
        modal = len(pilot.app.screen_stack) > 1
        running = [w for w in pilot.app.workers if not w.is_finished and not (modal and w.group in _ASKING)]
        moving = app_of(pilot)._held is not None or any(
            node.message_queue_size for node in (pilot.app, *pilot.app.screen.walk_children(with_self=True))
        )
        calm = 0 if running or moving else calm + 1
        if calm == 3:
            return
    raise AssertionError(f"still running: {running}")
