"""Ways round "nobody decides on their own" and "against the verdict only with a reason" that people might find."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from library.db.journal import undo
from library.errors import LabtopError
from planner.decisions.approvals import approval, ask, decide_approval, waiting
from planner.decisions.commands import accept, add, draft, propose, revise
from planner.hypotheses import commands as hypotheses
from planner.hypotheses.promotion import ask_promotion
from planner.register import commands as register
from planner.transfer.commands import advance, roll_back, set_gate
from planner.transfer.queries import transfer
from planner.workspace import Workspace
from tests.planner.decisions.deciding import SETTINGS, Do, drafted, proposed, state
from tests.planner.decisions.planted import dataset_row, experiment, hypothesis, verdict

TODAY = date(2026, 11, 20)
BY_HAND = ("reproduced", "responsible-ai", "privacy", "latency", "cost", "rollback-plan")


def asked(write: Do, **about: Any) -> int:
    number: int = write(lambda db: ask(db, "ben", SETTINGS, "publication", "the paper", **about))[0]
    return number


def decided(write: Do, person: str, number: int) -> None:
    write(lambda db: decide_approval(db, person, number, "approved"))


@pytest.mark.parametrize("name", ["ａｄａ", "аda", "a\u200bda", "Ada."])
def test_a_name_that_only_looks_alike_is_the_same(programme: tuple[int, int], write: Do, name: str) -> None:
    memo_id = proposed(write, programme[0])
    with pytest.raises(LabtopError, match="Nobody decides on their own"):
        write(lambda db: accept(db, name, memo_id))


def test_whoever_wrote_into_a_draft_does_not_accept_it(programme: tuple[int, int], write: Do, read: Do) -> None:
    memo_id = write(lambda db: draft(db, "kim", "proceed", hypothesis=programme[0]))[0]
    write(lambda db: revise(db, "ada", memo_id, {"decision": "Ship what I built."}))
    write(lambda db: propose(db, "kim", SETTINGS, memo_id))
    with pytest.raises(LabtopError, match=r"you \(ada\) wrote into D-1"):
        write(lambda db: accept(db, "ada", memo_id))
    write(lambda db: accept(db, "lee", memo_id))
    assert state(read, memo_id) == "accepted"


def test_who_takes_their_words_back_wrote_nothing(programme: tuple[int, int], write: Do, read: Do) -> None:
    memo_id = write(lambda db: draft(db, "kim", "proceed", hypothesis=programme[0]))[0]
    write(lambda db: revise(db, "ada", memo_id, {"decision": "Ship it."}))
    write(lambda db: undo(db, "ada"))
    write(lambda db: propose(db, "kim", SETTINGS, memo_id))
    write(lambda db: accept(db, "ada", memo_id))
    assert state(read, memo_id) == "accepted"


def test_the_database_knows_who_wrote_into_it(programme: tuple[int, int], write: Do) -> None:
    memo_id = write(lambda db: draft(db, "kim", "proceed", hypothesis=programme[0]))[0]
    write(lambda db: revise(db, "ada", memo_id, {"decision": "Ship it."}))
    write(lambda db: propose(db, "kim", SETTINGS, memo_id))
    with pytest.raises(Exception, match="nobody decides on their own memo"):
        write(lambda db: db.execute("UPDATE approval SET state = 'approved', decided_by = 'ada'"))


@pytest.mark.parametrize("what", ["experiment", "hypothesis", "dataset"])
def test_handing_on_what_is_asked_about_does_not_make_it_anothers(write: Do, read: Do, what: str) -> None:
    make: dict[str, Callable[[Any], int]] = {
        "experiment": lambda db: experiment(db, None, owner="ada"),
        "hypothesis": lambda db: hypothesis(db, owner="ada"),
        "dataset": lambda db: dataset_row(db, owner="ada"),
    }
    owned = write(make[what])
    number = asked(write, **{f"{what}_id": owned})
    write(lambda db: db.execute(f"UPDATE {what} SET owner = 'kim' WHERE id = ?", (owned,)))
    for person in ("ada", "kim"):
        with pytest.raises(LabtopError, match="Nobody decides on their own"):
            decided(write, person, number)
    decided(write, "max", number)
    assert read(lambda db: approval(db, number)).state == "approved"


def test_doing_an_approval_again_asks_again_whose_it_is(write: Do, read: Do) -> None:
    tried = write(lambda db: experiment(db, None, owner="lee"))
    number = asked(write, experiment_id=tried)
    decided(write, "kim", number)
    taken_back = write(lambda db: undo(db, "kim")).journal_id
    write(lambda db: db.execute("UPDATE experiment SET owner = 'kim' WHERE id = ?", (tried,)))
    with pytest.raises(LabtopError, match="Nobody decides on their own"):
        write(lambda db: undo(db, "kim", taken_back))
    assert read(lambda db: approval(db, number)).state == "waiting"


def test_doing_an_acceptance_again_asks_again_what_it_goes_against(
    programme: tuple[int, int], write: Do, read: Do
) -> None:
    memo_id = proposed(write, programme[0])
    write(lambda db: accept(db, "kim", memo_id))
    taken_back = write(lambda db: undo(db, "kim")).journal_id
    write(lambda db: verdict(db, programme[1], "refuted"))
    with pytest.raises(LabtopError, match="that needs a written reason"):
        write(lambda db: undo(db, "kim", taken_back))
    assert state(read, memo_id) == "proposed"


def test_what_was_accepted_is_taken_back_whatever_it_goes_against_by_now(
    programme: tuple[int, int], write: Do, read: Do
) -> None:
    memo_id = proposed(write, programme[0])
    write(lambda db: accept(db, "kim", memo_id))
    write(lambda db: verdict(db, programme[1], "refuted"))
    write(lambda db: undo(db, "kim"))
    assert state(read, memo_id) == "proposed"


def test_proposing_again_by_undo_asks_again_what_it_goes_against(
    programme: tuple[int, int], write: Do, read: Do
) -> None:
    memo_id = proposed(write, programme[0])
    taken_back = write(lambda db: undo(db, "ada")).journal_id
    write(lambda db: verdict(db, programme[1], "refuted"))
    with pytest.raises(LabtopError, match="that needs a written reason"):
        write(lambda db: undo(db, "ada", taken_back))
    assert state(read, memo_id) == "draft"


@pytest.fixture
def shadow(programme: tuple[int, int], write: Do, read: Do) -> int:
    """A transfer-ready experiment of ada's that kim let into shadow."""
    number = programme[1]
    write(lambda db: db.execute("UPDATE experiment SET kind = 'transfer-ready'"))
    for gate in BY_HAND:
        write(lambda db, gate=gate: set_gate(db, "kim", SETTINGS, number, "shadow", gate, "met", note="seen"))
    write(lambda db: advance(db, "ada", SETTINGS, number))
    write(lambda db: decide_approval(db, "kim", read(waiting)[-1].id, "approved"))
    return number


