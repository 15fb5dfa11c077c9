import itertools
import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from statsmodels.stats.power import TTestIndPower, TTestPower

from library.errors import UsageError
from planner.statistics.power import (
    half_width,
    minimum_detectable_effect,
    noncentral_t,
    power,
    seeds_for_half_width,
    seeds_for_power,
    three_way_probabilities,
)
from planner.statistics.prospects import prospects
from planner.statistics.sequential import critical_t
from tests.planner.statistics.runs import rule


@settings(max_examples=60)
@given(st.integers(3, 60), st.floats(0, 3), st.floats(0.1, 10), st.floats(0.001, 0.3))
def test_power_equals_statsmodels(n, effect, sd, alpha):
    oracle = TTestPower().power(effect_size=effect, nobs=n, alpha=alpha)
    if not math.isnan(oracle):
        assert power(n, effect * sd, sd, alpha) == pytest.approx(oracle, abs=1e-9)
    oracle = TTestIndPower().power(effect_size=effect, nobs1=n, alpha=alpha)
    if not math.isnan(oracle):
        assert power(n, effect * sd, sd, alpha, pairing="none") == pytest.approx(oracle, abs=1e-9)


def test_power_at_its_ends():
    assert power(2, 5.0, 1.0) == 0.0
    assert power(7, 0.0, 1.0) == pytest.approx(0.05, abs=1e-12)
    assert power(9, 1000.0, 1.0) == 1.0
    assert power(9, -1.0, 1.0) == pytest.approx(power(9, 1.0, 1.0), abs=1e-12)


def test_far_tails_where_scipy_gives_nothing():
    assert math.isnan(scipy.stats.nct.cdf(-2.26, 9, 30.0))
    assert noncentral_t(-2.26, 9, 30.0) == 0.0
    assert noncentral_t(2.26, 9, -30.0) == 1.0
    for df in (2, 9, 200):
        for shift in (-60.0, -8.0, 0.0, 3.0, 60.0):
            for t in (-50.0, -2.0, 0.0, 2.0, 50.0):
                assert 0 <= noncentral_t(t, df, shift) <= 1


@pytest.mark.parametrize("n", [3, 4, 5, 6, 8, 10, 15, 20, 30])
def test_minimum_detectable_effect_equals_statsmodels(n):
    oracle = TTestPower().solve_power(nobs=n, alpha=0.05, power=0.8)
    assert minimum_detectable_effect(n, 1.0) == pytest.approx(oracle, abs=1e-5)
    assert minimum_detectable_effect(n, 2.5) == pytest.approx(2.5 * oracle, abs=1e-5)
    unpaired = TTestIndPower().solve_power(nobs1=n, alpha=0.05, power=0.8)
    assert minimum_detectable_effect(n, 1.0, pairing="none") == pytest.approx(unpaired, abs=1e-5)


@pytest.mark.parametrize("effect", [0.3, 0.5, 0.8, 1.2, 2.0])
def test_seeds_for_power_equal_statsmodels(effect):
    oracle = TTestPower().solve_power(effect_size=effect, alpha=0.05, power=0.8)
    assert seeds_for_power(effect, 1.0) == math.ceil(oracle)
    unpaired = TTestIndPower().solve_power(effect_size=effect, alpha=0.05, power=0.8)
    assert seeds_for_power(effect, 1.0, pairing="none") == math.ceil(unpaired)


def test_seeds_and_effects_out_of_reach_are_unknown():
    assert seeds_for_power(0.0, 1.0) is None
    assert seeds_for_power(1e-9, 1.0) is None
    assert seeds_for_power(100.0, 1.0) == 3
    assert minimum_detectable_effect(2, 1.0) is None
    assert half_width(2, 1.0) is None


@pytest.mark.parametrize(("spread", "seeds"), [(0.5, 4), (1, 7), (1.5, 12), (2, 18), (3, 38)])
def test_seeds_for_an_interval_of_delta_to_each_side(spread, seeds):
    assert seeds_for_half_width(spread, 1.0) == seeds
    assert half_width(seeds, spread) <= 1.0 < half_width(seeds - 1, spread)
    assert half_width(seeds, spread) == pytest.approx(scipy.stats.t.isf(0.025, seeds - 1) * spread / math.sqrt(seeds))


@pytest.mark.parametrize("n", [3, 5, 10, 40])
@pytest.mark.parametrize("effect", [-1.0, 0.0, 1.0, 2.5])
@pytest.mark.parametrize(("sd", "alpha"), [(1.0, 0.05), (3.0, 0.001)])
def test_three_way_probabilities_equal_quadrature_over_the_sd(n, effect, sd, alpha):
    delta, df, se = 1.0, n - 1, sd / math.sqrt(n)
    critical = scipy.stats.t.isf(alpha / 2, df)

    def integrated(given_u):
        points = sorted({delta / se / critical, max(0.0, effect / se / critical), 1.0, 0.5, 2.0})
        density = scipy.stats.chi(df, scale=1 / math.sqrt(df))
        edges = [0.0, *points, max(8.0, points[-1] + 1)]
        return sum(
            quad(lambda u: given_u(u) * density.pdf(u), low, high, epsabs=1e-13)[0]
            for low, high in itertools.pairwise(edges)
        )

    normal = scipy.stats.norm
    supported = integrated(lambda u: normal.cdf(effect / se - max(delta / se, critical * u)))
    refuted = integrated(lambda u: normal.cdf(delta / se - critical * u - effect / se))
    harmful = integrated(lambda u: normal.cdf(-critical * u - effect / se))
    found = three_way_probabilities(n, effect, sd, delta, alpha)
    assert (found.supported, found.refuted, found.harmful) == pytest.approx((supported, refuted, harmful), abs=1e-9)
    assert found.supported + found.refuted + found.inconclusive == pytest.approx(1.0)


