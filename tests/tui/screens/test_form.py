"""The form as a person fills it in: walking, choosing, storing, drafts, the record as text."""

import itertools
import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Static

from library.db import journal
from library.errors import WorkspaceBusy
from library.records import store
from library.records.draft import read_typed, record_draft
from library.records.kind import Kind
from library.workspace import Workspace
from planner.experiments.kind import EXPERIMENT
from planner.hypotheses.kind import HYPOTHESIS
from planner.workspace import open_workspace
from tests.tui.screens.driving import opened, settled
from tests.tui.screens.test_hostile_text import HOSTILE, escapes
from tui.app import LabtopApp
from tui.screens.form import FormScreen, Stored
from tui.widgets.form_body import FormBody

STATEMENTS = ("Late interaction beats distillation", "Hard negatives help", "Rewriting pays off for short queries")


@pytest.fixture(autouse=True)
def no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABTOP_CACHE", str(tmp_path / "cache"))


class Filling:
    """A form over the Library, and what it closed with."""

    def __init__(self, app: LabtopApp, pilot: Pilot[Any]) -> None:
        self.app, self.pilot = app, pilot
        self.answers: list[Stored | None] = []
        self.raw: list[dict[str, Any]] = []

    async def open(self, kind: Kind, number: int | None = None, **more: Any) -> FormScreen:
        ctx = self.app.ctx
        values = await ctx.read(store.get, kind, number) if number is not None else None

        async def keep(raw: dict[str, Any]) -> Any:
            self.raw.append(raw)
            if number is None:
                return await ctx.write(store.create, ctx.person, kind, raw)
            return await ctx.write(store.revise, ctx.person, kind, number, raw)

        draft = record_draft(ctx.workspace.paths, ctx.person, kind, number)
        screen = FormScreen(kind, f"A {kind.noun}", keep, values=values, draft=draft, **more)
        self.app.push_screen(screen, self.answers.append)
        await settled(self.pilot)
        return screen

    async def type(self, text: str) -> None:
        self.app.post_message(events.Paste(text))
        await self.pilot.pause()

    def at(self, key: str) -> Any:
        """The entry of that name."""
        screen = self.app.screen
        assert isinstance(screen, FormScreen)
        return next(entry for entry in screen.form.entries if entry.key == key)


def shown(screen: FormScreen, name: str) -> str:
    return str(screen.query_one(f"#{name}", Static).content)


def painted(screen: FormScreen) -> str:
    return "\n".join(block.content.plain for block in screen.body._blocks.values())


def add(workspace: Workspace, statement: str) -> int:
    return workspace.store.write(lambda db: store.create(db, "ada", HYPOTHESIS, {"statement": statement})).result()[0]


def values(workspace: Workspace, kind: Kind, number: int) -> dict[str, Any]:
    return workspace.store.read(lambda db: store.get(db, kind, number)).result()


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_filling_in_and_storing(workspace: Workspace, size: tuple[int, int]) -> None:
    app = opened(workspace)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        filling = Filling(app, pilot)
        screen = await filling.open(HYPOTHESIS)
        assert app.focused is screen.body.area
        await filling.type("Tokens")
        await pilot.press("enter")
        await filling.type("why")
        await pilot.press("enter")
        await filling.type("because")
        await pilot.press("tab")
        await pilot.press("shift+tab", "down", "down")
        await filling.type("CTR")
        await pilot.press("tab", "tab")
        await filling.type("2027-q1")
        await pilot.press("down")
        assert filling.at("mechanism").text == "why\nbecause"
        assert filling.at("horizon").text == "2027Q1"
        await pilot.press("pagedown")
        await filling.type("nDCG@10")
        await pilot.press("tab")
        assert app.focused is screen.body.lines
        await pilot.press("right")
        assert filling.at("direction").text == "decrease"
        await pilot.press("i")
        assert filling.at("direction").text == "increase"
        await pilot.press("d", "enter")
        await filling.type("0.5")
        assert "7 of 15" in shown(screen, "form-count")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert isinstance(filling.answers[0], Stored)
        number = filling.answers[0].value[0]
        stored = values(workspace, HYPOTHESIS, number)
        assert stored["statement"] == "Tokens"
        assert (stored["direction"], stored["delta"], stored["horizon"]) == ("decrease", 0.5, "2027Q1")
        assert (stored["product_metric"], stored["metric"]) == ("CTR", "nDCG@10")
        assert screen.draft is not None
        assert not screen.draft.exists()
        assert workspace.store.read(lambda db: journal.count(db)).result() == 1


