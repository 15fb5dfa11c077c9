"""Triage: one key decides and the next paper is there; nothing is reordered under the cursor."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from library.db.journal import undo
from library.papers.commands import decide
from library.triage.inbox import inbox_day
from library.workspace import Workspace
from planner.hypotheses import commands as hypotheses
from planner.workspace import open_workspace
from tests.library.triage.inboxes import FRIDAY, MONDAY, add, day_of, paper, rank
from tests.tui.screens.driving import settled
from tests.tui.screens.triaging import fill_inbox, opened_on, triage
from tui.screens.sure import Reason, Sure
from tui.screens.triage import TriageScreen
from tui.widgets.detail import Detail
from tui.widgets.one_line import OneLine
from tui.widgets.tab_strip import TabStrip

Ids = tuple[int, ...]
WIDE, NARROW = (160, 48), (80, 24)


@pytest.fixture(autouse=True)
def no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABTOP_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def ids(workspace: Workspace) -> Ids:
    return fill_inbox(workspace)


def stored(workspace: Workspace, day: str = MONDAY, person: str = "ada") -> dict[int, str]:
    found = workspace.store.read(lambda db: inbox_day(db, person, day)).result()
    return {item.id: item.decision for item in found.items if item.decision}


def order(screen: TriageScreen) -> list[int]:
    return [paper_id for paper_id in screen.table.ids if paper_id > 0]


def heads(screen: TriageScreen) -> str:
    return f"{screen.query_one(TabStrip).render().plain}\n{screen.query_one(OneLine).render().plain}"


async def test_a_key_decides_and_the_next_paper_is_there(workspace: Workspace, ids: Ids) -> None:
    app = opened_on(workspace)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = triage(app)
        assert screen.table.cursor_id == ids[0]
        assert "0 of 8 decided" in heads(screen)
        assert "8 new · 1 replaced · 3 above the line · 1 to explore" in heads(screen)
        await pilot.press("a", "s", "f", "z")
        assert screen.table.cursor_id == ids[4]  # at once, before anything is stored
        await settled(pilot)
        assert stored(workspace) == {ids[0]: "keep", ids[1]: "skip", ids[2]: "star", ids[3]: "later"}
        assert order(screen)[:4] == list(ids[:4])  # decided ones stay where they are
        assert "4 of 8 decided" in heads(screen)
        await pilot.press("k", "a")  # the one put off; kept instead
        await settled(pilot)
        assert stored(workspace)[ids[3]] == "keep"
        assert screen.table.cursor_id == ids[4]
        await pilot.press("k", "a")  # the same key takes it back, and one stays
        await settled(pilot)
        assert ids[3] not in stored(workspace)
        assert screen.table.cursor_id == ids[3]


async def test_nothing_is_decided_by_being_shown(workspace: Workspace, ids: Ids) -> None:
    app = opened_on(workspace)
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        await pilot.press("j", "enter", "J", "J", "escape", "G", "g", "left_square_bracket", "w", "escape")
        await settled(pilot)
        assert stored(workspace) == {}
        assert stored(workspace, FRIDAY) == {}


async def test_undo_goes_back_step_by_step_and_names_each(workspace: Workspace, ids: Ids) -> None:
    app = opened_on(workspace)
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await settled(pilot)
        await pilot.press("a", "s")
        await settled(pilot)
        await pilot.press("u")
        await settled(pilot)
        assert stored(workspace) == {ids[0]: "keep"}
        assert triage(app).table.cursor_id == ids[1]  # there one is again
        assert "undid: skipped “Paper 2604.00002”" in str([n.message for n in app._notifications])
    with open_workspace(workspace.paths.home, person="ada") as again:  # another process, later
        again.store.write(lambda db: undo(db, "ada")).result()
    assert stored(workspace) == {}


async def test_marks_are_decided_together(workspace: Workspace, ids: Ids) -> None:
    app = opened_on(workspace)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("space", "space")
        assert "✓ 2 marked" in heads(triage(app))
        await pilot.press("a")
        await settled(pilot)
        assert stored(workspace) == {ids[0]: "keep", ids[1]: "keep"}
        assert triage(app).table.marks == set()
        await pilot.press("asterisk")
        assert triage(app).table.marks == set(ids[:9])  # papers alone, no divider
        await pilot.press("escape")
        assert triage(app).table.marks == set()


async def test_a_skip_with_a_reason_is_two_keys(workspace: Workspace, ids: Ids) -> None:
    app = opened_on(workspace)
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        await pilot.press("r", "q")
        await settled(pilot)
        await pilot.press("r")
        await settled(pilot)
        assert isinstance(app.screen, Reason)
        await pilot.press("slash")
        await settled(pilot)
        await pilot.press(*"[b]old", "enter")
        await settled(pilot)
        await pilot.press("r", "escape")
        await settled(pilot)
        found = workspace.store.read(lambda db: inbox_day(db, "ada", MONDAY)).result()
        reasons = {item.id: item.reason for item in found.items if item.decision == "skip"}
        assert reasons == {ids[0]: "quality", ids[1]: "[b]old"}


async def test_the_rest_is_skipped_after_a_yes_and_comes_back_by_one_undo(workspace: Workspace, ids: Ids) -> None:
    app = opened_on(workspace)
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        await pilot.press("S")
        await settled(pilot)
        assert isinstance(app.screen, Sure)
        await pilot.press("escape")
        await settled(pilot)
        assert stored(workspace) == {}
        await pilot.press("S")
        await settled(pilot)
        await pilot.press("y")
        await settled(pilot)
        assert stored(workspace) == dict.fromkeys(ids[4:7], "skip")
        assert triage(app).table.cursor_id == ids[1]
        assert triage(app).items[ids[4]].bulk
        await pilot.press("u")
        await settled(pilot)
        assert stored(workspace) == {}


async def test_the_cursor_steps_over_dividers(workspace: Workspace, ids: Ids) -> None:
    app = opened_on(workspace)
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        table = triage(app).table
        seen = [table.cursor_id]
        for _ in range(9):
            await pilot.press("j")
            seen.append(table.cursor_id)
        assert seen == [*ids[:9], ids[8]]
        await pilot.press("g")
        assert table.cursor_id == ids[0]
        await pilot.press("G")
        assert table.cursor_id == ids[8]
        for _ in range(9):
            await pilot.press("k")
        assert table.cursor_id == ids[0]


async def test_a_new_ranking_is_offered_and_moves_nothing(workspace: Workspace, ids: Ids) -> None:
    app = opened_on(workspace)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = triage(app)
        await pilot.press("a")
        await settled(pilot)
        before, here = order(screen), screen.table.cursor_id

        def turned(db: Any) -> None:
            rank(db, {paper_id: place / 10 for place, paper_id in enumerate(ids[:8])}, line=0.6)

        with open_workspace(workspace.paths.home, person="ada") as other:
            other.store.write(turned).result()
        app._look_for_commits()
        await settled(pilot)
        assert order(screen) == before
        assert "R a new order is ready" in heads(screen)
        await pilot.press("R")
        await settled(pilot)
        assert order(screen) != before
        assert screen.table.cursor_id == here
        assert "new order" not in heads(screen)
        assert stored(workspace) == {ids[0]: "keep"}


async def test_papers_that_come_in_are_offered(workspace: Workspace, ids: Ids) -> None:
    app = opened_on(workspace)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = triage(app)
        await pilot.press("s")
        await settled(pilot)
        add(workspace, *day_of(3, first=50))
        app._look_for_commits()
        await settled(pilot)
        assert "R 3 more came in" in heads(screen)
        await pilot.press("R")
        await settled(pilot)
        assert "1 of 11 decided" in heads(screen)


async def test_who_has_not_begun_sees_the_best_first_at_once(workspace: Workspace) -> None:
    ids = add(workspace, *day_of(4))
    app = opened_on(workspace)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert "not ranked yet" in heads(triage(app))
        workspace.store.write(lambda db: rank(db, {ids[3]: 0.9, ids[0]: 0.1})).result()
        with open_workspace(workspace.paths.home, person="kim") as other:  # its commit is what one hears of
            other.store.write(lambda db: decide(db, "kim", [ids[0]], "keep")).result()
        app._look_for_commits()
        await settled(pilot)
        assert order(triage(app))[0] == ids[3]


async def test_days_and_what_waits_on_them(workspace: Workspace, ids: Ids) -> None:
    app = opened_on(workspace)
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await settled(pilot)
        screen = triage(app)
        await pilot.press("left_square_bracket")
        await settled(pilot)
        assert "Fri 10 Apr" in heads(screen)
        assert order(screen) == [ids[8], ids[9]]
        await pilot.press("s", "s")
        await settled(pilot)
        assert "● all 2 decided" in heads(screen)
        assert "] 8 left on newer days" in heads(screen)
        await pilot.press("left_square_bracket")
        await settled(pilot)
        assert "That is the oldest day." in str([n.message for n in app._notifications])
        await pilot.press("right_square_bracket")
        await settled(pilot)
        assert "Mon 13 Apr, today" in heads(screen)


async def test_it_opens_on_the_newest_day_that_waits(workspace: Workspace, ids: Ids) -> None:
    workspace.store.write(lambda db: decide(db, "ada", ids[:8], "skip", bulk=True)).result()
    app = opened_on(workspace)
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        assert "Fri 10 Apr" in heads(triage(app))


async def test_what_is_put_off_has_its_tab(workspace: Workspace, ids: Ids) -> None:
    workspace.store.write(lambda db: decide(db, "ada", [ids[9]], "later")).result()
    workspace.store.write(lambda db: db.execute("UPDATE decision SET decided_at = '2026-04-01T08:00:00Z'")).result()
    app = opened_on(workspace)
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        screen = triage(app)
        await pilot.press("z")
        await settled(pilot)
        assert "later 2" in heads(screen)
        await pilot.press("full_stop")
        await settled(pilot)
        assert order(screen) == [ids[9], ids[0]]
        assert "1 due again" in heads(screen)
        await pilot.press("a")
        await settled(pilot)
        assert stored(workspace, FRIDAY) == {ids[9]: "keep"}
        assert screen.table.cursor_id == ids[0]
        with open_workspace(workspace.paths.home, person="ada") as other:
            other.store.write(lambda db: decide(db, "ada", [ids[5]], "later")).result()
        app._look_for_commits()
        await settled(pilot)
        assert order(screen) == [ids[9], ids[0], ids[5]]  # what was decided here stays until one comes back
        await pilot.press("comma")
        await settled(pilot)
        assert "2 of 8 decided" in heads(screen)


async def test_why_and_the_sentence_are_shown(workspace: Workspace) -> None:
    one, two = add(workspace, *day_of(2))

    def ranked(db: Any) -> None:
        from library.sentences.queries import sentences_of

        rank(db, {one: 0.8, two: 0.3})
        decide(db, "ada", [two], "keep")
        text = sentences_of(db, one)[0].text_hash
        interest = db.execute("SELECT id FROM interest").fetchone()[0]
        detail = (
            f'{{"parts": [["base", -1.0, []], ["sentence", 2.39, []]], "sentence": 1, "cosine": 0.7, "nearest": '
            f'[[{two}, 0.66]], "terms": ["late"], "checks": [[{interest}, 1, 0.7]], "lacks": null, "text": "{text}"}}'
        )
        db.execute("UPDATE ranked SET detail = ?, log_odds = 1.39 WHERE paper_id = ?", (detail, one))

    workspace.store.write(ranked).result()
    app = opened_on(workspace)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        detail = triage(app).query_one(Detail).content
        assert "sentence 2 ↔ H-4 +2.39" in detail.plain
        assert "you kept .66 Paper 2604.00002" in detail.plain
        assert "to check against H-4" in detail.plain
        assert "contradict" not in detail.plain
        marked = [detail.plain[span.start : span.end] for span in detail.spans if "$hit" in str(span.style)]
        assert marked == ["It works well."]
        await pilot.press("w")
        await settled(pilot)
        assert "+1.39 in log-odds" in " ".join(app.screen.query_one(Detail).content.plain.split())


async def test_linking_counts_in_the_days_funnel(workspace: Workspace, ids: Ids) -> None:
    from library.triage.funnel import funnels

    workspace.store.write(
        lambda db: hypotheses.add(db, "ada", {"statement": "Late interaction beats distillation on long queries"})
    ).result()
    app = opened_on(workspace)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("L")
        await settled(pilot)
        await pilot.press("+")
        await settled(pilot)
        (found,) = workspace.store.read(lambda db: funnels(db, "ada", MONDAY, MONDAY)).result()
        assert found.linked == 1
        assert stored(workspace) == {}  # linking is no decision


async def test_a_colleague_sees_their_own_inbox(workspace: Workspace, ids: Ids) -> None:
    workspace.store.write(lambda db: decide(db, "ada", ids[:4], "keep")).result()
    with open_workspace(workspace.paths.home, person="kim") as kims:
        app = opened_on(kims)
        async with app.run_test(size=WIDE) as pilot:
            await settled(pilot)
            assert "0 of 8 decided" in heads(triage(app))
            await pilot.press("s")
            await settled(pilot)
    assert len(stored(workspace)) == 4
    assert len(stored(workspace, person="kim")) == 1


async def test_read_only_nothing_is_decided(workspace: Workspace, ids: Ids) -> None:
    with open_workspace(workspace.paths.home, person="ada", read_only=True) as shown:
        app = opened_on(shown)
        async with app.run_test(size=NARROW) as pilot:
            await settled(pilot)
            await pilot.press("a", "S", "r")
            await settled(pilot)
            assert stored(workspace) == {}
            assert triage(app).table.cursor_id == ids[0]


async def test_an_empty_inbox_teaches(workspace: Workspace) -> None:
    app = opened_on(workspace)
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        told = triage(app).query_one("#empty").render()
        assert "labtop sync" in str(told)


async def test_today_leads_to_triage(workspace: Workspace, ids: Ids) -> None:
    from tui.widgets.lines import Lines

    app = opened_on(workspace, start="today")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        lines = app.screen.query_one(Lines)
        facts = [lines.fact(place) for place in range(lines.option_count)]
        place = next(place for place, fact in enumerate(facts) if fact is not None and fact.label == "Triage")
        fact = facts[place]
        assert fact is not None
        assert (fact.text, fact.quiet[:17]) == ("10 to triage", "4 above the line ")
        lines.focus()
        lines.highlighted = place
        await pilot.press("enter")
        await settled(pilot)
        assert app.current_mode == "triage"


async def test_a_card_is_read_before_one_gets_there(workspace: Workspace, ids: Ids) -> None:
    app = opened_on(workspace)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = triage(app)
        assert set(ids[1:4]) <= set(screen._cards)
        await pilot.press("a")
        assert "Paper 2604.00002" in screen.query_one(Detail).content.plain  # without waiting for a read


def hostile_papers() -> list[Any]:
    from tests.tui.screens.test_hostile_text import HOSTILE

    return [
        paper(f"2604.{place:05}", ("cs.IR", "new", MONDAY), title=text.strip() or "x", comment=text)
        for place, text in enumerate(HOSTILE, 1)
    ]


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_whatever_a_title_holds_is_shown_as_it_is(
    workspace: Workspace, size: tuple[int, int], escapes: Callable[..., list[str]]
) -> None:
    from tests.tui.screens.test_hostile_text import HOSTILE

    ids = add(workspace, *hostile_papers())

    def uncleaned(db: Any) -> None:
        for paper_id, text in zip(ids, HOSTILE, strict=True):
            db.execute("UPDATE paper SET title = ?, comment = ? WHERE id = ?", (text, text, paper_id))
        db.execute("UPDATE announcement SET category = '[/x]\x1b[31m'")
        rank(db, dict.fromkeys(ids[:6], 0.8), hypothesis="[b]H-4\x1b[5m")

    workspace.store.write(uncleaned).result()
    app = opened_on(workspace)
    async with app.run_test(size=size, notifications=True) as pilot:
        await settled(pilot)
        seen = []
        for key in "asfz" * (3 if size == WIDE else 1):
            seen.append(triage(app).query_one(Detail).content.plain)
            await pilot.press(key)
            await settled(pilot)
            assert escapes(app) == []
        assert size == NARROW or any("[@click=app.quit]click me[/]" in text for text in seen)
        for keys in (["g"], ["r"], ["escape"], ["w"], ["escape"], ["full_stop"], ["comma"], ["u"], ["enter"]):
            await pilot.press(*keys)
            await settled(pilot)
            assert escapes(app) == []
        assert app.is_running


@pytest.fixture
def escapes() -> Callable[..., list[str]]:
    from tests.tui.screens.test_hostile_text import escapes as find

    return find


async def test_today_is_not_silently_empty(workspace: Workspace) -> None:
    add(workspace, *day_of(2, FRIDAY))

    def asked(db: Any) -> None:
        db.execute(
            "INSERT INTO sync_ledger (category, day, state, source, evidence, checked_at)"
            " VALUES ('cs.IR', ?, 'quiet', 'listing', '{}', '2026-04-13T06:00:00Z')",
            (MONDAY,),
        )

    workspace.store.write(asked).result()
    app = opened_on(workspace)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert "Fri 10 Apr" in heads(triage(app))
        assert "today: quiet: arXiv lists nothing new" in heads(triage(app))


async def test_what_could_not_be_stored_is_not_shown_as_decided(
    workspace: Workspace, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    from library.errors import WorkspaceBusy
    from library.papers import commands

    def busy(*given: object, **more: object) -> None:
        raise WorkspaceBusy("Another process keeps the database.", mend="Try again.")

    app = opened_on(workspace)
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await settled(pilot)
        monkeypatch.setattr(commands, "decide", busy)
        await pilot.press("a")
        await settled(pilot)
        assert triage(app).items[ids[0]].decision is None
        assert "0 of 8 decided" in heads(triage(app))
        assert "Another process keeps the database." in str([n.title for n in app._notifications])
