"""The reading queue as a person uses it; each step against a real workspace."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from library.papers import commands
from library.reading.critiques import own_critique
from library.reading.model import Entry, State
from library.reading.queue import queue
from library.reading.quotes import quotes_of
from library.settings import ReadingSettings
from library.workspace import Workspace
from planner.workspace import open_workspace
from tests.tui.screens.driving import app_of, library, settled
from tests.tui.screens.reading import TITLES, filled, opened_on_reading, room
from tests.tui.screens.test_hostile_text import HOSTILE, escapes
from tui.app import LabtopApp
from tui.screens.difference import DifferenceScreen
from tui.screens.form import FormScreen
from tui.screens.quote import QuoteScreen
from tui.screens.sure import Sure
from tui.widgets.detail import Detail
from tui.widgets.empty import Empty

ALL: tuple[State, ...] = ("reading", "queued", "read", "dropped")


@pytest.fixture(autouse=True)
def no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABTOP_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def lab(workspace: Workspace) -> Workspace:
    return filled(workspace)


def stored(lab: Workspace, *states: State, person: str = "ada") -> list[Entry]:
    return list(lab.store.read(lambda db: queue(db, person, states or ALL)).result())


def numbers(lab: Workspace, *states: State) -> list[int]:
    return [TITLES.index(entry.title) + 1 for entry in stored(lab, *states)]


def shown(app: LabtopApp) -> list[int]:
    screen = room(app)
    return [TITLES.index(screen.entries[id_].title) + 1 for id_ in screen.table.ids]


def detail(app: LabtopApp) -> str:
    return room(app).query_one(Detail).content.plain


def toasts(app: LabtopApp) -> str:
    return "\n".join(f"{note.title} {note.message}" for note in app._notifications)


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Keys, one after the other; "text:…" is typed."""
    for key in keys:
        await pilot.press(*(key[5:] if key.startswith("text:") else [key]))
        await settled(pilot)


async def test_what_is_read_comes_first_and_the_detail_tells_all(lab: Workspace) -> None:
    app = opened_on_reading(lab)
    async with app.run_test(size=(160, 48)) as pilot:
        await settled(pilot)
        assert shown(app) == [2, 3, 1, 4]
        assert room(app).tabs.notes == {"queue": "4", "read": "1", "dropped": "1"}
        text = detail(app)
        assert "◑ reading since 10 Apr 2026" in text
        assert "60 %" in text
        assert "21 Apr 2026: ▲ tomorrow" in text
        assert "Tried it: tuned on our help pages." in text
        await press(pilot, "j", "j")
        text = detail(app)
        assert text.startswith("▲ v2 changed the abstract since you queued it (v1)")
        assert "●●●●○ 4/5" in text
        assert "written before another version changed the abstract" in text
        assert "only an earlier version says so" in text
        assert text.index("Two collections only.") < text.index("five collections"), "what one wrote comes first"


async def test_a_paper_goes_on_and_back_and_undo_follows(lab: Workspace) -> None:
    app = opened_on_reading(lab)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, ">")
        assert numbers(lab, "read") == [2, 5]
        assert shown(app) == [3, 1, 4]
        await press(pilot, "full_stop")
        assert shown(app) == [2, 5]
        await press(pilot, "<")
        assert shown(app) == [5]
        await press(pilot, ">")
        assert "read already" in toasts(app)
        await press(pilot, "comma", "u", "u")
        assert shown(app) == [2, 3, 1, 4]
        assert numbers(lab, "read") == [5]
        await press(pilot, "g", "space", "space", "<")
        assert numbers(lab, "reading") == []
        assert shown(app) == [1, 2, 3, 4]


async def test_beyond_the_limit_it_asks(lab: Workspace) -> None:
    lab = replace(lab, settings=replace(lab.settings, reading=ReadingSettings(in_progress=2)))
    app = opened_on_reading(lab)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "j", "j", ">")
        assert isinstance(app.screen, Sure)
        await press(pilot, "n")
        assert numbers(lab, "reading") == [2, 3]
        await press(pilot, ">", "y")
        assert numbers(lab, "reading") == [1, 2, 3]
        assert "▲ reading 3 of 2" in room(app).tabs.render().plain


