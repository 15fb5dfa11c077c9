"""A quarter's GPU-hours: used, planned, left."""

import math
import sqlite3
from dataclasses import dataclass
from datetime import date

from library.quarter import Quarter
from library.settings import ProgrammeSettings
from planner.experiments.spending import NOTHING, spent_by_experiment, total
from planner.roadmap.candidates import OVER
from planner.roadmap.outcomes import hours_planned
from planner.roadmap.plans import current


@dataclass(frozen=True, slots=True)
class QuarterBudget:
    """GPU-hours. `total`: the plan's budget, None without a plan; `used` by runs whose results came in this quarter.

    `planned`: still to come of what is in the plan and not over; `left` = total − used − planned, below 0 where over.
    `unknown_runs` do not say what they used, `unknown_plans` what they will: neither is in the figures. `unplanned`:
    the part of `used` by what is not in the plan. `expected_now`: what an even use of all that was planned comes to
    today.
    """

    quarter: str
    total: float | None
    used: float
    planned: float
    left: float | None
    unplanned: float
    unknown_runs: int
    unknown_plans: int
    expected_now: float | None


def budget(db: sqlite3.Connection, settings: ProgrammeSettings, quarter: Quarter, today: date) -> QuarterBudget:
    """Where the quarter stands."""
    first, last = quarter.start(settings.fiscal_month), quarter.end(settings.fiscal_month)
    spent = spent_by_experiment(db, first=first, last=last)
    used = total(spent.values())
    plan = current(db, quarter)
    if plan is None:
        return QuarterBudget(str(quarter), None, used.gpu_hours, 0.0, None, used.gpu_hours, used.unknown_runs, 0, None)
    chosen = {entry.experiment: hours_planned(entry) for entry in plan.chosen}
    open_ones = [entry.experiment for entry in plan.chosen if entry.state not in OVER]
    to_come = [
        max(0.0, hours - spent.get(number, NOTHING).gpu_hours)
        for number in open_ones
        if (hours := chosen[number]) is not None
    ]
    planned = math.fsum(to_come)
    elapsed = min(1.0, max(0.0, ((today - first).days + 1) / ((last - first).days + 1)))
    return QuarterBudget(
        quarter=str(quarter),
        total=plan.gpu_hours,
        used=used.gpu_hours,
        planned=planned,
        left=plan.gpu_hours - used.gpu_hours - planned,
        unplanned=math.fsum(each.gpu_hours for number, each in spent.items() if number not in chosen),
        unknown_runs=used.unknown_runs,
        unknown_plans=len(open_ones) - len(to_come),
        expected_now=elapsed * math.fsum(hours for hours in chosen.values() if hours is not None),
    )
