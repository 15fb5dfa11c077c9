"""Verdicts on planted results."""

import math
from dataclasses import replace

import numpy as np
import pytest
import scipy.stats
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.stats.weightstats import ttost_paired

from planner.statistics.decide import decide, three_way
from planner.statistics.permutation import sign_flip
from planner.statistics.rule import Outcome
from planner.statistics.verdict import Verdict
from tests.planner.statistics.runs import rule, runs

RNG = np.random.default_rng(11)
BASE = [70.1, 70.3, 69.9, 70.2, 70.4, 70.0]


def judged(differences, delta=1.0, n=None, **more) -> Verdict:
    """A verdict on treatment runs that differ from the baseline's by `differences`."""
    base = [50.0 + 0.25 * seed for seed in range(len(differences))]
    plan = len(differences) if n is None else n
    better = [left + gain for left, gain in zip(base, differences, strict=True)]
    return decide(rule(delta, plan, **more), runs("base", base), runs("new", better))


@pytest.mark.parametrize(
    ("differences", "state", "label"),
    [
        ([1.9, 1.3, 2.5, 1.0, 2.5, 1.4], "supported", ""),
        ([-1.9, -1.3, -2.5, -1.0, -2.5, -1.4], "refuted", "harmful"),
        ([0.1, -0.1, 0.2, -0.2, 0.1, 0.0], "refuted", "equivalent"),
        ([0.5, 0.6, 0.4, 0.5, 0.55, 0.45], "refuted", "equivalent"),
        ([-2.0, 0.5, -2.5, 0.6, -1.5, -2.0], "refuted", ""),
        ([0.9, -1.0, 2.5, 1.1, -0.8, 1.6], "inconclusive", ""),
        ([0.9, 1.3, 0.5, 1.0, 1.2, 0.8], "inconclusive", ""),
    ],
)
def test_the_three_outcomes(differences, state, label):
    verdict = judged(differences)
    assert (verdict.state, verdict.label) == (state, label)
    low, high = scipy.stats.ttest_1samp(differences, 0).confidence_interval()
    assert (verdict.low, verdict.high) == pytest.approx((low, high), abs=1e-9)
    assert (verdict.raw_low, verdict.raw_high) == (verdict.low, verdict.high)
    assert verdict.level == pytest.approx(0.95)
    assert verdict.p == pytest.approx(scipy.stats.ttest_1samp(differences, 0).pvalue, abs=1e-9)
    assert verdict.p_adjusted == verdict.p
    assert verdict.p_signflip == sign_flip(differences)[0]
    assert verdict.summary.lower().startswith(verdict.headline)


@pytest.mark.parametrize(
    ("effect", "low", "high", "expected"),
    [
        (1.0, 0.1, 1.9, ("supported", "")),
        (0.99, 0.1, 1.9, ("inconclusive", "")),
        (1.0, 0.0, 2.0, ("inconclusive", "")),
        (0.5, 0.1, 0.9, ("refuted", "equivalent")),
        (0.0, -1.0, 0.99, ("refuted", "")),
        (0.0, -0.99, 0.99, ("refuted", "equivalent")),
        (0.0, -1.0, 1.0, ("inconclusive", "")),
        (-0.5, -0.9, -0.1, ("refuted", "harmful")),
        (1.0, 1.2, 0.8, ("inconclusive", "contradictory")),
    ],
)
def test_the_rule_on_its_borders(effect, low, high, expected):
    assert three_way(effect, low, high, 1.0) == expected


def test_the_rule_against_two_one_sided_tests():
    """Equivalent or harmful-within-delta exactly where both one-sided tests reject at alpha/2."""
    seen = set()
    for values in RNG.normal(0.1, 0.6, (300, 6)):
        verdict = judged(values.tolist())
        base = np.array([50.0 + 0.25 * seed for seed in range(6)])
        p = ttost_paired(base + values, base, -1.0, 1.0)[0]
        inside = verdict.low > -1.0 and verdict.high < 1.0
        assert inside == (p < 0.025)
        assert (verdict.label == "equivalent") == (inside and verdict.high >= 0)
        seen.add(inside)
    assert seen == {True, False}


def test_a_decrease_is_turned_so_that_up_is_better():
    better = decide(rule(direction="decrease", n=6), runs("base", BASE), runs("new", [x - 2 - x % 1 for x in BASE]))
    assert better.state == "supported"
    assert better.effect > 2
    assert "improves by" in better.summary


