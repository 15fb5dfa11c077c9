"""What an interest asks for, held against papers: its words, its vector, sentence by sentence, and what it finds.

"What it finds": the background papers that answer an interest best say in a field's own words what it is about
(pseudo-relevance feedback). Papers that stand for an interest (a tag's) are examples in their place.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from library.ranking import learning
from library.ranking.ground import Feature, Ground, ordinary, standardised
from library.ranking.model import Corpus, Wish

if TYPE_CHECKING:
    import numpy.typing as npt

    Column = npt.NDArray[np.float64]

FOUND: Final = 20  # background papers that an interest is taken to have found
# By how much the best of a paper's sentences is nearer to an interest than the whole of it usually is: in the same
# standard deviations. Sentences of the background have no vectors to measure that by.
_AHEAD: Final = 1.1


@dataclass(frozen=True, slots=True)
class Asked:
    """The features of one interest."""

    wish: Wish
    features: tuple[Feature, ...]


def asked(ground: Ground, wish: Wish) -> Asked:
    """Everything that an interest says of the papers; without words, vector and papers nothing at all."""
    features = []
    words = _words(ground, wish)
    whole = _whole(ground, wish)
    if whole is not None and wish.vector is not None:
        features.append(whole)
        features.append(_sentence(ground, np.asarray(wish.vector, dtype=np.float64)))
    if words is not None:
        features.append(words)
    if (words is not None or whole is not None) and len(ground.behind) >= 4 * FOUND:
        total = np.sum([feature.values for feature in (words, whole) if feature is not None], axis=0)
        order = sorted(ground.behind.tolist(), key=lambda place: (-round(float(total[place]), 6), place))
        features += like(ground, np.array(order[:FOUND]), "found", "like what it finds")
    if wish.papers:
        features += like(ground, np.sort(ground.places(set(wish.papers))), "examples", "near its papers")
    return Asked(wish, tuple(features))


def _words(ground: Ground, wish: Wish) -> Feature | None:
    row = ground.words.of(wish.text)
    if row.nnz == 0:
        return None
    line = np.asarray(row.todense()).ravel()
    values, unit = standardised(ground.words.rows @ line, ground.behind)
    return Feature("asked words", "its words", values, lambda place: learning.of_words(ground, place, line * unit))


def _whole(ground: Ground, wish: Wish) -> Feature | None:
    if wish.vector is None or ground.meaning is None or not np.any(wish.vector):
        return None
    cosines = ground.corpus.vectors[list(ground.rows)].astype(np.float64) @ np.asarray(wish.vector, dtype=np.float64)
    return Feature("whole", "title and abstract", standardised(cosines, ground.behind, ground.meaning.known)[0])


def _sentence(ground: Ground, vector: "Column") -> Feature:
    """The nearest sentence, in the deviations of whole papers; 0 where a paper's sentences have no vectors."""
    cosines = ground.corpus.vectors[list(ground.rows)].astype(np.float64) @ vector
    assert ground.meaning is not None
    those = cosines[ordinary(ground.behind, ground.meaning.known)]
    best = np.array([best_sentence(ground.corpus, row, vector)[1] for row in ground.rows])
    scaled = (best - float(those.mean())) / (float(those.std()) or 1.0) - _AHEAD
    return Feature("sentence", "sentence", np.clip(np.nan_to_num(scaled, nan=0.0), -12.0, 12.0))


def best_sentence(corpus: Corpus, row: int, vector: Any) -> tuple[int | None, float]:
    """The number of the sentence nearest to a vector, and its cosine; (None, NaN) where none has a vector."""
    first, last = int(corpus.firsts[row]), int(corpus.firsts[row + 1])
    if first == last:
        return None, float("nan")
    cosines = corpus.sentences[first:last].astype(np.float64) @ vector
    return int(np.argmax(np.round(cosines, 6))), float(cosines.max())


def like(ground: Ground, places: "npt.NDArray[np.int64]", name: str, part: str) -> list[Feature]:
    """Along the mean of some papers, in each space."""
    rows = ground.words.rows
    line = np.asarray(rows[places].mean(axis=0)).ravel()
    if len(ground.behind):
        line = line - np.asarray(rows[ground.behind].mean(axis=0)).ravel()
    values, unit = standardised(rows @ line, ground.behind)
    features = [Feature(f"{name} words", part, values, lambda place: learning.of_words(ground, place, line * unit))]
    for kind, space in (("topics", ground.topics), ("meaning", ground.meaning)):
        if space is not None and space.known[places].any():
            along = space.rows @ learning.centre(space, places)
            features.append(Feature(f"{name} {kind}", part, standardised(along, ground.behind, space.known)[0]))
    return features
