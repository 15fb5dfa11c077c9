"""What the roadmap's screen and commands show, read without scipy: stored plans, cards by state, quarters."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from library.quarter import Quarter
from library.settings import ProgrammeSettings
from planner.experiments.model import STATES, Kind, State
from planner.experiments.verdicts import newest_verdicts
from planner.roadmap.budgets import QuarterBudget, budget
from planner.roadmap.candidates import OVER, Candidate, candidates, label
from planner.roadmap.changes import Changes, changed_since, last_review
from planner.roadmap.inputs import prices_of
from planner.roadmap.locks import Locked, locks_of
from planner.roadmap.model import PlanState, QuarterPlan
from planner.roadmap.plans import current, plans
from planner.roadmap.scoring import inputs_text, stored_inputs
from planner.roadmap.timeline import Timeline, timeline
from planner.roadmap.weeks import WeekPlan, week_plan

__all__ = [
    "Changes",
    "QuarterBudget",
    "Timeline",
    "WeekPlan",
    "board",
    "budget",
    "changed_since",
    "current",
    "last_review",
    "plans",
    "roadmap_rows",
    "timeline",
    "week_plan",
]


@dataclass(frozen=True, slots=True)
class Card:
    """An experiment on the board. `verdict`: of the newest verdict, confirmatory before exploratory; `blocked_by` what
    stops it, `headline` all of it in few words, empty without one. `blockers`: how many are open.

    `quarters`: the quarters whose plan (not superseded) has it in.
    """

    number: int
    title: str
    state: State
    kind: Kind
    hypothesis: int | None
    owner: str | None
    gpu_hours: float | None
    quarters: tuple[str, ...]
    blockers: int
    verdict: str | None
    blocked_by: tuple[str, ...] = ()
    exploratory: bool = False
    headline: str = ""

    @property
    def id(self) -> str:
        """ "E-12"."""
        return label(self.number)


@dataclass(frozen=True, slots=True)
class RoadmapRows:
    """A quarter's plan as a list. `plan` None: there is none. `added`: experiments that are not over and not in it.

    `changed`: experiments whose inputs are others than those they were planned with: planning again may rank them anew.
    `cards`: every experiment, by number.
    """

    quarter: str
    plan: QuarterPlan | None
    added: tuple[Card, ...]
    changed: frozenset[int]
    locks: Mapping[int, Locked]
    cards: Mapping[int, Card]


def roadmap_rows(
    db: sqlite3.Connection,
    settings: ProgrammeSettings,
    quarter: Quarter,
    states: Iterable[PlanState] = ("closed", "adopted", "draft"),
) -> RoadmapRows:
    """The plan that counts (the closed, else the adopted, else the draft), and what it does not know of yet."""
    plan = current(db, quarter, states)
    known = {entry.experiment for entry in plan.entries} if plan is not None else set()
    everything = candidates(db)
    cards = _cards(db, everything)
    return RoadmapRows(
        quarter=str(quarter),
        plan=plan,
        added=tuple(card for card in cards if card.state not in OVER and card.number not in known),
        changed=_changed(db, settings, plan, everything),
        locks=locks_of(db, quarter),
        cards={card.number: card for card in cards},
    )


def board(db: sqlite3.Connection) -> dict[State, tuple[Card, ...]]:
    """All experiments by state, in the order of states; within one, by number."""
    cards = _cards(db, candidates(db))
    return {state: tuple(card for card in cards if card.state == state) for state in STATES}


def _cards(db: sqlite3.Connection, everything: tuple[Candidate, ...]) -> tuple[Card, ...]:
    quarters: dict[int, list[str]] = {}
    for row in db.execute(
        "SELECT DISTINCT r.experiment_id, p.quarter FROM roadmap_entry r JOIN roadmap p ON p.id = r.roadmap_id "
        "WHERE r.chosen AND p.state IN ('adopted', 'closed') ORDER BY p.quarter"
    ):
        quarters.setdefault(row["experiment_id"], []).append(row["quarter"])
    blockers = dict(
        db.execute(
            "SELECT experiment_id, count(*) FROM obstacle WHERE kind = 'blocker' AND resolved_at IS NULL "
            "AND experiment_id IS NOT NULL GROUP BY experiment_id"
        ).fetchall()
    )
    verdicts = newest_verdicts(db)
    return tuple(
        Card(
            number=one.number,
            title=one.title,
            state=one.state,
            kind=one.kind,
            hypothesis=one.hypothesis,
            owner=one.owner,
            gpu_hours=one.inputs.gpu_hours(one.inputs.seeds),
            quarters=tuple(quarters.get(one.number, ())),
            blockers=blockers.get(one.number, 0),
            verdict=found.state if found else None,
            blocked_by=found.blocked_by if found else (),
            exploratory=bool(found and found.exploratory),
            headline=found.headline if found else "",
        )
        for one in everything
        for found in (verdicts.get(one.number),)
    )


def _changed(
    db: sqlite3.Connection, settings: ProgrammeSettings, plan: QuarterPlan | None, everything: tuple[Candidate, ...]
) -> frozenset[int]:
    if plan is None or plan.state == "closed":
        return frozenset()
    rows = {entry.experiment: row for entry in plan.entries if (row := entry.score.get("score_id")) is not None}
    was = stored_inputs(db, rows.values())
    prices = prices_of(settings)
    return frozenset(
        one.number
        for one in everything
        if one.number in rows and one.state not in OVER and was.get(rows[one.number]) != inputs_text(one, prices)
    )
