"""Student's t for paired differences and Welch's for two arms, in exact sums: the order of seeds never matters."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class Estimate(Protocol):
    """An estimated improvement with the intervals and p's that a decision needs."""

    @property
    def method(self) -> str:
        """The test's name."""

    @property
    def effect(self) -> float:
        """The mean improvement."""

    @property
    def sd(self) -> float:
        """The SD of one difference."""

    @property
    def se(self) -> float:
        """The standard error of the effect."""

    @property
    def df(self) -> float:
        """Degrees of freedom."""

    def limits(self, alpha: float) -> tuple[float, float]:
        """The two-sided interval at 1 − alpha; infinite where none is possible yet."""

    def p_against(self, null: float) -> float:
        """Two-sided p of "the true effect is `null`"."""

    def p_reaching(self, delta: float) -> float:
        """P of "the effect reaches delta": two-sided where the effect is below, else 1. Small means refuted."""

    def half_width_with(self, more: int, alpha: float) -> float:
        """Half the interval's width expected with `more` seeds of the same spread."""


@dataclass(frozen=True, slots=True)
class PairedT:
    """Student's t of n paired differences: effect ± t(1−α/2, n−1)·sd/√n."""

    effect: float
    sd: float
    n: int
    method: str = "paired t-interval"

    @property
    def se(self) -> float:
        """sd/√n."""
        return self.sd / math.sqrt(self.n)

    @property
    def df(self) -> float:
        """n − 1."""
        return self.n - 1.0

    def limits(self, alpha: float) -> tuple[float, float]:
        """The t-interval."""
        half = t_critical(self.df, alpha) * self.se
        return self.effect - half, self.effect + half

    def p_against(self, null: float) -> float:
        """Two-sided p of the t-test."""
        return t_two_sided((self.effect - null) / self.se, self.df)

    def p_reaching(self, delta: float) -> float:
        """At most alpha exactly where the interval at 1 − alpha lies below delta."""
        return self.p_against(delta) if self.effect < delta else 1.0

    def half_width_with(self, more: int, alpha: float) -> float:
        """With n + more pairs."""
        n = self.n + more
        return t_critical(n - 1.0, alpha) * self.sd / math.sqrt(n)


@dataclass(frozen=True, slots=True)
class WelchT:
    """Welch's t of two independent arms. `sd` is that of one run against one run: √(s₁² + s₂²)."""

    effect: float
    sd_baseline: float
    sd_treatment: float
    n_baseline: int
    n_treatment: int
    method: str = "Welch t-interval, unpaired"

    @property
    def sd(self) -> float:
        """SD of the difference of one run and one run."""
        return math.hypot(self.sd_baseline, self.sd_treatment)

    @property
    def se(self) -> float:
        """√(s₁²/n₁ + s₂²/n₂)."""
        return self._with(0)[0]

    @property
    def df(self) -> float:
        """Welch–Satterthwaite."""
        return self._with(0)[1]

    def _with(self, more: int) -> tuple[float, float]:
        """Standard error and degrees of freedom with `more` runs in each arm."""
        n1, n2 = self.n_baseline + more, self.n_treatment + more
        largest = max(self.sd_baseline, self.sd_treatment)
        v1, v2 = (self.sd_baseline / largest) ** 2 / n1, (self.sd_treatment / largest) ** 2 / n2
        return largest * math.sqrt(v1 + v2), (v1 + v2) ** 2 / (v1**2 / (n1 - 1) + v2**2 / (n2 - 1))

    def limits(self, alpha: float) -> tuple[float, float]:
        """The t-interval with Welch's degrees of freedom."""
        half = self.half_width_with(0, alpha)
        return self.effect - half, self.effect + half

    def p_against(self, null: float) -> float:
        """Two-sided p of Welch's test."""
        return t_two_sided((self.effect - null) / self.se, self.df)

    def p_reaching(self, delta: float) -> float:
        """At most alpha exactly where the interval at 1 − alpha lies below delta."""
        return self.p_against(delta) if self.effect < delta else 1.0

    def half_width_with(self, more: int, alpha: float) -> float:
        """With `more` further runs in each arm."""
        se, df = self._with(more)
        return t_critical(df, alpha) * se


def mean_and_sd(values: Sequence[float]) -> tuple[float, float]:
    """Mean and sample SD (n − 1), correctly rounded sums over values scaled to 1: no overflow, no order.

    SD is 0 for a single value. Raises ValueError for none, OverflowError never.
    """
    if not values:
        raise ValueError("no values")
    scale = _exponent(values)
    scaled = [math.ldexp(value, -scale) for value in values]
    mean = math.fsum(scaled) / len(scaled)
    if len(scaled) == 1:
        return values[0], 0.0
    sd = math.sqrt(math.fsum((value - mean) ** 2 for value in scaled) / (len(scaled) - 1))
    return _unscaled(mean, scale), _unscaled(sd, scale)


def _exponent(values: Sequence[float]) -> int:
    return math.frexp(max(abs(value) for value in values))[1]


def _unscaled(value: float, exponent: int) -> float:
    try:
        return math.ldexp(value, exponent)
    except OverflowError:
        return math.copysign(math.inf, value)


def is_constant(values: Sequence[float], magnitude: float) -> bool:
    """Whether values differ by no more than rounding at `magnitude`, the size of the numbers they were taken from."""
    return max(values) - min(values) <= 4 * math.ulp(1.0) * magnitude


def t_critical(df: float, alpha: float) -> float:
    """The two-sided critical value of Student's t: P(|T| > t) = alpha."""
    from scipy.special import stdtrit

    return -float(stdtrit(df, alpha / 2))


def t_two_sided(t: float, df: float) -> float:
    """P(|T| ≥ |t|)."""
    from scipy.special import stdtr

    return min(1.0, 2 * float(stdtr(df, -abs(t))))


def skewness(values: Sequence[float]) -> float:
    """Moment skewness g₁ = m₃/m₂^1.5 (biased); at most (n−2)/√(n−1). Zero for constant values."""
    n = len(values)
    mean, sd = mean_and_sd(values)
    if sd == 0:
        return 0.0
    z = [(value - mean) / sd for value in values]
    m2 = math.fsum(value**2 for value in z) / n
    return math.fsum(value**3 for value in z) / n / math.pow(m2, 1.5)
