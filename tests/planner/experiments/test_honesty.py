"""What somebody may try who has seen the results and wants another verdict: none of it may look confirmatory."""

from pathlib import Path
from typing import Any

import pytest

from library.workspace import Workspace
from planner.experiments import commands
from planner.experiments.exclusions import exclude
from tests.planner.experiments.making import bring_in, csv_of, judged, planned, write
from tests.planner.experiments.test_judging import noise, pairs


def latency(slower: float, n: int = 8) -> dict[str, list[Any]]:
    return {"bm25": [10 + x for x in noise(2, n, 0.1)], "dense": [10 + slower + x for x in noise(3, n, 0.1)]}


def test_alpha_may_be_a_half(workspace: Workspace) -> None:
    assert planned(workspace, alpha="0.5") == 1


def test_stopping_one_arm_early_is_a_look_that_nobody_planned(workspace: Workspace, tmp_path: Path) -> None:
    values = pairs(8, 2.0)
    number = planned(workspace)
    bring_in(workspace, tmp_path, number, csv_of({"bm25": values["bm25"][:5], "dense": values["dense"]}))
    found = judged(workspace, number)
    assert found.details["exploratory"] == ["a look at 5 seeds where the plan has 8 seeds"]


def test_crashed_seeds_are_no_early_stop(workspace: Workspace, tmp_path: Path) -> None:
    values = pairs(8, 2.0)
    values["dense"][2:4] = ["crashed", "nan"]
    number = planned(workspace)
    bring_in(workspace, tmp_path, number, csv_of(values))
    assert not judged(workspace, number).row.exploratory


def test_a_guardrail_whose_runs_are_left_out_by_hand_clears_nothing(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace, guardrails="latency | decrease | 2")
    bring_in(workspace, tmp_path, number, [*csv_of(pairs(8, 2.0)), *csv_of(latency(4.0), "latency")])
    assert judged(workspace, number).row.headline == "supported, blocked by latency"
    for seed in range(8):
        write(workspace, exclude, number, arm="dense", seed=str(seed), reason="slow node", metric="latency")
    found = judged(workspace, number).row
    assert found.headline == "supported, not cleared of latency – exploratory"


def test_offline_and_online_verdicts_stand_side_by_side(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    bring_in(workspace, tmp_path, number, csv_of(pairs(8, 2.0)))
    bring_in(workspace, tmp_path, number, csv_of(pairs(8, 2.0, seed=5)), name="online.csv", phase="online")
    names = [judged(workspace, number, phase=phase).row.name for phase in ("offline", "online") * 2]
    assert names == ["V-1", "V-2", "V-1", "V-2"]


def test_earlier_looks_are_named_but_for_those_that_were_planned(workspace: Workspace, tmp_path: Path) -> None:
    values = pairs(9, 0.8, 1.5, seed=4)
    number = planned(workspace, looks="4, 6")
    warnings: dict[int, tuple[str, ...]] = {}
    for n in (4, 5, 6, 8, 9):
        bring_in(workspace, tmp_path, number, csv_of({arm: each[:n] for arm, each in values.items()}), name=f"{n}.csv")
        warnings[n] = tuple(line for line in judged(workspace, number).details["warnings"] if "before the end" in line)
    told = ("Results were judged before the end, though no such look was planned: V-2 at 5.",)
    assert warnings == {4: (), 5: (), 6: told, 8: told, 9: told}


@pytest.mark.parametrize("leaves", [{"family": ""}, {"family": "another"}])
def test_nobody_leaves_a_family_after_results_came_in(
    workspace: Workspace, tmp_path: Path, leaves: dict[str, str]
) -> None:
    for seed in (1, 21, 41):
        number = planned(workspace, family="heads", family_rule="holm")
        bring_in(workspace, tmp_path, number, csv_of(pairs(8, 0.0, 1.5, seed=seed)))
    before = judged(workspace, 1).details
    write(workspace, commands.revise, 2, {"family_rule": "", **leaves})
    write(workspace, commands.revise, 3, {"family_rule": "", **leaves})
    assert judged(workspace, 1).details["numbers"] == before["numbers"]
    assert before["family"]["size"] == 3
    assert judged(workspace, 2).row.exploratory