async def test_what_is_wrong_is_said_at_its_field(workspace: Workspace) -> None:
    app = opened(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        filling = Filling(app, pilot)
        screen = await filling.open(HYPOTHESIS, at="delta")
        await pilot.press(*"-3", "tab")
        assert "✗ is above 0" in painted(screen)
        assert "✗ 1 wrong" in shown(screen, "form-count")
        await pilot.press("ctrl+s")  # statement is needed, too: the first wrong field has the cursor
        await pilot.pause()
        assert screen.body.entry is filling.at("statement")
        assert "✗ is needed" in painted(screen)
        assert "2 fields" in shown(screen, "form-hint")
        await pilot.press(*"S")
        assert "is needed" not in painted(screen)
        screen.body.go(next(p for p, e in enumerate(screen.form.entries) if e.key == "delta"))
        await pilot.press("backspace", "backspace", *"3")
        assert "above 0" not in painted(screen)
        assert filling.raw == []
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert values(workspace, HYPOTHESIS, filling.answers[0].value[0])["delta"] == 3  # type: ignore[union-attr]


async def test_a_pause_says_what_is_wrong_without_leaving(workspace: Workspace) -> None:
    app = opened(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        filling = Filling(app, pilot)
        screen = await filling.open(HYPOTHESIS, at="prior")
        await filling.type("much")
        assert "is a share" not in painted(screen)
        screen.body._paused()  # the timer, without its wait
        assert "✗ is a share such as 0.3 or 30 %" in painted(screen)
        assert app.focused is screen.body.area


async def test_what_does_not_go_together_comes_back_from_the_store(workspace: Workspace) -> None:
    app = opened(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        filling = Filling(app, pilot)
        screen = await filling.open(EXPERIMENT)
        await pilot.press(*"T", "pagedown")
        await filling.type("only|treat")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert app.screen is screen
        assert screen.body.entry is filling.at("arms")
        assert filling.at("arms").problem == "needs a baseline among them"
        await pilot.press("enter")
        await filling.type("base|base")
        await pilot.press("ctrl+s")
        await settled(pilot)
        stored = values(workspace, EXPERIMENT, filling.answers[0].value[0])  # type: ignore[union-attr]
        assert [arm["role"] for arm in stored["arms"]] == ["treatment", "baseline"]


async def test_another_error_leaves_the_form_as_it_is(workspace: Workspace) -> None:
    app = opened(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)

        async def busy(raw: dict[str, Any]) -> None:
            raise WorkspaceBusy("Another process writes.", mend="Wait a moment.")

        screen = FormScreen(HYPOTHESIS, "New", busy)
        app.push_screen(screen)
        await settled(pilot)
        await pilot.press(*"S", "ctrl+s")
        await settled(pilot)
        assert app.screen is screen
        assert shown(screen, "form-hint") == "✗ Another process writes. Wait a moment."
        assert screen.form.entries[0].text == "S"


async def test_only_ones_own_changes_are_stored(workspace: Workspace) -> None:
    number = add(workspace, STATEMENTS[0])
    app = opened(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        filling = Filling(app, pilot)
        await filling.open(HYPOTHESIS, number, at="owner")
        workspace.store.write(lambda db: store.revise(db, "kim", HYPOTHESIS, number, {"metric": "MRR"})).result()
        await filling.type("ada")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert filling.raw == [{"owner": "ada"}]
        stored = values(workspace, HYPOTHESIS, number)
        assert (stored["owner"], stored["metric"]) == ("ada", "MRR")


async def test_a_draft_survives_and_can_be_dropped(workspace: Workspace) -> None:
    app = opened(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        filling = Filling(app, pilot)
        screen = await filling.open(HYPOTHESIS)
        await filling.type("half a tho")
        await pilot.pause(0.7)  # nothing pressed: a crash now loses nothing
        await settled(pilot)
        assert screen.draft is not None
        assert read_typed(screen.draft) == {"statement": "half a tho"}
        assert screen.draft.stat().st_mode & 0o077 == 0
        await pilot.press("escape")
        await settled(pilot)
        assert filling.answers == [None]
        screen = await filling.open(HYPOTHESIS)
        assert filling.at("statement").text == screen.body.area.text == "half a tho"
        assert "is back" in shown(screen, "form-hint")
        await pilot.press("ctrl+r")
        assert screen.body.area.text == ""
        await pilot.press("escape")
        await settled(pilot)
        assert not screen.draft.exists()  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"statement": 3, "x": "y"}', "null"])
async def test_a_damaged_draft_stands_in_nobodys_way(workspace: Workspace, text: str) -> None:
    path = record_draft(workspace.paths, "ada", HYPOTHESIS, None)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    app = opened(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await Filling(app, pilot).open(HYPOTHESIS)
        await pilot.press(*"S", "ctrl+s")
        await settled(pilot)
        assert len(app.screen_stack) == 1


async def test_groups_open_and_fields_are_found_by_name(workspace: Workspace) -> None:
    app = opened(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        filling = Filling(app, pilot)
        screen = await filling.open(EXPERIMENT)
        await pilot.press("shift+tab")  # from the first field back to the last heading
        assert screen.body.entry is None
        assert "19 questions" in shown(screen, "form-about")
        await pilot.press("space", "y", "n", "a", "space", "down", "o")
        answers = [entry.text for entry in screen.form.entries if entry.item][:5]
        assert answers == ["yes", "no", "n/a", "yes", ""]
        await pilot.press("ctrl+g")
        await settled(pilot)
        await pilot.press(*"sigma", "backspace", "backspace", "backspace", "backspace", "backspace", *"looks", "enter")
        await settled(pilot)
        assert screen.body.entry is filling.at("looks")
        assert not screen.form.group_of(screen.body.here).closed
        await pilot.press("ctrl+o")
        assert not any(group.closed for group in screen.form.groups)
        await pilot.press("ctrl+o")
        assert sum(not group.closed for group in screen.form.groups) == 2  # the first, and the one that one is in


async def test_records_are_offered_where_a_field_names_one(workspace: Workspace) -> None:
    for statement in STATEMENTS:
        add(workspace, statement)
    app = opened(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        filling = Filling(app, pilot)
        screen = await filling.open(EXPERIMENT)
        await pilot.press("tab")
        await settled(pilot)
        assert all(statement in painted(screen) for statement in STATEMENTS)
        await filling.type("negatives")
        await settled(pilot)
        assert STATEMENTS[1] in painted(screen)
        assert STATEMENTS[0] not in painted(screen)
        await pilot.press("down", "enter")
        assert filling.at("hypothesis_id").text == "H-2"
        assert screen.body.entry is filling.at("kind")
        assert "H-2  Hard negatives help" in painted(screen)


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An editor that runs the Python next to it on the file."""
    script = tmp_path / "editor"
    script.write_text(f'#!/bin/sh\ncp "$1" {tmp_path}/seen; . {tmp_path}/edit\n')
    script.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(script))
    return tmp_path / "edit"


async def test_the_record_as_text(workspace: Workspace, editor: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        monkeypatch.setattr(app, "suspend", nullcontext)
        filling = Filling(app, pilot)
        screen = await filling.open(HYPOTHESIS)
        await filling.type("Stated")
        await pilot.press("pagedown", "tab", "tab", *"-1")
        editor.write_text("""sed -i 's/^metric = .*/metric = "MRR"/; s/^delta = .*/delta = 0.25/' "$1"\n""")  # noqa: ASYNC240
        await pilot.press("ctrl+e")
        await settled(pilot)
        seen = (editor.parent / "seen").read_text()
        assert 'statement = "Stated"' in seen
        assert 'delta = "-1"' in seen
        assert (filling.at("metric").text, filling.at("delta").text) == ("MRR", "0.25")
        assert screen.body.area.text == "0.25"
        editor.write_text("""sed -i 's/^prior = .*/prior = 2/' "$1"\n""")  # noqa: ASYNC240
        await pilot.press("ctrl+e")
        await settled(pilot)
        assert screen.body.entry is filling.at("prior")
        assert "between 0 and 1" in filling.at("prior").problem
        assert filling.at("metric").text == "MRR"


async def test_a_text_that_cannot_be_read_offers_to_go_on(
    workspace: Workspace, editor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        monkeypatch.setattr(app, "suspend", nullcontext)
        filling = Filling(app, pilot)
        screen = await filling.open(HYPOTHESIS)
        editor.write_text("echo 'statement = oops' > \"$1\"\n")  # noqa: ASYNC240
        await pilot.press("ctrl+e")
        await settled(pilot)
        assert app.screen is not screen
        editor.write_text('echo \'metrik = "x"\' > "$1"\n')  # noqa: ASYNC240
        await pilot.press("enter")
        await settled(pilot)
        assert "# ✗ the text is not valid TOML" in (editor.parent / "seen").read_text()
        assert app.screen is not screen
        assert "did you mean metric" in app.screen._question  # type: ignore[attr-defined]
        await filling.type("drop")
        await pilot.press("enter")
        await settled(pilot)
        assert app.screen is screen
        assert screen.form.typed() == {}
        monkeypatch.undo()
        await pilot.press("ctrl+e")  # the test's terminal cannot be lent: it is said, and the form stays
        await settled(pilot)
        assert app.screen is screen


async def test_read_only_stores_nothing(workspace: Workspace) -> None:
    with open_workspace(workspace.paths.home, read_only=True) as reading:
        app = opened(reading)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await settled(pilot)
            filling = Filling(app, pilot)
            await filling.open(HYPOTHESIS)
            await pilot.press(*"S", "ctrl+s")
            await settled(pilot)
            assert filling.raw == []
            assert any("read-only" in note.title for note in app._notifications)


@pytest.mark.parametrize("kind", [HYPOTHESIS, EXPERIMENT], ids=lambda kind: kind.noun)
async def test_hostile_texts_are_shown_as_they_are(workspace: Workspace, kind: Kind) -> None:
    draft = record_draft(workspace.paths, "ada", kind, None)
    draft.parent.mkdir(exist_ok=True)
    texts = itertools.cycle(HOSTILE)
    draft.write_text(json.dumps({field.name: next(texts) for field in kind.fields}))
    app = opened(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        filling = Filling(app, pilot)
        screen = await filling.open(kind)
        await pilot.press("ctrl+o")
        for group in screen.form.groups:
            screen.body.go(group.places.start)
            await filling.type(next(texts))
            assert escapes(app) == []
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert escapes(app) == []
        assert app.screen is screen
        assert app.is_running


async def test_any_size_will_do(workspace: Workspace) -> None:
    app = opened(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        filling = Filling(app, pilot)
        screen = await filling.open(EXPERIMENT)
        await filling.type("A title")
        await pilot.press("pagedown")
        await filling.type("a|b")
        for size in ((160, 48), (30, 8), (200, 60), (20, 5), (80, 24)):
            await pilot.resize_terminal(*size)
            await settled(pilot)
            await pilot.press("tab", "shift+tab")
        assert screen.form.entries[0].text == "A title"


async def test_a_click_goes_to_a_field_and_opens_a_group(workspace: Workspace) -> None:
    app = opened(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        filling = Filling(app, pilot)
        screen = await filling.open(EXPERIMENT)
        body = screen.body
        kind = next(p for p, entry in enumerate(screen.form.entries) if entry.key == "kind")
        await pilot.click(body.lines, offset=(30, body._tops[kind]))
        assert body.here == kind
        await pilot.click(body.lines, offset=(30, body._tops[kind]))
        assert filling.at("kind").text == "transfer-ready"
        await pilot.click(body.lines, offset=(6, body._tops[-2] + 1))
        assert body.here == screen.form.groups[1].places.start


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
def test_what_a_form_looks_like(workspace: Workspace, snap_compare: Any, size: tuple[int, int]) -> None:
    for statement in STATEMENTS:
        add(workspace, statement)
    app = opened(workspace)

    async def filled(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        filling = Filling(app, pilot)
        await filling.open(EXPERIMENT)
        await filling.type("Distil")
        await pilot.press("tab")
        await filling.type("late")
        for _ in range(200):  # the offers come after the last key
            await settled(pilot)
            if app.screen.query_one(FormBody)._offers:
                break
        await pilot.press("down", "enter", "pagedown")
        await settled(pilot)
        await filling.type("base|base")
        await pilot.press("enter")
        await filling.type("treatment|treat|lr=1e-3")
        await pilot.press("tab")
        await pilot.press("tab", "tab", "right", "tab", *"-1", "tab")
        await settled(pilot)

    assert snap_compare(app, terminal_size=size, run_before=filled)
