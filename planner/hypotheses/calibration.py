"""How good the priors were: what was held before any test against what confirmatory verdicts said."""

import sqlite3
from dataclasses import dataclass

from planner.statistics.forecasts import Bin, Brier, brier, reliability


@dataclass(frozen=True, slots=True)
class Forecast:
    """A hypothesis's prior, and whether its newest decided confirmatory verdict supported it."""

    hypothesis_id: int
    statement: str
    prior: float
    came_true: bool
    verdict_id: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """`score` is None, and `table` empty, where nothing is decided yet. `undecided`: priors that still wait, or whose
    verdicts were inconclusive; `without_prior`: verdicts on hypotheses that had none."""

    n: int
    score: Brier | None
    table: tuple[Bin, ...]
    forecasts: tuple[Forecast, ...]
    undecided: int
    without_prior: int


def calibration(db: sqlite3.Connection) -> Calibration:
    """Priors against outcomes: supported is 1, refuted 0, whatever was decided by hand.

    A prior is never changed once a confirmatory verdict has come in, so none of these was touched up afterwards.
    """
    rows = db.execute(
        "SELECT h.id, h.statement, h.prior, v.state, v.id AS verdict_id FROM hypothesis h LEFT JOIN verdict v ON v.id ="
        " (SELECT max(w.id) FROM verdict w WHERE w.hypothesis_id = h.id AND w.exploratory = 0"
        " AND w.state IN ('supported', 'refuted')) ORDER BY h.id"
    ).fetchall()
    forecasts = tuple(
        Forecast(row["id"], row["statement"], row["prior"], row["state"] == "supported", row["verdict_id"])
        for row in rows
        if row["prior"] is not None and row["verdict_id"] is not None
    )
    pairs = [(each.prior, each.came_true) for each in forecasts]
    return Calibration(
        n=len(pairs),
        score=brier(pairs),
        table=reliability(pairs),
        forecasts=forecasts,
        undecided=sum(row["prior"] is not None and row["verdict_id"] is None for row in rows),
        without_prior=sum(row["prior"] is None and row["verdict_id"] is not None for row in rows),
    )
