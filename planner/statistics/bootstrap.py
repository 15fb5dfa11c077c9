"""The bias-corrected and accelerated bootstrap of a mean (Efron 1987): shown from 20 pairs on, never deciding.

With fewer its intervals are too short: at 5 seeds one that promises 95 % covers 85 %.
"""

from collections.abc import Sequence

import numpy as np

LEAST_PAIRS = 20
MOST_PAIRS = 2_000  # with more it is the t-interval but for noise, and costs seconds
_AT_ONCE = 1_000_000  # values: 8 MB
RESAMPLES = 9_999
SEED = 20_240_607


def bca_mean(values: Sequence[float], alpha: float) -> tuple[float, float]:
    """The two-sided 1 − alpha interval of the mean, from resamples with a fixed seed.

    Values are put in order of size first, so that neither the order of seeds nor turning all signs changes the draws.
    Raises ValueError for fewer than two values or constant ones.
    """
    from scipy.special import ndtr, ndtri

    if not values:
        raise ValueError("the bootstrap needs values that differ")
    x = np.asarray(sorted(values, key=lambda value: (abs(value), value)), dtype=np.float64)
    n = len(x)
    if n < 2 or float(np.ptp(x)) == 0:
        raise ValueError("the bootstrap needs values that differ")
    scale = float(np.max(np.abs(x)))
    x = x / scale
    mean = float(x.mean())
    rng = np.random.default_rng(SEED)
    at_once = max(1, _AT_ONCE // n)  # whatever their size, the parts are the same draws as all at once
    parts = [min(at_once, RESAMPLES - start) for start in range(0, RESAMPLES, at_once)]
    means = np.concatenate([x[rng.integers(0, n, (part, n))].mean(axis=1) for part in parts])
    below = (np.count_nonzero(means < mean) + np.count_nonzero(means <= mean)) / (2 * RESAMPLES)
    bias = ndtri(below)
    # The jackknife's influence values of a mean are (xᵢ − mean)/(n − 1), up to a factor that the ratio drops.
    centred = x - mean
    acceleration = float(np.sum(centred**3)) / (6 * float(np.sum(centred**2)) ** 1.5)
    shifted = bias + ndtri(np.array([alpha / 2, 1 - alpha / 2]))
    low, high = np.quantile(means, ndtr(bias + shifted / (1 - acceleration * shifted))) * scale
    return float(low), float(high)
