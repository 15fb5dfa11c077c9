"""The winner's curse: an estimate that had to pass a test to be reported is too large on average."""

import math

from planner.statistics.solve import root


def shrunk(effect: float, se: float, threshold: float) -> float:
    """The most likely effect given that |estimate| had to exceed `threshold` to count as a win.

    The conditional maximum likelihood estimate of Zhong & Prentice (2008) in its normal form: μ with
    E[X | |X| > c; X ~ N(μ, se²)] = the estimate. It lies between 0 and the estimate, near it for clear wins.
    Raises ValueError where the estimate does not exceed the threshold.
    """
    c, z = threshold / se, effect / se
    if not abs(z) >= c:
        raise ValueError("the estimate is below the threshold that it is said to have passed")
    if c <= 0:
        return effect
    if abs(z) > c + 40:  # beyond any correction that a float can show
        return effect
    size = root(lambda mean: _expected(mean, c) - abs(z), 0.0, abs(z))
    return math.copysign(min(size * se, abs(effect)), effect)


def _expected(mean: float, c: float) -> float:
    """E[X | |X| > c] of X ~ N(mean, 1), mean ≥ 0: mean + [φ(c−mean) − φ(c+mean)] / [Φ(mean−c) + Φ(−c−mean)].

    Both parts are divided by exp(−(c−mean)²/2), so that nothing vanishes in the far tail.
    """
    from scipy.special import erfcx

    root_half = math.sqrt(0.5)
    away = math.exp(-2 * c * mean)  # φ(c+mean)/φ(c−mean)
    scale = math.sqrt(2 / math.pi)
    passed = float(erfcx((c - mean) * root_half)) + away * float(erfcx((c + mean) * root_half))
    return mean if math.isinf(passed) else mean + scale * (1 - away) / passed
