"""What a person's ranking rests on, as one hash: another hash means that the ranking is behind."""

import hashlib
import sqlite3
from collections.abc import Iterator
from datetime import date
from typing import Final

from library.clock import Clock

RULES: Final = 1  # counts up when what is read, or how it is kept, changes: rankings of before are behind then
_QUESTIONS: Final = (
    # Papers and their vectors, by the numbers that change whenever one of them does.
    "SELECT papers, vectors FROM vector_state",
    "SELECT max(id) FROM embedding",
    "SELECT max(id) FROM sentence_embedding",
    "SELECT max(id) FROM encoder_model",
    # Which categories are an inbox, and what the person looks for.
    "SELECT value FROM workspace WHERE key = 'followed'",
    "SELECT id, kind, reference, text FROM interest WHERE active AND (person IS NULL OR person = ?1) ORDER BY id",
    "SELECT count(*), max(t.added_at) FROM tag t JOIN interest i ON i.kind = 'tag' AND i.reference = t.tag"
    " WHERE i.active AND (i.person IS NULL OR i.person = ?1)",
    "SELECT s.id, s.query FROM saved_search s JOIN interest i ON i.kind = 'search' AND i.reference = s.id"
    " WHERE i.active AND i.person = ?1 ORDER BY s.id",
    # What they decided, one paper at a time.
    "SELECT paper_id, decision, decided_at FROM decision WHERE person = ?1 AND NOT bulk ORDER BY paper_id",
)
_LINKS: Final = "SELECT hypothesis_id, paper_id FROM evidence WHERE person = ?1 AND paper_id IS NOT NULL ORDER BY id"


def inputs_hash(db: sqlite3.Connection, person: str) -> str:
    """Hexadecimal sha256 over everything in the database that the ranking of `person` depends on, and over the day.

    Some milliseconds: counters for papers and vectors, the rows themselves for interests and decisions.
    """
    digest = hashlib.sha256(repr((RULES, today_of(db).isoformat())).encode())
    questions = (*_QUESTIONS, _LINKS) if has_evidence(db) else _QUESTIONS
    for question in questions:
        digest.update(b"\n")
        for row in _plain(db, question, person):
            digest.update(repr(row).encode("utf-8", "replace"))
    return digest.hexdigest()


def today_of(db: sqlite3.Connection) -> date:
    """The workspace's day: that on which a sample stands still, else today."""
    row = db.execute("SELECT value FROM workspace WHERE key = 'as_of'").fetchone()
    return Clock(date.fromisoformat(row[0]) if row is not None else None).today()


def has_evidence(db: sqlite3.Connection) -> bool:
    """Whether hypotheses are kept in this database: the library alone has none."""
    return db.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'evidence'").fetchone() is not None


def _plain(db: sqlite3.Connection, question: str, person: str) -> Iterator[tuple[object, ...]]:
    cursor = db.execute(question, (person,) if "?1" in question else ())
    cursor.row_factory = None
    yield from cursor
