"""What waits in a person's inbox, in a line."""

import sqlite3
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from library.settings import TriageSettings
from library.triage.inbox import ABOVE, EXPLORE, Item, inbox_days, put_off


@dataclass(frozen=True, slots=True)
class ToCheck:
    """A hypothesis, and how many of the waiting papers above the line bear on it."""

    reference: str
    text: str
    papers: int


@dataclass(frozen=True, slots=True)
class InboxSummary:
    """Papers that wait for a decision, of the last announcement days.

    `newest_day`: the newest day that has some. `above` the line, or shown above it to explore; None where nothing is
    ranked. `to_check`: the hypotheses that most of these bear on first. `back`: papers put off that are due again.
    """

    waiting: int
    days: int
    newest_day: str | None
    above: int | None
    to_check: tuple[ToCheck, ...]
    back: int


def summary(db: sqlite3.Connection, person: str, today: date, settings: TriageSettings) -> InboxSummary:
    """What waits for `person` now."""
    found = inbox_days(db, person, today.isoformat(), settings.days)
    waiting = [item for day in found for item in day.items if item.counts and item.decision is None]
    above = [item for item in waiting if item.place in (ABOVE, EXPLORE)]
    ranked = any(item.score is not None for day in found for item in day.items)
    return InboxSummary(
        waiting=len(waiting),
        days=sum(day.waiting > 0 for day in found),
        newest_day=next((day.day for day in found if day.waiting), None),
        above=len(above) if ranked else None,
        to_check=_to_check(db, above),
        back=len(back(put_off(db, person), today, settings)),
    )


def back(items: tuple[Item, ...], today: date, settings: TriageSettings) -> tuple[Item, ...]:
    """Those of the papers put off that are due again."""
    until = (today - timedelta(days=settings.later_days)).isoformat()
    return tuple(item for item in items if item.decided_at is not None and item.decided_at[:10] <= until)


def _to_check(db: sqlite3.Connection, items: list[Item]) -> tuple[ToCheck, ...]:
    counts = Counter(
        (item.reference, item.interest_id) for item in items if item.interest_kind == "hypothesis" and item.reference
    )
    found = []
    for (reference, interest_id), papers in sorted(counts.items(), key=lambda each: (-each[1], str(each[0][0]))):
        row = db.execute("SELECT text FROM interest WHERE id = ?", (interest_id,)).fetchone()
        found.append(ToCheck(str(reference), row[0] if row is not None else "", papers))
    return tuple(found)
