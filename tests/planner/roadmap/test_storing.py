"""Plans are stored whole or not at all, one draft a quarter, and every action on them is undone by its person."""

import json
import os
import subprocess
import sys
import textwrap
from dataclasses import replace
from typing import Any

import pytest

from library.db import journal
from library.errors import LabtopError, NotFound
from planner.roadmap import plans
from planner.roadmap.locks import locks_of, set_lock, unlock
from planner.roadmap.planning import resampled, with_shares
from planner.roadmap.storing import store_plan, store_shares
from planner.workspace import Workspace
from tests.planner.roadmap.programme import Q1, chosen, experiment, hypothesis, planned, read, stored, write


def rows(workspace: Workspace, table: str) -> list[dict[str, Any]]:
    return [
        dict(row) for row in workspace.store.read(lambda db: db.execute(f"SELECT * FROM {table}").fetchall()).result()
    ]


def test_what_is_stored_is_what_was_reckoned(workspace: Workspace) -> None:
    belongs = hypothesis(workspace)
    for hours in (50, 80, 120):
        experiment(workspace, belongs, hours=hours)
    experiment(workspace, belongs, hours=None)
    made = planned(workspace, 140, 10, 0.1)
    *_, drawn = resampled(made, draws=10)
    plan = with_shares(made.plan, drawn)
    write(workspace, store_plan, "ada", replace(made, plan=plan))
    found = read(workspace, plans.current, Q1)
    assert found is not None
    assert (found.gpu_hours, found.people_days, found.exploration_floor) == (140, 10, 0.1)
    assert (found.value, found.optimal, found.details) == (plan.value, True, plan.details)
    assert (found.state, found.person) == ("draft", "ada")
    for before, after in zip(plan.entries, found.entries, strict=True):
        assert {**before.score, "score_id": after.score["score_id"]} == after.score
        assert replace(before, score={}) == replace(after, score={})


def test_every_value_traces_to_its_stored_score(workspace: Workspace) -> None:
    belongs = hypothesis(workspace)
    experiment(workspace, belongs)
    experiment(workspace, belongs, hours=300)
    plan = stored(workspace, 1000)
    scores = {row["id"]: row for row in rows(workspace, "score")}
    for entry in plan.entries:
        row = scores[entry.score["score_id"]]
        assert (row["experiment_id"], row["formula"]) == (entry.experiment, plan.details["formula"])
        assert json.loads(row["outputs"])["evsi"] == entry.value
        assert json.loads(row["inputs"])["inputs"]["prior"]["mode"] == 0.4
    assert plan.value == pytest.approx(sum(entry.value or 0 for entry in plan.chosen))
    stored(workspace, 100)
    assert len(rows(workspace, "score")) == 2  # the same scores are not stored twice


def test_one_draft_a_quarter(workspace: Workspace) -> None:
    experiment(workspace, hypothesis(workspace))
    first, second = stored(workspace, 100), stored(workspace, 50)
    other = stored(workspace, 70, quarter=Q1.shifted(1))
    assert [(row["id"], row["state"]) for row in rows(workspace, "roadmap")] == [
        (first.id, "superseded"),
        (second.id, "draft"),
        (other.id, "draft"),
    ]
    assert [plan.quarter for plan in read(workspace, plans.plans)] == ["2027Q2", "2027Q1"]
    assert read(workspace, plans.plan_by_id, first.id).state == "superseded"
    with pytest.raises(NotFound, match="2028Q1"):
        read(workspace, plans.needed, Q1.shifted(4))


def test_undo_brings_the_earlier_draft_back_and_undo_of_it_the_later_one(workspace: Workspace) -> None:
    experiment(workspace, hypothesis(workspace))
    first, second = stored(workspace, 100), stored(workspace, 50)
    write(workspace, journal.undo, "ada")
    assert read(workspace, plans.needed, Q1) == first
    undone = read(workspace, journal.entries)[0].id
    write(workspace, journal.undo, "ada", undone)
    again = read(workspace, plans.needed, Q1)
    assert (chosen(again), again.gpu_hours) == (chosen(second), 50)
    write(workspace, journal.undo, "ada", read(workspace, journal.entries)[0].id)
    write(workspace, journal.undo, "ada")
    assert read(workspace, plans.current, Q1) is None
    assert rows(workspace, "roadmap_entry") == []


