"""The days: how many papers each has, by category, and the reason where it has none."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, get_args

from library.arxiv.calendar import holiday, is_weekday
from library.papers.queries import days_with_papers
from library.today.model import CategoryDay, Day, LedgerState

_STATES = get_args(LedgerState)


def days(db: sqlite3.Connection, *, today: str, categories: Sequence[str], limit: int) -> tuple[Day, ...]:
    """The newest `limit` days that have papers or were asked for, and today itself; the newest first."""
    counts = dict(days_with_papers(db, until=today, limit=limit))
    asked = db.execute("SELECT DISTINCT day FROM sync_ledger WHERE day <= ? ORDER BY day DESC LIMIT ?", (today, limit))
    known = sorted({today, *counts, *(row[0] for row in asked)}, reverse=True)[:limit]
    announced = _announced(db, known[-1], today)
    ledger = _ledger(db, known[-1], today)
    return tuple(
        _day(day, counts.get(day, 0), categories, announced.get(day, {}), ledger.get(day, {})) for day in known
    )


def _day(
    day: str,
    papers: int,
    followed: Sequence[str],
    announced: Mapping[str, tuple[int, int]],
    ledger: Mapping[str, sqlite3.Row],
) -> Day:
    shown = dict.fromkeys([*followed, *sorted(ledger)])
    parts = tuple(_category(category, day, announced.get(category, (0, 0)), ledger.get(category)) for category in shown)
    return Day(day, papers, parts, "" if papers else _why_empty(day, parts))


def _category(category: str, day: str, announced: tuple[int, int], row: sqlite3.Row | None) -> CategoryDay:
    new, cross = announced
    if row is None:
        return CategoryDay(category, new, cross, *_unasked(day))
    state: LedgerState = row["state"] if row["state"] in _STATES else "not asked"
    return CategoryDay(category, new, cross, state, _reason(row), row["checked_at"])


def _unasked(day: str) -> tuple[LedgerState, str]:
    """What the calendar alone tells of a day that nobody asked arXiv about."""
    when = date.fromisoformat(day)
    if not is_weekday(when):
        return "no mailing", "arXiv announces nothing at weekends"
    name = holiday(when)
    if name:
        return "no mailing", f"arXiv announces nothing on this day ({name})"
    return "not asked", "arXiv was not asked about this day yet"


def _reason(row: sqlite3.Row) -> str:
    """The ledger's state in plain words, with the evidence's own message where it has one."""
    evidence = _evidence(row["evidence"])
    message = str(evidence.get("message") or "").strip().rstrip(".")
    words: dict[str, str] = {
        "complete": "complete",
        "quiet": "arXiv announced nothing in this category",
        "no mailing": "arXiv announced nothing on this day",
        "not out yet": f"not out yet (last asked {_clock(row['checked_at'])})",
        "stale": "arXiv still shows an older day",
        "throttled": _throttled(row["until"]),
        "offline": f"arXiv could not be reached (last tried {_clock(row['checked_at'])})",
        "parse error": "arXiv's answer could not be read",
    }
    plain = words.get(row["state"], str(row["state"]))
    if row["state"] == "complete" or not message:
        return plain
    return message if row["state"] in ("no mailing", "quiet", "not out yet") else f"{plain}: {message}"


def _throttled(until: str | None) -> str:
    return f"arXiv asked us to wait until {_clock(until)}" if until else "arXiv asked us to wait"


def _why_empty(day: str, parts: Iterable[CategoryDay]) -> str:
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


def _ledger(db: sqlite3.Connection, first: str, last: str) -> dict[str, dict[str, sqlite3.Row]]:
    found: dict[str, dict[str, sqlite3.Row]] = {}
    for row in db.execute("SELECT * FROM sync_ledger WHERE day BETWEEN ? AND ?", (first, last)):
        found.setdefault(row["day"], {})[row["category"]] = row
    return found


def _evidence(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _clock(at: str | None) -> str:
    """ "2026-04-13T06:00:00Z" → "13 Apr 06:00 UTC"."""
    if not at or len(at) < 16:
        return "an unknown time"
    try:
        day = date.fromisoformat(at[:10])
    except ValueError:
        return at
    return f"{day.day} {day:%b} {at[11:16]} UTC"
