"""How far human raters agree, beyond chance: Krippendorff's alpha, Fleiss' and Cohen's kappa, with intervals.

Ratings are raters × items; None is a rating that was not given.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from library.errors import UsageError

Level = Literal["nominal", "ordinal", "interval"]
Ratings = Sequence[Sequence[float | None]]
Counts = NDArray[np.float64]  # items × values: how often an item got a value

RESAMPLES = 2_000
SEED = 20_240_607
FEW_ITEMS = 20


@dataclass(frozen=True, slots=True)
class Agreement:
    """A coefficient (1 perfect, 0 chance, below 0 opposed) with the percentile interval over resampled items.

    `value` is None where all ratings are the same: chance agreement is then perfect too, and the coefficient undefined.
    `low` and `high` are None as well where too few items vary. `items` counts those with at least two ratings.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    level: float
    items: int
    raters: int
    warnings: tuple[str, ...]


def krippendorff_alpha(ratings: Ratings, level: Level, alpha: float = 0.05) -> Agreement:
    """Krippendorff's alpha = 1 − observed/expected disagreement; takes missing ratings and any number of raters.

    `level` says what differences mean: nominal (equal or not), ordinal (ranks; squared distance of mid-ranks), interval
    (squared difference). Raises UsageError for a table with ragged rows, one rater, or no item rated twice.
    """
    counts, values = _table(ratings)
    counts = counts[counts.sum(axis=1) >= 2]  # an item with one rating compares with nothing
    if not len(counts):
        raise UsageError("No item was rated by two people.", mend="Agreement needs items that several people rated.")
    name = f"Krippendorff's alpha ({level})"
    return _with_interval(name, counts, lambda some: _alpha(some, values, level), alpha, len(ratings))


def fleiss_kappa(ratings: Ratings, alpha: float = 0.05) -> Agreement:
    """Fleiss' kappa (1971) of nominal ratings. Raises UsageError where not everyone rated every item."""
    counts, _ = _table(ratings)
    if not len(counts) or np.any(counts.sum(axis=1) != len(ratings)):
        raise UsageError(
            "Some ratings are missing, and Fleiss' kappa needs all of them.", mend="Use Krippendorff's alpha."
        )
    return _with_interval("Fleiss' kappa", counts, _fleiss, alpha, len(ratings))


def cohen_kappa(first: Sequence[float], second: Sequence[float], alpha: float = 0.05) -> Agreement:
    """Cohen's kappa (1960) of two raters' nominal ratings. Raises UsageError where the lengths differ or are 0."""
    if len(first) != len(second) or not first:
        raise UsageError(
            f"The raters gave {len(first)} and {len(second)} ratings.",
            mend="Give both raters' ratings of the same items.",
        )
    values = sorted({*first, *second})
    place = {value: index for index, value in enumerate(values)}
    table = np.zeros((len(first), 2, len(values)))
    for item, pair in enumerate(zip(first, second, strict=True)):
        for rater, value in enumerate(pair):
            table[item, rater, place[value]] = 1.0
    return _with_interval("Cohen's kappa", table, _cohen, alpha, 2)


def _table(ratings: Ratings) -> tuple[Counts, NDArray[np.float64]]:
    if len(ratings) < 2:
        raise UsageError("There is one rater or none.", mend="Agreement needs at least two.")
    lengths = {len(row) for row in ratings}
    if len(lengths) != 1:
        raise UsageError(
            "The raters have different numbers of items.", mend="Give one row a rater, None where unrated."
        )
    values = sorted({float(value) for row in ratings for value in row if value is not None})
    if not np.all(np.isfinite(values)):
        raise UsageError("A rating is not a finite number.", mend="Use None for a rating that was not given.")
    place = {value: index for index, value in enumerate(values)}
    counts = np.zeros((lengths.pop(), len(values)))
    for row in ratings:
        for item, value in enumerate(row):
            if value is not None:
                counts[item, place[float(value)]] += 1
    return counts, np.asarray(values)


def _alpha(counts: Counts, values: NDArray[np.float64], level: Level) -> float | None:
    """With o = per-item pairs weighted by 1/(ratings − 1), and all pairs of all ratings for chance.

    The sum of squared differences over ordered pairs is 2(nΣx² − (Σx)²); the ordinal distance of two values is the
    squared distance of their mid-ranks, so that both levels share it.
    """
    given, per_item = counts.sum(axis=0), counts.sum(axis=1)
    total = given.sum()
    if level == "nominal":
        observed = float(np.sum((per_item**2 - np.sum(counts**2, axis=1)) / (per_item - 1)))
        expected = float(total**2 - np.sum(given**2))
    else:
        x = values if level == "interval" else np.cumsum(given) - given / 2
        x = x - np.average(x, weights=given)
        observed = float(np.sum(2 * (per_item * (counts @ x**2) - (counts @ x) ** 2) / (per_item - 1)))
        expected = 2 * float(total * (given @ x**2) - (given @ x) ** 2)
    return None if np.count_nonzero(given) < 2 else float(1 - (total - 1) * observed / expected)


def _fleiss(counts: Counts) -> float | None:
    raters = counts.sum(axis=1)[0]
    chance = float(np.sum((counts.sum(axis=0) / counts.sum()) ** 2))
    agreed = float(np.mean((np.sum(counts**2, axis=1) - raters) / (raters * (raters - 1))))
    return None if np.count_nonzero(counts.sum(axis=0)) < 2 else (agreed - chance) / (1 - chance)


def _cohen(table: NDArray[np.float64]) -> float | None:
    first, second = table[:, 0, :], table[:, 1, :]
    agreed = float(np.mean(np.sum(first * second, axis=1)))
    chance = float(np.sum(first.mean(axis=0) * second.mean(axis=0)))
    return None if np.count_nonzero(table.sum(axis=(0, 1))) < 2 else (agreed - chance) / (1 - chance)


def _with_interval(
    name: str,
    table: NDArray[np.float64],
    statistic: Callable[[NDArray[np.float64]], float | None],
    alpha: float,
    raters: int,
) -> Agreement:
    items = len(table)
    rng = np.random.default_rng(SEED)
    drawn = [statistic(table[rng.integers(0, items, items)]) for _ in range(RESAMPLES)]
    defined = [value for value in drawn if value is not None]
    low = high = None
    if len(defined) >= RESAMPLES / 2:
        low, high = (float(value) for value in np.quantile(defined, [alpha / 2, 1 - alpha / 2]))
    warnings = []
    if len(defined) < RESAMPLES:
        warnings.append("So few items vary that some resamples had all ratings alike; they were left out.")
    if items < FEW_ITEMS:
        warnings.append(f"{items} items are few: the interval is approximate.")
    return Agreement(name, statistic(table), low, high, 1 - alpha, items, raters, tuple(warnings))
