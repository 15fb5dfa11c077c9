"""What the reading queue looks like. The day and the papers stand still."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from library.workspace import Workspace
from tests.tui.screens.driving import settled
from tests.tui.screens.reading import filled, opened_on_reading
from tui.app import LabtopApp


@pytest.fixture
def app(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LabtopApp:
    monkeypatch.setenv("LABTOP_CACHE", str(tmp_path / "cache"))
    return opened_on_reading(filled(workspace))


def doing(*keys: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    async def run(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        await pilot.press(*keys)
        await settled(pilot)

    return run


def test_the_queue_at_160_by_48(snap_compare: Any, app: LabtopApp) -> None:
    assert snap_compare(app, terminal_size=(160, 48), run_before=doing("j", "j"))


def test_the_queue_at_80_by_24(snap_compare: Any, app: LabtopApp) -> None:
    assert snap_compare(app, terminal_size=(80, 24), run_before=doing("j"))


def test_what_changed_at_80_by_24(snap_compare: Any, app: LabtopApp) -> None:
    assert snap_compare(app, terminal_size=(80, 24), run_before=doing("j", "j", "v"))


def test_sentences_to_quote_at_80_by_24(snap_compare: Any, app: LabtopApp) -> None:
    assert snap_compare(app, terminal_size=(80, 24), run_before=doing("j", "j", '"'))
