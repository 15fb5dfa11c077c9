"""What a paper is on its way in (`PaperDraft`) and on its way out (`PaperRow`, `Paper`)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from library.enrichment.model import Enrichment, Proposal
from library.fulltext.model import FullText

AnnounceType = Literal["new", "cross", "replace", "replace-cross"]
TextKind = Literal["abstract", "summary", "none"]
PaperKind = Literal["arxiv", "reference", "document"]
Decision = Literal["keep", "skip", "star", "later"]


@dataclass(frozen=True, slots=True)
class Author:
    """`name` as printed; `family` and `given` where the source (or a careful split) knows them."""

    name: str
    family: str = ""
    given: str = ""


@dataclass(frozen=True, slots=True)
class Announcement:
    """That arXiv announced the paper in `category` on `day` (YYYY-MM-DD, Eastern)."""

    category: str
    type: AnnounceType
    day: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an arXiv paper; `submitted_at` UTC ISO 8601. `title`, `abstract`: of an earlier one, if known."""

    number: int
    submitted_at: str | None = None
    title: str | None = None
    abstract: str | None = None


@dataclass(frozen=True, slots=True)
class PaperDraft:
    """One record as a reader understood it: cleaned text, canonical key, nothing invented. Absent is None or empty."""

    key: str
    kind: PaperKind
    source: str
    title: str
    abstract: str = ""
    text_kind: TextKind = "abstract"
    authors: tuple[Author, ...] = ()
    authors_truncated: bool = False
    categories: tuple[str, ...] = ()
    categories_complete: bool = True
    version: int | None = None
    versions: tuple[Version, ...] = ()
    submitted_at: str | None = None
    updated_at: str | None = None
    published: str | None = None  # YYYY, YYYY-MM or YYYY-MM-DD of the published thing
    first_listed: str | None = None
    announcements: tuple[Announcement, ...] = ()
    doi: str | None = None
    journal_ref: str | None = None
    comment: str | None = None
    license: str | None = None
    url: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    body: str = ""
    added_at: str | None = None  # UTC ISO 8601, of a paper that another workspace had before; None: now
    own: Mapping[str, Any] = field(default_factory=dict)  # decision and notes, which only an import that asks takes


@dataclass(frozen=True, slots=True)
class PaperRow:
    """What one line of a list needs."""

    id: int
    key: str
    day: str
    title: str
    first_author: str
    author_count: int
    year: int | None
    primary_category: str
    decision: Decision | None
    tags: tuple[str, ...]
    remark: str  # first line of the newest note or critique
    kind: PaperKind


@dataclass(frozen=True, slots=True)
class Note:
    """A person's note, anchored to the version it was written about."""

    id: int
    paper_id: int
    person: str
    body: str
    version: int | None
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything that is stored of one paper."""

    id: int
    key: str
    kind: PaperKind
    day: str
    year: int | None
    title: str
    abstract: str
    text_kind: TextKind
    authors: tuple[Author, ...]
    authors_truncated: bool
    categories: tuple[str, ...]
    categories_complete: bool
    version: int | None
    versions: tuple[Version, ...]
    first_listed: str | None
    submitted_at: str | None
    updated_at: str | None
    announcements: tuple[Announcement, ...]
    doi: str | None
    journal_ref: str | None
    comment: str | None
    license: str | None
    url: str | None
    withdrawn: bool
    source: str
    added_at: str
    extra: Mapping[str, Any]
    decision: Decision | None
    tags: tuple[str, ...]
    notes: tuple[Note, ...]
    has_body: bool
    full_text: FullText | None = None
    enrichment: tuple[Enrichment, ...] = ()
    proposals: tuple[Proposal, ...] = ()  # those that wait for a person


def encoded_text(title: str, abstract: str) -> str:
    """The exact text that a paper's vector stands for."""
    return f"{title}. {abstract}"


def text_hash(text: str) -> str:
    """Hexadecimal sha256 of UTF-8 text: the key of its vector."""
    return hashlib.sha256(text.encode()).hexdigest()