def test_an_experiment_added_can_be_undone_after_its_plan_was(workspace: Workspace) -> None:
    experiment(workspace, hypothesis(workspace), state="idea")
    stored(workspace, 100)
    write(workspace, journal.undo, "ada")
    write(workspace, journal.undo, "ada")
    assert rows(workspace, "experiment") == []
    assert rows(workspace, "score") == []


def test_shares_come_later_as_an_action_of_their_own(workspace: Workspace) -> None:
    experiment(workspace, hypothesis(workspace))
    made = planned(workspace, 150)
    write(workspace, store_plan, "ada", made)
    plan = read(workspace, plans.needed, Q1)
    *_, drawn = resampled(made, draws=10)
    write(workspace, store_shares, "ada", plan.id, drawn)
    found = read(workspace, plans.needed, Q1)
    assert found.entries[0].stays == drawn.shares["E-1"].share
    assert found.details["robustness"]["draws"] == 10
    write(workspace, journal.undo, "ada")
    assert read(workspace, plans.needed, Q1) == plan
    stored(workspace, 100)
    with pytest.raises(LabtopError, match="no draft any more"):
        write(workspace, store_shares, "ada", plan.id, drawn)


def test_a_plan_of_what_went_away_is_not_stored(workspace: Workspace) -> None:
    experiment(workspace, hypothesis(workspace))
    made = planned(workspace, 100)
    write(workspace, lambda db: db.execute("DELETE FROM experiment"))
    with pytest.raises(LabtopError, match="E-1 went away"):
        write(workspace, store_plan, "ada", made)
    assert rows(workspace, "roadmap") == []


def test_locks_and_their_undo(workspace: Workspace) -> None:
    experiment(workspace, hypothesis(workspace))
    experiment(workspace, hypothesis(workspace))
    write(workspace, set_lock, "ada", [1, 2], Q1, "in", "promised\x1b[31m to\nsales")
    assert {number: lock.reason for number, lock in read(workspace, locks_of, Q1).items()} == dict.fromkeys(
        (1, 2), "promised to sales"
    )
    write(workspace, set_lock, "kim", [1], Q1, "out", "no data")
    assert read(workspace, locks_of, Q1)[1].lock == "out"
    write(workspace, journal.undo, "kim")
    assert read(workspace, locks_of, Q1)[1].person == "ada"
    write(workspace, unlock, "ada", [1, 2], Q1)
    assert read(workspace, locks_of, Q1) == {}
    with pytest.raises(NotFound, match="neither locked in nor vetoed"):
        write(workspace, unlock, "ada", [1], Q1)
    write(workspace, journal.undo, "ada")
    assert len(read(workspace, locks_of, Q1)) == 2


def test_two_processes_that_plan_at_once(workspace: Workspace) -> None:
    belongs = hypothesis(workspace)
    for number in range(8):
        experiment(workspace, belongs, hours=40 + number)
    code = textwrap.dedent(
        """
        import sys
        from tui.cli import run
        for _ in range(4):
            if run(["roadmap", "plan", "--quarter", "2027Q1", "--gpu-hours", sys.argv[1], "--no-robust"]):
                sys.exit(1)
        """
    )
    home = {"LABTOP_HOME": str(workspace.paths.home)}
    both = [
        subprocess.Popen(
            [sys.executable, "-c", code, hours],
            env={**os.environ, **home, "LABTOP_AS": name},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for hours, name in (("100", "ada"), ("200", "kim"))
    ]
    errors = [process.communicate(timeout=120)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], errors
    made = rows(workspace, "roadmap")
    assert sorted(row["state"] for row in made) == ["draft", *["superseded"] * 7]
    for row in made:
        entries = [entry for entry in rows(workspace, "roadmap_entry") if entry["roadmap_id"] == row["id"]]
        assert len(entries) == 8
        used = sum(entry["gpu_hours"] for entry in entries if entry["chosen"])
        assert used == json.loads(row["details"])["used"]["gpu_hours"] <= row["gpu_hours"]
    assert {(row["person"], row["gpu_hours"]) for row in made} == {("ada", 100.0), ("kim", 200.0)}
    written = [entry for entry in read(workspace, journal.entries) if entry.action == "roadmap.plan"]
    assert len(written) == 8
