"""Deciding: what is kept with a decision, the reading queue, skipping the rest, undo; and the funnel that follows."""

import multiprocessing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from library.db import journal
from library.errors import LabtopError
from library.papers.commands import decide
from library.triage.deciding import below_the_line, skip_below
from library.triage.funnel import Funnel, funnel, funnels, recount
from library.triage.inbox import inbox_day
from library.workspace import Workspace
from planner.workspace import open_workspace
from tests.library.triage.inboxes import FRIDAY, MONDAY, add, day_of, paper, rank

Do = Callable[..., Any]


@pytest.fixture
def write(workspace: Workspace) -> Do:
    return lambda function, *given, **more: workspace.store.write(lambda db: function(db, *given, **more)).result()


@pytest.fixture
def read(workspace: Workspace) -> Do:
    return lambda function, *given, **more: workspace.store.read(lambda db: function(db, *given, **more)).result()


def rows(workspace: Workspace, sql: str, *given: object) -> list[tuple[Any, ...]]:
    return workspace.store.read(lambda db: [tuple(row) for row in db.execute(sql, given)]).result()


def queue(workspace: Workspace, person: str = "ada") -> list[int]:
    sql = "SELECT paper_id FROM queue_entry WHERE person = ? AND state = 'queued' ORDER BY position"
    return [row[0] for row in rows(workspace, sql, person)]


def stored(workspace: Workspace, day: str = MONDAY, person: str = "ada") -> Funnel | None:
    return next(iter(workspace.store.read(lambda db: funnels(db, person, day, day)).result()), None)


def test_what_was_shown_is_kept_with_the_decision(workspace: Workspace, write: Do) -> None:
    one, two = add(workspace, *day_of(2))
    write(rank, {one: 0.8}, explored=[one], model="m7")
    write(decide, "ada", [one], "keep")
    write(decide, "ada", [two], "skip", reason="quality")
    write(rank, {one: 0.1, two: 0.2}, line=0.05, model="m8")
    found = rows(workspace, "SELECT paper_id, score, line, explored, ranked_by, reason FROM decision ORDER BY paper_id")
    assert found == [(one, 0.8, 0.5, 1, "m7", None), (two, None, None, 0, None, "quality")]


def test_kept_papers_go_on_the_queue_and_come_off_with_the_decision(workspace: Workspace, write: Do) -> None:
    one, two, three = add(workspace, *day_of(3))
    write(decide, "ada", [one, two], "keep")
    write(decide, "ada", [three], "star")
    assert queue(workspace) == [three, one, two]
    write(decide, "ada", [one], "skip")
    write(decide, "ada", [three], None)
    assert queue(workspace) == [two]
    write(journal.undo, "ada")
    write(journal.undo, "ada")
    assert queue(workspace) == [three, one, two]
    write(journal.undo, "ada")
    write(journal.undo, "ada")
    assert queue(workspace) == []
    assert rows(workspace, "SELECT * FROM decision") == []


def test_each_undone_action_is_named(workspace: Workspace, write: Do) -> None:
    one, two = add(workspace, *day_of(2))
    write(decide, "ada", [one], "keep")
    write(decide, "ada", [two], "skip", reason="not my task")
    assert write(journal.undo, "ada").summary == "undid: skipped “Paper 2604.00002” (2604.00002): not my task"
    assert write(journal.undo, "ada").summary == "undid: kept “Paper 2604.00001” (2604.00001)"


def test_undo_goes_on_after_a_restart(workspace: Workspace) -> None:
    ids = add(workspace, *day_of(8))
    for paper_id in ids:
        workspace.store.write(lambda db, i=paper_id: decide(db, "ada", [i], "keep")).result()  # type: ignore[misc]
    for left in range(7, 3, -1):
        with open_workspace(workspace.paths.home, person="ada") as again:
            again.store.write(lambda db: journal.undo(db, "ada")).result()
            assert again.store.read(lambda db: inbox_day(db, "ada", MONDAY).waiting).result() == 8 - left
            found = stored(again)
            assert found is not None
            assert found.kept == left


