"""A paper's sentence put beside a hypothesis, by two keys from any list of papers."""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from library.workspace import Workspace
from planner.hypotheses.model import Evidence
from planner.hypotheses.queries import hypothesis
from planner.workspace import open_workspace
from tests.planner.hypotheses.conftest import Lab
from tests.tui.screens.driving import library, settled
from tests.tui.screens.programme import LATE, lab_of, opened_on
from tests.tui.screens.test_hostile_text import HOSTILE, escapes
from tui.screens.form import FormScreen
from tui.screens.link import LinkScreen
from tui.screens.today import TodayScreen
from tui.widgets.detail import Detail

BEST = "Late interaction beats dense retrieval on long documents by 2.1 points."


@pytest.fixture(autouse=True)
def no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABTOP_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def lab(workspace: Workspace) -> Lab:
    """H-1 and H-2, both active, and nothing linked to them."""
    lab = lab_of(workspace)
    lab.active(statement=LATE)
    lab.active(statement="Rewriting pays off for short queries")
    return lab


def evidence(lab: Lab, number: int) -> tuple[Evidence, ...]:
    return lab.read(lambda db: hypothesis(db, number)).evidence


async def at(lab: Lab, pilot: Pilot[Any], key: str) -> None:
    """To a paper in the Library."""
    await settled(pilot)
    app: Any = pilot.app
    assert library(app).table.move_to_id(lab.papers[key])
    await settled(pilot)


def dialog(pilot: Pilot[Any]) -> LinkScreen:
    screen = pilot.app.screen
    assert isinstance(screen, LinkScreen)
    return screen


async def test_two_keys_link_the_best_sentence(lab: Lab) -> None:
    app = opened_on(lab, "library")
    async with app.run_test(size=(120, 40)) as pilot:
        await at(lab, pilot, "2604.00001")
        await pilot.press("plus")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        (piece,) = evidence(lab, 1)
        assert (piece.stance, piece.quote, piece.source) == ("for", BEST, "abstract")
        assert app.screen is library(app)
        text = " ".join(library(app).query_one(Detail).content.plain.split())
        assert f"evidence + H-1 “{BEST}”" in text
        await pilot.press("u")
        await settled(pilot)
        assert evidence(lab, 1) == ()


async def test_the_other_stances_and_the_hypothesis_used_last(lab: Lab) -> None:
    app = opened_on(lab, "library")
    async with app.run_test(size=(120, 40)) as pilot:
        await at(lab, pilot, "2604.00001")
        await pilot.press("L")
        await settled(pilot)
        await pilot.press("enter")  # which stance was not said: enter alone stores nothing
        await settled(pilot)
        screen = dialog(pilot)
        assert screen.target.statement == LATE
        await pilot.press("right")
        await settled(pilot)
        assert screen.target.id == 2
        await pilot.press("G", "0")
        await settled(pilot)
        (piece,) = evidence(lab, 2)
        assert (piece.stance, piece.quote) == ("context", "The cost is an index that is ten times larger.")
        await at(lab, pilot, "2604.00002")
        await pilot.press("minus")
        await settled(pilot)
        assert dialog(pilot).target.id == 2  # the one used last
        await pilot.press("left")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert [each.stance for each in evidence(lab, 1)] == ["against"]


async def test_a_sentence_speaks_once_and_may_change_sides(lab: Lab) -> None:
    app = opened_on(lab, "library")
    async with app.run_test(size=(80, 24)) as pilot:
        await at(lab, pilot, "2604.00001")
        await pilot.press("plus")
        await settled(pilot)
        await pilot.press("plus")
        await settled(pilot)
        await pilot.press("minus")
        await settled(pilot)
        assert "it is linked as for now" in str(dialog(pilot).query_one("#link-hint", Static).content)
        await pilot.press("minus")
        await settled(pilot)
        assert [each.stance for each in evidence(lab, 1)] == ["against"]


