"""Preregistration: what is frozen, when, and what a later edit does."""

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from library.workspace import Workspace
from planner.experiments import commands
from planner.experiments.effective import effective
from planner.experiments.kind import FROZEN
from planner.experiments.plans import (
    canonical,
    differences,
    edited_since,
    freeze_by_hand,
    newest,
    plan_hash,
    plan_of,
    versions,
)
from planner.hypotheses import commands as hypotheses
from tests.planner.experiments.making import bring_in, csv_of, detail, judged, planned, read, undo, write

FULL: dict[str, Any] = {
    "question": "Does it help?",
    "metric": "MRR",
    "direction": "increase",
    "delta": "0.5",
    "unit": "points",
    "guardrails": "latency | decrease | 2",
    "slices": "long queries | fairness",
    "rating": "relevance 1-5 | 3 | double | 0.67",
    "success": "ships",
    "looks": "4",
    "family": "distillation",
    "family_rule": "holm",
    "exclusions": "node failed",
}


def text_of(workspace: Workspace, number: int) -> str:
    return canonical(plan_of(read(workspace, effective, number)))


def test_the_plan_is_frozen_under_its_hash_and_cannot_be_changed(workspace: Workspace) -> None:
    number = planned(workspace, **FULL)
    write(workspace, freeze_by_hand, number)
    frozen = read(workspace, newest, number)
    assert frozen.hash == hashlib.sha256(frozen.text.encode()).hexdigest()
    assert (frozen.version, frozen.cause, frozen.exploratory) == (1, "asked", False)
    plan = json.loads(frozen.text)
    assert plan["statement"] == "Late interaction beats distillation"
    assert plan["arms"] == [
        {"name": "bm25", "role": "baseline", "set": None},
        {"name": "dense", "role": "treatment", "set": None},
    ]
    assert plan["delta"] == 0.5
    with pytest.raises(sqlite3.IntegrityError, match="never changed"):
        workspace.store.write(lambda db: db.execute("UPDATE preregistration SET plan = '{}'")).result()
    assert read(workspace, newest, number).text == frozen.text


COPIED = "id, experiment_id, version, 'another', plan, cause, 0, person, at FROM preregistration"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE preregistration SET exploratory = 0, plan = '{}'",
        f"INSERT OR REPLACE INTO preregistration SELECT {COPIED}",
        f"INSERT OR REPLACE INTO preregistration SELECT {COPIED.replace('id,', 'NULL,', 1)}",
        "DELETE FROM preregistration",
        "UPDATE verdict SET state = 'supported'",
        "INSERT OR REPLACE INTO verdict SELECT * FROM verdict",
    ],
)
def test_neither_plan_nor_verdict_is_changed_past_labtop(workspace: Workspace, tmp_path: Path, sql: str) -> None:
    number = planned(workspace)
    bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.0, 2.0, 3.1], "dense": [2.0, 3.0, 4.0]}))
    judged(workspace, number)
    with (
        closing(sqlite3.connect(workspace.paths.database)) as other,
        pytest.raises(sqlite3.IntegrityError, match=r"never changed|rest on this frozen plan"),
    ):
        other.execute(sql)


def test_freezing_again_changes_nothing(workspace: Workspace) -> None:
    number = planned(workspace)
    assert write(workspace, freeze_by_hand, number)[1].journal_id is not None
    assert write(workspace, freeze_by_hand, number)[1].journal_id is None
    assert len(read(workspace, versions, number)) == 1


def test_the_first_result_freezes(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    assert read(workspace, newest, number) is None
    bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.0]}))
    assert read(workspace, newest, number).cause == "first result"
    bring_in(workspace, tmp_path, number, csv_of({"dense": [2.0]}))
    assert len(read(workspace, versions, number)) == 1


# One edit for each field that a preregistration freezes.
EDITS: dict[str, Any] = {
    "hypothesis_id": "",
    "kind": "transfer-ready",
    "question": "Another?",
    "arms": "bm25 | baseline | k1=2\ndense | treatment",
    "datasets": "DS-1",
    "metric": "MAP",
    "direction": "decrease",
    "delta": "0.75",
    "unit": "%",
    "guardrails": "latency | decrease | 3",
    "slices": "short queries | robustness",
    "rating": "relevance 1-5 | 5 | double | 0.67",
    "success": "ships twice",
    "seeds": "9",
    "alpha": "0.01",
    "pairing": "none",
    "looks": "5",
    "family": "another",
    "family_rule": "bh",
    "exclusions": "node failed\nOOM",
}


