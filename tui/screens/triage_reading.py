"""What Triage reads, each at one moment: the day to begin with, the day again, what is decided by now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from library.papers.model import Decision
from library.ranking import stored
from library.today.days import why_none
from library.triage.inbox import InboxDay, Item, decided, inbox_day, inbox_days, put_off
from library.triage.listing import followed


@dataclass(frozen=True, slots=True)
class Opened:
    """What the screen opens with: the day to begin with, and what waits on the days of the inbox."""

    day: InboxDay
    waiting: dict[str, int]
    later: tuple[Item, ...]
    silent: str  # why today brought nothing, where it did not


# Fields of an Item on which nothing is decided.
UNDECIDED: dict[str, Decision | str | bool | None] = {
    "decision": None,
    "reason": None,
    "bulk": False,
    "decided_at": None,
}


def _shape(item: Item) -> tuple[object, ...]:
    """What another order or another list would differ by."""
    return item.id, item.place, item.score, item.label


def _said(item: Item) -> tuple[object, ...]:
    return item.decision, item.reason, item.bulk


def anew(db: Any, person: str, before: InboxDay, shown: Mapping[int, Item]) -> tuple[InboxDay, bool, dict[int, Item]]:
    """The day as it is now, whether it is in the same order as before, and what is decided otherwise than shown."""
    now = inbox_day(db, person, before.day)
    same = list(map(_shape, now.items)) == list(map(_shape, before.items))
    return now, same, {item.id: item for item in now.items if item.id in shown and _said(item) != _said(shown[item.id])}


def decided_and_line(db: Any, person: str, ids: list[int]) -> tuple[dict[int, dict[str, Any]], stored.Line]:
    """What is decided on these papers, and how good the line is with that."""
    return decided(db, person, ids), stored.line(db, person)


def first_look(db: Any, person: str, today: str, count: int) -> Opened:
    """The newest day on which something waits, else the newest one, and what waits on the others."""
    days = inbox_days(db, person, today, count)
    first = next((day for day in days if day.waiting), days[0] if days else inbox_day(db, person, today))
    silent = why_none(db, today, followed(db)) if days and days[0].day != today else ""
    return Opened(first, {day.day: day.waiting for day in days}, put_off(db, person), silent)