@pytest.mark.parametrize("count", [0, 1, 2])
def test_one_or_two_pairs_never_get_an_interval(count):
    verdict = decide(rule(n=5), runs("base", BASE[:count]), runs("new", [x + 3 for x in BASE[:count]]))
    assert (verdict.state, verdict.label) == ("inconclusive", "insufficient seeds")
    assert verdict.n == count
    assert verdict.effect == (pytest.approx(3.0) if count else None)
    for field in (
        "low",
        "high",
        "level",
        "raw_low",
        "sd",
        "p",
        "p_adjusted",
        "p_signflip",
        "bca",
        "more_seeds",
        "shrunk",
    ):
        assert getattr(verdict, field) is None
    assert "insufficient seeds" in verdict.summary
    assert "[" not in verdict.summary


def test_three_pairs_get_an_interval_but_no_sign_flip_and_six_get_both():
    assert judged([1.0, 2.0, 3.0]).low is not None
    assert judged([1.0, 2.0, 3.0, 2.5, 2.2]).p_signflip is None
    six = judged([1.0, 2.0, 3.0, 2.5, 2.2, 1.5])
    assert (six.p_signflip, six.signflip_method) == (2 / 64, "exact")


def test_the_bootstrap_is_shown_from_twenty_pairs_on():
    values = RNG.normal(1.5, 1, 20).tolist()
    assert judged(values[:19]).bca is None
    low, high = judged(values).bca
    assert low < np.mean(values) < high


def test_everything_crashed():
    crashed = [Outcome("new", str(seed), None, "crashed", "out of memory") for seed in range(6)]
    verdict = decide(rule(n=6), runs("base", BASE), crashed)
    assert (verdict.state, verdict.label, verdict.n) == ("inconclusive", "insufficient seeds", 0)
    assert verdict.treatment.crashed == 6
    assert "new brought no usable value" in verdict.summary
    assert any("fail at different rates" in told for told in verdict.warnings)


def test_differences_that_do_not_vary_are_refused_and_explained():
    verdict = judged([1.3] * 6)
    assert (verdict.state, verdict.label) == ("inconclusive", "zero variance")
    assert (verdict.low, verdict.p, verdict.p_signflip) == (None, None, None)
    assert "every one gives 1.3" in verdict.summary
    assert "seeds are applied" in verdict.summary
    assert judged([0.0] * 6).label == "zero variance"


def test_values_of_any_size():
    huge = decide(rule(1e299, 4), runs("a", [1e300, 2e300, 3e300, 4e300]), runs("b", [9e300, 9.5e300, 11e300, 12e300]))
    assert huge.state == "supported"
    assert math.isfinite(huge.low)
    beyond = decide(rule(n=3), runs("a", [-1.7e308, 0.0, 1.0]), runs("b", [1.7e308, 1.0, 2.0]))
    assert (beyond.state, beyond.label) == ("inconclusive", "out of range")
    spread = decide(rule(n=3), runs("a", [0.0] * 3), runs("b", [1.7e308, -1.7e308, 1.7e308]))
    assert spread.label == "out of range"
    unpaired = decide(rule(n=3, pairing="none"), runs("a", [-1.7e308] * 3), runs("b", [1.7e308] * 3))
    assert unpaired.label == "out of range"


def test_welch_where_no_seed_is_shared_or_the_rule_says_so():
    left, right = [1.0, 2.0, 1.5, 1.7], [3.0, 4.5, 3.2, 3.9, 4.1]
    oracle = scipy.stats.ttest_ind(right, left, equal_var=False)
    low, high = oracle.confidence_interval()
    asked = decide(rule(n=4, pairing="none"), runs("a", left), runs("b", right))
    forced = decide(rule(n=4), runs("a", left), [Outcome("b", f"x{seed}", value) for seed, value in enumerate(right)])
    for verdict in (asked, forced):
        assert verdict.method.startswith("Welch")
        assert (verdict.low, verdict.high) == pytest.approx((low, high), abs=1e-9)
        assert verdict.p == pytest.approx(oracle.pvalue, abs=1e-9)
        assert (verdict.n, verdict.state) == (4, "supported")
        assert verdict.p_signflip is None
        assert "4 and 5 unpaired runs" in verdict.summary
    assert any("No seed is in both arms" in told for told in forced.warnings)
    assert not any("No seed" in told for told in asked.warnings)