def test_every_frozen_field_has_an_edit_here() -> None:
    assert set(EDITS) == set(FROZEN)


@pytest.mark.parametrize("field", FROZEN)
def test_an_edit_of_the_claim_makes_the_next_version_exploratory(workspace: Workspace, field: str) -> None:
    from planner.register import commands as register

    write(workspace, register.add, {"name": "MS MARCO"})
    number = planned(workspace, **FULL)
    write(workspace, freeze_by_hand, number)
    change = write(workspace, commands.revise, number, {field: EDITS[field]})
    first, second = read(workspace, versions, number)
    assert (second.version, second.cause, second.exploratory) == (2, "edited", True)
    assert "version 2: verdicts are exploratory" in change.summary
    changed = {each.field for each in differences(first.plan, second.plan)}
    assert {"hypothesis" if field == "hypothesis_id" else field} <= changed <= {field, "hypothesis", "statement"}
    undo(workspace)
    assert len(read(workspace, versions, number)) == 1
    assert read(workspace, edited_since, number) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"owner": "kim"},
        {"tags": "a, b"},
        {"title": "Another title"},
        {"sigma": "0.4"},
        {"people_days": "3"},
        {"start": "2027-01-01"},
        {"checks": "power"},
        {"prerequisites": ""},
        {"command": "train.py"},
        {"arms": "bm25 | baseline | | 2026-10-01\ndense | treatment"},  # when it was measured changes no claim
    ],
    ids=str,
)
def test_an_edit_of_anything_else_leaves_the_plan_frozen_as_it_is(
    workspace: Workspace, changes: dict[str, str]
) -> None:
    number = planned(workspace)
    write(workspace, freeze_by_hand, number)
    write(workspace, commands.revise, number, changes)
    assert len(read(workspace, versions, number)) == 1


def test_looks_that_are_only_written_otherwise_are_the_same_plan(workspace: Workspace) -> None:
    number = planned(workspace, looks="4,6")
    write(workspace, freeze_by_hand, number)
    write(workspace, commands.revise, number, {"looks": "4 , 6"})
    assert len(read(workspace, versions, number)) == 1


def test_going_back_to_the_registered_plan_is_no_exploration(workspace: Workspace) -> None:
    number = planned(workspace)
    write(workspace, freeze_by_hand, number)
    write(workspace, commands.revise, number, {"seeds": 20})
    write(workspace, commands.revise, number, {"seeds": 8})
    assert [each.exploratory for each in read(workspace, versions, number)] == [False, True, False]


def test_a_hypothesis_that_is_edited_changes_the_plan_of_its_experiment(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.0, 2.0, 3.0], "dense": [2.0, 3.1, 4.2]}))
    write(workspace, hypotheses.edit, 1, {"delta": "0.25"})
    assert [each.field for each in detail(workspace, number).edited] == ["delta"]
    found = judged(workspace, number)
    assert found.row.exploratory
    assert "version 2: delta" in found.details["exploratory"][0]
    assert [each.version for each in read(workspace, versions, number)] == [1, 2]


def test_belief_and_payoff_are_no_part_of_the_plan(workspace: Workspace) -> None:
    number = planned(workspace)
    before = text_of(workspace, number)
    write(workspace, hypotheses.believe, 1, "0.9", "read a paper")
    write(workspace, hypotheses.edit, 1, {"payoff": "100", "owner": "kim"})
    assert text_of(workspace, number) == before


PLAIN = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=8)
ANY = st.recursive(
    PLAIN | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@given(ANY)
@settings(max_examples=60, deadline=None)
def test_the_same_plan_has_one_text(value: Any) -> None:
    text = canonical({"plan": value})
    assert canonical(json.loads(text)) == text
    backwards = dict(reversed(list(value.items()))) if isinstance(value, dict) else value
    assert plan_hash(canonical({"plan": backwards})) == plan_hash(text)
