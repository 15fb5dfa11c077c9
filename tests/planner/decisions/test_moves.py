"""From draft to accepted and superseded: which moves there are, who makes them, and what undo takes back."""

import sqlite3
from typing import Any

import pytest

from library.db.journal import undo
from library.errors import LabtopError, NotFound, UsageError
from library.records.store import RecordError
from planner.decisions import commands
from planner.decisions.approvals import decide_approval, waiting
from planner.decisions.commands import accept, draft, propose, reject, revise, withdraw
from planner.decisions.queries import memo, memos
from planner.decisions.states import MOVES, STATES, allowed
from tests.planner.decisions.deciding import SETTINGS, Do, drafted, proposed, state
from tests.planner.decisions.planted import experiment


def test_the_table_of_moves() -> None:
    assert set(MOVES) == set(STATES)
    assert {after for moves in MOVES.values() for after in moves} <= set(STATES)
    assert [after for after in STATES if allowed("superseded", after)] == []
    assert not allowed("draft", "accepted")
    assert not allowed("accepted", "draft")


def test_a_draft_takes_what_the_record_offers(programme: tuple[int, int], write: Do, read: Do) -> None:
    number, tried = programme
    memo_id = write(lambda db: draft(db, "ada", "stop", experiments=[f"E-{tried}"]))[0]
    found = read(lambda db: memo(db, memo_id))
    assert found.row.hypothesis_id == number
    assert found.row.experiments == (tried,)
    assert found.row.title == "Stop work on “Late interaction beats distillation on nDCG@10”"
    assert found.row.state == "draft"
    assert not found.frozen
    assert found.versions == ()


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({}, UsageError, "drafted from a record"),
        ({"hypothesis": "H-9"}, NotFound, "H-9"),
        ({"experiments": ["E-9"]}, NotFound, "E-9"),
        ({"hypothesis": 1, "more": {"review_on": "soon", "deciderz": "x"}}, RecordError, "review_on.*deciderz"),
        ({"hypothesis": 1, "more": {"supersedes": "D-9"}}, RecordError, "no D-9"),
    ],
)
@pytest.mark.usefixtures("programme")
def test_a_draft_that_cannot_be_made(write: Do, given: dict[str, Any], error: type[LabtopError], said: str) -> None:
    with pytest.raises(error, match=said):
        write(lambda db: draft(db, "ada", "proceed", **given))


def test_accepting_is_an_approval_by_somebody_else(programme: tuple[int, int], write: Do, read: Do) -> None:
    memo_id = proposed(write, programme[0])
    [request] = read(waiting)
    assert (request.what, request.memo_id, request.version, request.authority) == (
        "decision", memo_id, 1, "research lead",
    )  # fmt: skip
    with pytest.raises(LabtopError, match="Nobody decides on their own"):
        write(lambda db: accept(db, "Ada", memo_id))
    said = write(lambda db: accept(db, "kim", memo_id, "convincing")).summary
    assert said.endswith("D-1 is accepted")
    row = read(lambda db: memo(db, memo_id)).row
    assert row.state == "accepted"
    assert row.approval is not None
    assert (row.approval.decided_by, row.approval.reason) == ("kim", "convincing")


def test_the_author_cannot_accept_what_a_colleague_proposed(programme: tuple[int, int], write: Do, read: Do) -> None:
    memo_id = drafted(write, programme[0])
    write(lambda db: propose(db, "ben", SETTINGS, memo_id))
    [request] = read(waiting)
    for person, why in (("ada", "wrote D-1"), ("ben", "put forward a version of D-1")):
        with pytest.raises(LabtopError, match=why):
            write(lambda db, person=person: decide_approval(db, person, request.id, "approved"))
    with pytest.raises(sqlite3.IntegrityError, match="own memo"):
        write(lambda db: db.execute("UPDATE approval SET state = 'approved', decided_by = 'ada'"))


def test_whoever_edited_a_proposal_cannot_accept_it(programme: tuple[int, int], write: Do, read: Do) -> None:
    memo_id = proposed(write, programme[0])
    write(lambda db: revise(db, "kim", memo_id, {"dissent": "few seeds"}))
    write(lambda db: revise(db, "ada", memo_id, {"options": "wait"}))
    with pytest.raises(LabtopError, match=r"kim\) put forward a version of D-1"):
        write(lambda db: accept(db, "kim", memo_id))
    write(lambda db: accept(db, "lee", memo_id))
    assert read(lambda db: memo(db, memo_id)).row.version == 3


