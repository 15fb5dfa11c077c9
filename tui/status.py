"""What the status line says: one frozen value, replaced as a whole."""

from dataclasses import dataclass
from typing import Literal

Tone = Literal["good", "warn", "bad", "quiet", "stale"]
SIGNS: dict[Tone, str] = {"good": "●", "warn": "▲", "bad": "✗", "quiet": "·", "stale": "◌"}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to say, and how it is to be taken. The sign goes with the tone: colour never speaks alone."""

    text: str
    tone: Tone = "quiet"


@dataclass(frozen=True, slots=True)
class Status:
    """Sync state with its reason; long work; what needs a look; what search cannot do yet; services that do not answer;
    what `u` takes back."""

    sync: Line | None = None
    work: str = ""
    alarms: tuple[Line, ...] = ()
    search: Line | None = None
    services: Line | None = None
    undo: str = ""
    read_only: bool = False

    @property
    def lines(self) -> tuple[Line, ...]:
        """Everything in the order of its weight: alarms, then sync, what search cannot do yet, other services."""
        return (*self.alarms, *(said for said in (self.sync, self.search, self.services) if said))
