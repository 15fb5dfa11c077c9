"""What the ranker takes and gives. Plain values: nothing here knows of a database, a screen or a clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Regime = Literal["interests", "learned"]
LEARN_FROM: Final = 10  # labels, from which on a person's own decisions take part
SHARE: Final = 1e-4  # scores are rounded to this, so that no last bit of a processor decides an order


@dataclass(frozen=True, slots=True)
class Work:
    """A paper as the ranker sees it. `key` breaks ties; `places` are its abstract's sentences as (start, end)."""

    key: str
    day: str
    title: str
    abstract: str
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    places: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Corpus:
    """Papers and their vectors.

    `vectors` (n, d) are unit vectors of title and abstract, a row of zeros where there is none. The sentences of paper
    i have the rows `firsts[i]:firsts[i + 1]` of `sentences` (m, d); a paper whose sentences have no vectors has none.
    """

    works: Sequence[Work]
    vectors: "npt.NDArray[np.float32]"
    sentences: "npt.NDArray[np.float32]"
    firsts: "npt.NDArray[np.int64]"


@dataclass(frozen=True, slots=True)
class Wish:
    """An interest: its number, its words (a topic, a hypothesis, a saved search, a tag's name) and their vector (d,).

    `papers` are rows of the corpus that stand for it (those with the tag); they are examples beside the words.
    """

    id: int
    text: str
    vector: "npt.NDArray[np.float32] | None"
    papers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Label:
    """A person's own decision on the paper in row `paper`: `wanted` for keep, star and later, else skipped singly.

    `weight` 1 for a keep, more for a star; `day` when it was decided; `wish` the interest it was linked to, if any.
    """

    paper: int
    wanted: bool
    day: str
    weight: float = 1.0
    wish: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One term of a score, in log-odds. `detail`: what it is made of, strongest first (a word, an author, a paper)."""

    name: str
    value: float
    detail: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Ranked:
    """A paper's score for its best interest: `score` = 1 / (1 + exp(−log_odds)), and the parts add up to log_odds.

    `sentence` is the number (from 0) of the sentence nearest to that interest and `cosine` how near it is; `nearest`
    are rows of kept papers with their cosines, nearest first; `terms` the words that paper and interest share.
    """

    paper: int
    score: float
    log_odds: float
    wish: int | None
    parts: tuple[Part, ...]
    sentence: int | None = None
    cosine: float | None = None
    nearest: tuple[tuple[int, float], ...] = ()
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranking:
    """Papers, best first (ties by key). `model_hash` is over everything that the scores depend on but the pool."""

    regime: Regime
    labels: int
    model_hash: str
    ranked: tuple[Ranked, ...]
