"""What the Library looks like. The day, the name and the papers stand still."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from library.clock import Clock
from library.papers import commands
from library.workspace import Workspace
from tests.tui.screens.driving import app_of, drafts, fill, library, opened, settled
from tui.app import LabtopApp


@pytest.fixture
def app(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LabtopApp:
    monkeypatch.setenv("LABTOP_CACHE", str(tmp_path / "cache"))
    ids = fill(workspace, drafts())
    write = workspace.store.write
    write(lambda db: commands.decide(db, "ada", ids[:1], "star")).result()
    write(lambda db: commands.decide(db, "ada", ids[1:3], "keep")).result()
    write(lambda db: commands.decide(db, "ada", ids[4:5], "skip")).result()
    write(lambda db: commands.tag(db, "ada", ids[1:2], "to-read")).result()
    settings = replace(workspace.settings, name="retrieval-lab")
    return opened(replace(workspace, clock=Clock(date(2026, 4, 13)), settings=settings))


def doing(*keys: str, query: str = "", theme: str = "") -> Callable[[Pilot[Any]], Awaitable[None]]:
    async def run(pilot: Pilot[Any]) -> None:
        if theme:
            pilot.app.theme = theme
        await settled(pilot)
        if query:
            library(app_of(pilot)).field.value = query
            await settled(pilot)
            library(app_of(pilot)).say_hits("8 hits · 7 ms · words only")  # the time it took differs
        await pilot.press(*keys)
        await settled(pilot)

    return run


def test_at_80_by_24(snap_compare: Any, app: LabtopApp) -> None:
    assert snap_compare(app, terminal_size=(80, 24), run_before=doing("j", "space", "space"))


def test_the_detail_over_the_list_at_80_by_24(snap_compare: Any, app: LabtopApp) -> None:
    assert snap_compare(app, terminal_size=(80, 24), run_before=doing("j", "enter"))


def test_a_search_at_120_by_40(snap_compare: Any, app: LabtopApp) -> None:
    assert snap_compare(app, terminal_size=(120, 40), run_before=doing("j", query="distillation"))


def test_in_the_light_theme(snap_compare: Any, app: LabtopApp) -> None:
    assert snap_compare(app, terminal_size=(120, 40), run_before=doing("j", theme="labtop-light"))


def test_help(snap_compare: Any, app: LabtopApp) -> None:
    assert snap_compare(app, terminal_size=(80, 24), run_before=doing("question_mark"))
