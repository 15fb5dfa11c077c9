import numpy as np
import pytest
import scipy.stats

from planner.statistics.bootstrap import RESAMPLES, SEED, bca_mean

RNG = np.random.default_rng(7)


@pytest.mark.parametrize("alpha", [0.05, 0.2])
@pytest.mark.parametrize("values", [RNG.normal(1, 2, 20), RNG.lognormal(size=33)], ids=["normal", "skewed"])
def test_the_same_draws_give_scipys_interval(values, alpha):
    ordered = np.array(sorted(values, key=abs))
    oracle = scipy.stats.bootstrap(
        (ordered,),
        np.mean,
        confidence_level=1 - alpha,
        n_resamples=RESAMPLES,
        method="BCa",
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    assert bca_mean(values.tolist(), alpha) == pytest.approx((oracle.low, oracle.high), rel=1e-9)


def test_order_sign_and_unit_do_not_matter():
    values = RNG.normal(1, 2, 24).tolist()
    low, high = bca_mean(values, 0.05)
    assert bca_mean(values[::-1], 0.05) == (low, high)
    assert bca_mean([-value for value in values], 0.05) == pytest.approx((-high, -low), rel=1e-3)
    assert bca_mean([value * 1e200 for value in values], 0.05) == pytest.approx((low * 1e200, high * 1e200), rel=1e-9)


@pytest.mark.parametrize("values", [[], [1.0], [2.0, 2.0, 2.0]])
def test_values_that_do_not_differ_are_refused(values):
    with pytest.raises(ValueError, match="differ"):
        bca_mean(values, 0.05)


def test_parts_are_the_same_draws_as_all_at_once(monkeypatch):
    values = RNG.normal(1, 2, 30).tolist()
    whole = bca_mean(values, 0.05)
    monkeypatch.setattr("planner.statistics.bootstrap._AT_ONCE", 30 * 777)
    assert bca_mean(values, 0.05) == whole
