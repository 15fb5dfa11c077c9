"""The Library as a person uses it: move, search, decide, tag, note, undo; each step against a real workspace."""

from array import array
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input, Static, TextArea

from library.db import journal
from library.errors import LabtopError
from library.papers import commands
from library.papers.drafts import draft_path, read_draft
from library.search import saved
from library.workspace import Workspace
from planner.workspace import open_workspace
from tests.tui.screens.driving import drafts, fill, library, opened, settled, stored
from tui.screens.help import HelpScreen
from tui.screens.note import NoteScreen
from tui.screens.prompt import Ask
from tui.widgets.detail import Detail
from tui.widgets.empty import Empty


@pytest.fixture(autouse=True)
def no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABTOP_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def ids(workspace: Workspace) -> tuple[int, ...]:
    return fill(workspace, drafts())


def text(widget: Static) -> str:
    return str(widget.content)


async def test_moving_and_reading(workspace: Workspace, ids: tuple[int, ...]) -> None:
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        screen, table = library(app), library(app).table
        newest = sorted(ids, key=lambda i: (stored(workspace, i).day, i), reverse=True)
        assert list(table.ids) == newest
        await pilot.press("j", "j", "k")
        assert table.cursor == 1
        await settled(pilot)
        assert stored(workspace, newest[1]).title in screen.query_one(Detail).content.plain
        await pilot.press("G")
        assert table.cursor == len(ids) - 1
        await pilot.press("g", "pagedown")
        assert table.cursor > 10
        await pilot.press("g", "left_square_bracket")
        await settled(pilot)
        first_day = stored(workspace, newest[0]).day
        assert stored(workspace, table.ids[table.cursor]).day < first_day
        assert stored(workspace, table.ids[table.cursor - 1]).day == first_day
        await pilot.press("right_square_bracket")
        await settled(pilot)
        assert table.cursor == 0


async def test_the_mouse(workspace: Workspace, ids: tuple[int, ...]) -> None:
    app = opened(workspace)
    async with app.run_test(size=(120, 20)) as pilot:
        await settled(pilot)
        table = library(app).table
        await pilot.click(table, offset=(20, 4))
        assert table.cursor == 3
        await pilot.double_click(table, offset=(20, 6))
        assert table.cursor == 5
        assert isinstance(app.focused, Detail)
        await pilot.press("escape")
        await pilot._post_mouse_events([__import__("textual.events", fromlist=["x"]).MouseScrollDown], table, (5, 5))
        assert table.scroll_offset.y == 3
        assert table.cursor == 5
        await pilot.click(table, offset=(16, 0))
        await settled(pilot)
        assert library(app).sorting.key == "title"


async def test_search_as_one_types(workspace: Workspace, ids: tuple[int, ...]) -> None:
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        screen = library(app)
        await pilot.press("slash", *"distil")
        await settled(pilot)
        assert {stored(workspace, i).title.split()[-1] for i in screen.table.ids} == {"distillation"}
        assert "8 hits" in text(screen.query_one("#hits", Static))
        assert " ms" in text(screen.query_one("#hits", Static))
        assert "vector" in (app.status.search.text if app.status.search else "")
        await pilot.press("enter")
        assert screen.table.has_focus
        await pilot.press("escape")
        await settled(pilot)
        assert len(screen.table.ids) == len(ids)
        assert not screen.field.value


async def test_a_pasted_identifier_finds_its_paper(workspace: Workspace, ids: tuple[int, ...]) -> None:
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        screen = library(app)
        screen.field.value = f"https://arxiv.org/abs/{stored(workspace, ids[3]).key}v1"
        await settled(pilot)
        assert list(screen.table.ids) == [ids[3]]
        screen.field.value = "2611.99999"
        await settled(pilot)
        assert "labtop add 2611.99999" in str(screen.query_one(Empty).render())


