"""A quarter's plan: the most valuable set of experiments that the budget allows, proven optimal.

    maximise    Σ value·x                      x = 1: the experiment is in
    subject to  Σ gpu_hours·x   ≤ GPU-hours of the budget
                Σ people_days·x ≤ people-days of the budget
                x of an experiment ≤ x of each prerequisite that is not done yet
                Σ x ≤ 1                        in each group of experiments that exclude each other
                Σ over exploration of gpu_hours·x ≥ floor · Σ gpu_hours·x
                x = 1 locked in, x = 0 vetoed

The floor is a share of the GPU-hours that the plan uses, not of the budget, so that it is linear and an empty plan
keeps it. An item without a value, or worth nothing, comes in only where it is locked in or something that is in needs
it. An item whose cost is not known cannot come in. The solver sees the items by id: the same items give the same plan,
in whatever order they come, also where several plans are worth the same.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from library.errors import UsageError
from planner.prioritisation.conflicts import PlanImpossible, conflict
from planner.prioritisation.critical_path import topological_order
from planner.prioritisation.solver import Row, maximise

__all__ = ["Budget", "Item", "Plan", "PlanImpossible", "attempt", "checked", "rows_of", "solve"]

Stage = Literal["exploration", "transfer-ready"]
Lock = Literal["in", "out"]


@dataclass(frozen=True, slots=True)
class Item:
    """An experiment that may be planned. None in value, gpu_hours or people_days: not known.

    `prerequisites` are ids of other items or of what is done; of the items of one `group` at most one comes in.
    """

    id: str
    value: float | None
    gpu_hours: float | None
    people_days: float | None = None
    prerequisites: tuple[str, ...] = ()
    group: str | None = None
    kind: Stage = "exploration"
    lock: Lock | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be used. `people_days` None: people-days are no limit. `exploration_floor`: a share from 0 to 1."""

    gpu_hours: float
    people_days: float | None = None
    exploration_floor: float = 0.0

    def __post_init__(self) -> None:
        for name, amount in (("GPU-hours", self.gpu_hours), ("people-days", self.people_days)):
            if amount is not None and not (math.isfinite(amount) and amount >= 0):
                raise UsageError(f"A budget of {amount:g} {name} cannot be planned.", mend="State a number from 0 up.")
        if not 0 <= self.exploration_floor <= 1:
            raise UsageError(
                f"The floor for exploration is a share from 0 to 1, not {self.exploration_floor:g}.",
                mend="15 % is 0.15.",
            )


@dataclass(frozen=True, slots=True)
class Plan:
    """What is in, by id, and what it comes to.

    `people_days` None: not known of everything that is in. `exploration_share` of the GPU-hours used; None where none
    are. `optimal`: proven; `bound`: no plan can be worth more; `gap`: (bound − value) / bound.
    """

    budget: Budget
    selected: tuple[str, ...]
    value: float
    gpu_hours: float
    people_days: float | None
    exploration_share: float | None
    optimal: bool
    bound: float
    gap: float
    status: str


def solve(
    items: Sequence[Item], budget: Budget, *, done: Collection[str] = (), time_limit: float | None = None
) -> Plan:
    """The best plan. `done`: ids that satisfy who needs them. Past `time_limit` seconds the best so far, not `optimal`.

    Raises UsageError for a prerequisite that is unknown or goes round in a circle, and PlanImpossible (naming what
    excludes what) where the locked-in items cannot all be in.
    """
    plan = attempt(items, budget, done=done, time_limit=time_limit)
    if plan is None:
        ordered = checked(items, done)
        raise conflict(rows_of(ordered, budget, done), len(ordered))
    return plan


