"""The first screen: everything can be skipped, mistakes are named at once, the sample is one key away."""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from library.errors import LabtopError
from library.init import interests_of
from library.workspace import Workspace
from tui.app import LabtopApp
from tui.screens.first_run import FirstRunScreen


@pytest.fixture(autouse=True)
def model(converted_model: object) -> None:
    """The model is ready: converting it is the next test's part."""


async def _opened(pilot: Pilot[Any]) -> None:
    for _ in range(300):
        await pilot.pause(0.05)
        if pilot.app._ctx is not None:  # type: ignore[attr-defined]
            break
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def test_answers_make_a_workspace(tmp_path: Path) -> None:
    app = LabtopApp(None, home=tmp_path / "own", person="ada", background=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"cs.IIR", "enter")
        about = app.screen.query_one("#categories-about", Static)
        assert "Did you mean cs.IR?" in str(about.content)
        await pilot.press("ctrl+s")  # refused: back to what is wrong
        assert isinstance(app.focused, Input)
        assert app.focused.id == "categories"
        app.focused.value = "cs.IR cs.CL"
        await pilot.press("enter", *"a@b.org", "enter", "enter", *"late interaction", "enter")
        await _opened(pilot)
        workspace = app.ctx.workspace
        assert workspace.settings.arxiv.categories == ("cs.IR", "cs.CL")
        assert workspace.settings.arxiv.contact == "a@b.org"
        assert await app.ctx.read(interests_of, "ada") == ("late interaction",)
        assert app.current_mode == "today"


async def test_everything_can_be_skipped(tmp_path: Path) -> None:
    app = LabtopApp(None, home=tmp_path / "own", person="ada", background=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+s")
        await _opened(pilot)
        assert app.ctx.workspace.paths.home == tmp_path / "own"
        assert not app.ctx.workspace.paths.settings.exists()
    with pytest.raises(LabtopError, match="closed"):  # leaving let go of it
        app.ctx.workspace.store.read(lambda db: None)


async def test_the_sample_opens_beside_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def encode(workspace: Workspace, **_: object) -> tuple[int, str]:  # the real thing: tests/tui/commands
        asked.append(workspace.name)
        return 0, ""

    monkeypatch.setattr("tui.screens.first_run.encode_demo", encode)
    app = LabtopApp(None, home=tmp_path / "own", background=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click("#sample")
        await _opened(pilot)
        assert app.ctx.workspace.demo
        assert app.ctx.workspace.paths.home == tmp_path / "own-demo"
        assert not (tmp_path / "own").exists()
        assert asked == ["Sample lab"]


async def test_leaving_makes_nothing(tmp_path: Path) -> None:
    app = LabtopApp(None, home=tmp_path / "own", background=False)
    async with app.run_test(size=(80, 24)) as pilot:
        assert isinstance(app.screen, FirstRunScreen)
        await pilot.press("escape")
        await pilot.pause()
    assert not (tmp_path / "own").exists()


async def test_a_place_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    app = LabtopApp(None, home=tmp_path / "file" / "home", background=False)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("ctrl+s")
        for _ in range(50):
            await pilot.pause(0.02)
            if app._notifications:
                break
        assert any("Cannot make the folder" in f"{n.title} {n.message}" for n in app._notifications)
        assert isinstance(app.screen, FirstRunScreen)


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
def test_what_it_looks_like(snap_compare: Any, size: tuple[int, int]) -> None:
    async def still(pilot: Pilot[Any]) -> None:
        for field in pilot.app.screen.query(Input):
            field.cursor_blink = False
        await pilot.pause()

    app = LabtopApp(None, home=Path("/home/ada/lab"), background=False)
    assert snap_compare(app, terminal_size=size, run_before=still)
