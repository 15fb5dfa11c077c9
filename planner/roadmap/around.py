"""One experiment among the others: what it needs first, what waits for it, in which weeks it was picked; and what
another budget would do to it.
"""

import json
import sqlite3
from dataclasses import dataclass
from typing import Literal

from planner.experiments.model import State
from planner.roadmap.candidates import Candidate, candidate, label
from planner.roadmap.model import Entry, QuarterPlan
from planner.roadmap.scoring import Stored

Effect = Literal["comes in", "falls out", "stays in", "stays out", "no plan"]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An experiment that comes before or after. `title` and `state` are None where it is not there any more."""

    number: int
    title: str | None
    state: State | None

    @property
    def id(self) -> str:
        """ "E-12"."""
        return label(self.number)


@dataclass(frozen=True, slots=True)
class Around:
    """`stored`: the newest stored score, so that it need not be reckoned again. `weeks` in which it was picked."""

    candidate: Candidate
    stored: Stored
    needs: tuple[Neighbour, ...]
    needed_by: tuple[Neighbour, ...]
    weeks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Other:
    """What another budget would do to an experiment. `factor` of the quarter's GPU-hours, which come to `gpu_hours`."""

    factor: float
    gpu_hours: float
    effect: Effect


def around(db: sqlite3.Connection, number: int) -> Around:
    """Read it. Raises NotFound."""
    one = candidate(db, number)
    row = db.execute(
        "SELECT id, formula, inputs, outputs FROM score WHERE experiment_id = ? ORDER BY id DESC LIMIT 1", (number,)
    ).fetchone()
    after = db.execute(
        "SELECT e.id, e.title, e.state FROM experiment e, json_each(e.prerequisites) p WHERE p.value = ? ORDER BY e.id",
        (number,),
    ).fetchall()
    weeks = db.execute("SELECT week FROM week WHERE experiment_id = ? ORDER BY week", (number,)).fetchall()
    return Around(
        candidate=one,
        stored={} if row is None else {number: (row["id"], row["formula"], row["inputs"], row["outputs"])},
        needs=_named(db, one.prerequisites),
        needed_by=tuple(Neighbour(each["id"], each["title"], each["state"]) for each in after),
        weeks=tuple(each["week"] for each in weeks),
    )


def at_other_budgets(plan: QuarterPlan, entry: Entry) -> tuple[Other, ...]:
    """What the budgets that were tried when the quarter was planned would do to one of its experiments."""
    found = []
    for change in plan.details.get("budgets", []):
        effect: Effect = "stays in" if entry.chosen else "stays out"
        if change["impossible"]:
            effect = "no plan"
        elif entry.id in change["enters"]:
            effect = "comes in"
        elif entry.id in change["leaves"]:
            effect = "falls out"
        found.append(Other(change["factor"], change["gpu_hours"], effect))
    return tuple(found)


def _named(db: sqlite3.Connection, numbers: tuple[int, ...]) -> tuple[Neighbour, ...]:
    rows = db.execute(
        "SELECT id, title, state FROM experiment WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(numbers),)
    ).fetchall()
    there = {row["id"]: row for row in rows}
    return tuple(
        Neighbour(number, there[number]["title"], there[number]["state"])
        if number in there
        else Neighbour(number, None, None)
        for number in numbers
    )
