"""Power and EVSI, reckoned otherwise than in the code."""

from scipy.stats import nct, t


def power(seeds: int, delta: float, sd: float, alpha: float = 0.05, *, paired: bool = True) -> float:
    df = seeds - 1 if paired else 2 * seeds - 2
    shift = delta / sd * (seeds if paired else seeds / 2) ** 0.5
    critical = t.ppf(1 - alpha / 2, df)
    return float(nct.sf(critical, df, shift) + nct.cdf(-critical, df, shift))


def evsi(p: float, payoff: float, loss: float, power_: float, alpha: float = 0.05) -> float:
    """As planning texts write it, not as the code does."""
    before = max(0.0, p * payoff - (1 - p) * loss)
    positive = p * power_ + (1 - p) * alpha
    up, down = p * power_ / positive, p * (1 - power_) / (1 - positive)
    after = positive * max(0.0, up * payoff - (1 - up) * loss)
    return after + (1 - positive) * max(0.0, down * payoff - (1 - down) * loss) - before
