"""Families of verdicts, and looks at a result before it is complete."""

import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from library.errors import UsageError
from planner.statistics.decide import Case, decide, decide_family, three_way
from planner.statistics.sequential import AnytimeT, critical_t
from tests.planner.statistics.runs import rule, runs

RNG = np.random.default_rng(12)


def case(differences, **more) -> Case:
    return Case(
        rule(more.pop("delta", 1.0), len(differences), **more),
        runs("a", [0.0] * len(differences)),
        runs("b", differences),
    )


FAMILY = [RNG.normal(shift, 1, 8).tolist() for shift in (3.0, 1.2, 0.0, 1.5, -1.5)]


@pytest.mark.parametrize(("kind", "method"), [("confirmatory", "holm"), ("screen", "fdr_bh")])
def test_raw_and_adjusted_ps_are_both_there(kind, method):
    verdicts = decide_family([case(one, family_kind=kind, family_size=5) for one in FAMILY])
    raw = [scipy.stats.ttest_1samp(one, 0).pvalue for one in FAMILY]
    below = [scipy.stats.ttest_1samp(one, 1.0).pvalue if np.mean(one) < 1 else 1.0 for one in FAMILY]
    assert [one.p for one in verdicts] == pytest.approx(raw, abs=1e-9)
    assert [one.p_adjusted for one in verdicts] == pytest.approx(multipletests(raw, method=method)[1], abs=1e-9)
    assert [one.p_delta_adjusted for one in verdicts] == pytest.approx(multipletests(below, method=method)[1], abs=1e-9)
    assert all("over 5 hypotheses" in one.adjustment for one in verdicts)


@settings(max_examples=60)
@given(
    st.lists(st.lists(st.floats(-3, 6), min_size=4, max_size=6, unique=True), min_size=1, max_size=6),
    st.sampled_from(["confirmatory", "screen"]),
)
def test_the_interval_that_is_shown_and_the_adjusted_p_agree(family, kind):
    for verdict in decide_family([case(one, family_kind=kind) for one in family]):
        if verdict.low is None or min(abs(verdict.p_adjusted - 0.05), abs(verdict.p_delta_adjusted - 0.05)) < 1e-9:
            continue
        assert (verdict.low > 0) == (verdict.effect > 0 and verdict.p_adjusted <= 0.05)
        assert (verdict.high < 1) == (verdict.p_delta_adjusted <= 0.05)
        state, label = three_way(verdict.effect, verdict.low, verdict.high, 1.0)
        # Harm is claimed against 0, at the step of that test: the upper limit may have a milder one.
        if label == "harmful" and verdict.p_adjusted > 0.05:
            label = "equivalent" if verdict.low > -1.0 else ""
        assert (verdict.state, verdict.label) == (state, label)
        assert verdict.p_adjusted >= verdict.p
        assert verdict.low <= verdict.raw_low <= verdict.raw_high <= verdict.high


def test_harm_is_corrected_for_the_family_as_support_is():
    """Far below δ, so that "refuted" is cheap for all three; but p against 0 is .03, and 3·.03 is more than .05."""
    shape = np.array([1.0, -1.0, 0.5, -0.5, 0.2, -0.2, 1.5, -1.5])
    worse = [scipy.stats.t.ppf(0.015, 7) / math.sqrt(8) + one for one in shape / shape.std(ddof=1)]
    deltas = (6.0, 7.0, 8.0)
    assert all(decide_family([case(worse, delta=delta)])[0].label == "harmful" for delta in deltas)
    for verdict in decide_family([case(worse, delta=delta) for delta in deltas]):
        assert verdict.p == pytest.approx(0.03, abs=1e-9)
        assert verdict.p_adjusted > 0.05 > verdict.p_delta_adjusted
        assert (verdict.state, verdict.label) == ("refuted", "equivalent")


def test_a_family_can_turn_support_into_an_open_question():
    weak = RNG.normal(0, 1, 8)
    weak = (weak - weak.mean()) / weak.std(ddof=1) + 1.0  # t = √8, p = .025
    assert decide_family([case(weak.tolist())])[0].state == "supported"
    alone = decide(rule(1.0, 8, family_size=4), runs("a", [0.0] * 8), runs("b", weak.tolist()))
    assert alone.state == "inconclusive"
    assert alone.p_adjusted == pytest.approx(4 * alone.p)
    assert alone.level == pytest.approx(1 - 0.05 / 4)
    strong = [(RNG.normal(9, 1, 8)).tolist() for _ in range(3)]
    together = decide_family([case(one, family_size=4) for one in (weak.tolist(), *strong)])
    assert together[0].state == "supported", "the last step of Holm is at the full alpha"
    assert together[0].p_adjusted == pytest.approx(together[0].p)


def test_members_without_an_interval_still_count():
    strong = RNG.normal(3, 1, 8).tolist()
    alone, refused = decide_family([case(strong), case([1.0, 2.0])])
    assert alone.p_adjusted == pytest.approx(2 * alone.p)
    assert refused.label == "insufficient seeds"
    assert any("2 hypotheses are judged together where 1 were announced" in told for told in alone.warnings)


def test_a_screen_says_what_it_is():
    found = decide_family([case(FAMILY[0], family_kind="screen")])[0]
    assert any("Confirm it on fresh seeds" in told for told in found.warnings)