def where(read: Do, number: int) -> str:
    return str(read(lambda db: transfer(db, number)).row.stage.id)


def shut(write: Do, number: int) -> None:
    write(lambda db: set_gate(db, "lee", SETTINGS, number, "shadow", "privacy", "failed", note="leaks names"))


def test_a_stage_is_not_entered_again_through_shut_gates(shadow: int, write: Do, read: Do) -> None:
    taken_back = write(lambda db: undo(db, "kim")).journal_id
    assert where(read, shadow) == "offline"
    shut(write, shadow)
    with pytest.raises(LabtopError, match=r"privacy \(leaks names\)"):
        write(lambda db: undo(db, "kim", taken_back))
    assert where(read, shadow) == "offline"


def test_a_rollback_is_not_undone_through_shut_gates(shadow: int, write: Do, read: Do) -> None:
    write(lambda db: roll_back(db, "ada", shadow, "p95 doubled"))
    write(lambda db: undo(db, "ada"))
    assert where(read, shadow) == "shadow"
    write(lambda db: roll_back(db, "ada", shadow, "p95 doubled"))
    shut(write, shadow)
    with pytest.raises(LabtopError, match=r"privacy \(leaks names\)"):
        write(lambda db: undo(db, "ada"))
    assert where(read, shadow) == "offline"


