"""Nearest vectors by inner product, through FAISS on one thread (two are slower on a small machine).

Up to `EXACT_UP_TO` papers every stored float16 vector is compared: nothing is approximate.
"""

from typing import Any, Final

import faiss as _typed_faiss
import numpy as np
import numpy.typing as npt

from library.vectors.runtime import Vectors
from library.vectors.stored import Halves, Ids

EXACT_UP_TO: Final = 200_000
_TIES: Final = 32  # looked at beyond k, so that equal scores are told apart by paper, not by place

faiss: Any = _typed_faiss  # its stubs know the C++ signatures, not those of its Python wrappers
faiss.omp_set_num_threads(1)


class ExactScan:
    """Every vector compared. The rows live in FAISS's own memory, and only there."""

    exact = True

    def __init__(self, count: int, dimension: int) -> None:
        self.index = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        if count:
            self.index.codes.resize(count * dimension * 2)
            self.index.ntotal = count
            codes = faiss.rev_swig_ptr(self.index.codes.data(), count * dimension * 2)
            self.rows: Halves = codes.view(np.float16).reshape(count, dimension)
        else:
            self.rows = np.empty((0, dimension), np.float16)

    def search(self, queries: Vectors, k: int, selected: npt.NDArray[np.bool_] | None) -> list[Ids]:
        """For each query the rows of its `k` nearest and a few more, none twice, in no promised order."""
        wanted = min(k + _TIES, len(self.rows))
        rows = self.index.search(queries, wanted, params=_parameters(selected))[1]
        return [found[found >= 0] for found in rows]


def _parameters(selected: npt.NDArray[np.bool_] | None) -> Any:
    if selected is None:
        return None
    return faiss.SearchParameters(sel=faiss.IDSelectorBitmap(np.packbits(selected, bitorder="little")))
