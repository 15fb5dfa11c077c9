"""GPU-hours that runs used, from the results that came in. What a result does not say is unknown, not 0."""

import math
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

# A run gives one row for each metric and slice, with the hours of the whole run in each: it counts once.
_RUNS = """
SELECT r.experiment_id AS experiment, max(r.gpu_hours) AS hours
FROM result r JOIN result_batch b ON b.id = r.batch_id
WHERE (?1 IS NULL OR r.experiment_id = ?1) AND (?2 IS NULL OR b.at >= ?2) AND (?3 IS NULL OR b.at < ?3)
GROUP BY r.experiment_id, r.arm, r.seed, r.phase
"""


@dataclass(frozen=True, slots=True)
class Spent:
    """GPU-hours that are known, and how many runs do not say theirs."""

    gpu_hours: float
    unknown_runs: int


NOTHING: Final = Spent(0.0, 0)


def spent_by_experiment(
    db: sqlite3.Connection,
    experiment: int | None = None,
    first: date | None = None,
    last: date | None = None,
) -> dict[int, Spent]:
    """What each experiment's runs used, by results that came in from `first` to `last`; without results, no entry."""
    span = (first.isoformat() if first else None, (last + timedelta(days=1)).isoformat() if last else None)
    found: dict[int, Spent] = {}
    for row in db.execute(_RUNS, (experiment, *span)):
        before = found.get(row["experiment"], NOTHING)
        known = row["hours"] is not None
        hours = row["hours"] if known else 0.0
        found[row["experiment"]] = Spent(before.gpu_hours + hours, before.unknown_runs + (not known))
    return found


def total(spendings: Iterable[Spent]) -> Spent:
    """Their sum."""
    listed = tuple(spendings)
    return Spent(math.fsum(each.gpu_hours for each in listed), sum(each.unknown_runs for each in listed))
