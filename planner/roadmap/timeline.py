"""A quarter on a line of days: when each experiment can begin and end at the earliest, and what sets the end.

Days are calendar days. What is open begins today at the earliest (in a quarter to come: on its first day); what has
begun or is over stands where its moves say.
"""

import math
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from library.quarter import Quarter
from library.settings import ProgrammeSettings
from planner.experiments.model import State
from planner.prioritisation.critical_path import Schedule, Task, schedule
from planner.roadmap.candidates import OVER, UNDER_WAY, Candidate, candidates, label
from planner.roadmap.model import QuarterPlan
from planner.roadmap.plans import current


@dataclass(frozen=True, slots=True)
class Bar:
    """An experiment's days, first and last included. None: not known, or hangs on a duration that nobody stated.

    `slack`: days by which it may slip without moving the end. `late`: its last day lies beyond the quarter.
    """

    experiment: int
    title: str
    state: State
    start: date | None
    finish: date | None
    days: float | None
    slack: float | None
    critical: bool
    late: bool
    prerequisites: tuple[int, ...]

    @property
    def id(self) -> str:
        """ "E-12"."""
        return label(self.experiment)


@dataclass(frozen=True, slots=True)
class Timeline:
    """`bars` in an order in which nothing comes before what it needs. `today` is None outside the quarter.

    `end`: the last known last day, None where there is none; `unknown`: experiments without a duration.
    """

    quarter: str
    first: date
    last: date
    today: date | None
    bars: tuple[Bar, ...]
    critical_path: tuple[int, ...]
    end: date | None
    unknown: tuple[int, ...]


def timeline(db: sqlite3.Connection, settings: ProgrammeSettings, quarter: Quarter, today: date) -> Timeline:
    """What is in the quarter's plan (the closed, else the adopted, else the draft); without a plan, no bars."""
    plan = current(db, quarter)
    first, last = quarter.start(settings.fiscal_month), quarter.end(settings.fiscal_month)
    everything = {each.number: each for each in candidates(db)}
    return laid_out(plan, everything, _moved_on(db), str(quarter), first, last, today)


def laid_out(
    plan: QuarterPlan | None,
    everything: Mapping[int, Candidate],
    moved: Mapping[tuple[int, State], date],
    quarter: str,
    first: date,
    last: date,
    today: date,
) -> Timeline:
    """The bars. `moved`: the day on which an experiment last entered a state."""
    origin = max(first, today)
    chosen = [everything[entry.experiment] for entry in plan.chosen] if plan is not None else []
    open_ones = [one for one in chosen if one.state not in OVER]
    found = _schedule(open_ones, everything, origin)
    bars = [_past(one, moved, last) for one in chosen if one.state in OVER]
    timings = {timing.id: timing for timing in found.timings}
    by_id = {one.id: one for one in open_ones}
    for name in (timing.id for timing in found.timings if timing.id in by_id):
        one, timing = by_id[name], timings[name]
        begun = moved.get((one.number, "running")) or moved.get((one.number, "analysing"))
        start = None if timing.start is None else origin + timedelta(days=math.floor(timing.start + 1e-9))
        finish = None if timing.finish is None else _last_day(origin, timing.finish)
        bars.append(
            Bar(
                experiment=one.number,
                title=one.title,
                state=one.state,
                start=begun if one.state in UNDER_WAY and begun is not None else start,
                finish=finish,
                days=one.days,
                slack=timing.slack,
                critical=timing.critical,
                late=finish is not None and finish > last,
                prerequisites=one.prerequisites,
            )
        )
    ends = [bar.finish for bar in bars if bar.finish is not None]
    return Timeline(
        quarter=quarter,
        first=first,
        last=last,
        today=today if first <= today <= last else None,
        bars=tuple(bars),
        critical_path=tuple(by_id[name].number for name in found.critical_path if name in by_id),
        end=max(ends, default=None),
        unknown=tuple(by_id[name].number for name in found.unknown if name in by_id),
    )


def _schedule(open_ones: list[Candidate], everything: Mapping[int, Candidate], origin: date) -> Schedule:
    """What is open, from `origin` on. A prerequisite that is not in the plan and not done ends nobody knows when."""
    done = {one.id for one in everything.values() if one.state == "done"}
    here = {one.id for one in open_ones}
    tasks = []
    missing: set[str] = set()
    for one in open_ones:
        under_way = one.state in UNDER_WAY
        needs = () if under_way else tuple(label(number) for number in one.prerequisites)
        missing |= set(needs) - here - done
        tasks.append(Task(one.id, one.days_left, needs, 0.0 if under_way else _earliest(one, origin)))
    return schedule([*tasks, *(Task(name, None) for name in sorted(missing))], done)


def _earliest(one: Candidate, origin: date) -> float:
    return float(max(0, (date.fromisoformat(one.start) - origin).days)) if one.start else 0.0


def _last_day(origin: date, finish: float) -> date:
    """An experiment that takes up days 0 to 3 ends on the third day."""
    return origin + timedelta(days=max(0, math.ceil(finish - 1e-9) - 1))


def _past(one: Candidate, moved: Mapping[tuple[int, State], date], last: date) -> Bar:
    begun = moved.get((one.number, "running")) or moved.get((one.number, "analysing"))
    over = moved.get((one.number, one.state))
    return Bar(
        experiment=one.number,
        title=one.title,
        state=one.state,
        start=begun,
        finish=over,
        days=None if begun is None or over is None else float((over - begun).days + 1),
        slack=None,
        critical=False,
        late=over is not None and over > last,
        prerequisites=one.prerequisites,
    )


def _moved_on(db: sqlite3.Connection) -> dict[tuple[int, State], date]:
    rows = db.execute("SELECT experiment_id, after, max(at) AS at FROM experiment_move GROUP BY experiment_id, after")
    return {(row["experiment_id"], row["after"]): date.fromisoformat(row["at"][:10]) for row in rows}
