"""Picking this week's experiments from the quarter's plan. Last week's unfinished ones come first, and visibly."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from library.errors import NotFound
from library.quarter import week_start
from library.settings import ProgrammeSettings
from planner.experiments.spending import NOTHING, Spent, spent_by_experiment, total
from planner.prioritisation.portfolio import Budget
from planner.prioritisation.weekly import Planned, week
from planner.roadmap.candidates import OVER, UNDER_WAY, Candidate, candidates, label
from planner.roadmap.model import QuarterPlan
from planner.roadmap.outcomes import hours_planned
from planner.roadmap.plans import current, refuse_if_closed
from planner.roadmap.weeks import WeekItem, WeekPlan, quarter_of_week


@dataclass(frozen=True, slots=True)
class WeekSnapshot:
    """What picking a week needs. `last`: what the latest earlier week had in, and since when. `used`: this quarter."""

    week: str
    plan: QuarterPlan
    everything: Mapping[int, Candidate]
    last: Mapping[int, str]
    used: Mapping[int, Spent]


def week_snapshot(db: sqlite3.Connection, settings: ProgrammeSettings, week: str) -> WeekSnapshot:
    """Read it. Raises NotFound where the week's quarter has no plan, LabtopError where it is closed."""
    month = settings.fiscal_month
    quarter = quarter_of_week(week, month)
    refuse_if_closed(db, quarter)
    plan = current(db, quarter)
    if plan is None:
        raise NotFound(
            f"{week} lies in {quarter}, which has no plan yet.",
            mend=f"labtop roadmap plan --quarter {quarter} --gpu-hours N makes one.",
        )
    first, last = quarter.start(month), quarter.end(month)
    return WeekSnapshot(
        week=week,
        plan=plan,
        everything={each.number: each for each in candidates(db)},
        last=_last_week(db, week),
        used=spent_by_experiment(db, first=first, last=last),
    )


def pick(now: WeekSnapshot, gpu_hours: float | None = None, people_days: float | None = None) -> WeekPlan:
    """This week's experiments under the GPU-hours and people-days that are free.

    Where nobody says how many GPU-hours are free, what the quarter has not used yet is the limit; without people-days
    they are none. Reads nothing; may run on any thread. Raises UsageError for what is no amount.
    """
    Budget(gpu_hours or 0.0, people_days)  # refuses what is no amount
    quarter = now.plan.quarter
    notices = [f"The plan of {quarter} is a draft: it was not adopted yet."] if now.plan.state == "draft" else []
    if gpu_hours is None:
        gpu_hours = max(0.0, now.plan.gpu_hours - total(now.used.values()).gpu_hours)
        notices.append(f"Nobody said what is free this week: {gpu_hours:,.4g} GPU-h of {quarter} are not used yet.")
    planned, carried = _planned(now), _carried(now)
    done = [label(number) for number, one in now.everything.items() if one.state == "done"]
    found = week(
        [*planned.values(), *_stubs(planned, done)],
        week_start(now.week),
        gpu_hours=gpu_hours,
        people_days=people_days,
        carried=[label(number) for number in carried],
        done=done,
    )
    items = []
    for entry in found.entries:
        if entry.id not in planned:
            continue
        number = int(entry.id.removeprefix("E-"))
        one = now.everything[number]
        why = _carried_words(now, number) if entry.place == "carried" else entry.text
        items.append(
            WeekItem(
                number, one.title, one.state, entry.place, entry.gpu_hours, entry.people_days, why, carried.get(number)
            )
        )
    return WeekPlan(
        week=now.week,
        quarter=now.plan.quarter,
        free_gpu_hours=gpu_hours,
        free_people_days=people_days,
        gpu_hours=found.gpu_hours,
        people_days=found.people_days,
        items=tuple(items),
        notices=(*notices, *found.said),
    )


def _last_week(db: sqlite3.Connection, week: str) -> dict[int, str]:
    """What the latest week before this one had in, and the week in which each was first picked."""
    rows = db.execute(
        "SELECT experiment_id, week, carried_from FROM week WHERE week = (SELECT max(week) FROM week WHERE week < ?)",
        (week,),
    )
    return {row["experiment_id"]: row["carried_from"] or row["week"] for row in rows}


def _carried(now: WeekSnapshot) -> dict[int, str | None]:
    """What was picked last and is not over, and what is under way in any case."""
    found: dict[int, str | None] = {
        number: since for number, since in now.last.items() if now.everything[number].state not in OVER
    }
    for number, one in now.everything.items():
        if one.state in UNDER_WAY:
            found.setdefault(number, None)
    return found


def _carried_words(now: WeekSnapshot, number: int) -> str:
    since = now.last.get(number)
    words = f"carried over from {since}" if since else "under way"
    planned = any(entry.experiment == number for entry in now.plan.chosen)
    return words if planned else f"{words}; not in the plan of {now.plan.quarter}"


def _planned(now: WeekSnapshot) -> dict[str, Planned]:
    """What is in the quarter's plan and not over, and what is carried, each with what is left of it."""
    found = {}
    entries = {entry.experiment: entry for entry in now.plan.chosen}
    for number in sorted(entries.keys() | _carried(now).keys()):
        one = now.everything[number]
        if one.state in OVER:
            continue
        entry = entries.get(number)
        whole = hours_planned(entry) if entry is not None else one.inputs.gpu_hours(one.inputs.seeds)
        spent = now.used.get(number, NOTHING) if entry is not None else one.spent
        left = None if whole is None else max(0.0, whole - spent.gpu_hours)
        days = one.inputs.people_days.expected if one.inputs.people_days is not None else None
        found[one.id] = Planned(
            id=one.id,
            value=entry.value if entry is not None else None,
            gpu_hours=left,
            people_days=entry.people_days if entry is not None else days,
            days=one.days_left,
            prerequisites=tuple(label(each) for each in one.prerequisites),
            earliest=date.fromisoformat(one.start) if one.start else None,
        )
    return found


def _stubs(planned: Mapping[str, Planned], done: list[str]) -> list[Planned]:
    """Prerequisites that are neither planned nor done: what needs them waits, and they themselves are not shown."""
    needed = {name for one in planned.values() for name in one.prerequisites} - planned.keys() - set(done)
    return [Planned(name, None, None) for name in sorted(needed)]
