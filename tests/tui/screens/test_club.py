"""The Club as a person uses it; each step against a real workspace."""

from pathlib import Path
from typing import Any

import icalendar
import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Static

from library.club import minutes
from library.club.queries import proposals, sessions
from library.records import store
from library.workspace import Workspace
from planner.experiments.kind import EXPERIMENT
from planner.hypotheses.balance import evidence_on_paper
from tests.library.club.conftest import draft
from tests.tui.screens.clubbing import Dated, club_of, detail, notes, opened, room, running
from tests.tui.screens.driving import settled
from tests.tui.screens.test_hostile_text import HOSTILE, escapes
from tui.app import LabtopApp
from tui.screens.form import FormScreen
from tui.screens.note import NoteScreen
from tui.screens.prompt import Ask
from tui.widgets.detail import Detail
from tui.widgets.empty import Empty


@pytest.fixture(autouse=True)
def no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABTOP_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def club(workspace: Workspace) -> Dated:
    return running(workspace)


async def typed(pilot: Pilot[Any], text: str) -> None:
    pilot.app.post_message(events.Paste(text))
    await pilot.pause()


async def press(pilot: Pilot[Any], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


def states(club: Dated) -> dict[int, str]:
    return {each.id: each.state for each in club.read(proposals)}


async def test_what_is_next_stands_first_with_its_prep_pack(club: Dated) -> None:
    app = opened(club)
    async with app.run_test(size=(160, 48)) as pilot:
        await settled(pilot)
        screen = room(app)
        assert list(screen.table.ids) == [2, 3]
        text = detail(app)
        for words in (
            "S-2  Thursday 5 March 2026, 16:00–17:00  Europe/Berlin",
            "○ planned · in 3 days · Room 4 · https://meet.example/club",
            "presenter  ada",
            "backup     kim",
            "· who comes to the workshop",
            "picked     ada: Half the index.",
            "votes of kim, lee",
            "made from the record by templates: nobody wrote a critique",
            "it has no vector yet",
        ):
            assert words in text, words
        assert "next Thu 5 Mar 16:00 · you present" in screen.tabs.render().plain
        await press(pilot, "j")
        assert "None yet: > on a proposal puts one on it." in detail(app)


async def test_votes_go_up_and_down_and_the_list_follows(club: Dated) -> None:
    app = opened(club)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "full_stop")
        screen = room(app)
        assert list(screen.table.ids) == [3, 4, 2, 1]
        screen.table.move_to_id(4)
        await press(pilot, "v")
        assert club.read(proposals)[1].votes == ("ada",)
        assert "1 vote" in detail(app)
        assert screen.table.cursor_id == 4
        await press(pilot, "v")
        assert club.read(proposals)[1].votes == ()
        await press(pilot, "u")
        assert club.read(proposals)[1].votes == ("ada",)


async def test_a_paper_is_proposed_by_its_words(club: Dated) -> None:
    app = opened(club)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await settled(pilot)
        await pilot.press("p")
        await settled(pilot)
        await typed(pilot, "chunkers")
        await pilot.press("enter")
        await settled(pilot)
        await typed(pilot, "We chunk long documents.")
        await press(pilot, "enter")
        found = next(each for each in club.read(proposals) if each.id == 5)
        assert (found.title, found.why) == ("What chunkers miss on long documents", "We chunk long documents.")
        assert room(app).tab == "proposals"
        assert room(app).table.cursor_id == 5


async def test_what_somebody_proposed_already_is_voted_for(club: Dated) -> None:
    app = LabtopApp(club.workspace, start="library", background=False)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await settled(pilot)
        table = app.screen.query_one("VirtualTable")
        assert table.move_to_id(club.papers[2])  # type: ignore[attr-defined]
        await press(pilot, "p")
        found = next(each for each in club.read(proposals) if each.id == 3)
        assert "ada" in found.votes
        assert "kim proposed it already (P-3)" in notes(app)


async def test_what_was_discussed_needs_a_yes(club: Dated) -> None:
    app = LabtopApp(club.workspace, start="library", background=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert app.screen.query_one("VirtualTable").move_to_id(club.papers[900])  # type: ignore[attr-defined]
        await press(pilot, "p", "enter")
        said = "\n".join(str(each.content) for each in app.screen.query(Static))
        assert "already discussed on 2026-02-19 (S-1)" in said
        await press(pilot, "escape")
        assert len(club.read(proposals)) == 4
        await press(pilot, "p", "enter", "y")
        assert [each.again for each in club.read(proposals) if each.paper_id == club.papers[900]] == [True, False]


async def test_a_session_is_planned_with_what_most_want(club: Dated) -> None:
    app = opened(club)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "n")
        assert isinstance(app.screen, FormScreen)
        await press(pilot, "ctrl+s")
        found = club.session(4)
        assert (found.day, found.time, found.zone, found.place) == ("2026-04-02", "16:00", "Europe/Berlin", None)
        assert [slot.proposal_id for slot in found.slots] == [3]
        assert found.presenter is not None
        assert room(app).table.cursor_id == 4
        assert states(club)[3] == "scheduled"


