"""Where an experiment stands on its way to production. Times are UTC ISO 8601."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from planner.decisions.model import Affected, Approval
from planner.transfer.gates import Gate, Stage, State


@dataclass(frozen=True, slots=True)
class GateState:
    """A gate as it stands. `why`: what it rests on, or why what was said of it does not count.

    `details`: value, target, unit, owner, thresholds, review_on, authority. `carried`: met for that earlier stage.
    """

    gate: Gate
    state: State
    why: str
    details: Mapping[str, Any] = field(default_factory=dict)
    person: str | None = None
    at: str | None = None
    carried: str | None = None

    @property
    def holds(self) -> bool:
        """Whether it lets the experiment through."""
        return self.state in ("met", "waived")


@dataclass(frozen=True, slots=True)
class StageState:
    """A stage as it stands: entered when, after whose yes; `left` where it was rolled back, with the reason."""

    stage: Stage
    gates: tuple[GateState, ...]
    entered_at: str | None = None
    approved_by: str | None = None
    approval_id: int | None = None
    left: str | None = None

    @property
    def open(self) -> tuple[GateState, ...]:
        """Gates that do not hold."""
        return tuple(gate for gate in self.gates if not gate.holds)


@dataclass(frozen=True, slots=True)
class Compared:
    """A metric offline and online. Effects are means of treatment − baseline, not turned by direction; None: unknown.

    `offline_n` and `online_n` count the seeds (online: units) that an effect rests on.
    """

    metric: str
    slice: str
    treatment: str
    baseline: str
    offline: float | None
    offline_n: int
    online: float | None
    online_n: int
    primary: bool

    @property
    def difference(self) -> float | None:
        """Online − offline."""
        return None if self.offline is None or self.online is None else self.online - self.offline


@dataclass(frozen=True, slots=True)
class TransferRow:
    """A transfer-ready experiment in a list. `next` is None where it is launched.

    `open`: gates before the next stage that do not hold; `blocked_by`: guardrails and slices, which nothing waives.
    """

    id: int
    title: str
    state: str
    owner: str | None
    stage: Stage
    next: Stage | None
    open: tuple[str, ...]
    blocked_by: tuple[str, ...]
    approval: Approval | None
    review_on: str | None


@dataclass(frozen=True, slots=True)
class TransferDetail:
    """Everything of one experiment's transfer: all stages with gates, results side by side, warnings."""

    row: TransferRow
    stages: tuple[StageState, ...]
    results: tuple[Compared, ...]
    ran_by: tuple[str, ...]
    affected: tuple[Affected, ...]
