"""How many comparisons were judged in a quarter: the more there are, the more come out against chance alone."""

import json
import math
import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from library.quarter import quarter_of
from planner.experiments.model import Phase
from planner.experiments.rules import Comparison

SAID_FROM: Final = 5  # comparisons; fewer are not worth a sentence


@dataclass(frozen=True, slots=True)
class Tally:
    """`comparisons`: those of the quarter so far, this one among them; `new`: it was not judged in it before.

    `alphas`: the α that each was planned with, the smallest and the largest. `false_alarms`: their sum. Every
    comparison's own test errs with at most its α where nothing is there, and expectations add up whether or not
    comparisons depend on each other: so many false alarms at most are expected were no effect real in any of them.
    """

    quarter: str
    comparisons: int
    new: bool
    alphas: tuple[float, float]
    false_alarms: float

    @property
    def said(self) -> str:
        """A sentence for whoever reads the verdict; empty where there are few."""
        if self.comparisons < SAID_FROM:
            return ""
        count, low, high = f"{self.comparisons:,}", *self.alphas
        which = (
            f"This is the {_ordinal(self.comparisons)} comparison judged in {self.quarter}"
            if self.new
            else f"This is one of {count} comparisons judged in {self.quarter}"
        )
        alpha = f"α {low:g}" if low == high else f"α {low:g} to {high:g}"
        return (
            f"{which}; at {alpha}, were no effect real in any of them, up to {self.false_alarms:.2g} of the {count} "
            "would be expected to come out against chance alone."
        )

    @property
    def record(self) -> dict[str, Any]:
        """As the verdict's details keep it."""
        return {"quarter": self.quarter, "comparisons": self.comparisons, "false_alarms_at_most": self.false_alarms}


def tally(db: sqlite3.Connection, asked: Comparison, phase: Phase, alpha: float, today: date, month: int) -> Tally:
    """The distinct comparisons with a confirmatory verdict in the fiscal quarter that holds `today`, and this one.

    Offline and online are two comparisons; a planned look and the end are one.
    """
    quarter = quarter_of(today, month)
    after = quarter.end(month) + timedelta(days=1)
    rows = db.execute(
        "SELECT experiment_id, treatment, baseline, details FROM verdict WHERE exploratory = 0 AND at >= ? AND at < ?",
        (quarter.start(month).isoformat(), after.isoformat()),
    ).fetchall()
    found: dict[tuple[int, str, str, str], float] = {}
    for row in rows:
        details = json.loads(row["details"])
        key = (row["experiment_id"], row["treatment"], row["baseline"], details.get("phase", "offline"))
        found[key] = max(found.get(key, 0.0), (details.get("rule") or {}).get("alpha", 0.05))
    own = (asked.experiment_id, asked.treatment, asked.baseline, phase)
    new = own not in found
    found[own] = max(found.get(own, 0.0), alpha)
    alphas = found.values()
    return Tally(str(quarter), len(found), new, (min(alphas), max(alphas)), math.fsum(alphas))


def _ordinal(number: int) -> str:
    last = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{last}"
