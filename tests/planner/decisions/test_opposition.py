"""A decision may go against the verdict, but only with a written reason."""

import sqlite3

import pytest

from library.errors import UsageError
from planner.decisions.commands import accept, propose, revise
from planner.decisions.opposition import opposition
from planner.decisions.queries import memo
from planner.decisions.states import AGAINST
from tests.planner.decisions.deciding import SETTINGS, Do, drafted, proposed, state
from tests.planner.decisions.planted import AT, experiment, frozen, hypothesis, insert, verdict

CASES = [
    ("proceed", "supported", False),
    ("proceed", "refuted", True),
    ("proceed", "inconclusive", True),
    ("proceed", "blocked", True),
    ("proceed", "doubtful", True),
    ("proceed", "none", True),
    ("pivot", "supported", True),
    ("pivot", "refuted", False),
    ("pivot", "none", False),
    ("stop", "supported", True),
    ("stop", "refuted", False),
    ("stop", "blocked", False),
    ("stop", "inconclusive", False),
]


def case(db: sqlite3.Connection, outcome: str) -> int:
    number = hypothesis(db)
    tried = experiment(db, number)
    frozen(db, tried)
    verdict(db, tried, "refuted" if outcome == "supported" else "supported")  # the newest counts
    if outcome == "none":
        db.execute("DROP TRIGGER verdict_stays")
        db.execute("UPDATE verdict SET exploratory = 1")
    elif outcome == "blocked":
        verdict(db, tried, "supported", blocked_by='["latency"]')
    elif outcome == "doubtful":
        insert(db, "incident", title="x", happened_on="2026-11-01", experiments=f"[{tried}]", created_by="kim",
               created_at=AT, updated_at=AT)  # fmt: skip
    else:
        verdict(db, tried, outcome)
    verdict(db, tried, "supported" if outcome == "refuted" else "refuted", exploratory=1)  # never counts
    return number


@pytest.mark.parametrize(("kind", "outcome", "against"), CASES)
def test_a_decision_against_the_verdict_needs_a_reason(
    write: Do, read: Do, kind: str, outcome: str, against: bool
) -> None:
    assert (outcome in AGAINST[kind]) is against
    memo_id = drafted(write, write(lambda db: case(db, outcome)), kind)
    found = read(lambda db: memo(db, memo_id))
    assert (found.opposition is not None) is against
    if not against:
        write(lambda db: propose(db, "ada", SETTINGS, memo_id))
        return
    with pytest.raises(UsageError, match=rf"D-1 \({kind}\) .* needs a written reason") as refused:
        write(lambda db: propose(db, "ada", SETTINGS, memo_id))
    assert "justification" in refused.value.mend
    assert found.row.against
    assert not found.row.justified
    assert "No reason is written yet" in found.markdown
    write(lambda db: revise(db, "ada", memo_id, {"justification": "the market cannot wait"}))
    write(lambda db: propose(db, "ada", SETTINGS, memo_id))
    found = read(lambda db: memo(db, memo_id))
    assert found.row.justified
    assert "the market cannot wait" in found.markdown


def test_a_verdict_that_turns_while_a_memo_waits_is_noticed(programme: tuple[int, int], write: Do, read: Do) -> None:
    number, tried = programme
    memo_id = proposed(write, number)
    write(lambda db: verdict(db, tried, "refuted"))
    with pytest.raises(UsageError, match="goes against V-2, which is refuted"):
        write(lambda db: accept(db, "kim", memo_id))
    assert state(read, memo_id) == "proposed"
    assert [each.state for each in read(lambda db: memo(db, memo_id)).approvals] == ["waiting"]


def test_a_decision_on_nothing_goes_against_nothing(read: Do) -> None:
    nothing = {"hypothesis_id": None, "experiments": None, "kind": "proceed"}
    assert read(lambda db: opposition(db, nothing)) is None
