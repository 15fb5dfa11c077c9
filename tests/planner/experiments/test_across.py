"""Slices as tasks: interquartile mean and probability of improvement, held against scipy."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from library.errors import UsageError
from library.workspace import Workspace
from planner.experiments.across import Across, across_record, across_tasks
from tests.planner.experiments.making import METRIC, bring_in, csv_of, planned, read

RNG = np.random.default_rng(5)
TASKS = ("arguana", "climate", "fever", "nq")
OLD, NEW = RNG.normal(40, 3, (5, 4)), RNG.normal(41, 3, (4, 4))  # runs × tasks


def brought(workspace: Workspace, folder: Path, *more: str, **plan: str) -> int:
    number = planned(workspace, **plan)
    rows = [
        line
        for place, task in enumerate(TASKS)
        for line in csv_of({"bm25": OLD[:, place].tolist(), "dense": NEW[:, place].tolist()}, METRIC, task)
    ]
    bring_in(workspace, folder, number, [*rows, *more])
    return number


def across(workspace: Workspace, number: int, **asked: Any) -> Across:
    found: Across = read(workspace, across_tasks, number, **asked)
    return found


@pytest.mark.parametrize(("direction", "sign"), [("increase", 1), ("decrease", -1)])
def test_the_numbers_equal_scipy(workspace: Workspace, tmp_path: Path, direction: str, sign: int) -> None:
    found = across(workspace, brought(workspace, tmp_path, direction=direction))
    old, new = (stats.trim_mean(sign * each, 0.25, axis=None) * sign for each in (OLD, NEW))
    assert (found.tasks, found.runs, found.left_out, found.approximate) == (TASKS, (5, 4), (), True)
    assert found.iqm_baseline.value == pytest.approx(old, rel=1e-12)
    assert found.iqm_treatment.value == pytest.approx(new, rel=1e-12)
    assert found.difference.value == pytest.approx(sign * (new - old), rel=1e-9)
    wins = [
        stats.mannwhitneyu(sign * NEW[:, place], sign * OLD[:, place]).statistic / 20 for place in range(len(TASKS))
    ]
    assert found.probability.value == pytest.approx(np.mean(wins), abs=1e-12)
    for each in (found.iqm_baseline, found.iqm_treatment, found.difference, found.probability):
        assert each.low is not None
        assert each.high is not None
        assert each.low < each.value < each.high
    record = across_record(found)
    assert record["difference"] == {
        "value": found.difference.value, "low": found.difference.low, "high": found.difference.high,
    }  # fmt: skip


def test_what_cannot_be_used_is_said(workspace: Workspace, tmp_path: Path) -> None:
    more = [f"dense,9,{METRIC},nq,41,ok", f"dense,1,{METRIC},quora,44,ok", f"bm25,9,{METRIC},nq,,crashed"]
    found = across(workspace, brought(workspace, tmp_path, *more))
    assert (found.tasks, found.runs) == (TASKS, (5, 4))
    assert found.left_out == (
        "dense alone has results on quora.",
        "1 run of dense without a score in every task.",
    )


def test_one_slice_is_no_set_of_tasks_and_a_run_needs_them_all(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.0], "dense": [2.0]}, METRIC, "nq"))
    with pytest.raises(UsageError, match="on 1 slice: there are no tasks"):
        across(workspace, number)
    bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.0], "dense": [None, 2.0]}, METRIC, "fever"), name="2.csv")
    with pytest.raises(UsageError, match="No run of dense has a score on each of fever, nq"):
        across(workspace, number)