async def test_the_order_by_hand_follows_the_cursor(lab: Workspace) -> None:
    app = opened_on_reading(lab)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "shift+down")
        assert shown(app) == [3, 2, 1, 4]
        assert room(app).table.cursor == 1, "the cursor stays on its paper"
        await press(pilot, "shift+up", "shift+up")
        assert shown(app) == [2, 3, 1, 4]
        await press(pilot, "G", "T")
        assert shown(app) == [2, 3, 4, 1]
        await press(pilot, "B", "u", "u")
        assert shown(app) == [2, 3, 1, 4]
        await press(pilot, "R", "R")
        assert room(app).order == "due"
        assert shown(app) == [2, 3, 4, 1]
        await press(pilot, "shift+up")
        assert "another order" in toasts(app)
        await press(pilot, "R")
        assert room(app).order == "age"
        await press(pilot, "R")
        assert shown(app) == [2, 3, 1, 4]


async def test_due_and_progress_are_asked_until_they_can_be_read(lab: Workspace) -> None:
    app = opened_on_reading(lab)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "d", "text:soon", "enter")
        assert app.screen.query_one(Input).value == ""
        assert "is no day" in str(app.screen.query(".dialog-title").first().render())
        await press(pilot, "text:fri", "enter")
        assert stored(lab, "reading")[0].due == "2026-04-24"
        await press(pilot, "%", "text:x", "enter")
        await press(pilot, "backspace", "backspace", "text:3/4", "enter")
        assert stored(lab, "reading")[0].progress == 75
        await press(pilot, "d", "text:none", "enter")
        assert stored(lab, "reading")[0].due is None


async def test_a_critique_is_a_form_of_which_nothing_is_needed(lab: Workspace) -> None:
    app = opened_on_reading(lab)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "c")
        assert isinstance(app.screen, FormScreen)
        await press(pilot, "ctrl+s")
        assert isinstance(app.screen, FormScreen), "empty, it is none"
        await press(pilot, "text:Weak baselines", "tab", "2", "ctrl+s")
        own = lab.store.read(lambda db: own_critique(db, "ada", stored(lab)[0].id)).result()
        assert own is not None
        assert own.line == "2/5 Weak baselines"
        await settled(pilot)
        assert "Weak baselines" in detail(app) or app.size.width < 100
        assert stored(lab)[0].remark == "2/5 Weak baselines"
        await press(pilot, "c", "end", "text:!", "escape")
        assert "draft" in toasts(app)
        await press(pilot, "c")
        assert "Weak baselines!" in [entry.text for entry in app.screen.form.entries]


async def test_sentences_are_taken_down_one_after_the_other(lab: Workspace) -> None:
    app = opened_on_reading(lab)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, '"')
        assert isinstance(app.screen, QuoteScreen)
        await press(pilot, "enter", "j", "e", "text:Really", "ctrl+s")
        paper = stored(lab)[0].id
        found = lab.store.read(lambda db: quotes_of(db, paper)).result()
        assert [(each.quote, each.remark) for each in found] == [
            ("We study thing 2.", None),
            ("It works on long documents.", "Really"),
        ]
        await press(pilot, "k", '"')
        assert len(lab.store.read(lambda db: quotes_of(db, paper)).result()) == 1
        await press(pilot, "escape", "u")
        assert len(lab.store.read(lambda db: quotes_of(db, paper)).result()) == 2


async def test_what_changed_is_shown_and_then_known(lab: Workspace) -> None:
    app = opened_on_reading(lab)
    async with app.run_test(size=(160, 48)) as pilot:
        await settled(pilot)
        await press(pilot, "v")
        assert "nothing to compare" in toasts(app)
        await press(pilot, "j", "j", "v")
        assert isinstance(app.screen, DifferenceScreen)
        text = app.screen.query_one(Detail).content.plain
        assert "v1 → v2   3 words of the abstract went, 3 words came" in text
        assert "on two five collections" in text
        await press(pilot, "c")
        assert "holds of v2" in toasts(app)
        await press(pilot, "enter")
        assert not isinstance(app.screen, DifferenceScreen)
        assert not detail(app).startswith("▲")
        assert "written before" not in detail(app)
        await press(pilot, "u", "u")
        assert detail(app).startswith("▲")


