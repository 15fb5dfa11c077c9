"""A file (or standard input) as a stream of plain bytes: gzip undone by its magic bytes, the position known."""

import contextlib
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from library.errors import LabtopError, NotFound, UsageError

HEAD = 65_536  # bytes looked at to tell the format
DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile)  # what reading a cut-off or broken gzip file raises


@dataclass
class Source:
    """An open input. `size` is that of the file on disk, None where it cannot be known (a pipe)."""

    name: str
    stream: BinaryIO
    head: bytes
    size: int | None
    _raw: "_Counted"

    @property
    def position(self) -> int:
        """Bytes of the file on disk that were read so far."""
        return self._raw.count


class _Counted(io.RawIOBase):
    """Hands out what was peeked at, then the rest; counts what the reader took from the file."""

    def __init__(self, raw: BinaryIO | io.RawIOBase) -> None:
        self._raw, self._ahead, self.count = raw, b"", 0

    def peek(self, size: int) -> bytes:
        """The next bytes, at most `size`; what was read before the file turns out damaged: the reader will say so."""
        with contextlib.suppress(*DAMAGED):
            while len(self._ahead) < size and (more := self._raw.read(size - len(self._ahead))):
                self._ahead += more
        return self._ahead[:size]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data, self._ahead = self._ahead[: len(buffer)], self._ahead[len(buffer) :]
        if not data:
            data = self._raw.read(len(buffer)) or b""
        buffer[: len(data)] = data
        self.count += len(data)
        return len(data)


class _Unzipped(io.RawIOBase):
    """What stands in a gzip file, block by block: a larger read would lose what came before the damage it met."""

    def __init__(self, packed: gzip.GzipFile) -> None:
        self._packed = packed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._packed.read1(len(buffer))
        buffer[: len(data)] = data
        return len(data)


@contextmanager
def open_source(path: str, stdin: BinaryIO | None = None) -> Iterator[Source]:
    """Open `path`; "-" is `stdin`. Raises NotFound, UsageError (a folder), LabtopError (not readable)."""
    if path == "-":
        if stdin is None:
            raise UsageError("There is no standard input to read.")
        yield _source("standard input", stdin, None)
        return
    if not path.strip():
        raise UsageError("No file is named.")
    file = Path(path)
    if file.is_dir():
        raise UsageError(f"{path} is a folder.", mend=f"Name the files in it, such as {path.rstrip('/')}/*.bib.")
    try:
        raw = file.open("rb")
    except FileNotFoundError:
        raise NotFound(f"There is no file {path}.") from None
    except OSError as error:
        raise LabtopError(f"{path} cannot be read: {error.strerror}.") from error
    with raw:
        yield _source(path, raw, file.stat().st_size if file.is_file() else None)


def _source(name: str, raw: BinaryIO, size: int | None) -> Source:
    counted = _Counted(raw)
    stream: BinaryIO = io.BufferedReader(counted, 1 << 18)
    if counted.peek(3)[:3] == b"\x1f\x8b\x08":
        unzipped = _Counted(_Unzipped(gzip.GzipFile(fileobj=stream)))
        return Source(name, io.BufferedReader(unzipped, 1 << 18), unzipped.peek(HEAD), size, counted)
    return Source(name, stream, counted.peek(HEAD), size, counted)
