"""The inbox of a day: its order, its counts, what was put off, and why there may be nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from library.papers.commands import decide
from library.triage.inbox import day_beside, inbox_day, inbox_days, put_off
from library.workspace import Workspace
from tests.library.triage.inboxes import FRIDAY, MONDAY, THURSDAY, add, day_of, paper, rank

Read = Callable[..., Any]


@pytest.fixture
def read(workspace: Workspace) -> Read:
    return lambda function, *given: workspace.store.read(lambda db: function(db, *given)).result()


def ranked(workspace: Workspace, scores: dict[int, float], **more: Any) -> None:
    workspace.store.write(lambda db: rank(db, scores, **more)).result()


def test_the_best_come_first_and_what_is_unknown_last(workspace: Workspace, read: Read) -> None:
    ids = add(workspace, *day_of(6), paper("2604.00007", ("cs.IR", "new", FRIDAY), ("cs.IR", "replace", MONDAY)))
    ranked(workspace, {ids[0]: 0.3, ids[1]: 0.8, ids[2]: 0.8, ids[3]: 0.1, ids[6]: 0.9}, explored=[ids[3]])
    day = read(inbox_day, "ada", MONDAY)
    assert [(item.key[-1], item.place) for item in day.items] == [
        ("2", "above"),
        ("3", "above"),
        ("4", "explore"),
        ("1", "below"),
        ("5", "unranked"),
        ("6", "unranked"),
        ("7", "replaced"),
    ]
    assert (day.announced, day.waiting, day.count(place="above")) == (6, 6, 2)
    assert (day.items[0].label, day.items[4].score, day.items[4].label) == ("H-4", None, "")


def test_a_new_version_of_what_is_decided_waits_for_nothing(workspace: Workspace, read: Read) -> None:
    (one,) = add(workspace, paper("2604.00001", ("cs.IR", "new", FRIDAY), ("cs.IR", "replace", MONDAY)))
    workspace.store.write(lambda db: decide(db, "ada", [one], "keep")).result()
    day = read(inbox_day, "ada", MONDAY)
    assert [(item.listing, item.decision) for item in day.items] == [("replaced", "keep")]
    assert (day.announced, day.waiting) == (0, 0)
    assert read(inbox_day, "ada", FRIDAY).waiting == 0


def test_everybody_has_their_own(workspace: Workspace, read: Read) -> None:
    one, two = add(workspace, *day_of(2))
    ranked(workspace, {one: 0.9, two: 0.1})
    ranked(workspace, {one: 0.2, two: 0.7}, person="kim")
    workspace.store.write(lambda db: decide(db, "ada", [one], "skip", reason="not my task")).result()
    ada, kim = read(inbox_day, "ada", MONDAY), read(inbox_day, "kim", MONDAY)
    assert [(item.id, item.decision, item.reason) for item in ada.items] == [
        (one, "skip", "not my task"),
        (two, None, None),
    ]
    assert [(item.id, item.decision) for item in kim.items] == [(two, None), (one, None)]


def test_a_person_begins_with_the_last_days_and_not_with_the_library(workspace: Workspace, read: Read) -> None:
    days = [f"2026-03-{number:02}" for number in range(1, 29)]
    add(workspace, *(paper(f"2603.{place:05}", ("cs.IR", "new", day)) for place, day in enumerate(days, 1)))
    found = read(inbox_days, "ada", MONDAY, 5)
    assert [day.day for day in found] == list(reversed(days[-5:]))
    assert sum(day.waiting for day in found) == 5
    assert read(day_beside, days[0], MONDAY, 1) is None
    assert read(day_beside, days[-1], MONDAY, -1) is None
    assert read(day_beside, days[9], MONDAY, -1) == days[10]
    assert read(day_beside, days[-2], days[-2], -1) is None  # nothing of tomorrow


def test_why_a_day_is_empty(workspace: Workspace, read: Read) -> None:
    assert read(inbox_day, "ada", "2026-04-12").reason == "arXiv announces nothing at weekends"
    assert read(inbox_day, "ada", FRIDAY).reason == "no category is followed"

    def ledger(db: Any) -> None:
        db.execute(
            "INSERT INTO sync_ledger (category, day, state, source, evidence, checked_at)"
            " VALUES ('cs.IR', ?, 'quiet', 'listing', '{}', '2026-04-13T06:00:00Z')",
            (MONDAY,),
        )

    workspace.store.write(ledger).result()
    assert "nothing new" in read(inbox_day, "ada", MONDAY).reason


def test_what_was_put_off_waits_the_longest_first(workspace: Workspace, read: Read) -> None:
    one, two, three = add(workspace, *day_of(2, THURSDAY), *day_of(1, MONDAY, first=3))
    for paper_id, at in ((two, "2026-04-09T08:00:00Z"), (one, "2026-04-10T08:00:00Z")):
        workspace.store.write(lambda db, i=paper_id: decide(db, "ada", [i], "later")).result()  # type: ignore[misc]
        workspace.store.write(
            lambda db, i=paper_id, at=at: db.execute(  # type: ignore[misc]
                "UPDATE decision SET decided_at = ? WHERE paper_id = ?", (at, i)
            )
        ).result()
    ranked(workspace, {one: 0.9})
    assert [(item.id, item.day, item.score) for item in read(put_off, "ada")] == [
        (two, THURSDAY, None),
        (one, THURSDAY, 0.9),
    ]
    workspace.store.write(lambda db: decide(db, "ada", [two], "keep")).result()
    assert [item.id for item in read(put_off, "ada")] == [one]
    assert three not in [item.id for item in read(put_off, "kim")]
