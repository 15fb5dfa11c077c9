"""Days that were missed: one OAI-PMH harvest a category, stored page by page, the ledger last.

Killed at any moment, it is simply done again: every step is an upsert, and no day is called complete before all of its
papers are in.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from library.arxiv import ledger
from library.arxiv.categories import Category
from library.arxiv.harvest import HELD, Inferred, bases, harvest, infer
from library.arxiv.known import already_announced, usual_count
from library.arxiv.ledger import LedgerEntry, State
from library.arxiv.problems import ArxivProblem
from library.arxiv.transport import Transport
from library.clock import iso
from library.papers.ingest import Ingested, store_drafts
from library.papers.model import PaperDraft
from library.sources import Record
from library.sources.oai import OaiRecord
from library.workspace import Workspace

_PATIENCE: Final = 3  # times that nothing is found where much is usual, and days, before that is believed


@dataclass(slots=True)
class CaughtUp:
    """What a harvest brought: ledger rows as they now stand, and the papers."""

    entries: tuple[LedgerEntry, ...]
    ingested: Ingested
    problem: ArxivProblem | None = None


def catch_up(
    workspace: Workspace,
    transport: Transport,
    category: Category,
    days: Sequence[date],
    *,
    today: date | None = None,
    report: Callable[[int], None] = lambda records: None,
) -> CaughtUp:
    """Fill `days` (listing days, in order) of `category`. Failures end in the ledger, never in an exception.

    `today`: the day whose batch feed and listing could not give; OAI-PMH may fill it, but not call it empty.
    """
    first, wanted = min(days), frozenset(days)
    fresh: list[OaiRecord] = []
    ingested, records, at = Ingested(), 0, iso(workspace.clock.now())
    problem: ArxivProblem | None = None
    try:
        for page in harvest(transport, category, first - timedelta(days=1)):
            records += len(page.records)
            others = []
            for item in page.records:
                if not isinstance(item.record, Record):
                    continue
                is_fresh = (item.record.draft.submitted_at or "") >= (first - HELD).isoformat()
                if is_fresh or _was_updated(item.record.draft, first):
                    fresh.append(item)
                else:
                    others.append(item.record.draft)
            ingested += store_drafts(workspace.store, others, at=at)
            report(records)
    except ArxivProblem as error:
        problem = error
    found = infer(fresh, category.code, wanted, exact_only=problem is not None)
    before = workspace.store.read(
        lambda db: already_announced(db, category.code, {item.draft.key for item in found})
    ).result()
    found = tuple(item for item in found if _agrees(item, before))
    ingested += store_drafts(workspace.store, list(_with_announcements(fresh, found)), at=at)
    entries = workspace.store.write(
        lambda db: tuple(
            ledger.put(db, _entry(db, category.code, day, found, problem, records, iso(transport.now()), first))
            for day in days
            if day != today or any(item.announcement.day == day.isoformat() for item in found)
        )
    ).result()
    return CaughtUp(entries, ingested, problem)


def _was_updated(draft: PaperDraft, first: date) -> bool:
    return (draft.updated_at or "") >= (first - timedelta(days=7)).isoformat()


def _agrees(item: Inferred, before: dict[str, str]) -> bool:
    """A paper comes into a category once: what a feed or listing said of it before stands."""
    if item.announcement.type not in ("new", "cross"):
        return True
    return before.get(item.draft.key, item.announcement.day) == item.announcement.day


def _with_announcements(fresh: Sequence[OaiRecord], found: Sequence[Inferred]) -> Iterator[PaperDraft]:
    by_key: dict[str, list[Inferred]] = {}
    for item in found:
        by_key.setdefault(item.draft.key, []).append(item)
    for record in fresh:
        if not isinstance(record.record, Record):
            continue
        draft = record.record.draft
        its = by_key.get(draft.key, [])
        came = min((one.announcement.day for one in its if one.announcement.type in ("new", "cross")), default=None)
        yield replace(draft, announcements=tuple(one.announcement for one in its), first_listed=came)


def _entry(
    db: Any,
    category: str,
    day: date,
    found: Sequence[Inferred],
    problem: ArxivProblem | None,
    records: int,
    checked_at: str,
    first: date,
) -> LedgerEntry:
    its = [item for item in found if item.announcement.day == day.isoformat()]
    new = sum(item.announcement.type == "new" for item in its)
    cross = sum(item.announcement.type == "cross" for item in its)
    evidence: dict[str, Any] = {
        "new": new,
        "cross": cross,
        "replaced": len(its) - new - cross,
        "inferred": bases(its),
        "records": records,
        "from": (first - timedelta(days=1)).isoformat(),
    }
    until = problem.evidence.get("until") if problem is not None else None
    if problem is not None:
        state: State = problem.state  # type: ignore[assignment]
        return LedgerEntry(
            category, day.isoformat(), state, None, "oai", {**problem.evidence, "kept": len(its)}, until, checked_at
        )
    if new + cross:
        return LedgerEntry(category, day.isoformat(), "complete", new + cross, "oai", evidence, None, checked_at)
    there = ledger.find(db, category, day)
    tries = int(there.evidence.get("tries", 0)) if there is not None else 0
    usual = usual_count(db, category, day) or 0.0
    is_young = date.fromisoformat(checked_at[:10]) - day < timedelta(days=_PATIENCE)
    if usual >= 5 and (tries < _PATIENCE or is_young):
        evidence["message"] = f"OAI-PMH has nothing of that day, where {usual:.0f} papers are usual"
        return LedgerEntry(category, day.isoformat(), "stale", None, "oai", evidence, None, checked_at)
    return LedgerEntry(category, day.isoformat(), "quiet", 0, "oai", evidence, None, checked_at)
