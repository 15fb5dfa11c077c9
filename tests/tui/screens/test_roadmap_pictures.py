"""What the Roadmap looks like. The day, the name and the programme stand still."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from library.clock import stamped
from library.workspace import Workspace
from planner.experiments.verdicts import judge
from planner.roadmap.storing import store_shares
from tests.planner.roadmap.programme import in_state, write
from tests.planner.roadmap.programme import planned as plan_of
from tests.tui.screens.driving import settled
from tests.tui.screens.roadmapping import AT, TODAY, opened, planned, results, roadmap, to_tab
from tui.app import LabtopApp

SIZES = ((80, 24), (160, 48))


@pytest.fixture
def app(workspace: Workspace) -> LabtopApp:
    """With a verdict, as of the day on which it all stands still, and shares of few draws."""
    from planner.roadmap.planning import resampled

    found = planned(workspace)
    in_state(workspace, found["done"], "running")
    results(workspace, found["done"])

    def judged(db: Any) -> None:
        with stamped(AT):
            judge(db, "ada", found["done"], today=TODAY)

    write(workspace, judged)
    in_state(workspace, found["done"], "done")
    (*_, drawn) = resampled(plan_of(workspace, 300), draws=20)
    write(workspace, store_shares, "ada", 1, drawn)
    return opened(workspace)


def on(tab: str, name: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """The tab with the cursor on an experiment."""

    async def run(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        await to_tab(pilot, tab)
        screen = roadmap(pilot.app)
        number = next(number for number, card in screen.rows.cards.items() if card.title == name)
        assert screen.pane.move_to_id(number)
        await settled(pilot)

    return run


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("tab", "name"),
    [
        ("list", "Distil late interaction"),
        ("board", "Index for late interaction"),
        ("timeline", "Distil late interaction"),
        ("experiments", "A cheap look at it"),
    ],
)
def test_each_tab(snap_compare: Any, app: LabtopApp, tab: str, name: str, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=on(tab, name))


def test_the_detail_over_the_list(snap_compare: Any, app: LabtopApp) -> None:
    async def run(pilot: Pilot[Any]) -> None:
        await on("list", "Distil late interaction")(pilot)
        await pilot.press("enter")
        await settled(pilot)

    assert snap_compare(app, terminal_size=(80, 24), run_before=run)
