"""How each service answered, and why it did not: stored, with the evidence, and said in words."""

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from library.arxiv.problems import ArxivProblem, Refused, Throttled
from library.clock import iso
from library.enrichment.model import SourceId, SourceState, State

FIRST: Final = timedelta(minutes=30)  # until a service that failed is asked again unasked; doubled each time
LONGEST: Final = timedelta(hours=24)


def put(
    db: sqlite3.Connection,
    source: SourceId,
    subject: str,
    state: State,
    *,
    at: str,
    count: int | None = None,
    evidence: Mapping[str, Any] | None = None,
    until: str | None = None,
) -> None:
    """Store what became of asking. A failure keeps when the service last answered, since when it fails, how often."""
    there = find(db, source, subject)
    facts = dict(evidence or {})
    if state != "ok":
        failed = there is not None and there.state != "ok"
        facts["tries"] = (int(there.evidence.get("tries", 0)) if failed and there else 0) + 1
        facts["since"] = (there.evidence.get("since") or there.checked_at) if failed and there else at
    answered = at if state == "ok" else there.answered_at if there else None
    db.execute(
        "INSERT INTO source_ledger (source, subject, state, count, evidence, until, checked_at, answered_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, subject) DO UPDATE SET state = excluded.state,"
        " count = excluded.count, evidence = excluded.evidence, until = excluded.until,"
        " checked_at = excluded.checked_at, answered_at = excluded.answered_at",
        (source, subject, state, count, json.dumps(facts, ensure_ascii=False, sort_keys=True), until, at, answered),
    )


def state_of(problem: ArxivProblem) -> tuple[State, str | None]:
    """(state, not before) of a failure."""
    status = problem.evidence.get("status")
    if isinstance(problem, Refused) or status in (401, 403):
        return "refused", iso(problem.until) if isinstance(problem, Throttled) else None
    if isinstance(problem, Throttled):
        return "throttled", iso(problem.until)
    return ("offline", None) if problem.state == "offline" else ("parse error", None)


def find(db: sqlite3.Connection, source: SourceId, subject: str) -> SourceState | None:
    """One row."""
    row = db.execute("SELECT * FROM source_ledger WHERE source = ? AND subject = ?", (source, subject)).fetchone()
    return _state(row) if row is not None else None


def states(db: sqlite3.Connection) -> tuple[SourceState, ...]:
    """Everything that was asked, the latest first."""
    return tuple(_state(row) for row in db.execute("SELECT * FROM source_ledger ORDER BY checked_at DESC, subject"))


def latest(db: sqlite3.Connection) -> dict[str, SourceState]:
    """By service, how it answered last, whatever it was asked for."""
    found: dict[str, SourceState] = {}
    for each in states(db):
        found.setdefault(each.source, each)
    return found


def requests_on(db: sqlite3.Connection, source: SourceId, day: str) -> int:
    """Requests of a UTC day, as they were counted."""
    row = db.execute(
        "SELECT json_extract(evidence, '$.requests') FROM source_ledger WHERE source = ? AND subject = 'papers'"
        " AND json_extract(evidence, '$.day') = ?",
        (source, day),
    ).fetchone()
    return int(row[0] or 0) if row else 0


def asks_again(state: SourceState) -> datetime:
    """When a service that did not answer is asked again by itself. A key that is missing is not waited for."""
    checked = datetime.fromisoformat(state.checked_at)
    if state.state == "ok":
        return checked
    tries = min(int(state.evidence.get("tries", 1)), 10)
    again: datetime = checked + min(FIRST * float(2 ** (tries - 1)), LONGEST)
    return max(again, datetime.fromisoformat(state.until)) if state.until else again


def in_words(state: SourceState) -> str:
    """ "throttled until 08:40: …": why a service did not answer; empty where it did."""
    if state.state == "ok":
        return ""
    until = f" until {datetime.fromisoformat(state.until).astimezone():%-d %b %H:%M}" if state.until else ""
    message = str(state.evidence.get("message", "")).rstrip(".")
    return f"{state.state}{until}{f': {message}' if message else ''}"


def _state(row: sqlite3.Row) -> SourceState:
    try:
        evidence = json.loads(row["evidence"])
    except ValueError:
        evidence = {}
    return SourceState(
        row["source"],
        row["subject"],
        row["state"],
        row["count"],
        evidence if isinstance(evidence, dict) else {},
        row["until"],
        row["checked_at"],
        row["answered_at"],
    )
