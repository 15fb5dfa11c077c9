"""A dataset, benchmark or label request as the register holds it."""

from dataclasses import dataclass
from typing import Literal

Approval = Literal["approved", "pending", "refused", "not needed"]


@dataclass(frozen=True, slots=True)
class Dataset:
    """One entry. `approved_by` and `approved_at`: who approved or refused it, and when (UTC ISO 8601).

    Days are YYYY-MM-DD; what is not known is None. `version` may be empty.
    """

    id: int
    kind: str
    name: str
    version: str
    about: str | None
    content_hash: str | None
    licence: str | None
    sensitivity: str
    retention_until: str | None
    approval: Approval
    approved_by: str | None
    approved_at: str | None
    approved_until: str | None
    approval_reason: str | None
    biases: str | None
    contamination: str | None
    owner: str | None
    wanted: int | None
    delivered: int | None
    due: str | None
    created_by: str
    created_at: str
    updated_at: str

    @property
    def label(self) -> str:
        """ "DS-3"."""
        return f"DS-{self.id}"

    @property
    def title(self) -> str:
        """Name and version: "MS MARCO 2.1"."""
        return f"{self.name} {self.version}".rstrip()


@dataclass(frozen=True, slots=True)
class DatasetRow:
    """An entry with what is wrong with it on a day, and the experiments whose plans name it."""

    dataset: Dataset
    problems: tuple[str, ...]
    experiments: tuple[int, ...]
