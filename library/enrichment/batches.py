"""One service asked, piece by piece.

Each piece's answer and the ledger's row are one transaction: a kill leaves whole pieces, and the next call goes on.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from library.arxiv.problems import Throttled
from library.arxiv.transport import Transport
from library.enrichment import hf_daily, ledger, openalex, semantic_scholar
from library.enrichment.model import Facts, SourceId, Wanted
from library.enrichment.services import SERVICES
from library.enrichment.stored import save
from library.jobs import Pace
from library.vectors.waiting import pieces
from library.workspace import Workspace

PAPERS: Final = "papers"  # what the ledger calls a question about papers; daily papers stand under their day
ONCE: Final = timedelta(hours=20)  # a day's list of daily papers is asked for once a day
CLOSED: Final = timedelta(days=7)  # votes after a week change little: a day that was asked about since is settled
_Ask = Callable[[Transport, str, Sequence[Wanted]], dict[int, Facts]]
ASK: Final[dict[SourceId, _Ask]] = {"semantic-scholar": semantic_scholar.ask, "openalex": openalex.ask}


class OwnLimit(Throttled):
    """labtop's own bound on a day's requests is reached."""

    def __init__(self, title: str, most: int, day: str) -> None:
        until = datetime.fromisoformat(f"{day}T00:00:00+00:00") + timedelta(days=1)
        message = f"labtop asks {title} at most {most} times a day."
        super().__init__(message, until=until, mend="It goes on tomorrow (UTC).")


@dataclass
class Asking:
    """A service being asked: `at` is when (UTC ISO 8601); the counts grow as answers are stored."""

    workspace: Workspace
    source: SourceId
    transport: Transport
    url: str
    at: str
    pace: Pace
    papers: dict[int, None]  # whose facts were stored anew, by whichever service
    asked: int = 0
    found: int = 0
    proposed: int = 0


def ask_about_papers(asking: Asking, papers: Sequence[Wanted]) -> None:
    """In batches. Raises ArxivProblem; what was stored before stays."""
    service, store = SERVICES[asking.source], asking.workspace.store
    asking.pace.total = len(papers)
    day = asking.at[:10]
    for some in pieces(papers, service.batch):
        before = store.read(partial(ledger.requests_on, source=asking.source, day=day)).result()
        if service.a_day and before >= service.a_day:
            raise OwnLimit(service.title, service.a_day, day)
        count = asking.transport.requests
        found = ASK[asking.source](asking.transport, asking.url, some)
        asking.found += sum(paper.id in found for paper in some)
        asking.asked += len(some)
        spent = {"day": day, "requests": before + asking.transport.requests - count}
        ids = [paper.id for paper in some]
        asking.proposed += store.write(partial(_keep, asking=asking, ids=ids, found=found, evidence=spent)).result()
        asking.papers.update(dict.fromkeys(ids))
        asking.pace.at(asking.asked, final=True)


def ask_about_days(asking: Asking, days: Sequence[str], *, again: bool) -> int:
    """Daily papers, a request a day; returns how many days were fresh. Only papers of this library are stored."""
    store = asking.workspace.store
    stale = [day for day in days if again or not store.read(partial(_is_fresh, asking=asking, day=day)).result()]
    asking.pace.total = len(stale)
    for number, day in enumerate(stale, 1):
        listed = hf_daily.ask(asking.transport, asking.url, day)
        ids = store.write(partial(_keep_day, asking=asking, day=day, listed=listed)).result()
        asking.asked += len(listed)
        asking.found += len(ids)
        asking.papers.update(dict.fromkeys(ids))
        asking.pace.at(number, final=True)
    return len(days) - len(stale)


def _keep(
    db: sqlite3.Connection,
    asking: Asking,
    ids: Sequence[int],
    found: Mapping[int, Facts],
    evidence: Mapping[str, object],
) -> int:
    proposed = save(db, asking.source, ids, found, at=asking.at)
    facts = {**evidence, "asked": asking.asked}
    ledger.put(db, asking.source, PAPERS, "ok", at=asking.at, count=asking.found, evidence=facts)
    return len(proposed)


def _keep_day(db: sqlite3.Connection, asking: Asking, day: str, listed: Mapping[str, Facts]) -> tuple[int, ...]:
    ids: dict[int, Facts] = {}
    for base, facts in listed.items():
        row = db.execute("SELECT id FROM paper WHERE key = ?", (base,)).fetchone()
        if row is not None:
            ids[row[0]] = facts
    save(db, asking.source, tuple(ids), ids, at=asking.at)
    ledger.put(db, asking.source, day, "ok", at=asking.at, count=len(listed), evidence={"here": len(ids)})
    return tuple(ids)


def _is_fresh(db: sqlite3.Connection, asking: Asking, day: str) -> bool:
    there = ledger.find(db, asking.source, day)
    if there is None or there.answered_at is None:
        return False
    answered, now = datetime.fromisoformat(there.answered_at), datetime.fromisoformat(asking.at)
    closed = datetime.fromisoformat(f"{day}T00:00:00+00:00") + CLOSED
    return answered >= closed or now - answered < ONCE
