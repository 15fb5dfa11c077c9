"""False-positive rates, coverage and warnings on simulated results, held inside binomial bounds (fixed seeds).

Bounds are 99.9 % binomial intervals of the number of simulations: an error in a method shows, a change of one draw
does not.
"""

import math

import numpy as np
import pytest
import scipy.stats

from planner.statistics.cautions import is_skewed
from planner.statistics.decide import Case, decide, decide_family, three_way
from planner.statistics.multiplicity import benjamini_hochberg, holm
from planner.statistics.power import power, three_way_probabilities
from planner.statistics.sequential import critical_t, log_e
from tests.planner.statistics.runs import rule, runs


def within(hits: int, n: int, rate: float) -> bool:
    low, high = scipy.stats.binom.interval(0.999, n, rate)
    return low <= hits <= high


def at_most(hits: int, n: int, rate: float) -> bool:
    return hits <= scipy.stats.binom.ppf(0.999, n, rate)


def verdicts(draws, delta=1.0, **more):
    zero = [0.0] * draws.shape[1]
    plan = rule(delta, more.pop("n", draws.shape[1]), **more)
    return [decide(plan, runs("a", zero), runs("b", row)) for row in draws.tolist()]


def t_limits(draws, alpha=0.05):
    """Paired t-intervals of many simulated experiments at once, rows = experiments."""
    n = draws.shape[1]
    mean, se = draws.mean(1), draws.std(1, ddof=1) / math.sqrt(n)
    half = scipy.stats.t.isf(alpha / 2, n - 1) * se
    return mean, mean - half, mean + half


@pytest.mark.parametrize("n", [3, 5, 8])
def test_verdicts_on_nothing_err_as_often_as_they_say(n):
    """σ = δ: interval, sign-flip p and three-way rule through `decide` itself."""
    sims = 4000
    found = verdicts(np.random.default_rng(n).normal(0, 1, (sims, n)))
    assert within(sum(one.p <= 0.05 for one in found), sims, 0.05)
    assert within(sum(one.low <= 0 <= one.high for one in found), sims, 0.95)
    chances = three_way_probabilities(n, 0.0, 1.0, 1.0)
    for state in ("supported", "refuted"):
        assert within(sum(one.state == state for one in found), sims, getattr(chances, state))
    assert within(sum(one.label == "harmful" for one in found), sims, chances.harmful)
    if n >= 6:
        assert at_most(sum(one.p_signflip <= 0.05 for one in found), sims, 0.05)


@pytest.mark.parametrize("n", [3, 5, 10])
def test_an_effect_of_delta_is_refuted_as_rarely_as_it_should(n):
    sims = 20_000
    mean, low, high = t_limits(np.random.default_rng(20 + n).normal(1.0, 1.0, (sims, n)))
    states = [three_way(*row, 1.0)[0] for row in zip(mean, low, high, strict=True)]
    assert within(states.count("refuted"), sims, 0.025)
    assert within(states.count("supported"), sims, three_way_probabilities(n, 1.0, 1.0, 1.0).supported)


def test_power_is_what_happens():
    sims = 20_000
    for n, effect in ((5, 1.0), (10, 1.0), (6, 2.0)):
        _, low, high = t_limits(np.random.default_rng(30 + n).normal(effect, 1.0, (sims, n)))
        assert within(int(np.sum((low > 0) | (high < 0))), sims, power(n, effect, 1.0))


def test_unpaired_verdicts_keep_their_level_with_unequal_spread():
    rng, sims = np.random.default_rng(41), 3000
    plan = rule(1.0, 5, pairing="none")
    hits = sum(
        decide(plan, runs("a", rng.normal(0, 1, 9)), runs("b", rng.normal(0, 3, 5))).p <= 0.05 for _ in range(sims)
    )
    assert at_most(hits, sims, 0.06)  # Welch's approximation may be off by as much with five runs


def test_looking_after_every_seed_errs_with_the_t_test_and_not_with_the_e_process():
    sims, most = 4000, 30
    draws = np.random.default_rng(42).normal(0, 1, (sims, most))
    n = np.arange(1, most + 1)
    mean = np.cumsum(draws, 1) / n
    sd = np.sqrt(np.maximum(np.cumsum(draws**2, 1) - n * mean**2, 1e-300)[:, 1:] / n[:-1])
    t = mean[:, 1:] * np.sqrt(n[1:]) / sd
    critical = scipy.stats.t.isf(0.025, n[2:] - 1)
    assert np.mean(np.any(np.abs(t[:, 1:]) > critical, axis=1)) > 0.2
    assert at_most(int(np.sum(np.any(log_e(n[1:], t) >= math.log(20), axis=1))), sims, 0.05)


@pytest.mark.parametrize(("effect", "covered"), [(0.0, 0.0), (0.7, 0.7)])
def test_the_confidence_sequence_covers_at_all_times_at_once(effect, covered):
    sims, most = 2000, 25
    draws = np.random.default_rng(43).normal(effect, 1, (sims, most))
    missed = np.zeros(sims, dtype=bool)
    for n in range(2, most + 1):
        first = draws[:, :n]
        half = critical_t(n, 0.05) * first.std(1, ddof=1) / math.sqrt(n)
        missed |= np.abs(first.mean(1) - covered) > half
    assert at_most(int(missed.sum()), sims, 0.05)


