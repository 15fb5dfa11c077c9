"""Planted result sets with known verdicts, from the CSV to the stored row; every number against an oracle."""

import json
import math
import random
from pathlib import Path
from typing import Any

import pytest
from scipy import stats

from library.errors import NotFound, UsageError
from library.workspace import Workspace
from planner.experiments import commands
from planner.experiments.model import VerdictDetail
from planner.experiments.storing import results
from planner.experiments.verdicts import judge, verdict_record, verdicts
from planner.hypotheses.queries import hypothesis
from tests.planner.experiments.making import (
    METRIC,
    TODAY,
    bring_in,
    csv_of,
    detail,
    judged,
    planned,
    read,
    row,
    undo,
    write,
)


def noise(seed: int, n: int, sd: float = 1.0) -> list[float]:
    source = random.Random(seed)
    return [source.gauss(0, sd) for _ in range(n)]


def pairs(n: int, effect: float, sd: float = 0.5, seed: int = 1) -> dict[str, list[Any]]:
    """bm25 and dense by seed: luck of the seed that both share, and a difference around `effect`."""
    shared = [40 + value for value in noise(seed, n, 3.0)]
    return {
        "bm25": list(shared),
        "dense": [value + effect + own for value, own in zip(shared, noise(seed + 1, n, sd), strict=True)],
    }


def oracle(values: dict[str, list[Any]], level: float = 0.95) -> tuple[float, float, float, float]:
    """(mean, low, high, p) of the paired t-test, by scipy."""
    differences = [d - b for b, d in zip(values["bm25"], values["dense"], strict=True)]
    found = stats.ttest_1samp(differences, 0.0)
    low, high = found.confidence_interval(level)
    return sum(differences) / len(differences), float(low), float(high), float(found.pvalue)


def run(workspace: Workspace, folder: Path, values: dict[str, list[Any]], *more: str, **plan: Any) -> VerdictDetail:
    number = planned(workspace, **{"seeds": str(len(values["bm25"])), **plan})
    bring_in(workspace, folder, number, [*csv_of(values), *more])
    return judged(workspace, number)


def close(found: float | None, wanted: float) -> None:
    assert found is not None
    assert math.isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-12), (found, wanted)


def test_a_true_effect_is_supported(workspace: Workspace, tmp_path: Path) -> None:
    values = pairs(8, 2.0)
    found = run(workspace, tmp_path, values)
    mean, low, high, p = oracle(values)
    shown = found.row
    assert (shown.state, shown.label, shown.n, shown.exploratory) == ("supported", None, 8, False)
    for got, wanted in ((shown.effect, mean), (shown.low, low), (shown.high, high), (shown.p, p), (shown.level, 0.95)):
        close(got, wanted)
    assert (shown.treatment, shown.baseline, shown.name) == ("dense", "bm25", "V-1")
    assert read(workspace, hypothesis, 1).row.belief > 0.4
    (piece,) = read(workspace, hypothesis, 1).evidence
    assert piece.stance == "for"


def test_a_null_effect_is_refuted(workspace: Workspace, tmp_path: Path) -> None:
    values = pairs(10, 0.0, 0.3)
    found = run(workspace, tmp_path, values).row
    assert (found.state, found.label) == ("refuted", "equivalent")
    close(found.high, oracle(values)[2])
    assert read(workspace, hypothesis, 1).row.belief < 0.4
    assert read(workspace, hypothesis, 1).evidence[0].stance == "against"


def test_a_harmful_treatment_is_refuted_as_harmful(workspace: Workspace, tmp_path: Path) -> None:
    found = run(workspace, tmp_path, pairs(8, -2.0)).row
    assert (found.state, found.label) == ("refuted", "harmful")


def test_a_metric_that_should_fall_is_turned(workspace: Workspace, tmp_path: Path) -> None:
    values = pairs(8, -2.0)
    found = run(workspace, tmp_path, values, direction="decrease").row
    assert found.state == "supported"
    close(found.effect, -oracle(values)[0])


