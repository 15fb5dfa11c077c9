"""What a verdict does to belief: Bayes' rule in odds, by the power and the level of the test behind it.

    odds after = odds before × LR,   LR = π/α after support,  α/π after refutation,  1 where nothing was settled

π is the probability that the test says *supported* where the effect is δ, α that it says so where there is none. The
rule of `planner.statistics` treats 0 and δ alike (interval above 0, interval below δ), so refutation has the same two
numbers the other way round, and an inconclusive result is as probable either way: it moves nothing. α is two-sided and
one side decides, so belief moves by less than it might; a test weaker than α (π < α) moves nothing.
"""

import math
from typing import Final

NEAREST: Final = 1e-6  # to certainty: no result makes a claim certain


def likelihood_ratio(state: str, power: float, alpha: float) -> float:
    """LR of a verdict for "the effect is at least δ" against "there is none". `state`: supported, refuted, else 1."""
    ratio = max(power, alpha) / alpha
    return ratio if state == "supported" else 1 / ratio if state == "refuted" else 1.0


def moved(belief: float, ratio: float) -> float:
    """Belief after a result with that likelihood ratio, never certain."""
    odds = math.log(belief) - math.log1p(-belief) + math.log(ratio)
    after = 1 / (1 + math.exp(-odds)) if odds > -700 else 0.0
    return min(max(after, NEAREST), 1 - NEAREST)
