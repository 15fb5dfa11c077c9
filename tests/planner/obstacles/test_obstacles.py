"""Blockers and risks: what is needed, in which order they come, and how they go."""

from datetime import date
from typing import Any

import pytest

from library.db import journal
from library.errors import NotFound, UsageError
from library.records import store
from library.records.toml import from_toml, to_toml
from library.workspace import Workspace
from planner.experiments import commands as experiments
from planner.hypotheses import commands as hypotheses
from planner.obstacles import commands
from planner.obstacles.kind import OBSTACLE
from planner.obstacles.model import Obstacle
from planner.obstacles.queries import obstacle, obstacle_record, obstacles, open_by_experiment

TODAY = date(2026, 11, 25)


def write(workspace: Workspace, function: Any, *args: Any, **more: Any) -> Any:
    return workspace.store.write(lambda db: function(db, "ada", *args, **more)).result()


@pytest.fixture
def lab(workspace: Workspace) -> Workspace:
    """H-1 with E-1 and E-2; E-3 tests nothing."""
    write(workspace, hypotheses.add, {"statement": "Late interaction helps"})
    for title, tested in (("One", "H-1"), ("Two", "H-1"), ("Three", "")):
        write(workspace, experiments.add, {"title": title, "hypothesis_id": tested})
    return workspace


def add(workspace: Workspace, what: str, **raw: Any) -> int:
    number: int = write(workspace, commands.add, {"what": what, **raw}, today=TODAY)[0]
    return number


def listed(workspace: Workspace, **asked: Any) -> list[str]:
    found: tuple[Obstacle, ...] = workspace.store.read(lambda db: obstacles(db, **asked)).result()
    return [each.what for each in found]


def test_a_blocker_names_who_can_remove_it_and_what_it_hinders(lab: Workspace) -> None:
    for raw in ({"on_whom": "kim"}, {"experiment_id": "E-1"}, {"experiment_id": "E-9", "on_whom": "kim"}):
        with pytest.raises(store.RecordError):
            add(lab, "No GPUs", **raw)
    number = add(lab, "No GPUs", experiment_id="E-1", on_whom="kim")
    assert lab.store.read(lambda db: obstacle(db, number)).result().since == "2026-11-25"


def test_blockers_come_first_then_the_likeliest_and_gravest_risks(lab: Workspace) -> None:
    risk = {"kind": "risk", "experiment_id": "E-1"}
    add(lab, "unlikely", **risk, likelihood="low", impact="high")
    add(lab, "not judged", **risk)
    add(lab, "likely, harmless", **risk, likelihood="high", impact="low")
    add(lab, "likely, grave", **risk, likelihood="high", impact="high")
    add(lab, "new blocker", experiment_id="E-1", on_whom="kim", since="2026-11-20")
    add(lab, "old blocker", experiment_id="E-1", on_whom="kim", since="2026-10-01")
    blockers = ["old blocker", "new blocker"]
    assert listed(lab) == [*blockers, "likely, grave", "likely, harmless", "unlikely", "not judged"]


def test_what_hinders_a_hypothesis_hinders_its_experiments(lab: Workspace) -> None:
    add(lab, "No licence", hypothesis_id="H-1", on_whom="legal")
    add(lab, "No GPUs", experiment_id="E-1", on_whom="kim")
    assert listed(lab, experiment=1) == ["No licence", "No GPUs"]
    assert listed(lab, experiment=2) == ["No licence"]
    assert listed(lab, experiment=3) == []
    assert listed(lab, hypothesis=1) == ["No licence"]
    found = lab.store.read(open_by_experiment).result()
    assert {number: sorted(each.what for each in each_) for number, each_ in found.items()} == {
        1: ["No GPUs", "No licence"],
        2: ["No licence"],
    }


def test_resolving_says_how_and_can_be_taken_back(lab: Workspace) -> None:
    number = add(lab, "No GPUs", experiment_id="E-1", on_whom="kim")
    with pytest.raises(UsageError, match="How"):
        write(lab, commands.resolve, number, "  ")
    assert write(lab, commands.resolve, number, "two nodes came").journal_id is not None
    assert listed(lab, experiment=1) == []
    assert listed(lab, experiment=1, resolved=True) == ["No GPUs"]
    assert write(lab, commands.resolve, number, "again").journal_id is None
    record = lab.store.read(lambda db: obstacle_record(obstacle(db, number))).result()
    assert (record["open"], record["resolution"], record["experiment_id"]) == (False, "two nodes came", "E-1")
    lab.store.write(lambda db: journal.undo(db, "ada")).result()
    assert listed(lab, experiment=1) == ["No GPUs"]
    write(lab, commands.resolve, number, "gone")
    write(lab, commands.reopen, number)
    assert listed(lab, experiment=1) == ["No GPUs"]
    with pytest.raises(NotFound):
        write(lab, commands.resolve, 99, "x")


def test_a_record_comes_back_from_toml_as_it_was(lab: Workspace) -> None:
    number = add(lab, "GPU “A|B”", kind="risk", experiment_id="E-1", contingency="wait\nor rent", likelihood="low")
    values = lab.store.read(lambda db: store.get(db, OBSTACLE, number)).result()
    raw = from_toml(OBSTACLE, to_toml(OBSTACLE, values, heading="B-1"))
    assert raw is not None
    assert write(lab, commands.revise, number, raw).journal_id is None
