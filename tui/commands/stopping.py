"""Ctrl-C in long work: asked to stop, it keeps what it has."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from library.jobs import CancelToken

STOPPED = 130  # as shells report a Ctrl-C


@contextmanager
def ctrl_c() -> Iterator[CancelToken]:
    """The first Ctrl-C asks to stop; a second one does not ask."""
    token = CancelToken()

    def ask(*_: object) -> None:
        if token.cancelled:
            raise KeyboardInterrupt
        token.cancel()

    try:
        before = signal.signal(signal.SIGINT, ask)
    except ValueError:  # not the main thread: somebody else answers Ctrl-C
        yield token
        return
    try:
        yield token
    finally:
        signal.signal(signal.SIGINT, before)