def test_skipping_the_rest_is_one_action(workspace: Workspace, write: Do, read: Do) -> None:
    ids = add(workspace, *day_of(7), paper("2604.00009", ("cs.IR", "new", FRIDAY), ("cs.IR", "replace", MONDAY)))
    write(rank, {ids[0]: 0.9, ids[1]: 0.4, ids[2]: 0.3, ids[3]: 0.2, ids[4]: 0.1}, explored=[ids[4]])
    write(decide, "ada", [ids[1]], "keep")
    day = read(inbox_day, "ada", MONDAY)
    rest = below_the_line(day)
    assert set(rest) == {ids[2], ids[3]}  # the others have no score: unknown is not low
    write(decide, "ada", [ids[2]], "star")  # decided after the rest was counted
    change = write(skip_below, "ada", MONDAY, rest)
    assert change.summary == f"skipped the rest of {MONDAY} below the line, 1 paper"
    assert rows(workspace, "SELECT decision, bulk, count(*) FROM decision GROUP BY 1, 2 ORDER BY 1") == [
        ("keep", 0, 1),
        ("skip", 1, 1),
        ("star", 0, 1),
    ]
    found = stored(workspace)
    assert found is not None
    assert (found.kept, found.starred, found.skipped, found.bulk_skipped) == (1, 1, 0, 1)
    write(journal.undo, "ada")
    assert read(inbox_day, "ada", MONDAY).waiting == 5
    assert write(skip_below, "ada", MONDAY, ()).journal_id is None


def test_there_is_no_rest_where_nothing_is_ranked(workspace: Workspace, write: Do) -> None:
    ids = add(workspace, *day_of(2))
    with pytest.raises(LabtopError, match="Nothing of 2026-04-13 is ranked yet"):
        write(skip_below, "ada", MONDAY, ids)


def test_a_single_skip_after_a_bulk_one_counts(workspace: Workspace, write: Do) -> None:
    (one,) = add(workspace, *day_of(1))
    write(decide, "ada", [one], "skip", bulk=True)
    write(decide, "ada", [one], "skip")
    assert rows(workspace, "SELECT bulk FROM decision") == [(0,)]


def test_putting_off_once_more_begins_anew(workspace: Workspace, write: Do) -> None:
    (one,) = add(workspace, *day_of(1))
    assert write(decide, "ada", [one], "later").journal_id is not None
    assert write(decide, "ada", [one], "later").journal_id is None  # on the same day there is nothing to change
    write(lambda db: db.execute("UPDATE decision SET decided_at = '2026-04-01T08:00:00Z'"))
    assert write(decide, "ada", [one], "later").journal_id is not None
    assert rows(workspace, "SELECT decided_at > '2026-04-02' FROM decision") == [(1,)]


def test_the_funnel_says_what_became_of_the_day(workspace: Workspace, write: Do) -> None:
    ids = add(
        workspace,
        *day_of(5),
        paper("2604.00008", ("cs.CL", "cross", MONDAY)),
        paper("2604.00009", ("cs.IR", "replace", MONDAY)),
    )
    write(rank, {ids[0]: 0.9, ids[1]: 0.6, ids[2]: 0.2, ids[3]: 0.1}, explored=[ids[3]])
    assert stored(workspace) is None  # looking at it is no action
    write(decide, "ada", [ids[0]], "keep")
    write(rank, {ids[0]: 0.1, ids[1]: 0.6, ids[2]: 0.2, ids[3]: 0.1})  # what stood above when it was kept stays so
    write(decide, "ada", [ids[2]], "skip")
    found = stored(workspace)
    assert found is not None
    assert (found.announced, found.cross, found.replaced) == (6, 1, 1)
    assert (found.ranked, found.above, found.explored) == (4, 2, 1)
    assert (found.kept, found.starred, found.later, found.skipped, found.bulk_skipped) == (1, 0, 0, 1, 0)
    assert (found.linked, found.decided) == (0, 2)


