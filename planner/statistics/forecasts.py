"""How good the priors were: Brier's score and a reliability table over forecasts whose outcome is known."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from library.errors import UsageError
from library.proportions import wilson

Forecast = tuple[float, bool]  # the probability that was given, and whether it came true


@dataclass(frozen=True, slots=True)
class Brier:
    """Brier's (1950) score: the mean of (forecast − outcome)², 0 best, 1 worst.

    `always_base_rate` is the score of always saying the share that came true; `skill` = 1 − score/always_base_rate,
    None where all outcomes are alike. `score` = reliability − resolution + always_base_rate, over groups of equal
    forecasts (Murphy 1973).
    """

    n: int
    score: float
    base_rate: float
    always_base_rate: float
    skill: float | None
    reliability: float
    resolution: float


@dataclass(frozen=True, slots=True)
class Bin:
    """One row of a reliability table: forecasts in [low, high), the last bin's high included. [came_low, came_high] is
    Wilson's interval of the share that came true."""

    low: float
    high: float
    n: int
    mean_forecast: float
    came_true: float
    came_low: float
    came_high: float


def brier(forecasts: Sequence[Forecast]) -> Brier | None:
    """The score of forecasts; None where there are none. Raises UsageError for one outside 0 to 1."""
    _check(forecasts)
    n = len(forecasts)
    if n == 0:
        return None
    rate = sum(1 for _, came in forecasts if came) / n
    score = math.fsum((given - came) ** 2 for given, came in forecasts) / n
    groups: dict[float, list[bool]] = {}
    for given, came in forecasts:
        groups.setdefault(given, []).append(came)
    shares = {given: sum(came) / len(came) for given, came in groups.items()}
    uncertainty = rate * (1 - rate)
    return Brier(
        n=n,
        score=score,
        base_rate=rate,
        always_base_rate=uncertainty,
        skill=1 - score / uncertainty if uncertainty else None,
        reliability=math.fsum(len(came) * (given - shares[given]) ** 2 for given, came in groups.items()) / n,
        resolution=math.fsum(len(came) * (shares[given] - rate) ** 2 for given, came in groups.items()) / n,
    )


def reliability(forecasts: Sequence[Forecast], bins: int = 5, alpha: float = 0.05) -> tuple[Bin, ...]:
    """Forecasts in `bins` equal ranges of 0 to 1 against what came true; empty ranges are left out.

    Raises UsageError for a forecast outside 0 to 1.
    """
    _check(forecasts)
    edges = [place / bins for place in range(1, bins)]
    groups: dict[int, list[Forecast]] = {}
    for given, came in forecasts:
        groups.setdefault(bisect_right(edges, given), []).append((given, came))
    rows = []
    for place, group in sorted(groups.items()):
        hits = sum(1 for _, came in group if came)
        low, high = wilson(hits, len(group), alpha)
        mean = math.fsum(given for given, _ in group) / len(group)
        rows.append(Bin(place / bins, (place + 1) / bins, len(group), mean, hits / len(group), low, high))
    return tuple(rows)


def _check(forecasts: Sequence[Forecast]) -> None:
    for given, _ in forecasts:
        if not 0 <= given <= 1:
            raise UsageError(f"A forecast of {given} is no probability.", mend="Give a number from 0 to 1.")
