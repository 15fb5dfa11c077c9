"""Exporting from a list of papers: which, as what, where to; and what is said when it is done or cannot be."""

import os
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from library.sources.formats import reader_of
from library.workspace import Workspace
from tests.tui.screens.driving import drafts, fill, library, opened, settled
from tui.app import LabtopApp
from tui.screens.prompt import Ask


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABTOP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def ids(workspace: Workspace) -> tuple[int, ...]:
    return fill(workspace, drafts(8))


async def choose(pilot: "Pilot[Any]", answer: str) -> None:
    """Answer the question on the screen by typing."""
    await settled(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, Ask), screen
    field = screen.query_one(Input)
    field.value = answer
    await pilot.pause()
    await pilot.press("enter")
    await settled(pilot)


async def told(pilot: "Pilot[Any]") -> list[tuple[str, str]]:
    for _ in range(100):
        found = [(note.title, note.message) for note in pilot.app._notifications]
        if found:
            return found
        await pilot.pause(0.02)
    return []


def read_back(path: Path, format_name: str) -> list[str]:
    with path.open("rb") as file:
        return [item.draft.key for item in reader_of(format_name)(file)]  # type: ignore[union-attr]


async def test_what_is_marked(workspace: Workspace, ids: tuple[int, ...], tmp_path: Path) -> None:
    app = opened(workspace)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await pilot.press("space", "j", "space")
        table = library(app).table
        assert len(table.marks) == 2
        await pilot.press("E")
        await settled(pilot)
        options = pilot.app.screen.query_one(OptionList)
        assert options.option_count == 7
        await choose(pilot, "ris")
        assert app.screen.query_one(Input).value == str(tmp_path / "labtop-library.ris")
        await choose(pilot, str(tmp_path / "two.ris"))
        ((title, message),) = await told(pilot)
        assert title == "2 papers exported as ris"
        assert message == str(tmp_path / "two.ris")
    assert len(read_back(tmp_path / "two.ris", "ris")) == 2


async def test_the_whole_list_or_one(workspace: Workspace, ids: tuple[int, ...], tmp_path: Path) -> None:
    app = opened(workspace)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        for which, count in (("the whole list", 8), ("this paper", 1)):
            path = tmp_path / f"{count}.jsonl"
            await pilot.press("E")
            await choose(pilot, which)
            await choose(pilot, "jsonl")
            await choose(pilot, str(path))
            await told(pilot)
            assert len(read_back(path, "jsonl")) == count


async def test_a_file_that_is_there_is_not_written_over_unasked(
    workspace: Workspace, ids: tuple[int, ...], tmp_path: Path
) -> None:
    path = tmp_path / "x.bib"
    path.write_text("mine")
    app = opened(workspace)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        for answer, kept in (("leave", True), ("write over", False)):
            await pilot.press("E")
            await choose(pilot, "this paper")
            await choose(pilot, "bibtex")
            await choose(pilot, str(path))
            await choose(pilot, answer)
            if not kept:
                await told(pilot)
            assert (path.read_text() == "mine") == kept


async def test_a_vault_twice(workspace: Workspace, ids: tuple[int, ...], tmp_path: Path) -> None:
    app = opened(workspace)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        for expected in ("8 notes new", "8 as they were"):
            app.clear_notifications()
            await pilot.press("E")
            await choose(pilot, "the whole list")
            await choose(pilot, "vault")
            assert app.screen.query_one(Input).value == str(tmp_path / "labtop-vault")
            await pilot.press("enter")
            await settled(pilot)
            ((title, message),) = await told(pilot)
            assert title == "8 papers in the vault"
            assert expected in message


async def test_leaving_every_question_does_nothing(workspace: Workspace, ids: tuple[int, ...], tmp_path: Path) -> None:
    app = opened(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        for answers in ([], ["this paper"], ["this paper", "csv"]):
            await pilot.press("E")
            for answer in answers:
                await choose(pilot, answer)
            await settled(pilot)
            await pilot.press("escape")
            await settled(pilot)
            assert not isinstance(app.screen, Ask)
        assert not list(app._notifications)
    assert set(os.listdir(tmp_path)) <= {"home", "state", "cache"}


async def test_what_cannot_be_written_is_said(workspace: Workspace, ids: tuple[int, ...], tmp_path: Path) -> None:
    app: LabtopApp = opened(workspace)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await pilot.press("E")
        await choose(pilot, "this paper")
        await choose(pilot, "csv")
        await choose(pilot, str(tmp_path / "none" / "x.csv"))
        ((title, _),) = await told(pilot)
        assert "cannot be written" in title
