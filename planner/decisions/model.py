"""Decisions, approvals and incidents as the screens and commands are handed them. Times are UTC ISO 8601."""

from dataclasses import dataclass
from typing import Any, Literal

from planner.decisions.facts import Fact
from planner.decisions.states import Outcome, State

What = Literal["promotion", "data", "budget", "publication", "launch", "stage", "decision"]
ApprovalState = Literal["waiting", "approved", "refused", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody's request for an authority's yes. `stage`, `version` and `until` belong to stages, memos and data."""

    id: int
    what: What
    subject: str
    authority: str
    state: ApprovalState
    requested_by: str
    requested_at: str
    decided_by: str | None = None
    decided_at: str | None = None
    reason: str | None = None
    experiment_id: int | None = None
    dataset_id: int | None = None
    memo_id: int | None = None
    hypothesis_id: int | None = None
    version: int | None = None
    stage: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Opposition:
    """That a decision goes against the newest confirmatory verdict, or that there is none (`verdict_id` None)."""

    outcome: Outcome
    verdict_id: int | None
    why: str


@dataclass(frozen=True, slots=True)
class MemoRow:
    """One decision in a list.

    `version`: the newest that was proposed. `against`: what it goes against, empty where nothing; `approval` is the
    newest request, `superseded_by` the accepted decision that took its place.
    """

    id: int
    title: str
    kind: str
    state: State
    hypothesis_id: int | None
    experiments: tuple[int, ...]
    deciders: tuple[str, ...]
    review_on: str | None
    version: int | None
    against: str
    justified: bool
    approval: Approval | None
    supersedes: int | None
    superseded_by: int | None
    created_by: str
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class MemoVersion:
    """A memo as it was proposed. `intact`: its text and facts still have the hash that was taken then."""

    version: int
    markdown: str
    facts: tuple[Fact, ...]
    hash: str
    person: str
    at: str
    intact: bool


@dataclass(frozen=True, slots=True)
class MemoDetail:
    """A decision in full.

    `markdown` and `facts`: the newest proposed version, or what would be proposed now (`frozen` False).
    `moved`: facts that read otherwise now, "V-5 effect: +1.8, now +1.2", so that nobody accepts what no longer holds.
    """

    row: MemoRow
    values: dict[str, Any]
    markdown: str
    facts: tuple[Fact, ...]
    frozen: bool
    versions: tuple[MemoVersion, ...]
    approvals: tuple[Approval, ...]
    opposition: Opposition | None
    moved: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Affected:
    """Why a verdict can no longer be relied on: an incident, and how it reaches the verdict."""

    incident_id: int
    title: str
    state: str
    how: str  # "named", "its experiment E-3", "its run r-12"

    @property
    def warning(self) -> str:
        """The line that stands wherever the verdict is shown."""
        reach = "" if self.how == "named" else f" ({self.how})"
        return f"affected by I-{self.incident_id} “{self.title}”{reach}, {self.state}"


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One incident in a list; `verdicts` are all that it reaches, not only those that are named."""

    id: int
    title: str
    state: str
    happened_on: str
    owner: str | None
    verdicts: tuple[int, ...]
    experiments: tuple[int, ...]
    runs: tuple[str, ...]
    follow_ups: tuple[int, ...]
    missing: tuple[str, ...]  # what closing it still needs
    created_by: str
    created_at: str
    updated_at: str
    closed_by: str | None
    closed_at: str | None
