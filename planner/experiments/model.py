"""Experiments, their frozen plans and their results, as they are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, get_args

from planner.experiments.headline import headline

State = Literal["idea", "ready", "planned", "running", "analysing", "done", "dropped"]
Kind = Literal["exploration", "transfer-ready"]
Role = Literal["baseline", "treatment", "ablation"]
Phase = Literal["offline", "online"]
Status = Literal["ok", "nan", "crashed", "excluded"]
Cause = Literal["first run", "first result", "asked", "edited"]
STATES: Final[tuple[State, ...]] = get_args(State)
STALE_DAYS: Final = 90  # of a baseline, where nobody set otherwise


@dataclass(frozen=True, slots=True)
class Arm:
    """One thing that is compared; `parameters` are its overrides. `measured_on` is stated by a person."""

    name: str
    role: Role
    parameters: str | None = None
    measured_on: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A change of state and why; `at` UTC ISO 8601."""

    before: State
    after: State
    reason: str
    person: str
    at: str


@dataclass(frozen=True, slots=True)
class Preregistration:
    """A plan as it was frozen. `hash` is the sha256 of `text`, which is canonical JSON and `plan` read from it.

    `exploratory`: it was changed after an earlier one had been frozen, so verdicts under it confirm nothing.
    """

    id: int
    experiment_id: int
    version: int
    hash: str
    text: str
    plan: Mapping[str, Any]
    cause: Cause
    exploratory: bool
    person: str
    at: str


@dataclass(frozen=True, slots=True)
class Result:
    """One value of one metric of one run. `value` is None where `status` is nan or crashed.

    `slice` is empty for the whole data. `exclusion`: the frozen plan's rule that an excluded one falls under.
    """

    id: int
    batch_id: int
    arm: str
    metric: str
    slice: str
    seed: str
    phase: Phase
    value: float | None
    status: Status
    reason: str | None
    gpu_hours: float | None
    run: str | None
    exclusion: str | None
    exploratory: bool = False  # taken in under a plan that had been changed after it was frozen


@dataclass(frozen=True, slots=True)
class Baseline:
    """How old a baseline is: `measured_on` is the newest day known, None where none is; `stale` only where it is known.

    `again`: the experiment that measures it anew, where one is planned.
    """

    arm: str
    measured_on: date | None
    days: int | None
    stale: bool
    again: int | None = None


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """A verdict as lists show it. `blocked_by`: breached guardrails; `suspected`: such as it is not cleared of,
    for they look breached or were not measured.

    `doubted_by`: incidents that reach it.
    """

    id: int
    experiment_id: int
    hypothesis_id: int | None
    state: Literal["supported", "refuted", "inconclusive"]
    label: str | None
    blocked_by: tuple[str, ...]
    suspected: tuple[str, ...]
    exploratory: bool
    treatment: str
    baseline: str
    effect: float | None
    low: float | None
    high: float | None
    level: float | None
    n: int
    p: float | None
    p_adjusted: float | None
    method: str
    summary: str
    person: str
    at: str
    doubted_by: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """ "V-5"."""
        return f"V-{self.id}"

    @property
    def headline(self) -> str:
        """The state as it is shown everywhere: "supported, blocked by latency (exploratory)"."""
        return headline(
            self.state,
            self.label,
            blocked_by=self.blocked_by,
            suspected=self.suspected,
            doubted_by=self.doubted_by,
            exploratory=self.exploratory,
        )


@dataclass(frozen=True, slots=True)
class VerdictDetail:
    """A verdict with everything it rests on: `details` as it was stored.

    `changed_since`: what became of the results that it was drawn from; empty where they are as they were.
    """

    row: VerdictRow
    preregistration_id: int
    results_hash: str
    details: Mapping[str, Any]
    changed_since: str = ""


@dataclass(frozen=True, slots=True)
class ArmResults:
    """What an arm brought in the primary metric. `seeds` counts usable values, `failed` runs that brought none."""

    arm: str
    role: Role | None
    seeds: int
    failed: int
    excluded: int
    mean: float | None
    newest: str | None  # when the newest came in, UTC ISO 8601


@dataclass(frozen=True, slots=True)
class ExperimentRow:
    """An experiment as lists show it.

    `metric`, `delta` and `unit` are effective (its own, else its hypothesis's). `seeds_done`: seeds that every baseline
    and treatment arm has. `missing`: what the plan lacks. `spent`: GPU-hours of runs that say theirs, None without any.
    """

    id: int
    title: str
    kind: Kind
    state: State
    hypothesis_id: int | None
    metric: str | None
    delta: float | None
    unit: str | None
    owner: str | None
    tags: tuple[str, ...]
    arms: tuple[Arm, ...]
    seeds: int | None
    seeds_done: int
    gpu_hours: str | None
    gpu_hours_per_seed: str | None
    people_days: str | None
    spent: float | None
    unknown_runs: int  # that do not say what they used
    missing: tuple[str, ...]
    data_problems: tuple[str, ...]
    stale_baselines: tuple[str, ...]
    blockers: int
    risks: int
    frozen: int | None  # the version of the newest frozen plan
    exploratory: bool  # that plan was changed after it had been frozen
    verdict: VerdictRow | None
    answered: tuple[int, int]  # checklist items with an answer, items there are
    created_by: str
    created_at: str
    updated_at: str

    @property
    def name(self) -> str:
        """ "E-12"."""
        return f"E-{self.id}"
