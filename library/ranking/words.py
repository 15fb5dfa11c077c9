"""Words and pairs of words of papers, weighted as TF-IDF: rows of a sparse matrix, and the names of its columns."""

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


class Reader:
    """Reads papers into numbers of terms and how often each is said; remembers what it read.

    The numbers depend on what was read before; nothing that leaves this module does.
    """

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self._read: dict[tuple[str, str], tuple[Any, Any]] = {}

    def read(self, title: str, abstract: str) -> "tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]":
        """Terms, each once, and their counts; the title counts TITLE times."""
        found = self._read.get((title, abstract))
        if found is None:
            numbers = self.numbers
            said = [numbers.setdefault(term, len(numbers)) for term in terms(abstract)]
            said += [numbers.setdefault(term, len(numbers)) for term in terms(title)] * TITLE
            found = np.unique(np.array(said, dtype=np.int64), return_counts=True)
            self._read[title, abstract] = found
        return found


@dataclass(frozen=True, slots=True)
class Words:
    """`rows` (n, terms): scipy CSR of unit rows, zeros where no term is known. `names` by column, in their order."""

    rows: Any
    names: tuple[str, ...]
    columns: dict[str, int]
    idf: "npt.NDArray[np.float64]"

    def of(self, text: str) -> Any:
        """A text (an interest) as a row (1, terms)."""
        from scipy.sparse import csr_matrix

        counted = sorted((self.columns[term], n) for term, n in Counter(terms(text)).items() if term in self.columns)
        places = np.array([column for column, _ in counted], dtype=np.int64)
        values = np.array([(1.0 + np.log(n)) * self.idf[column] for column, n in counted], dtype=np.float64)
        length = float(np.linalg.norm(values)) or 1.0
        return csr_matrix((values / length, places, [0, len(places)]), shape=(1, len(self.names)))


def weigh(
    reader: Reader, works: Sequence[Work], behind: Sequence[int], examples: Sequence[int], also: Iterable[str] = ()
) -> Words:
    """TF-IDF, (1 + ln tf) · idf, of all `works`.

    What is rare is counted over the works `behind` alone; a term takes part that RAREST of those and the `examples`
    have, or that is wanted (`also`). So no other work decides what a word is worth.
    """
    from scipy.sparse import csr_matrix

    read = [reader.read(work.title, work.abstract) for work in works]
    wanted = [reader.numbers.setdefault(term, len(reader.numbers)) for term in sorted(set(also))]
    total, size = len(behind), len(reader.numbers)
    frequency = _frequency(read, behind, size)
    seen = frequency + _frequency(read, sorted(set(examples) - set(behind)), size)
    known = seen >= RAREST
    known[wanted] = True
    known &= frequency <= max(COMMONEST * total, 3)
    chosen = np.nonzero(known)[0]
    texts = list(reader.numbers)
    order = sorted(chosen.tolist(), key=lambda number: (-int(seen[number]), texts[number]))[:MOST]
    order.sort(key=texts.__getitem__)
    columns = np.full(size, -1, dtype=np.int64)
    columns[order] = np.arange(len(order))
    idf = np.log((1.0 + total) / (1.0 + frequency[order])) + 1.0
    places, values, ends = [], [], [0]
    for numbers, counts in read:
        place = columns[numbers]
        there = place >= 0
        place, count = place[there], counts[there]
        by_column = np.argsort(place)
        place = place[by_column]
        value = (1.0 + np.log(count[by_column])) * idf[place]
        places.append(place)
        values.append(value / (np.linalg.norm(value) or 1.0))
        ends.append(ends[-1] + len(place))
    parts = (np.concatenate(values or [np.zeros(0)]), np.concatenate(places or [np.zeros(0, dtype=np.int64)]), ends)
    names = tuple(texts[number] for number in order)
    rows = csr_matrix(parts, shape=(len(works), len(names)))
    return Words(rows, names, {name: column for column, name in enumerate(names)}, idf)


def _frequency(read: "Sequence[tuple[Any, Any]]", rows: Sequence[int], size: int) -> "npt.NDArray[np.int64]":
    said = [read[row][0] for row in rows]
    return np.bincount(np.concatenate(said) if said else np.zeros(0, dtype=np.int64), minlength=size)