@pytest.mark.parametrize("n", [1, 2])
def test_one_or_two_seeds_never_get_an_interval(workspace: Workspace, tmp_path: Path, n: int) -> None:
    found = run(workspace, tmp_path, pairs(n, 5.0, 0.01), seeds="2").row
    assert (found.state, found.label, found.low, found.high, found.p) == (
        *("inconclusive", "insufficient seeds"), None, None, None,
    )  # fmt: skip
    assert read(workspace, hypothesis, 1).row.belief == 0.4


def test_an_open_question_says_what_would_settle_it(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace, seeds="5")
    values = pairs(5, 0.8, 1.5, seed=4)
    head = "arm,seed,metric,slice,value,status,gpu_hours"
    hours = {"bm25": 1.5, "dense": 2.5}
    bring_in(workspace, tmp_path, number, [f"{line},{hours[line.split(',')[0]]}" for line in csv_of(values)], head=head)
    found = judged(workspace, number)
    numbers = found.details["numbers"]
    assert found.row.state == "inconclusive"
    assert numbers["more_seeds"] >= 1
    close(numbers["more_gpu_hours"], numbers["more_seeds"] * 4.0)
    assert found.details["gpu_hours_from"] == "results"
    assert "GPU-hours) would settle it" in found.row.summary
    close(row(workspace, number).spent, 20.0)


def test_where_no_run_says_its_hours_those_of_the_plan_are_taken_and_said_to_be(
    workspace: Workspace, tmp_path: Path
) -> None:
    found = run(workspace, tmp_path, pairs(5, 0.8, 1.5, seed=4), gpu_hours_per_seed="2..4..12")
    assert (found.details["gpu_hours_per_seed"], found.details["gpu_hours_from"]) == (5.0, "plan")
    close(found.details["numbers"]["more_gpu_hours"], found.details["numbers"]["more_seeds"] * 5.0)


def test_a_skewed_result_carries_a_warning(workspace: Workspace, tmp_path: Path) -> None:
    shared = [40.0] * 10
    skewed = [math.exp(value) for value in noise(5, 10, 1.3)]
    values = {"bm25": shared, "dense": [b + d for b, d in zip(shared, skewed, strict=True)]}
    found = run(workspace, tmp_path, values)
    assert any("skewed" in line for line in found.details["warnings"])


def test_crashed_seeds_are_counted_and_said(workspace: Workspace, tmp_path: Path) -> None:
    values = pairs(8, 2.0)
    whole = {arm: list(each) for arm, each in values.items()}
    whole["dense"][2], whole["dense"][5] = "crashed", "nan"
    found = run(workspace, tmp_path, whole)
    kept = {arm: [value for place, value in enumerate(each) if place not in (2, 5)] for arm, each in values.items()}
    close(found.row.effect, oracle(kept)[0])
    close(found.row.low, oracle(kept)[1])
    dense = found.details["arms"][1]
    assert (found.row.n, dense["crashed"], dense["nan"], dense["usable"]) == (6, 1, 1, 6)
    assert any("fail at different rates" in line for line in found.details["warnings"])
    assert not found.row.exploratory  # crashes are no early stop


def test_a_breached_guardrail_blocks(workspace: Workspace, tmp_path: Path) -> None:
    slow = csv_of({"bm25": [10 + x for x in noise(2, 8, 0.1)], "dense": [14 + x for x in noise(3, 8, 0.1)]}, "latency")
    found = run(workspace, tmp_path, pairs(8, 2.0), *slow, guardrails="latency | decrease | 2")
    assert (found.row.state, found.row.blocked_by) == ("supported", ("latency",))
    assert found.row.headline == "supported, blocked by latency"
    assert found.row.summary.startswith("Supported, blocked by latency: ")
    (rail,) = found.details["guardrails"]
    assert (rail["state"], rail["tolerance"]) == ("breached", 2.0)
    assert row(workspace, 1).verdict.headline == "supported, blocked by latency"  # type: ignore[union-attr]


