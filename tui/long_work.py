"""Long work of one dashboard: one piece of each kind at a time, told in the status line, stopped by `x`.

It runs on daemon threads, stops politely at a token, and never holds up leaving. Whoever starts it may be gone by the
time it ends: it belongs to the app.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from library.jobs import CancelToken, Progress
from tui.context import in_daemon
from tui.output import progress_text

if TYPE_CHECKING:
    from tui.app import LabtopApp

T = TypeVar("T")
Tell = Callable[[Progress], None]


class LongWork:
    """What runs now, by kind."""

    def __init__(self, app: "LabtopApp") -> None:
        self._app = app
        self._running: dict[str, CancelToken] = {}
        self._told: dict[str, str] = {}
        self._ends: dict[str, asyncio.Event] = {}

    def run(self, kind: str, work: Callable[[CancelToken], Awaitable[None]]) -> bool:
        """Start `work` on the event loop; False where work of this kind runs already."""
        if kind in self._running:
            return False
        token = self._running[kind] = CancelToken()
        self._ends[kind] = asyncio.Event()

        async def all_of_it() -> None:
            try:
                await work(token)
            finally:
                self._done(kind)

        whole: Callable[[], Awaitable[None]] = all_of_it
        self._app.run_worker(whole, group=kind, exit_on_error=False, description=kind)
        return True

    async def in_thread(self, kind: str, work: Callable[[Tell], T]) -> T:
        """Await the part of `kind` that blocks, on a thread of its own; what it reports is told."""
        loop = asyncio.get_running_loop()

        def tell(progress: Progress) -> None:
            with suppress(RuntimeError):  # the loop is closed: nobody looks any more
                loop.call_soon_threadsafe(self.tell, kind, progress_text(progress))

        return await in_daemon(lambda: work(tell), name=f"labtop-{kind}")

    def tell(self, kind: str, text: str) -> None:
        """Say in the status line how far work of a kind is, as long as it runs."""
        if kind in self._running:
            self._told[kind] = text
            self._show()

    def cancel(self) -> frozenset[str]:
        """Ask all that runs to stop; the kinds that were asked."""
        for token in self._running.values():
            token.cancel()
        return frozenset(self._running)

    async def stop(self, kind: str) -> None:
        """Ask work of a kind to stop, and wait for it to have stored what it has."""
        if kind in self._running:
            self._running[kind].cancel()
            await self._ends[kind].wait()

    def _done(self, kind: str) -> None:
        self._running.pop(kind, None)
        self._ends.pop(kind).set()
        self._told.pop(kind, None)
        self._show()

    def _show(self) -> None:
        self._app.status_with(work="   ".join(self._told.values()))
