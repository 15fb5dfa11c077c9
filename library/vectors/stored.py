"""Vectors in SQLite: stored, read, forgotten. All functions take a connection.

A vector is stored as `dimension` little-endian float16, keyed by model and by the sha256 of the exact text.
"""

import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from library.vectors.waiting import AT_ONCE, marks, pieces

Ids = npt.NDArray[np.int64]
Halves = npt.NDArray[np.float16]
_PIECE = 5_000  # rows fetched at a time: bounds memory


@dataclass(frozen=True, slots=True)
class State:
    """What the stored vectors and papers looked like: equal states mean equal vectors for equal papers."""

    papers: int
    vectors: int
    newest: int  # the highest embedding id


def state(db: sqlite3.Connection) -> State:
    """The state now; three lookups."""
    row = db.execute("SELECT papers, vectors, (SELECT max(id) FROM embedding) FROM vector_state").fetchone()
    return State(row[0], row[1], row[2] or 0)


def store(db: sqlite3.Connection, model_id: int, hashes: Sequence[str], vectors: Halves) -> int:
    """Store vectors; returns how many were new. A text that was purged meanwhile gets none. For a writer."""
    rows = np.ascontiguousarray(vectors, dtype="<f2")
    before = db.total_changes
    db.executemany(
        "INSERT INTO embedding (model_id, text_hash, vector) SELECT ?1, ?2, ?3 "
        "WHERE EXISTS (SELECT 1 FROM paper WHERE text_hash = ?2) ON CONFLICT (model_id, text_hash) DO NOTHING",
        ((model_id, text_hash, row.tobytes()) for text_hash, row in zip(hashes, rows, strict=True)),
    )
    return db.total_changes - before


def forget(db: sqlite3.Connection, model_id: int, hashes: Sequence[str]) -> None:
    """Delete the vectors of those texts. For a writer."""
    db.executemany(
        "DELETE FROM embedding WHERE model_id = ? AND text_hash = ?", ((model_id, text_hash) for text_hash in hashes)
    )


def prune(db: sqlite3.Connection, keep_model: int | None) -> int:
    """Delete vectors of other models and of texts that no paper has any more; returns how many. For a writer."""
    gone = db.execute(
        "DELETE FROM embedding WHERE model_id IS NOT ? "
        "OR NOT EXISTS (SELECT 1 FROM paper WHERE paper.text_hash = embedding.text_hash)",
        (keep_model,),
    ).rowcount
    db.execute("DELETE FROM encoder_model WHERE id IS NOT ?", (keep_model,))
    return gone


def pairs(db: sqlite3.Connection, model_id: int, after: int = 0) -> tuple[Ids, Ids]:
    """(paper ids, embedding ids) of all papers whose present text has a vector, by paper; `after`: newer ones only."""
    if after:
        query = (
            "SELECT p.id, e.id FROM embedding e CROSS JOIN paper p ON p.text_hash = e.text_hash "
            "WHERE e.id > ?2 AND e.model_id = ?1"
        )
    else:  # both sides in the order of their text_hash indexes: no random page reads
        query = (
            "SELECT p.id, e.id FROM paper p INDEXED BY paper_by_hash CROSS JOIN embedding e "
            "ON e.model_id = ?1 AND e.text_hash = p.text_hash WHERE e.id > ?2"
        )
    flat = array("q")
    cursor = db.execute(query, (model_id, after))
    cursor.row_factory = None
    for pair in cursor:
        flat.extend(pair)
    both = np.frombuffer(flat, dtype=np.int64).reshape(-1, 2)
    both = both[np.argsort(both[:, 0], kind="stable")]
    return both[:, 0].copy(), both[:, 1].copy()


def fill(db: sqlite3.Connection, embedding_ids: Ids, into: Halves) -> None:
    """Copy the stored vectors of `embedding_ids` into the rows of `into` (n, d). Raises ValueError for a wrong size."""
    order = np.argsort(embedding_ids, kind="stable")
    width = into.shape[1] * 2
    if len(order) > 200 and _dense(embedding_ids):
        low, high = int(embedding_ids[order[0]]), int(embedding_ids[order[-1]])
        rows = db.execute("SELECT id, vector FROM embedding WHERE id BETWEEN ? AND ? ORDER BY id", (low, high))
    else:
        rows = None
    sorted_ids = embedding_ids[order]
    if rows is None:
        found: Iterator[Any] = (
            row
            for some in pieces(np.unique(sorted_ids).tolist(), AT_ONCE)
            for row in db.execute(
                f"SELECT id, vector FROM embedding WHERE id IN ({marks(some)}) ORDER BY id", tuple(some)
            )
        )
    else:
        rows.row_factory = None
        found = rows
    position = 0
    for embedding_id, blob in found:
        while position < len(order) and sorted_ids[position] == embedding_id:
            if len(blob) != width:
                raise ValueError(f"stored vector {embedding_id} has {len(blob)} bytes, not {width}")
            into[order[position]] = np.frombuffer(blob, dtype="<f2")
            position += 1
    if position != len(order):
        raise ValueError(f"{len(order) - position} stored vectors are missing")


def _dense(embedding_ids: Ids) -> bool:
    """Whether most vectors between the lowest and the highest are wanted: then one scan beats many lookups."""
    return len(embedding_ids) * 3 > int(embedding_ids.max() - embedding_ids.min())
