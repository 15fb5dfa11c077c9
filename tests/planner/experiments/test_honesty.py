"""What somebody may try who has seen the results and wants another verdict: none of it may look confirmatory."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from library.errors import UsageError
from library.records.store import RecordError
from library.workspace import Workspace
from planner.experiments import commands
from planner.experiments.exclusions import exclude
from planner.experiments.model import VerdictDetail
from planner.experiments.prospecting import power_table
from planner.experiments.storing import results
from planner.experiments.verdicts import verdict
from tests.planner.experiments.making import (
    METRIC,
    bring_in,
    csv_of,
    detail,
    hypothesis,
    judged,
    planned,
    read,
    undo,
    write,
)
from tests.planner.experiments.test_judging import noise, pairs


def latency(slower: float, n: int = 8) -> dict[str, list[Any]]:
    return {"bm25": [10 + x for x in noise(2, n, 0.1)], "dense": [10 + slower + x for x in noise(3, n, 0.1)]}


def test_alpha_lies_between_one_in_a_million_and_a_half(workspace: Workspace, tmp_path: Path) -> None:
    for alpha in ("0.5", "1e-6"):
        number = planned(workspace, alpha=alpha, seeds="4")
        bring_in(workspace, tmp_path, number, csv_of(pairs(4, 2.0)))
        found = judged(workspace, number).row
        assert ("50 % interval" if alpha == "0.5" else "99.9999 % interval") in found.summary
        assert read(workspace, power_table, number, sigma=1.0).at.detectable > 0
    for alpha in ("0.51", "1e-7", "0", "nan"):
        with pytest.raises(RecordError):
            planned(workspace, alpha=alpha)


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
    bring_in(workspace, tmp_path, number, csv_of({"dense": [None, None, 42.0]}), replacing=True)
    assert not any("before the end" in line for line in judged(workspace, number).details["warnings"])


def test_a_planned_look_may_lose_seeds_to_crashes(workspace: Workspace, tmp_path: Path) -> None:
    values = pairs(8, 2.0)
    number = planned(workspace, looks="5")
    first = {"bm25": values["bm25"][:5], "dense": [*values["dense"][:4], "crashed"]}
    bring_in(workspace, tmp_path, number, csv_of(first))
    found = judged(workspace, number)
    assert (found.row.n, found.row.exploratory, found.row.level) == (4, False, 0.999)
    bring_in(workspace, tmp_path, number, csv_of({arm: [*each[:5], 41.0] for arm, each in first.items()}))
    assert not judged(workspace, number).row.exploratory  # five pairs, of six that were tried
    bring_in(workspace, tmp_path, number, csv_of({arm: [*[None] * 6, 42.0] for arm in first}))
    assert judged(workspace, number).details["exploratory"] == [
        "a look at 6 seeds where the plan has 8 seeds and looks at 5"
    ]


def test_offline_and_online_runs_are_left_out_apart(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    for phase in ("offline", "online"):
        bring_in(workspace, tmp_path, number, csv_of(pairs(8, 2.0)), phase=phase)
    with pytest.raises(UsageError, match="ran offline and online"):
        write(workspace, exclude, number, arm="dense", seed="3", reason="node failed")
    write(workspace, exclude, number, arm="dense", seed="3", reason="node failed", phase="online")
    left_out = [row.phase for row in read(workspace, results, number) if row.status == "excluded"]
    assert left_out == ["online"]


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


def test_results_that_were_taken_back_and_brought_in_again_are_known(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace, delta="3")
    bring_in(workspace, tmp_path, number, csv_of(pairs(8, 2.0)))
    assert judged(workspace, number).row.headline == "refuted (equivalent)"
    undo(workspace)
    undo(workspace)
    write(workspace, commands.revise, number, {"delta": "1"})
    bring_in(workspace, tmp_path, number, csv_of(pairs(8, 2.0)))
    found = judged(workspace, number)
    assert found.row.headline == "supported – exploratory"
    assert found.details["exploratory"] == [
        "results were in before, and taken back, under a plan that differed in delta"
    ]


def test_the_same_plan_again_and_other_results_are_no_exploration(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace, delta="3")
    bring_in(workspace, tmp_path, number, csv_of(pairs(8, 2.0)))
    undo(workspace)
    write(workspace, commands.revise, number, {"delta": "1"})
    write(workspace, commands.revise, number, {"delta": "3"})
    bring_in(workspace, tmp_path, number, csv_of(pairs(8, 2.0)))
    assert not judged(workspace, number).row.exploratory
    other = planned(workspace)
    bring_in(workspace, tmp_path, other, csv_of(pairs(8, 2.0, seed=3)))  # another experiment's file
    undo(workspace)
    write(workspace, commands.revise, other, {"delta": "2"})
    bring_in(workspace, tmp_path, other, csv_of(pairs(8, 2.0, seed=7)))
    assert not judged(workspace, other).row.exploratory


def replaced(workspace: Workspace, folder: Path, number: int) -> None:
    bring_in(workspace, folder, number, csv_of({"dense": [50.0, 51.0]}), replacing=True)


def crashed(workspace: Workspace, folder: Path, number: int) -> None:
    bring_in(workspace, folder, number, csv_of({"dense": ["crashed", "crashed"]}), replacing=True)


def gone(workspace: Workspace, folder: Path, number: int) -> None:
    undo(workspace)  # the verdict
    undo(workspace)  # the second file
    bring_in(workspace, folder, number, csv_of({"dense": [50.0, 51.0], "bm25": [40.0, 41.5]}))


@pytest.mark.parametrize("change", [replaced, crashed, gone])
def test_values_that_change_after_a_verdict_confirm_nothing(
    workspace: Workspace, tmp_path: Path, change: Callable[[Workspace, Path, int], None]
) -> None:
    values = pairs(8, 0.5)
    number = planned(workspace)
    bring_in(workspace, tmp_path, number, csv_of({arm: [None, None, *each[2:]] for arm, each in values.items()}))
    bring_in(workspace, tmp_path, number, csv_of({arm: each[:2] for arm, each in values.items()}), name="rest.csv")
    assert not judged(workspace, number).row.exploratory
    change(workspace, tmp_path, number)
    (reason,) = judged(workspace, number).details["exploratory"]
    assert reason.startswith(f"{4 if change is gone else 2} values changed or taken out after a verdict had been drawn")
    assert f"dense, seed 0, {METRIC}: {values['dense'][0]:.6g}, now " in reason


def test_values_that_change_before_any_verdict_are_corrected(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    bring_in(workspace, tmp_path, number, csv_of(pairs(8, 0.5)))
    bring_in(workspace, tmp_path, number, csv_of({"dense": [50.0, 51.0]}), replacing=True)
    assert not judged(workspace, number).row.exploratory


def test_a_verdict_whose_results_changed_since_says_so(workspace: Workspace, tmp_path: Path) -> None:
    values = pairs(8, 2.0)
    number = planned(workspace)
    bring_in(workspace, tmp_path, number, csv_of({arm: each[:6] for arm, each in values.items()}))

    def since() -> str:
        found: VerdictDetail = read(workspace, verdict, 1)
        told = [line for line in detail(workspace, number).warnings if "older than its results" in line]
        assert bool(told) == bool(found.changed_since)
        assert not told or found.changed_since in told[0]
        return found.changed_since

    judged(workspace, number)
    assert since() == ""
    bring_in(workspace, tmp_path, number, csv_of({"dense": [*values["dense"], 43.0]}), name="more.csv")
    assert since() == "3 more values came in"
    bring_in(workspace, tmp_path, number, csv_of({"dense": [50.0]}), replacing=True)
    assert since() == "its values were changed or left out and 3 more values came in"
    undo(workspace)
    write(workspace, exclude, number, arm="bm25", seed="2", reason="node failed")
    assert since() == "its values were changed or left out and 3 more values came in"
    undo(workspace)
    undo(workspace)
    assert since() == ""
    workspace.store.write(lambda db: db.execute("DELETE FROM result WHERE seed = '1'").rowcount).result()
    assert since() == "2 of its 12 values are gone"


def test_going_back_to_what_was_first_judged_changes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    bring_in(workspace, tmp_path, number, csv_of(pairs(8, 2.0)))
    assert not judged(workspace, number).row.exploratory
    bring_in(workspace, tmp_path, number, csv_of({"dense": [50.0]}), replacing=True)
    assert judged(workspace, number).row.exploratory
    undo(workspace)
    undo(workspace)
    assert judged(workspace, number).row.name == "V-1"


@pytest.mark.parametrize(("hypothesis_id", "explores"), [("H-1", True), ("H-2", False)])
def test_a_copy_of_the_plan_makes_no_other_verdict_of_the_same_values(
    workspace: Workspace, tmp_path: Path, hypothesis_id: str, explores: bool
) -> None:
    number = planned(workspace, delta="3")
    hypothesis(workspace, statement="Distillation needs a teacher of its own")
    bring_in(workspace, tmp_path, number, csv_of(pairs(8, 2.0)))
    assert judged(workspace, number).row.state == "refuted"
    copy = planned(workspace, delta="1", hypothesis_id=hypothesis_id)
    bring_in(workspace, tmp_path, copy, csv_of(pairs(8, 2.0)))
    found = judged(workspace, copy)
    told = "8 values of dense stood in E-1 before this plan was frozen"
    assert found.row.exploratory is explores
    assert (f"{told}, and were judged there for the same hypothesis" in found.details["exploratory"]) is explores
    assert (f"{told}: its results were known." in found.details["warnings"]) is not explores


def test_a_baseline_that_is_measured_once_for_many_is_no_copy(workspace: Workspace, tmp_path: Path) -> None:
    values = pairs(8, 2.0)
    first = planned(workspace)
    bring_in(workspace, tmp_path, first, csv_of(values))
    judged(workspace, first)
    second = planned(workspace)
    bring_in(workspace, tmp_path, second, csv_of({"bm25": values["bm25"], "dense": pairs(8, 2.0, seed=9)["dense"]}))
    assert not judged(workspace, second).row.exploratory
