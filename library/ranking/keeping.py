"""Storing a ranking: the whole of it in the caller's transaction, so that nobody reads half."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from library.ranking.exploring import Candidate, pick
from library.ranking.line import at_share
from library.ranking.model import Regime


@dataclass(frozen=True, slots=True)
class Header:
    """What papers were ranked by. `encoder`: file hash of the model whose vectors took part; None: words alone.

    `inputs`: the hash of what was read. `wishes`: interests that took part.
    """

    regime: Regime
    labels: int
    model_hash: str
    inputs: str
    papers: int
    without_vector: int
    without_sentences: int
    wishes: int
    encoder: str | None


def keep(
    db: sqlite3.Connection,
    person: str,
    header: Header,
    rows: Sequence[Mapping[str, Any]],
    *,
    at: str,
    share: int,
    explore: int,
) -> int:
    """Store a ranking and pick what to explore on the days that have nothing picked yet; returns its number.

    For a writer. What was decided keeps the score that it had then; other rows that are not ranked any more go, and so
    do papers that went meanwhile.
    """
    line = at_share([row["score"] for row in rows], share)
    ranking_id = int(
        db.execute(
            "INSERT INTO ranking (person, regime, labels, model_hash, inputs, encoder, papers, without_vector,"
            " without_sentences, share, line, ranked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                person,
                header.regime,
                header.labels,
                header.model_hash,
                header.inputs,
                header.encoder,
                len(rows),
                header.without_vector,
                header.without_sentences,
                share,
                line,
                at,
            ),
        ).lastrowid
        or 0
    )
    db.executemany(
        "INSERT INTO ranked (person, paper_id, ranking_id, score, log_odds, interest_id, detail)"
        " SELECT ?1, ?2, ?3, ?4, ?5, (SELECT id FROM interest WHERE id = ?6), ?7"
        " WHERE EXISTS (SELECT 1 FROM paper WHERE id = ?2)"
        # Decided while it was being ranked: it keeps what was shown.
        " AND NOT EXISTS (SELECT 1 FROM decision WHERE person = ?1 AND paper_id = ?2)"
        " ON CONFLICT (person, paper_id) DO UPDATE SET ranking_id = excluded.ranking_id, score = excluded.score,"
        " log_odds = excluded.log_odds, interest_id = excluded.interest_id, detail = excluded.detail",
        (
            (
                person,
                row["paper"],
                ranking_id,
                row["score"],
                row["log_odds"],
                row["interest"],
                row["detail"],
            )
            for row in rows
        ),
    )
    db.execute(
        "DELETE FROM ranked WHERE person = ?1 AND ranking_id != ?2"
        " AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.person = ?1 AND d.paper_id = ranked.paper_id)",
        (person, ranking_id),
    )
    db.execute(
        "DELETE FROM ranking WHERE person = ?1 AND id != ?2"
        " AND NOT EXISTS (SELECT 1 FROM ranked r WHERE r.ranking_id = ranking.id)",
        (person, ranking_id),
    )
    if line is not None and explore:
        _explore(db, person, rows, _line_of(db, person, line), explore)
    return ranking_id


def _line_of(db: sqlite3.Connection, person: str, line: float) -> float:
    laid = db.execute("SELECT score FROM ranking_line WHERE person = ?", (person,)).fetchone()
    return float(laid[0]) if laid is not None else line


def _explore(db: sqlite3.Connection, person: str, rows: Sequence[Mapping[str, Any]], line: float, count: int) -> None:
    chosen = {row[0] for row in db.execute("SELECT DISTINCT day FROM exploration WHERE person = ?", (person,))}
    candidates = (
        Candidate(row["paper"], row["key"], row["day"], row["score"], row["nearness"], row["plausible"]) for row in rows
    )
    db.executemany(
        "INSERT INTO exploration (person, day, paper_id, why) SELECT ?1, ?2, ?3, ?4"
        " WHERE EXISTS (SELECT 1 FROM paper WHERE id = ?3)",
        (
            (person, each.day, each.paper_id, each.why)
            for each in pick(candidates, line, count, person=person, chosen=chosen)
        ),
    )
