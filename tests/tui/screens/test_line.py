"""Laying the line from the screen: below the paper under the cursor, and away again."""

from pathlib import Path

from library.ranking.line import Line, line
from library.workspace import Workspace
from planner.workspace import open_workspace
from tests.tui.screens.driving import settled
from tests.tui.screens.triaging import fill_inbox, opened_on, triage


def read(workspace: Workspace) -> Line:
    return workspace.store.read(lambda db: line(db, "ada")).result()


def places(app: object) -> list[str]:
    return [item.place for item in triage(app).items.values() if item.counts]  # type: ignore[arg-type]


async def test_the_line_is_laid_below_the_paper_and_taken_away(workspace: Workspace) -> None:
    ids = fill_inbox(workspace)
    app = opened_on(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert places(app).count("above") == 3
        await pilot.press("j", "=")  # on the second
        await settled(pilot)
        assert (read(workspace).laid, read(workspace).score) == (True, 0.8)
        assert places(app).count("above") == 2
        assert triage(app).table.cursor_id == ids[1]  # the cursor stays on its paper
        await pilot.press("u")
        await settled(pilot)
        assert (read(workspace).laid, read(workspace).score) == (False, 0.6)
        await pilot.press("=", "=")
        await settled(pilot)
        assert not read(workspace).laid
        await pilot.press("G")  # a new version of an old paper, or one that is not ranked
        await settled(pilot)
        score = triage(app).items[triage(app).table.cursor_id or 0].score
        await pilot.press("=")
        await settled(pilot)
        assert read(workspace).laid == (score is not None)


async def test_read_only_it_stays_where_it_is(workspace: Workspace, tmp_path: Path) -> None:
    fill_inbox(workspace)
    with open_workspace(workspace.paths.home, person="ada", read_only=True) as reading:
        app = opened_on(reading)
        async with app.run_test(size=(120, 40)) as pilot:
            await settled(pilot)
            await pilot.press("=")
            await settled(pilot)
    assert not read(workspace).laid