def test_a_breached_slice_blocks_and_one_that_holds_does_not(workspace: Workspace, tmp_path: Path) -> None:
    worse = csv_of(pairs(8, -3.0, seed=11), METRIC, "long queries")
    fine = csv_of(pairs(8, 1.0, seed=12), METRIC, "short queries")
    slices = "long queries | fairness\nshort queries | robustness | | | 0.5"
    found = run(workspace, tmp_path, pairs(8, 2.0), *worse, *fine, slices=slices)
    assert found.row.blocked_by == ("nDCG@10 on long queries",)
    assert [rail["state"] for rail in found.details["guardrails"]] == ["breached", "held"]


def test_a_guardrail_without_results_is_unknown_and_said(workspace: Workspace, tmp_path: Path) -> None:
    found = run(workspace, tmp_path, pairs(8, 2.0), guardrails="latency | decrease | 2")
    assert found.row.blocked_by == ()
    assert found.row.headline == "supported, not cleared of latency"
    assert any("Guardrail latency unknown" in line for line in found.details["warnings"])


def test_unpaired_arms_are_compared_by_welch(workspace: Workspace, tmp_path: Path) -> None:
    values = {"bm25": [40 + x for x in noise(6, 9)], "dense": [44 + x for x in noise(7, 6, 2.0)]}
    found = run(workspace, tmp_path, values, pairing="none", seeds="6").row
    oracle_ = stats.ttest_ind(values["dense"], values["bm25"], equal_var=False)
    close(found.p, float(oracle_.pvalue))
    assert found.method.startswith("Welch")


# Looks.


def test_a_peeked_result_is_exploratory_at_every_look_before_the_end(workspace: Workspace, tmp_path: Path) -> None:
    values = pairs(8, 2.0)
    number = planned(workspace, seeds="8")
    for n in range(3, 9):
        bring_in(workspace, tmp_path, number, csv_of({arm: each[:n] for arm, each in values.items()}), name=f"{n}.csv")
        found = judged(workspace, number)
        assert found.row.exploratory is (n < 8), n
        if n < 8:
            assert f"a look at {n} seeds where the plan has 8 seeds" in found.details["exploratory"]
            assert read(workspace, hypothesis, 1).row.belief == 0.4
    assert any("judged before the end" in line for line in found.details["warnings"])
    assert read(workspace, hypothesis, 1).row.belief > 0.4


def test_seeds_beyond_the_plan_are_exploratory(workspace: Workspace, tmp_path: Path) -> None:
    found = run(workspace, tmp_path, pairs(9, 2.0), seeds="8")
    assert found.details["exploratory"] == ["a look at 9 seeds where the plan has 8 seeds"]


def test_a_planned_look_is_judged_strictly_and_confirms(workspace: Workspace, tmp_path: Path) -> None:
    values = pairs(8, 2.0, 0.3)
    number = planned(workspace, seeds="8", looks="5")
    bring_in(workspace, tmp_path, number, csv_of({arm: each[:5] for arm, each in values.items()}))
    found = judged(workspace, number)
    assert not found.row.exploratory
    close(found.row.level, 0.999)
    first = {arm: each[:5] for arm, each in values.items()}
    close(found.row.low, oracle(first, 0.999)[1])
    assert found.details["alpha"] == 0.001
    bring_in(workspace, tmp_path, number, csv_of({arm: each[:6] for arm, each in values.items()}))
    assert judged(workspace, number).row.exploratory


