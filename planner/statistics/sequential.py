"""The t-test that may be looked at whenever one likes: an e-process and the confidence sequence that inverts it.

The e-value is the right-Haar Bayes factor of "the standardised effect is normal around 0 with variance g" against
"it is 0" (Pérez-Ortiz, Lardy, de Heide & Grünwald 2024): it does not depend on the unknown SD, and the probability that
it *ever* reaches 1/α under the null is at most α (Ville 1939). It follows the seeds in the order in which they came.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.statistics.student import is_constant, mean_and_sd

G = 1.0
_EXACT = 500  # differences


def log_e(n: Any, t: Any, g: float = G) -> Any:
    """Log e-value of n ≥ 2 differences with t statistic `t`; numbers or arrays.

    −½ log(1+ng) + (n/2)·[log(1+t²/ν) − log(1+t²/((1+ng)ν))], ν = n − 1.
    """
    k = 1.0 + np.multiply(n, g)
    r = np.minimum(np.abs(t), 1e150) ** 2 / np.subtract(n, 1.0)
    return -0.5 * np.log(k) + np.multiply(n, 0.5) * (np.log1p(r) - np.log1p(r / k))


def critical_t(n: int, alpha: float, g: float = G) -> float:
    """The |t| at which the e-value of n differences reaches 1/alpha; infinite where it never can.

    Solving `log_e` = log(1/α) for t² gives ν·k·(A−1)/(k−A), with k = 1+ng and A = (√k/α)^(2/n).
    """
    if n < 2:
        return math.inf
    k = 1.0 + n * g
    a = (math.sqrt(k) / alpha) ** (2.0 / n)
    return math.inf if a >= k else math.sqrt((n - 1) * k * (a - 1) / (k - a))


def least_seeds(alpha: float, g: float = G) -> int:
    """The fewest differences whose e-value can reach 1/alpha at all; 5 at .05."""
    n = 2
    while math.isinf(critical_t(n, alpha, g)):
        n += 1
    return n


@dataclass(frozen=True, slots=True)
class AnytimeT:
    """A paired t-test valid at any number of seeds. `steps` are (n, mean, sd) of the first n differences.

    The interval is the intersection of all intervals so far, p the inverse of the largest e-value so far; both hold
    for every n at once. Steps whose differences do not vary are passed over, as if nobody had looked.
    """

    steps: tuple[tuple[int, float, float], ...]
    effect: float
    sd: float
    n: int
    method: str = "anytime-valid paired t (e-process)"

    @classmethod
    def of(cls, differences: Sequence[float], magnitude: float) -> "AnytimeT":
        """From differences in the order in which they came."""
        steps = []
        for n in range(2, min(len(differences), _EXACT) + 1):
            first = differences[:n]
            if not is_constant(first, magnitude):
                steps.append((n, *mean_and_sd(first)))
        mean, sd = mean_and_sd(differences)
        if len(differences) > _EXACT:
            steps += _later(differences, mean, magnitude)
        return cls(tuple(steps), mean, sd, len(differences))

    @property
    def se(self) -> float:
        """sd/√n."""
        return self.sd / math.sqrt(self.n)

    @property
    def df(self) -> float:
        """n − 1."""
        return self.n - 1.0

    @property
    def e_value(self) -> float:
        """The present evidence against 0 (not the largest so far)."""
        return _exp(float(log_e(self.n, self.effect / self.se)))

    def limits(self, alpha: float) -> tuple[float, float]:
        """The confidence sequence at 1 − alpha; infinite before it can exclude anything, crossed if seeds drift."""
        low, high = -math.inf, math.inf
        for n, mean, sd in self.steps:
            half = critical_t(n, alpha) * sd / math.sqrt(n)
            low, high = max(low, mean - half), min(high, mean + half)
        return low, high

    def p_against(self, null: float) -> float:
        """Always-valid two-sided p: 1 / the largest e-value so far."""
        return self._p(null, self.steps)

    def p_reaching(self, delta: float) -> float:
        """The same against "the effect reaches delta", from the steps whose mean was below it."""
        return self._p(delta, tuple(step for step in self.steps if step[1] < delta))

    @staticmethod
    def _p(null: float, steps: tuple[tuple[int, float, float], ...]) -> float:
        logs = [float(log_e(n, (mean - null) / (sd / math.sqrt(n)))) for n, mean, sd in steps]
        return min(1.0, math.exp(-max(logs))) if logs else 1.0

    def half_width_with(self, more: int, alpha: float) -> float:
        """Half the width of the sequence's interval at n + more seeds, by itself."""
        n = self.n + more
        return critical_t(n, alpha) * self.sd / math.sqrt(n)


def _later(differences: Sequence[float], mean: float, magnitude: float) -> list[tuple[int, float, float]]:
    """The steps behind the first 500, by running sums around the mean of all: exact sums would take n² steps."""
    scale = max(abs(value - mean) for value in differences) or 1.0
    x = (np.asarray(differences, dtype=np.longdouble) - mean) / scale
    n = np.arange(1, len(x) + 1)
    sums, squares = np.cumsum(x), np.cumsum(x**2)
    sd = np.sqrt(np.maximum(squares - sums**2 / n, 0.0)[1:] / n[:-1])
    spread = np.maximum.accumulate(x) - np.minimum.accumulate(x)
    return [
        (place + 1, mean + scale * float(sums[place]) / (place + 1), scale * float(sd[place - 1]))
        for place in range(_EXACT, len(x))
        if not scale * float(spread[place]) <= 4 * math.ulp(1.0) * magnitude
    ]


def _exp(value: float) -> float:
    return math.exp(min(value, 709.0))
