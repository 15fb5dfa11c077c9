"""The days: how many papers each has, by category, and the reason where it has none."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from library.arxiv import ledger
from library.arxiv.calendar import holiday, is_weekday
from library.papers.queries import days_with_papers
from library.today.model import CategoryDay, Day, LedgerState

_LARGEST = 5


def days(db: sqlite3.Connection, *, today: str, categories: Sequence[str], limit: int) -> tuple[Day, ...]:
    """The newest `limit` days that have papers or were asked for, and today itself; the newest first."""
    counts = dict(days_with_papers(db, until=today, limit=limit))
    asked = db.execute("SELECT DISTINCT day FROM sync_ledger WHERE day <= ? ORDER BY day DESC LIMIT ?", (today, limit))
    known = sorted({today, *counts, *(row[0] for row in asked)}, reverse=True)[:limit]
    announced = _announced(db, known[-1], today)
    asked_for = _ledger(db, known[-1], today)
    return tuple(
        _day(day, counts.get(day, 0), categories, announced.get(day, {}), asked_for.get(day, {})) for day in known
    )


def why_none(db: sqlite3.Connection, day: str, categories: Sequence[str]) -> str:
    """Why `day` brought nothing new in the followed categories, as far as is known."""
    asked_for = _ledger(db, day, day).get(day, {})
    shown = list(dict.fromkeys([*categories, *sorted(asked_for)]))
    state, reason = _unasked(day)
    if not shown and state == "no mailing":
        return reason
    return _why_empty(_category(category, day, (0, 0), asked_for.get(category)) for category in shown)


def _day(
    day: str,
    papers: int,
    followed: Sequence[str],
    announced: Mapping[str, tuple[int, int]],
    asked_for: Mapping[str, ledger.LedgerEntry],
) -> Day:
    shown = list(dict.fromkeys([*followed, *sorted(asked_for)]))
    if not shown:  # imported papers, and nothing is followed: the day's largest categories
        shown = sorted(announced, key=lambda name: announced[name], reverse=True)[:_LARGEST]
    parts = tuple(
        _category(category, day, announced.get(category, (0, 0)), asked_for.get(category)) for category in shown
    )
    return Day(day, papers, parts, "" if papers else _why_empty(parts))


def _category(category: str, day: str, announced: tuple[int, int], entry: ledger.LedgerEntry | None) -> CategoryDay:
    new, cross = announced
    if entry is None:
        state, reason = _unasked(day)
        return CategoryDay(category, new, cross, state, "as imported" if new or cross else reason)
    return CategoryDay(category, new, cross, entry.state, ledger.reason(entry), entry.checked_at)


def _unasked(day: str) -> tuple[LedgerState, str]:
    """What the calendar alone tells of a day that nobody asked arXiv about."""
    when = date.fromisoformat(day)
    if not is_weekday(when):
        return "no mailing", "arXiv announces nothing at weekends"
    name = holiday(when)
    if name:
        return "no mailing", f"arXiv announces nothing on this day ({name})"
    return "not asked", "arXiv was not asked about this day yet"


def _why_empty(parts: Iterable[CategoryDay]) -> str:
    """One reason where all categories share it, else each with its own."""
    by_reason: dict[str, list[str]] = {}
    for part in parts:
        by_reason.setdefault(part.reason, []).append(part.category)
    if not by_reason:
        return "no category is followed"
    if len(by_reason) == 1:
        only = next(iter(by_reason))
        return "complete, and none of it is here" if only == "complete" else only
    return " · ".join(f"{', '.join(names)}: {reason}" for reason, names in by_reason.items())


def _announced(db: sqlite3.Connection, first: str, last: str) -> dict[str, dict[str, tuple[int, int]]]:
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for row in db.execute(
        "SELECT day, category, sum(type = 'new'), sum(type = 'cross') FROM announcement"
        " WHERE day BETWEEN ? AND ? GROUP BY day, category",
        (first, last),
    ):
        found.setdefault(row[0], {})[row[1]] = (row[2], row[3])
    return found


def _ledger(db: sqlite3.Connection, first: str, last: str) -> dict[str, dict[str, ledger.LedgerEntry]]:
    found: dict[str, dict[str, ledger.LedgerEntry]] = {}
    for entry in ledger.days(db, since=date.fromisoformat(first)):
        if entry.day <= last:
            found.setdefault(entry.day, {})[entry.category] = entry
    return found
