"""A blocker or a risk as it is stored."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Obstacle:
    """`kind` is blocker or risk; `resolved_at` (UTC ISO 8601) is None while it is open."""

    id: int
    kind: str
    experiment_id: int | None
    hypothesis_id: int | None
    what: str
    on_whom: str | None
    since: str
    next_step: str | None
    likelihood: str | None
    impact: str | None
    contingency: str | None
    resolved_at: str | None
    resolution: str | None
    created_by: str
    created_at: str
    updated_at: str

    @property
    def label(self) -> str:
        """ "B-2"."""
        return f"B-{self.id}"

    @property
    def open(self) -> bool:
        """Whether it is still in the way."""
        return self.resolved_at is None
