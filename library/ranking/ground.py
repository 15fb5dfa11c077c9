"""What one ranking stands on: its papers as words, topics and vectors, and the background that they are held against.

The background is unlabelled papers. They are no negatives each by itself, but as many as they are they say what an
ordinary paper looks like: every feature is counted in standard deviations from their mean, so that 0 is an ordinary
paper. The papers to be ranked are left out of it while there are enough others.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from library.ranking import spaces
from library.ranking.model import Corpus, Wish
from library.ranking.spaces import Space
from library.ranking.words import Reader, Words, terms, weigh

if TYPE_CHECKING:
    import numpy.typing as npt

    Column = npt.NDArray[np.float64]

BACKGROUND: Final = 6_000  # papers at most
ENOUGH: Final = 500  # others, below which the papers to be ranked are part of the background
Detail = Callable[[int], list[tuple[str, float]]]


@dataclass(frozen=True, slots=True)
class Ground:
    """Places below are positions in `rows`, which are rows of the corpus in the order of their keys."""

    corpus: Corpus
    rows: tuple[int, ...]
    place: dict[int, int]
    behind: "npt.NDArray[np.int64]"
    words: Words
    topics: Space | None
    meaning: Space | None

    def places(self, rows: Iterable[int]) -> "npt.NDArray[np.int64]":
        """Of rows of the corpus."""
        return np.array([self.place[row] for row in rows], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Feature:
    """`values` by place, in standard deviations of the background; `part`: the part of the score that it goes into.

    `detail` of a place: what the value is made of, in the same unit, strongest first.
    """

    name: str
    part: str
    values: "Column"
    detail: Detail | None = None


def lay(
    corpus: Corpus,
    pool: Sequence[int],
    examples: Sequence[int],
    wishes: Sequence[Wish],
    seed: int,
    reader: Reader,
) -> Ground:
    """Read what is needed of the corpus. `examples`: rows with a label, or that stand for an interest."""
    works = corpus.works
    behind = _background(corpus, set(pool), set(examples), seed)
    rows = sorted({*pool, *examples, *behind}, key=lambda row: (works[row].key, row))
    place = {row: at for at, row in enumerate(rows)}
    those = sorted(place[row] for row in behind)
    asked = {term for wish in wishes for term in terms(wish.text)}
    words = weigh(reader, [works[row] for row in rows], those, [place[row] for row in examples], asked)
    return Ground(
        corpus,
        tuple(rows),
        place,
        np.array(those, dtype=np.int64),
        words,
        spaces.topics(words.rows, those, seed),
        spaces.meaning(corpus.vectors[rows], those),
    )


def _background(corpus: Corpus, pool: set[int], examples: set[int], seed: int) -> list[int]:
    """Unlabelled papers, those with the smallest hash of their key where there are too many."""
    others = [row for row in range(len(corpus.works)) if row not in examples]
    beyond = [row for row in others if row not in pool]
    rows = beyond if len(beyond) >= ENOUGH else others
    if len(rows) > BACKGROUND:
        rows.sort(key=lambda row: (_drawn(corpus.works[row].key, seed), corpus.works[row].key))
    return rows[:BACKGROUND]


def _drawn(key: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}:{key}".encode("utf-8", "replace")).digest()


def ordinary(behind: "npt.NDArray[np.int64]", known: "npt.NDArray[np.bool_]") -> "npt.NDArray[np.int64]":
    """The places that say what is ordinary: the background, or without one all that something is known of."""
    those = behind[known[behind]]
    return those if len(those) > 1 else np.nonzero(known)[0]


def standardised(values: "Column", behind: "npt.NDArray[np.int64]", known: Any = None) -> tuple["Column", float]:
    """`values` in standard deviations from the mean of those `behind`, and what one unit is worth.

    Where nothing is known of a paper (`known` false) its value is 0: like an ordinary one.
    """
    there = np.ones(len(values), dtype=bool) if known is None else known
    those = ordinary(behind, there)
    if len(those) < 2:
        return np.zeros(len(values)), 0.0
    spread = float(np.std(values[those]))
    if spread < 1e-9:
        spread = float(np.std(values[there])) or 0.0
    if spread < 1e-9:
        return np.zeros(len(values)), 0.0
    # Nothing is farther from ordinary than LIMIT: in a small library one odd paper would be beyond all bounds.
    scaled = (values - float(np.mean(values[those]))) / spread
    return np.where(there, LIMIT * np.tanh(scaled / LIMIT), 0.0), 1.0 / spread


LIMIT: Final = 12.0  # standard deviations
