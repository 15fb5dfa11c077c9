"""Whatever people do, in whatever order: nothing breaks, each action is undone whole, and everything can be read."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from library.db.journal import undo
from planner.agenda import agenda
from planner.decisions.needs import needs
from planner.decisions.page import memo_page
from planner.decisions.queries import incidents, memo, memos, transfers
from planner.experiments.queries import experiment, experiments
from planner.experiments.record import experiment_record
from planner.hypotheses.balance import all_evidence
from planner.hypotheses.queries import hypotheses, hypothesis
from planner.hypotheses.record import hypothesis_record
from planner.people import same
from planner.roadmap.budgets import budget
from planner.roadmap.changes import changed_since
from planner.roadmap.plans import plans
from planner.roadmap.queries import board, roadmap_rows
from planner.roadmap.record import plan_record, rows_record, scored_record
from planner.roadmap.scoring import score_all
from planner.roadmap.timeline import timeline
from planner.transfer.queries import transfer, transfer_detail_record
from planner.workspace import Workspace, open_workspace
from tests.planner import walk
from tests.planner.walk import ACTIONS, Q1, SETTINGS, TODAY, Walker, begin, standing, tables, take_all_back, whole

OFTEN = ("experiment", "results", "judge", "hypothesis.activate", "gate", "adopt", "close", "memo.propose", "approve")
FIRST = ("hypothesis", "hypothesis.activate", "experiment", "dataset")
WALK = settings(max_examples=15, deadline=None)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with open_workspace(Path(tmp_path_factory.mktemp("walk")) / "home", person="ada") as opened:
        opened.store.write(begin).result()
        yield opened


def actions(chance: Random, count: int, without: tuple[str, ...] = ()) -> list[str]:
    names = [name for name in ACTIONS if name not in without]
    weights = [0.5 if name == "plan" else 4 if name in OFTEN else 1 for name in names]
    return [*FIRST, *chance.choices(names, weights, k=count)]


@WALK
@given(st.integers(0, 10**9))
def test_each_action_is_undone_whole_and_done_again(lab: Workspace, seed: int) -> None:
    def run(db: sqlite3.Connection) -> None:
        db.execute("SAVEPOINT walk")
        walker = Walker(db, Random(seed))
        for action in actions(walker.chance, 40):
            before, newest = tables(db), last(db)
            said = walker.step(action)
            after = tables(db)
            if last(db) == newest:  # refused, or nothing to change
                assert after == before, (action, said)
                continue
            if not changed(db):  # an undo of what others had taken back by then
                continue
            with whole(db):
                undo(db, walker.person, last(db))
                assert tables(db) == before, (action, said)
                undo(db, walker.person, last(db))
                assert tables(db) == after, (action, said)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        nobody_decides_on_their_own(db)
        everything_is_read(db)
        db.execute("ROLLBACK TO walk")
        db.execute("RELEASE walk")

    lab.store.write(run).result()


@WALK
@given(st.integers(0, 10**9))
def test_all_that_was_done_can_be_taken_back(lab: Workspace, seed: int) -> None:
    def run(db: sqlite3.Connection) -> None:
        db.execute("SAVEPOINT walk")
        start, walker = tables(db), Walker(db, Random(seed))
        for action in actions(walker.chance, 40, ("undo", "undo number")):
            walker.step(action)
        assert take_all_back(db) == []
        assert standing(db) == []
        assert tables(db) == start
        db.execute("ROLLBACK TO walk")
        db.execute("RELEASE walk")

    lab.store.write(run).result()


def last(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT coalesce(max(id), 0) FROM journal").fetchone()[0])


def changed(db: sqlite3.Connection) -> bool:
    return bool(db.execute("SELECT changes != '[]' FROM journal ORDER BY id DESC LIMIT 1").fetchone()[0])


def nobody_decides_on_their_own(db: sqlite3.Connection) -> None:
    for row in db.execute("SELECT * FROM approval WHERE state IN ('approved', 'refused')").fetchall():
        assert not same(row["decided_by"], row["requested_by"])
        assert row["decided_by"] not in json.loads(row["owners"] or "{}")
    for row in db.execute("SELECT * FROM decision_memo WHERE state = 'accepted'").fetchall():
        yes = db.execute("SELECT decided_by FROM approval WHERE memo_id = ? AND state = 'approved'", (row["id"],))
        assert yes.fetchone()["decided_by"] not in (row["created_by"], *json.loads(row["editors"] or "[]"))


def everything_is_read(db: sqlite3.Connection) -> None:
    json.dumps([hypothesis_record(hypothesis(db, row.id)) for row in hypotheses(db)])
    json.dumps([experiment_record(experiment(db, row.id, today=TODAY)) for row in experiments(db, today=TODAY)])
    json.dumps([transfer_detail_record(transfer(db, row.id)) for row in transfers(db)])
    for found in memos(db):
        detail = memo(db, found.id)
        assert all(version.intact for version in detail.versions)
        for version in (None, *(each.version for each in detail.versions)):
            assert memo_page(db, found.id, version)[1]
    assert all(piece.person for piece in all_evidence(db))
    assert all(each.title for each in incidents(db))
    json.dumps([scored_record(one) for one in score_all(db, SETTINGS)])
    json.dumps([plan_record(each) for each in plans(db)])
    assert sum(len(cards) for cards in board(db).values()) == len(experiments(db, today=TODAY))
    for quarter in (Q1, Q1.shifted(1)):
        rows = roadmap_rows(db, SETTINGS, quarter)
        if rows.plan is not None:
            json.dumps(rows_record(rows, rows.plan))
        timeline(db, SETTINGS, quarter, TODAY)
        changed_since(db, quarter, "2020-01-01T00:00:00Z")
        assert budget(db, SETTINGS, quarter, TODAY).used >= 0
    needs(db, SETTINGS, TODAY)
    for person in walk.PEOPLE:
        agenda(db, SETTINGS, person, date(2027, 2, 3))
