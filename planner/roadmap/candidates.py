"""Experiments as a plan sees them: what they cost and may bring, what they wait for, what they have used."""

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from library.errors import NotFound
from planner.experiments.model import State
from planner.experiments.spending import NOTHING, Spent, spent_by_experiment
from planner.prioritisation.inputs import Inputs
from planner.prioritisation.portfolio import Stage

# What is under way is in, what is over is not planned; the rest may be chosen.
UNDER_WAY: Final[tuple[State, ...]] = ("running", "analysing")
OVER: Final[tuple[State, ...]] = ("done", "dropped")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An experiment. `paired`: whether arms share seeds, so that the paired test decides. `days`: how long it takes.

    `start`: the earliest day; `spent`: what its runs have used so far.
    """

    number: int
    title: str
    state: State
    kind: Stage
    hypothesis: int | None
    owner: str | None
    inputs: Inputs
    paired: bool
    prerequisites: tuple[int, ...]
    group: str | None
    start: str | None
    days: float | None
    spent: Spent

    @property
    def id(self) -> str:
        """ "E-12"."""
        return label(self.number)

    @property
    def days_left(self) -> float | None:
        """Of what is under way, the part of its days that its GPU-hours leave, where both are known."""
        whole = self.inputs.gpu_hours(self.inputs.seeds)
        if self.days is None or self.state not in UNDER_WAY or not whole:
            return self.days
        return self.days * max(0.0, whole - self.spent.gpu_hours) / whole


def label(number: int) -> str:
    """ "E-12"."""
    return f"E-{number}"


def numbers_of(labels: Collection[str]) -> tuple[int, ...]:
    """[12] of ["E-12"]."""
    return tuple(int(each.removeprefix("E-")) for each in labels)


_SELECT = """
SELECT e.*, h.payoff AS h_payoff, h.loss AS h_loss, h.delta AS h_delta,
       coalesce((SELECT value FROM belief b WHERE b.hypothesis_id = h.id ORDER BY b.id DESC LIMIT 1), h.prior) AS belief
FROM experiment e LEFT JOIN hypothesis h ON h.id = e.hypothesis_id
"""


def candidates(db: sqlite3.Connection) -> tuple[Candidate, ...]:
    """Every experiment, by number."""
    spent = spent_by_experiment(db)
    return tuple(_candidate(row, spent.get(row["id"], NOTHING)) for row in db.execute(f"{_SELECT} ORDER BY e.id"))


def candidate(db: sqlite3.Connection, number: int) -> Candidate:
    """One experiment. Raises NotFound."""
    row = db.execute(f"{_SELECT} WHERE e.id = ?", (number,)).fetchone()
    if row is None:
        raise NotFound(f"There is no experiment {label(number)}.", mend="labtop experiment list shows them.")
    return _candidate(row, spent_by_experiment(db, number).get(number, NOTHING))


def _candidate(row: sqlite3.Row, spent: Spent) -> Candidate:
    return Candidate(
        number=row["id"],
        title=row["title"],
        state=row["state"],
        kind=row["kind"],
        hypothesis=row["hypothesis_id"],
        owner=row["owner"],
        inputs=_inputs(row),
        paired=row["pairing"] == "seed",
        prerequisites=tuple(json.loads(row["prerequisites"] or "[]")),
        group=row["exclusive_group"],
        start=row["start"],
        days=row["days"],
        spent=spent,
    )


def _inputs(row: sqlite3.Row) -> Inputs:
    def own(name: str) -> Any:
        return row[name] if row[name] is not None else row[f"h_{name}"]

    return Inputs.stated(
        prior=row["belief"],
        payoff=own("payoff"),
        loss=own("loss"),
        delta=own("delta"),
        sd=row["sigma"],
        seeds=row["seeds"],
        alpha=row["alpha"],
        gpu_hours_fixed=row["gpu_hours"],
        gpu_hours_per_seed=row["gpu_hours_per_seed"],
        people_days=row["people_days"],
        reach=row["reach"],
        impact=row["impact"],
        confidence=row["confidence"],
        effort=row["effort"],
        time_criticality=row["urgency"],
    )
