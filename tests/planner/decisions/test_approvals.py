"""Nobody decides on their own: not by asking, not by writing, not by owning, not through undo."""

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from library.db.journal import next_undo, undo
from library.errors import LabtopError, NotFound, UsageError
from library.settings import ProgrammeSettings
from library.workspace import Workspace
from planner.decisions import approvals
from planner.decisions.approvals import (
    approval,
    approval_record,
    ask,
    decide_approval,
    find_approval,
    waiting,
    withdraw,
)
from planner.decisions.authority import authority_for, holders, own_people, role
from planner.decisions.needs import needs
from planner.people import same
from tests.planner.decisions.planted import dataset_row, experiment
from tests.planner.decisions.planted import hypothesis as planted_hypothesis

SETTINGS = ProgrammeSettings()
Do = Callable[[Callable[[Any], Any]], Any]


def asked(
    write: Do, person: str = "ada", what: Any = "budget", subject: str = "40 GPU-hours more", **about: Any
) -> int:
    number: int = write(lambda db: ask(db, person, SETTINGS, what, subject, **about))[0]
    return number


def test_asked_and_decided_by_somebody_else(write: Do, read: Do) -> None:
    number = asked(write)
    [one] = read(waiting)
    assert (one.id, one.what, one.authority, one.requested_by) == (number, "budget", "research lead", "ada")
    change = write(lambda db: decide_approval(db, "kim", number, "approved", "worth it"))
    assert change.summary == "approved A-1: 40 GPU-hours more"
    found = read(lambda db: approval(db, number))
    assert (found.state, found.decided_by, found.reason) == ("approved", "kim", "worth it")
    assert read(waiting) == ()


@pytest.mark.parametrize("name", ["ada", "Ada", " ADA "])
def test_nobody_approves_what_they_asked_for(write: Do, read: Do, name: str) -> None:
    number = asked(write)
    for decision in ("approved", "refused"):
        with pytest.raises(LabtopError, match="Nobody decides on their own"):
            write(lambda db, decision=decision: decide_approval(db, name, number, decision, "x"))
    assert read(lambda db: approval(db, number)).state == "waiting"


def test_the_database_refuses_it_too(write: Do) -> None:
    number = asked(write)
    for state in ("approved", "refused"):
        with pytest.raises(sqlite3.IntegrityError):
            write(lambda db, state=state: db.execute(
                "UPDATE approval SET state = ?, decided_by = 'ada' WHERE id = ?", (state, number)
            ))  # fmt: skip
    with pytest.raises(sqlite3.IntegrityError):  # nor by nobody
        write(lambda db: db.execute("UPDATE approval SET state = 'approved' WHERE id = ?", (number,)))


def test_owning_what_is_asked_about_is_asking(write: Do) -> None:
    tested = write(lambda db: planted_hypothesis(db, owner="lee"))
    owned = write(lambda db: experiment(db, tested, owner="kim"))
    number = asked(write, "ben", "publication", "the paper", experiment_id=owned, hypothesis_id=tested)
    for person, why in (("kim", "owns E-1"), ("lee", "owns H-1"), ("ben", "asked for it")):
        with pytest.raises(LabtopError, match=why):
            write(lambda db, person=person: decide_approval(db, person, number, "approved"))
    write(lambda db: decide_approval(db, "ada", number, "approved"))  # who typed them in does not own them


def test_a_refusal_needs_a_reason(write: Do, read: Do) -> None:
    number = asked(write)
    with pytest.raises(UsageError, match="needs a reason"):
        write(lambda db: decide_approval(db, "kim", number, "refused", "  "))
    write(lambda db: decide_approval(db, "kim", number, "refused", "no \x1b[31mmoney"))
    assert read(lambda db: approval(db, number)).reason == "no money"


def test_what_is_decided_is_not_decided_again(write: Do) -> None:
    number = asked(write)
    write(lambda db: decide_approval(db, "kim", number, "refused", "no"))
    with pytest.raises(LabtopError, match="refused by kim"):
        write(lambda db: decide_approval(db, "lee", number, "approved"))
    with pytest.raises(LabtopError, match="refused"):
        write(lambda db: withdraw(db, "ada", number))


def test_only_whoever_asked_withdraws(write: Do, read: Do) -> None:
    number = asked(write)
    with pytest.raises(LabtopError, match="ada's request"):
        write(lambda db: withdraw(db, "kim", number))
    write(lambda db: withdraw(db, "ada", number, "cheaper now"))
    found = read(lambda db: approval(db, number))
    assert (found.state, found.reason, found.decided_by) == ("withdrawn", "cheaper now", None)