def test_unpaired_arms_with_few_or_constant_runs():
    few = decide(rule(pairing="none"), runs("a", [1.0, 2.0]), runs("b", [3.0, 4.0, 5.0]))
    assert (few.label, few.low) == ("insufficient seeds", None)
    still = decide(rule(pairing="none"), runs("a", [1.0] * 3), runs("b", [3.0] * 3))
    assert still.label == "zero variance"
    half = decide(rule(pairing="none"), runs("a", [1.0] * 4), runs("b", [3.0, 4.0, 5.0, 4.4]))
    assert half.state == "supported"
    assert any("runs of a all have the same value" in told for told in half.warnings)


def test_two_common_seeds_of_many_do_not_become_unpaired():
    left = runs("a", BASE)
    right = [Outcome("b", seed, 72.0) for seed in ("4", "5", "6", "7", "8", "9")]
    verdict = decide(rule(), left, right)
    assert verdict.label == "insufficient seeds"
    assert (verdict.n, verdict.baseline.unmatched, verdict.treatment.unmatched) == (2, 4, 4)
    assert "4 seeds only lack their partner" in verdict.summary


@settings(max_examples=60)
@given(st.lists(st.floats(-3, 4), min_size=3, max_size=12), st.floats(0.1, 3))
def test_the_seeds_that_would_settle_it_settle_the_expected_interval(differences, delta):
    assume(np.std(differences) > 1e-3)
    verdict = judged(differences, delta, n=len(differences))
    if verdict.state != "inconclusive" or verdict.more_seeds is None:
        return

    def settled(n: int) -> bool:
        half = scipy.stats.t.isf(0.025, n - 1) * verdict.sd / math.sqrt(n)
        return three_way(verdict.effect, verdict.effect - half, verdict.effect + half, delta)[0] != "inconclusive"

    n = verdict.n + verdict.more_seeds
    assert settled(n)
    if verdict.more_seeds > 1:
        assert not settled(n - 1)


def test_seeds_and_gpu_hours_that_would_settle_it():
    base, new = runs("base", BASE), runs("new", [x + 2.0 * (seed - 2) for seed, x in enumerate(BASE)])
    verdict = decide(rule(0.5, 6), base, new, gpu_hours_per_seed=2.0)
    assert verdict.state == "inconclusive"
    assert verdict.more_gpu_hours == 2.0 * verdict.more_seeds
    assert f"About {verdict.more_seeds} more seeds ({verdict.more_gpu_hours:g} GPU-hours)" in verdict.summary
    assert decide(rule(0.5, 6), base, new).more_gpu_hours is None
    early = decide(rule(0.5, 100), base, new)
    assert early.more_seeds == 94, "a plan is finished first"


def test_an_effect_too_near_the_line_is_out_of_reach():
    verdict = judged([0.999, -4.0, 5.998, 1.0, 0.5, 1.497], delta=1.0)
    assert verdict.effect == pytest.approx(0.999)
    assert (verdict.state, verdict.more_seeds) == ("inconclusive", None)
    assert "More than 10,000 seeds" in verdict.summary


def test_a_narrow_win_is_shrunk_and_a_clear_one_hardly():
    narrow = judged([2.0, 0.4, 2.9, 0.3, 2.6, 0.5])
    assert narrow.state == "supported"
    assert 0 < narrow.shrunk < 0.9 * narrow.effect
    assert any("look larger than they are" in told for told in narrow.warnings)
    clear = judged([20.0, 20.4, 19.9, 20.3, 20.6, 20.5])
    assert clear.shrunk == pytest.approx(clear.effect)
    assert judged([0.0, 1.0, -1.0, 0.1]).shrunk is None