def test_members_must_share_alpha_and_kind():
    with pytest.raises(UsageError, match="different alpha or kind"):
        decide_family([case(FAMILY[0]), case(FAMILY[1], alpha=0.01)])
    with pytest.raises(UsageError, match="different alpha or kind"):
        decide_family([case(FAMILY[0]), case(FAMILY[1], family_kind="screen")])
    assert decide_family([]) == ()


def looked(differences, **more):
    return decide(rule(more.pop("delta", 0.5), 10, looks=(5, 8), **more), runs("a", [0.0] * 10), runs("b", differences))


def test_planned_looks_are_strict_until_the_end():
    differences = RNG.normal(0, 1, 10)
    early = (differences[:5] - differences[:5].mean()) / differences[:5].std(ddof=1) * math.sqrt(5) / 4 + 1.0
    # t = 4 at five seeds: .016, enough at the end and not at a look.
    interim = looked(early.tolist())
    assert interim.p == pytest.approx(scipy.stats.ttest_1samp(early, 0).pvalue, abs=1e-9)
    assert interim.p < 0.05
    assert interim.state == "inconclusive"
    assert interim.level == pytest.approx(0.999)
    assert interim.p_adjusted == pytest.approx(50 * interim.p)
    assert "interim look at alpha 0.001" in interim.adjustment
    assert (interim.raw_low, interim.raw_high) == pytest.approx(scipy.stats.ttest_1samp(early, 0).confidence_interval())
    assert interim.low < interim.raw_low
    assert interim.more_seeds == 5, "the plan goes to ten"
    assert not any("planned" in told for told in interim.warnings)
    clear = looked((early + 20).tolist())
    assert clear.state == "supported"
    done = looked([*early, *early])
    assert (done.level, done.state) == (pytest.approx(0.95), "supported")


def test_a_look_that_nobody_planned_is_an_interim_look_and_said():
    verdict = looked(RNG.normal(0.5, 1, 7).tolist())
    assert verdict.level == pytest.approx(0.999)
    assert any("7 seeds is not one of the planned looks (5, 8, end at 10)" in told for told in verdict.warnings)


def test_adding_seeds_beyond_planned_looks_is_warned_of():
    differences = RNG.normal(0.5, 1, 12).tolist()
    verdict = decide(rule(0.5, 10, looks=(5,)), runs("a", [0.0] * 12), runs("b", differences))
    assert verdict.level == pytest.approx(0.95)
    assert any("adding seeds until" in told for told in verdict.warnings)


def test_a_family_at_an_interim_look_is_corrected_for_both():
    verdict = looked(RNG.normal(3, 1, 5).tolist(), family_size=4)
    assert verdict.level == pytest.approx(1 - 0.001 / 4)
    assert verdict.p_adjusted == pytest.approx(min(1.0, 4 * 50 * verdict.p))


def test_looking_at_any_time_uses_the_e_process():
    differences = RNG.normal(2, 1, 9).tolist()
    verdict = decide(rule(1.0, None, looks="anytime"), runs("a", [0.0] * 9), runs("b", differences))
    oracle = AnytimeT.of(differences, max(map(abs, differences)))
    assert (verdict.low, verdict.high) == oracle.limits(0.05)
    assert verdict.p == oracle.p_against(0.0)
    assert verdict.e_value == oracle.e_value
    assert verdict.p >= 1 / verdict.e_value - 1e-15 or verdict.p <= 1 / verdict.e_value
    assert (verdict.p_signflip, verdict.bca) == (None, None), "neither holds when one looks at will"
    plain = decide(rule(1.0, 9), runs("a", [0.0] * 9), runs("b", differences))
    assert verdict.low < plain.low
    assert not any("planned" in told for told in verdict.warnings)


def test_before_the_e_process_can_exclude_anything_it_says_so():
    verdict = decide(rule(1.0, None, looks="anytime"), runs("a", [0.0] * 4), runs("b", [5.0, 5.1, 4.9, 5.2]))
    assert (verdict.state, verdict.label, verdict.low) == ("inconclusive", "insufficient seeds", None)
    assert verdict.e_value > 1
    assert "cannot exclude anything yet" in verdict.summary


def test_seeds_that_drift_contradict_each_other():
    differences = [0.0, 0.1, -0.1, 0.05, -0.05, 0.02, -0.02, 0.01] + [60.0 + 0.01 * seed for seed in range(300)]
    verdict = decide(rule(1.0, None, looks="anytime"), runs("a", [0.0] * 308), runs("b", differences))
    assert (verdict.state, verdict.label) == ("inconclusive", "contradictory")
    assert any("contradict each other" in told for told in verdict.warnings)


def test_looking_at_any_time_without_a_common_seed_cannot_be_judged():
    verdict = decide(rule(1.0, None, looks="anytime"), runs("a", [0.0] * 4), runs("b", [])[:0])
    assert verdict.label == "no pairs"
    assert "there are none" in verdict.summary


def test_the_seeds_that_settle_an_anytime_question():
    differences = RNG.normal(0, 2, 8)
    differences = (differences - differences.mean()) / differences.std(ddof=1) * 2 + 1.5
    verdict = decide(rule(1.0, None, looks="anytime"), runs("a", [0.0] * 8), runs("b", differences.tolist()))
    n = verdict.n + verdict.more_seeds

    def half(count):
        return critical_t(count, 0.05) * 2 / math.sqrt(count)

    assert half(n) < 1.5 <= half(n - 1)
