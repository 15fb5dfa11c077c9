"""Batches of texts of like length, halved when the memory of a device is too small for one."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from library.errors import LabtopError

Encode = Callable[[Sequence[int]], npt.NDArray[Any]]


class Batches:
    """Runs `encode` over batches and remembers the size that fitted. `notice` is told when it was halved."""

    def __init__(self, size: int, notice: Callable[[str], None], after_overflow: Callable[[], None] = lambda: None):
        self.size = max(1, size)
        self._notice = notice
        self._after_overflow = after_overflow

    def run(self, lengths: Sequence[int], encode: Encode, dimension: int) -> npt.NDArray[np.float32]:
        """Vectors (len(lengths), dimension) in the caller's order.

        `encode(numbers)` gets the numbers of some texts, the longest first, so that a batch holds little padding and
        a batch that does not fit shows at once. Raises LabtopError where not even one text fits.
        """
        order = sorted(range(len(lengths)), key=lambda number: -lengths[number])
        vectors = np.empty((len(lengths), dimension), dtype=np.float32)
        position = 0
        while position < len(order):
            numbers = order[position : position + self.size]
            try:
                vectors[numbers] = encode(numbers)
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                self._halve(error)
                continue
            position += len(numbers)
        return vectors

    def _halve(self, error: Exception) -> None:
        if self.size == 1:
            raise LabtopError(
                "The device has not enough memory to encode one text.",
                mend="Free some of it, or use labtop index --device cpu.",
            ) from error
        self.size //= 2
        self._after_overflow()
        self._notice(f"The device ran out of memory; going on with batches of {self.size}.")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a device had no room left: CUDA's own exception, and the words of those that have none (MPS)."""
    return type(error).__name__ == "OutOfMemoryError" or "out of memory" in str(error).lower()
