"""Words and pairs of words of papers, weighted as TF-IDF: rows of a sparse matrix, and the names of its columns."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from library.ranking.model import Work
from library.search.words import FUNCTION_WORDS

if TYPE_CHECKING:
    import numpy.typing as npt

_TOKEN = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_CHARACTERS: Final = 6_000  # of a text that are looked at
_LONGEST: Final = 40  # characters of a word; longer ones are addresses and noise
TITLE: Final = 3  # times that a word of the title counts
RAREST: Final = 2  # papers that must have a word, or nothing can be learned of it
COMMONEST: Final = 0.3  # share of papers above which a word says nothing
MOST: Final = 60_000  # columns
# What abstracts say whatever they are about.
_FORMULAIC: Final = """
however paper propose proposed proposes present presents approach approaches method methods show shows demonstrate
demonstrates results result existing novel new introduce introduces work works experiments using use used uses across
address based achieve achieves et al
"""
STOP: Final = FUNCTION_WORDS | frozenset(_FORMULAIC.split())


def tokens(text: str) -> list[str]:
    """Words in small letters, in order, "" where a word without meaning stood (so that no pair spans it)."""
    found = [word.lower() for word in _TOKEN.findall(text[:_CHARACTERS])]
    return ["" if word in STOP or len(word) > _LONGEST or len(word) < 2 else word for word in found]


def terms(text: str) -> list[str]:
    """Words and pairs of neighbouring words."""
    words = tokens(text)
    pairs = [f"{left} {right}" for left, right in pairwise(words) if left and right]
    return [word for word in words if word] + pairs


def counts(work: Work) -> Counter[str]:
    """How often a paper says each term; the title counts more."""
    found = Counter(terms(work.abstract))
    for term in terms(work.title):
        found[term] += TITLE
    return found


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Terms by column, and how rare each is."""

    columns: dict[str, int]
    names: tuple[str, ...]
    idf: "npt.NDArray[np.float64]"

    def matrix(self, documents: Iterable[Counter[str]]) -> Any:
        """Rows (n, terms) of unit length, scipy CSR: (1 + ln tf) · idf; zeros where no term is known."""
        from scipy.sparse import csr_matrix

        places: list[int] = []
        values: list[float] = []
        ends = [0]
        for document in documents:
            row = sorted((self.columns[term], count) for term, count in document.items() if term in self.columns)
            weights = [(1.0 + math.log(count)) * self.idf[column] for column, count in row]
            length = math.sqrt(sum(weight * weight for weight in weights)) or 1.0
            places += [column for column, _ in row]
            values += [weight / length for weight in weights]
            ends.append(len(places))
        shape = (len(ends) - 1, len(self.names))
        return csr_matrix((np.array(values), np.array(places, dtype=np.int32), np.array(ends)), shape=shape)


def vocabulary(documents: Sequence[Counter[str]], also: Iterable[str] = ()) -> Vocabulary:
    """The terms of `documents` (and `also`, terms that are wanted however rare), with smoothed idf."""
    total = len(documents)
    frequency: Counter[str] = Counter()
    for document in documents:
        frequency.update(document.keys())
    most = max(COMMONEST * total, 3)
    known = [(term, count) for term, count in frequency.items() if RAREST <= count <= most]
    known.sort(key=lambda item: (-item[1], item[0]))
    kept = dict(known[:MOST])
    kept.update((term, frequency[term]) for term in also if frequency[term] <= most)
    names = tuple(sorted(kept))
    idf = np.array([math.log((1 + total) / (1 + kept[name])) + 1.0 for name in names])
    return Vocabulary({name: column for column, name in enumerate(names)}, names, idf)
