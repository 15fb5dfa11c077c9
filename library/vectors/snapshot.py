"""What a search sees of the vectors at one moment, and how the next moment's is put together from it."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from library.errors import WorkspaceDamaged
from library.vectors import stored
from library.vectors.faiss_cache import BLOCK_ROWS
from library.vectors.runtime import Vectors, unit
from library.vectors.scan import ExactScan, Scan
from library.vectors.stored import Halves, Ids, State


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a search sees: replaced as a whole, never changed."""

    model_id: int | None
    model: str
    dimension: int
    state: State
    papers: Ids
    embeddings: Ids
    scan: Scan


def nearest(now: Snapshot, queries: Vectors, k: int, allowed: "Ids | Sequence[int] | None") -> tuple[Ids, Vectors]:
    """The search of VectorIndex: see there."""
    ids = np.full((len(queries), k), -1, dtype=np.int64)
    scores = np.full(ids.shape, -np.inf, dtype=np.float32)
    if not k or not len(now.papers) or not len(queries):
        return ids, scores
    if queries.shape[1] != now.dimension:
        raise ValueError(f"vectors of length {queries.shape[1]} do not fit an index of length {now.dimension}")
    selected = None if allowed is None else selection(now.papers, np.asarray(allowed, dtype=np.int64))
    for row, found in enumerate(now.scan.search(queries, k, selected)):
        papers = now.papers[found]
        cosines = unit(now.scan.rows(found)) @ queries[row]  # float16 rounding leaves rows not quite of length 1
        best = np.lexsort((papers, -cosines))[:k]
        ids[row, : len(best)], scores[row, : len(best)] = papers[best], cosines[best]
    return ids, scores


def assembled(db: sqlite3.Connection, before: Snapshot, source: Ids, embeddings: Ids) -> Iterator[Halves]:
    """The rows of an index, block by block: from row `source` of `before`, or from SQLite where that is -1.

    Raises WorkspaceDamaged where a stored vector cannot be used.
    """
    for start in range(0, len(source), BLOCK_ROWS):
        known = source[start : start + BLOCK_ROWS]
        block = np.empty((len(known), before.dimension), np.float16)
        fresh = known < 0
        if not fresh.all():
            block[~fresh] = before.scan.rows(known[~fresh])
        if fresh.any():
            vectors = np.empty((int(fresh.sum()), before.dimension), np.float16)
            try:
                stored.fill(db, embeddings[start : start + BLOCK_ROWS][fresh], vectors)
            except ValueError as error:
                raise WorkspaceDamaged(
                    f"A stored vector cannot be used: {error}.", mend="Encode them again with labtop index --rebuild."
                ) from error
            block[fresh] = vectors
        yield block


def merged(before: Snapshot, papers: Ids, embeddings: Ids) -> tuple[Ids, Ids]:
    """(paper ids, embedding ids) of `before` and of new ones, by paper."""
    all_papers = np.concatenate([before.papers, papers])
    order = np.argsort(all_papers, kind="stable")
    return all_papers[order], np.concatenate([before.embeddings, embeddings])[order]


def kept(before: Snapshot, papers: Ids, embeddings: Ids) -> Ids:
    """For each paper the row of `before` that holds the same text of it, else -1."""
    source = np.full(len(papers), -1)
    if len(before.papers):
        places = np.minimum(np.searchsorted(before.papers, papers), len(before.papers) - 1)
        same = (before.papers[places] == papers) & (before.embeddings[places] == embeddings)
        source[same] = places[same]
    return source


def selection(papers: Ids, allowed: Ids) -> npt.NDArray[np.bool_]:
    """Which of `papers` (ascending) are among `allowed`."""
    selected = np.zeros(len(papers), dtype=bool)
    places = np.searchsorted(papers, allowed)
    there = places < len(papers)
    there[there] = papers[places[there]] == allowed[there]
    selected[places[there]] = True
    return selected


def empty() -> Snapshot:
    """Nothing, of no time."""
    nothing = np.empty(0, np.int64)
    return Snapshot(None, "", 0, State(0, 0, 0), nothing, nothing, ExactScan(0, 0))