async def test_a_bad_query_is_explained_in_place(workspace: Workspace, ids: tuple[int, ...]) -> None:
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        screen = library(app)
        screen.field.value = "is:nonsense"
        await settled(pilot)
        problem = screen.query_one("#problem", Static)
        assert problem.display
        assert "column 4" in text(problem)
        assert len(screen.table.ids) == len(ids)
        screen.field.value = "retrieval"
        await settled(pilot)
        assert not problem.display
        screen.field.value = "zymurgy"
        await settled(pilot)
        assert "Nothing found" in text(screen.query_one("#empty", Static))


async def test_deciding_on_one_and_on_several(workspace: Workspace, ids: tuple[int, ...]) -> None:
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        table = library(app).table
        await pilot.press("a")
        await settled(pilot)
        first = table.ids[0]
        assert stored(workspace, first).decision == "keep"
        row = table.row(first)
        assert row is not None
        assert row.decision == "keep"
        assert "kept" in app.status.undo
        await pilot.press("a")
        await settled(pilot)
        assert stored(workspace, first).decision is None
        await pilot.press("space", "space", "space", "f")
        await settled(pilot)
        assert [stored(workspace, i).decision for i in table.ids[:4]] == ["star", "star", "star", None]
        await pilot.press("u")
        await settled(pilot)
        assert all(stored(workspace, i).decision is None for i in table.ids[:3])
        await pilot.press("escape")
        assert not table.marks
        await pilot.press("asterisk")
        assert len(table.marks) == len(ids)


