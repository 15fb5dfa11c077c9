"""Whatever a title, a note, a tag or a file name holds, it is shown as it is and does nothing."""

from pathlib import Path

import pytest
from textual import events

from library.papers import commands
from library.papers.model import Author, PaperDraft
from library.search import saved
from library.text import clean, one_line
from library.workspace import Workspace
from tests.tui.screens.driving import fill, library, opened, settled
from tui.app import LabtopApp
from tui.sections import SECTIONS
from tui.widgets.detail import Detail
from tui.widgets.fields import Area

HOSTILE = (
    "[/x] closes nothing",
    "[@click=app.quit]click me[/]",
    "[WIP] arr[i] = f[x] [b]bold[/b] [$accent]q",
    "\x1b]0;owned\x07title \x1b[5mblink\x1b[0m \x1b[2J \x9b31m",
    "abc \u202edcba\u202c \u2066hidden\u2069 \u200f",
    "x" * 10_000,
    "word " * 2_000,
    "漢字仮名交じり文 한국어 ภาษาไทย 👩‍🔬👨‍👩‍👧",
    "e\u0301\u0302\u0303" * 200,
    "",
    " \t\n ",
    "{braces} %s $title \\ \\[ \\",
)


@pytest.fixture(autouse=True)
def no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABTOP_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def hostile(workspace: Workspace) -> tuple[int, ...]:
    """Papers whose every field is hostile; some as a database holds them that labtop did not clean."""
    drafts = [
        PaperDraft(
            key=f"test:{number}",
            kind="reference",
            source=one_line(text)[:50] or "test",
            title=one_line(text),
            abstract=clean(text),
            authors=(Author(one_line(text) or "A. Nonymous"),),
            categories=("[/x]", "cs.IR"),
            first_listed="2026-04-13",
            comment=one_line(text),
            journal_ref=one_line(text),
            url=text,
            doi="10.1/[/x]",
        )
        for number, text in enumerate(HOSTILE)
    ]
    ids = fill(workspace, drafts)

    def uncleaned(db: object) -> None:
        for id_, text in zip(ids, HOSTILE, strict=True):
            db.execute("UPDATE paper SET title = ?, comment = ? WHERE id = ?", (text, text, id_))  # type: ignore[attr-defined]

    workspace.store.write(uncleaned).result()
    for id_, text in zip(ids, HOSTILE, strict=True):
        if text.strip():
            workspace.store.write(lambda db, i=id_, t=text: commands.add_note(db, "ada", i, t)).result()  # type: ignore[misc]
            tag = text[:50]
            workspace.store.write(lambda db, i=id_, t=tag: commands.tag(db, "ada", [i], t)).result()  # type: ignore[misc]
    today = workspace.clock.today()
    for name in ("[/x] name", "[@click=app.quit]z"):
        workspace.store.write(lambda db, n=name: saved.save(db, "ada", n, '"[/x]" closes', today=today)).result()  # type: ignore[misc]
    return ids


def escapes(app: LabtopApp) -> list[str]:
    """Control characters in what is painted."""
    found = []
    for strip in app.screen._compositor.render_strips():
        found += [s.text for s in strip if any(ord(c) < 32 or 127 <= ord(c) < 160 or c == "\u202e" for c in s.text)]
    return found


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_every_screen_shows_it_literally(
    workspace: Workspace, hostile: tuple[int, ...], size: tuple[int, int]
) -> None:
    app = opened(workspace)
    async with app.run_test(size=size, notifications=True) as pilot:
        await settled(pilot)
        screen = library(app)
        detail = screen.query_one(Detail)
        seen = []
        for _ in hostile:
            await settled(pilot)
            seen.append(detail.content.plain)
            assert escapes(app) == []
            await pilot.press("j")
        assert any("[@click=app.quit]click me[/]" in text for text in seen)
        assert any("[WIP] arr[i] = f[x] [b]bold[/b]" in text for text in seen)
        for keys in (
            ["a"],
            ["u"],
            ["enter"],
            ["escape"],
            ["y"],
            ["t"],
            ["escape"],
            ["n"],
            ["escape"],
            ["L"],
            ["escape"],
        ):
            await pilot.press(*keys)
            await settled(pilot)
            assert escapes(app) == []
        await pilot.press("F", *"x", "escape", "question_mark", "escape", "ctrl+p", *"closes")
        await pilot.pause(0.3)
        assert escapes(app) == []
        await pilot.press("escape", "escape")
        screen.field.value = '[/x] closes (((" ~~ \x1b[31m'
        await settled(pilot)
        assert escapes(app) == []
        for section in SECTIONS:
            app.switch_mode(section.id)
            await settled(pilot)
            assert escapes(app) == []
        assert app.is_running


async def test_a_click_on_a_title_runs_nothing(workspace: Workspace, hostile: tuple[int, ...]) -> None:
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        table = library(app).table
        assert table.move_to_id(hostile[1])
        await settled(pilot)
        place = table.cursor
        for x in range(12, 40, 4):
            await pilot.click(table, offset=(x, place + 1))
        for y in range(8):
            await pilot.click(library(app).query_one(Detail), offset=(3, y))
        assert app.is_running
        assert app.return_code is None


@pytest.mark.parametrize("name", ["[/x]", "[@click=app.quit]w[/]", "\x1b]0;t\x07w"])
async def test_the_workspaces_name_is_text(workspace: Workspace, name: str) -> None:
    from dataclasses import replace

    named = replace(workspace, settings=replace(workspace.settings, name=name))
    app = opened(named)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert escapes(app) == []


async def test_what_is_pasted_is_cleaned(workspace: Workspace, hostile: tuple[int, ...]) -> None:
    app = opened(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("slash")
        app.post_message(events.Paste("a\x1b]0;t\x07b \x1b[31mc"))
        await settled(pilot)
        assert library(app).field.value == "ab c"
        library(app).field.value = ""
        await settled(pilot)
        await pilot.press("escape", "n")
        await settled(pilot)
        area = app.screen.query_one(Area)
        area.text = ""
        app.post_message(events.Paste("one\x1b[2J\ntwo\x9b31m"))
        await settled(pilot)
        assert area.text == "one\ntwo"
        assert escapes(app) == []
