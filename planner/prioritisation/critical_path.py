"""Experiments that wait for each other, in time: order, earliest days, slack, and the chain that sets the end.

Kelley, Walker: Critical-path planning and scheduling, 1959. Times are days from the start of the plan; whether a day is
a working day is the caller's convention.
"""

import heapq
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from library.errors import UsageError

_SAME: Final = 1e-9  # days: sums taken in another order differ by less


@dataclass(frozen=True, slots=True)
class Task:
    """An experiment of so many days (None: not known), which may not begin before `earliest`."""

    id: str
    days: float | None
    prerequisites: tuple[str, ...] = ()
    earliest: float = 0.0


@dataclass(frozen=True, slots=True)
class Timing:
    """When a task can begin and end at the earliest, and by how many days it may slip without moving the end.

    None: it hangs on a duration that is not known.
    """

    id: str
    start: float | None
    finish: float | None
    slack: float | None
    critical: bool


@dataclass(frozen=True, slots=True)
class Schedule:
    """`timings` in an order in which nothing comes before what it needs. `days`: until the last known end.

    `unknown`: tasks without a duration. Where there are any, the end is at least `days`, slack is within what is known,
    and the critical path is that of the known part.
    """

    timings: tuple[Timing, ...]
    days: float
    critical_path: tuple[str, ...]
    unknown: tuple[str, ...]


def topological_order(prerequisites: Mapping[str, Collection[str]], done: Collection[str] = ()) -> tuple[str, ...]:
    """Ids so that each comes after all that it needs, the lower id first where there is a choice.

    What is in `done` is satisfied. Raises UsageError that names an unknown prerequisite, or a circle.
    """
    waits: dict[str, int] = {}
    needed_by: dict[str, list[str]] = {}
    for name, needs in sorted(prerequisites.items()):
        open_needs = set(needs) - set(done)
        if unknown := sorted(open_needs - prerequisites.keys()):
            raise UsageError(
                f"{name} needs {unknown[0]}, which is not there.", mend="Correct the id, or leave the prerequisite out."
            )
        waits[name] = len(open_needs)
        for needed in open_needs:
            needed_by.setdefault(needed, []).append(name)
    ready = [name for name, count in waits.items() if not count]
    heapq.heapify(ready)
    order = []
    while ready:
        name = heapq.heappop(ready)
        order.append(name)
        for after in needed_by.get(name, ()):
            waits[after] -= 1
            if not waits[after]:
                heapq.heappush(ready, after)
    if len(order) < len(waits):
        circle = _circle(prerequisites, set(waits) - set(order))
        raise UsageError(
            f"These wait for each other: {' needs '.join(circle)}.", mend="Take one of these prerequisites away."
        )
    return tuple(order)


def _circle(prerequisites: Mapping[str, Collection[str]], among: set[str]) -> list[str]:
    """A circle among tasks each of which needs another of them: its first id is its lowest, and ends it too."""
    path, name = [], min(among)
    while name not in path:
        path.append(name)
        name = min(set(prerequisites[name]) & among)
    circle = path[path.index(name) :]
    lowest = circle.index(min(circle))
    return [*circle[lowest:], *circle[:lowest], circle[lowest]]


def schedule(tasks: Sequence[Task], done: Collection[str] = ()) -> Schedule:
    """Earliest times, slack and critical path of the tasks that are not done.

    Raises UsageError for a negative or endless duration, an unknown prerequisite, an id given twice, or a circle.
    """
    by_id = {task.id: task for task in tasks if task.id not in done}
    if len(by_id) < sum(task.id not in done for task in tasks):
        raise UsageError("An id is there twice.", mend="Give each task an id of its own.")
    for task in by_id.values():
        if task.days is not None and not (math.isfinite(task.days) and task.days >= 0):
            raise UsageError(f"{task.id} cannot take {task.days:g} days.", mend="State a number of days from 0 up.")
    order = topological_order({task.id: task.prerequisites for task in by_id.values()}, done)
    needs = {name: [need for need in by_id[name].prerequisites if need in by_id] for name in order}
    start, finish = _forward(order, by_id, needs)
    days = max((end for end in finish.values() if end is not None), default=0.0)
    latest = _backward(order, by_id, needs, finish, days)
    timings = []
    for name in order:
        begins, ends = start[name], finish[name]
        slack = None if begins is None or ends is None else max(0.0, latest[name] - ends)
        timings.append(Timing(name, begins, ends, slack, slack is not None and slack <= _SAME))
    path = _critical_path(by_id, needs, start, finish, days)
    return Schedule(tuple(timings), days, path, tuple(name for name in order if by_id[name].days is None))


_Times = dict[str, float | None]


def _forward(order: Sequence[str], by_id: Mapping[str, Task], needs: Mapping[str, list[str]]) -> tuple[_Times, _Times]:
    start: _Times = {}
    finish: _Times = {}
    for name in order:
        task, before = by_id[name], [finish[need] for need in needs[name]]
        known = [end for end in before if end is not None]
        start[name] = max([task.earliest, *known]) if len(known) == len(before) else None
        begins = start[name]
        finish[name] = None if begins is None or task.days is None else begins + task.days
    return start, finish


def _backward(
    order: Sequence[str], by_id: Mapping[str, Task], needs: Mapping[str, list[str]], finish: _Times, days: float
) -> dict[str, float]:
    """The latest day on which each known task may end without moving the last known end."""
    latest = dict.fromkeys(order, days)
    for name in reversed(order):
        task = by_id[name]
        if finish[name] is None or task.days is None:
            continue
        for need in needs[name]:
            latest[need] = min(latest[need], latest[name] - task.days)
    return latest


def _critical_path(
    by_id: Mapping[str, Task], needs: Mapping[str, list[str]], start: _Times, finish: _Times, days: float
) -> tuple[str, ...]:
    """One chain from a task that nothing known holds up to the last end; the lower id where several are."""
    ends = sorted(name for name, end in finish.items() if end is not None and days - end <= _SAME)
    if not ends:
        return ()
    path = [ends[0]]
    while True:
        begins = start[path[-1]]
        held_by = sorted(
            need
            for need in needs[path[-1]]
            if (end := finish[need]) is not None and begins is not None and begins - end <= _SAME
        )
        if not held_by:
            return tuple(reversed(path))
        path.append(held_by[0])