def test_deciders_alone_decide(programme: tuple[int, int], write: Do, read: Do) -> None:
    memo_id = proposed(write, programme[0], deciders="Kim, lee")
    with pytest.raises(LabtopError, match="ben is not named"):
        write(lambda db: accept(db, "ben", memo_id))
    write(lambda db: accept(db, "kim", memo_id))
    with pytest.raises(LabtopError, match="Nobody could accept"):
        proposed(write, programme[0], deciders="ada")
    other = proposed(write, programme[0], deciders="ada, lee")
    with pytest.raises(UsageError, match="somebody has to decide"):
        write(lambda db: revise(db, "ada", other, {"deciders": ""}))
    said = write(lambda db: revise(db, "ada", other, {"deciders": "ben"})).summary
    assert "version 2" in said
    with pytest.raises(LabtopError, match="lee is not named"):
        write(lambda db: accept(db, "lee", other))


@pytest.mark.parametrize("names", ["kim (lead), lee", "kim), (x, lee", "(kim, lee)"])
def test_brackets_in_a_name_open_nothing(programme: tuple[int, int], write: Do, names: str) -> None:
    memo_id = proposed(write, programme[0], deciders=names)
    with pytest.raises(LabtopError, match="ben is not named"):
        write(lambda db: accept(db, "ben", memo_id))
    write(lambda db: accept(db, "lee", memo_id))


def test_an_experiment_that_was_taken_back(programme: tuple[int, int], write: Do, read: Do) -> None:
    """Its author may undo adding it, though a memo names it: the memo says so, and stays readable."""
    number, tried = programme
    other = write(lambda db: experiment(db, number, title="Short-lived"))
    memo_id = write(lambda db: draft(db, "kim", "proceed", experiments=[f"E-{tried}", f"E-{other}"]))[0]
    write(lambda db: db.execute("DELETE FROM experiment WHERE id = ?", (other,)))
    found = read(lambda db: memo(db, memo_id))
    assert f"E-{other} is not there any more." in found.markdown
    assert "### E-1: Distil late interaction" in found.markdown
    write(lambda db: propose(db, "kim", SETTINGS, memo_id))
    assert read(memos)[0].against == ""


def test_rejecting_needs_a_reason_and_leads_to_the_next_version(
    programme: tuple[int, int], write: Do, read: Do
) -> None:
    memo_id = proposed(write, programme[0])
    with pytest.raises(UsageError, match="reason"):
        write(lambda db: reject(db, "kim", memo_id, ""))
    write(lambda db: reject(db, "kim", memo_id, "one data set is not enough"))
    assert state(read, memo_id) == "rejected"
    write(lambda db: propose(db, "ada", SETTINGS, memo_id))  # as it was: the same version is asked for again
    assert read(lambda db: memo(db, memo_id)).row.version == 1
    write(lambda db: reject(db, "kim", memo_id, "still"))
    write(lambda db: revise(db, "ada", memo_id, {"options": "a second data set"}))
    assert state(read, memo_id) == "rejected"
    write(lambda db: propose(db, "ada", SETTINGS, memo_id))
    assert read(lambda db: memo(db, memo_id)).row.version == 2
    assert [each.state for each in read(lambda db: memo(db, memo_id)).approvals] == ["refused", "refused", "waiting"]


def test_a_proposal_is_taken_back_by_whoever_made_it(programme: tuple[int, int], write: Do, read: Do) -> None:
    memo_id = proposed(write, programme[0])
    with pytest.raises(LabtopError, match="ada's request"):
        write(lambda db: withdraw(db, "kim", memo_id))
    write(lambda db: withdraw(db, "ada", memo_id))
    assert state(read, memo_id) == "draft"
    assert read(waiting) == ()
    with pytest.raises(LabtopError, match="not proposed"):
        write(lambda db: accept(db, "kim", memo_id))


def test_what_was_decided_is_not_edited(programme: tuple[int, int], write: Do) -> None:
    memo_id = proposed(write, programme[0])
    with pytest.raises(UsageError, match="proposed already"):
        write(lambda db: propose(db, "ada", SETTINGS, memo_id))
    write(lambda db: accept(db, "kim", memo_id))
    with pytest.raises(UsageError, match="accepted: a decision that was taken is not changed") as refused:
        write(lambda db: revise(db, "ada", memo_id, {"options": "x"}))
    assert "--supersedes D-1" in refused.value.mend
    with pytest.raises(UsageError, match="D-1 is accepted"):
        write(lambda db: propose(db, "ada", SETTINGS, memo_id))


