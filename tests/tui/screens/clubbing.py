"""A paper club for tests of its room: a day that stands still, with every kind of thing in it."""

from dataclasses import replace
from datetime import date
from typing import Any

from library.clock import Clock, stamped
from library.club import minutes
from library.workspace import Workspace
from tests.library.club.conftest import Club, draft
from tests.planner.club.conftest import PAPER, Group
from tui.app import LabtopApp
from tui.screens.club import ClubScreen
from tui.widgets.detail import Detail

TODAY = date(2026, 3, 2)  # a Monday
AT = "2026-02-20T09:00:00Z"
TITLES = (
    "Late interaction at half the index",
    "Dense retrieval with fewer negatives",
    "Reranking by a student of a student",
    "What chunkers miss on long documents",
    "A second look at query rewriting",
)


class Dated(Group):
    """Every record is of one moment."""

    def write(self, function: Any) -> Any:
        def then(db: Any) -> Any:
            with stamped(AT):
                return function(db)

        return super().write(then)


def club_of(workspace: Workspace) -> Dated:
    """Papers and a hypothesis, no club yet."""
    settings = replace(workspace.settings, name="retrieval-lab")
    group = Dated(replace(workspace, clock=Clock(TODAY), settings=settings))
    group.put(PAPER, *(draft(number, title) for number, title in enumerate(TITLES, 1)))
    group.claim()
    return group


def running(workspace: Workspace) -> Dated:
    """S-1 held with minutes and decisions, S-2 on Thursday (ada presents), S-3 later, lee away; two open proposals."""
    group = club_of(workspace)
    group.join("kim", "ada", "lee")
    group.away("lee", "2026-03-01", "2026-03-20")
    for number, who, why in ((900, "kim", "It pays on long documents."), (1, "ada", "Half the index."),
                             (2, "kim", ""), (3, "ada", "We distil anyway.")):  # fmt: skip
        group.propose(number, who, why)
    group.vote(1, "ada", "kim")
    group.vote(2, "kim", "lee")
    group.vote(3, "lee")
    group.plan("2026-02-19", 900, place="Room 4")
    text = "It holds on long documents.\n\n- experiment: try it on our index @kim\n- evidence: it wins by 2.1 points"
    now = Clock(date(2026, 2, 19)).now().replace(hour=16)
    group.write(lambda db: minutes.write_minutes(db, "kim", 1, text, now=now))
    group.plan("2026-03-05", 1, place="Room 4", link="https://meet.example/club", agenda="- who comes to the workshop")
    group.plan("2026-03-19")
    return group


def opened(group: Club) -> LabtopApp:
    """The dashboard on the Club, without work that starts by itself."""
    return LabtopApp(group.workspace, start="club", background=False)


def room(app: Any) -> ClubScreen:
    """Its screen."""
    screen = app.get_screen_stack("club")[0]
    assert isinstance(screen, ClubScreen)
    return screen


def detail(app: Any) -> str:
    """The text of the detail."""
    return room(app).query_one("#club-detail", Detail).content.plain


def notes(app: LabtopApp) -> str:
    """What was told in passing."""
    return "\n".join(f"{note.title} {note.message}" for note in app._notifications)
