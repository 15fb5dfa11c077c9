"""Several arms, and experiments that are judged together: corrected over all of them, raw and adjusted shown."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from scipy import stats

from library.errors import UsageError
from library.workspace import Workspace
from planner.experiments import commands
from planner.experiments.verdicts import verdicts
from tests.planner.experiments.making import (
    bring_in,
    csv_of,
    judged,
    planned,
    read,
    write,
)
from tests.planner.experiments.test_judging import close, noise, oracle, pairs, run


def test_several_treatments_have_to_be_named_and_are_corrected(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace, arms="bm25 | baseline\ndense | treatment\nsparse | treatment")
    values = pairs(8, 1.5, 1.0)
    values["sparse"] = [value + 0.1 * other for value, other in zip(values["bm25"], noise(9, 8), strict=True)]
    bring_in(workspace, tmp_path, number, csv_of(values))
    with pytest.raises(UsageError, match="E-1 has 2 treatments: dense, sparse"):
        judged(workspace, number)
    with pytest.raises(UsageError, match="no treatment called colbert"):
        judged(workspace, number, treatment="colbert")
    found = judged(workspace, number, treatment="dense")
    p = oracle(values)[3]
    close(found.row.p, p)
    close(found.row.p_adjusted, 2 * p)
    assert found.details["family"]["size"] == 2


def holm(values: Sequence[float]) -> list[float]:
    order = sorted(range(len(values)), key=values.__getitem__)
    found, highest = [0.0] * len(values), 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(values) - rank) * values[place]))
        found[place] = highest
    return found


@pytest.mark.parametrize("rule", ["holm", "bh"])
def test_a_family_is_corrected_over_all_its_members(workspace: Workspace, tmp_path: Path, rule: str) -> None:
    sets = [pairs(8, effect, 0.8, seed=20 + place) for place, effect in enumerate((2.0, 0.8, 0.0))]
    for values in sets:
        number = planned(workspace, family="ranking", family_rule=rule)
        bring_in(workspace, tmp_path, number, csv_of(values))
    raw = [oracle(values)[3] for values in sets]
    wanted = holm(raw) if rule == "holm" else [float(p) for p in stats.false_discovery_control(raw)]
    for number, p in enumerate(wanted, 1):
        found = judged(workspace, number)
        close(found.row.p_adjusted, p)
        members = {member["experiment"] for member in found.details["family"]["members"]}
        assert members == {"E-1", "E-2", "E-3"}
        assert found.details["family"]["kind"] == ("confirmatory" if rule == "holm" else "screen")


def test_members_without_results_count_unless_they_were_dropped(workspace: Workspace, tmp_path: Path) -> None:
    values = pairs(8, 2.0, 0.8)
    for _ in range(3):
        planned(workspace, family="ranking")
    bring_in(workspace, tmp_path, 1, csv_of(values))
    p = oracle(values)[3]
    close(judged(workspace, 1).row.p_adjusted, 3 * p)
    write(workspace, commands.move, 3, "dropped", "no time")
    found = judged(workspace, 1)  # another family: another verdict
    assert found.row.id == 2
    close(found.row.p_adjusted, 2 * p)


def test_members_that_are_judged_otherwise_are_no_family(workspace: Workspace, tmp_path: Path) -> None:
    planned(workspace, family="ranking")
    planned(workspace, family="ranking", alpha="0.01")
    bring_in(workspace, tmp_path, 1, csv_of(pairs(8, 2.0)))
    with pytest.raises(UsageError, match="E-1 and E-2 belong to the family ranking, but differ in alpha"):
        judged(workspace, 1)


def test_ablations_are_a_screen_and_no_verdict(workspace: Workspace, tmp_path: Path) -> None:
    arms = "bm25 | baseline\ndense | treatment\nno distil | ablation\nno negatives | ablation"
    values = pairs(8, 2.0)
    for place, (name, loss) in enumerate({"no distil": 1.5, "no negatives": 0.0}.items()):
        values[name] = [value - loss + x for value, x in zip(values["dense"], noise(30 + place, 8, 0.4), strict=True)]
    found = run(workspace, tmp_path, values, arms=arms)
    raw = [float(stats.ttest_rel(values["dense"], values[name]).pvalue) for name in ("no distil", "no negatives")]
    for part, p, adjusted in zip(found.details["ablations"], raw, stats.false_discovery_control(raw), strict=True):
        close(part["p"], p)
        close(part["p_adjusted"], float(adjusted))
        assert part["summary"].endswith("a screen, no verdict.")
    close(found.row.p_adjusted, oracle(values)[3])  # the verdict itself pays nothing for them
    assert len(read(workspace, verdicts)) == 1
