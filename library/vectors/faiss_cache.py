"""The index's file: a cache of what SQLite holds, believed only if every byte of it is as it was written.

    8 bytes   magic and format
    4 bytes   length of the header
    header    JSON: model, dimension, count, the state of the database it was made from
    8·n       paper ids, ascending
    8·n       embedding ids
    2·d·n     vectors, float16: the codes of a FAISS QT_fp16 quantiser as they are
    4 bytes   crc32 of everything before (27 ms for 100,000 vectors; a cryptographic hash takes 60 to 110)

It is read into memory rather than mapped: a mapped file that somebody truncates ends the process.
"""

import json
import os
import struct
import zlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import numpy as np

from library.atomic import replacing
from library.vectors.stored import Halves, Ids, State

if TYPE_CHECKING:
    from library.vectors.scan import Scan

MAGIC: Final = b"LBTOPVX\x01"
_LENGTH: Final = struct.Struct("<I")
BLOCK_ROWS: Final = 4_096
_LONGEST_HEADER: Final = 4096


class CacheDamaged(Exception):
    """The file is there, but is not what was written."""


@dataclass(frozen=True, slots=True)
class Header:
    """Whose vectors these are, and of when."""

    model: str
    dimension: int
    count: int
    state: State


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the file holds: row i of `scan` is the vector of paper `papers[i]`, stored as `embeddings[i]`."""

    header: Header
    papers: Ids
    embeddings: Ids
    scan: "Scan"


Begin = Callable[[int, int, int], "Scan"]  # (count, descriptor of the open file, where its vectors start)


def cache_path(folder: Path, model: str) -> Path:
    """The file of that model's index."""
    return folder / f"{model[:16]}.faiss"


def load(path: Path, model: str, dimension: int, begin: Begin) -> Loaded | None:
    """Read and check the file; None where there is none. The scan that `begin` makes is given every vector.

    Raises CacheDamaged where it is not whole or belongs to another model.
    """
    try:
        file = path.open("rb", buffering=0)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CacheDamaged(f"it cannot be read ({error.strerror})") from error
    with file:
        return _read(file, model, dimension, begin)


def _read(file: IO[bytes], model: str, dimension: int, begin: Begin) -> Loaded:
    start = file.read(len(MAGIC) + _LENGTH.size)
    if start[: len(MAGIC)] != MAGIC or len(start) < len(MAGIC) + _LENGTH.size:
        raise CacheDamaged("it is of another format")
    (length,) = _LENGTH.unpack(start[len(MAGIC) :])
    if length > _LONGEST_HEADER:
        raise CacheDamaged("its header is damaged")
    raw = file.read(length)
    try:
        fields = json.loads(raw)
        header = Header(fields["model"], fields["dimension"], fields["count"], State(**fields["state"]))
    except (ValueError, KeyError, TypeError) as error:
        raise CacheDamaged("its header is damaged") from error
    if header.model != model or header.dimension != dimension:
        raise CacheDamaged("it belongs to another model")
    expected = len(start) + length + header.count * (16 + 2 * dimension) + 4
    size = os.fstat(file.fileno()).st_size
    if size != expected:
        raise CacheDamaged(f"it has {size:,} bytes where {expected:,} were written")
    papers, embeddings = np.empty(header.count, np.int64), np.empty(header.count, np.int64)
    checksum = zlib.crc32(raw, zlib.crc32(start))
    for part in (papers, embeddings):
        checksum = _fill(file, part, checksum)
    scan = begin(header.count, file.fileno(), size - 4 - header.count * 2 * dimension)
    block = np.empty((BLOCK_ROWS, dimension), np.float16)
    for first in range(0, header.count, BLOCK_ROWS):
        rows = block[: header.count - first]
        checksum = _fill(file, rows, checksum)
        scan.take(first, rows)
    if file.read(4) != _LENGTH.pack(checksum):
        raise CacheDamaged("its checksum is wrong")
    return Loaded(header, papers, embeddings, scan)


def _fill(file: IO[bytes], part: Ids | Halves, checksum: int) -> int:
    """Read into `part`; returns the checksum carried on."""
    view = _bytes(part)
    rest = view
    while rest:
        count = file.readinto(rest)  # type: ignore[attr-defined]
        if not count:
            raise CacheDamaged("it ends early")
        rest = rest[count:]
    return zlib.crc32(view, checksum)


def save(path: Path, header: Header, papers: Ids, embeddings: Ids, blocks: Iterable[Halves]) -> None:
    """Put the file in its place as a whole. Not flushed to disk: a torn file is noticed and made again."""
    raw = json.dumps(asdict(header)).encode()
    with replacing(path, to_disk=False) as file:
        checksum = 0
        parts: Iterable[Ids | Halves] = chain((papers, embeddings), blocks)
        for view in chain([memoryview(MAGIC + _LENGTH.pack(len(raw)) + raw)], (_bytes(part) for part in parts)):
            file.write(view)
            checksum = zlib.crc32(view, checksum)
        file.write(_LENGTH.pack(checksum))


def delete(folder: Path) -> None:
    """Delete all index files of a workspace, half-written ones included (after a purge: they hold what must go)."""
    for pattern in ("*.faiss", ".*.faiss.*.tmp"):
        for path in folder.glob(pattern):
            path.unlink(missing_ok=True)


def _bytes(part: Ids | Halves) -> memoryview:
    """The memory of a contiguous array."""
    return np.ascontiguousarray(part).reshape(-1).view(np.uint8).data
