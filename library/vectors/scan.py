"""Nearest vectors by inner product, through FAISS on one thread (two are slower on a small machine).

Up to `EXACT_UP_TO` papers every stored float16 vector is compared: nothing is approximate. Above, one bit a number
(RaBitQ) stays in memory and proposes candidates, whose float16 vectors are then read from the index's file and
compared exactly. Measured with 300,000 vectors (benchmarks/index_scale.py): a thirteenth of the memory, quicker than
the exact scan, recall@10 ≥ 0.99; IVF needs 128 of 1,024 lists for 0.98, and fast-scan PQ takes no selection of papers.
"""

import os
import weakref
from typing import Any, Final, Protocol

import faiss as _typed_faiss
import numpy as np
import numpy.typing as npt

from library.vectors.runtime import Vectors
from library.vectors.stored import Halves, Ids

EXACT_UP_TO: Final = 200_000
CANDIDATES: Final = 1_000  # that the compact scan proposes for up to 100 wanted papers
_TIES: Final = 32  # looked at beyond k, so that equal scores are told apart by paper, not by place

faiss: Any = _typed_faiss  # its stubs know the C++ signatures, not those of its Python wrappers
faiss.omp_set_num_threads(1)


class Scan(Protocol):
    """Vectors by row."""

    exact: bool

    def take(self, start: int, block: Halves) -> None:
        """Rows `start` … of the index; called once for each part, in order, before anything else."""
        ...

    def rows(self, places: Ids) -> Halves:
        """Copies of some rows, float16 (len(places), dimension)."""
        ...

    def search(self, queries: Vectors, k: int, selected: npt.NDArray[np.bool_] | None) -> list[Ids]:
        """For each query the rows of its `k` nearest and some more, none twice, in no promised order."""
        ...


class ExactScan:
    """Every vector compared. The rows live in FAISS's own memory, and only there."""

    exact = True

    def __init__(self, count: int, dimension: int) -> None:
        self._index = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        self._rows: Halves = np.empty((0, dimension), np.float16)
        if count:
            self._index.codes.resize(count * dimension * 2)
            self._index.ntotal = count
            codes = faiss.rev_swig_ptr(self._index.codes.data(), count * dimension * 2)
            self._rows = codes.view(np.float16).reshape(count, dimension)

    def take(self, start: int, block: Halves) -> None:
        """See Scan."""
        self._rows[start : start + len(block)] = block

    def rows(self, places: Ids) -> Halves:
        """See Scan."""
        return self._rows[places]

    def search(self, queries: Vectors, k: int, selected: npt.NDArray[np.bool_] | None) -> list[Ids]:
        """See Scan."""
        found = self._index.search(queries, min(k + _TIES, len(self._rows)), params=_parameters(selected))[1]
        return [rows[rows >= 0] for rows in found]


class CompactScan:
    """One bit a number in memory; the rows stay in an open file from `offset` on, read with pread.

    Not mapped into memory: a mapped file that somebody truncates ends the process. Raises OSError from `rows` instead.
    """

    exact = False

    def __init__(self, count: int, dimension: int, descriptor: int, offset: int) -> None:
        self._index = faiss.IndexRaBitQ(dimension, faiss.METRIC_INNER_PRODUCT)
        self._count, self._dimension, self._offset = count, dimension, offset
        self._file = os.dup(descriptor)
        weakref.finalize(self, os.close, self._file)

    def take(self, start: int, block: Halves) -> None:
        """See Scan. The centre of the first block serves all."""
        vectors = block.astype(np.float32)
        if not self._index.is_trained or start == 0:
            self._index.train(vectors)
        self._index.add(vectors)

    def rows(self, places: Ids) -> Halves:
        """See Scan."""
        width = self._dimension * 2
        found: Halves = np.empty((len(places), self._dimension), np.float16)
        for number in np.argsort(places, kind="stable"):
            row = os.pread(self._file, width, self._offset + int(places[number]) * width)
            if len(row) != width:
                raise OSError("the vector index was cut short while it was open")
            found[number] = np.frombuffer(row, np.float16)
        return found

    def search(self, queries: Vectors, k: int, selected: npt.NDArray[np.bool_] | None) -> list[Ids]:
        """See Scan."""
        wanted = min(max(CANDIDATES, k * CANDIDATES // 100), self._count)
        found = self._index.search(queries, wanted, params=_parameters(selected))[1]
        return [rows[rows >= 0] for rows in found]


def _parameters(selected: npt.NDArray[np.bool_] | None) -> Any:
    if selected is None:
        return None
    return faiss.SearchParameters(sel=faiss.IDSelectorBitmap(np.packbits(selected, bitorder="little")))
