"""Today in the dashboard: days, lines and papers, by keyboard; and what it looks like."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from library.clock import Clock
from library.papers import queries
from library.papers.commands import tag
from library.paths import WorkspacePaths
from library.workspace import Workspace
from planner.sample import make_demo
from planner.workspace import open_workspace
from tui.app import LabtopApp
from tui.screens.library import LibraryScreen
from tui.screens.today import TodayScreen
from tui.widgets.day_strip import DayStrip
from tui.widgets.detail import Detail
from tui.widgets.lines import Lines


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """The sample, on a machine whose model was never converted."""
    monkeypatch.setenv("LABTOP_CACHE", str(tmp_path / "cache"))
    make_demo(WorkspacePaths(tmp_path / "demo"))
    with open_workspace(tmp_path / "demo") as workspace:
        yield workspace


async def _settled(pilot: Pilot[Any]) -> None:
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def _today(app: LabtopApp) -> TodayScreen:
    assert isinstance(app.screen, TodayScreen)
    return app.screen


async def test_it_opens_on_the_newest_day_and_walks_back_and_forth(demo: Workspace) -> None:
    app = LabtopApp(demo, background=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await _settled(pilot)
        screen = _today(app)
        assert screen.chosen == demo.clock.today().isoformat()
        assert screen.day is not None
        assert len(screen.table.ids) == screen.day.papers > 0
        await pilot.press("]")  # there is no newer day
        assert screen.chosen == demo.clock.today().isoformat()
        await pilot.press("[")
        await _settled(pilot)
        assert screen.day.day < demo.clock.today().isoformat()
        assert not screen.day.papers  # a Sunday
        assert screen.has_class("-empty")
        await pilot.press("[", "[")
        await _settled(pilot)
        assert len(screen.table.ids) == screen.day.papers > 0
        days = screen.query_one(DayStrip).in_sight(80)
        assert screen.chosen in {day.day for day in days}


async def test_enter_on_a_line_opens_the_library_with_just_that(demo: Workspace) -> None:
    app = LabtopApp(demo, background=False)
    async with app.run_test(size=(100, 30)) as pilot:
        await _settled(pilot)
        papers = len(_today(app).table.ids)
        app.screen.query_one(Lines).focus()
        await pilot.press("g", "enter")
        await _settled(pilot)
        assert isinstance(app.screen, LibraryScreen)
        assert app.screen.query_one("#query", Input).value == f"date:{demo.clock.today()}"
        assert len(app.screen.table.ids) == papers
        await pilot.press("1")
        await _settled(pilot)
        _today(app).table.focus()
        paper = _today(app).table.cursor_id
        await pilot.press("enter")
        await _settled(pilot)
        assert isinstance(app.screen, LibraryScreen)
        assert app.screen.table.cursor_id == paper


async def test_a_write_elsewhere_shows(demo: Workspace) -> None:
    app = LabtopApp(demo, background=False)
    async with app.run_test(size=(120, 30)) as pilot:
        await _settled(pilot)
        screen = _today(app)
        paper = screen.table.ids[0]
        await app.ctx.write(tag, "kim", [paper], "fresh")
        await _settled(pilot)
        row = screen.table.row(paper)
        assert row is not None
        assert "fresh" in row.tags


@pytest.mark.parametrize("size", [(80, 24), (160, 48), (40, 12), (200, 10)])
async def test_an_empty_workspace_teaches_at_any_size(workspace: Workspace, size: tuple[int, int]) -> None:
    app = LabtopApp(workspace, background=False)
    async with app.run_test(size=size) as pilot:
        await _settled(pilot)
        assert _today(app).has_class("-new")
        await pilot.press("[", "]", "d", "tab", "j", "1")
        await _settled(pilot)


async def test_read_only_shows_the_same(demo: Workspace) -> None:
    with open_workspace(demo.paths.home, read_only=True) as reading:
        app = LabtopApp(reading, background=False)
        async with app.run_test(size=(80, 24)) as pilot:
            await _settled(pilot)
            assert len(_today(app).table.ids) > 0


async def _ready(pilot: Pilot[Any]) -> None:
    await _settled(pilot)


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
def test_what_it_looks_like(demo: Workspace, snap_compare: Any, size: tuple[int, int]) -> None:
    assert snap_compare(LabtopApp(demo, background=False), terminal_size=size, run_before=_ready)


def test_what_a_day_without_papers_looks_like(demo: Workspace, snap_compare: Any) -> None:
    async def back(pilot: Pilot[Any]) -> None:
        await _settled(pilot)
        await pilot.press("[")
        await _settled(pilot)

    assert snap_compare(LabtopApp(demo, background=False), terminal_size=(80, 24), run_before=back)


def test_what_an_empty_workspace_looks_like(workspace: Workspace, snap_compare: Any) -> None:
    from datetime import date

    frozen = replace(workspace, clock=Clock(date(2026, 4, 13)))
    assert snap_compare(LabtopApp(frozen, background=False), terminal_size=(80, 24), run_before=_ready)


async def test_the_detail_follows_the_cursor_and_papers_are_decided_on(demo: Workspace) -> None:
    app = LabtopApp(demo, background=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await _settled(pilot)
        screen, person = _today(app), demo.person
        for _ in range(2):
            paper_id = screen.table.cursor_id
            assert paper_id is not None
            paper = demo.store.read(lambda db, id_=paper_id: queries.paper(db, id_, person)).result()
            assert paper.title in screen.query_one(Detail).content.plain.replace("\n", " ")
            await pilot.press("j")
            await pilot.pause(0.1)
            await _settled(pilot)
        chosen = screen.table.cursor_id
        assert chosen is not None
        await pilot.press("z")
        await _settled(pilot)
        assert demo.store.read(lambda db: queries.paper(db, chosen, person)).result().decision == "later"
        await _settled(pilot)
        assert "put off" in screen.query_one(Detail).content.plain
