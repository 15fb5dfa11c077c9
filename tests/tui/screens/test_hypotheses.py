"""Hypotheses and decisions as a person uses them; each step against a real workspace."""

from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Static

from library.workspace import Workspace
from planner.decisions.queries import memo
from planner.hypotheses.model import HypothesisDetail
from planner.hypotheses.queries import hypothesis
from planner.workspace import open_workspace
from tests.planner.hypotheses.conftest import Lab
from tests.tui.screens.driving import settled
from tests.tui.screens.programme import LATE, lab_of, opened_on, programme, room
from tests.tui.screens.test_hostile_text import HOSTILE, escapes
from tui.app import LabtopApp
from tui.screens.form import FormScreen
from tui.widgets.detail import Detail
from tui.widgets.empty import Empty
from tui.widgets.hypothesis_row import bar, cells, cost


@pytest.fixture(autouse=True)
def no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABTOP_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def lab(workspace: Workspace) -> Lab:
    return programme(workspace)


def stored(lab: Lab, number: int) -> HypothesisDetail:
    return lab.read(lambda db: hypothesis(db, number))


def detail(app: LabtopApp) -> str:
    return room(app).query_one(Detail).content.plain


def toasts(app: LabtopApp) -> str:
    return "\n".join(f"{note.title} {note.message}" for note in app._notifications)


async def typed(pilot: Pilot[Any], text: str) -> None:
    pilot.app.post_message(events.Paste(text))
    await pilot.pause()


async def test_the_list_tells_how_each_stands(lab: Lab) -> None:
    app = opened_on(lab)
    async with app.run_test(size=(160, 48)) as pilot:
        await settled(pilot)
        screen = room(app)
        rows = {id_: [cell[0] for cell in cells(row)] for id_, row in screen.hypotheses.items()}
        assert rows[1][:3] == ["H-1", LATE, "▲ blocked"]
        assert rows[1][3] == f".40→{screen.hypotheses[1].belief:.2f}".replace("→0", "→")
        assert rows[1][5:7] == ["+2", "−1"]  # the verdict counts, too
        assert rows[2][2:4] == ["✗ refuted", ".50→.05"]
        assert rows[3][2:4] == ["○ draft", "—"]
        assert screen.claims.move_to_id(1)
        await settled(pilot)
        text = detail(app)
        assert "▲ supported, blocked by latency p95" in text
        assert "nDCG@10 should increase by δ = 0.5 points or more" in text
        assert "V-1 supported, blocked by latency p95" in text
        assert "What would change our mind" in text
        beside = next(line for line in text.splitlines() if line.startswith("+ for"))
        assert "− against   1 sentence of 1 paper" in beside  # as high up, and as wide
        assert text.index("“Dense retrieval on long documents is no") > 0
        assert "✎ Only after tuning." in text


async def test_it_is_narrow_where_the_terminal_is(lab: Lab) -> None:
    app = opened_on(lab)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        screen = room(app)
        assert not screen.query_one(Detail).display
        await pilot.press("enter")
        await settled(pilot)
        assert screen.query_one(Detail).display
        assert not screen.claims.display
        first = screen.claims.cursor_id
        await pilot.press("J")
        await settled(pilot)
        assert screen.claims.cursor_id != first
        assert detail(app).startswith(f"H-{screen.claims.cursor_id}")
        await pilot.press("escape")
        assert app.focused is screen.claims
        assert screen.claims.display


async def test_a_new_hypothesis_and_what_is_near_it(lab: Lab) -> None:
    app = opened_on(lab)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await settled(pilot)
        await pilot.press("n")
        await settled(pilot)
        await typed(pilot, "Late interaction beats dense retrieval on long texts")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert stored(lab, 4).row.statement == "Late interaction beats dense retrieval on long texts"
        assert room(app).claims.cursor_id == 4
        assert "nearly H-1" in toasts(app)
        await pilot.press("u")
        await settled(pilot)
        assert 4 not in room(app).hypotheses


async def test_editing_stores_what_was_changed(lab: Lab) -> None:
    app = opened_on(lab)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        room(app).claims.move_to_id(3)
        await pilot.press("e")
        await settled(pilot)
        assert isinstance(app.screen, FormScreen)
        await pilot.press("pagedown")
        await typed(pilot, "MRR")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert stored(lab, 3).values["metric"] == "MRR"
        assert "MRR should increase" in detail(app)


