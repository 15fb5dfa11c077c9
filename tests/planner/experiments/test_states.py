"""States, the moves between them, and what a plan needs before it is ready."""

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from library.errors import NotFound, UsageError
from library.records import store
from library.workspace import Workspace
from planner.experiments import commands
from planner.experiments.model import STATES
from planner.experiments.states import MOVES
from tests.planner.experiments.making import bring_in, csv_of, detail, hypothesis, judged, planned, row, undo, write


def move(workspace: Workspace, number: int, state: str, reason: str | None = None) -> str:
    return str(write(workspace, commands.move, number, state, reason).summary)


def put(workspace: Workspace, number: int, state: str) -> None:
    workspace.store.write(
        lambda db: db.execute("UPDATE experiment SET state = ? WHERE id = ?", (state, number))
    ).result()


def test_the_usual_way_is_journalled_with_reasons(workspace: Workspace) -> None:
    number = planned(workspace)
    for state in ("ready", "planned", "running", "analysing"):
        move(workspace, number, state)
    with pytest.raises(UsageError, match="Why does E-1 become done"):
        move(workspace, number, "done")
    move(workspace, number, "done", "nothing to judge: data lost")
    move(workspace, number, "analysing", "the data was found")
    move(workspace, number, "dropped", "no longer needed")
    move(workspace, number, "idea", "needed after all")
    moves = detail(workspace, number).moves
    assert [move.after for move in moves] == [*STATES[1:6], "analysing", "dropped", "idea"]
    assert moves[0].reason == "nothing is missing"
    assert (moves[-1].before, moves[-1].reason, moves[-1].person) == ("dropped", "needed after all", "ada")
    undo(workspace)
    assert row(workspace, number).state == "dropped"
    assert len(detail(workspace, number).moves) == 7


def test_only_the_moves_of_the_table_are_allowed(workspace: Workspace) -> None:
    number = planned(workspace)
    for before, after in product(STATES, STATES):
        put(workspace, number, before)
        if after in MOVES[before]:
            move(workspace, number, after, "tried")
            assert row(workspace, number).state == after
        elif after != before:
            with pytest.raises(UsageError, match=f"is {before} and cannot become {after}"):
                move(workspace, number, after, "tried")
    assert all("dropped" in MOVES[state] for state in STATES if state != "dropped")


def test_every_state_can_be_reached_and_left(workspace: Workspace) -> None:
    reached, left = {"idea"}, [*MOVES["idea"]]
    while left:
        state = left.pop()
        if state not in reached:
            reached.add(state)
            left += MOVES[state]
    assert reached == set(STATES)
    assert all(MOVES[state] for state in STATES)


@pytest.mark.parametrize(
    ("changes", "lacking"),
    [
        ({"hypothesis_id": "", "metric": "x", "direction": "increase", "delta": "1"}, "a hypothesis or a question"),
        ({"arms": ""}, "a baseline arm"),
        ({"seeds": ""}, "a number of seeds"),
        ({"gpu_hours_per_seed": ""}, "a cost"),
    ],
    ids=str,
)
def test_ready_says_what_is_missing(workspace: Workspace, changes: dict[str, Any], lacking: str) -> None:
    number = planned(workspace, **changes)
    assert any(lacking in each for each in row(workspace, number).missing)
    with pytest.raises(UsageError, match=lacking):
        move(workspace, number, "ready")
    complete = {"question": "Does it?", "arms": "a | baseline\nb | treatment", "seeds": 3, "people_days": "2"}
    write(workspace, commands.revise, number, complete)
    move(workspace, number, "ready")


def test_an_empty_idea_lists_everything(workspace: Workspace) -> None:
    number = write(workspace, commands.add, {"title": "Just an idea"})[0]
    assert len(row(workspace, number).missing) == 8


def test_blanks_are_filled_from_the_hypothesis(workspace: Workspace) -> None:
    hypothesis(workspace, direction="decrease", metric="latency", delta="0.5", unit="ms", payoff="10..20..40")
    number = planned(workspace, metric="p99 latency", delta="2")
    plan = detail(workspace, number).plan
    assert (plan.metric, plan.delta, plan.direction, plan.unit) == ("p99 latency", 2.0, "decrease", "ms")
    assert plan.values["payoff"] == "10..20..40"
    assert plan.inherited == {"direction", "unit", "payoff"}
    assert (plan.prior, plan.statement) == (0.4, "Late interaction beats distillation")


def test_results_move_an_experiment_on_but_never_out_of_done(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.0], "dense": [2.0]}))
    assert row(workspace, number).state == "analysing"
    move(workspace, number, "running", "more seeds")
    bring_in(workspace, tmp_path, number, csv_of({"bm25": [None, 1.5]}))
    assert row(workspace, number).state == "running"  # only the first result moves it
    judged(workspace, number)
    move(workspace, number, "analysing")
    assert "done" in move(workspace, number, "done")  # a verdict is reason enough
    with pytest.raises(Exception, match="E-1 is done and takes no results"):
        bring_in(workspace, tmp_path, number, csv_of({"bm25": [None, None, 1.5]}))


def test_arms_with_results_cannot_be_taken_out(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.0], "dense": [2.0]}))
    with pytest.raises(store.RecordError, match="cannot lose dense: 1 of its results"):
        write(workspace, commands.revise, number, {"arms": "bm25 | baseline\nother | treatment"})
    assert [arm.name for arm in row(workspace, number).arms] == ["bm25", "dense"]


def test_checklists_count_towards_documentation(workspace: Workspace) -> None:
    number = planned(workspace)
    done, total = row(workspace, number).answered
    assert done == 0
    write(workspace, commands.check, number, {"design.power": "yes", "data_consent": "n/a", "misuse": "no"})
    assert row(workspace, number).answered == (3, total)
    write(workspace, commands.check, number, {"misuse": "open"})
    assert row(workspace, number).answered == (2, total)
    with pytest.raises(UsageError, match="Did you mean power"):
        write(workspace, commands.check, number, {"design.powr": "yes"})
    with pytest.raises(store.RecordError, match="yes, no or n/a"):
        write(workspace, commands.check, number, {"power": "maybe"})


def test_unknown_experiments_are_said_to_be(workspace: Workspace) -> None:
    with pytest.raises(NotFound, match="no experiment E-9"):
        move(workspace, 9, "ready")
