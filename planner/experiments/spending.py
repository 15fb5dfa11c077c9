"""GPU-hours that runs used, from the results that came in. What a run does not say is unknown, not 0.

The one place where they are added up: lists, pages, budgets, memos and closed quarters all show these figures.
"""

import math
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

# A run is one arm with one seed in one phase. It gives a row for each metric and slice, with the hours of the whole run
# in each: it counts once. What people rated is no run: its items only stand where seeds stand elsewhere.
_RUNS: Final = """
SELECT r.experiment_id AS experiment, max(r.gpu_hours) AS hours
FROM result r JOIN result_batch b ON b.id = r.batch_id
WHERE (?1 IS NULL OR r.experiment_id = ?1) AND (?2 IS NULL OR b.at >= ?2) AND (?3 IS NULL OR b.at < ?3)
AND NOT EXISTS (SELECT 1 FROM rating g WHERE g.experiment_id = r.experiment_id AND g.metric = r.metric
  AND g.arm = r.arm AND g.item = r.seed)
GROUP BY r.experiment_id, r.arm, r.seed, r.phase
"""


@dataclass(frozen=True, slots=True)
class Spent:
    """GPU-hours of the runs that say theirs, how many these are, and how many do not say."""

    gpu_hours: float = 0.0
    known_runs: int = 0
    unknown_runs: int = 0

    @property
    def stated(self) -> float | None:
        """The GPU-hours; None where no run says any."""
        return self.gpu_hours if self.known_runs else None


NOTHING: Final = Spent()


def runs(
    db: sqlite3.Connection, experiment: int | None = None, first: date | None = None, last: date | None = None
) -> Iterator[tuple[int, float | None]]:
    """(experiment, GPU-hours; None where it does not say) of each run whose results came in from `first` to `last`."""
    span = (first.isoformat() if first else None, (last + timedelta(days=1)).isoformat() if last else None)
    for row in db.execute(_RUNS, (experiment, *span)):
        yield row["experiment"], row["hours"]


def spent_by_experiment(
    db: sqlite3.Connection, experiment: int | None = None, first: date | None = None, last: date | None = None
) -> dict[int, Spent]:
    """What each experiment's runs used, of those in `runs`; one without any has no entry."""
    hours: dict[int, list[float | None]] = {}
    for number, used in runs(db, experiment, first, last):
        hours.setdefault(number, []).append(used)
    return {number: _spent(used) for number, used in hours.items()}


def total(spendings: Iterable[Spent]) -> Spent:
    """Their sum."""
    listed = tuple(spendings)
    return Spent(
        math.fsum(each.gpu_hours for each in listed),
        sum(each.known_runs for each in listed),
        sum(each.unknown_runs for each in listed),
    )


def _spent(hours: Iterable[float | None]) -> Spent:
    listed = tuple(hours)
    known = [each for each in listed if each is not None]
    return Spent(math.fsum(known), len(known), len(listed) - len(known))
