"""How many comparisons a quarter judged, and what a reader of one verdict is told of it."""

import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from library.clock import stamped
from library.workspace import Workspace
from planner.experiments.model import VerdictDetail
from planner.experiments.tally import Tally
from planner.experiments.verdicts import judge, verdict
from tests.planner.experiments.making import bring_in, csv_of, hypothesis, planned, read, write

SEEDS = 6


def judged_on(workspace: Workspace, number: int, day: str, month: int = 1) -> VerdictDetail:
    def judge_then(db: Any, person: str) -> int:
        with stamped(f"{day}T10:00:00Z"):  # the writer's thread has a clock of its own
            return judge(db, person, number, today=date.fromisoformat(day), fiscal_month=month)[0]

    found = write(workspace, judge_then)
    result: VerdictDetail = read(workspace, verdict, found)
    return result


def tried(workspace: Workspace, folder: Path, seed: int, **plan: str) -> int:
    """An experiment with results of its own, not judged yet."""
    source = random.Random(seed)
    base = [40 + source.gauss(0, 1) for _ in range(SEEDS)]
    values = {"bm25": base, "dense": [value + source.gauss(0.2, 0.5) for value in base]}
    number = planned(workspace, seeds=str(SEEDS), **plan)
    bring_in(workspace, folder, number, csv_of(values))
    return number


def told(found: VerdictDetail) -> list[str]:
    return [warning for warning in found.details["warnings"] if "comparison" in warning and "judged in" in warning]


def test_comparisons_of_the_quarter_are_counted_and_said_from_the_fifth_on(
    workspace: Workspace, tmp_path: Path
) -> None:
    hypothesis(workspace)
    for place in range(1, 7):
        found = judged_on(workspace, tried(workspace, tmp_path, place), "2026-11-25")
        assert not found.row.exploratory
        tested = found.details["tested"]
        assert (tested["quarter"], tested["comparisons"]) == ("2026Q4", place)
        assert tested["false_alarms_at_most"] == pytest.approx(0.05 * place, abs=1e-12)
        assert len(told(found)) == (place >= 5)
    assert told(found) == [
        "This is the 6th comparison judged in 2026Q4; at α 0.05, were no effect real in any of them, up to 0.3 of the "
        "6 would be expected to come out against chance alone."
    ]
    later = judged_on(workspace, tried(workspace, tmp_path, 7), "2027-01-02")
    assert later.details["tested"] == {"quarter": "2027Q1", "comparisons": 1, "false_alarms_at_most": 0.05}


def test_the_fiscal_year_says_what_a_quarter_is(workspace: Workspace, tmp_path: Path) -> None:
    hypothesis(workspace)
    judged_on(workspace, tried(workspace, tmp_path, 1), "2026-12-30", month=3)
    found = judged_on(workspace, tried(workspace, tmp_path, 2), "2027-01-02", month=3)
    assert (found.details["tested"]["quarter"], found.details["tested"]["comparisons"]) == ("2026Q4", 2)


def test_no_number_depends_on_how_many_came_before(workspace: Workspace, tmp_path: Path) -> None:
    hypothesis(workspace)
    for place in range(1, 6):
        judged_on(workspace, tried(workspace, tmp_path, place), "2026-11-25")
    late = judged_on(workspace, tried(workspace, tmp_path, 9), "2026-11-25")
    assert told(late)
    alone = Tally("2026Q4", 1, True, (0.05, 0.05), 0.05)
    assert alone.said == ""
    source = random.Random(9)
    base = [40 + source.gauss(0, 1) for _ in range(SEEDS)]
    effect = sum(source.gauss(0.2, 0.5) for _ in base) / SEEDS
    assert late.row.effect == pytest.approx(effect, abs=1e-9)
    assert (late.row.level, late.details["alpha"]) == (0.95, 0.05)


def test_what_is_exploratory_is_not_counted(workspace: Workspace, tmp_path: Path) -> None:
    hypothesis(workspace)
    number = tried(workspace, tmp_path, 1)
    write(workspace, lambda db, _: db.execute("UPDATE experiment SET seeds = 12 WHERE id = ?", (number,)))
    early = judged_on(workspace, number, "2026-11-25")
    assert early.row.exploratory
    assert early.details["tested"] is None
    found = judged_on(workspace, tried(workspace, tmp_path, 2), "2026-11-25")
    assert found.details["tested"]["comparisons"] == 1


@pytest.mark.parametrize(
    ("count", "said"), [(11, "11th"), (12, "12th"), (21, "21st"), (22, "22nd"), (23, "23rd"), (111, "111th")]
)
def test_ordinals(count: int, said: str) -> None:
    assert f"the {said} comparison" in Tally("2026Q4", count, True, (0.05, 0.05), 0.05 * count).said


def test_judged_again_and_with_other_alphas() -> None:
    text = Tally("2026Q4", 12, False, (0.01, 0.05), 0.48).said
    assert text.startswith("This is one of 12 comparisons judged in 2026Q4; at α 0.01 to 0.05, ")
    assert "up to 0.48 of the 12" in text
