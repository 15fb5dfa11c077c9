"""Sessions, proposals and members as lines of lists."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from library.club.model import Member, Proposal, Session
from library.club.names import name_key
from library.club.reminders import days_until
from library.club.rotation import Standing
from tui.dates import shown_day
from tui.safe import line
from tui.widgets.columns import Column
from tui.widgets.table_lines import Cell

SIGNS = {"planned": ("○", ""), "held": ("●", "good"), "cancelled": ("✗", "quiet")}
LATE, CONFLICT = ("?", "warn"), ("▲", "warn")
SESSIONS: tuple[Column, ...] = (
    Column("sign", "", 1),
    Column("day", "day", 10),
    Column("time", "time", 5),
    Column("what", "papers"),
    Column("who", "presents", 10, needs=40),
    Column("backup", "backup", 9, needs=72),
)
PROPOSALS: tuple[Column, ...] = (
    Column("sign", "", 1),
    Column("votes", "votes", 5, "right"),
    Column("own", "", 1),
    Column("title", "title"),
    Column("by", "by", 9, needs=44),
    Column("state", "", 9, "right", needs=58),
)
MEMBERS: tuple[Column, ...] = (
    Column("turn", "turn", 4, "right"),
    Column("name", "name"),
    Column("presented", "held", 4, "right"),
    Column("last", "last", 8, "right", needs=34),
    Column("state", "", 18, needs=46),
)
PROPOSED = {"open": ("○", ""), "scheduled": ("◔", "accent"), "discussed": ("●", "good"), "withdrawn": ("–", "quiet")}


def session_sign(each: Session, now: datetime) -> tuple[str, str]:
    """How it stands: planned, held, cancelled, to be said whether it was held, somebody cannot be there."""
    if each.conflicts:
        return CONFLICT
    if each.state == "planned" and each.over(now):
        return LATE
    return SIGNS[each.state]


def session_mark(each: Session, now: datetime) -> tuple[str, str]:
    """The sign in a calendar, with its style."""
    sign, tone = session_sign(each, now)
    styles = {"good": "$success", "warn": "$warning", "quiet": "$quiet"}
    return sign, styles.get(tone, "$accent")


def session_day(each: Session, now: datetime) -> str:
    """ "today", "tomorrow", "Thu 16 Apr", of other years "16 Apr 25"."""
    days = days_until(each, now)
    if days in (0, 1):
        return "tomorrow" if days else "today"
    start = each.start
    if start.year != now.year:
        return f"{start.day} {start:%b %y}"
    return f"{start:%a} {start.day} {start:%b}"


def session_cells(each: Session, now: datetime, person: str) -> Sequence[Cell]:
    """The cells of `SESSIONS`."""
    off = "quiet" if each.state == "cancelled" else ""
    mine = name_key(each.presenter or "") == name_key(person)
    who = line(each.presenter) if each.presenter else "nobody" if each.state == "planned" else "—"
    tone = "warn" if each.presenter is None and each.state == "planned" else "accent" if mine else "quiet"
    return (
        session_sign(each, now),
        (session_day(each, now), off),
        (each.time, "quiet"),
        (line(each.heading), off if each.slots or each.topic else "quiet"),
        (who, off or tone),
        (line(each.backup or ""), "quiet"),
    )


def proposal_cells(each: Proposal, person: str, today: date) -> Sequence[Cell]:
    """The cells of `PROPOSALS`."""
    voted = name_key(person) in {name_key(name) for name in each.votes}
    quiet = "quiet" if each.state in ("discussed", "withdrawn") else ""
    when = shown_day(each.session_day, today) if each.session_day else ""
    return (
        PROPOSED[each.state],
        (str(len(each.votes)), quiet or "strong"),
        ("✓" if voted else "", "accent"),
        (line(each.title) or "(no title)", quiet),
        (line(each.proposed_by), "quiet"),
        (when or ("withdrawn" if each.state == "withdrawn" else ""), "quiet"),
    )


def member_cells(each: Member, places: Mapping[int, int], today: date) -> Sequence[Cell]:
    """The cells of `MEMBERS`."""
    place, day = places.get(each.id), today.isoformat()
    away = each.away(day)
    gone = each.left_on is not None and each.left_on <= day
    if gone:
        state = f"left {shown_day(each.left_on or '', today)}"
    elif away is not None:
        state = f"away to {shown_day(away.last_day, today)}"
    elif each.joined_on > day:
        state = f"joins {shown_day(each.joined_on, today)}"
    elif each.next_on is not None:
        state = f"presents {shown_day(each.next_on, today)}"
    else:
        state = "next in turn" if place == 1 else ""
    return (
        (str(place) if place is not None else "–", "quiet"),
        (line(each.name), "quiet" if gone else ""),
        (str(each.presented), "quiet"),
        (shown_day(each.last_on, today) if each.last_on else "—", "quiet"),
        (state, "warn" if away is not None and not gone else "accent" if place == 1 else "quiet"),
    )


def placed(standing: Sequence[Standing]) -> dict[int, int]:
    """Members' places in the order of turns, from 1."""
    return {each.member: place for place, each in enumerate(standing, 1)}


def session_words(each: Session) -> str:
    """What the filter looks at."""
    papers = " ".join(f"{slot.key} {slot.title}" for slot in each.slots)
    names = f"{each.presenter or ''} {each.backup or ''}"
    return line(f"{each.label} {each.day} {each.state} {each.topic or ''} {names}").lower() + " " + papers.lower()


def proposal_words(each: Proposal) -> str:
    """What the filter looks at."""
    return f"{each.label} {each.key} {each.title} {each.why or ''} {each.proposed_by} {each.state}".lower()


def has_words(text: str, words: Sequence[str]) -> bool:
    """Whether all of them stand in it."""
    return all(word in text for word in words)
