"""The dialog of interests: what is looked for, added, laid to rest, removed, and all of it undone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from library.clock import Clock
from library.interests import InterestRow, add_tag, add_topic, interests, rest
from library.papers.commands import tag
from library.search.saved import save
from library.workspace import Workspace
from planner.workspace import open_workspace
from tests.tui.screens.driving import app_of, drafts, fill, opened, settled
from tui.screens.interests import InterestsScreen

HOSTILE = "[/bold] \u202ekcab \x1b[31m" + "x" * 3_000


@pytest.fixture(autouse=True)
def no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABTOP_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def desk(workspace: Workspace) -> Workspace:
    """A tag, a saved search, a topic, and a hypothesis that everybody looks for."""
    fill(workspace, drafts(4))
    write = workspace.store.write
    write(lambda db: tag(db, "ada", [1, 2], "rag")).result()
    write(lambda db: save(db, "ada", "KV cache", "cache", today=workspace.clock.today())).result()
    write(lambda db: add_topic(db, "ada", "late interaction")).result()
    sql = (
        "INSERT INTO interest (person, text, kind, reference, created_at) VALUES (NULL, ?, 'hypothesis', 'H-4', 'now')"
    )
    write(lambda db: db.execute(sql, (HOSTILE,))).result()
    return workspace


@asynccontextmanager
async def dialog(workspace: Workspace, size: tuple[int, int] = (110, 40)) -> AsyncIterator[Pilot[Any]]:
    app = opened(workspace)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("ctrl+l")
        await settled(pilot)
        assert isinstance(app.screen, InterestsScreen)
        yield pilot


def stored(workspace: Workspace, person: str = "ada") -> list[InterestRow]:
    return list(workspace.store.read(lambda db: interests(db, person)).result())


def said(pilot: Pilot[Any]) -> str:
    return str(pilot.app.screen.query_one("#interest-text", Static).render())


async def test_interests_come_and_go(desk: Workspace) -> None:
    async with dialog(desk) as pilot:
        assert "looked for by you" in said(pilot)
        await pilot.press("n")
        await settled(pilot)
        await pilot.press(*"agents", "enter")
        await settled(pilot)
        assert [row.label for row in stored(desk)][2:] == ["topic agents"]
        assert "agents" in said(pilot)  # the cursor is on it

        await pilot.press("n")
        await settled(pilot)
        await pilot.press(*"rag", "down", "enter")
        await settled(pilot)
        await pilot.press("n")
        await settled(pilot)
        await pilot.press(*"kv", "down", "enter")
        await settled(pilot)
        assert [row.label for row in stored(desk)][3:] == ["tag rag", "search KV cache"]

        await pilot.press("g", "r")
        await settled(pilot)
        assert not stored(desk)[0].active
        assert "resting" in said(pilot)
        await pilot.press("enter")  # and wakes it
        await settled(pilot)
        assert stored(desk)[0].active
        await pilot.press("d")
        await settled(pilot)
        assert len(stored(desk)) == 4
        await pilot.press("u")
        await settled(pilot)
        assert len(stored(desk)) == 5
        await pilot.press("escape")
        await settled(pilot)
        assert not isinstance(app_of(pilot).screen, InterestsScreen)


async def test_what_is_everybodys_stays_and_says_why(desk: Workspace) -> None:
    async with dialog(desk, (80, 24)) as pilot:
        await pilot.press("j")
        assert "by everybody" in said(pilot)
        assert "[/bold]" in said(pilot)
        assert "\u202e" not in said(pilot)
        await pilot.press("d")
        await settled(pilot)
        assert len(stored(desk)) == 2
        assert any("H-4 is everybody's" in each.message + each.title for each in app_of(pilot)._notifications)


async def test_an_empty_list_says_how_to_begin(workspace: Workspace) -> None:
    async with dialog(workspace) as pilot:
        assert "n adds a topic" in said(pilot)
        await pilot.press("r", "d", "enter")
        await settled(pilot)
        assert stored(workspace) == []


async def test_read_only_it_only_shows(desk: Workspace) -> None:
    with open_workspace(desk.paths.home, person="ada", read_only=True) as reading:
        async with dialog(reading) as pilot:
            await pilot.press("r", "d", "n")
            await settled(pilot)
            assert isinstance(app_of(pilot).screen, InterestsScreen)
    assert [row.active for row in stored(desk)] == [True, True]


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
def test_what_it_looks_like(desk: Workspace, snap_compare: Any, size: tuple[int, int]) -> None:
    desk.store.write(lambda db: db.execute("UPDATE interest SET text = 'It helps.' WHERE id = 2")).result()
    desk.store.write(lambda db: add_tag(db, "ada", "rag")).result()
    desk.store.write(lambda db: add_tag(db, "ada", "nobody-has-it")).result()
    desk.store.write(lambda db: rest(db, "ada", 1)).result()
    named = replace(desk, settings=replace(desk.settings, name="retrieval-lab"), clock=Clock(date(2026, 4, 13)))

    async def open_it(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        await pilot.press("ctrl+l")
        await settled(pilot)
        await pilot.press("j", "j")
        await settled(pilot)

    assert snap_compare(opened(named), terminal_size=size, run_before=open_it)