def test_looking_at_any_time_is_fine_where_it_was_planned(workspace: Workspace, tmp_path: Path) -> None:
    values = pairs(12, 3.0, 0.5)
    number = planned(workspace, seeds="8", looks="anytime")
    for n in (3, 6, 12):
        bring_in(workspace, tmp_path, number, csv_of({arm: each[:n] for arm, each in values.items()}), name=f"{n}.csv")
        found = judged(workspace, number)
        assert not found.row.exploratory, n
    assert found.row.state == "supported"
    assert found.details["numbers"]["e_value"] > 20


def test_a_plan_without_a_number_of_seeds_explores(workspace: Workspace, tmp_path: Path) -> None:
    found = run(workspace, tmp_path, pairs(6, 2.0), seeds="")
    assert found.details["exploratory"] == ["the plan fixes no number of seeds"]


# What a verdict is kept with.


def test_unchanged_results_are_not_judged_twice(workspace: Workspace, tmp_path: Path) -> None:
    run(workspace, tmp_path, pairs(8, 2.0))
    for person in ("ada", "kim"):
        number, change = write(workspace, judge, 1, today=TODAY, person=person)
        assert (number, change.journal_id) == (1, None)
    write(workspace, commands.revise, 1, {"owner": "kim"})
    assert write(workspace, judge, 1, today=TODAY)[0] == 1
    bring_in(workspace, tmp_path, 1, csv_of({"bm25": [None] * 8 + [41.0]}), name="more.csv")
    assert write(workspace, judge, 1, today=TODAY)[0] == 2
    assert [each.id for each in read(workspace, verdicts, 1)] == [2, 1]


def test_results_that_were_imported_otherwise_give_the_same_hash(workspace: Workspace, tmp_path: Path) -> None:
    values = pairs(4, 2.0)
    first = run(workspace, tmp_path, values).results_hash
    for _ in range(2):
        undo(workspace)
    rows = csv_of(values)
    bring_in(workspace, tmp_path, 1, rows[1:], name="a.csv")
    bring_in(workspace, tmp_path, 1, rows[:1], name="b.csv")
    assert {each.seed for each in read(workspace, results, 1)} == {"0", "1", "2", "3"}
    assert judged(workspace, 1).results_hash == first


def test_everything_is_traceable(workspace: Workspace, tmp_path: Path) -> None:
    found = run(workspace, tmp_path, pairs(8, 2.0))
    details = found.details
    ids = {str(each.id) for each in read(workspace, results, 1)}
    assert set(details["results"]) == ids
    assert details["rule"]["delta"] == 1
    assert details["rule"]["planned_n"] == 8
    frozen = detail(workspace, 1).versions[0]
    assert details["preregistration"] == {"id": str(frozen.id), "version": 1, "sha256": frozen.hash}
    assert details["formula"] == 1
    numbers = details["numbers"]
    se, df = numbers["se"], numbers["df"]
    critical = stats.t.ppf(0.975, df)
    power = stats.nct.sf(critical, df, 1 / se) + stats.nct.cdf(-critical, df, 1 / se)
    assert details["power"] == pytest.approx(float(power), abs=1e-9)
    record = json.dumps(verdict_record(found), allow_nan=False)
    assert json.loads(record)["id"] == "V-1"


