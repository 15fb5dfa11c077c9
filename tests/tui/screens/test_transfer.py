"""An experiment's way to production by keys: gates said to hold, stages asked for, all of it undone."""

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from library.settings import ProgrammeSettings
from library.workspace import Workspace
from planner.decisions.approvals import decide_approval, waiting
from planner.transfer.commands import set_gate
from planner.transfer.model import TransferDetail
from planner.transfer.queries import transfer
from planner.workspace import open_workspace
from tests.planner.decisions.planted import plant, results
from tests.planner.roadmap.programme import read, write
from tests.tui.screens.driving import settled
from tests.tui.screens.roadmapping import notes, opened, roadmap, standing, to_tab, typed
from tui.app import LabtopApp
from tui.screens.form import FormScreen
from tui.screens.page import PageText
from tui.screens.transfer import TransferScreen

BY_HAND = ("reproduced", "responsible-ai", "privacy", "latency", "cost", "rollback-plan")


@pytest.fixture
def ready(workspace: Workspace) -> int:
    """A transfer-ready experiment that somebody else owns and that came out supported."""
    number = plant(workspace)[1]
    write(workspace, lambda db: db.execute("UPDATE experiment SET kind = 'transfer-ready', owner = 'kim'"))
    write(workspace, lambda db: db.execute("UPDATE result_batch SET person = 'kim'"))
    return number


def met(workspace: Workspace, number: int, *gates: str) -> None:
    def say(db: Any) -> None:
        for gate in gates:
            set_gate(db, "lee", ProgrammeSettings(), number, "shadow", gate, "met", note="seen")

    write(workspace, say)


def now(workspace: Workspace, number: int) -> TransferDetail:
    return read(workspace, transfer, number)


def state(workspace: Workspace, number: int, gate: str, stage: int = 1) -> tuple[str, str, str | None]:
    found = next(each for each in now(workspace, number).stages[stage].gates if each.gate.id == gate)
    return found.state, found.why, found.person


def page(app: LabtopApp) -> TransferScreen:
    screen = app.screen
    assert isinstance(screen, TransferScreen)
    return screen


def hint(app: LabtopApp) -> str:
    return str(page(app).query_one("#transfer-hint", Static).content)


def shown(app: LabtopApp) -> str:
    """What the page says, line by line."""
    screen = page(app)
    table = [screen.table.render_line(y).text for y in range(len(screen.stage.gates) + 1)]
    lines = [str(screen.query_one(f"#{name}").render()) for name in (
        "transfer-standing", "transfer-stages", "transfer-stage")]  # fmt: skip
    return "\n".join([*lines, *table, screen.query_one(PageText).content.plain])


async def at(pilot: Pilot[Any], number: int, *keys: str, tab: str = "experiments") -> None:
    await settled(pilot)
    await to_tab(pilot, tab)
    assert roadmap(pilot.app).pane.move_to_id(number)  # type: ignore[arg-type]
    await pilot.press("T")
    await settled(pilot)
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


def choose(app: LabtopApp, **texts: str) -> None:
    """Fields of the form, written."""
    form = app.screen
    assert isinstance(form, FormScreen)
    for place, entry in enumerate(form.form.entries):
        if entry.key in texts:
            form.form.write(place, texts[entry.key])
    form.body.reload()


@pytest.mark.parametrize(("size", "tab"), [((80, 24), "board"), ((160, 48), "experiments")])
async def test_stages_gates_and_results_are_shown(
    workspace: Workspace, ready: int, size: tuple[int, int], tab: str
) -> None:
    met(workspace, ready, "latency")
    write(workspace, lambda db: results(db, ready, phase="online", gain=0.5, seeds=4))
    app = opened(workspace)
    async with app.run_test(size=size) as pilot:
        await at(pilot, ready, tab=tab)
        text = shown(app)
        assert "in Offline · 5 gates open before Shadow or canary" in text
        assert "▸◔ Shadow or canary 2/7" in text
        assert "○ Launch" in text
        assert "● met" in text
        assert "○ open" in text
        assert "Offline and online" in text
        [primary] = [each for each in now(workspace, ready).results if each.primary]
        assert primary.offline is not None
        row = next(line for line in text.splitlines() if line.startswith("nDCG@10 "))
        assert f"+{primary.offline:.3g}" in row
        assert "+0.5" in row
        for stage in ("A/B test", "Launch", "Offline"):
            await pilot.press("l")
            await settled(pilot)
            assert page(app).stage.stage.title == stage
        assert "Everything begins here" in shown(app)
        await pilot.press("enter", "escape")
        await settled(pilot)
        assert app.screen is roadmap(app)


