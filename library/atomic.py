"""Files that are either the old one or the new one, never half of it."""

import contextlib
import fcntl
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, cast

_TEMPORARY: Final = re.compile(r"\.(?P<name>.+)\.(?P<pid>[1-9]\d{0,8})\.tmp", re.DOTALL)


@contextmanager
def replacing(path: Path, *, mode: int = 0o600, to_disk: bool = True, sweeping: bool = True) -> Iterator[BinaryIO]:
    """A new file beside `path`, renamed into its place at the end. Where that is not reached `path` is untouched.

    `to_disk`: flushed to the disk before the renaming, which a file that can be made again does not need. `sweeping`:
    what killed processes left of this file goes first; whoever writes many files into one folder looks through it once.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    if sweeping:
        with contextlib.suppress(OSError):
            sweep(path.parent, os.listdir(path.parent), name=path.name)
    try:
        descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "w+b") as file:
            with contextlib.suppress(OSError):  # a file system without locks
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield cast(BinaryIO, file)
            file.flush()
            if to_disk:
                os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_atomic(path: Path, content: bytes | str, *, mode: int = 0o600) -> None:
    """Put `content` in the place of what `path` holds."""
    with replacing(path, mode=mode) as file:
        file.write(content.encode() if isinstance(content, str) else content)


def sweep(folder: Path, names: Iterable[str], *, name: str = "", suffix: str = "") -> None:
    """Remove those of `names` in `folder` that are half a file of a process that is gone: a file called `name`, or one
    that ends in `suffix`. Never raises."""
    for each in names:
        match = _TEMPORARY.fullmatch(each) if each.endswith(".tmp") else None
        if match is None or (name and match["name"] != name) or not match["name"].endswith(suffix):
            continue
        if not alive(int(match["pid"])):
            _remove_unheld(folder / each)


def alive(pid: int) -> bool:
    """Whether there is a process of this number here, whoever it belongs to."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _remove_unheld(path: Path) -> None:
    """A process of another machine or container, whose number says nothing here, holds a lock on what it writes."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
        finally:
            os.close(descriptor)
