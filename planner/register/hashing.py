"""The hash of a dataset's contents, read in a stream: of a file its sha256, of a folder that of its manifest.

A manifest has a line for each file, as `sha256sum` writes it, sorted by the bytes of the path. Anybody can check one:

    cd FOLDER && find -L . -type f | LC_ALL=C sort | tr '\\n' '\\0' | xargs -0 sha256sum | sha256sum
"""

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from library.errors import LabtopError, NotFound, UsageError
from library.jobs import CancelToken, Pace, ReportProgress
from library.text import counted

_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class ContentHash:
    """`sha256` in hexadecimal; `files` and `size` (bytes) are what it was taken of."""

    sha256: str
    files: int
    size: int
    folder: bool

    @property
    def said(self) -> str:
        """ "3 files, 1,204 bytes"."""
        return f"{counted(self.files, 'file')}, {counted(self.size, 'byte')}"


def content_hash(path: Path, *, report: ReportProgress | None = None, cancel: CancelToken | None = None) -> ContentHash:
    """Hash a file or a folder; links are followed. Raises NotFound, UsageError (an empty folder), LabtopError."""
    pace = Pace("hashing", None, report)
    if not path.exists():
        raise NotFound(f"There is no file or folder {path}.")
    try:
        if not path.is_dir():
            digest, size = _file(path, cancel)
            return ContentHash(digest, 1, size, folder=False)
        found = sorted(_files(path), key=lambda file: os.fsencode(file.relative_to(path)))
        if not found:
            raise UsageError(f"{path} holds no file.", mend="Name the folder that holds the data.")
        whole, total = hashlib.sha256(), 0
        for done, file in enumerate(found, 1):
            digest, size = _file(file, cancel)
            whole.update(_line(digest, os.fsencode(file.relative_to(path))))
            total += size
            pace.at(done, note=file.name, final=done == len(found))
    except OSError as error:
        raise LabtopError(f"{error.filename or path} cannot be read: {error.strerror}.") from error
    return ContentHash(whole.hexdigest(), len(found), total, folder=True)


def same_hash(left: str, right: str) -> bool:
    """Whether two hashes are equal, whatever their case and with or without "sha256:" before them."""

    def bare(text: str) -> str:
        return re.sub(r"^sha-?256[:=\s]\s*", "", text.strip().lower())

    return bare(left) == bare(right)


def _files(folder: Path) -> Iterator[Path]:
    """Every file below; a folder that a link leads back into is refused."""
    above: dict[Path, set[tuple[int, int]]] = {folder: {_identity(folder)}}

    def failed(error: OSError) -> None:
        raise error

    for name, folders, files in os.walk(folder, followlinks=True, onerror=failed):
        here = Path(name)
        for inner in folders:
            identity = _identity(here / inner)
            if identity in above[here]:
                raise LabtopError(f"{here / inner} leads back into itself.", mend="Take the link out, or hash a part.")
            above[here / inner] = {*above[here], identity}
        yield from (here / file for file in files)


def _identity(folder: Path) -> tuple[int, int]:
    found = folder.stat()
    return found.st_dev, found.st_ino


def _file(path: Path, cancel: CancelToken | None) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    before = path.stat()
    if not stat.S_ISREG(before.st_mode):
        raise LabtopError(f"{path} is no ordinary file.", mend="Hash a folder of ordinary files.")
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            if cancel is not None:
                cancel.check()
    after = path.stat()
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns) or size != after.st_size:
        raise LabtopError(f"{path} was written to while it was read.", mend="Try again when nobody writes to it.")
    return digest.hexdigest(), size


def _line(digest: str, relative: bytes) -> bytes:
    """As sha256sum writes it: a name with a line end or a backslash is escaped, and a backslash stands before all."""
    name = b"./" + relative
    escaped = name.replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\r", b"\\r")
    mark = b"\\" if escaped != name else b""
    return mark + digest.encode() + b"  " + escaped + b"\n"
