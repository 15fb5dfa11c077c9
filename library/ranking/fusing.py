"""Features into log-odds: what each weighs by how much was kept, and where the whole of it stands."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from library.ranking.ground import Feature

if TYPE_CHECKING:
    import numpy.typing as npt

    Column = npt.NDArray[np.float64]

KEPT: Final = (0, 10, 25, 50, 400)  # kept papers at which the weights below were fitted
WEIGHTS: Final = {
    "words": (0.0, 0.33, 0.37, 0.42, 0.39),
    "words lately": (0.0, 0.0, 0.0, 0.0, 0.15),
    "topics line": (0.0, 0.1, 0.14, 0.2, 0.15),
    "topics centre": (0.0, 0.21, 0.13, 0.04, 0.0),
    "near by topics": (0.0, 0.0, 0.0, 0.02, 0.06),
    "meaning line": (0.0, 0.26, 0.33, 0.34, 0.28),
    "meaning line lately": (0.0, 0.0, 0.0, 0.0, 0.15),
    "meaning centre": (0.0, 0.01, 0.0, 0.0, 0.0),
    "near by meaning": (0.0, 0.02, 0.02, 0.04, 0.12),
    "best sentence": (0.0, 0.14, 0.17, 0.13, 0.04),
    "authors": (0.0, 0.05, 0.05, 0.06, 0.18),
    "categories": (0.0, 0.12, 0.18, 0.2, 0.06),
    "make": (0.0, 0.17, 0.15, 0.14, 0.05),
    "whole": (0.5, 0.3, 0.2, 0.17, 0.13),
    "sentence": (0.45, 0.04, 0.02, 0.02, 0.02),
    "asked words": (0.08, 0.03, 0.01, 0.01, 0.0),
    "found words": (0.38, 0.07, 0.02, 0.0, 0.0),
    "found topics": (0.2, 0.05, 0.02, 0.01, 0.01),
    "found meaning": (0.1, 0.0, 0.0, 0.0, 0.0),
    "examples words": (0.3, 0.1, 0.05, 0.03, 0.0),
    "examples topics": (0.4, 0.15, 0.1, 0.05, 0.03),
    "examples meaning": (0.4, 0.15, 0.1, 0.05, 0.03),
}
# All of them are taken back by this: fitted on which paper of a day was picked, they are too sure when asked whether
# one will be. On the same months a score of .26 then means .28, .42 means .38 and .82 means .74; no order changes.
TEMPER: Final = 0.85
USUAL: Final = 0.02  # share of papers that a person keeps, as long as nothing is known of them
_USUAL_FROM: Final = 500  # papers that this weighs as
LEAST: Final = 0.002
MOST: Final = 0.3


def weight(feature: Feature, kept: int) -> float:
    """What a standard deviation of it is worth in log-odds, between the fitted numbers on a scale of ln(1 + kept).

    1 for what is in log-odds already.
    """
    fitted = WEIGHTS.get(feature.name)
    if fitted is None:
        return 1.0
    return TEMPER * float(np.interp(math.log1p(kept), [math.log1p(count) for count in KEPT], fitted))


def usual_share(kept: int, papers: int) -> float:
    """The share of papers that a person keeps, from `kept` of `papers` announced in the same time."""
    share = (kept + USUAL * _USUAL_FROM) / (papers + _USUAL_FROM)
    return min(max(share, LEAST), MOST)


def base(log_odds: "Column | Sequence[float]", share: float) -> float:
    """The constant with which the mean probability of those (background) papers is `share`. By bisection."""
    values = np.asarray(log_odds, dtype=np.float64)
    if not len(values):
        return math.log(share / (1.0 - share))
    low, high = -60.0, 60.0
    for _ in range(80):
        middle = (low + high) / 2.0
        mean = float(np.mean(1.0 / (1.0 + np.exp(-np.clip(values + middle, -500.0, 500.0)))))
        low, high = (middle, high) if mean < share else (low, middle)
    return round((low + high) / 2.0, 6)


def score(log_odds: float) -> float:
    """The probability to those log-odds, rounded to 1e-4."""
    if log_odds < 0:
        small = math.exp(max(log_odds, -700.0))
        return round(small / (1.0 + small), 4)
    return round(1.0 / (1.0 + math.exp(-min(log_odds, 700.0))), 4)
