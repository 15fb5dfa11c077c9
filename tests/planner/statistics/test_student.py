import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from planner.statistics.student import PairedT, WelchT, is_constant, mean_and_sd, skewness, t_critical, t_two_sided

RNG = np.random.default_rng(5)
LISTS = st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=20).filter(lambda values: np.std(values) > 1e-3)


def paired(values) -> PairedT:
    return PairedT(*mean_and_sd(values), len(values))


def welch(left, right) -> WelchT:
    (a, s1), (b, s2) = mean_and_sd(left), mean_and_sd(right)
    return WelchT(b - a, s1, s2, len(left), len(right))


@given(LISTS)
def test_paired_t_equals_scipy(values):
    estimate, oracle = paired(values), scipy.stats.ttest_1samp(values, 0.5)
    assert estimate.p_against(0.5) == pytest.approx(oracle.pvalue, rel=1e-9, abs=1e-12)
    for alpha in (0.5, 0.05, 0.001):
        low, high = oracle.confidence_interval(1 - alpha)
        scale = max(abs(low), abs(high))
        assert estimate.limits(alpha) == pytest.approx((low, high), rel=1e-9, abs=1e-9 * scale)


@given(LISTS, LISTS)
def test_welch_equals_scipy_and_statsmodels(left, right):
    estimate, oracle = welch(left, right), scipy.stats.ttest_ind(right, left, equal_var=False)
    assert estimate.p_against(0.0) == pytest.approx(oracle.pvalue, rel=1e-9, abs=1e-12)
    assert estimate.df == pytest.approx(oracle.df, rel=1e-9)
    interval = CompareMeans(DescrStatsW(right), DescrStatsW(left)).tconfint_diff(0.05, usevar="unequal")
    scale = max(map(abs, interval))
    assert estimate.limits(0.05) == pytest.approx(interval, rel=1e-9, abs=1e-9 * scale)
    assert estimate.sd == pytest.approx(math.hypot(np.std(left, ddof=1), np.std(right, ddof=1)), rel=1e-9)


def test_the_p_against_delta_and_the_upper_limit_agree():
    for values in RNG.normal(0.2, 1, (200, 5)):
        estimate = paired(values.tolist())
        assert (estimate.p_reaching(1.0) <= 0.05) == (estimate.limits(0.05)[1] <= 1.0)
    assert paired([2.0, 3.0, 4.0]).p_reaching(1.0) == 1.0
    for left, right in zip(RNG.normal(0, 1, (100, 5)), RNG.normal(0, 1, (100, 5)), strict=True):
        unpaired = welch(left.tolist(), right.tolist())
        assert (unpaired.p_reaching(1.0) <= 0.05) == (unpaired.limits(0.05)[1] <= 1.0)


@given(st.floats(1, 1e5), st.floats(1e-6, 0.9))
def test_critical_values_equal_scipy(df, alpha):
    critical = t_critical(df, alpha)
    assert critical == pytest.approx(scipy.stats.t.isf(alpha / 2, df), rel=1e-9)
    assert t_two_sided(critical, df) == pytest.approx(alpha, rel=1e-9)


def test_means_and_sds_of_huge_tiny_and_far_values():
    assert mean_and_sd([1e308, 1.2e308, 1.4e308]) == pytest.approx((1.2e308, 0.2e308), rel=1e-12)
    assert mean_and_sd([1e-308, 3e-308]) == pytest.approx((2e-308, math.sqrt(2) * 1e-308), rel=1e-9)
    assert mean_and_sd([1e15 + 1, 1e15 + 2, 1e15 + 3]) == (1e15 + 2, 1.0)
    assert mean_and_sd([0.1]) == (0.1, 0.0)
    assert mean_and_sd([0.0, 0.0]) == (0.0, 0.0)
    assert mean_and_sd([-1.7e308, 1.7e308])[1] == math.inf
    with pytest.raises(ValueError, match="no values"):
        mean_and_sd([])


def test_constant_means_equal_but_for_rounding():
    differences = [0.1 + seed - seed for seed in range(10)]
    assert len(set(differences)) > 1
    assert is_constant(differences, 9.1)
    assert not is_constant([0.1, 0.1 + 1e-13], 9.1 / 1e3)
    assert is_constant([0.0, 0.0], 0.0)


@given(LISTS)
def test_skewness_equals_scipy(values):
    assert skewness(values) == pytest.approx(scipy.stats.skew(values), rel=1e-6, abs=1e-6)


def test_skewness_of_a_fixed_set_to_the_last_digits():
    values = RNG.lognormal(size=12).tolist()
    assert skewness(values) == pytest.approx(scipy.stats.skew(values), abs=1e-9)
    assert skewness([2.0, 2.0, 2.0]) == 0.0


def test_more_seeds_narrow_the_interval_as_the_formula_says():
    estimate = PairedT(1.0, 2.0, 5)
    assert estimate.half_width_with(4, 0.05) == pytest.approx(scipy.stats.t.isf(0.025, 8) * 2 / 3, rel=1e-9)
    unpaired = WelchT(1.0, 2.0, 2.0, 5, 5)
    assert unpaired.half_width_with(5, 0.05) == pytest.approx(
        scipy.stats.t.isf(0.025, 18) * 2 * math.sqrt(0.2), rel=1e-9
    )