def test_the_same_is_not_asked_twice(write: Do) -> None:
    tried = write(lambda db: experiment(db, None))
    asked(write, experiment_id=tried)
    with pytest.raises(LabtopError, match="A-1 asks for that already"):
        asked(write, "kim", subject="other words", experiment_id=tried)
    asked(write, what="publication", experiment_id=tried)
    asked(write, subject="something else")
    asked(write, subject="something third")
    with pytest.raises(LabtopError, match="A-3 asks"):
        asked(write, subject="something else")


def test_stages_and_memos_are_asked_for_in_their_own_way(write: Do) -> None:
    for what in ("stage", "launch", "decision"):
        with pytest.raises(UsageError, match="asked for in another way"):
            asked(write, what=what)
    with pytest.raises(UsageError, match="subject"):
        asked(write, subject=" ")


def test_named_holders_of_an_authority_alone_decide(write: Do) -> None:
    settings = ProgrammeSettings(budget_authority="research lead (Kim, lee)")
    number = write(lambda db: ask(db, "ada", settings, "budget", "more"))[0]
    with pytest.raises(LabtopError, match="not named there"):
        write(lambda db: decide_approval(db, "ben", number, "approved"))
    write(lambda db: decide_approval(db, "kim", number, "approved"))


def test_authorities() -> None:
    assert holders("research lead (kim, lee o'neil)") == ("kim", "lee o'neil")
    assert holders("research lead") == ()
    assert role("research lead (kim)") == "research lead"
    assert authority_for(SETTINGS, "decision") == "research lead"
    assert authority_for(SETTINGS, "decision", ("kim", "lee")) == "deciders (kim, lee)"
    assert {what: authority_for(SETTINGS, what) for what in approvals.WHATS} == {
        "promotion": "research lead",
        "data": "data steward",
        "budget": "research lead",
        "publication": "publication board",
        "launch": "product owner",
        "stage": "research lead",
        "decision": "research lead",
    }
    assert same("Ada  L", "ada l")
    assert not same(None, None)


def test_approved_data_is_released_in_the_same_action(write: Do, read: Do) -> None:
    number = write(dataset_row)
    request = asked(write, "ada", "data", "use of the clicks", dataset_id=number)
    with pytest.raises(LabtopError, match="added DS-1"):
        write(lambda db: decide_approval(db, "ben", request, "approved"))
    said = write(lambda db: decide_approval(db, "kim", request, "approved", "minimised", until="2027-12-31")).summary
    assert said.endswith("DS-1 is approved")
    row = read(lambda db: db.execute("SELECT * FROM dataset").fetchone())
    assert (row["approval"], row["approved_by"], row["approved_until"]) == ("approved", "kim", "2027-12-31")
    write(lambda db: undo(db, "kim"))
    row = read(lambda db: db.execute("SELECT * FROM dataset").fetchone())
    assert (row["approval"], row["approved_by"]) == ("pending", None)
    assert read(lambda db: approval(db, request)).state == "waiting"
    with pytest.raises(UsageError, match="no day"):
        write(lambda db: decide_approval(db, "kim", request, "approved", until="soon"))


def test_a_refusal_of_data_is_kept_with_it(write: Do, read: Do) -> None:
    number = write(dataset_row)
    request = asked(write, "ada", "data", "use", dataset_id=number)
    write(lambda db: decide_approval(db, "kim", request, "refused", "no consent"))
    row = read(lambda db: db.execute("SELECT approval, approval_reason FROM dataset").fetchone())
    assert tuple(row) == ("refused", "no consent")


def test_what_needs_asking_is_pointed_out_until_it_is_asked(workspace: Workspace, write: Do, read: Do) -> None:
    today = workspace.clock.today()
    guarded, public = (
        write(dataset_row),
        write(lambda db: dataset_row(db, name="msmarco", sensitivity="public", licence="CC")),
    )
    unknown = write(lambda db: dataset_row(db, name="crawl", sensitivity="public", licence=None))
    write(lambda db: experiment(db, None, datasets=f"[{guarded}, {public}, {unknown}]", state="planned"))
    write(lambda db: experiment(db, None, datasets=f"[{guarded}]", state="idea"))
    write(lambda db: experiment(db, None, datasets="[99]", state="ready"))  # was taken back by whoever added it
    found = read(lambda db: needs(db, SETTINGS, today))
    assert [(each.dataset_id, each.authority) for each in found] == [
        (guarded, "data steward"),
        (unknown, "data steward"),
    ]
    assert "personal" in found[0].subject
    assert "no known licence" in found[1].subject
    request = asked(write, "ada", "data", found[0].subject, dataset_id=guarded)
    assert [each.dataset_id for each in read(lambda db: needs(db, SETTINGS, today))] == [unknown]
    write(lambda db: decide_approval(db, "kim", request, "approved", until="2020-01-01"))  # lapsed
    assert [each.dataset_id for each in read(lambda db: needs(db, SETTINGS, today))] == [guarded, unknown]


