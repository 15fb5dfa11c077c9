"""How good a ranking of a day is, and how sure one may be that one method is better than another."""

from collections.abc import Sequence
from typing import Any

import numpy as np

RESAMPLES = 2_000


def average_precision(relevant: Sequence[bool], scores: Any) -> float:
    """Mean precision at each relevant paper; ties in the order given. NaN where nothing is relevant."""
    order = np.argsort(-np.asarray(scores, dtype=float), kind="stable")
    hits = np.nonzero(np.asarray(relevant, dtype=bool)[order])[0]
    return float(np.mean(np.arange(1, len(hits) + 1) / (hits + 1))) if len(hits) else float("nan")


def recall_at(relevant: Sequence[bool], scores: Any, depth: int = 20) -> float:
    """Share of the relevant papers among the first `depth`."""
    order = np.argsort(-np.asarray(scores, dtype=float), kind="stable")
    found = np.asarray(relevant, dtype=bool)[order]
    return float(found[:depth].sum() / found.sum()) if found.any() else float("nan")


def area(relevant: Sequence[bool], scores: Any) -> float:
    """Area under the ROC curve: the chance that a relevant paper is before another; ties count half."""
    values, mask = np.asarray(scores, dtype=float), np.asarray(relevant, dtype=bool)
    if mask.all() or not mask.any():
        return float("nan")
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2.0)[places]
    positive = int(mask.sum())
    return float((ranks[mask].sum() - positive * (positive + 1) / 2) / (positive * (len(mask) - positive)))


def paired_interval(differences: Sequence[Sequence[float]], *, seed: int = 0) -> tuple[float, float, float]:
    """Mean over users of their mean difference over days, and its 95 % bootstrap interval.

    Days are drawn anew within each user; the users are those that there are.
    """
    rng = np.random.default_rng(seed)
    users = [np.asarray(days, dtype=float) for days in differences]
    mean = float(np.mean([days.mean() for days in users]))
    drawn = np.zeros(RESAMPLES)
    for days in users:
        drawn += days[rng.integers(0, len(days), (RESAMPLES, len(days)))].mean(axis=1)
    low, high = np.quantile(drawn / len(users), (0.025, 0.975))
    return mean, float(low), float(high)
