"""What time it is. Passed in, so that tests and the frozen sample workspace decide it themselves."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime

_PRETENDED: ContextVar[str | None] = ContextVar("pretended", default=None)


@dataclass(frozen=True, slots=True)
class Clock:
    """The system clock, or a day on which time stands still (the sample workspace's as-of day)."""

    as_of: date | None = None

    def now(self) -> datetime:
        """The current time, UTC. On a frozen day it is noon of that day."""
        if self.as_of is not None:
            return datetime(self.as_of.year, self.as_of.month, self.as_of.day, 12, tzinfo=UTC)
        return datetime.now(UTC)

    def today(self) -> date:
        """The day a person would write on a letter: local date, or the frozen day."""
        return self.as_of or datetime.now().astimezone().date()


def iso(moment: datetime) -> str:
    """UTC ISO 8601 with seconds and a Z, the one form in which times are stored and printed."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def stamp() -> str:
    """The real time now, for records of what happened (journal, imports): frozen days do not apply to them."""
    return _PRETENDED.get() or iso(datetime.now(UTC))


@contextmanager
def stamped(moment: str) -> Iterator[None]:
    """`stamp` says `moment` inside: for made-up records, whose time is made up as well."""
    token = _PRETENDED.set(moment)
    try:
        yield
    finally:
        _PRETENDED.reset(token)