async def test_a_gate_is_set_with_its_note_and_undone(workspace: Workspace, ready: int) -> None:
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await at(pilot, ready, "j", "enter")
        choose(app, state="met")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert isinstance(app.screen, FormScreen)  # it has to rest on something
        choose(app, note="three seeds elsewhere")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert state(workspace, ready, "reproduced") == ("met", "three seeds elsewhere", workspace.person)
        assert page(app).stage.gates[1].state == "met"
        assert "● met  three seeds elsewhere" in shown(app)
        await pilot.press("u")
        await settled(pilot)
        assert state(workspace, ready, "reproduced")[0] == "open"
        assert page(app).stage.gates[1].state == "open"


async def test_what_the_record_says_can_only_be_waived(workspace: Workspace, ready: int) -> None:
    write(workspace, lambda db: db.execute("UPDATE experiment SET owner = 'kim'"))
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await at(pilot, ready, "enter")
        form = app.screen
        assert isinstance(form, FormScreen)
        assert form.form.entries[0].field.choices == ("open", "waived")
        choose(app, state="waived", note="a pilot of a week")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert isinstance(app.screen, FormScreen)
        choose(app, authority="research lead")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert state(workspace, ready, "verdict")[:2] == ("waived", "a pilot of a week")
        assert "▲ waived" in shown(app)


async def test_a_value_above_its_target_is_refused_in_the_form(workspace: Workspace, ready: int) -> None:
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await at(pilot, ready, "j", "j", "j", "j", "enter")
        choose(app, state="met", value="120", target="100", unit="ms")
        await pilot.press("ctrl+s")
        await settled(pilot)
        form = app.screen
        assert isinstance(form, FormScreen)
        assert "above the target" in str(form.query_one("#form-hint", Static).content)
        choose(app, value="92")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert "92 ms, at most 100 ms" in shown(app)


async def test_the_next_stage_is_refused_with_what_is_open_then_asked_for(workspace: Workspace, ready: int) -> None:
    met(workspace, ready, *BY_HAND[:-1])
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await at(pilot, ready, "l", ">")
        assert "1 gate before “Shadow or canary” does not hold: rollback-plan" in hint(app)
        gate = page(app).gate
        assert gate is not None
        assert gate.gate.id == "rollback-plan"  # that is where one has to go on
        assert not read(workspace, waiting)
        met(workspace, ready, "rollback-plan")
        await pilot.press(">")
        await settled(pilot)
        assert isinstance(app.screen, FormScreen)
        await typed(pilot, "1 % of traffic")
        await pilot.press("ctrl+s")
        await settled(pilot)
        [asked] = read(workspace, waiting)
        assert asked.stage == "shadow"
        assert "1 % of traffic" in asked.subject
        assert f"A-{asked.id} waits for research lead" in shown(app)
        await pilot.press(">")
        await settled(pilot)
        assert f"A-{asked.id} asks research lead for it already" in hint(app)
        write(workspace, lambda db: decide_approval(db, "lee", asked.id, "approved"))
        for _ in range(100):
            await pilot.pause(0.05)
            if page(app).found.row.stage.id == "shadow":
                break
        await pilot.press("<")
        await settled(pilot)
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert isinstance(app.screen, FormScreen)  # not without a reason
        await typed(pilot, "latency rose")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert now(workspace, ready).row.stage.id == "offline"
        assert "rolled back: latency rose" in shown(app)
        await pilot.press("<")
        await settled(pilot)
        assert "there is nothing to roll back" in hint(app)


async def test_an_exploration_says_why_there_is_nothing(workspace: Workspace, ready: int) -> None:
    write(workspace, lambda db: db.execute("UPDATE experiment SET kind = 'exploration'"))
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await at(pilot, ready)
        assert app.screen is roadmap(app)
        assert f"E-{ready} is an exploration: only transfer-ready experiments go to production" in notes(app)
        await pilot.press("J")  # keys are not held back


async def test_nothing_is_set_where_it_is_read_only(workspace: Workspace, ready: int) -> None:
    met(workspace, ready, *BY_HAND)
    before = read(workspace, lambda db: len(db.execute("SELECT 1 FROM journal").fetchall()))
    with open_workspace(workspace.paths.home, person="ada", read_only=True) as closed:
        app = opened(standing(closed))
        async with app.run_test(size=(120, 40)) as pilot:
            await at(pilot, ready)
            for key in ("enter", ">", "<", "u"):
                await pilot.press(key)
                await settled(pilot)
                assert isinstance(app.screen, TransferScreen), key
    assert "open read-only" in notes(app)
    assert read(workspace, lambda db: len(db.execute("SELECT 1 FROM journal").fetchall())) == before