def test_a_verdict_is_undone_with_what_it_did_to_the_hypothesis(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    bring_in(workspace, tmp_path, number, csv_of(pairs(8, 2.0)))
    before = read(workspace, hypothesis, 1)
    judged(workspace, number)
    assert read(workspace, hypothesis, 1).row.belief != before.row.belief
    undo(workspace)
    after = read(workspace, hypothesis, 1)
    assert (after.row.belief, after.evidence, after.beliefs) == (before.row.belief, (), before.beliefs)
    assert read(workspace, verdicts) == ()
    assert judged(workspace, number).row.id == 2  # a number that was spoken of never names another verdict


def test_an_edit_after_the_results_makes_the_verdict_exploratory(workspace: Workspace, tmp_path: Path) -> None:
    run(workspace, tmp_path, pairs(8, 0.6))
    assert row(workspace, 1).verdict.state != "supported"  # type: ignore[union-attr]
    write(workspace, commands.revise, 1, {"delta": "0.25"})
    found = judged(workspace, 1)
    assert (found.row.state, found.row.exploratory) == ("supported", True)
    assert found.details["exploratory"] == ["the plan was changed after it had been frozen (version 2: delta)"]
    assert found.row.headline == "supported – exploratory"
    assert read(workspace, hypothesis, 1).row.belief == 0.4
    assert [piece.stance for piece in read(workspace, hypothesis, 1).evidence] == ["context", "context"]
    assert row(workspace, 1).verdict.id == 1  # type: ignore[union-attr]
    undo(workspace)
    undo(workspace)
    assert not judged(workspace, 1).row.exploratory


def test_results_under_an_edited_plan_stay_exploratory_after_it_was_put_back(
    workspace: Workspace, tmp_path: Path
) -> None:
    values = pairs(8, 2.0)
    number = planned(workspace, seeds="8")
    bring_in(workspace, tmp_path, number, csv_of({arm: each[:4] for arm, each in values.items()}))
    write(workspace, commands.revise, number, {"arms": "bm25 | baseline\ndense | treatment | tuned=yes"})
    bring_in(workspace, tmp_path, number, csv_of(values), name="more.csv")
    write(workspace, commands.revise, number, {"arms": "bm25 | baseline\ndense | treatment"})
    found = judged(workspace, number)
    assert found.details["exploratory"] == ["results were taken in while the plan differed from the frozen one"]


def test_what_is_not_there_cannot_be_judged(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    with pytest.raises(NotFound, match="E-1 has no results yet"):
        judged(workspace, number)
    bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.0, 2.0]}, "MAP"))
    with pytest.raises(NotFound, match="Neither bm25 nor dense"):
        judged(workspace, number)
    bare = planned(workspace, hypothesis_id="", metric=METRIC)
    bring_in(workspace, tmp_path, bare, csv_of({"bm25": [1.0, 2.0]}))
    with pytest.raises(UsageError, match="it has no direction, no δ"):
        judged(workspace, bare)
    with pytest.raises(NotFound):
        judged(workspace, 99)


def test_online_results_are_judged_apart(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    bring_in(workspace, tmp_path, number, csv_of(pairs(8, 2.0)))
    bring_in(workspace, tmp_path, number, csv_of(pairs(8, -2.0)), name="online.csv", phase="online")
    assert judged(workspace, number).row.state == "supported"
    found = judged(workspace, number, phase="online")
    assert (found.row.state, found.details["phase"]) == ("refuted", "online")


# The data behind it.


def test_data_that_may_not_be_used_is_named_in_the_verdict(workspace: Workspace, tmp_path: Path) -> None:
    from planner.register import commands as register

    write(workspace, register.add, {"name": "MS MARCO", "licence": "MIT", "sensitivity": "public"})
    found = run(workspace, tmp_path, pairs(8, 2.0), datasets="DS-1")
    told = "This plan uses data that is not approved: DS-1 MS MARCO."
    assert told in found.details["warnings"]
    assert told in detail(workspace, 1).warnings
    assert row(workspace, 1).data_problems == (told,)


def test_a_stale_baseline_is_named_in_the_verdict(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    bring_in(workspace, tmp_path, number, csv_of(pairs(8, 2.0)))
    workspace.store.write(lambda db: db.execute("UPDATE result_batch SET at = '2026-03-01T10:00:00Z'")).result()
    found = judged(workspace, number)
    assert "The baseline bm25 was measured 269 days ago (2026-03-01), stale." in found.details["warnings"]


def test_an_arm_without_results_is_called_by_its_name(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.0, 2.0, 3.0]}))
    found = judged(workspace, number)
    assert found.row.summary == "Inconclusive (insufficient seeds): dense brought no usable value."
    assert [arm["arm"] for arm in found.details["arms"]] == ["bm25", "dense"]
