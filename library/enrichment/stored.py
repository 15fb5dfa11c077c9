"""What is stored of other services' answers: facts, and proposals made of them."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from library.enrichment.model import SOURCE_IDS, Enrichment, Facts, Proposal, SourceId, Wanted
from library.papers.identity import arxiv_id

_NAMES = tuple(item.name for item in fields(Facts))
_OPEN = "proposal.state = 'open' AND paper.doi IS NULL"  # one that a paper's own DOI answers is no question any more


def enrichment_of(db: sqlite3.Connection, paper_id: int) -> tuple[Enrichment, ...]:
    """What services said of a paper, in the order of SOURCE_IDS."""
    return enrichments(db, (paper_id,)).get(paper_id, ())


def enrichments(db: sqlite3.Connection, paper_ids: Iterable[int]) -> dict[int, tuple[Enrichment, ...]]:
    """The same for several; papers that nobody was asked about are left out."""
    rows = db.execute(
        "SELECT paper_id, source, fetched_at, found, data FROM enrichment"
        " WHERE paper_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(paper_ids)),),
    )
    found: dict[int, list[Enrichment]] = {}
    for paper_id, source, fetched_at, known, data in map(tuple, rows):
        found.setdefault(paper_id, []).append(Enrichment(source, fetched_at, bool(known), _facts(data)))
    return {one: tuple(sorted(said, key=_in_order)) for one, said in found.items()}


def _in_order(said: Enrichment) -> int:
    return SOURCE_IDS.index(said.source)


def proposals(
    db: sqlite3.Connection, paper_ids: Iterable[int] | None = None, *, decided: bool = False
) -> tuple[Proposal, ...]:
    """Proposals that wait for a person (`decided`: all of them), of these papers or of every one, the oldest first."""
    ids = "" if paper_ids is None else " AND paper_id IN (SELECT value FROM json_each(?))"
    rows = db.execute(
        "SELECT proposal.*, paper.key, paper.title, (SELECT other.key FROM paper other WHERE other.id != paper.id"
        " AND (other.key = 'doi:' || proposal.doi OR other.doi = proposal.doi)) AS here"
        " FROM proposal JOIN paper ON paper.id = proposal.paper_id"
        f" WHERE {'1' if decided else _OPEN}{ids} ORDER BY proposal.id",
        () if paper_ids is None else (json.dumps(list(paper_ids)),),
    )
    return tuple(Proposal(**{name: row[name] for name in _PROPOSAL}) for row in rows)


_PROPOSAL = tuple(item.name for item in fields(Proposal))


def open_count(db: sqlite3.Connection) -> int:
    """Proposals that wait for a person."""
    joined = "proposal JOIN paper ON paper.id = proposal.paper_id"
    return int(db.execute(f"SELECT count(*) FROM {joined} WHERE {_OPEN}").fetchone()[0])


def wanted(db: sqlite3.Connection, paper_ids: Sequence[int]) -> tuple[Wanted, ...]:
    """The papers with what can be sent of them, in the order given; local documents without a DOI are left out."""
    rows = db.execute(
        "SELECT id, key, doi, day FROM paper WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(paper_ids)),),
    ).fetchall()
    by_id = {row["id"]: row for row in rows}
    found = []
    for paper_id in dict.fromkeys(paper_ids):
        row = by_id.get(paper_id)
        if row is None:
            continue
        base = arxiv_id(row["key"])
        if base is not None or row["doi"]:
            found.append(Wanted(paper_id, base.base if base else None, row["doi"], row["day"]))
    return tuple(found)


def lacking(db: sqlite3.Connection, source: SourceId, papers: Sequence[Wanted], since: str) -> tuple[Wanted, ...]:
    """Those that `source` was not asked about since a moment (UTC ISO 8601)."""
    rows = db.execute(
        "SELECT paper_id FROM enrichment WHERE paper_id IN (SELECT value FROM json_each(?))"
        " AND source = ? AND fetched_at >= ?",
        (json.dumps([paper.id for paper in papers]), source, since),
    )
    fresh = {row[0] for row in rows}
    return tuple(paper for paper in papers if paper.id not in fresh)


def save(
    db: sqlite3.Connection, source: SourceId, asked: Iterable[int], found: Mapping[int, Facts], *, at: str
) -> tuple[int, ...]:
    """Store what a service said, or that it knows nothing; papers with a new proposal. For a writer.

    What it said before stays where it knows nothing now: indices lose papers, and get them back.
    """
    proposed = []
    for paper_id in asked:
        if db.execute("SELECT 1 FROM paper WHERE id = ?", (paper_id,)).fetchone() is None:
            continue  # purged meanwhile
        facts = found.get(paper_id)
        data = _as_json(facts) if facts is not None else "{}"
        db.execute(
            "INSERT INTO enrichment (paper_id, source, fetched_at, found, data) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (paper_id, source) DO UPDATE SET fetched_at = excluded.fetched_at,"
            " found = max(found, excluded.found), data = CASE WHEN excluded.found THEN excluded.data ELSE data END",
            (paper_id, source, at, int(facts is not None), data),
        )
        if facts is not None and facts.doi and _propose(db, source, paper_id, facts, at):
            proposed.append(paper_id)
    return tuple(proposed)


def _propose(db: sqlite3.Connection, source: SourceId, paper_id: int, facts: Facts, at: str) -> bool:
    """A DOI for a paper that has none; whether it is a new question."""
    if db.execute("SELECT doi FROM paper WHERE id = ?", (paper_id,)).fetchone()[0]:
        return False
    made = db.execute(
        "INSERT INTO proposal (paper_id, doi, venue, year, source, proposed_at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (paper_id, facts.doi, facts.venue, facts.year, source, at),
    )
    return made.rowcount > 0


def _as_json(facts: Facts) -> str:
    known = {name: value for name, value in asdict(facts).items() if value is not None}
    return json.dumps(known, ensure_ascii=False, sort_keys=True)


def _facts(text: str) -> Facts:
    stored: dict[str, Any] = json.loads(text)
    return Facts(**{name: stored.get(name) for name in _NAMES})
