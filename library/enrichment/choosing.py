"""Which papers to ask about, where a person names none: what they keep, star, put off to read, and read."""

import sqlite3
from datetime import datetime, timedelta

from library.clock import iso
from library.enrichment import ledger
from library.enrichment.model import SourceId
from library.enrichment.services import hold_of, key_of, those_on
from library.enrichment.stored import lacking, wanted
from library.workspace import Workspace

MOST = 2_000  # papers that are asked about unasked, the latest decisions first


def own_papers(db: sqlite3.Connection, person: str, *, limit: int = MOST) -> tuple[int, ...]:
    """Papers that a person kept, starred or queued, the latest first."""
    rows = db.execute(
        "SELECT paper_id, max(at) AS at FROM ("
        " SELECT paper_id, decided_at AS at FROM decision WHERE person = ?1 AND decision IN ('keep', 'star')"
        " UNION ALL SELECT paper_id, added_at FROM queue_entry WHERE person = ?1 AND state IN ('queued', 'reading'))"
        " GROUP BY paper_id ORDER BY at DESC, paper_id DESC LIMIT ?2",
        (person, limit),
    )
    return tuple(row[0] for row in rows)


def queued_papers(db: sqlite3.Connection, person: str) -> tuple[int, ...]:
    """Papers on a person's reading queue, in the order by hand."""
    rows = db.execute(
        "SELECT paper_id FROM queue_entry WHERE person = ? AND state IN ('queued', 'reading')"
        " ORDER BY state DESC, position",
        (person,),
    )
    return tuple(row[0] for row in rows)


def due(workspace: Workspace) -> tuple[SourceId, ...]:
    """Services that are worth asking about the person's own papers now. Asks nobody; a few milliseconds."""
    settings = workspace.settings.enrichment
    on = () if workspace.demo else those_on(settings)
    if not on:
        return ()
    now = workspace.clock.now()
    since = iso(now - timedelta(days=settings.days))
    able = [source for source in on if _may_be_asked(workspace, source, now)]
    if not able:
        return ()

    def look(db: sqlite3.Connection) -> tuple[SourceId, ...]:
        papers = wanted(db, own_papers(db, workspace.person))
        last = ledger.latest(db)
        found: list[SourceId] = []
        for source in able:
            there = last.get(source)
            if there is not None and ledger.asks_again(there) > now:
                continue
            if source == "hf-daily":
                answered = there.answered_at if there is not None else None
                stale = answered is None or now - datetime.fromisoformat(answered) >= timedelta(hours=20)
                found += [source] if stale and any(paper.arxiv for paper in papers) else []
            elif lacking(db, source, papers, since):
                found.append(source)
        return tuple(found)

    return workspace.store.read(look).result()


def _may_be_asked(workspace: Workspace, source: SourceId, now: datetime) -> bool:
    hold = hold_of(source)
    if hold is not None and hold.kind != "pause":
        return False
    return source != "openalex" or bool(key_of(workspace.settings.enrichment, source))