def test_nothing_ranked_is_unknown_and_not_none_above(workspace: Workspace, write: Do) -> None:
    (one,) = add(workspace, *day_of(1))
    write(decide, "ada", [one], "keep")
    found = stored(workspace)
    assert found is not None
    assert (found.ranked, found.above) == (0, None)


def test_counting_again_changes_nothing(workspace: Workspace, write: Do, read: Do) -> None:
    ids = add(workspace, *day_of(4))
    write(decide, "ada", ids[:2], "keep")
    first = read(funnel, "ada", MONDAY)
    assert write(recount, "ada", MONDAY) == stored(workspace)
    assert first.kept == 2
    assert len(rows(workspace, "SELECT * FROM triage_day")) == 1


def test_papers_without_a_day_have_no_funnel(workspace: Workspace, write: Do) -> None:
    from library.papers.model import PaperDraft

    (one,) = add(workspace, PaperDraft(key="doi:10.1/x", kind="reference", source="bibtex", title="A reference"))
    write(decide, "ada", [one], "keep")
    assert rows(workspace, "SELECT * FROM triage_day") == []
    assert queue(workspace) == [one]


def test_linking_to_a_hypothesis_counts_for_whoever_did_it(workspace: Workspace, write: Do) -> None:
    from planner.hypotheses import commands as hypotheses
    from planner.hypotheses.evidence import add_evidence

    one, _ = add(workspace, *day_of(2))
    number = write(hypotheses.add, "ada", {"statement": "Late interaction beats distillation on long queries"})[0]
    write(add_evidence, "kim", number, one, {"stance": "for"}, sentence="1")
    write(decide, "ada", [one], "keep")
    mine, kims = stored(workspace), stored(workspace, person="kim")
    assert mine is not None
    assert kims is not None
    assert (mine.linked, kims.linked) == (0, 1)
    write(journal.undo, "kim")
    again = stored(workspace, person="kim")
    assert again is not None
    assert again.linked == 0


def _decide_all(home: Path, person: str, decision: str) -> None:
    with open_workspace(home, person=person) as workspace:
        day = workspace.store.read(lambda db: inbox_day(db, person, MONDAY)).result()
        for item in day.items:
            workspace.store.write(
                lambda db, i=item.id: decide(db, person, [i], decision)  # type: ignore[arg-type, misc]
            ).result()


def test_two_people_at_once_keep_separate_inboxes(workspace: Workspace, read: Do) -> None:
    add(workspace, *day_of(25))
    context = multiprocessing.get_context("spawn")
    people = (("kim", "keep"), ("lee", "skip"))
    running = [context.Process(target=_decide_all, args=(workspace.paths.home, *each)) for each in people]
    for process in running:
        process.start()
    for process in running:
        process.join(60)
        assert process.exitcode == 0
    for person, decision in people:
        assert {item.decision for item in read(inbox_day, person, MONDAY).items} == {decision}
    assert read(inbox_day, "ada", MONDAY).waiting == 25
    kims, lees = stored(workspace, person="kim"), stored(workspace, person="lee")
    assert kims is not None
    assert lees is not None
    assert (kims.kept, kims.skipped, lees.kept, lees.skipped) == (25, 0, 0, 25)
    assert (len(queue(workspace, "kim")), queue(workspace, "lee")) == (25, [])


def test_a_day_of_5000_papers(workspace: Workspace, write: Do, read: Do) -> None:
    ids = add(workspace, *day_of(5_000))
    write(rank, {paper_id: place / 5_000 for place, paper_id in enumerate(ids)}, line=0.96)
    day = read(inbox_day, "ada", MONDAY)
    rest = below_the_line(day)
    assert (day.announced, len(rest)) == (5_000, 4_800)
    write(skip_below, "ada", MONDAY, rest)
    assert read(inbox_day, "ada", MONDAY).waiting == 200
    write(journal.undo, "ada")
    assert read(inbox_day, "ada", MONDAY).waiting == 5_000
    found = stored(workspace)
    assert found is not None
    assert (found.announced, found.above, found.bulk_skipped) == (5_000, 200, 0)
