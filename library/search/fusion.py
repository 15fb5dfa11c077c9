"""Two ranked lists into one, by reciprocal rank.

    score = WORDS / (K + rank by words) + MEANING / (K + rank by meaning)

Cormack, Clarke, Büttcher: Reciprocal rank fusion outperforms Condorcet and individual rank learning methods, SIGIR
2009. Only ranks enter, so that BM25 and cosines need no common scale.
"""

from dataclasses import dataclass
from typing import Final

from library.search.meaning import Ids, Scores
from library.search.words import WordHits

# Fixed on Cranfield by benchmarks/retrieval.py, reported there on the other collections.
K: Final = 60
WORDS: Final = 1.0
MEANING: Final = 1.0
DEPTH: Final = 1_000  # of a list that stands alone, and of the keyword list
MEANING_DEPTH: Final = 200  # of the list by meaning beside words


@dataclass(frozen=True, slots=True)
class Hit:
    """A paper found. Ranks count from 1; None: not in that list. `bm25`: higher is better; `cosine`: −1 to 1."""

    paper_id: int
    keyword_rank: int | None
    semantic_rank: int | None
    score: float
    bm25: float | None = None
    cosine: float | None = None


def fused(words: WordHits, near: tuple[Ids, Scores] | None, *, newest: bool = False) -> tuple[Hit, ...]:
    """One list, best first. `newest`: `words` is no ranking, only the newest first.

    Of two equal scores the paper that has the words comes first, then the lower id.
    """
    if near is None:
        if newest:
            return tuple(Hit(paper, None, None, 0.0) for paper in words.ids)
        return tuple(
            Hit(paper, rank, None, WORDS / (K + rank), words.bm25[rank - 1]) for rank, paper in enumerate(words.ids, 1)
        )
    by_words = {} if newest else {paper: rank for rank, paper in enumerate(words.ids, 1)}
    ids, cosines = near
    by_meaning = {paper: rank for rank, paper in enumerate(ids.tolist(), 1)}
    hits = []
    for paper in by_words.keys() | by_meaning.keys():
        word_rank, near_rank = by_words.get(paper), by_meaning.get(paper)
        score = (WORDS / (K + word_rank) if word_rank else 0.0) + (MEANING / (K + near_rank) if near_rank else 0.0)
        bm25 = words.bm25[word_rank - 1] if word_rank else None
        hits.append(Hit(paper, word_rank, near_rank, score, bm25, float(cosines[near_rank - 1]) if near_rank else None))
    return tuple(sorted(hits, key=lambda hit: (-hit.score, hit.keyword_rank is None, hit.paper_id)))
