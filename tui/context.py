"""The one bridge between the event loop and the threads that read, write and compute.

Reads may be dropped, writes may not: a read that nobody waits for any more is interrupted; a write goes on to its end,
and its `Change` is published even if the screen that asked has gone.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Concatenate, ParamSpec, TypeVar

from library.clock import Clock
from library.db.changes import Change
from library.jobs import CancelToken
from library.workspace import Workspace

P = ParamSpec("P")
T = TypeVar("T")


class Context:
    """What screens are handed: the workspace, and reads, writes and computations to await.

    `publish` is called on the event loop with the Change of every write that succeeded (a command returns it, or a
    number and the Change); `report` with the error of a write whose asker has gone.
    """

    def __init__(
        self, workspace: Workspace, *, publish: Callable[[Change], None], report: Callable[[BaseException], None]
    ) -> None:
        self.workspace = workspace
        self._publish, self._report = publish, report
        self._pool = ThreadPoolExecutor(2, "labtop-compute")
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def person(self) -> str:
        """Who acts, for the journal."""
        return self.workspace.person

    @property
    def clock(self) -> Clock:
        """What time it is here (the sample workspace's stands still)."""
        return self.workspace.clock

    async def read(self, function: Callable[Concatenate[Any, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Await `function(db, …)` on a reader thread. Cancelling the coroutine interrupts the running statement."""
        cancel = CancelToken()
        future = self.workspace.store.read(lambda db: function(db, *args, **kwargs), cancel=cancel)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            cancel.cancel()
            raise

    async def write(self, function: Callable[Concatenate[Any, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Await `function(db, …)` in one transaction. It runs to its end even if the coroutine is cancelled."""
        loop = asyncio.get_running_loop()
        future = self.workspace.store.write(lambda db: function(db, *args, **kwargs))
        waited_for = True

        def finished(done: Future[T]) -> None:
            error = done.exception()
            if error is None and (change := _change_in(done.result())) is not None:
                self._publish(change)
            if error is not None and not waited_for:
                self._report(error)

        def hop(done: Future[T]) -> None:
            with suppress(RuntimeError):  # the loop is closed: nobody is left to tell
                loop.call_soon_threadsafe(finished, done)

        future.add_done_callback(hop)
        inner = asyncio.wrap_future(future)
        try:
            return await asyncio.shield(inner)
        except asyncio.CancelledError:
            waited_for = False
            inner.add_done_callback(lambda done: done.cancelled() or done.exception())
            raise

    async def compute(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Await a function that blocks (a model, a file) on a thread. Keep it under a second: leaving waits for it."""
        return await asyncio.wrap_future(self._pool.submit(function, *args, **kwargs))

    def close(self) -> None:
        """Drop what is queued; what runs is waited for when the interpreter ends."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _change_in(result: object) -> Change | None:
    """The Change that a command returned, alone or behind the number of what it made."""
    last = result[-1] if isinstance(result, tuple) and result else result
    return last if isinstance(last, Change) else None


async def in_daemon(function: Callable[[], T], *, name: str) -> T:
    """Await `function` on a thread of its own that leaving does not wait for. For work with its own token."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(function())
        except BaseException as error:
            future.set_exception(error)

    future.set_running_or_notify_cancel()
    threading.Thread(target=run, name=name, daemon=True).start()
    return await asyncio.wrap_future(future)