def test_a_waiver_is_nobodys_own_also_when_it_becomes_theirs(shadow: int, write: Do, read: Do) -> None:
    def waive(db: Any) -> Any:
        return set_gate(db, "kim", SETTINGS, shadow, "ab", "cost", "waived", note="a pilot", authority="research lead")

    write(waive)
    gates = {gate.gate.id: gate.state for gate in read(lambda db: transfer(db, shadow)).stages[2].gates}
    assert gates["cost"] == "waived"
    write(lambda db: db.execute("UPDATE experiment SET owner = 'kim'"))
    gates = {gate.gate.id: gate.state for gate in read(lambda db: transfer(db, shadow)).stages[2].gates}
    assert gates["cost"] == "open"


@pytest.fixture
def promoted(programme: tuple[int, int], write: Do, read: Do) -> int:
    """A hypothesis of ada's that kim let be promoted."""
    number = programme[0]
    write(lambda db: hypotheses.move(db, "ada", number, "supported"))
    write(lambda db: ask_promotion(db, "ada", SETTINGS, number))
    write(lambda db: decide_approval(db, "kim", read(waiting)[-1].id, "approved"))
    write(lambda db: hypotheses.move(db, "ada", number, "promoted", "A-1"))
    return number


def test_an_approval_that_is_used_is_not_taken_back(promoted: int, write: Do, read: Do) -> None:
    with pytest.raises(LabtopError, match=f"H-{promoted} was promoted on it"):
        write(lambda db: undo(db, "kim"))
    write(lambda db: hypotheses.move(db, "ada", promoted, "active", "back"))
    write(lambda db: undo(db, "kim"))


def test_a_promotion_is_not_done_again_once_its_approval_is_gone(promoted: int, write: Do, read: Do) -> None:
    taken_back = write(lambda db: undo(db, "ada")).journal_id
    write(lambda db: undo(db, "kim"))
    with pytest.raises(LabtopError, match="waits for A-1"):
        write(lambda db: undo(db, "ada", taken_back))


def test_a_memo_on_nothing_needs_no_reason_and_says_so(workspace: Workspace, write: Do, read: Do) -> None:
    memo_id = write(lambda db: add(db, "ada", {"title": "Buy GPUs", "kind": "proceed"}))[0]
    write(lambda db: propose(db, "ada", SETTINGS, memo_id))
    write(lambda db: accept(db, "kim", memo_id))
    assert state(read, memo_id) == "accepted"


def test_taking_the_evidence_out_of_a_memo_makes_a_new_version(programme: tuple[int, int], write: Do) -> None:
    write(lambda db: verdict(db, programme[1], "refuted"))
    memo_id = drafted(write, programme[0], justification="a bet")
    write(lambda db: propose(db, "ada", SETTINGS, memo_id))
    with pytest.raises(LabtopError, match="that needs a written reason"):
        write(lambda db: revise(db, "ada", memo_id, {"justification": ""}))


def test_whom_the_authority_names_decides_on_data_by_either_way(write: Do) -> None:
    number = write(lambda db: dataset_row(db, owner="ada"))
    named = "data steward (kim)"
    for decide in (register.approve, register.refuse):
        with pytest.raises(LabtopError, match="lee is not named there"):
            write(lambda db, decide=decide: decide(db, "lee", number, today=TODAY, reason="x", authority=named))
        with pytest.raises(LabtopError, match="somebody else has to decide"):
            write(lambda db, decide=decide: decide(db, "аda", number, today=TODAY, reason="x"))  # a Cyrillic а
    write(lambda db: register.approve(db, "Kim", number, today=TODAY, authority=named))


@pytest.mark.parametrize("way", ["another experiment", "no hypothesis", "dropped"])
def test_what_was_found_of_the_claim_counts_whichever_results_are_named(
    programme: tuple[int, int], write: Do, way: str
) -> None:
    """The older experiment came out supported, a newer one refuted the claim."""
    number, older = programme

    def later(db: Any) -> int:
        tried = experiment(db, number, state="dropped" if way == "dropped" else "done")
        return verdict(db, tried, "refuted")

    found = write(later)
    named = {} if way == "dropped" else {"experiments": [older]}
    memo_id = drafted(write, number, **named)
    if way == "no hypothesis":
        write(lambda db: revise(db, "ada", memo_id, {"hypothesis_id": ""}))
    with pytest.raises(LabtopError, match=f"goes against V-{found}, which is refuted"):
        write(lambda db: propose(db, "ada", SETTINGS, memo_id))
    write(lambda db: revise(db, "ada", memo_id, {"justification": "its data were old"}))
    write(lambda db: propose(db, "ada", SETTINGS, memo_id))
