"""One category's announcement of one day, as a feed or a listing page told it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, Literal

from library.papers.model import Announcement, AnnounceType, PaperDraft

BatchSource = Literal["feed", "listing"]
FEED_LIMIT: Final = 2_000  # entries; a feed this long may have been cut
_RANK: Final = {"new": 0, "cross": 1, "replace": 2, "replace-cross": 3}


@dataclass(frozen=True, slots=True)
class Batch:
    """What arXiv announced. `drafts` carry their announcement; `stated` is how many arXiv says there are.

    `problem` says why the batch is not whole (cut off, fewer than stated); what it holds is sound all the same.
    """

    category: str
    day: date | None
    source: BatchSource
    drafts: tuple[PaperDraft, ...]
    stated: int | None = None
    problem: str | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)

    def ids(self, *types: AnnounceType) -> frozenset[str]:
        """Base ids announced as one of `types` (all where none is named)."""
        return frozenset(
            draft.key for draft in self.drafts for item in draft.announcements if not types or item.type in types
        )

    @property
    def count(self) -> int:
        """Papers that are new to this category: submissions and cross-lists."""
        return len(self.ids("new", "cross"))


def announced(
    listed: Iterable[tuple[PaperDraft, AnnounceType]], category: str, day: date | None
) -> tuple[PaperDraft, ...]:
    """Drafts with their announcement, each paper once.

    A new paper was first listed on `day`. So was a cross-list whose id is among the day's new ones: ids are given out
    when papers are announced. An older cross-list was listed elsewhere before, on a day that is not known here.
    """
    best: dict[str, tuple[PaperDraft, AnnounceType]] = {}
    for draft, kind in listed:
        there = best.get(draft.key)
        if there is None or _RANK[kind] < _RANK[there[1]]:
            best[draft.key] = (draft, kind)
    if day is None:
        return tuple(draft for draft, _ in best.values())
    first_new = min((id_order(key) for key, (_, kind) in best.items() if kind == "new"), default=None)
    drafts = []
    for draft, kind in best.values():
        fresh = kind == "new" or (kind == "cross" and first_new is not None and id_order(draft.key) >= first_new)
        item = Announcement(category, kind, day.isoformat())
        drafts.append(replace(draft, announcements=(item,), first_listed=day.isoformat() if fresh else None))
    return tuple(drafts)


def id_order(base: str) -> tuple[int, int]:
    """Sorts arXiv ids as they were given out; ids from before April 2007 come first."""
    month, dot, number = base.partition(".")
    return (int(month), int(number)) if dot and month.isdigit() and number.isdigit() else (0, 0)
