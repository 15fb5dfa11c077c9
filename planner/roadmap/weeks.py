"""A week's experiments, as they were picked and stored."""

import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder, record
from library.quarter import Quarter, quarter_of, week_start
from library.settings import ProgrammeSettings
from library.text import counted
from planner.experiments.model import State
from planner.roadmap.candidates import label
from planner.workspace import TOPIC

Place = Literal["carried", "picked", "waiting"]


@dataclass(frozen=True, slots=True)
class WeekItem:
    """An experiment in a week, or one that waits. `carried_from`: the week in which it was first picked."""

    experiment: int
    title: str
    state: State
    place: Place
    gpu_hours: float | None
    people_days: float | None
    why: str
    carried_from: str | None

    @property
    def id(self) -> str:
        """ "E-12"."""
        return label(self.experiment)


@dataclass(frozen=True, slots=True)
class WeekPlan:
    """A week's pick. `free_gpu_hours`, `free_people_days` are what it was picked under; None: not known, no limit.

    `gpu_hours`, `people_days`: what is in uses, as far as it is known.
    """

    week: str
    quarter: str
    free_gpu_hours: float | None
    free_people_days: float | None
    gpu_hours: float
    people_days: float
    items: tuple[WeekItem, ...]
    notices: tuple[str, ...]

    @property
    def chosen(self) -> tuple[WeekItem, ...]:
        """What is in this week."""
        return tuple(item for item in self.items if item.place != "waiting")


def quarter_of_week(week: str, month: int) -> Quarter:
    """The quarter that holds the week's Thursday, and with it most of the week."""
    return quarter_of(week_start(week) + timedelta(days=3), month)


def store_week(db: sqlite3.Connection, person: str, plan: WeekPlan) -> Change:
    """Store a week's pick in place of the one that is there; other weeks stay."""

    def write(recorder: Recorder) -> None:
        kept = {row["experiment_id"]: row for row in _rows(db, plan.week)}
        chosen = {item.experiment: item for item in plan.chosen}
        for number in kept.keys() - chosen.keys():
            recorder.delete("week", {"week": plan.week, "experiment_id": number})
        for number, item in chosen.items():
            values = {
                "gpu_hours": item.gpu_hours,
                "people_days": item.people_days,
                "carried_from": item.carried_from,
            }
            before = kept.get(number)
            if before is None or any(before[name] != value for name, value in values.items()):
                key = {"week": plan.week, "experiment_id": number}
                recorder.put("week", key, {**values, "person": person, "at": stamp()})

    summary = f"picked {counted(len(plan.chosen), 'experiment')} for {plan.week}"
    _, journal_id = record(db, person=person, action="roadmap.week", summary=summary, write=write)
    return Change(TOPIC, (), journal_id, summary if journal_id else f"{plan.week} stays as it was picked")


def week_plan(db: sqlite3.Connection, settings: ProgrammeSettings, week: str) -> WeekPlan | None:
    """The stored pick of a week; None where nothing was picked. What it was picked under is not stored."""
    rows = _rows(db, week)
    if not rows:
        return None
    items = tuple(
        WeekItem(
            experiment=row["experiment_id"],
            title=row["title"],
            state=row["state"],
            place="carried" if row["carried_from"] else "picked",
            gpu_hours=row["gpu_hours"],
            people_days=row["people_days"],
            why=f"carried over from {row['carried_from']}" if row["carried_from"] else f"picked by {row['person']}",
            carried_from=row["carried_from"],
        )
        for row in rows
    )
    return WeekPlan(
        week=week,
        quarter=str(quarter_of_week(week, settings.fiscal_month)),
        free_gpu_hours=None,
        free_people_days=None,
        gpu_hours=sum(item.gpu_hours or 0.0 for item in items),
        people_days=sum(item.people_days or 0.0 for item in items),
        items=items,
        notices=(),
    )


def _rows(db: sqlite3.Connection, week: str) -> list[sqlite3.Row]:
    return db.execute(
        "SELECT w.*, e.title, e.state FROM week w JOIN experiment e ON e.id = w.experiment_id WHERE w.week = ? "
        "ORDER BY w.carried_from IS NULL, w.id",
        (week,),
    ).fetchall()
