"""What holds on all tabs of the Roadmap: empty states, read-only, other people, hostile text."""

from typing import Any

import pytest
from textual.widgets import Static

from library.workspace import Workspace
from planner.roadmap import locks
from planner.workspace import open_workspace
from tests.planner.roadmap.programme import Q1, read, write
from tests.tui.screens.driving import settled
from tests.tui.screens.roadmapping import detail, notes, opened, planned, programme, roadmap, standing, to_tab
from tests.tui.screens.test_hostile_text import HOSTILE, escapes
from tui.actions import in_scope


async def test_the_cursor_stays_on_its_experiment_from_tab_to_tab(workspace: Workspace) -> None:
    found = planned(workspace)
    app = opened(workspace)
    async with app.run_test(size=(160, 48)) as pilot:
        await settled(pilot)
        screen = roadmap(app)
        assert screen.planned.move_to_id(found["distil"])
        for tab in ("board", "timeline", "experiments", "list"):
            await to_tab(pilot, tab)
            assert screen.pane.cursor_id == found["distil"], tab
            assert app.focused is screen.pane
            assert "Distil late interaction" in detail(app)
        await pilot.press("comma")
        await settled(pilot)
        assert screen.tab == "experiments"


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_empty_states_teach(workspace: Workspace, size: tuple[int, int]) -> None:
    app = opened(workspace)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        screen = roadmap(app)
        for tab in ("list", "board", "timeline", "experiments"):
            await to_tab(pilot, tab)
            assert screen.has_class("-empty"), tab
            assert "No experiments yet" in str(screen.query_one("#rm-empty", Static).content), tab
        await pilot.press("C")
        await settled(pilot)
        assert "There was no review and no plan yet" in notes(app)
        for key in ("e", "m", "b", "J", "R", "i", "v", "greater_than_sign", "y", "A"):
            await pilot.press(key)
            await settled(pilot)
            assert app.screen is screen, key
    programme(workspace)
    app = opened(workspace)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await to_tab(pilot, "timeline")
        assert "2027Q2 has no plan yet" in str(roadmap(app).query_one("#rm-empty", Static).content)


async def test_nothing_is_written_where_it_is_read_only(workspace: Workspace) -> None:
    planned(workspace)
    before = read(workspace, lambda db: len(db.execute("SELECT 1 FROM journal").fetchall()))
    with open_workspace(workspace.paths.home, person="ada", read_only=True) as closed:
        app = opened(standing(closed))
        async with app.run_test(size=(160, 48)) as pilot:
            await settled(pilot)
            for tab in ("list", "board", "experiments"):
                await to_tab(pilot, tab)
                for action in in_scope("roadmap"):
                    if action.changes:
                        await pilot.press(action.keys.split(",")[0])
                        await settled(pilot)
                        assert len(app.screen_stack) == 1, action.id
    assert "open read-only" in notes(app)
    assert read(workspace, lambda db: len(db.execute("SELECT 1 FROM journal").fetchall())) == before


async def test_what_another_person_does_shows(workspace: Workspace) -> None:
    found = planned(workspace)
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        write(workspace, locks.set_lock, "kim", [found["index"]], Q1, "out", "later")
        for _ in range(100):
            await pilot.pause(0.05)
            row = roadmap(app).list_rows[found["index"]]
            if row.lock is not None:
                break
        assert row.lock is not None
        assert row.lock.person == "kim"


@pytest.mark.parametrize(("size", "first"), [((80, 24), 0), ((160, 48), 5)])
async def test_hostile_text_is_shown_as_it_is(workspace: Workspace, size: tuple[int, int], first: int) -> None:
    """Every field of what is shown, as a database holds it that labtop did not clean."""
    numbers = list(planned(workspace).values())
    texts = (*HOSTILE[first:], *HOSTILE[:first])

    def uncleaned(db: Any) -> None:
        for number, text, other in zip(numbers, texts, texts[len(numbers) :] * 2, strict=False):
            db.execute(
                "UPDATE experiment SET title = ?, owner = ?, metric = ? WHERE id = ?", (text, other, text, number)
            )
            db.execute("UPDATE roadmap_entry SET why = ? WHERE experiment_id = ?", (text, number))
        db.execute("UPDATE obstacle SET what = ?, next_step = ?", (texts[3], texts[2]))
        db.execute("UPDATE roadmap_lock SET reason = ?, person = ?", (texts[3], texts[1]))
        db.execute("UPDATE hypothesis SET statement = ?", (texts[3],))

    write(workspace, uncleaned)
    app = opened(workspace)
    async with app.run_test(size=size, notifications=True) as pilot:
        await settled(pilot)
        seen = []
        for tab in ("list", "board", "timeline", "experiments"):
            await to_tab(pilot, tab)
            assert escapes(app) == []
            pane = roadmap(app).pane
            for number in numbers if tab in ("list", "experiments") else numbers[:2]:
                if pane.move_to_id(number):
                    await settled(pilot)
                    seen.append(detail(app))
                    assert escapes(app) == []
        assert any("[@click=app.quit]click me[/]" in text for text in seen)
        for keys in (["enter"], ["escape"], ["m"], ["escape"], ["b"], ["escape"], ["y"], ["C"], ["escape"], ["w"]):
            await pilot.press(*keys)
            await settled(pilot)
            assert escapes(app) == []
        assert app.is_running
