"""A quarter is closed with what became of it, stays as it is, and begins the next one."""

import sqlite3
from typing import Any

import pytest

from library.db import journal
from library.errors import LabtopError, NotFound, UsageError
from library.quarter import Quarter
from library.settings import ProgrammeSettings
from planner.roadmap import plans
from planner.roadmap.adoption import adopt
from planner.roadmap.closing import ReviewsMissing, close, reopen, unfinished
from planner.roadmap.locks import locks_of, set_lock, unlock
from planner.roadmap.markdown import plan_markdown
from planner.roadmap.snapshot import snapshot
from planner.roadmap.storing import store_plan
from planner.workspace import Workspace
from tests.planner.roadmap.programme import (
    Q1,
    SETTINGS,
    chosen,
    experiment,
    hypothesis,
    in_state,
    planned,
    read,
    result,
    state_of,
    stored,
    verdict,
    write,
)

Q2 = Q1.shifted(1)


@pytest.fixture
def quarter(workspace: Workspace) -> Workspace:
    """E-1 done, E-2 to 4 planned, E-5 running, E-6 dropped, E-7 out; E-8 ran without having been planned."""
    belongs = hypothesis(workspace)
    for _ in range(6):
        experiment(workspace, belongs, hours=50)
    experiment(workspace, belongs, hours=900)
    stored(workspace, 300)
    write(workspace, adopt, "ada", SETTINGS, Q1)
    in_state(workspace, 1, "done")
    in_state(workspace, 5, "running")
    in_state(workspace, 6, "dropped")
    result(workspace, 1, "1", 30.0)
    result(workspace, 1, "2", 25.0)
    result(workspace, 1, "3", None)
    result(workspace, 5, "1", None)
    verdict(workspace, 1, "refuted")
    result(workspace, experiment(workspace, belongs, state="analysing"), "1", 12.0)
    return workspace


REVIEWS = {2: "carry", 3: "drop", 4: "re-score", 5: "carry"}


def closed(workspace: Workspace) -> Any:
    write(workspace, close, "ada", SETTINGS, Q1, REVIEWS, "Refuted\x1b[2J early.")
    return read(workspace, plans.needed, Q1)


def test_each_unfinished_one_needs_a_review(quarter: Workspace) -> None:
    assert [entry.experiment for entry in read(quarter, unfinished, Q1)] == [2, 3, 4, 5]
    with pytest.raises(ReviewsMissing, match=r"E-3 \(planned\), E-5 \(running\) are not done") as caught:
        write(quarter, close, "ada", SETTINGS, Q1, {2: "carry", 4: "drop"})
    assert caught.value.experiments == (3, 5)
    with pytest.raises(UsageError, match="E-1 needs no review"):
        write(quarter, close, "ada", SETTINGS, Q1, {**REVIEWS, 1: "drop"})
    assert read(quarter, plans.needed, Q1).state == "adopted"
    with pytest.raises(NotFound, match="adopted"):
        write(quarter, close, "ada", SETTINGS, Q2, {})


def test_the_plan_is_frozen_beside_what_became_of_it(quarter: Workspace) -> None:
    plan = closed(quarter)
    assert (plan.state, plan.closed_by, plan.learned) == ("closed", "ada", "Refuted early.")
    found = {entry.experiment: entry for entry in plan.entries}
    assert {number: entry.review for number, entry in found.items()} == {
        **{1: "done", 2: "carry", 3: "drop", 4: "re-score", 5: "carry", 6: "drop", 7: None}
    }
    outcome = found[1].outcome
    assert (outcome["state"], outcome["verdict"]["state"], outcome["verdict"]["effect"]) == ("done", "refuted", 1.2)
    assert (outcome["gpu_hours_planned"], outcome["gpu_hours_spent"], outcome["unknown_runs"]) == (50, 55, 1)
    spent = {number: (each.outcome["gpu_hours_spent"], each.outcome["unknown_runs"]) for number, each in found.items()}
    assert spent[2] == (0, 0)  # it never began
    assert spent[5] == (None, 1)  # it runs, and nobody said what it used
    assert plan.details["unplanned"] == [{"id": "E-8", "gpu_hours": 12.0, "unknown_runs": 0}]


def test_experiments_go_where_the_review_sends_them(quarter: Workspace) -> None:
    closed(quarter)
    assert [state_of(quarter, number) for number in range(1, 7)] == [
        *("done", "ready", "dropped", "ready", "running", "dropped")
    ]
    locks = read(quarter, locks_of, Q2)
    assert {number: (lock.lock, lock.reason) for number, lock in locks.items()} == {
        2: ("in", "carried over from 2027Q1")
    }


def test_the_next_quarter_begins_with_what_goes_on(quarter: Workspace) -> None:
    closed(quarter)
    draft = read(quarter, plans.needed, Q2)
    assert (draft.state, draft.gpu_hours, draft.value, draft.optimal) == ("draft", 300, None, False)
    assert draft.details["seeded_from"] == "2027Q1"
    assert {entry.experiment: (entry.chosen, entry.why) for entry in draft.entries} == {
        2: (True, "carried over from 2027Q1"),
        4: (False, "to be scored again after 2027Q1"),
        5: (True, "carried over from 2027Q1"),
    }
    plan = planned(quarter, 190, quarter=Q2).plan
    assert chosen(plan) >= {"E-2", "E-5"}  # locked in, and under way


