"""What C code prints past its own switch for silence, kept out of the terminal and out of `--json`.

HiGHS writes a line about itself with printf now and then, though told to be silent. C's stdout is a buffer of its own
beside Python's: here it gets a large one, which is emptied unwritten. The file descriptor is not touched, so whatever
else writes to the terminal meanwhile (an editor that was opened, say) goes on. Where the C library has no such call,
nothing is done.
"""

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

_FULLY_BUFFERED: Final = 0  # _IOFBF, on Linux and macOS alike
_SIZE: Final = 1 << 18


@contextmanager
def without_c_output() -> Iterator[None]:
    """Whatever C code prints to its stdout within is dropped, up to 256 KiB at a time."""
    found = _c_stdout()
    if found is None:
        yield
        return
    flush, purge, stdout, _ = found
    flush(stdout)  # what was printed before is not ours to drop
    try:
        yield
    finally:
        purge(stdout)


@cache
def _c_stdout() -> tuple[Any, Any, ctypes.c_void_p, Any] | None:
    """fflush, the call that empties a buffer, C's stdout, and the buffer that must live as long as it."""
    if sys.platform == "win32":
        return None
    try:
        libc = ctypes.CDLL(None)
        mac = sys.platform == "darwin"
        stdout = ctypes.c_void_p.in_dll(libc, "__stdoutp" if mac else "stdout")
        purge = libc.fpurge if mac else libc.__fpurge
        buffer = ctypes.create_string_buffer(_SIZE)
        if libc.setvbuf(stdout, buffer, _FULLY_BUFFERED, ctypes.c_size_t(_SIZE)) != 0:
            return None
    except (OSError, AttributeError, ValueError):
        return None
    return libc.fflush, purge, stdout, buffer
