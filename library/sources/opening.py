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

    def __init__(self, raw: BinaryIO) -> None:
        self._raw, self._ahead, self.count = raw, b"", 0

    def peek(self, size: int) -> bytes:
        while len(self._ahead) < size and (more := self._raw.read(size - len(self._ahead))):
            self._ahead += more
        return self._ahead[:size]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data, self._ahead = self._ahead[: len(buffer)], self._ahead[len(buffer) :]
        if len(data) < len(buffer):
            data += self._raw.read(len(buffer) - len(data)) or b""
        buffer[: len(data)] = data
        self.count += len(data)
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
        stream = io.BufferedReader(gzip.GzipFile(fileobj=stream), 1 << 18)
    head = b""
    with contextlib.suppress(*DAMAGED):  # too broken for even one block: the reader says so
        head = stream.peek(HEAD)[:HEAD]  # type: ignore[attr-defined]
    return Source(name, stream, head, size, counted)
