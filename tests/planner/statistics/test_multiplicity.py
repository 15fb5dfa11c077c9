import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from planner.statistics.multiplicity import adjusted, benjamini_hochberg, holm, interval_alphas

PS = st.lists(st.floats(0, 1), min_size=1, max_size=12)
KINDS = st.sampled_from(["confirmatory", "screen"])


@settings(max_examples=20)  # statsmodels takes 20 ms a call
@given(PS)
def test_adjusted_ps_equal_statsmodels(p_values):
    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1], abs=1e-12)
    assert benjamini_hochberg(p_values) == pytest.approx(multipletests(p_values, method="fdr_bh")[1], abs=1e-12)


@given(PS, KINDS, st.integers(0, 8))
def test_absent_members_count_as_one(p_values, kind, absent):
    whole = adjusted(p_values + [1.0] * absent, kind)
    assert adjusted(p_values, kind, len(p_values) + absent) == pytest.approx(whole[: len(p_values)], abs=1e-12)
    assert adjusted([*p_values, None], kind)[: len(p_values)] == pytest.approx(
        adjusted(p_values, kind, len(p_values) + 1)
    )


@given(PS, KINDS, st.floats(0.001, 0.2))
def test_an_interval_excludes_the_null_where_the_adjusted_p_says_so(p_values, kind, alpha):
    """A member's interval at its alpha excludes the null exactly where its raw p is at most that alpha."""
    steps = interval_alphas(p_values, alpha, kind)
    for p, step, result in zip(p_values, steps, adjusted(p_values, kind), strict=True):
        if abs(result - alpha) > 1e-12 and abs(p - step) > 1e-12:
            assert (p <= step) == (result <= alpha)
        assert alpha / len(p_values) <= step * (1 + 1e-12) <= alpha * (1 + 2e-12)


@given(PS, KINDS, st.randoms(use_true_random=False))
def test_the_order_of_members_does_not_matter(p_values, kind, rng):
    order = list(range(len(p_values)))
    rng.shuffle(order)
    turned = [p_values[index] for index in order]
    for function in (lambda some: adjusted(some, kind), lambda some: interval_alphas(some, 0.05, kind)):
        straight = function(p_values)
        assert function(turned) == tuple(straight[index] for index in order)


def test_a_worked_family():
    p_values = [0.01, 0.04, 0.03, 0.005]
    assert holm(p_values) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert interval_alphas(p_values, 0.05, "confirmatory") == pytest.approx((0.05 / 3, 0.025, 0.025, 0.0125))
    assert interval_alphas(p_values, 0.05, "screen") == pytest.approx((0.05,) * 4)
    assert interval_alphas([0.5, 0.6], 0.05, "screen") == pytest.approx((0.025,) * 2)
    assert holm([]) == ()
