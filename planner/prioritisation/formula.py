"""What a result is worth: the expected value of sample information of an experiment with two results.

With prior p that the hypothesis holds, payoff V of adopting it if it holds, loss L of adopting it if not, power π
(probability of a positive result if it holds) and false-positive rate α (the same if not):

    pre   = max(0, pV − (1−p)L)
    q⁺    = pπ + (1−p)α ;  p⁺ = pπ/q⁺ ;  p⁻ = p(1−π)/(1−q⁺)
    EVSI  = q⁺·max(0, p⁺V − (1−p⁺)L) + (1−q⁺)·max(0, p⁻V − (1−p⁻)L) − pre

Raiffa, Schlaifer: Applied statistical decision theory, 1961. The sum is taken in an equal form without cancellation:
only a result after which one would act otherwise than today adds anything, namely what acting otherwise gains.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Belief:
    """What a result does to belief: `positive` is q⁺, then p⁺ and p⁻, each None where that result cannot come."""

    positive: float
    after_positive: float | None
    after_negative: float | None


@dataclass(frozen=True, slots=True)
class Worth:
    """What a result does to the decision.

    `adopt_today`: what one would do without the run (not where both come to the same). `chance`: the probability that
    the result changes that. `evsi`: what the run is worth on average, in the unit of the payoff.
    """

    adopt_today: bool
    chance: float
    evsi: float


def belief(prior: float, power: float, alpha: float) -> Belief:
    """Bayes' rule for both results."""
    positive = prior * power + (1 - prior) * alpha
    negative = prior * (1 - power) + (1 - prior) * (1 - alpha)
    return Belief(
        positive=positive,
        after_positive=prior * power / positive if positive > 0 else None,
        after_negative=prior * (1 - power) / negative if negative > 0 else None,
    )


def worth(prior: float, payoff: float, loss: float, power: float, alpha: float) -> Worth:
    """The decision today, the chance to change it, and the EVSI."""
    adopt_today = prior * payoff - (1 - prior) * loss > 0
    chance = evsi = 0.0
    for if_true, if_false in ((power, alpha), (1 - power, 1 - alpha)):
        # The probability of the result times what adopting after it would give.
        adopting = prior * if_true * payoff - (1 - prior) * if_false * loss
        if (adopting > 0) != adopt_today:
            chance += prior * if_true + (1 - prior) * if_false
            evsi += abs(adopting)
    return Worth(adopt_today, chance, evsi)


def information(prior: float, power: float, alpha: float) -> float:
    """Mutual information of hypothesis and result, in bits: H(result) − H(result | hypothesis)."""
    positive = prior * power + (1 - prior) * alpha
    bits = _entropy(positive) - prior * _entropy(power) - (1 - prior) * _entropy(alpha)
    return max(0.0, bits)  # rounding may leave −1e-17


def _entropy(probability: float) -> float:
    if probability <= 0 or probability >= 1:
        return 0.0
    return -probability * math.log2(probability) - (1 - probability) * math.log2(1 - probability)
