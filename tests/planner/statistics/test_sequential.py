import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from planner.statistics.sequential import AnytimeT, critical_t, least_seeds, log_e
from planner.statistics.solve import root

RNG = np.random.default_rng(8)


def sequence(differences) -> AnytimeT:
    return AnytimeT.of(list(differences), float(np.max(np.abs(differences))))


@pytest.mark.parametrize(("n", "t"), [(2, 0.7), (3, 4.0), (5, -2.5), (10, 0.0), (12, 3.1), (30, 5.0)])
@pytest.mark.parametrize("g", [1.0, 0.25])
def test_the_e_value_is_the_bayes_factor_of_the_t_statistic(n, t, g):
    """Integrating the noncentral t density of T over the prior N(0, g) of the standardised effect."""
    nu = n - 1

    def weighted(effect):
        return scipy.stats.nct.pdf(t, nu, effect * math.sqrt(n)) * scipy.stats.norm.pdf(effect, scale=math.sqrt(g))

    middle = t / math.sqrt(n)
    marginal = sum(
        quad(weighted, low, high, epsabs=0, epsrel=1e-12)[0]
        for low, high in ((-12, min(0, middle)), (min(0, middle), max(0, middle)), (max(0, middle), 12))
    )
    assert math.exp(log_e(n, t, g)) == pytest.approx(marginal / scipy.stats.t.pdf(t, nu), rel=1e-6)


def test_the_formula_of_the_paper_in_its_own_form():
    n, t, g = 9, 2.4, 1.0
    nu = n - 1
    expected = -0.5 * math.log(1 + n * g) + (nu + 1) / 2 * (
        math.log(1 + t**2 / nu) - math.log(1 + t**2 / ((1 + n * g) * nu))
    )
    assert log_e(n, t, g) == pytest.approx(expected, rel=1e-12)
    assert log_e(n, 1e200) == pytest.approx(nu / 2 * math.log(1 + n), rel=1e-9)
    assert log_e(n, -t) == log_e(n, t)


@given(st.integers(2, 500), st.floats(1e-6, 0.4))
def test_the_critical_value_inverts_the_e_value(n, alpha):
    critical = critical_t(n, alpha)
    if math.isinf(critical):
        assert log_e(n, 1e150) <= math.log(1 / alpha) + 1e-9
    else:
        assert log_e(n, critical) == pytest.approx(math.log(1 / alpha), rel=1e-6)
        assert log_e(n, critical * 1.01) > math.log(1 / alpha)


def test_five_seeds_are_the_fewest_that_can_decide_at_five_per_cent():
    assert least_seeds(0.05) == 5
    assert math.isinf(critical_t(4, 0.05))
    assert math.isinf(critical_t(1, 0.05))


@pytest.mark.parametrize("n", [5, 8, 20])
def test_the_interval_is_what_the_e_process_has_not_excluded(n):
    """Against root finding over θ on the running maximum of e(θ)."""
    differences = RNG.normal(1.0, 1.0, n)
    one = sequence(differences)
    low, high = one.limits(0.05)

    def largest(theta):
        logs = [
            log_e(m, (differences[:m].mean() - theta) / (differences[:m].std(ddof=1) / math.sqrt(m)))
            for m in range(2, n + 1)
        ]
        return max(logs) - math.log(20)

    inside = (low + high) / 2
    assert largest(inside) < 0
    assert low == pytest.approx(root(largest, inside - 50, inside), abs=1e-9)
    assert high == pytest.approx(root(lambda theta: -largest(theta), inside, inside + 50), abs=1e-9)


@given(st.lists(st.floats(-100, 100), min_size=3, max_size=25, unique=True), st.floats(-3, 3))
def test_interval_and_always_valid_p_agree(differences, null):
    one = sequence(differences)
    low, high = one.limits(0.05)
    p = one.p_against(null)
    if abs(p - 0.05) > 1e-9 and low <= high:
        assert (low <= null <= high) == (p > 0.05)
        assert (one.p_reaching(null) <= 0.05) == (high < null)
    assert one.p_reaching(null) >= p


def test_evidence_once_found_stays_though_the_present_e_value_falls():
    differences = [1.0, 1.1, 0.9, 1.05, 0.95, 1.02, -1.0, -1.0]
    early, late = sequence(differences[:6]), sequence(differences)
    assert early.p_against(0.0) == pytest.approx(1 / early.e_value)
    assert late.e_value < early.e_value
    assert late.p_against(0.0) == early.p_against(0.0)
    assert late.limits(0.05)[0] >= early.limits(0.05)[0]


def test_the_present_e_value_does_not_depend_on_order_unit_or_sign():
    differences = RNG.normal(0.8, 1, 9)
    e = sequence(differences).e_value
    for other in (differences[::-1], differences * 1e6, -differences):
        assert sequence(other).e_value == pytest.approx(e, rel=1e-9)


def test_first_seeds_that_do_not_vary_prove_nothing():
    one = sequence([1.0, 1.0, 1.0, 1.0, 1.0, 1.2])
    assert [n for n, _, _ in one.steps] == [6]


def test_without_any_step_nothing_is_excluded():
    one = AnytimeT((), 1.0, 1.0, 2)
    assert one.p_against(0.0) == 1.0
    assert one.limits(0.05) == (-math.inf, math.inf)


def test_a_clear_effect_has_a_finite_e_value():
    one = sequence(1e6 + RNG.normal(0, 1, 400))
    assert 1e300 < one.e_value < math.inf


@pytest.mark.parametrize("shift", [0.0, 1e6])
def test_thousands_of_differences_have_the_same_steps_as_a_few(shift):
    differences = (np.random.default_rng(3).normal(0.1, 1, 1200) + shift).tolist()
    steps = {n: (mean, sd) for n, mean, sd in sequence(differences).steps}
    assert len(steps) == 1199
    for n in (500, 501, 502, 900, 1200):
        assert steps[n][0] == pytest.approx(np.mean(differences[:n]), rel=1e-12)
        assert steps[n][1] == pytest.approx(np.std(differences[:n], ddof=1), rel=1e-9)