async def test_tags_go_on_and_off(workspace: Workspace, ids: tuple[int, ...]) -> None:
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        first = library(app).table.ids[0]
        for answer in (["t", "o", "space", "r", "enter"], ["t", "o", "down", "enter"]):
            await pilot.press("t")
            await settled(pilot)
            assert isinstance(app.screen, Ask)
            await pilot.press(*answer)
            await settled(pilot)
            wanted = ("to-r",) if "space" in answer else ()
            assert stored(workspace, first).tags == wanted
        await pilot.press("t")
        await settled(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert not isinstance(app.screen, Ask)


async def test_a_note_is_written_edited_and_never_lost(workspace: Workspace, ids: tuple[int, ...]) -> None:
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        first = library(app).table.ids[0]
        draft = draft_path(workspace.paths, "ada", stored(workspace, first).key)
        await pilot.press("n")
        await settled(pilot)
        assert isinstance(app.screen, NoteScreen)
        await pilot.press(*"odd", "escape")
        await settled(pilot)
        assert read_draft(draft) == "odd"
        assert draft.stat().st_mode & 0o77 == 0
        assert stored(workspace, first).notes == ()
        await pilot.press("n")
        await settled(pilot)
        assert app.screen.query_one(TextArea).text == "odd"
        await pilot.press(*"ly", "ctrl+s")
        await settled(pilot)
        assert [note.body for note in stored(workspace, first).notes] == ["oddly"]
        assert read_draft(draft) is None
        await pilot.press("n")
        await settled(pilot)
        app.screen.query_one(TextArea).text = ""
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert stored(workspace, first).notes == ()
        await pilot.press("u")
        await settled(pilot)
        assert [note.body for note in stored(workspace, first).notes] == ["oddly"]


async def test_typing_keeps_a_draft_before_anything_is_closed(workspace: Workspace, ids: tuple[int, ...]) -> None:
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("n")
        await settled(pilot)
        await pilot.press(*"abc")
        await settled(pilot)
        key = stored(workspace, library(app).table.ids[0]).key
        assert read_draft(draft_path(workspace.paths, "ada", key)) == "abc"


async def test_citation_and_addresses(
    workspace: Workspace, ids: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(workspace)
    opened_urls: list[str] = []
    monkeypatch.setattr(app, "open_url", lambda url, **_: opened_urls.append(url))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        key = stored(workspace, library(app).table.ids[0]).key
        await pilot.press("y")
        await settled(pilot)
        assert key in app.clipboard
        assert app.clipboard.startswith("@")
        monkeypatch.setenv("BROWSER", "true")
        await pilot.press("o", "O")
        await settled(pilot)
        assert opened_urls == [f"https://arxiv.org/abs/{key}", f"https://arxiv.org/pdf/{key}"]
        for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr("sys.platform", "linux")
        await pilot.press("o")
        await settled(pilot)
        assert app.clipboard == f"https://arxiv.org/abs/{key}"


async def test_sorting_keeps_the_cursor_on_its_paper(workspace: Workspace, ids: tuple[int, ...]) -> None:
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        table = library(app).table
        await pilot.press("j", "j", "j")
        here = table.cursor_id
        await pilot.press("greater_than_sign")
        await settled(pilot)
        titles = [stored(workspace, i).title for i in table.ids]
        assert titles == sorted(titles)
        assert table.cursor_id == here
        await pilot.press("R")
        await settled(pilot)
        assert [stored(workspace, i).title for i in table.ids] == titles[::-1]
        library(app).field.value = "retrieval"
        await settled(pilot)
        found = [stored(workspace, i).title for i in table.ids]
        assert found == sorted(found, reverse=True)
        assert len(found) == 8


async def test_filters_and_saved_searches(workspace: Workspace, ids: tuple[int, ...]) -> None:
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        screen = library(app)
        await pilot.press("F")
        await settled(pilot)
        await pilot.press(*"category:cs.lg", "enter")
        await settled(pilot)
        assert screen.field.value == "category:cs.LG"
        assert len(screen.table.ids) == 20
        await pilot.press("S")
        await settled(pilot)
        app.screen.query_one(Input).value = "learning"
        await pilot.press("enter")
        await settled(pilot)
        (one,) = workspace.store.read(
            lambda db: saved.saved_searches(db, "ada", today=workspace.clock.today())
        ).result()
        assert (one.name, one.query) == ("learning", "category:cs.LG")
        screen.field.value = ""
        await settled(pilot)
        await pilot.press("Q")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert screen.field.value == "category:cs.LG"


async def test_a_colleagues_changes_appear(workspace: Workspace, ids: tuple[int, ...], tmp_path: Path) -> None:
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        table = library(app).table
        await pilot.press("j", "j")
        here = table.cursor_id
        with open_workspace(tmp_path / "home", person="kim") as other:
            more = fill(other, drafts(44)[40:])
            other.store.write(lambda db: commands.tag(db, "kim", [ids[0]], "hers")).result()
        app._look_for_commits()
        await settled(pilot)
        assert set(more) <= set(table.ids)
        assert table.cursor_id == here
        assert table.move_to_id(ids[0])
        await settled(pilot)
        row = table.row(ids[0])
        assert row is not None
        assert row.tags == ("hers",)
        await pilot.press("u")  # a colleague's action is not ours to undo
        await settled(pilot)
        assert stored(workspace, ids[0]).tags == ("hers",)


async def test_read_only_changes_nothing_and_says_so(workspace: Workspace, ids: tuple[int, ...]) -> None:
    with open_workspace(workspace.paths.home, person="ada", read_only=True) as locked:
        app = opened(locked)
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            await settled(pilot)
            for key in ("a", "t", "n", "e", "S", "u", "ctrl+e", "ctrl+r"):
                await pilot.press(key)
                await settled(pilot)
                assert len(app.screen_stack) == 1
            assert len(app._notifications) >= 5
            assert all("read-only" in note.title for note in app._notifications)
    assert workspace.store.read(lambda db: journal.entries(db)).result() == ()


async def test_narrow_the_detail_opens_over_the_list(workspace: Workspace, ids: tuple[int, ...]) -> None:
    app = opened(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        screen = library(app)
        detail = screen.query_one(Detail)
        assert not detail.display
        await pilot.press("enter")
        await settled(pilot)
        assert detail.display
        assert not screen.query_one("#list").display
        await pilot.press("J", "a")
        await settled(pilot)
        assert screen.table.cursor == 1
        assert stored(workspace, screen.table.ids[1]).decision == "keep"
        await pilot.press("escape")
        assert screen.table.has_focus
        assert not detail.display
        await pilot.resize_terminal(120, 40)
        await settled(pilot)
        assert detail.display
        await pilot.resize_terminal(30, 8)
        await settled(pilot)
        await pilot.press("j", "enter", "escape", "question_mark")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)


async def test_an_empty_library_teaches(workspace: Workspace) -> None:
    app = opened(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert "labtop import" in text(library(app).query_one("#empty", Static))
        await pilot.press("j", "a", "enter", "o", "y", "t", "n", "G", "space", "asterisk")
        await settled(pilot)


async def test_a_failure_is_told_and_logged(
    workspace: Workspace, ids: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("no [b]reason")

    def refused(*_: object) -> None:
        raise LabtopError("It cannot be.", mend="Do otherwise.")

    app = opened(workspace)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await settled(pilot)
        monkeypatch.setattr(journal, "undo", broken)
        await pilot.press("u")
        await settled(pilot)
        monkeypatch.setattr(journal, "undo", refused)
        await pilot.press("u")
        await settled(pilot)
        said = [(note.title, note.message) for note in app._notifications]
        assert ("It cannot be.", "Do otherwise.") in said
        assert any("no [b]reason" in message for _, message in said)
        assert "ZeroDivisionError" in (workspace.paths.logs / "dashboard.log").read_text()


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    script = tmp_path / "editor"
    script.write_text("#!/bin/sh\necho 'written elsewhere' > \"$1\"\n")
    script.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(script))
    return script


async def test_notes_in_an_editor(
    workspace: Workspace, ids: tuple[int, ...], editor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contextlib import nullcontext

    app = opened(workspace)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await settled(pilot)
        first = library(app).table.ids[0]
        await pilot.press("e")  # the test's terminal cannot be lent
        await settled(pilot)
        assert any("cannot be lent" in note.title for note in app._notifications)
        monkeypatch.setattr(app, "suspend", nullcontext)
        await pilot.press("e")
        await settled(pilot)
        assert [note.body for note in stored(workspace, first).notes] == ["written elsewhere"]
        editor.write_text('#!/bin/sh\necho half > "$1"; exit 3\n')  # noqa: ASYNC240
        await pilot.press("e")
        await settled(pilot)
        assert [note.body for note in stored(workspace, first).notes] == ["written elsewhere"]
        key = stored(workspace, first).key
        assert read_draft(draft_path(workspace.paths, "ada", key)) == "half\n"


def test_ids_are_an_array_of_numbers(workspace: Workspace, ids: tuple[int, ...]) -> None:
    from library.papers import listing

    found = workspace.store.read(lambda db: listing.ids_sorted(db, "author", descending=False)).result()
    assert isinstance(found, array)
    assert sorted(found) == sorted(ids)


async def test_what_is_typed_while_a_dialog_opens_goes_into_it(workspace: Workspace, ids: tuple[int, ...]) -> None:
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        first = library(app).table.ids[0]
        for key in "nas":  # "a" keeps and "s" skips where no dialog is on its way
            app.post_message(events.Key(key, key))
        await settled(pilot)
        assert app.screen.query_one(TextArea).text == "as"
        assert stored(workspace, first).decision is None
        await pilot.press("!")
        assert app.screen.query_one(TextArea).text == "as!"


async def test_keys_work_on_where_a_dialog_did_not_come(workspace: Workspace) -> None:
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("n", "t", "question_mark")  # there is no paper to note or tag
        await settled(pilot)
        assert isinstance(app.screen, HelpScreen)


async def test_a_search_typed_in_one_go_decides_on_nothing(workspace: Workspace, ids: tuple[int, ...]) -> None:
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        first = library(app).table.ids[0]
        for key in ("slash", *"ant"):
            app.post_message(events.Key(key, "/" if key == "slash" else key))
        await settled(pilot)
        assert library(app).field.value == "ant"
        assert len(app.screen_stack) == 1
        assert stored(workspace, first).decision is None
