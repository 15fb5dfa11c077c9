"""What services say of papers, and what a person makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

SourceId = Literal["semantic-scholar", "openalex", "hf-daily"]
SOURCE_IDS: Final[tuple[SourceId, ...]] = get_args(SourceId)
State = Literal["ok", "throttled", "offline", "refused", "key missing", "parse error"]
STATES: Final[tuple[str, ...]] = get_args(State)
TITLES: Final[Mapping[SourceId, str]] = {
    "semantic-scholar": "Semantic Scholar",
    "openalex": "OpenAlex",
    "hf-daily": "Hugging Face",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What one service says of one paper, checked. None: it does not say. `day`: of the daily papers it was in."""

    citations: int | None = None
    influential: int | None = None
    upvotes: int | None = None
    comments: int | None = None
    doi: str | None = None
    venue: str | None = None
    year: int | None = None
    day: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Enrichment:
    """Facts with their source and day. `found` false: the service knows nothing of the paper. Times UTC ISO 8601."""

    source: SourceId
    fetched_at: str
    found: bool
    facts: Facts = Facts()


@dataclass(frozen=True, slots=True)
class Proposal:
    """That a paper was published under `doi`, as `source` says. `here`: key of the same publication in this library."""

    id: int
    paper_id: int
    key: str
    title: str
    doi: str
    venue: str | None
    year: int | None
    source: SourceId
    proposed_at: str
    state: str
    person: str | None = None
    decided_at: str | None = None
    here: str | None = None


@dataclass(frozen=True, slots=True)
class SourceState:
    """How a service answered when it was last asked for `subject`. `until`: not before; `answered_at`: last ok."""

    source: SourceId
    subject: str
    state: State
    count: int | None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    until: str | None = None
    checked_at: str = ""
    answered_at: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A paper to ask about: its arXiv id or DOI is all that is sent."""

    id: int
    arxiv: str | None
    doi: str | None
    day: str