async def test_moving_needs_what_the_table_of_states_asks_for(lab: Lab) -> None:
    app = opened_on(lab)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        screen = room(app)
        screen.claims.move_to_id(3)
        await pilot.press("m")
        await settled(pilot)
        form = app.screen
        assert "ready to be tested" in str(form.query_one("#form-about", Static).content)
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert app.screen is form
        assert "it lacks metric" in str(form.query_one("#form-hint", Static).content)
        await pilot.press("right", "tab")
        await typed(pilot, "nobody has time for it")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert lab.state(3) == "retired"
        assert stored(lab, 3).moves[-1].reason == "nobody has time for it"
        await pilot.press("u")
        await settled(pilot)
        assert lab.state(3) == "draft"


async def test_a_belief_is_read_at_its_field(lab: Lab) -> None:
    app = opened_on(lab)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        room(app).claims.move_to_id(2)
        await pilot.press("b")
        await settled(pilot)
        form = app.screen
        assert isinstance(form, FormScreen)
        await typed(pilot, "100 %")
        await pilot.press("tab")
        assert "between 0 and 1" in form.form.entries[0].problem
        await typed(pilot, "a third replication worked")
        await pilot.press("shift+tab", "ctrl+u")
        await typed(pilot, "30 %")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert stored(lab, 2).beliefs[-1].value == pytest.approx(0.3)
        assert ".05 → .30" in detail(app)


async def test_evidence_is_revised_and_taken_away(lab: Lab) -> None:
    app = opened_on(lab)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        room(app).claims.move_to_id(1)
        await settled(pilot)
        await pilot.press("v")
        await settled(pilot)
        await typed(pilot, "no worse")
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, FormScreen)
        await pilot.press("tab", "ctrl+u")
        await typed(pilot, "-1")
        await pilot.press("ctrl+s")
        await settled(pilot)
        (against,) = [each for each in stored(lab, 1).evidence if each.stance == "against"]
        assert (against.scale, against.note) == (-1, "Only after tuning.")
        await pilot.press("v")
        await settled(pilot)
        await typed(pilot, "no worse")
        await pilot.press("enter")
        await settled(pilot)
        await pilot.press("shift+tab", "right", "ctrl+s")
        await settled(pilot)
        assert not [each for each in stored(lab, 1).evidence if each.stance == "against"]
        assert "− against   nothing is recorded" in detail(app)


async def test_papers_that_speak_of_it_are_looked_for_in_the_library(lab: Lab) -> None:
    app = opened_on(lab)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        room(app).claims.move_to_id(2)
        await pilot.press("L")
        await settled(pilot)
        assert app.current_mode == "library"
        assert app.linking == 2


async def test_the_filter(lab: Lab) -> None:
    app = opened_on(lab)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        screen = room(app)
        await pilot.press("slash", *"refuted")
        await settled(pilot)
        assert list(screen.claims.ids) == [2]
        screen.field.value = "#retrieval ada"
        await settled(pilot)
        assert list(screen.claims.ids) == [1]
        screen.field.value = "nothing of it"
        await settled(pilot)
        assert "Nothing has these words" in str(screen.query_one(Empty).content)
        await pilot.press("escape", "escape")
        await settled(pilot)
        assert len(screen.claims.ids) == 3
        assert app.focused is screen.claims


async def test_a_memo_from_draft_to_accepted(lab: Lab) -> None:
    app = opened_on(lab)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await settled(pilot)
        screen = room(app)
        screen.claims.move_to_id(2)
        await pilot.press("D")
        await settled(pilot)
        await typed(pilot, "stop")
        await pilot.press("enter")
        await settled(pilot)
        assert screen.tabs.current == "decisions"
        assert screen.decision is not None
        assert screen.decision.label == "D-2"
        assert "two replications failed" in detail(app)  # drafted from the record
        await pilot.press("e")
        await settled(pilot)
        await pilot.press("ctrl+g")
        await settled(pilot)
        await typed(pilot, "deciders")
        await pilot.press("enter")
        await settled(pilot)
        await typed(pilot, "kim")
        await pilot.press("ctrl+s")
        await settled(pilot)
        await pilot.press("p")
        await settled(pilot)
        assert lab.read(lambda db: memo(db, 2)).row.state == "proposed"
        assert "deciders (kim)" in detail(app)
        await pilot.press("a")
        await settled(pilot)
        await pilot.press("ctrl+s")  # nobody approves their own
        await settled(pilot)
        assert "ada" in str(app.screen.query_one("#form-hint", Static).content)
        await pilot.press("escape")
        await settled(pilot)
    with open_workspace(lab.workspace.paths.home, person="kim") as theirs:
        other = opened_on(Lab(theirs))
        async with other.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            await pilot.press("full_stop")
            await settled(pilot)
            assert room(other).decision.label == "D-2"  # type: ignore[union-attr]  # what waits comes first
            await pilot.press("r")
            await settled(pilot)
            await pilot.press("ctrl+s")
            await settled(pilot)
            assert other.screen.form.entries[0].problem == "is needed"  # type: ignore[attr-defined]
            await typed(pilot, "too early")
            await pilot.press("ctrl+s")
            await settled(pilot)
    assert lab.read(lambda db: memo(db, 2)).row.state == "rejected"