def test_anytime_verdicts_stopped_at_the_first_support_are_rarely_wrong():
    sims, most = 400, 12
    draws = np.random.default_rng(44).normal(0, 1, (sims, most))
    plan = rule(0.2, None, looks="anytime")
    wrong = 0
    for row in draws.tolist():
        wrong += any(
            decide(plan, runs("a", [0.0] * n), runs("b", row[:n])).state == "supported" for n in range(5, most + 1)
        )
    assert at_most(wrong, sims, 0.05)


def test_planned_looks_keep_the_level_and_the_power():
    sims, planned = 20_000, 20
    for effect, bound in ((0.0, 0.05 + 3 * 0.001), (0.7, None)):
        draws = np.random.default_rng(45).normal(effect, 1, (sims, planned))
        hit = np.zeros(sims, dtype=bool)
        for n in (5, 10, 15, planned):
            strict = rule(0.1, planned, looks=(5, 10, 15)).interim_alpha
            _, low, high = t_limits(draws[:, :n], 0.05 if n == planned else strict)
            hit |= (low > 0) | (high < 0)
        if bound:
            assert at_most(int(hit.sum()), sims, bound)
        else:
            assert hit.mean() >= power(planned, effect, 1.0) - 0.01


def test_a_family_of_nothings_is_rarely_wrong_anywhere():
    rng, sims, size = np.random.default_rng(46), 500, 5
    plan = rule(0.3, 6, family_size=size)
    anywhere = 0
    for _ in range(sims):
        cases = [Case(plan, runs("a", [0.0] * 6), runs("b", row)) for row in rng.normal(0, 1, (size, 6)).tolist()]
        anywhere += any(one.p_adjusted <= 0.05 for one in decide_family(cases))
    assert at_most(anywhere, sims, 0.05)


def test_a_family_of_real_effects_is_rarely_refuted_anywhere():
    """All members at delta: refuting any of them is wrong, however many of the others are found."""
    rng, sims, size = np.random.default_rng(47), 500, 5
    plan = rule(1.0, 8, family_size=size)
    anywhere = 0
    for _ in range(sims):
        cases = [Case(plan, runs("a", [0.0] * 8), runs("b", row)) for row in rng.normal(1, 0.5, (size, 8)).tolist()]
        anywhere += any(one.state == "refuted" for one in decide_family(cases))
    assert at_most(anywhere, sims, 0.05)


def test_holm_keeps_any_error_and_benjamini_hochberg_the_false_share():
    rng, sims = np.random.default_rng(48), 2000
    z = rng.normal(0, 1, (sims, 10))
    z[:, :4] += 3
    p = 2 * scipy.stats.norm.sf(np.abs(z))
    false_any, shares = 0, []
    for row in p.tolist():
        false_any += any(value <= 0.05 for value in holm(row)[4:])
        found = [value <= 0.05 for value in benjamini_hochberg(row)]
        shares.append(sum(found[4:]) / max(1, sum(found)))
    assert at_most(false_any, sims, 0.05)
    assert np.mean(shares) < 0.05


def test_skewed_differences_err_too_often_and_that_is_when_the_warning_is_there():
    """Log-normal differences, mean 0: the level does not hold; verdicts that decide carry a warning about shape."""
    for n in (3, 6, 10, 14):
        sims = 600
        draws = np.random.default_rng(50 + n).lognormal(0, 1, (sims, n)) - math.exp(0.5)
        found = verdicts(draws, delta=0.5)
        wrong = [one for one in found if one.p <= 0.05]
        assert not within(len(wrong), sims, 0.05)
        decided = [one for one in found if one.state != "inconclusive"]
        warned = sum(any("skewed" in told for told in one.warnings) for one in decided)
        assert warned == len(decided)


@pytest.mark.parametrize("n", [15, 20])
def test_skewed_differences_are_rarely_judged_wrongly_without_a_word(n):
    sims = 1500
    draws = np.random.default_rng(80 + n).lognormal(0, 1, (sims, n)) - math.exp(0.5)
    wrong = [one for one in verdicts(draws, delta=0.5) if one.label == "harmful" or one.state == "supported"]
    assert not at_most(len(wrong), sims, 0.05)
    assert at_most(sum(not any("skewed" in told for told in one.warnings) for one in wrong), sims, 0.05)


def test_thirty_skewed_differences_still_err_and_are_nearly_always_seen():
    draws = np.random.default_rng(58).lognormal(0, 1, (1500, 30)) - math.exp(0.5)
    _, low, high = t_limits(draws)
    assert not within(int(np.sum((low > 0) | (high < 0))), 1500, 0.05)
    assert np.mean([is_skewed(tuple(row)) for row in draws.tolist()]) > 0.9


@pytest.mark.parametrize(("n", "alarms", "found"), [(5, 0.25, 0.4), (10, 0.22, 0.7), (20, 0.22, 0.92)])
def test_the_skew_warning_sees_most_of_it_with_few_false_alarms(n, alarms, found):
    rng = np.random.default_rng(60 + n)
    assert np.mean([is_skewed(tuple(row)) for row in rng.normal(size=(1500, n)).tolist()]) < alarms
    assert np.mean([is_skewed(tuple(row)) for row in rng.lognormal(size=(1500, n)).tolist()]) > found


def test_two_values_have_no_shape():
    assert not is_skewed((0.0, 9.0))


def test_hardly_any_warning_of_shape_where_many_seeds_are_normal():
    found = verdicts(np.random.default_rng(70).normal(2, 1, (60, 30)))
    assert all(one.state == "supported" for one in found)
    assert sum("skew" in told for one in found for told in one.warnings) <= 2
