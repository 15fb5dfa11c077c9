"""A quarter's plan as it is stored and shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from planner.experiments.model import State
from planner.prioritisation.portfolio import Stage
from planner.roadmap.candidates import label

PlanState = Literal["draft", "adopted", "superseded", "closed"]
Review = Literal["carry", "drop", "re-score", "done"]
Basis = Literal["evsi", "bits"]


@dataclass(frozen=True, slots=True)
class Entry:
    """An experiment in a plan. Title, state, kind and prerequisites are today's; the rest is as it was planned.

    `value`, `gpu_hours`, `people_days` are what the plan reckoned with (what is left of what is under way). `stays`: in
    what share of resampled inputs it stays in. `score`: the parts that it was planned with; `lock`: in or out by a
    person's word. `outcome` and `review` are set when the quarter is closed. None: not known.
    """

    experiment: int
    title: str
    state: State
    kind: Stage
    rank: int | None
    chosen: bool
    why: str
    value: float | None
    gpu_hours: float | None
    people_days: float | None
    prerequisites: tuple[int, ...] = ()
    hypothesis: int | None = None
    stays: float | None = None
    score: Mapping[str, Any] = field(default_factory=dict)
    outcome: Mapping[str, Any] | None = None
    review: Review | None = None

    @property
    def id(self) -> str:
        """ "E-12"."""
        return label(self.experiment)


@dataclass(frozen=True, slots=True)
class QuarterPlan:
    """A plan of a quarter. `id` None: it is not stored. `details`: how it was reckoned, as planning.py lays it out."""

    id: int | None
    quarter: str
    state: PlanState
    gpu_hours: float
    people_days: float | None
    exploration_floor: float
    value: float | None
    optimal: bool
    details: Mapping[str, Any]
    entries: tuple[Entry, ...]
    person: str | None = None
    at: str | None = None
    closed_by: str | None = None
    closed_at: str | None = None
    learned: str | None = None

    @property
    def chosen(self) -> tuple[Entry, ...]:
        """What is in."""
        return tuple(entry for entry in self.entries if entry.chosen)