@pytest.mark.parametrize("pairing", ["seed", "none"])
def test_three_way_probabilities_are_what_happens(pairing):
    from planner.statistics.decide import three_way

    n, effect, sd, rng = 6, 1.2, 1.0, np.random.default_rng(10)
    draws = 20_000
    if pairing == "seed":
        values = rng.normal(effect, sd, (draws, n))
        mean, se, df = values.mean(1), values.std(1, ddof=1) / math.sqrt(n), n - 1
    else:
        left, right = rng.normal(0, sd, (draws, n)), rng.normal(effect, sd, (draws, n))
        mean = right.mean(1) - left.mean(1)
        se, df = np.sqrt((left.var(1, ddof=1) + right.var(1, ddof=1)) / n), 2 * n - 2
    half = scipy.stats.t.isf(0.025, df) * se
    states = [three_way(m, m - h, m + h, 1.0)[0] for m, h in zip(mean, half, strict=True)]
    found = three_way_probabilities(n, effect, sd, 1.0, pairing=pairing)
    assert states.count("supported") / draws == pytest.approx(found.supported, abs=0.015)
    assert states.count("refuted") / draws == pytest.approx(found.refuted, abs=0.005)


def test_an_effect_of_exactly_delta_is_supported_every_second_time_at_most():
    assert three_way_probabilities(200, 1.0, 1.0, 1.0).supported == pytest.approx(0.5, abs=1e-6)
    assert three_way_probabilities(2, 1.0, 1.0, 1.0).inconclusive == 1.0


@pytest.mark.parametrize(
    "call",
    [
        lambda: power(5, 1.0, 0.0),
        lambda: power(5, 1.0, math.nan),
        lambda: power(5, 1.0, 1.0, alpha=1.0),
        lambda: minimum_detectable_effect(5, 1.0, target=1.0),
        lambda: minimum_detectable_effect(5, 1.0, target=0.01),
        lambda: seeds_for_half_width(1.0, 0.0),
        lambda: three_way_probabilities(5, 1.0, 1.0, -1.0),
    ],
)
def test_questions_without_an_answer_say_so(call):
    with pytest.raises(UsageError):
        call()


def test_prospects_of_a_plan():
    seen = prospects(rule(delta=1.0, n=5), 1.0)
    assert seen.n == 5
    assert seen.detectable == pytest.approx(1.6817, abs=1e-3)
    assert seen.half_width == pytest.approx(1.2417, abs=1e-3)
    assert seen.if_nothing.refuted == pytest.approx(0.401, abs=1e-3)
    assert seen.seeds_needed == 7
    assert "refuted in 40 % of cases" in seen.summary
    assert "7 seeds narrow" in seen.summary
    in_family = prospects(rule(delta=1.0, n=5, family="ablations", family_size=5), 1.0)
    assert in_family.alpha == pytest.approx(0.01)
    assert in_family.detectable > seen.detectable
    assert "narrow" not in prospects(rule(), 1.0, 20).summary
    assert "can decide nothing" in prospects(rule(), 1.0, 2).summary


def test_prospects_of_looking_at_any_time_are_those_of_its_own_test():
    """Against simulated looks at n seeds: one in three finds twice δ where a single t-test would in four of five."""
    sims, n = 20_000, 10
    draws = np.random.default_rng(90).normal(1.0, 1.0, (sims, n))
    half = critical_t(n, 0.05) * draws.std(1, ddof=1) / math.sqrt(n)
    supported = np.mean((draws.mean(1) - half > 0) & (draws.mean(1) >= 0.5))
    seen = prospects(rule(delta=0.5, n=n, looks="anytime"), 1.0)
    assert seen.if_twice.supported == pytest.approx(supported, abs=0.012)
    assert seen.half_width == pytest.approx(critical_t(n, 0.05) / math.sqrt(n), rel=1e-9)
    once = prospects(rule(delta=0.5, n=n), 1.0)
    assert once.if_twice.supported > 2 * seen.if_twice.supported
    assert seen.seeds_needed == 45 > once.seeds_needed
    assert critical_t(45, 0.05) / math.sqrt(45) <= 0.5 < critical_t(44, 0.05) / math.sqrt(44)
    early = prospects(rule(delta=0.5, n=n, looks="anytime"), 1.0, 4)
    assert (early.half_width, early.detectable, early.if_twice.inconclusive) == (None, None, 1.0)
    assert early.summary.startswith("4 seeds can decide nothing: an interval needs at least 5.")


def test_the_power_of_a_plan_equals_statsmodels():
    for n, sd in ((3, 0.4), (8, 0.6), (20, 1.5)):
        oracle = TTestPower().power(effect_size=0.5 / sd, nobs=n, alpha=0.05)
        assert prospects(rule(delta=0.5, n=n), sd).power == pytest.approx(oracle, abs=1e-9)
