"""Long work that reports how far it is and stops politely."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


class Cancelled(Exception):
    """Raised inside long work after somebody asked it to stop; what was stored before stays stored."""


class CancelToken:
    """A flag that one side sets and the other checks between chunks."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop at its next check."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked."""
        return self._event.is_set()

    def check(self) -> None:
        """Raise `Cancelled` if somebody asked."""
        if self._event.is_set():
            raise Cancelled


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a piece of work is. `total` is None where it cannot be known beforehand."""

    what: str
    done: int
    total: int | None
    seconds: float
    note: str = ""

    @property
    def rate(self) -> float | None:
        """Items a second so far; None before the first second is measurable."""
        return self.done / self.seconds if self.done and self.seconds > 0.05 else None

    @property
    def eta_seconds(self) -> float | None:
        """Seconds left at the rate so far; None while that is unknown."""
        if self.total is None or not self.rate:
            return None
        return max(0.0, (self.total - self.done) / self.rate)


ReportProgress = Callable[[Progress], None]


class Pace:
    """Turns counts into `Progress` and calls `report` at most ten times a second (and always at the end)."""

    def __init__(self, what: str, total: int | None, report: ReportProgress | None) -> None:
        self._what, self.total, self._report = what, total, report
        self._start = time.monotonic()
        self._last = 0.0

    def at(self, done: int, *, note: str = "", final: bool = False) -> None:
        """Say that `done` items are done."""
        now = time.monotonic()
        if self._report is None or (not final and now - self._last < 0.1):
            return
        self._last = now
        self._report(Progress(self._what, done, self.total, now - self._start, note))
