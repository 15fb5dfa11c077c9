"""Files on their way into documents/: written beside their place, private, renamed when they are whole."""

import errno
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from library.atomic import alive
from library.errors import LabtopError
from library.jobs import CancelToken, Pace, ReportProgress
from library.paths import WorkspacePaths, private_directory

_PART: Final = re.compile(r"\.(\d+)\.[0-9a-f]{8}\.part$")
_BLOCK: Final = 1 << 20


class Arriving:
    """A file that is being written. A `Sink` of the transport, too; `total`: bytes, where somebody said."""

    def __init__(self, path: Path, file: BinaryIO, limit: int, pace: Pace) -> None:
        self.path, self.limit = path, limit
        self._file, self._pace = file, pace
        self.bytes, self.total = 0, 0
        self._digest = hashlib.sha256()

    def begin(self, total: int | None) -> None:
        """Forget what an earlier attempt brought."""
        self._file.seek(0)
        self._file.truncate()
        self._digest = hashlib.sha256()
        self.bytes, self.total = 0, total or 0
        self._pace.total = max(self.total >> 10, 1) if self.total else None

    def write(self, part: bytes) -> None:
        """The next part."""
        self._file.write(part)
        self._digest.update(part)
        self.bytes += len(part)
        self._pace.at(self.bytes >> 10)

    def flush(self) -> None:
        """To the disk, so that others can read it."""
        self._file.flush()
        os.fsync(self._file.fileno())

    @property
    def sha256(self) -> str:
        """Of what was written."""
        return self._digest.hexdigest()

    def keep(self, suffix: str) -> str:
        """Move it to its place, which its content names; returns the name."""
        name = f"{self.sha256}{suffix}"
        os.replace(self.path, self.path.parent / name)
        return name


@contextmanager
def arriving(paths: WorkspacePaths, what: str, limit: int, report: ReportProgress | None) -> Iterator[Arriving]:
    """A new file; gone at the end unless it was kept. Raises LabtopError where it cannot be written."""
    folder = private_directory(paths.documents)
    _sweep(folder)
    path = folder / f".{os.getpid()}.{os.urandom(4).hex()}.part"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w+b") as file:
            yield Arriving(path, file, limit, Pace(what, None, report))
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise LabtopError(
                "There is no room on the disk for the file. Nothing was changed.", mend="Make room and try again."
            ) from error
        raise LabtopError(f"The file could not be stored: {error.strerror or error}. Nothing was changed.") from error
    finally:
        path.unlink(missing_ok=True)


def copy_in(source: Path, target: Arriving, cancel: CancelToken | None) -> None:
    """Copy a file. Raises LabtopError where it cannot be read, or is too big."""
    try:
        file = source.open("rb")
    except OSError as error:
        raise LabtopError(f"{source} cannot be read: {error.strerror}.") from error
    with file:
        size = os.fstat(file.fileno()).st_size
        if size > target.limit:
            raise LabtopError(f"{source} has {size >> 20:,} MB; up to {target.limit >> 20} MB are read.")
        target.begin(size)
        while part := file.read(_BLOCK):
            if cancel is not None:
                cancel.check()
            if target.bytes + len(part) > target.limit:
                raise LabtopError(f"{source} has more than {target.limit >> 20} MB, which is not read.")
            target.write(part)


def _sweep(folder: Path) -> None:
    """Parts that a killed process left behind."""
    for path in folder.glob(".*.part"):
        match = _PART.fullmatch(path.name)
        if match and not alive(int(match[1])):
            path.unlink(missing_ok=True)
