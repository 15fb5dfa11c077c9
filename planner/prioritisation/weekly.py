"""This week's experiments: what is carried over first, then what of the quarter's plan is ready and fits.

An experiment of several weeks uses a week's part of its hours: hours · 7 / days, where its days are known. It may begin
once all that it needs is done and its earliest day falls in the week at the latest. Of those, the set that unlocks most
is taken (solved exactly, as the quarter is): the value of an experiment here is its own and that of everything planned
that waits for it. What unlocks nothing fills what is left, by id.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from library.errors import UsageError
from planner.prioritisation.critical_path import topological_order
from planner.prioritisation.portfolio import Budget, Item, solve
from planner.prioritisation.sentence import amount, short

Place = Literal["carried", "picked", "waiting"]
_ROUNDING: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Planned:
    """An experiment of the quarter's plan. GPU-hours, people-days and days are what is left of it; None: not known."""

    id: str
    value: float | None
    gpu_hours: float | None
    people_days: float | None = None
    days: float | None = None
    prerequisites: tuple[str, ...] = ()
    earliest: date | None = None

    def part(self, whole: float | None) -> float | None:
        """A week's part of an amount."""
        if whole is None or self.days is None or self.days <= 7:
            return whole
        return whole * 7 / self.days


@dataclass(frozen=True, slots=True)
class Entry:
    """An experiment in this week: its part of the hours and days, what it unlocks, and why it stands where it does."""

    id: str
    place: Place
    gpu_hours: float | None
    people_days: float | None
    unlocks: float
    text: str


@dataclass(frozen=True, slots=True)
class Week:
    """Entries carried over first, then those picked (most unlocking first), then those that wait.

    `gpu_hours` and `people_days` are what the first two use, as far as it is known; `over_gpu_hours` and
    `over_people_days` by how much what is carried over alone exceeds what is free. `said` puts this in sentences.
    """

    start: date
    entries: tuple[Entry, ...]
    gpu_hours: float
    people_days: float
    over_gpu_hours: float
    over_people_days: float
    said: tuple[str, ...]


def week(
    planned: Sequence[Planned],
    start: date,
    *,
    gpu_hours: float,
    people_days: float | None = None,
    carried: Collection[str] = (),
    done: Collection[str] = (),
) -> Week:
    """The week that begins on `start`, with so many GPU-hours and people-days free (None: people-days are no limit).

    `carried`: ids begun and not finished; they are in whatever they need. Raises UsageError for an id that is not
    planned, and for what the quarter's plan refuses (an unknown prerequisite, a circle).
    """
    open_ones = {one.id: one for one in planned if one.id not in done}
    if unknown := sorted(set(carried) - open_ones.keys() - set(done)):
        raise UsageError(f"{unknown[0]} is carried over and not in the plan.", mend="Correct the id, or plan it.")
    unlocks = _unlocks(open_ones, done)
    held = [name for name in sorted(carried) if name in open_ones]
    entries = [_entry(open_ones[name], "carried", unlocks, "carried over from last week") for name in held]
    used_hours = math.fsum(entry.gpu_hours or 0.0 for entry in entries)
    used_days = math.fsum(entry.people_days or 0.0 for entry in entries)
    free_hours = max(0.0, gpu_hours - used_hours)
    free_days = None if people_days is None else max(0.0, people_days - used_days)
    waits = {name: _waits_for(one, start, people_days, done) for name, one in open_ones.items() if name not in held}
    ready = [open_ones[name] for name in sorted(waits) if not waits[name]]
    picked = _picked(ready, unlocks, free_hours, free_days)
    entries += [_entry(one, "picked", unlocks, _worth(one, unlocks)) for one in picked]
    in_hours = math.fsum(entry.gpu_hours or 0.0 for entry in entries)
    in_days = math.fsum(entry.people_days or 0.0 for entry in entries)
    for name in sorted(waits, key=lambda name: (bool(waits[name]), -unlocks[name], name)):
        one = open_ones[name]
        if one not in picked:
            left_days = None if people_days is None else people_days - in_days
            text = waits[name] or _does_not_fit(one, gpu_hours - in_hours, left_days)
            entries.append(_entry(one, "waiting", unlocks, text))
    over_days = 0.0 if people_days is None else max(0.0, used_days - people_days)
    over_hours = max(0.0, used_hours - gpu_hours)
    said = _said(entries, over_hours, over_days)
    return Week(start, tuple(entries), in_hours, in_days, over_hours, over_days, said)


