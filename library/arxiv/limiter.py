"""One polite queue for everything that this user's processes ask of arXiv; and one of its own for each other service.

arXiv's terms allow one request every three seconds over a single connection, for all its machine interfaces and all of
one's machines together. So dashboard, command line and cron share one lock and one small state file; whoever asks holds
the lock until the answer is in. What arXiv says about waiting (429, 503, 403) is stored there too, and binds them all.
https://info.arxiv.org/help/api/tou.html

Times are kept by the clock since boot, which nobody can set; the wall clock only tells a person until when.
"""

import json
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal

from library.arxiv.problems import Offline, Refused, Throttled
from library.atomic import write_atomic
from library.errors import LabtopError
from library.jobs import CancelToken
from library.paths import private_directory

HoldKind = Literal["pause", "throttled", "refused"]
LONGEST_HOLD: Final = 24 * 3600.0
_LOCK_PATIENCE: Final = 600.0
_AFRESH: Final = 3.0
_NAP: Final = 0.25  # how often a wait looks whether it was cancelled


@dataclass(frozen=True, slots=True)
class Hold:
    """That nothing may be asked now. `until` is UTC, for showing."""

    kind: HoldKind
    seconds_left: float
    until: datetime
    message: str


def steady_clock() -> float:
    """Seconds since boot, sleep included where the system counts it; the same in every process."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class Limiter:
    """The queue. `folder` is shared by all processes of the user; clocks and sleep are passed in by tests.

    `service` names the files, `title` the service in what a person reads, `refused_mend` what to do about a 403.
    """

    def __init__(
        self,
        folder: Path,
        *,
        service: str = "arxiv",
        title: str = "arXiv",
        refused_mend: str = "",
        sleep: Callable[[float], None] = time.sleep,
        steady: Callable[[], float] = steady_clock,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._state_file = folder / f"{service}-limiter.json"
        self._lock_file = folder / f"{service}-limiter.lock"
        self._folder, self.title, self.refused_mend = folder, title, refused_mend or REFUSED_MEND
        self._sleep, self._steady, self._wall = sleep, steady, wall

    @contextmanager
    def turn(self, interval: float, cancel: CancelToken | None = None) -> Iterator[None]:
        """Wait for this process's turn and hold it. `interval`: seconds since the last request, of whatever process.

        Raises Throttled or Refused while arXiv wants no requests, Offline where another process never lets go.
        """
        from filelock import FileLock, Timeout

        private_directory(self._folder)
        lock = FileLock(self._lock_file, mode=0o600)
        waited = time.monotonic()
        while True:
            _check(cancel)
            try:
                lock.acquire(timeout=_NAP, poll_interval=0.02)
                break
            except (OSError, NotImplementedError) as error:
                if not isinstance(error, Timeout):
                    raise self._unusable(error) from error
                if time.monotonic() - waited > _LOCK_PATIENCE:
                    raise Offline(
                        f"Another labtop process has been asking {self.title} for ten minutes without an end.",
                        mend="See whether one hangs, and end it.",
                    ) from None
        try:
            self._wait(interval, cancel)
            self._began(interval)
            try:
                yield
            finally:
                # Counted from the end as well: when exactly the server saw the request begin, only the server knows.
                self._began(interval)
        finally:
            lock.release()

    def _began(self, interval: float) -> None:
        state = self._read()
        state["last"] = self._mark(interval)
        if self.hold() is None:
            state.pop("hold", None)
        self._write(state)

    def hold(self) -> Hold | None:
        """What forbids asking right now; None where nothing does. Never waits."""
        state = self._read().get("hold")
        if not isinstance(state, dict):
            return None
        left = self._left(state)
        if left <= 0:
            return None
        kind = state.get("kind")
        until = datetime.fromtimestamp(self._wall(), UTC) + timedelta(seconds=left)
        return Hold(
            kind if kind in ("pause", "throttled", "refused") else "throttled",
            left,
            until,
            str(state.get("message", "")),
        )

    def set_hold(self, kind: HoldKind, seconds: float, message: str) -> Hold:
        """Store that nothing may be asked for `seconds`. A longer hold that is there already stays."""
        seconds = min(max(seconds, 0.0), LONGEST_HOLD)
        private_directory(self._folder)
        state = self._read()
        there = self.hold()
        if there is None or there.seconds_left < seconds or (kind == "refused" and there.kind != "refused"):
            state["hold"] = {"kind": kind, "message": message, **self._mark(seconds)}
            self._write(state)
        now = datetime.fromtimestamp(self._wall(), UTC)
        return self.hold() or Hold(kind, seconds, now + timedelta(seconds=seconds), message)

    def forget_refusal(self) -> bool:
        """Lift a 403's stop, once a person has dealt with its cause. A cooldown after 429 stays."""
        there = self.hold()
        if there is None or there.kind != "refused":
            return False
        state = self._read()
        state.pop("hold", None)
        self._write(state)
        return True

    def _wait(self, interval: float, cancel: CancelToken | None) -> None:
        while True:
            _check(cancel)
            hold = self.hold()
            if hold is not None and hold.kind == "refused":
                raise Refused(hold.message, until=hold.until, mend=self.refused_mend, evidence={"status": 403})
            if hold is not None and hold.kind == "throttled":
                raise Throttled(hold.message, until=hold.until, mend="labtop asks again by itself after that.")
            last = self._read().get("last")
            left = min(self._left(last), interval) if isinstance(last, dict) else 0.0
            left = max(left, hold.seconds_left if hold else 0.0)
            if left <= 0:
                return
            self._sleep(min(left, _NAP))

    def sleep(self, seconds: float, cancel: CancelToken | None = None) -> None:
        """Wait, by the same clock, in steps that a cancellation ends."""
        end = self._steady() + seconds
        while (left := end - self._steady()) > 0:
            _check(cancel)
            self._sleep(min(left, _NAP))

    def _mark(self, seconds: float) -> dict[str, float]:
        return {"steady": self._steady(), "wall": self._wall(), "seconds": seconds}

    def _left(self, mark: dict[str, Any]) -> float:
        """Seconds left of a mark. After a restart only the wall clock knows, and no longer than the mark is."""
        try:
            steady, wall, seconds = float(mark["steady"]), float(mark["wall"]), float(mark["seconds"])
        except (KeyError, TypeError, ValueError):
            return 0.0
        if not all(map(math.isfinite, (steady, wall, seconds))):
            return 0.0
        seconds = min(seconds, LONGEST_HOLD)
        passed = self._steady() - steady
        if passed < 0:
            passed = self._wall() - wall
        return min(max(seconds - passed, 0.0), seconds)

    def _read(self) -> dict[str, Any]:
        try:
            state = json.loads(self._state_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            state = None
        if isinstance(state, dict):
            return state
        begun = {"last": self._mark(_AFRESH)}  # damaged: nobody knows when arXiv was asked last, so perhaps just now
        self._write(begun)
        return begun

    def _write(self, state: dict[str, Any]) -> None:
        try:
            write_atomic(self._state_file, json.dumps(state))
        except OSError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> LabtopError:
        return LabtopError(
            f"The folder {self._folder}, where labtop keeps its distance to {self.title}, cannot be used: {error}.",
            mend="Mend it, or name another one with LABTOP_STATE.",
        )


REFUSED_MEND: Final = (
    "arXiv takes rapid requests after a 403 for an attack, so labtop has stopped. Read "
    "https://info.arxiv.org/help/robots.html, set arxiv.contact in settings.toml, and run "
    "labtop sync --resume when it is cleared up."
)


def _check(cancel: CancelToken | None) -> None:
    if cancel is not None:
        cancel.check()
