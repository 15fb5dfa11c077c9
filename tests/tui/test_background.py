"""Long work behind the screens: papers get their vectors, arXiv is asked when due, x stops, leaving does not wait."""

import asyncio
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from library.arxiv import ledger
from library.arxiv.ledger import LedgerEntry
from library.db.changes import Change
from library.errors import LabtopError
from library.jobs import CancelToken, Progress
from library.triage.deciding import decide
from library.vectors.index import open_index
from library.vectors.model import ConvertedModel
from library.workspace import Workspace
from tests.library.ranking.making import look_for, stand_still
from tests.tui.screens.driving import drafts, fill, library, opened, settled
from tui import background
from tui.app import LabtopApp
from tui.background import sync_state


async def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        await asyncio.sleep(0.05)


@pytest.mark.model
async def test_papers_are_encoded_and_then_found_by_meaning(
    workspace: Workspace, converted_model: ConvertedModel
) -> None:
    fill(workspace, drafts(8))
    app = LabtopApp(workspace, start="library")
    said: list[str] = []
    async with app.run_test(size=(120, 40)) as pilot:
        app.watch(app, "status", lambda status: said.append(status.work))
        await until(lambda: open_index(workspace).count == 8)
        await until(lambda: not app.status.work)
        app._look_for_commits()
        await until(lambda: library(app).searcher.ready)
        await settled(pilot)
        assert any("of 8" in text for text in said)
        assert app.status.search is None
        library(app).field.value = "making models smaller"
        await settled(pilot)
        assert library(app).result is not None
        assert "near" in library(app)._said
        assert len(library(app).table.ids) == 8


async def test_x_stops_what_runs_and_it_is_not_started_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[CancelToken] = []

    def endless(_: Workspace, tell: Callable[[Progress], None], cancel: CancelToken) -> Any:
        started.append(cancel)
        while not cancel.cancelled:
            tell(Progress("encoding", 3, 9, 1.5))
            time.sleep(0.02)
        return type("Report", (), {"encoded": 3, "stopped": True})()

    monkeypatch.setattr(background, "_encode_missing", endless)
    monkeypatch.setattr(background, "encodable", lambda _: True)
    app = LabtopApp(workspace, start="library")
    async with app.run_test(size=(100, 24)) as pilot:
        await until(lambda: "3 of 9" in app.status.work)
        await pilot.press("x")
        await until(lambda: not app.status.work)
        assert app.background is not None
        app.background.look()
        await settled(pilot)
        assert len(started) == 1
        await pilot.press("ctrl+e")
        await until(lambda: len(started) == 2)
    assert started[1].cancelled  # leaving asks it to stop


def entry(category: str, state: Any, **more: Any) -> LedgerEntry:
    checked = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return LedgerEntry(category, "2026-04-13", state, 5, "listing", checked_at=checked, **more)


@pytest.mark.parametrize(
    ("states", "tone", "part"),
    [
        ([], "stale", "due"),
        (["complete", "quiet"], "good", "cs.IR"),
        (["complete", "not out yet"], "stale", "not out yet"),
        (["complete", "offline"], "warn", "cs.CL"),
    ],
)
def test_the_status_line_gives_the_reason(workspace: Workspace, states: list[str], tone: str, part: str) -> None:
    arxiv = replace(workspace.settings.arxiv, categories=("cs.IR", "cs.CL"))
    following = replace(workspace, settings=replace(workspace.settings, arxiv=arxiv))
    for category, state in zip(arxiv.categories, states, strict=False):
        seen = entry(category, state)
        workspace.store.write(lambda db, seen=seen: ledger.put(db, seen)).result()  # type: ignore[misc]
    line, _ = sync_state(following)
    assert line is not None
    assert line.tone == tone
    assert part in line.text


def test_nothing_is_said_where_nothing_is_followed(workspace: Workspace) -> None:
    assert sync_state(workspace) == (None, False)


async def test_another_theme_is_remembered(workspace: Workspace, tmp_path: Path) -> None:
    app = opened(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("ctrl+t")
        await settled(pilot)
        assert app.theme == "labtop-light"
    assert 'theme = "labtop-light"' in workspace.paths.settings.read_text()


async def test_the_palette_finds_papers_searches_and_themes(workspace: Workspace) -> None:
    ids = fill(workspace, drafts(8))
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        app.action_section("today")
        await settled(pilot)
        await pilot.press("colon", *"2604.00005")
        await pilot.pause(0.6)
        await pilot.press("enter")
        await settled(pilot)
        assert app.current_mode == "library"
        assert library(app).table.cursor_id == ids[4]
        await pilot.press("escape", "ctrl+p", *"colour-blind")
        await pilot.pause(0.6)
        await pilot.press("enter")
        await settled(pilot)
        assert app.theme == "labtop-colour-blind"


# Ranking.


async def ranked(workspace: Workspace) -> int:
    sql = "SELECT count(*) FROM ranked WHERE person = 'ada'"
    return int(await asyncio.wrap_future(workspace.store.read(lambda db: db.execute(sql).fetchone()[0])))


async def test_the_inbox_is_ranked_behind_the_screens(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABTOP_CACHE", str(tmp_path / "no-cache"))  # by words: without a model
    monkeypatch.setattr(background, "LOOK_SECONDS", 0.3)
    stand_still(workspace)
    fill(workspace, drafts(12))
    look_for(workspace, "pruning")
    heard: list[Change] = []
    for name in [each for each in sys.modules if each.partition(".")[0] == "sklearn"]:
        monkeypatch.delitem(sys.modules, name)  # another test may have loaded it
    app = LabtopApp(workspace, start="library")
    async with app.run_test(size=(100, 24)) as pilot:
        app.changed.subscribe(app, heard.append)
        await until(lambda: any(change.topic == "ranking" for change in heard))
        assert await ranked(workspace) == 12
        await until(lambda: "ranking" not in app.status.work)
        # A decision is taken up once deciding has paused.
        await app.ctx.write(decide, "ada", [1], "keep")
        labels = "SELECT max(labels) FROM ranking"
        await until(lambda: workspace.store.read(lambda db: db.execute(labels).fetchone()[0]).result() == 1)
        await settled(pilot)
    assert "sklearn" not in sys.modules


async def test_without_anything_to_rank_by_nothing_runs(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []
    monkeypatch.setattr(background, "_rerank", lambda *_: started.append(1))
    fill(workspace, drafts(4))
    assert background.inputs_if_behind(workspace) == ""
    look_for(workspace, "pruning")
    assert background.inputs_if_behind(workspace) != ""


async def test_a_ranking_that_fails_is_told_once(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABTOP_CACHE", str(tmp_path / "no-cache"))
    started: list[int] = []

    def fail(*_: object) -> Any:
        started.append(1)
        raise LabtopError("The ranking process ended with code 1.", mend="See labtop doctor.")

    monkeypatch.setattr(background, "_rerank", fail)
    monkeypatch.setattr(background, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(background, "_is_behind", lambda _: False)
    fill(workspace, drafts(4))
    look_for(workspace, "pruning")
    app = LabtopApp(workspace, start="library")
    async with app.run_test(size=(100, 24), notifications=True) as pilot:
        await until(lambda: any("labtop doctor" in each.message for each in app._notifications))
        await asyncio.sleep(0.5)
        await settled(pilot)
        assert len(started) == 1
        # Something else to rank: it is tried again.
        look_for(workspace, "agents")
        await until(lambda: len(started) == 2)
