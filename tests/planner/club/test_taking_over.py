"""Decisions of the minutes become experiments and evidence, know each other, and go back together."""

from typing import Any

import pytest

from library.club import minutes
from library.club.queries import decision
from library.errors import LabtopError, NotFound, UsageError
from library.records import store
from planner.club.taking_over import as_evidence, as_experiment, is_gone, origin
from planner.experiments.kind import EXPERIMENT
from planner.hypotheses.balance import evidence_on_paper
from planner.hypotheses.evidence import remove_evidence
from tests.library.club.conftest import NOW
from tests.planner.club.conftest import Group

TEXT = "Good.\n- experiment: try it on our index @kim\n- evidence: it wins on long documents\n- action: write to them"


@pytest.fixture
def held(group: Group) -> Group:
    group.claim()
    session = group.plan("2026-02-26", 900)
    group.write(lambda db: minutes.write_minutes(db, "ada", session, TEXT, now=NOW))
    return group


def taken(group: Group, number: int) -> str | None:
    return group.read(lambda db: decision(db, number)).taken


def test_an_experiment_to_plan(held: Group) -> None:
    made, change = held.write(lambda db: as_experiment(db, "ada", 1, {"hypothesis_id": "H-1", "kind": "exploration"}))
    values = held.read(lambda db: store.get(db, EXPERIMENT, made))
    assert values["title"] == "try it on our index"
    assert values["owner"] == "kim"
    assert values["hypothesis_id"] == 1
    assert values["question"] == "From the paper club of 2026-02-26 (S-1, M-1) on 2602.00900."
    assert taken(held, 1) == f"E-{made}"
    found = held.read(lambda db: origin(db, "experiment", made))
    assert found is not None
    assert (found.decision_id, found.session_id, found.day) == (1, 1, "2026-02-26")
    assert change.summary.startswith(f"M-1 is E-{made}: added E-{made}")
    assert change.topic == "rows"
    with pytest.raises(UsageError, match=f"was taken over as E-{made} already"):
        held.write(lambda db: as_experiment(db, "ada", 1, {}))
    undone = held.undo()
    assert undone.topic == "rows"  # both rooms show it
    assert taken(held, 1) is None
    assert held.rows("SELECT count(*) FROM experiment") == [(0,)]
    assert held.read(lambda db: origin(db, "experiment", made)) is None


def test_evidence_on_a_hypothesis(held: Group) -> None:
    def take(db: Any, **more: Any) -> Any:
        return as_evidence(db, "ada", 2, 1, {"stance": "for", "scale": "3"}, **more)

    made, _ = held.write(lambda db: take(db, sentence="2"))
    (piece,) = held.read(lambda db: evidence_on_paper(db, held.papers[900]))
    assert (piece.id, piece.stance, piece.scale, piece.hypothesis_id) == (made, "for", 3, 1)
    assert piece.quote == "Late interaction wins on long documents by 2.1 points."
    assert piece.note == "it wins on long documents (M-2, paper club S-1)"
    assert taken(held, 2) == f"evidence {made}"
    assert held.rows("SELECT count(*) FROM journal WHERE action = 'evidence.add'") == [(1,)]
    held.undo()
    assert taken(held, 2) is None
    assert held.read(lambda db: evidence_on_paper(db, held.papers[900])) == ()
    made, _ = held.write(lambda db: take(db, quote="wins on long documents"))
    assert not held.read(lambda db: is_gone(db, 2))
    held.write(lambda db: remove_evidence(db, "ada", made))
    assert held.read(lambda db: is_gone(db, 2))


def test_the_person_says_the_stance_and_the_sentence(held: Group) -> None:
    with pytest.raises(UsageError, match="for, against, or is it context"):
        held.write(lambda db: as_evidence(db, "ada", 2, 1, {}, sentence="2"))
    with pytest.raises(UsageError, match="needs a sentence"):
        held.write(lambda db: as_evidence(db, "ada", 2, 1, {"stance": "for"}))
    with pytest.raises(NotFound):
        held.write(lambda db: as_evidence(db, "ada", 2, 9, {"stance": "for"}, sentence="2"))
    with pytest.raises(LabtopError, match="action"):
        held.write(lambda db: as_experiment(db, "ada", 3, {}))
    assert [taken(held, number) for number in (1, 2, 3)] == [None, None, None]


def test_a_decision_that_was_taken_over_is_not_dropped(held: Group) -> None:
    held.write(lambda db: as_experiment(db, "ada", 1, {}))
    with pytest.raises(UsageError, match="Undo that first"):
        held.write(lambda db: minutes.drop(db, "ada", 1))


def test_undo_is_ones_own(held: Group) -> None:
    made, _ = held.write(lambda db: as_experiment(db, "kim", 1, {}))
    with pytest.raises(LabtopError, match="was changed again since"):
        held.undo("ada")  # of the minutes: kim took one of her decisions over
    assert taken(held, 1) == f"E-{made}"