def _unlocks(open_ones: Mapping[str, Planned], done: Collection[str]) -> dict[str, float]:
    """Own value and that of all that waits for it, each counted once."""
    needs = {name: [need for need in one.prerequisites if need in open_ones] for name, one in open_ones.items()}
    order = topological_order({name: one.prerequisites for name, one in open_ones.items()}, done)
    behind: dict[str, set[str]] = {name: {name} for name in order}
    for name in reversed(order):
        for need in needs[name]:
            behind[need] |= behind[name]
    return {name: math.fsum(open_ones[other].value or 0.0 for other in sorted(behind[name])) for name in order}


def _waits_for(one: Planned, start: date, people_days: float | None, done: Collection[str]) -> str:
    """Why it cannot begin this week; empty where it can."""
    if open_needs := sorted(set(one.prerequisites) - set(done)):
        return f"waits for {', '.join(open_needs)}"
    if one.earliest is not None and one.earliest >= start + timedelta(days=7):
        return f"not before {one.earliest.isoformat()}"
    missing = ["GPU-hours"] if one.gpu_hours is None else []
    if people_days is not None and one.people_days is None:
        missing.append("people-days")
    return f"needs input: {', '.join(missing)}" if missing else ""


def _picked(
    ready: Sequence[Planned], unlocks: Mapping[str, float], free_hours: float, free_days: float | None
) -> list[Planned]:
    """The set that unlocks most, then what unlocks nothing and still fits."""
    items = [Item(one.id, unlocks[one.id], one.part(one.gpu_hours), one.part(one.people_days)) for one in ready]
    plan = solve(items, Budget(free_hours, free_days))
    picked = sorted((one for one in ready if one.id in plan.selected), key=lambda one: (-unlocks[one.id], one.id))
    hours = free_hours - plan.gpu_hours
    days = math.inf if free_days is None else free_days - (plan.people_days or 0.0)
    for one in ready:
        needs_hours, needs_days = one.part(one.gpu_hours) or 0.0, one.part(one.people_days) or 0.0
        if one not in picked and unlocks[one.id] <= 0 and needs_hours <= hours and needs_days <= days:
            picked.append(one)
            hours -= needs_hours
            days -= needs_days
    return picked


def _entry(one: Planned, place: Place, unlocks: Mapping[str, float], text: str) -> Entry:
    return Entry(one.id, place, one.part(one.gpu_hours), one.part(one.people_days), unlocks[one.id], text)


def _worth(one: Planned, unlocks: Mapping[str, float]) -> str:
    total = unlocks[one.id]
    if total <= 0:
        return "fills what is left"
    others = total - (one.value or 0.0)
    return (
        f"unlocks {short(total)}, {short(others)} of it in what waits for it" if others > 0 else f"worth {short(total)}"
    )


def _does_not_fit(one: Planned, free_hours: float, free_days: float | None) -> str:
    lacking = [(one.part(one.gpu_hours) or 0.0) - max(0.0, free_hours)]
    units = ["GPU-h"]
    if free_days is not None:
        lacking.append((one.part(one.people_days) or 0.0) - max(0.0, free_days))
        units.append("people-days")
    parts = [f"{amount(lack)} {unit}" for lack, unit in zip(lacking, units, strict=True) if lack > 0]
    return f"does not fit: {' and '.join(parts)} short"


def _said(entries: Sequence[Entry], over_hours: float, over_days: float) -> tuple[str, ...]:
    over = [
        f"{amount(excess)} {unit}"
        for excess, unit in ((over_hours, "GPU-h"), (over_days, "people-days"))
        if excess > _ROUNDING
    ]
    said = []
    if over:
        said.append(
            f"What is carried over alone exceeds what is free, by {' and '.join(over)}: nothing that needs them begins."
        )
    unknown = [entry.id for entry in entries if entry.place == "carried" and entry.gpu_hours is None]
    if unknown:
        said.append(f"The GPU-hours left of {', '.join(unknown)} are not known and are not counted.")
    return tuple(said)
