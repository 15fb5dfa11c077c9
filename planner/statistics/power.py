"""Before launch: what a number of seeds can show, and how many are needed.

`sd` is the SD of a paired difference (pairing "seed"), or of one run (pairing "none": two arms of n runs each, equal
SDs). Tests are two-sided at alpha. Numbers of seeds start at 3: fewer never get an interval.
"""

import math
from dataclasses import dataclass

from library.errors import UsageError
from planner.statistics.rule import LEAST_SEEDS, Pairing
from planner.statistics.solve import root, smallest
from planner.statistics.student import t_critical

MOST = 100_000  # seeds; beyond, a question counts as out of reach


@dataclass(frozen=True, slots=True)
class ThreeWay:
    """The probability of each verdict, given a true effect. `harmful` is part of `refuted`."""

    supported: float
    refuted: float
    inconclusive: float
    harmful: float


def power(n: int, effect: float, sd: float, alpha: float = 0.05, *, pairing: Pairing = "seed") -> float:
    """The probability that the t-test rejects "no effect" when the true one is `effect`: by the noncentral t.

    0 below 3 seeds. Raises UsageError for an SD that is not above 0 or an alpha outside 0 to 1.
    """
    _check(sd, alpha)
    if n < LEAST_SEEDS:
        return 0.0
    df, se = _design(n, sd, pairing)
    critical = t_critical(df, alpha)
    shift = abs(effect) / se
    return noncentral_t(-critical, df, -shift) + noncentral_t(-critical, df, shift)


def minimum_detectable_effect(
    n: int, sd: float, alpha: float = 0.05, target: float = 0.8, *, pairing: Pairing = "seed"
) -> float | None:
    """The smallest effect that n seeds detect with probability `target`; None below 3 seeds."""
    _check(sd, alpha)
    if not alpha < target < 1:
        raise UsageError(f"A power of {target} cannot be aimed at.", mend="Give a number between alpha and 1, say 0.8.")
    if n < LEAST_SEEDS:
        return None
    high = 1.0
    while power(n, high, 1.0, alpha, pairing=pairing) < target:
        high *= 2
    return sd * root(lambda effect: power(n, effect, 1.0, alpha, pairing=pairing) - target, 0.0, high)


def seeds_for_power(
    effect: float, sd: float, alpha: float = 0.05, target: float = 0.8, *, pairing: Pairing = "seed"
) -> int | None:
    """The fewest seeds that detect `effect` with probability `target`; None beyond 100,000 or for no effect."""
    _check(sd, alpha)
    if effect == 0:
        return None
    return smallest(lambda n: power(n, effect, sd, alpha, pairing=pairing) >= target, LEAST_SEEDS, MOST)


def half_width(n: int, sd: float, alpha: float = 0.05, *, pairing: Pairing = "seed") -> float | None:
    """Half the width of the interval at 1 − alpha where the observed SD is `sd`; None below 3 seeds."""
    _check(sd, alpha)
    if n < LEAST_SEEDS:
        return None
    df, se = _design(n, sd, pairing)
    return t_critical(df, alpha) * se


def seeds_for_half_width(sd: float, delta: float, alpha: float = 0.05, *, pairing: Pairing = "seed") -> int | None:
    """The fewest seeds whose interval is at most `delta` to each side; None beyond 100,000."""
    _check(sd, alpha)
    if not delta > 0:
        raise UsageError(f"An interval cannot be {delta} wide.", mend="Give a delta above 0.")

    def narrow(n: int) -> bool:
        df, se = _design(n, sd, pairing)
        return t_critical(df, alpha) * se <= delta

    return smallest(narrow, LEAST_SEEDS, MOST)


def three_way_probabilities(
    n: int, effect: float, sd: float, delta: float, alpha: float = 0.05, *, pairing: Pairing = "seed"
) -> ThreeWay:
    """How likely each verdict of `decide.three_way` is when the true effect is `effect`. Below 3 seeds: inconclusive.

    Refuted and harmful are noncentral t probabilities; supported (interval above 0 and mean at least delta) is
    integrated over the distribution of the observed SD, to about 1e-12.
    """
    _check(sd, alpha)
    if not delta > 0:
        raise UsageError(f"The smallest effect worth having is {delta}.", mend="Give a delta above 0.")
    if n < LEAST_SEEDS:
        return ThreeWay(0.0, 0.0, 1.0, 0.0)
    df, se = _design(n, sd, pairing)
    critical = t_critical(df, alpha)
    supported = _supported(effect / se, delta / se, critical, df)
    refuted = noncentral_t(-critical, df, (effect - delta) / se)
    harmful = noncentral_t(-critical, df, effect / se)
    return ThreeWay(supported, refuted, max(0.0, 1.0 - supported - refuted), harmful)


def noncentral_t(t: float, df: float, shift: float) -> float:
    """P(T ≤ t) of the noncentral t. scipy gives NaN in far tails: taken as 0 or 1, which it is to 1e-16."""
    from scipy.special import nctdtr

    if shift < 0:
        return 1.0 - noncentral_t(-t, df, -shift)
    value = float(nctdtr(df, shift, t))
    if math.isnan(value):
        return 0.0 if t < shift else 1.0
    return min(1.0, max(0.0, value))


def _design(n: int, sd: float, pairing: Pairing) -> tuple[float, float]:
    """Degrees of freedom and standard error."""
    if pairing == "seed":
        return n - 1.0, sd / math.sqrt(n)
    return 2.0 * n - 2.0, sd * math.sqrt(2.0 / n)


def _check(sd: float, alpha: float) -> None:
    if not (math.isfinite(sd) and sd > 0):
        raise UsageError(f"The spread between seeds is {sd}.", mend="Give an SD above 0, from earlier runs or a guess.")
    if not 0 < alpha < 1:
        raise UsageError(f"alpha is {alpha}.", mend="Give a number between 0 and 1; usual is 0.05.")


def _supported(effect: float, delta: float, critical: float, df: float) -> float:
    """P(mean ≥ max(delta, critical·u)), mean ~ N(effect, 1), u = observed/true SD; effect and delta in standard errors.

    E[Φ(effect − max(delta, critical·u))] by Gauss–Legendre panels, with edges where the integrand has a corner.
    """
    import numpy as np
    from scipy.special import chdtri, gammaln, ndtr

    low, high = (math.sqrt(float(chdtri(df, tail)) / df) for tail in (1 - 1e-16, 1e-18))
    corners = [value for value in (delta / critical, effect / critical) if low < value < high]
    edges = np.unique([*np.linspace(low, high, 33), *corners])
    nodes, weights = np.polynomial.legendre.leggauss(24)
    half = np.diff(edges)[:, None] / 2
    u = edges[:-1, None] + half * (1 + nodes)
    log_density = (
        math.log(2) + df / 2 * math.log(df / 2) - float(gammaln(df / 2)) + (df - 1) * np.log(u) - df * u**2 / 2
    )
    passed = ndtr(effect - np.maximum(delta, critical * u))
    return min(1.0, float(np.sum(half * weights * np.exp(log_density) * passed)))
