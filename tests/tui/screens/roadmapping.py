"""A small programme for the Roadmap's tests: a quarter that stands still, with every kind of experiment in it."""

from dataclasses import replace
from datetime import date
from typing import Any

from textual import events
from textual.pilot import Pilot

from library.clock import Clock, stamped
from library.quarter import Quarter
from library.workspace import Workspace
from planner.experiments import commands as experiment_commands
from planner.experiments.importing import add_result
from planner.obstacles import commands as obstacle_commands
from planner.roadmap import plans
from planner.roadmap.locks import set_lock
from tests.planner.roadmap.programme import Q1, experiment, hypothesis, read, stored, write
from tests.tui.screens.driving import settled
from tui.app import LabtopApp
from tui.screens.roadmap import RoadmapScreen
from tui.widgets.detail import Detail

TODAY = date(2027, 2, 15)
AT = "2027-02-10T09:00:00Z"  # when results came in


def standing(workspace: Workspace) -> Workspace:
    """The workspace on a day in the quarter, under a name."""
    return replace(workspace, clock=Clock(TODAY), settings=replace(workspace.settings, name="retrieval-lab"))


def programme(workspace: Workspace) -> dict[str, int]:
    """Experiments by a short name: what is worth much, what needs another, a lock, a blocker, lacking input, done."""
    late = hypothesis(workspace, statement="Late interaction beats distillation", prior=0.4, payoff=20, loss=15)
    hard = hypothesis(workspace, statement="Hard negatives help tail queries", prior=0.5, payoff=9, loss=9)
    bare = hypothesis(workspace, statement="Rewriting helps short queries", payoff=None, loss=None, prior=None)
    found = {
        "index": experiment(workspace, late, title="Index for late interaction", hours=60, days=10, owner="kim"),
        "hard": experiment(workspace, hard, title="Hard-negative mining", hours=40, days=12),
        "big": experiment(workspace, hard, title="A bigger encoder", hours=400, days=40, kind="transfer-ready"),
        "rewrite": experiment(workspace, bare, title="Query rewriting", hours=30, state="idea"),
        "running": experiment(workspace, hard, title="Score what we have", hours=20, state="running"),
        "done": experiment(workspace, late, title="A cheap look at it", hours=8, state="done"),
    }
    found["distil"] = experiment(
        workspace,
        late,
        title="Distil late interaction",
        hours=80,
        days=20,
        kind="transfer-ready",
        prerequisites=f"E-{found['index']}",
    )
    write(workspace, set_lock, "ada", [found["hard"]], Q1, "in", "the team waits for it")
    raw = {"experiment_id": f"E-{found['big']}", "what": "No GPU with 80 GB", "on_whom": "the platform team"}
    write(workspace, lambda db: obstacle_commands.add(db, "ada", raw, today=TODAY))
    return found


def planned(workspace: Workspace, hours: float = 300) -> dict[str, int]:
    """The programme with a draft of the quarter."""
    found = programme(workspace)
    stored(workspace, hours)
    return found


def results(workspace: Workspace, number: int, effect: float = 1.5, seeds: int = 5) -> None:
    """Results of both arms: every pair differs by about `effect`."""

    def add(db: Any) -> None:
        with stamped(AT):
            for seed in range(1, seeds + 1):
                for arm, value in (("base", 40 + seed / 10), ("new", 40 + effect + seed / 10 + (seed % 3) / 20)):
                    add_result(db, "ada", number, {"arm": arm, "seed": seed, "value": value, "gpu_hours": 2})

    write(workspace, add)


def revised(workspace: Workspace, number: int, **raw: Any) -> None:
    """Fields of an experiment, changed."""
    write(workspace, lambda db: experiment_commands.revise(db, "ada", number, raw))


def opened(workspace: Workspace) -> LabtopApp:
    """The dashboard on the Roadmap, without work that starts by itself."""
    return LabtopApp(standing(workspace), start="roadmap", background=False)


def roadmap(app: LabtopApp) -> RoadmapScreen:
    """Its screen."""
    screen = app.get_screen_stack("roadmap")[0]
    assert isinstance(screen, RoadmapScreen)
    return screen


async def to_tab(pilot: Pilot[Any], tab: str) -> None:
    """Press on until the tab is shown."""
    for _ in range(4):
        if roadmap(pilot.app).tab == tab:  # type: ignore[arg-type]
            return
        await pilot.press("full_stop")
        await settled(pilot)
    raise AssertionError(tab)


async def pasted(pilot: Pilot[Any], text: str) -> None:
    """A text at once."""
    pilot.app.post_message(events.Paste(text))
    await pilot.pause()


def notes(app: LabtopApp) -> str:
    """What was told in passing."""
    return "\n".join(f"{note.title} {note.message}" for note in app._notifications)


def detail(app: LabtopApp) -> str:
    """The text of the detail."""
    return roadmap(app).query_one("#rm-detail", Detail).content.plain


def draft(workspace: Workspace, quarter: Quarter = Q1) -> Any:
    """The quarter's plan that counts."""
    return read(workspace, plans.current, quarter)


async def typed(pilot: Pilot[Any], text: str) -> None:
    """Keys of a text."""
    await pilot.press(*("space" if sign == " " else sign for sign in text))
