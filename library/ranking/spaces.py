"""Spaces in which likeness is measured: vectors of the encoder and topics of words, both evened out.

The vectors of a field lie close together, and most of what makes two of them alike is what all of them share. So each
direction is divided by the fourth root of the background's variance along it: between the plain cosine and full
whitening. Rows are of unit length after it; a row of zeros is a paper of which nothing is known, and stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]

TOPICS: Final = 200  # dimensions at most
FEWEST: Final = 12  # background papers, below which there is nothing to even out by
TERMS: Final = 12_000  # the most widespread ones, of which topics are made
_EVENED: Final = 0.25  # power of the variance; chosen among 0, .15, .25, .35, .5 (docs/architecture.md)


@dataclass(frozen=True, slots=True)
class Space:
    """`rows` (n, k) of unit length; `middle` and `turn` (d, k) take what lies outside into it."""

    rows: "Matrix"
    known: "npt.NDArray[np.bool_]"
    middle: "Matrix"
    turn: "Matrix"

    def of(self, vectors: "Matrix") -> "Matrix":
        """Vectors (m, d) of the encoder, or rows of words, in this space."""
        there = np.asarray(abs(vectors).sum(axis=1)).ravel() > 0
        return _unit(np.asarray(vectors @ self.turn) - self.middle, there)


def meaning(vectors: "npt.NDArray[np.float32]", behind: Sequence[int]) -> Space | None:
    """The encoder's vectors (n, d), evened out over the rows `behind`; as they are where too few of those have one.

    None where no paper has a vector at all.
    """
    known = np.any(vectors, axis=1)
    those = [row for row in behind if known[row]]
    rows = vectors.astype(np.float64)
    if not known.any():
        return None
    if len(those) < FEWEST:
        size = rows.shape[1]
        return Space(_unit(rows, known), known, np.zeros(size), np.eye(size))
    middle = rows[those].mean(axis=0)
    spread = np.cov(rows[those].T)
    size = spread.shape[0]
    # Few papers say little of so many directions: as much of the mean variance is mixed in as they leave unsaid.
    mixed = size / (size + len(those))
    even = np.trace(spread) / size
    values, turn = np.linalg.eigh((1.0 - mixed) * spread + mixed * even * np.eye(size))
    turn = turn / np.maximum(values, 1e-9) ** _EVENED
    return Space(_unit((rows - middle) @ turn, known), known, middle @ turn, turn)


def topics(words: Any, behind: Sequence[int], seed: int) -> Space | None:
    """Words (n, terms), sparse, as topics: the first singular directions of the rows `behind`. None for too few."""
    from sklearn.utils.extmath import randomized_svd

    those = words[list(behind)]
    count = min(TOPICS, len(behind) // 4, words.shape[1] // 4)
    if len(behind) < FEWEST or count < 2 or those.nnz == 0:
        return None
    _, values, directions = randomized_svd(those, count, n_iter=2, random_state=seed)
    real = values > values[0] * 1e-6
    # In the order of its rows: scipy copies the whole of it, for each single paper, where it is not.
    turn = np.ascontiguousarray((directions[real] / np.sqrt(values[real])[:, None]).T)
    middle = np.asarray(those.mean(axis=0)).ravel() @ turn
    known = np.asarray(words.sum(axis=1)).ravel() > 0
    return Space(_unit(np.asarray(words @ turn) - middle, known), known, middle, turn)


def _unit(rows: "Matrix", known: "npt.NDArray[np.bool_]") -> "Matrix":
    rows = np.where(known[:, None], rows, 0.0)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    out: Matrix = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 1e-12)
    return out
