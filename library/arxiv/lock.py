"""One sync of a workspace at a time: the second waits, and then finds the days settled."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from library.errors import LabtopError
from library.jobs import CancelToken


class SyncBusy(LabtopError):
    """Another sync of this workspace is at work."""


@contextmanager
def one_at_a_time(home: Path, patience: float, cancel: CancelToken | None = None) -> Iterator[None]:
    """Hold the lock of the workspace in `home`. `patience`: seconds to wait for it. Raises SyncBusy, Cancelled."""
    from filelock import FileLock, Timeout

    lock = FileLock(home / "sync.lock", mode=0o600)
    end = time.monotonic() + patience
    while True:
        if cancel is not None:
            cancel.check()
        try:
            lock.acquire(timeout=min(0.25, max(patience, 0.0)), poll_interval=0.05)
            break
        except Timeout:
            if time.monotonic() >= end:
                raise SyncBusy(
                    "Another sync of this workspace is at work.",
                    mend="Wait for it; labtop sync --status shows how far.",
                ) from None
    try:
        yield
    finally:
        lock.release()
