"""Papers that Semantic Scholar recommends to a person, from what they kept and skipped one by one.

A list to look through: nothing of it goes into the library unless the person adds it.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from library.arxiv.problems import ArxivProblem
from library.clock import iso
from library.enrichment import ledger
from library.enrichment.asking import allowed, failed
from library.enrichment.batches import Asking
from library.enrichment.semantic_scholar import Recommended, recommend
from library.enrichment.services import OpenTransport, open_transport, url_of
from library.enrichment.stored import wanted
from library.errors import UsageError
from library.jobs import CancelToken, Pace, ReportProgress
from library.papers.ingest import subject_hash
from library.workspace import Workspace

SEEDS: Final = 100  # of the latest decisions of either kind: ids that are sent
FRESH: Final = timedelta(hours=20)
MOST: Final = 500
LIKED, DISLIKED = ("keep", "star"), ("skip",)


@dataclass(frozen=True, slots=True)
class Recommendations:
    """The list as it was fetched, without what came into the library since. `fetched_at`: None where it never was."""

    papers: tuple[Recommended, ...]
    fetched_at: str | None


def recommendations(db: sqlite3.Connection, person: str) -> Recommendations:
    """What was recommended to a person, the best first. Asks nobody."""
    rows = db.execute(
        "SELECT key, title, authors, year, venue, citations, url, fetched_at FROM recommendation r WHERE person = ?"
        " AND NOT EXISTS (SELECT 1 FROM paper WHERE paper.key = r.key OR 'doi:' || paper.doi = r.key)"
        " ORDER BY position",
        (person,),
    ).fetchall()
    state = ledger.find(db, "semantic-scholar", _subject(person))
    return Recommendations(tuple(Recommended(*row[:7]) for row in rows), state.answered_at if state else None)


def ask_for_recommendations(
    workspace: Workspace,
    *,
    most: int = 50,
    again: bool = False,
    progress: ReportProgress | None = None,
    cancel: CancelToken | None = None,
    opener: OpenTransport = open_transport,
) -> Recommendations:
    """Fetch the list anew where it is a day old, and store it.

    Raises UsageError (Semantic Scholar is off; too little was kept yet), ReadOnly, and the ArxivProblem of a service
    that does not answer; then the earlier list stays.
    """
    if not 1 <= most <= MOST:
        raise UsageError(f"--limit goes from 1 to {MOST}.")
    allowed(workspace, ("semantic-scholar",))
    person, now = workspace.person, workspace.clock.now()
    there = workspace.store.read(partial(recommendations, person=person)).result()
    if there.fetched_at and not again and now - datetime.fromisoformat(there.fetched_at) < FRESH:
        return there
    liked = workspace.store.read(lambda db: wanted(db, _decided(db, person, LIKED))).result()
    if not liked:
        raise UsageError(
            "You have kept no paper yet that Semantic Scholar could know.", mend="Keep some first: labtop triage."
        )
    disliked = workspace.store.read(lambda db: wanted(db, _decided(db, person, DISLIKED))).result()
    pace = Pace("asking Semantic Scholar", None, progress)
    pace.at(0)
    with opener(workspace, "semantic-scholar", cancel) as transport:
        url = url_of(workspace.settings.enrichment, "semantic-scholar")
        asking = Asking(workspace, "semantic-scholar", transport, url, iso(now), pace, {})
        try:
            found = recommend(transport, url, liked, disliked, most)
        except ArxivProblem as problem:
            failed(asking, _subject(person), problem)
            raise
    workspace.store.write(partial(_keep, person=person, found=found, at=asking.at)).result()
    return workspace.store.read(partial(recommendations, person=person)).result()


def _keep(db: sqlite3.Connection, person: str, found: Sequence[Recommended], at: str) -> None:
    db.execute("DELETE FROM recommendation WHERE person = ?", (person,))
    kept = [each for each in found if not _is_out(db, each.key)]
    db.executemany(
        "INSERT INTO recommendation (person, key, position, title, authors, year, venue, citations, url, fetched_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (person, one.key, place, one.title, one.authors, one.year, one.venue, one.citations, one.url, at)
            for place, one in enumerate(kept, 1)
        ],
    )
    ledger.put(db, "semantic-scholar", _subject(person), "ok", at=at, count=len(kept))


def _is_out(db: sqlite3.Connection, key: str) -> bool:
    """Whether it is here already, or was purged and stays out."""
    here = db.execute("SELECT 1 FROM paper WHERE key = ?1 OR 'doi:' || doi = ?1", (key,)).fetchone()
    purged = db.execute("SELECT 1 FROM tombstone WHERE subject = ?", (subject_hash(key),)).fetchone()
    return here is not None or purged is not None


def _decided(db: sqlite3.Connection, person: str, decisions: Sequence[str]) -> tuple[int, ...]:
    """The latest papers that a person decided so one by one: what was skipped in bulk was not looked at."""
    marks = ",".join("?" * len(decisions))
    rows = db.execute(
        f"SELECT paper_id FROM decision WHERE person = ? AND decision IN ({marks}) AND bulk = 0"
        " ORDER BY decided_at DESC, paper_id DESC LIMIT ?",
        (person, *decisions, SEEDS),
    )
    return tuple(row[0] for row in rows)


def _subject(person: str) -> str:
    return f"recommendations for {person}"