async def test_incidents_and_requests(lab: Lab) -> None:
    app = opened_on(lab)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await settled(pilot)
        screen = room(app)
        await pilot.press("full_stop", "n")
        await settled(pilot)
        await typed(pilot, "incident")
        await pilot.press("enter")
        await settled(pilot)
        await typed(pilot, "A label leaked")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert screen.decision is not None
        assert (screen.decision.label, screen.decision.state) == ("I-2", "open")
        await pilot.press("c")
        await settled(pilot)
        await typed(pilot, "the split was by row")
        await pilot.press("tab")
        await typed(pilot, "split by user")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert screen.decided[screen.decisions.cursor_id or 0].state == "closed"
        assert "split by user" in detail(app)
        await pilot.press("n")
        await settled(pilot)
        await typed(pilot, "request")
        await pilot.press("enter")
        await settled(pilot)
        await pilot.press("tab")
        await typed(pilot, "200 GPU-hours more")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert screen.decision.label == "A-1"
        assert "200 GPU-hours more" in detail(app)
        await pilot.press("W")
        await settled(pilot)
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert "A-1" not in {row.label for row in screen.decided.values()}


async def test_a_key_that_does_not_apply_is_not_offered(lab: Lab) -> None:
    app = opened_on(lab)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)

        def live() -> set[str]:
            return {str(each.binding.id) for each in app.screen.active_bindings.values()}

        assert "hypotheses.move" in live()
        assert not {"hypotheses.propose", "hypotheses.close", "hypotheses.accept"} & live()
        await pilot.press("full_stop")
        await settled(pilot)
        room(app).decisions.move_to_id(next(i for i, row in room(app).decided.items() if row.label == "D-1"))
        await settled(pilot)
        assert "hypotheses.propose" in live()
        assert not {"hypotheses.move", "hypotheses.close", "hypotheses.accept"} & live()


async def test_copied_as_text(lab: Lab) -> None:
    app = opened_on(lab)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        room(app).claims.move_to_id(1)
        await pilot.press("y")
        await settled(pilot)
        assert LATE in " ".join(app.clipboard.split())
        await pilot.press("full_stop", "y")
        await settled(pilot)
        assert "Two seeds shared a cache" in app.clipboard


async def test_keys_right_behind_the_tab_key_are_for_the_new_tab(lab: Lab) -> None:
    app = opened_on(lab)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert room(app).claims.cursor == room(app).decisions.cursor == 0
        for key in ("full_stop", "j", "comma", "j", "j", "full_stop"):  # all before the first is answered
            app.post_message(events.Key(key, None))
        await settled(pilot)
        assert not room(app).on_claims
        assert room(app).decisions.cursor == 1
        assert room(app).claims.cursor == min(2, len(room(app).claims.ids) - 1)


@pytest.mark.parametrize("size", [(80, 24), (160, 48), (40, 12)])
async def test_an_empty_room_teaches(workspace: Workspace, size: tuple[int, int]) -> None:
    app = opened_on(lab_of(workspace))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        assert "n    write the first one" in str(room(app).query_one(Empty).content)
        await pilot.press("m", "b", "e", "v", "D", "L", "y", "enter", "full_stop")
        await settled(pilot)
        assert "begin a memo" in str(room(app).query_one(Empty).content)
        await pilot.press("p", "a", "c", "o", "comma")
        await settled(pilot)
        assert len(app.screen_stack) == 1
        await pilot.press("n")
        await settled(pilot)
        await typed(pilot, "The first claim")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert list(room(app).claims.ids) == [1]