def test_skew_is_warned_of_and_few_seeds_too():
    skewed = judged([0.1, 0.2, 0.15, 0.12, 0.18, 6.0])
    assert any("skewed" in told and "8–18 %" in told for told in skewed.warnings)
    few = judged([5.0, 5.2, 4.9])
    assert few.state == "supported"
    assert any("With 3 seeds it cannot be seen" in told for told in few.warnings)
    plain = judged([1.9, 1.3, 2.5, 1.0, 2.5, 1.4, 1.8, 1.6, 2.0, 1.7, 1.5, 2.1, 1.9, 1.6, 2.2])
    assert plain.state == "supported"
    assert not any("skew" in told for told in plain.warnings)
    many = [0.9, 1.1, 1.0, 1.2] * 20
    assert not any("skew" in told for told in judged([*many, 1.3]).warnings)
    assert any("skew" in told for told in judged([*many, 30.0]).warnings)


def test_skew_in_one_arm_is_seen_unpaired_too():
    verdict = decide(
        rule(n=6, pairing="none"),
        runs("a", [1.0, 1.1, 0.9, 1.05, 0.95, 1.0]),
        runs("b", [2.0, 2.1, 2.05, 1.9, 2.0, 9.0]),
    )
    assert any("values look skewed" in told for told in verdict.warnings)


def test_a_sign_flip_that_does_not_agree_is_said():
    verdict = judged([0.1, 2.6, 2.4, 2.5, -0.4, 3.3, 2.0])
    assert verdict.state == "supported"
    assert verdict.p < 0.05
    assert verdict.p_signflip > 0.03
    disagreeing = judged([3.0, 3.2, 2.8, 3.1, 2.9, -0.3], delta=0.1)
    assert (disagreeing.state, disagreeing.p_signflip > 0.05) == ("supported", True)
    assert any("sign-flip test, which assumes less" in told for told in disagreeing.warnings)


@pytest.mark.parametrize(
    ("n", "plan", "told"),
    [(6, 6, ""), (6, 10, "stopping when"), (6, 4, "adding seeds until"), (6, None, "No number of seeds was fixed")],
)
def test_seeds_that_were_not_planned_are_warned_of(n, plan, told):
    differences = [1.9, 1.3, 2.5, 1.0, 2.5, 1.4][:n]
    base = [50.0 + seed for seed in range(n)]
    new = [left + gain for left, gain in zip(base, differences, strict=True)]
    warnings = " ".join(decide(rule(1.0, plan), runs("a", base), runs("b", new)).warnings)
    assert told in warnings
    assert ("effects that are not there" in warnings) == (plan in (4, 10))


def test_seeds_lost_to_crashes_are_no_early_stop():
    new = [
        *runs("new", [72.0, 72.3, 71.8, 72.2]),
        Outcome("new", "4", None, "crashed"),
        Outcome("new", "5", None, "nan"),
    ]
    verdict = decide(rule(n=6), runs("base", BASE), new)
    assert verdict.n == 4
    assert not any("stopping when" in told for told in verdict.warnings)


def test_a_direction_against_the_metrics_name_is_questioned():
    values = runs("a", BASE), runs("b", [x + 2 + x % 1 for x in BASE])
    for metric, direction, odd in (
        ("val_loss", "increase", True),
        ("val_loss", "decrease", False),
        ("Top-1 accuracy", "decrease", True),
        ("glossary", "increase", False),
    ):
        verdict = decide(replace(rule(n=6, direction=direction), metric=metric), *values)
        assert any("check the direction" in told for told in verdict.warnings) == odd


def test_a_plan_below_three_seeds_can_never_decide():
    verdict = decide(rule(n=2), runs("a", BASE[:2]), runs("b", BASE[:2]))
    assert any("can never decide" in told for told in verdict.warnings)


PAIRS = st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), min_size=3, max_size=24)


@settings(max_examples=60)
@given(PAIRS, st.sampled_from(["seed", "none"]))
def test_swapping_the_arms_mirrors_everything(pairs, pairing):
    left, right = [a for a, _ in pairs], [b for _, b in pairs]
    one = decide(rule(1.0, 5, pairing=pairing), runs("a", left), runs("b", right))
    other = decide(rule(1.0, 5, pairing=pairing), runs("b", right), runs("a", left))
    turned = decide(rule(1.0, 5, pairing=pairing, direction="decrease"), runs("a", left), runs("b", right))
    assert other.effect == turned.effect == -one.effect
    assert (other.p, other.sd, other.se, other.df, other.p_signflip) == (one.p, one.sd, one.se, one.df, one.p_signflip)
    if one.low is not None:
        assert (other.low, other.high) == (turned.low, turned.high) == (-one.high, -one.low)
        assert (one.label == "harmful") == (other.low > 0)
        if one.state == "supported":
            assert other.label == "harmful"


