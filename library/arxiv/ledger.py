"""The sync ledger: for every category and announcement day, what is known, from what, and in words for a person.

One row a category and day. A worse observation never replaces a better one: what was complete stays complete.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, Final, Literal, get_args

from library.arxiv.calendar import holidays_known, named
from library.clock import iso

State = Literal["complete", "not out yet", "quiet", "no mailing", "stale", "throttled", "offline", "parse error"]
Source = Literal["feed", "listing", "oai", "api", "datacite", "calendar"]
STATES: Final[tuple[str, ...]] = get_args(State)
SETTLED: Final = frozenset({"complete", "quiet", "no mailing"})  # nothing more is asked about such a day
FINE: Final = SETTLED | {"not out yet"}  # nothing went wrong
SHORTEST: Final = timedelta(minutes=15)  # between two questions about a day that is not settled
STEP: Final = timedelta(minutes=5)
LONGEST: Final = timedelta(minutes=30)
_KEPT_TIMES: Final = 12


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One category's day. `count`: papers new to the category; `until`, `checked_at`: UTC ISO 8601."""

    category: str
    day: str
    state: State
    count: int | None
    source: Source
    evidence: Mapping[str, Any] = field(default_factory=dict)
    until: str | None = None
    checked_at: str = ""

    @property
    def settled(self) -> bool:
        """Whether the day needs no further asking."""
        return self.state in SETTLED


def days(
    db: sqlite3.Connection, categories: Iterable[str] | None = None, since: date | None = None
) -> tuple[LedgerEntry, ...]:
    """Rows of these categories (all where None) from `since` on, the newest day first."""
    wanted = None if categories is None else json.dumps(list(categories))
    rows = db.execute(
        "SELECT * FROM sync_ledger WHERE (?1 IS NULL OR category IN (SELECT value FROM json_each(?1))) "
        "AND day >= ?2 ORDER BY day DESC, category",
        (wanted, since.isoformat() if since else ""),
    )
    return tuple(_entry(row) for row in rows)


def find(db: sqlite3.Connection, category: str, day: date) -> LedgerEntry | None:
    """One row."""
    row = db.execute("SELECT * FROM sync_ledger WHERE category = ? AND day = ?", (category, day.isoformat())).fetchone()
    return _entry(row) if row is not None else None


def put(db: sqlite3.Connection, entry: LedgerEntry) -> LedgerEntry:
    """Store an observation where it is no worse than what is known; returns what now stands.

    Complete is final (and its count only grows); quiet and no mailing give way to complete alone.
    """
    there = find(db, entry.category, date.fromisoformat(entry.day))
    if there is not None and not _may_replace(there, entry):
        return there
    evidence = dict(entry.evidence)
    if entry.state not in SETTLED:
        earlier = there.evidence.get("asked", []) if there is not None and there.state not in SETTLED else []
        asked = [*earlier, entry.checked_at] if entry.checked_at not in earlier else list(earlier)
        evidence["asked"] = asked[-_KEPT_TIMES:]
        evidence["tries"] = int(there.evidence.get("tries", 0) if there is not None else 0) + 1
        again = datetime.fromisoformat(entry.checked_at) + back_off(evidence["tries"])
        evidence["again"] = max(iso(again), entry.until or "")
        if there is not None and there.state == entry.state:
            evidence["since"] = there.evidence.get("since", there.checked_at)
    db.execute(
        "INSERT INTO sync_ledger (category, day, state, count, source, evidence, until, checked_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (category, day) DO UPDATE SET state = excluded.state, "
        "count = excluded.count, source = excluded.source, evidence = excluded.evidence, until = excluded.until, "
        "checked_at = excluded.checked_at",
        (
            entry.category,
            entry.day,
            entry.state,
            entry.count,
            entry.source,
            json.dumps(evidence, ensure_ascii=False, sort_keys=True),
            entry.until,
            entry.checked_at,
        ),
    )
    stored = find(db, entry.category, date.fromisoformat(entry.day))
    assert stored is not None
    return stored