def test_a_plan_of_the_next_quarter_that_is_there_stays(quarter: Workspace) -> None:
    before = stored(quarter, 199, quarter=Q2)
    closed(quarter)
    assert read(quarter, plans.needed, Q2).id == before.id
    assert set(read(quarter, locks_of, Q2)) == {2}


def test_a_closed_quarter_is_never_changed(quarter: Workspace) -> None:
    made = planned(quarter, 400)  # by somebody who began before it was closed
    plan = closed(quarter)
    for refused in (
        lambda: read(quarter, snapshot, SETTINGS, Q1),
        lambda: write(quarter, adopt, "ada", SETTINGS, Q1),
        lambda: write(quarter, close, "ada", SETTINGS, Q1, {}),
        lambda: write(quarter, set_lock, "ada", [4], Q1, "in", "promised"),
        lambda: write(quarter, unlock, "ada", [4], Q1),
        lambda: write(quarter, store_plan, "ada", made),
    ):
        with pytest.raises(LabtopError, match=r"2027Q1 was closed by ada .*reopen 2027Q1"):
            refused()
    for statement in (
        "UPDATE roadmap SET learned = 'nothing'",
        "DELETE FROM roadmap WHERE state = 'closed'",
        f"UPDATE roadmap_entry SET outcome = NULL WHERE roadmap_id = {plan.id}",
        f"DELETE FROM roadmap_entry WHERE roadmap_id = {plan.id}",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="a closed quarter is never changed"):
            write(quarter, lambda db, sql=statement: db.execute(sql))
    adopting = next(entry.id for entry in read(quarter, journal.entries) if entry.action == "roadmap.adopt")
    with pytest.raises(LabtopError, match="cannot be undone"):
        write(quarter, journal.undo, "ada", adopting)
    assert read(quarter, plans.needed, Q1) == plan


def test_closing_is_undone_in_one_step(quarter: Workspace) -> None:
    before = read(quarter, plans.needed, Q1)
    closed(quarter)
    write(quarter, journal.undo, "ada")
    assert read(quarter, plans.needed, Q1) == before
    assert read(quarter, plans.current, Q2) is None
    assert read(quarter, locks_of, Q2) == {}
    assert [state_of(quarter, number) for number in (2, 3, 4)] == ["planned"] * 3


def test_reopened_closed_and_reopened_undone(quarter: Workspace) -> None:
    plan = closed(quarter)
    with pytest.raises(UsageError, match="reason"):
        write(quarter, reopen, "ada", Q1, "")
    write(quarter, reopen, "kim", Q1, "E-1 was judged anew")
    again = read(quarter, plans.needed, Q1)
    assert (again.state, again.closed_by, again.learned) == ("adopted", None, None)
    assert all(entry.outcome is None and entry.review is None for entry in again.entries)
    assert "E-1 was judged anew" in read(quarter, journal.entries)[0].summary
    write(quarter, journal.undo, "kim")
    assert read(quarter, plans.needed, Q1) == plan
    with pytest.raises(NotFound):
        write(quarter, reopen, "kim", Q2, "there is nothing to open")


def test_planned_hours_are_those_of_the_whole_quarter(workspace: Workspace) -> None:
    """Planned again in the middle of it, an experiment's own first half still counts."""
    number = experiment(workspace, hypothesis(workspace), hours=100)
    stored(workspace, 200)
    write(workspace, adopt, "ada", SETTINGS, Q1)
    in_state(workspace, number, "running")
    result(workspace, number, "1", 40.0)
    stored(workspace, 200)
    write(workspace, adopt, "ada", SETTINGS, Q1)
    result(workspace, number, "2", 65.0)
    write(workspace, close, "ada", SETTINGS, Q1, {number: "carry"})
    outcome = read(workspace, plans.needed, Q1).entries[0].outcome
    assert outcome is not None
    assert (outcome["gpu_hours_planned"], outcome["gpu_hours_spent"]) == (100, 105)


def test_the_fiscal_year_says_what_belongs_to_a_quarter(workspace: Workspace) -> None:
    """A fiscal year that begins in April: its first quarter is April to June."""
    april = ProgrammeSettings(fiscal_month=4)
    number = experiment(workspace, hypothesis(workspace), hours=100)
    stored(workspace, 200)
    write(workspace, adopt, "ada", april, Q1)
    in_state(workspace, number, "done")
    for seed, at in (("1", "2027-03-31T20:00:00Z"), ("2", "2027-04-01T09:00:00Z"), ("3", "2027-06-30T20:00:00Z")):
        result(workspace, number, seed, float(seed), at=at)
    result(workspace, number, "4", 4.0, at="2027-07-01T00:00:00Z")
    write(workspace, close, "ada", april, Q1, {})
    outcome = read(workspace, plans.needed, Quarter(2027, 1)).entries[0].outcome
    assert outcome is not None
    assert outcome["gpu_hours_spent"] == 5


def test_what_blocks_a_verdict_is_told_of_a_closed_quarter_too(workspace: Workspace) -> None:
    number = experiment(workspace, hypothesis(workspace), hours=10)
    stored(workspace, 100)
    write(workspace, adopt, "ada", SETTINGS, Q1)
    verdict(workspace, number, "supported", blocked_by='["latency"]')
    in_state(workspace, number, "done")
    write(workspace, close, "ada", SETTINGS, Q1, {})
    plan = read(workspace, plans.needed, Q1, ("closed",))
    assert (plan.chosen[0].outcome or {})["verdict"]["headline"] == "supported, blocked by latency"
    assert "V-1 supported, blocked by latency" in plan_markdown(plan)
