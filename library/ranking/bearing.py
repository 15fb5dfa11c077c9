"""Which hypotheses a paper bears on, and how near it is to any interest at all. Nothing is said of a stance."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from library.ranking.model import Corpus, Ranked, Wish

if TYPE_CHECKING:
    import numpy.typing as npt

NEAR: Final = 0.5  # cosine of a sentence and a hypothesis, from which on one is worth checking against the other
MOST: Final = 3  # hypotheses a paper
WORDS: Final = 3  # words in common, where there are no vectors
Check = list[int | float | None]  # interest, sentence (from 0) or None, cosine or None


def bearing(
    corpus: Corpus, wishes: Sequence[Wish], hypotheses: Collection[int], ranked: Sequence[Ranked]
) -> dict[int, list[Check]]:
    """By row of the corpus: the hypotheses to check a ranked paper against, nearest first.

    Those with a sentence (or, without vectors of sentences, an abstract) whose cosine is at least `NEAR`. Without any
    vectors the one that gave the score, where they share three words.
    """
    asked = [wish for wish in wishes if wish.id in hypotheses]
    seen = [wish for wish in asked if wish.vector is not None and np.any(wish.vector)]
    found: dict[int, list[Check]] = {}
    if not asked:
        return found
    # In double precision, as the ranker compares them: one pair has one cosine, wherever it is shown.
    matrix = np.stack([wish.vector for wish in seen if wish.vector is not None]).astype(np.float64) if seen else None
    for each in ranked:
        checks: list[Check] = []
        if matrix is not None and corpus.vectors[each.paper].any():
            places, cosines = _best(corpus, each.paper, matrix)
            order = sorted(range(len(seen)), key=lambda at: (-round(float(cosines[at]), 6), seen[at].id))
            checks = [
                [seen[at].id, None if places is None else int(places[at]), round(float(cosines[at]), 6)]
                for at in order[:MOST]
                if cosines[at] >= NEAR
            ]
        elif each.wish in hypotheses and len(each.terms) >= WORDS:
            checks = [[each.wish, None, None]]
        if checks:
            found[each.paper] = checks
    return found


def nearness(corpus: Corpus, wishes: Sequence[Wish], pool: Sequence[int]) -> dict[int, float]:
    """By row: the cosine of title and abstract to the nearest interest; 0 where there are no vectors."""
    vectors = [wish.vector for wish in wishes if wish.vector is not None]
    if not vectors or not len(pool):
        return {}
    cosines = (corpus.vectors[list(pool)] @ np.stack(vectors).T).max(axis=1)
    return {row: round(float(value), 6) for row, value in zip(pool, cosines, strict=True)}


def _best(
    corpus: Corpus, row: int, matrix: "npt.NDArray[np.float64]"
) -> "tuple[npt.NDArray[np.int64] | None, npt.NDArray[np.float64]]":
    """For each interest the nearest sentence and its cosine; of the whole abstract where sentences have no vectors."""
    first, last = corpus.firsts[row], corpus.firsts[row + 1]
    if first == last:
        return None, matrix @ corpus.vectors[row].astype(np.float64)
    cosines = corpus.sentences[first:last].astype(np.float64) @ matrix.T
    return cosines.argmax(axis=0), cosines.max(axis=0)