@settings(max_examples=60)
@given(PAIRS, st.sampled_from([2.0**-20, 0.5, 8.0, 2.0**20]), st.integers(-1000, 1000))
def test_unit_and_origin_do_not_matter(pairs, unit, shift):
    """Whole-number values and powers of two, so that the shifted values are exact."""
    left, right = [float(round(a)) for a, _ in pairs], [float(round(b)) for _, b in pairs]
    one = decide(rule(1.0, 5), runs("a", left), runs("b", right))
    moved = decide(
        rule(unit, 5), runs("a", [unit * (a + shift) for a in left]), runs("b", [unit * (b + shift) for b in right])
    )
    assert (one.state, one.label, one.more_seeds, one.df) == (moved.state, moved.label, moved.more_seeds, moved.df)
    assert (one.p, one.p_signflip) == pytest.approx((moved.p, moved.p_signflip), rel=1e-9)
    for field in ("effect", "low", "high", "sd", "shrunk", "bca"):
        before, after = getattr(one, field), getattr(moved, field)
        if before is None:
            assert after is None
        else:
            assert np.asarray(after) == pytest.approx(np.asarray(before) * unit, rel=1e-9, abs=1e-12 * unit)


@settings(max_examples=60)
@given(PAIRS, st.randoms(use_true_random=False), st.sampled_from(["seed", "none"]))
def test_the_order_of_outcomes_does_not_matter(pairs, rng, pairing):
    left, right = runs("a", [a for a, _ in pairs]), runs("b", [b for _, b in pairs])
    left[0], right[-1] = replace(left[0], status="crashed"), replace(right[-1], value=math.nan)
    one = decide(rule(1.0, 5, pairing=pairing), left, right, gpu_hours_per_seed=1.5)
    rng.shuffle(left)
    rng.shuffle(right)
    assert decide(rule(1.0, 5, pairing=pairing), left, right, gpu_hours_per_seed=1.5) == one


@settings(max_examples=100)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["0", "1", "2", "3", "4", "5", ""]),
            st.one_of(st.none(), st.floats(width=64)),
            st.sampled_from(["ok", "ok", "ok", "nan", "crashed", "excluded"]),
        ),
        max_size=16,
    ),
    st.sampled_from([{}, {"looks": "anytime"}, {"pairing": "none"}, {"looks": (3, 5), "n": 8}]),
)
def test_any_outcomes_give_a_verdict_that_is_consistent(drawn, more):
    outcomes = [Outcome("a" if place % 2 else "b", *row) for place, row in enumerate(drawn)]
    verdict = decide(
        rule(1.0, more.get("n", 5), **{key: value for key, value in more.items() if key != "n"}),
        [one for one in outcomes if one.arm == "a"],
        [one for one in outcomes if one.arm == "b"],
    )
    assert verdict.summary
    numbers = [verdict.effect, verdict.low, verdict.high, verdict.p, verdict.p_adjusted, verdict.sd, verdict.shrunk]
    assert all(value is None or math.isfinite(value) for value in numbers)
    assert (verdict.low is None) == (verdict.level is None) == (verdict.high is None)
    if verdict.low is None:
        assert verdict.state == "inconclusive"
        assert verdict.label
    if verdict.n < 3:
        assert verdict.low is None


def test_the_words_claim_no_more_than_the_interval():
    near = decide(rule(1.0), runs("a", [0.0] * 5), runs("b", [0.9, 1.5, 1.1, 1.6, 1.2]))
    clear = decide(rule(0.5), runs("a", [0.0] * 5), runs("b", [0.9, 1.5, 1.1, 1.6, 1.2]))
    assert (near.state, clear.state) == ("supported", "supported")
    assert near.low < 1.0
    assert near.summary.endswith("; the mean reaches the 1 worth having, and less than that is not ruled out.")
    assert clear.summary.endswith("; it is shown to reach the 0.5 worth having.")
    between = decide(rule(1.0), runs("a", [0.0] * 5), runs("b", [0.5, 1.3, 0.6, 1.2, 0.7]))
    assert (between.state, between.low > 0) == ("inconclusive", True)
    assert "; there is an effect, and whether it reaches the 1 worth having is open." in between.summary
