"""The table of states: every pair of states, what a move needs, what it changes, and what undo brings back."""

import itertools

import pytest

from library.clock import stamp, stamped
from library.db.journal import Recorder, record
from library.errors import LabtopError, UsageError
from planner.hypotheses import commands
from planner.hypotheses.promotion import ask_promotion
from planner.hypotheses.states import LIVE, MEANING, MOVES, OUTCOMES, STATES, State
from tests.contracts.guide import GUIDE, rows
from tests.planner.hypotheses.conftest import STATEMENT, Lab

# Written by hand from the rules in words, not from the table: draft, active, testing, supported, refuted,
# inconclusive, promoted, retired, across; a row is where one goes from.
ALLOWED = """
              d a t s r i p x
draft         . y . . . . . y
active        y . y y y y . y
testing       . y . y y y . y
supported     . y . . y y y y
refuted       . y . y . y . y
inconclusive  . y . y y . . y
promoted      . y . . . . . y
retired       y y . . . . . .
"""
EXPECTED = {
    (before, after): mark == "y"
    for before, line in zip(STATES, ALLOWED.strip().splitlines()[1:], strict=True)
    for after, mark in zip(STATES, line.split()[1:], strict=True)
}


def put_in(lab: Lab, state: State) -> int:
    """A testable hypothesis in that state, with the interest that it has there, without going the way."""
    number = lab.active()
    lab.write(lambda db: db.execute("UPDATE hypothesis SET state = ? WHERE id = ?", (state, number)))
    is_live = int(state in LIVE)
    lab.write(lambda db: db.execute("UPDATE interest SET active = ? WHERE reference = ?", (is_live, f"H-{number}")))
    return number


def approve(lab: Lab, number: int) -> None:
    lab.insert(
        "approval",
        **{"what": "promotion", "hypothesis_id": number, "subject": "go", "authority": "research lead"},
        **{"requested_by": "ada", "requested_at": stamp(), "state": "approved", "decided_by": "kim"},
    )


@pytest.mark.parametrize("before", STATES)
def test_every_move(lab: Lab, before: State) -> None:
    for after in STATES:
        number = put_in(lab, before)
        approve(lab, number)
        was = lab.everything()
        if not EXPECTED[before, after]:
            with pytest.raises(UsageError, match="already" if before == after else f"is {before}; from there"):
                lab.move(number, after)
            assert lab.everything() == was
            continue
        change = lab.move(number, after, "we looked at it")
        assert lab.state(number) == after
        assert change.summary.startswith(f"moved H-{number} from {before} to {after}")
        *_, moved = lab.rows("SELECT before, after, reason, person FROM hypothesis_move ORDER BY id")
        assert moved == (before, after, "we looked at it", "ada")
        interest = "SELECT text, active, person FROM interest WHERE reference = ?"
        assert lab.one(interest, f"H-{number}") == (STATEMENT, int(after in LIVE), None)
        lab.undo()
        assert lab.everything() == was


def test_the_table_is_complete() -> None:
    assert tuple(MOVES) == STATES == tuple(MEANING)
    assert {(before, after) for before in STATES for after in MOVES[before]} == {
        pair for pair, allowed in EXPECTED.items() if allowed
    }
    for start in STATES:  # nothing is a dead end: each state leads to each
        seen, waiting = {start}, [start]
        while waiting:
            fresh = set(MOVES[waiting.pop()]) - seen
            seen |= fresh
            waiting += sorted(fresh)
        assert seen == set(STATES)


def test_the_guides_table_is_this_one() -> None:
    found = {cells[0]: (cells[1], tuple(cells[2].split(", "))) for cells in rows(GUIDE / "hypotheses.md", "state")}
    assert found == {state: (MEANING[state], MOVES[state]) for state in STATES}


def test_what_is_missing_to_be_tested_is_listed(lab: Lab) -> None:
    number = lab.add()
    with pytest.raises(UsageError, match=r"lacks metric .*, delta .*set H-1 metric=… delta=…"):
        lab.move(number, "active")
    lab.edit(number, metric="nDCG@10")
    with pytest.raises(UsageError, match=r"lacks delta \(smallest effect"):
        lab.move(number, "active")
    lab.edit(number, delta="0.5")
    assert lab.move(number, "active", None).summary.endswith("its metric, direction and δ are stated")


