"""What a person's reading queue asks for today, in a few lines."""

import sqlite3
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from library.reading.model import LONG, Entry
from library.reading.queue import queue
from library.text import counted, shortened

SOON: Final = 2  # days: what is due by then is pointed out
_SHOWN: Final = 3  # papers that are named
Tone = Literal["bad", "warn", "info"]


@dataclass(frozen=True, slots=True)
class Due:
    """A paper that is due soon, or was; `id` is its key."""

    id: str
    title: str
    due: str
    days_left: int


@dataclass(frozen=True, slots=True)
class QueueSummary:
    """`waiting` are queued, `reading` in progress (of `limit`, None for any number); `long` wait for two weeks or more.

    `due`: the latest first; `changed`: papers of the queue whose abstract has changed since.
    """

    waiting: int
    reading: int
    limit: int | None
    long: int
    due: tuple[Due, ...]
    changed: int


def queue_summary(db: sqlite3.Connection, person: str, today: date, limit: int) -> QueueSummary:
    """What the queue of `person` asks for now."""
    entries = queue(db, person, order="due")
    soon = sorted(_soon(entries, today), key=lambda each: (each.due, each.id))
    return QueueSummary(
        waiting=sum(entry.state == "queued" for entry in entries),
        reading=sum(entry.state == "reading" for entry in entries),
        limit=limit or None,
        long=sum(entry.state == "queued" and entry.age(today) >= LONG for entry in entries),
        due=tuple(soon),
        changed=sum(entry.changed for entry in entries),
    )


def _soon(entries: tuple[Entry, ...], today: date) -> list[Due]:
    found = []
    for entry in entries:
        left = entry.days_left(today)
        if entry.due is not None and left is not None and left <= SOON:
            found.append(Due(entry.key, entry.title, entry.due, left))
    return found


def said(found: QueueSummary) -> list[tuple[Tone, str]]:
    """Lines for a page, the most urgent first: what is due by name, then the rest in one line; none for no queue."""
    lines: list[tuple[Tone, str]] = []
    for each in found.due[:_SHOWN]:
        tone: Tone = "bad" if each.days_left < 0 else "warn"
        lines.append((tone, f"{_when(each.days_left)}: “{shortened(each.title, 70)}”"))
    if len(found.due) > _SHOWN:
        lines.append(("warn", f"and {len(found.due) - _SHOWN} more due"))
    parts = []
    if found.changed:
        parts.append(f"{counted(found.changed, 'abstract')} changed since")
    if found.reading or found.waiting:
        of = f" of {found.limit}" if found.limit else ""
        parts += [f"reading {found.reading}{of}", f"{found.waiting:,} queued"]
    if found.long:
        parts.append(f"{found.long:,} of them for {LONG} days or more")
    if parts:
        over = found.limit is not None and found.reading > found.limit
        lines.append(("warn" if over or found.changed else "info", " · ".join(parts)))
    return lines


def _when(left: int) -> str:
    if left < 0:
        return f"{counted(-left, 'day')} late"
    return {0: "due today", 1: "due tomorrow"}.get(left, f"due in {left} days")