def back_off(tries: int) -> timedelta:
    """How long to wait after asking in vain `tries` times: 15, 20, 25, 30, 30 … minutes."""
    return min(SHORTEST + STEP * max(tries - 1, 0), LONGEST)


def reason(entry: LedgerEntry, *, zone: tzinfo | None = None) -> str:
    """Why the day looks as it does, in plain words; times in `zone` (the user's own where None).

    "214 new, 43 cross-listed" · "not out yet (asked 08:10, again 08:40)" · "no mailing (Thanksgiving)"
    """
    facts = entry.evidence
    message = str(facts.get("message", "")).rstrip(".")
    if entry.state == "complete":
        return _complete(entry)
    if entry.state == "quiet":
        replaced = f", {facts['replaced']} replaced" if facts.get("replaced") else ""
        unknown = "" if holidays_known(date.fromisoformat(entry.day)) else " (or a day without mailing: not known)"
        who = "OAI-PMH knows nothing new of that day" if entry.source == "oai" else "arXiv lists nothing new"
        return f"quiet: {who}{replaced}{unknown}"
    if entry.state == "no mailing":
        return f"no mailing ({message})" if message else "no mailing"
    if entry.state == "not out yet":
        return f"not out yet{_asked(entry, zone)}"
    if entry.state == "stale":
        return f"stale: {message or 'arXiv serves an earlier batch again'}{_asked(entry, zone)}"
    if entry.state == "throttled":
        until = f" until {_clock(entry.until, zone, entry.checked_at)}" if entry.until else ""
        return f"arXiv refused{until}: {message}" if facts.get("status") == 403 else f"throttled{until}"
    if entry.state == "offline":
        since = _clock(str(facts.get("since") or entry.checked_at), zone)
        return f"offline since {since}: {message or 'no answer'}"
    return f"could not be read: {message or 'no reason stored'}{_asked(entry, zone)}"


def _complete(entry: LedgerEntry) -> str:
    facts = entry.evidence
    new = facts.get("new", entry.count)
    counts = ((new, "new"), (facts.get("cross"), "cross-listed"), (facts.get("replaced"), "replaced"))
    parts = [f"{number:,} {what}" for number, what in counts if isinstance(number, int) and number]
    if not new and not facts.get("cross"):
        parts.insert(0, "nothing new in arXiv's whole list" if entry.count == 0 else "all of arXiv's list")
    inferred = " (days inferred from OAI-PMH)" if entry.source == "oai" else ""
    unverified = f" ({facts['unverified']})" if facts.get("unverified") else ""
    return ", ".join(parts) + inferred + unverified


def _may_replace(there: LedgerEntry, new: LedgerEntry) -> bool:
    if there.state == "complete":
        return new.state == "complete" and (new.count or 0) > (there.count or 0)
    if there.state in SETTLED:
        return new.state == "complete" or new.state == there.state
    return True


def _asked(entry: LedgerEntry, zone: tzinfo | None) -> str:
    last = (entry.evidence.get("asked") or [entry.checked_at])[-1]
    again = entry.evidence.get("again")
    parts = [f"asked {_clock(last, zone)}"] if last else []
    if again:
        parts.append(f"again {_clock(again, zone, last)}")
    return f" ({', '.join(parts)})" if parts else ""


def _clock(moment: str, zone: tzinfo | None, beside: str | None = None) -> str:
    """08:40; with the day where it is not the day of `beside`."""
    try:
        local = datetime.fromisoformat(moment).astimezone(zone)
        other = datetime.fromisoformat(beside).astimezone(zone) if beside else local
    except ValueError:
        return moment
    if abs(local - other) < timedelta(hours=20) and local.date() - other.date() <= timedelta(days=1):
        return f"{local:%H:%M}"
    return f"{named(local)} {local:%H:%M}"


def _entry(row: sqlite3.Row) -> LedgerEntry:
    try:
        evidence = json.loads(row["evidence"])
    except ValueError:
        evidence = {}
    return LedgerEntry(
        row["category"],
        row["day"],
        row["state"],
        row["count"],
        row["source"],
        evidence if isinstance(evidence, dict) else {},
        row["until"],
        row["checked_at"],
    )
