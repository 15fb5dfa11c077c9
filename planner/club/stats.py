"""The club's figures, each with what it was counted from: papers a month, days to a discussion, what changed."""

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any, Final

from library.clock import iso
from library.club.model import Session
from library.club.queries import sessions
from library.proportions import wilson
from library.text import counted

WITHIN_DAYS: Final = 14  # after a session: evidence on its paper that comes later came from elsewhere
KNOWN_FROM: Final = 30  # discussions, below which a share is shown grey, as everywhere


@dataclass(frozen=True, slots=True)
class Month:
    """YYYY-MM: sessions held and papers discussed in it."""

    month: str
    sessions: int
    papers: int


@dataclass(frozen=True, slots=True)
class ClubStats:
    """`discussions` counts papers on sessions that were held, a paper discussed twice twice. `days_to_discuss`: median
    days from its first announcement, over `dated` discussions of papers with such a day. `changed`: discussions after
    which a hypothesis was given evidence of that paper, by the minutes or within 14 days; `low`, `high`: Wilson's 95 %
    interval of that share. `until`: the moment up to which is counted."""

    sessions: int
    cancelled: int
    discussions: int
    months: tuple[Month, ...]
    days_to_discuss: float | None
    dated: int
    changed: int
    share_changed: float | None
    low: float | None
    high: float | None
    decisions: int
    taken_over: int
    until: str


def stats(db: sqlite3.Connection, now: datetime) -> ClubStats:
    """The figures up to `now`, from the oldest session on."""
    known = [each for each in sessions(db) if each.begun(now) or each.state == "held"]
    held = [each for each in known if each.state == "held"]
    talks = [(each, slot.paper_id) for each in held for slot in each.slots if slot.discussed is not False]
    waits = [days for each, paper in talks if (days := _days(db, each, paper)) is not None]
    changed = sum(_changed(db, each, paper) for each, paper in talks)
    low, high = wilson(changed, len(talks)) if talks else (None, None)
    decided = [one for each in held for one in each.decisions]
    return ClubStats(
        len(held),
        sum(each.state == "cancelled" for each in known),
        len(talks),
        _months(held, talks),
        float(median(waits)) if waits else None,
        len(waits),
        changed,
        changed / len(talks) if talks else None,
        low,
        high,
        len(decided),
        sum(one.taken is not None for one in decided),
        iso(now),
    )


def stats_record(found: ClubStats) -> dict[str, Any]:
    """The figures as scripts see them."""
    return {
        "sessions": found.sessions,
        "cancelled": found.cancelled,
        "discussions": found.discussions,
        "months": [{"id": each.month, "sessions": each.sessions, "papers": each.papers} for each in found.months],
        "days_to_discuss": found.days_to_discuss,
        "dated": found.dated,
        "changed": found.changed,
        "share_changed": found.share_changed,
        "low": found.low,
        "high": found.high,
        "known": found.discussions >= KNOWN_FROM,
        "decisions": found.decisions,
        "taken_over": found.taken_over,
        "until": found.until,
    }


def stats_lines(found: ClubStats) -> list[str]:
    """The figures in sentences."""
    if not found.sessions:
        return ["No session was held yet"]
    a_month = found.discussions / max(1, len(found.months))
    held, talks = counted(found.sessions, "session"), counted(found.discussions, "paper")
    lines = [f"{held} held, {talks} discussed, {a_month:.1f} a month"]
    if found.days_to_discuss is not None:
        lines.append(f"{found.days_to_discuss:g} days from announcement to discussion (median of {found.dated})")
    if found.share_changed is not None and found.low is not None and found.high is not None:
        interval = f"[{found.low:.0%}, {found.high:.0%}]".replace("%", " %")
        talks = counted(found.discussions, "discussion")
        share = f"{found.changed} of {talks} gave a hypothesis evidence {interval}"
        lines.append(share if found.discussions >= KNOWN_FROM else f"{share}, too few to judge by")
    if found.decisions:
        lines.append(f"{found.taken_over} of {counted(found.decisions, 'decision')} taken over by the programme")
    return lines


def _days(db: sqlite3.Connection, each: Session, paper_id: int) -> int | None:
    """From the first announcement to the session; None where no announcement is known, or it came later."""
    row = db.execute(
        "SELECT coalesce((SELECT min(day) FROM announcement WHERE paper_id = p.id AND type IN ('new', 'cross')),"
        " p.first_listed) FROM paper p WHERE p.id = ?",
        (paper_id,),
    ).fetchone()
    if row is None or row[0] is None:
        return None
    days = (date.fromisoformat(each.day) - date.fromisoformat(row[0])).days
    return days if days >= 0 else None


def _changed(db: sqlite3.Connection, each: Session, paper_id: int) -> bool:
    """Whether a hypothesis was given evidence of the paper by the minutes, or soon after."""
    if any(one.paper_id == paper_id and (one.taken or "").startswith("evidence") for one in each.decisions):
        return True
    start, end = iso(each.start), iso(each.start + timedelta(days=WITHIN_DAYS))
    sql = "SELECT 1 FROM evidence WHERE paper_id = ? AND at BETWEEN ? AND ? LIMIT 1"
    return db.execute(sql, (paper_id, start, end)).fetchone() is not None


def _months(held: list[Session], talks: list[tuple[Session, int]]) -> tuple[Month, ...]:
    """Every month from the first session to the last, those without any among them."""
    if not held:
        return ()
    first, last = min(each.day[:7] for each in held), max(each.day[:7] for each in held)
    found = []
    year, number = int(first[:4]), int(first[5:7])
    while (name := f"{year:04}-{number:02}") <= last:
        papers = sum(each.day.startswith(name) for each, _ in talks)
        found.append(Month(name, sum(each.day.startswith(name) for each in held), papers))
        year, number = (year + 1, 1) if number == 12 else (year, number + 1)
    return tuple(found)