async def test_marked_proposals_go_onto_a_session_and_off_again(club: Dated) -> None:
    app = opened(club)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "full_stop", "g", "space", "space")
        assert room(app).table.marks == {3, 4}
        await press(pilot, ">")
        assert isinstance(app.screen, Ask)
        await press(pilot, "down", "enter")  # the second planned one
        assert [slot.proposal_id for slot in club.session(3).slots] == [3, 4]
        await press(pilot, "escape")
        room(app).table.move_to_id(4)
        await press(pilot, "<")
        assert [slot.proposal_id for slot in club.session(3).slots] == [3]


async def test_turns_by_rotation_by_name_and_exchanged(club: Dated) -> None:
    app = opened(club)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "R")
        await typed(pilot, "kim")
        await press(pilot, "enter")
        assert club.session(2).presenter == "kim"
        await press(pilot, "r")
        assert club.session(2).presenter == "ada"
        assert "presenter  ada" in detail(app)
        before = club.session(3).presenter
        await press(pilot, "S", "enter")
        assert (club.session(2).presenter, club.session(3).presenter) == (before, "ada")
        assert "in ada’s place, exchanged with S-3" in detail(app)


async def test_minutes_in_place_are_a_draft_until_they_are_stored(club: Dated) -> None:
    app = opened(club)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "full_stop", "full_stop", "full_stop")
        assert room(app).tab == "history"
        await press(pilot, "m")
        assert isinstance(app.screen, NoteScreen)
        await typed(pilot, "\n- action: write to them @ada")
        await press(pilot, "escape")
        assert "Press m again" in notes(app)
        assert len(club.session(1).decisions) == 2
        await press(pilot, "m", "ctrl+s")
        assert [one.text for one in club.session(1).decisions][2] == "write to them"
        assert "M-3  ○ action     write to them  ada" in detail(app)


async def test_minutes_in_an_editor(club: Dated, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def edit(_app: object, path: Path, **_: object) -> None:
        seen.append(path.read_text(encoding="utf-8"))
        path.write_text(seen[-1] + "Good.\n", encoding="utf-8")

    monkeypatch.setattr("tui.screens.club_minutes.edit_file", edit)
    app = opened(club)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "M")
        assert seen == ["# Late interaction at half the index\n\n\n"]
        assert club.session(2).minutes == "# Late interaction at half the index\n\n\nGood."
        assert club.session(2).state == "planned"  # it is still to come
        assert "still planned for 2026-03-05" in notes(app)


async def test_a_session_is_held_by_somebody_else(club: Dated) -> None:
    app = opened(club)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "h")
        await typed(pilot, "kim")
        await press(pilot, "enter")
        found = club.session(2)
        assert (found.state, found.presenter, found.due) == ("held", "kim", "ada")
        assert states(club)[2] == "discussed"
        assert list(room(app).table.ids) == [3]


async def test_decisions_become_an_experiment_and_evidence(club: Dated) -> None:
    app = opened(club)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "comma", "t", "enter")  # which decision: the experiment
        assert isinstance(app.screen, FormScreen)
        await press(pilot, "ctrl+s")
        assert club.session(1).decisions[0].taken == "E-1"
        values = club.read(lambda db: store.get(db, EXPERIMENT, 1))
        assert (values["title"], values["owner"]) == ("try it on our index", "kim")
        assert "→ E-1" in detail(app)
        await press(pilot, "t", "enter")  # evidence: on H-1
        await typed(pilot, "2.1 points")
        await press(pilot, "enter", "enter")  # the sentence, then "for"
        (piece,) = club.read(lambda db: evidence_on_paper(db, club.papers[900]))
        assert (piece.stance, piece.quote) == ("for", "Late interaction wins on long documents by 2.1 points.")
        assert not any(one.open for one in club.session(1).decisions)
        await press(pilot, "u")
        assert club.session(1).decisions[1].taken is None
        assert "○ evidence" in detail(app)


async def test_members_come_go_and_are_away(club: Dated) -> None:
    app = opened(club)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "full_stop", "full_stop", "n")
        await typed(pilot, "Noor")
        await press(pilot, "ctrl+s")
        assert [each.name for each in room(app).members.values()] == ["kim", "ada", "lee", "Noor"]
        assert room(app).table.cursor_id == 4
        await press(pilot, "a")
        await typed(pilot, "2026-03-05")
        await press(pilot, "ctrl+s")
        assert [one.first_day for one in room(app).members[4].absences] == ["2026-03-05"]
        assert "2026-03-05" in detail(app)
        await press(pilot, "X", "y")
        assert room(app).members[4].left_on == "2026-03-02"
        await press(pilot, "u", "u", "u")
        assert list(room(app).members) == [1, 2, 3]


