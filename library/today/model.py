"""What the page holds. Each part of labtop adds its own lines; all of it is read at one moment."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from library.arxiv.ledger import State
from library.papers.model import PaperRow
from library.reading.summary import QueueSummary
from library.triage.summary import InboxSummary

Tone = Literal["bad", "warn", "info"]
LedgerState: TypeAlias = State | Literal["not asked"]


@dataclass(frozen=True, slots=True)
class CategoryDay:
    """One category on one announcement day: papers by how they were announced, and what is known of the day.

    `reason` says it in plain words, so that a zero never stands alone. `checked_at` UTC ISO 8601, None: never asked.
    """

    category: str
    new: int
    cross: int
    state: LedgerState
    reason: str
    checked_at: str | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """A day (YYYY-MM-DD) with the number of papers that sort under it; `reason` where there is none."""

    day: str
    papers: int
    categories: tuple[CategoryDay, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Encoding:
    """Papers without a vector of the chosen model, and whether that model is ready."""

    model: str
    ready: bool
    missing: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that needs a look: what it is, and the one thing to do about it."""

    tone: Tone
    text: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Today:
    """The page. `day` is the workspace's today; `days` the newest first, today always among them.

    `newest` are the papers of the newest day that has some; `inbox`: what waits to be triaged; `reading`: what the
    reading queue asks for; `disk_free` bytes; `undo` what one's own undo would take back; times UTC ISO 8601.
    """

    day: str
    name: str
    demo: bool
    papers: int
    categories: tuple[str, ...]
    days: tuple[Day, ...]
    newest: tuple[PaperRow, ...]
    inbox: InboxSummary
    reading: QueueSummary
    encoding: Encoding
    quarantined: int
    backup_at: str | None
    disk_free: int
    notices: tuple[Notice, ...]
    undo: str | None