async def test_read_only_changes_nothing(lab: Lab) -> None:
    before = lab.everything()
    with open_workspace(lab.workspace.paths.home, read_only=True) as reading:
        app = opened_on(Lab(reading))
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            await settled(pilot)
            await pilot.press("n", "e", "E", "m", "b", "v", "L", "D", "P", "full_stop", "n", "e", "p", "a", "c", "W")
            await settled(pilot)
            assert len(app.screen_stack) == 1
            assert "read-only" in toasts(app)
    assert lab.everything() == before


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_hostile_texts_are_shown_as_they_are(workspace: Workspace, size: tuple[int, int]) -> None:
    lab = lab_of(workspace)
    paper = lab.papers["2604.00001"]
    for text in HOSTILE:
        number = lab.active(statement="to be", owner="x", tags="y")
        lab.write(
            lambda db, n=number, t=text: db.execute(  # type: ignore[misc]  # as if labtop had not cleaned it
                "UPDATE hypothesis SET statement = ?, mechanism = ?, problem = ?, owner = ?, unit = ? WHERE id = ?",
                (t, t, t, t, t, n),
            )
        )
        lab.insert(
            "evidence",
            **{"hypothesis_id": number, "stance": "for", "note": text, "paper_id": paper, "source": "abstract"},
            **{"version": 1, "start": 0, "end": 3, "text_hash": "", "quote": text or "-", "quote_hash": str(number)},
            **{"person": text or "-", "at": "2026-04-01T00:00:00Z"},
        )
        lab.insert(
            "incident",
            **{"title": text or "-", "happened_on": "2026-04-01", "trigger": text, "owner": text},
            **{"created_by": "ada", "created_at": "2026-04-01T00:00:00Z", "updated_at": "2026-04-01T00:00:00Z"},
        )
    app = opened_on(lab)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        seen = []
        await pilot.press("enter")
        for _ in HOSTILE:
            await pilot.press("J")
            await settled(pilot)
            seen.append(detail(app))
            assert escapes(app) == []
        assert any("[@click=app.quit]click me[/]" in text for text in seen)
        await pilot.press("escape", "v")
        await settled(pilot)
        assert escapes(app) == []
        await pilot.press("escape", "full_stop")
        for _ in HOSTILE:
            await pilot.press("j")
            await settled(pilot)
            assert escapes(app) == []
        assert app.is_running


def test_bars_and_costs_invent_nothing() -> None:
    assert bar(None) == ""
    assert (bar(0.001), bar(0.5, 4), bar(0.999)) == ("▇▁▁▁▁", "▇▇▁▁", "▇▇▇▇▁")
    assert [cost(None, 0), cost(None, 2), cost(0.0, 0), cost(1234.5, 1)] == ["—", "?", "0", "1,234+?"]


async def ready(pilot: Pilot[Any]) -> None:
    await settled(pilot)
    pilot.app.get_screen_stack("hypotheses")[0].claims.move_to_id(1)  # type: ignore[attr-defined]
    await settled(pilot)


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
def test_what_it_looks_like(lab: Lab, snap_compare: Any, size: tuple[int, int]) -> None:
    assert snap_compare(opened_on(lab), terminal_size=size, run_before=ready)


def test_what_the_detail_looks_like_where_it_is_narrow(lab: Lab, snap_compare: Any) -> None:
    async def inside(pilot: Pilot[Any]) -> None:
        await ready(pilot)
        await pilot.press("enter", "pagedown")
        await settled(pilot)

    assert snap_compare(opened_on(lab), terminal_size=(80, 24), run_before=inside)


def test_what_decisions_look_like(lab: Lab, snap_compare: Any) -> None:
    async def decisions(pilot: Pilot[Any]) -> None:
        await ready(pilot)
        await pilot.press("full_stop", "j")
        await settled(pilot)

    assert snap_compare(opened_on(lab), terminal_size=(160, 48), run_before=decisions)


def test_what_an_empty_room_looks_like(workspace: Workspace, snap_compare: Any) -> None:
    async def empty(pilot: Pilot[Any]) -> None:
        await settled(pilot)

    assert snap_compare(opened_on(lab_of(workspace)), terminal_size=(80, 24), run_before=empty)
