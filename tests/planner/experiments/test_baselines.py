"""The age of baselines, and planning to measure one again."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from library.errors import LabtopError, UsageError
from library.workspace import Workspace
from planner.experiments import commands
from planner.experiments.baselines import rerun
from planner.experiments.model import Baseline
from planner.experiments.queries import experiments
from tests.planner.experiments.making import TODAY, bring_in, csv_of, detail, planned, read, row, undo, write

OLD = "bm25 | baseline | k1=0.9 | 2026-05-01\ndense | treatment"


def age(workspace: Workspace, number: int, today: date = TODAY) -> Baseline:
    (found,) = detail(workspace, number, today).baselines
    return found


@pytest.mark.parametrize(
    ("measured", "days", "stale"),
    [
        ("", None, False),
        ("2026-11-25", 0, False),
        ("2026-08-27", 90, False),
        ("2026-08-26", 91, True),
        ("2026-12-01", 0, False),
    ],
)
def test_a_baseline_is_stale_after_so_many_days(
    workspace: Workspace, measured: str, days: int | None, stale: bool
) -> None:
    number = planned(workspace, arms=f"bm25 | baseline | | {measured}\ndense | treatment")
    found = age(workspace, number)
    assert (found.days, found.stale) == (days, stale)
    assert row(workspace, number).stale_baselines == (("bm25",) if stale else ())


def test_the_setting_says_how_many_days(workspace: Workspace) -> None:
    planned(workspace, arms="bm25 | baseline | | 2026-11-10\ndense | treatment")
    for days, stale in ((14, ("bm25",)), (15, ())):
        (found,) = read(workspace, experiments, today=TODAY, stale_days=days)
        assert found.stale_baselines == stale


def test_a_newer_result_makes_a_baseline_young_again(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace, arms=OLD)
    assert age(workspace, number).stale
    bring_in(workspace, tmp_path, number, csv_of({"dense": [1.0]}))
    assert age(workspace, number).stale  # of another arm
    bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.0]}), name="b.csv")
    today = date.today()
    assert (age(workspace, number, today).days or 0) <= 1
    assert age(workspace, number, today + timedelta(days=100)).stale


def test_a_rerun_is_planned_in_one_step(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace, arms=OLD, people_days="1")
    again, change = write(workspace, rerun, number)
    assert "E-2 comes before E-1" in change.summary
    made = detail(workspace, again)
    assert made.row.state == "ready"
    assert [(arm.name, arm.role, arm.parameters, arm.measured_on) for arm in made.row.arms] == [
        ("bm25", "baseline", "k1=0.9", "2026-05-01"),
        ("bm25, again", "treatment", "k1=0.9", None),
    ]
    assert (made.row.metric, made.row.delta, made.row.hypothesis_id) == ("nDCG@10", 1.0, None)
    assert made.moves[0].reason == "re-run of a baseline of E-1"
    assert detail(workspace, number).plan.values["prerequisites"] == (again,)
    with pytest.raises(LabtopError, match="E-2 measures bm25 again already"):
        write(workspace, rerun, number)
    assert age(workspace, number).again == again
    undo(workspace)
    assert [each.id for each in read(workspace, experiments)] == [number]
    assert detail(workspace, number).plan.values["prerequisites"] is None


def test_results_of_the_rerun_count_as_the_baselines_age(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace, arms=OLD)
    again, change = write(workspace, rerun, number)
    assert "it lacks a cost" in change.summary
    rows = ['"bm25, again",0,nDCG@10,,1.0,ok']
    bring_in(workspace, tmp_path, again, rows)
    today = date.today()
    assert (age(workspace, number, today).days or 0) <= 1
    other, _ = write(workspace, rerun, number)  # and it may be measured once more
    assert other == again + 1


def test_a_dropped_rerun_does_not_count(workspace: Workspace) -> None:
    number = planned(workspace, arms=OLD)
    again, _ = write(workspace, rerun, number)
    write(workspace, commands.move, again, "dropped", "no nodes")
    assert age(workspace, number).again is None
    assert write(workspace, rerun, number)[0] == again + 1


def test_which_baseline_has_to_be_clear(workspace: Workspace) -> None:
    asked: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("", {}, "no baseline to measure"),
        ("a | baseline\nb | baseline\nc | treatment", {}, "several baselines: a, b"),
        ("a | baseline\nb | baseline\nc | treatment", {"arm": "c"}, "no baseline called c"),
    )
    for arms, more, why in asked:
        number = planned(workspace, arms=arms)
        with pytest.raises(UsageError, match=why):
            write(workspace, rerun, number, **more)
    number = planned(workspace, arms="a | baseline\nb | baseline\nc | treatment")
    assert "measure b of" in write(workspace, rerun, number, arm="b")[1].summary