async def test_a_session_is_changed_and_cancelled(club: Dated) -> None:
    app = opened(club)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "e")
        await pilot.press("end", *["backspace"] * 2)
        await typed(pilot, "06")
        await press(pilot, "ctrl+s")
        assert (club.session(2).day, club.session(2).sequence) == ("2026-03-06", 1)
        await press(pilot, "X")
        await typed(pilot, "flu")
        await press(pilot, "enter")
        assert (club.session(2).state, club.session(2).reason) == ("cancelled", "flu")
        assert states(club)[2] == "open"
        assert list(room(app).table.ids) == [3]


async def test_a_calendar_file(club: Dated, tmp_path: Path) -> None:
    app = opened(club)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "i")
        await pilot.press("ctrl+u")
        await typed(pilot, str(tmp_path / "club.ics"))
        await press(pilot, "enter")
    events_ = icalendar.Calendar.from_ical((tmp_path / "club.ics").read_bytes()).walk("VEVENT")
    assert len(events_) == len(club.read(sessions)) == 3


async def test_the_filter_and_the_library(club: Dated) -> None:
    app = opened(club)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "full_stop", "slash")
        await typed(pilot, "negatives")
        await settled(pilot)
        assert list(room(app).table.ids) == [3]
        await press(pilot, "enter", "O")
        assert app.current_mode == "library"
        await press(pilot, "5", "escape")
        assert len(room(app).table.ids) == 4


async def test_a_colleague_votes_meanwhile(club: Dated) -> None:
    app = opened(club)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "full_stop")
        club.vote(4, "lee", "noor")
        for _ in range(40):
            await pilot.pause(0.1)
            if room(app).proposals[4].votes:
                break
        await settled(pilot)
        assert room(app).table.ids[0] == 4


async def test_an_empty_club_says_how_to_begin(workspace: Workspace) -> None:
    group = club_of(workspace)
    app = opened(group)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        for words in ("n    plans a session", "p    finds a paper", "n    adds a member", "Nothing was discussed yet"):
            assert words in str(room(app).query_one(Empty).content), words
            await press(pilot, "full_stop")


async def test_narrow_has_the_detail_over_the_list(club: Dated) -> None:
    app = opened(club)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert not room(app).query_one(Detail).display
        await press(pilot, "enter")
        assert room(app).query_one(Detail).display
        assert not room(app).table.region
        await press(pilot, "J")
        assert detail(app).startswith("S-3")
        await press(pilot, "escape")
        assert app.focused is room(app).table


async def test_read_only_changes_nothing(club: Dated) -> None:
    from planner.workspace import open_workspace

    before = club.rows("SELECT count(*) FROM journal")
    with open_workspace(club.workspace.paths.home, read_only=True) as workspace:
        app = LabtopApp(workspace, start="club", background=False)
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            await settled(pilot)
            await press(pilot, "r", "n", "m", "h", "full_stop", "v", "p")
            assert "read-only" in notes(app)
    assert club.rows("SELECT count(*) FROM journal") == before


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_hostile_words_stay_words(workspace: Workspace, size: tuple[int, int]) -> None:
    group = club_of(workspace)
    odd = [text for text in HOSTILE if text.strip()]
    group.put(*(draft(100 + place, text) for place, text in enumerate(odd)))
    group.join("[/b] Kim", "漢字 [@click=app.quit]x[/]")
    for place, text in enumerate(odd):
        number = group.propose(100 + place, "[/x] kim", text[:3000])
        group.vote(number, "[u]v")
        made = group.plan("2026-03-05", 100 + place, topic=text[:200], place=text[:200], link=text[:200], agenda=text)
        said = f"{text}\n- action: x {text[:100]}"
        group.write(lambda db, n=made, t=said: minutes.write_minutes(db, "kim", n, t, now=group.workspace.clock.now()))
    app = opened(group)
    async with app.run_test(size=size, notifications=True) as pilot:
        await settled(pilot)
        for tab in range(4):
            for _ in odd if tab == 0 else odd[:2]:
                await pilot.press("j")
                await pilot.pause(0.02)
                assert escapes(app) == []
            await press(pilot, "enter")
            assert escapes(app) == []
            await press(pilot, "escape", "full_stop")
        for key in ("S", "R", "m", "X"):
            await press(pilot, key, "escape")
            assert escapes(app) == []
        assert app.is_running