def test_what_is_tested_keeps_what_it_needs(lab: Lab) -> None:
    number = lab.active()
    with pytest.raises(UsageError, match="metric: cannot be emptied while it is active; delta: cannot be emptied"):
        lab.edit(number, metric="", delta="")
    lab.move(number, "retired")
    lab.edit(number, metric="")
    with pytest.raises(UsageError, match="lacks metric"):
        lab.write(lambda db: commands.reopen(db, "ada", number, "again"))
    lab.move(number, "draft")


def test_a_decision_needs_a_reason(lab: Lab) -> None:
    number = lab.active()
    nothings = (None, "", " \n\t", "\x1b[31m\u202e")
    for state, nothing in itertools.product(sorted(OUTCOMES | {"retired", "draft"}), nothings):
        with pytest.raises(UsageError, match="needs a reason"):
            lab.move(number, state, nothing)


def test_a_verdict_is_reason_enough(lab: Lab) -> None:
    number = lab.active()
    lab.verdict(number, lab.experiment(number), "refuted", label="harmful")
    with pytest.raises(UsageError, match="needs a reason"):
        lab.move(number, "supported", None)
    assert "V-1: refuted (harmful)" in lab.move(number, "refuted", None).summary


def test_it_says_what_a_decision_goes_against(lab: Lab) -> None:
    number = lab.active()
    assert "(without a confirmatory verdict)" in lab.move(number, "supported").summary
    lab.verdict(number, lab.experiment(number), "refuted", exploratory=1)
    assert "(without a confirmatory verdict)" in lab.move(number, "refuted").summary
    lab.verdict(number, lab.experiment(number), "refuted")
    assert "(against V-2, refuted)" in lab.move(number, "supported").summary
    lab.verdict(number, lab.experiment(number), "supported", blocked_by=["latency"])
    lab.move(number, "active")
    assert "(blocked by latency)" in lab.move(number, "supported").summary


def test_reopening_is_for_what_is_closed(lab: Lab) -> None:
    number = lab.active()
    with pytest.raises(UsageError, match="it is open"):
        lab.write(lambda db: commands.reopen(db, "ada", number, "again"))
    lab.move(number, "inconclusive")
    lab.write(lambda db: commands.reopen(db, "kim", number, "more seeds are there"))
    assert lab.state(number) == "active"


def test_promotion_needs_an_approval_since_it_is_supported(lab: Lab) -> None:
    number = lab.active()
    programme = lab.workspace.settings.programme
    with pytest.raises(UsageError, match="only what is supported"):
        lab.write(lambda db: ask_promotion(db, "ada", programme, number))
    with stamped("2026-01-01T00:00:00Z"):
        approve(lab, number)  # of an earlier round
    lab.move(number, "supported")
    with pytest.raises(LabtopError, match="none was asked for"):
        lab.move(number, "promoted")
    lab.write(lambda db: ask_promotion(db, "ada", programme, number))
    with pytest.raises(LabtopError, match="has yet to approve"):
        lab.move(number, "promoted")
    lab.write(lambda db: db.execute("UPDATE approval SET state = 'refused', decided_by = 'kim', reason = 'not yet'"))
    with pytest.raises(LabtopError, match=r"kim refused to promote H-1 \(A-2: not yet\)"):
        lab.move(number, "promoted")
    approve(lab, number)
    lab.move(number, "promoted")
    assert lab.state(number) == "promoted"


def test_testing_begins_by_itself_from_active_only(lab: Lab) -> None:
    for state in STATES:
        number = put_in(lab, state)

        def begin(recorder: Recorder, number: int = number) -> None:
            commands.start_testing(recorder, "ada", number, "first run")

        lab.write(lambda db: record(db, person="ada", action="run", summary="a run", write=begin))
        assert lab.state(number) == ("testing" if state == "active" else state)


@pytest.mark.parametrize(("typed", "state"), [("ret", "retired"), ("SUPPORTED", "supported"), (" act ", "active")])
def test_states_are_read_as_they_begin(typed: str, state: str) -> None:
    assert commands.read_state(typed) == state


@pytest.mark.parametrize("typed", ["", "re", "done", "[/]", "x" * 500])
def test_other_words_are_no_states(typed: str) -> None:
    with pytest.raises(UsageError, match="draft, active, testing"):
        commands.read_state(typed)