async def test_dropping_and_coming_back(lab: Workspace) -> None:
    app = opened_on_reading(lab)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "X")
        assert numbers(lab, "dropped") == [2, 6]
        await press(pilot, "comma")
        assert shown(app) == [2, 6]
        await press(pilot, "j", "X")
        assert numbers(lab, "dropped") == [2]


async def test_deciding_in_the_library_fills_the_queue_behind(lab: Workspace) -> None:
    app = opened_on_reading(lab)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "X", "3")
        dropped = stored(lab, "dropped")[0].id
        library(app).show_paper(dropped)
        await settled(pilot)
        await press(pilot, "escape", "f")
        await press(pilot, "4")
        assert dropped in room(app).table.ids, "a star brings it back"


async def test_the_filter_and_what_is_said_of_nothing(lab: Workspace) -> None:
    app = opened_on_reading(lab)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "slash", "text:latency")
        assert shown(app) == [1], "the remark is searched as well"
        await press(pilot, "text:zz")
        assert shown(app) == []
        assert "esc takes the filter away" in str(room(app).query_one(Empty).render())
        await press(pilot, "enter", "escape")
        assert shown(app) == [2, 3, 1, 4]


async def test_an_empty_queue_teaches(workspace: Workspace) -> None:
    app = opened_on_reading(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        said = str(room(app).query_one(Empty).render())
        assert "Nothing waits to be read" in said
        assert "labtop queue add" in said
        await press(pilot, "c", '"', "v", ">", "d", "%", "X", "T", "R", "full_stop")
        assert app.screen is room(app)
        assert "Nothing is read yet" in str(room(app).query_one(Empty).render())


async def test_a_colleague_has_another_queue(lab: Workspace) -> None:
    app = opened_on_reading(replace(lab, person="kim"))
    async with app.run_test(size=(160, 48)) as pilot:
        await settled(pilot)
        assert shown(app) == [4]
        await press(pilot, ">")
    assert [entry.state for entry in stored(lab, person="kim")] == ["reading"]
    assert numbers(lab, "reading") == [2, 3], "ada's is as it was"


async def test_what_another_process_does_shows_at_once(lab: Workspace) -> None:
    app = opened_on_reading(lab)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        with open_workspace(lab.paths.home, person="ada") as other:
            paper = stored(lab)[1].id
            other.store.write(lambda db: commands.add_note(db, "ada", paper, "From elsewhere")).result()
        for _ in range(40):
            await pilot.pause(0.1)
            if room(app).entries[paper].remark:
                break
        assert room(app).entries[paper].remark == "From elsewhere"


async def test_read_only_it_says_so(lab: Workspace) -> None:
    with open_workspace(lab.paths.home, person="ada", read_only=True) as opened:
        app = opened_on_reading(replace(opened, clock=lab.clock))
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            await press(pilot, ">", "c", '"', "X", "shift+down")
            assert "read-only" in toasts(app)
            assert app.screen is room(app)
            await press(pilot, "j", "j", "v")
            assert isinstance(app.screen, DifferenceScreen)


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_hostile_texts_are_shown_as_they_are(lab: Workspace, size: tuple[int, int]) -> None:
    def spoil(db: Any) -> None:
        ids = [row[0] for row in db.execute("SELECT id FROM paper ORDER BY id")]
        for number, id_ in enumerate(ids):
            text = HOSTILE[number % len(HOSTILE)]
            db.execute("UPDATE paper SET title = ?, abstract = ? || abstract WHERE id = ?", (text, text, id_))
            db.execute("UPDATE critique SET threats = ?, line = ? WHERE paper_id = ?", (text, text, id_))
            db.execute("UPDATE quote SET remark = ? WHERE paper_id = ?", (text, id_))

    lab.store.write(spoil).result()
    app = opened_on_reading(lab)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        for keys in (("enter",), ("J", "J"), ("escape", '"'), ("escape", "c"), ("escape", "v"), ("escape", "G")):
            assert escapes(app) == []
            await press(pilot, *keys)
        assert escapes(app) == []
        assert app_of(pilot).is_running
