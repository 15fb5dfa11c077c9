"""A line of the reading queue: progress is a bar while one reads, and a verdict stands under its own name."""

from dataclasses import replace
from datetime import date

import pytest

from library.reading.model import Entry, State
from tui.screens.reading import TABS
from tui.widgets.columns import lay_out
from tui.widgets.reading_row import cells, columns
from tui.widgets.table_lines import Cell

ENTRY = Entry(
    id=1,
    key="2604.00001",
    title="T",
    first_author="A. B",
    author_count=1,
    state="queued",
    place=1,
    due=None,
    progress=None,
    score=None,
    version=1,
    changed=False,
    added_at="2026-04-02T09:00:00Z",
    started_at=None,
    finished_at=None,
    verdict=3,
    notes=0,
    critiques=1,
    quotes=0,
    remark="",
)


def plain(cell: Cell) -> str:
    return cell[0] if isinstance(cell[0], str) else "".join(part[0] for part in cell)


def row(entry: Entry, tab: str, width: int) -> dict[str, str]:
    """What stands under each head in a list of that width."""
    found = cells(entry, date(2026, 4, 20))
    return {column.title: plain(found[place]) for place, column, _ in lay_out(columns("hand", TABS[tab]), width)}


@pytest.mark.parametrize(
    ("state", "progress", "bar"),
    [
        ("reading", 60, "▇▇▇▁▁"),
        ("reading", 0, "▁▁▁▁▁"),
        ("reading", None, ""),
        ("queued", 60, ""),
        ("queued", None, ""),
    ],
)
@pytest.mark.parametrize("verdict", [None, 3])
def test_read_says_how_far_one_is_and_nothing_else(
    state: State, progress: int | None, bar: str, verdict: int | None
) -> None:
    found = row(replace(ENTRY, state=state, progress=progress, verdict=verdict), "queue", 140)
    assert found["read"] == bar
    assert found["verdict"] == ("●●●○○" if verdict else "")


@pytest.mark.parametrize("tab", ["read", "dropped"])
def test_what_is_done_with_shows_its_verdict_in_any_list(tab: str) -> None:
    for width in (78, 140):
        found = row(replace(ENTRY, state="read" if tab == "read" else "dropped", progress=60), tab, width)
        assert "read" not in found
        assert found["verdict"] == "●●●○○"


def test_a_narrow_queue_has_room_for_progress_alone() -> None:
    assert "verdict" not in row(ENTRY, "queue", 78)
