"""Many hypotheses judged together: Holm for families that must be right, Benjamini–Hochberg for screens.

Pure arithmetic on p's. A member whose p is unknown counts as 1: a family that is not complete yet is judged as
strictly as its registered size asks for.
"""

from collections.abc import Sequence

from planner.statistics.rule import FamilyKind


def adjusted(p_values: Sequence[float | None], kind: FamilyKind, size: int = 0) -> tuple[float, ...]:
    """Adjusted p's, comparable with alpha, in the order given. `size` ≥ their number counts absent members too."""
    return holm(p_values, size) if kind == "confirmatory" else benjamini_hochberg(p_values, size)


def holm(p_values: Sequence[float | None], size: int = 0) -> tuple[float, ...]:
    """Holm's (1979) step-down adjusted p's: running maximum of (m − k + 1)·p₍ₖ₎. Controls any false rejection."""
    known, order, m = _sorted(p_values, size)
    result, highest = [1.0] * len(known), 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (m - rank) * known[index]))
        result[index] = highest
    return tuple(result)


def benjamini_hochberg(p_values: Sequence[float | None], size: int = 0) -> tuple[float, ...]:
    """Benjamini & Hochberg's (1995) adjusted p's: running minimum from above of m·p₍ₖ₎/k. Controls the false share."""
    known, order, m = _sorted(p_values, size)
    result, lowest = [1.0] * len(known), 1.0
    for rank in range(len(order) - 1, -1, -1):
        index = order[rank]
        lowest = min(lowest, known[index] * (m / (rank + 1)))
        result[index] = lowest
    return tuple(result)


def interval_alphas(
    p_values: Sequence[float | None], alpha: float, kind: FamilyKind, size: int = 0
) -> tuple[float, ...]:
    """The alpha of each member's interval: it excludes the null exactly where the adjusted p is at most alpha.

    Holm: alpha/(m − k + 1) at the member's step k; members behind the first that is not rejected stay at that step.
    Equal p's share the stricter step. Benjamini–Hochberg: R·alpha/m for R rejections (at least 1), which controls the
    false coverage rate of the chosen intervals (Benjamini & Yekutieli 2005).
    """
    known, order, m = _sorted(p_values, size)
    if kind == "screen":
        found = sum(1 for value in benjamini_hochberg(p_values, size) if value <= alpha)
        return (alpha * (max(found, 1) / m),) * len(known)
    result, step = [0.0] * len(known), alpha / m
    for rank, index in enumerate(order):
        if rank and known[index] > known[order[rank - 1]] and known[order[rank - 1]] <= step:
            step = alpha / (m - rank)
        result[index] = step
    return tuple(result)


def _sorted(p_values: Sequence[float | None], size: int) -> tuple[list[float], list[int], int]:
    known = [1.0 if value is None else value for value in p_values]
    return known, sorted(range(len(known)), key=known.__getitem__), max(size, len(known), 1)
