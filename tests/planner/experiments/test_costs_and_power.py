"""What runs cost, what like runs took, and what a plan can find out before it costs anything."""

from pathlib import Path

import pytest
from scipy import stats

from library.errors import UsageError
from library.workspace import Workspace
from planner.experiments.costs import Estimate, estimate
from planner.experiments.prospecting import PowerTable, power_record, power_table
from tests.planner.experiments.making import bring_in, csv_of, judged, planned, read, row, write

HEAD = "arm,seed,metric,value,gpu_hours"


def spend(workspace: Workspace, folder: Path, number: int, *hours: float, metric: str = "nDCG@10") -> None:
    rows = [f"bm25,{seed},{metric},{seed},{each}" for seed, each in enumerate(hours)]
    bring_in(workspace, folder, number, rows, head=HEAD)


def offered(workspace: Workspace, number: int) -> Estimate | None:
    found: Estimate | None = read(workspace, estimate, number)
    return found


def test_nothing_is_offered_without_history(workspace: Workspace, tmp_path: Path) -> None:
    number, other = planned(workspace), planned(workspace)
    assert offered(workspace, number) is None
    bring_in(workspace, tmp_path, other, csv_of({"bm25": [1.0]}))
    assert offered(workspace, number) is None


def test_the_same_command_goes_before_the_same_metric(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace, command="python train.py  --big")
    alike = planned(workspace, command="python train.py --big", hypothesis_id="", metric="other", title="A")
    metric = planned(workspace, title="B")
    spend(workspace, tmp_path, alike, 10, 12, 20, metric="other")
    spend(workspace, tmp_path, metric, 1, 2, 3)
    found = offered(workspace, number)
    assert found == Estimate(("command",), (alike,), 3, 12.0, 10.0, 20.0, 2)
    assert found.spread == "20..24..40"
    assert row(workspace, number).gpu_hours_per_seed == "4"  # offered, not used
    write(workspace, lambda db, person: db.execute("UPDATE experiment SET command = NULL WHERE id = ?", (number,)))
    second = offered(workspace, number)
    assert second is not None
    assert (second.alike, second.experiments, second.median) == (("metric",), (metric,), 2.0)


def test_the_same_data_goes_before_the_metric_alone_and_tags_come_last(workspace: Workspace, tmp_path: Path) -> None:
    from planner.register import commands as register

    write(workspace, register.add, {"name": "MS MARCO"})
    number = planned(workspace, datasets="DS-1", tags="Distil")
    data = planned(workspace, datasets="DS-1", title="A")
    other = planned(workspace, title="B")
    spend(workspace, tmp_path, data, 5, 6, 7)
    spend(workspace, tmp_path, other, 1, 1, 1)
    found = offered(workspace, number)
    assert found is not None
    assert (found.alike, found.experiments) == (("metric", "data"), (data,))
    tagged = planned(workspace, hypothesis_id="", metric="loss", tags="distil, x", title="C")
    spend(workspace, tmp_path, tagged, 9, metric="loss")
    lone = planned(workspace, hypothesis_id="", metric="MAP", tags="distil", title="D")
    found = offered(workspace, lone)
    assert found is not None
    assert (found.alike, found.experiments, found.runs) == (("tags",), (tagged,), 1)


def test_too_few_like_runs_give_way_to_more_of_a_wider_kind(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace, command="x")
    one = planned(workspace, command="x", title="A")
    spend(workspace, tmp_path, one, 50)
    many = planned(workspace, title="B")
    spend(workspace, tmp_path, many, 1, 2, 3)
    found = offered(workspace, number)
    assert found is not None
    assert (found.alike, found.experiments, found.runs) == (("metric",), (one, many), 4)


def test_a_run_with_several_metrics_counts_once(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    rows = ["bm25,0,40,9,2", "bm25,1,40,9,3", "dense,0,41,8,", "dense,1,42,8,7"]
    bring_in(workspace, tmp_path, number, rows, head="arm,seed,nDCG@10,latency,gpu_hours",
             columns=["latency=metric:latency"])  # fmt: skip
    found = row(workspace, number)
    assert (found.spent, found.unknown_runs) == (12.0, 1)
    # one seed says its hours in both arms: 3 + 7
    assert judged(workspace, number).details["gpu_hours_per_seed"] == 10.0


# Power.


def asked(workspace: Workspace, number: int, **more: float) -> PowerTable:
    found: PowerTable = read(workspace, power_table, number, **more)
    return found


def test_the_table_is_that_of_the_plan(workspace: Workspace) -> None:
    number = planned(workspace, sigma="2", seeds="7")
    found = asked(workspace, number)
    assert (found.at.n, found.sigma, found.sigma_from, found.delta) == (7, 2.0, "as planned", 1.0)
    assert [each.n for each in found.table] == [3, 5, 7, 8, 10, 15, 20, 30]
    for each in found.table:
        assert each.half_width == pytest.approx(stats.t.ppf(0.975, each.n - 1) * 2 / each.n**0.5, rel=1e-9)
    record = power_record(found)
    assert record["table"][2]["gpu_hours"] == 28.0
    assert record["table"][2]["power"] == found.at.power
    assert asked(workspace, number, sigma=0.5, seeds=12).at.n == 12


def test_a_family_asks_for_more_seeds(workspace: Workspace) -> None:
    number, _ = planned(workspace, sigma="2", family="f"), planned(workspace, sigma="2", family="f")
    found = asked(workspace, number)
    assert (found.family_size, found.at.alpha) == (2, 0.025)


def test_the_spread_comes_from_results_where_nobody_stated_it(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    with pytest.raises(UsageError, match="does not say how far seeds differ"):
        asked(workspace, number)
    bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.0, 2.0, 3.0], "dense": [2.0, 4.0, 3.5]}))
    found = asked(workspace, number)
    assert found.sigma == pytest.approx(float(stats.tstd([1.0, 2.0, 0.5])), rel=1e-9)
    assert found.sigma_from == "as seen in the results of E-1"


def test_a_plan_without_a_delta_has_no_prospects(workspace: Workspace) -> None:
    number = planned(workspace, hypothesis_id="", metric="x", direction="increase", sigma="1")
    with pytest.raises(UsageError, match="no δ"):
        asked(workspace, number)
