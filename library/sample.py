"""The sample library that ships with labtop: real papers with our own summaries, and made-up people who use them.

`data/sample/README.md` says where each fact comes from. Nothing here touches a database: `labtop demo` does.
"""

import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from library.errors import LabtopError
from library.papers.model import Decision, PaperDraft
from library.paths import reference_data
from library.sources.json_records import draft_of

SOURCE = "sample"


@dataclass(frozen=True, slots=True)
class SampleInterest:
    """What a made-up person looks for, in plain words; `topic` is one of the papers' topics."""

    person: str
    topic: str
    text: str


@dataclass(frozen=True, slots=True)
class SampleTag:
    """A tag on the paper with key `paper`, put there at `at` (UTC ISO 8601)."""

    paper: str
    tag: str
    person: str
    at: str


@dataclass(frozen=True, slots=True)
class SampleNote:
    """A note on the paper with key `paper`."""

    paper: str
    body: str
    person: str
    at: str


@dataclass(frozen=True, slots=True)
class SampleDecision:
    """What a person decided about the paper with key `paper`, and why if they said so."""

    paper: str
    decision: Decision
    reason: str | None
    person: str
    at: str


@dataclass(frozen=True, slots=True)
class SampleSearch:
    """A saved search; `mode` is keyword, semantic or hybrid."""

    person: str
    name: str
    query: str
    mode: str


@dataclass(frozen=True, slots=True)
class SampleLedgerRow:
    """What is known of a category's announcement day: as in `sync_ledger`; `message` is its evidence."""

    category: str
    day: str
    state: str
    count: int | None
    source: str
    message: str
    checked_at: str


@dataclass(frozen=True, slots=True)
class SampleWorkspace:
    """Everything of the sample but its papers. `as_of` is the day at which it stands still (YYYY-MM-DD)."""

    name: str
    as_of: str
    notice: str
    categories: tuple[str, ...]
    people: tuple[str, ...]
    interests: tuple[SampleInterest, ...]
    tags: tuple[SampleTag, ...]
    notes: tuple[SampleNote, ...]
    decisions: tuple[SampleDecision, ...]
    saved_searches: tuple[SampleSearch, ...]
    ledger: tuple[SampleLedgerRow, ...]


def sample_directory() -> Path:
    """Where the sample's files are. Raises LabtopError where the installation lacks them."""
    directory = reference_data() / "sample"
    if not (directory / "papers.jsonl").is_file() or not (directory / "workspace.json").is_file():
        raise LabtopError(f"The sample library is missing from {directory}.", mend="Install labtop again.")
    return directory


@cache
def sample_drafts() -> tuple[PaperDraft, ...]:
    """The papers, oldest announcement first; `text_kind` is "summary" and `extra` holds the topic."""
    lines = (sample_directory() / "papers.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(_draft(json.loads(line)) for line in lines)


@cache
def sample_workspace() -> SampleWorkspace:
    """Who uses the sample library, and what they did in it."""
    text = (sample_directory() / "workspace.json").read_text(encoding="utf-8")
    stored: dict[str, Any] = json.loads(text)
    return SampleWorkspace(
        name=stored["name"],
        as_of=stored["as_of"],
        notice=stored["notice"],
        categories=tuple(stored["categories"]),
        people=tuple(person["name"] for person in stored["people"]),
        interests=tuple(SampleInterest(**row) for row in stored["interests"]),
        tags=tuple(SampleTag(**row) for row in stored["tags"]),
        notes=tuple(SampleNote(**row) for row in stored["notes"]),
        decisions=tuple(SampleDecision(**row) for row in stored["decisions"]),
        saved_searches=tuple(SampleSearch(**row) for row in stored["saved_searches"]),
        ledger=tuple(SampleLedgerRow(**row) for row in stored["ledger"]),
    )


def _draft(record: dict[str, Any]) -> PaperDraft:
    return replace(draft_of(record), source=SOURCE, extra={"topic": record["topic"]})