async def test_a_hypothesis_is_found_by_words_and_evidence_refined(lab: Lab) -> None:
    app = opened_on(lab, "library")
    async with app.run_test(size=(120, 40)) as pilot:
        await at(lab, pilot, "2604.00001")
        await pilot.press("plus")
        await settled(pilot)
        await pilot.press("slash")
        await settled(pilot)
        await pilot.press(*"rewr", "enter")
        await settled(pilot)
        assert dialog(pilot).target.id == 2
        await pilot.press("e")
        await settled(pilot)
        form = app.screen
        assert isinstance(form, FormScreen)
        await pilot.press("tab", *"-3", "ctrl+s")  # for, and contradiction: it is said, and the form stays
        await settled(pilot)
        assert app.screen is form
        assert "contradict each other" in str(form.query_one("#form-hint", Static).content)
        await pilot.press("ctrl+u", *"+3", "ctrl+s")
        await settled(pilot)
        (piece,) = evidence(lab, 2)
        assert (piece.stance, piece.scale) == ("for", 3)
        assert app.screen is library(app)


async def test_from_today_as_well(lab: Lab) -> None:
    app = opened_on(lab, "today")
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, TodayScreen)
        assert screen.table.move_to_id(lab.papers["2604.00001"])
        await settled(pilot)
        await pilot.press("plus")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert [each.quote for each in evidence(lab, 1)] == [BEST]


async def test_keys_typed_at_once_arrive(lab: Lab) -> None:
    from textual import events

    app = opened_on(lab, "library")
    async with app.run_test(size=(120, 40)) as pilot:
        await at(lab, pilot, "2604.00001")
        for key, character in (("plus", "+"), ("enter", "\r")):
            app.post_message(events.Key(key, character))
        await settled(pilot)
        await settled(pilot)
        assert [each.quote for each in evidence(lab, 1)] == [BEST]


async def test_without_hypotheses_it_says_how_to_begin(workspace: Workspace) -> None:
    lab = lab_of(workspace)
    app = opened_on(lab, "library")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await at(lab, pilot, "2604.00001")
        await pilot.press("plus")
        await settled(pilot)
        assert any("Write one first: 6, then n." in note.message for note in app._notifications)
        await pilot.press("question_mark")  # keys work on
        await settled(pilot)
        assert len(app.screen_stack) == 2


async def test_a_paper_that_changed_meanwhile_is_not_misquoted(lab: Lab) -> None:
    app = opened_on(lab, "library")
    async with app.run_test(size=(80, 24)) as pilot:
        await at(lab, pilot, "2604.00001")
        await pilot.press("plus")
        await settled(pilot)
        paper = lab.papers["2604.00001"]
        lab.write(lambda db: db.execute("UPDATE paper SET abstract = 'It was taken back.' WHERE id = ?", (paper,)))
        await pilot.press("enter")
        await settled(pilot)
        assert "no sentence '2'" in str(dialog(pilot).query_one("#link-hint", Static).content)
        assert evidence(lab, 1) == ()


async def test_read_only_links_nothing(lab: Lab) -> None:
    with open_workspace(lab.workspace.paths.home, read_only=True) as reading:
        app = opened_on(Lab(reading), "library")
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await at(lab, pilot, "2604.00001")
            await pilot.press("plus", "minus", "0", "L")
            await settled(pilot)
            assert len(app.screen_stack) == 1


async def test_hostile_texts_are_shown_as_they_are(lab: Lab) -> None:
    text = " ".join(HOSTILE)
    paper = lab.papers["2604.00001"]
    for sql in ("UPDATE paper SET title = ?, abstract = ? WHERE id = ?",):
        lab.write(lambda db, sql=sql: db.execute(sql, (text, text, paper)))  # type: ignore[misc]
    lab.write(lambda db: db.execute("UPDATE hypothesis SET statement = ?", (text,)))
    app = opened_on(lab, "library")
    async with app.run_test(size=(80, 24)) as pilot:
        await at(lab, pilot, "2604.00001")
        await pilot.press("plus")
        await settled(pilot)
        for key in ("j", "j", "j", "right", "slash", "escape"):
            await pilot.press(key)
            await settled(pilot)
            assert escapes(app) == []
        await pilot.press("plus")
        await settled(pilot)
        assert escapes(app) == []
        assert app.is_running


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
def test_what_it_looks_like(lab: Lab, snap_compare: Any, size: tuple[int, int]) -> None:
    async def linking(pilot: Pilot[Any]) -> None:
        await at(lab, pilot, "2604.00001")
        await pilot.press("plus")
        await settled(pilot)

    assert snap_compare(opened_on(lab, "library"), terminal_size=size, run_before=linking)
