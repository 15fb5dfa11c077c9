"""Found papers with what a list of results says of each."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from library.search.fusion import Hit


@dataclass(frozen=True, slots=True)
class FoundPaper:
    """One result. `id`: the paper's key (arXiv base id where there is one)."""

    id: str
    title: str
    authors: tuple[str, ...]
    day: str
    year: int | None
    categories: tuple[str, ...]
    kind: str
    keyword_rank: int | None
    semantic_rank: int | None
    score: float
    bm25: float | None
    cosine: float | None


def found_papers(db: sqlite3.Connection, hits: Sequence[Hit]) -> tuple[FoundPaper, ...]:
    """The papers of `hits` in their order; one that was purged meanwhile is left out."""
    found = []
    for hit in hits:
        row = db.execute(
            "SELECT key, title, day, year, categories, kind FROM paper WHERE id = ?", (hit.paper_id,)
        ).fetchone()
        if row is None:
            continue
        authors = db.execute(
            "SELECT a.name FROM paper_author pa JOIN author a ON a.id = pa.author_id"
            " WHERE pa.paper_id = ? ORDER BY pa.position",
            (hit.paper_id,),
        )
        found.append(
            FoundPaper(
                row["key"],
                row["title"],
                tuple(name for (name,) in authors),
                row["day"],
                row["year"],
                tuple(row["categories"].split()),
                row["kind"],
                hit.keyword_rank,
                hit.semantic_rank,
                hit.score,
                hit.bm25,
                hit.cosine,
            )
        )
    return tuple(found)
