"""What the Club looks like. The day, the name and the club stand still."""

from typing import Any

import pytest
from textual.pilot import Pilot

from library.workspace import Workspace
from tests.tui.screens.clubbing import club_of, opened, running
from tests.tui.screens.driving import settled
from tui.app import LabtopApp

SIZES = ((80, 24), (160, 48))


@pytest.fixture
def app(workspace: Workspace, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> LabtopApp:
    monkeypatch.setenv("LABTOP_CACHE", str(tmp_path / "cache"))
    return opened(running(workspace))


def doing(*keys: str) -> Any:
    async def run(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        for key in keys:
            await pilot.press(key)
            await settled(pilot)

    return run


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "keys",
    [(), ("full_stop", "j"), ("full_stop", "full_stop"), ("comma",)],
    ids=["sessions", "proposals", "members", "history"],
)
def test_each_tab(snap_compare: Any, app: LabtopApp, keys: tuple[str, ...], size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=doing(*keys))


def test_the_prep_pack_over_the_list(snap_compare: Any, app: LabtopApp) -> None:
    assert snap_compare(app, terminal_size=(80, 24), run_before=doing("enter"))


def test_an_empty_club(snap_compare: Any, workspace: Workspace) -> None:
    assert snap_compare(opened(club_of(workspace)), terminal_size=(80, 24), run_before=doing())