def test_an_edit_that_changes_nothing_makes_no_version(programme: tuple[int, int], write: Do, read: Do) -> None:
    memo_id = proposed(write, programme[0], options="wait")
    assert write(lambda db: revise(db, "ada", memo_id, {"options": "wait"})).journal_id is None
    assert read(lambda db: memo(db, memo_id)).row.version == 1


# Superseding.


def test_a_chain_of_decisions(programme: tuple[int, int], write: Do, read: Do) -> None:
    number = programme[0]
    first = proposed(write, number)
    write(lambda db: accept(db, "kim", first))
    second = proposed(write, number, supersedes=f"D-{first}")
    assert state(read, first) == "accepted"  # until the second is accepted
    said = write(lambda db: accept(db, "kim", second)).summary
    assert "takes the place of D-1" in said
    third = drafted(write, number, supersedes=f"D-{first}")
    with pytest.raises(LabtopError, match="D-1, which is superseded"):
        write(lambda db: propose(db, "ada", SETTINGS, third))
    write(lambda db: revise(db, "ada", third, {"supersedes": f"D-{second}"}))
    write(lambda db: propose(db, "ada", SETTINGS, third))
    write(lambda db: accept(db, "lee", third))
    rows = {row.id: row for row in read(memos)}
    assert [rows[each].state for each in (first, second, third)] == ["superseded", "superseded", "accepted"]
    assert [rows[each].superseded_by for each in (first, second, third)] == [second, third, None]
    with pytest.raises(LabtopError, match="changed again since"):  # the second was superseded in between
        write(lambda db: undo(db, "kim"))
    write(lambda db: undo(db, "lee"))
    assert [state(read, each) for each in (second, third)] == ["accepted", "proposed"]
    write(lambda db: undo(db, "kim"))
    assert [state(read, each) for each in (first, second)] == ["accepted", "proposed"]


def test_two_successors_wait_and_only_one_takes_the_place(programme: tuple[int, int], write: Do, read: Do) -> None:
    first = proposed(write, programme[0])
    write(lambda db: accept(db, "kim", first))
    one = proposed(write, programme[0], supersedes=f"D-{first}")
    other = proposed(write, programme[0], supersedes=f"D-{first}")
    write(lambda db: accept(db, "kim", one))
    with pytest.raises(LabtopError, match="cannot take the place of D-1, which is superseded"):
        write(lambda db: accept(db, "kim", other))
    assert state(read, other) == "proposed"


def test_nothing_supersedes_itself_or_in_a_circle(programme: tuple[int, int], write: Do) -> None:
    first = drafted(write, programme[0])
    second = drafted(write, programme[0], supersedes=f"D-{first}")
    for memo_id, before in ((first, first), (first, second)):
        with pytest.raises(RecordError, match="circle"):
            write(lambda db, memo_id=memo_id, before=before: revise(db, "ada", memo_id, {"supersedes": before}))


def test_two_people_at_once(programme: tuple[int, int], write: Do, read: Do) -> None:
    """kim accepts while lee rejects: whoever comes second is told, and nothing is half done."""
    memo_id = proposed(write, programme[0], deciders="kim, lee")
    write(lambda db: accept(db, "kim", memo_id))
    with pytest.raises(LabtopError, match="D-1 is accepted, not proposed"):
        write(lambda db: reject(db, "lee", memo_id, "no"))
    assert state(read, memo_id) == "accepted"
    with pytest.raises(NotFound):
        write(lambda db: undo(db, "lee"))


def test_a_memo_in_a_list(programme: tuple[int, int], write: Do, read: Do) -> None:
    number, tried = programme
    memo_id = proposed(write, number, "stop", justification="cost", deciders="kim", review_on="2027-01-01")
    write(lambda db: commands.add(db, "kim", {"title": "Another", "kind": "pivot"}))
    newest, row = read(memos)
    assert (newest.title, newest.against, newest.version) == ("Another", "", None)
    assert (row.id, row.state, row.version, row.deciders, row.review_on) == (
        memo_id,
        "proposed",
        1,
        ("kim",),
        "2027-01-01",
    )
    assert row.against == "goes against V-1, which is supported"
    assert row.approval is not None
    assert row.approval.authority == "deciders (kim)"
    assert [each.id for each in read(lambda db: memos(db, hypothesis_id=number))] == [memo_id]
    assert row.experiments == ()
    assert tried