def attempt(
    items: Sequence[Item], budget: Budget, *, done: Collection[str] = (), time_limit: float | None = None
) -> Plan | None:
    """As `solve`; None instead of an explanation where the locked-in items cannot all be in."""
    ordered = checked(items, done)
    values = [item.value or 0.0 for item in ordered]
    solution = maximise(values, rows_of(ordered, budget, done), time_limit=time_limit)
    if solution is None:
        return None
    chosen = [item for item, taken in zip(ordered, solution.taken, strict=True) if taken]
    days = [item.people_days for item in chosen]
    hours = math.fsum(item.gpu_hours or 0.0 for item in chosen)
    exploring = math.fsum(item.gpu_hours or 0.0 for item in chosen if item.kind == "exploration")
    return Plan(
        budget=budget,
        selected=tuple(item.id for item in chosen),
        value=math.fsum(item.value or 0.0 for item in chosen),
        gpu_hours=hours,
        people_days=None if None in days else math.fsum(day for day in days if day is not None),
        exploration_share=exploring / hours if hours else None,
        optimal=solution.optimal,
        bound=solution.bound,
        gap=solution.gap,
        status=solution.status,
    )


def checked(items: Sequence[Item], done: Collection[str] = ()) -> tuple[Item, ...]:
    """The items that are not done, by id. Raises UsageError for what cannot be planned at all."""
    ordered = sorted((item for item in items if item.id not in done), key=lambda item: item.id)
    for before, after in pairwise(ordered):
        if before.id == after.id:
            raise UsageError(f"{after.id} is there twice.", mend="Give each experiment an id of its own.")
    for item in ordered:
        for what, number in (("value", item.value), ("GPU-hours", item.gpu_hours), ("people-days", item.people_days)):
            if number is not None and not math.isfinite(number):
                raise UsageError(f"The {what} of {item.id} are no finite number.")
        for what, number in (("GPU-hours", item.gpu_hours), ("people-days", item.people_days)):
            if number is not None and number < 0:
                raise UsageError(f"The {what} of {item.id} are negative.", mend="State a number from 0 up.")
    topological_order({item.id: item.prerequisites for item in ordered}, done)
    return tuple(ordered)


def rows_of(items: Sequence[Item], budget: Budget, done: Collection[str] = ()) -> tuple[Row, ...]:
    """The constraints, over the positions of `items`. Only rows with a text may be named as being in the way."""
    at = {item.id: number for number, item in enumerate(items)}
    rows = []
    groups: dict[str, list[int]] = {}
    needed_by: dict[int, list[int]] = {}
    for number, item in enumerate(items):
        if item.lock == "in":
            rows.append(Row(f"{item.id} is locked in", {number: 1.0}, low=1.0))
        if item.lock == "out":
            rows.append(Row(f"{item.id} is vetoed", {number: 1.0}, high=0.0))
        if item.gpu_hours is None:
            rows.append(Row(f"the GPU-hours of {item.id} are not known", {number: 1.0}, high=0.0))
        elif budget.people_days is not None and item.people_days is None:
            rows.append(Row(f"the people-days of {item.id} are not known", {number: 1.0}, high=0.0))
        if item.group is not None:
            groups.setdefault(item.group, []).append(number)
        for needed in sorted(set(item.prerequisites) - set(done)):
            rows.append(Row(f"{item.id} needs {needed}", {number: 1.0, at[needed]: -1.0}, high=0.0))
            needed_by.setdefault(at[needed], []).append(number)
    for name, members in sorted(groups.items()):
        if len(members) > 1:
            text = f"only one of {', '.join(items[number].id for number in members)} (group {name})"
            rows.append(Row(text, dict.fromkeys(members, 1.0), high=1.0))
    hours = {number: item.gpu_hours for number, item in enumerate(items) if item.gpu_hours}
    rows.append(Row(f"{budget.gpu_hours:,g} GPU-hours", hours, high=budget.gpu_hours, budget=True))
    if budget.people_days is not None:
        days = {number: item.people_days for number, item in enumerate(items) if item.people_days}
        rows.append(Row(f"{budget.people_days:,g} people-days", days, high=budget.people_days, budget=True))
    floor = budget.exploration_floor
    if floor > 0:
        share = {n: amount * ((items[n].kind == "exploration") - floor) for n, amount in hours.items()}
        text = f"at least {100 * floor:g} % of the GPU-hours on exploration"
        rows.append(Row(text, {number: weight for number, weight in share.items() if weight}, low=0.0))
    for number, item in enumerate(items):
        if (item.value is None or item.value <= 0) and item.lock != "in":
            needing = needed_by.get(number, ())
            rows.append(Row("", {number: 1.0, **dict.fromkeys(needing, -1.0)}, high=0.0))
    return tuple(rows)