# Undo.


def test_only_the_decider_undoes_a_decision(write: Do, read: Do) -> None:
    number = asked(write)
    write(lambda db: decide_approval(db, "kim", number, "approved"))
    with pytest.raises(LabtopError, match="changed again since"):  # ada's request, which kim decided on
        write(lambda db: undo(db, "ada"))
    with pytest.raises(LabtopError, match="kim's"):
        write(lambda db: undo(db, "ada", 2))
    write(lambda db: undo(db, "kim"))
    assert read(lambda db: approval(db, number)).state == "waiting"
    write(lambda db: undo(db, "ada"))
    with pytest.raises(NotFound):
        read(lambda db: approval(db, number))


def test_a_number_is_never_given_to_another_request(write: Do, read: Do) -> None:
    """kim approves ben's request and takes it back; ada's request must not inherit the approval when it is redone."""
    first = asked(write, "ben")
    write(lambda db: decide_approval(db, "ada", first, "approved"))
    write(lambda db: undo(db, "ada"))
    write(lambda db: undo(db, "ben"))
    second = asked(write, "ada")
    assert second != first
    with pytest.raises(LabtopError):
        write(lambda db: undo(db, "ada", 3))  # undoing the undo would approve again
    assert read(lambda db: approval(db, second)).state == "waiting"


def test_undo_of_a_withdrawal_lets_it_wait_again(write: Do, read: Do) -> None:
    number = asked(write)
    write(lambda db: withdraw(db, "ada", number))
    write(lambda db: undo(db, "ada"))
    assert [each.id for each in read(waiting)] == [number]


PEOPLE = ("ada", "kim", "lee")


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(PEOPLE),
            st.sampled_from(("ask", "approve", "refuse", "withdraw", "undo", "undo number")),
            st.integers(1, 4),
        ),
        max_size=14,
    )
)
def test_no_sequence_of_actions_approves_ones_own(lab: Workspace, steps: list[tuple[str, str, int]]) -> None:
    def run(db: sqlite3.Connection) -> list[tuple[str, str]]:
        db.execute("SAVEPOINT once")
        for person, what, number in steps:
            try:
                act(db, person, what, number)
            except LabtopError:
                continue
        rows = db.execute("SELECT requested_by, decided_by FROM approval WHERE state IN ('approved', 'refused')")
        found = [tuple(row) for row in rows.fetchall()]
        db.execute("ROLLBACK TO once")
        db.execute("RELEASE once")
        return found

    for requested_by, decided_by in lab.store.write(run).result():
        assert decided_by is not None
        assert decided_by != requested_by


def act(db: sqlite3.Connection, person: str, what: str, number: int) -> None:
    if what == "ask":
        ask(db, person, SETTINGS, "budget", f"hours {number}")
    elif what == "approve":
        decide_approval(db, person, number, "approved")
    elif what == "refuse":
        decide_approval(db, person, number, "refused", "no")
    elif what == "withdraw":
        withdraw(db, person, number)
    elif what == "undo":
        undo(db, person)
    else:
        last = next_undo(db, person)
        undo(db, person, (last.id if last else 1) + number - 2)


def test_records_and_names(write: Do, read: Do) -> None:
    number = asked(write, experiment_id=write(lambda db: experiment(db, None)))
    record = approval_record(read(lambda db: approval(db, number)))
    assert (record["id"], record["experiment"], record["decision"], record["state"]) == ("A-1", "E-1", None, "waiting")
    assert read(lambda db: [find_approval(db, name) for name in ("A-1", "a1", "1", 1)]) == [1, 1, 1, 1]
    with pytest.raises(NotFound):
        read(lambda db: find_approval(db, "A-9"))
    with pytest.raises(UsageError):
        read(lambda db: find_approval(db, "E-1"))
    assert read(lambda db: own_people(db, approval(db, number))) == {"ada": "owns E-1"}
