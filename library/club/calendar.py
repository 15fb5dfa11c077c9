"""Sessions as an iCalendar file (RFC 5545, 5546), which calendars update and cancel when it comes again.

The UID of a session stays for ever, and its SEQUENCE only rises: each change of what the event shows counts on, undo
among them. A cancelled session is written as such, and so is one whose planning was undone: a calendar that was told of
it has to hear that it is off.
"""

import re
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from library.club.model import Session
from library.club.queries import session, sessions
from library.club.vtimezone import vtimezone
from library.club.zones import ends_at, starts_at, zone_or_none
from library.text import clean, one_line, shortened

if TYPE_CHECKING:
    from icalendar import Calendar, Event

PRODUCT: Final = "-//labtop//paper club//EN"
_WEB = re.compile(r"https?://[!-~]+", re.IGNORECASE)
_SUMMARY: Final = 200  # characters: a calendar shows one line
_UTC: Final = ("UTC", "Etc/UTC", "Zulu", "Etc/Zulu", "UCT", "Etc/UCT", "Etc/Universal", "Universal")


def calendar(db: sqlite3.Connection, group: str, *, now: datetime, number: int | None = None) -> bytes:
    """The whole club, or session `number`, as one file. `group`: what the workspace is called; `now` stamps it.

    METHOD is PUBLISH; of a single session that is cancelled, CANCEL. Raises NotFound.
    """
    from icalendar import Calendar

    chosen = (session(db, number),) if number is not None else sessions(db)
    gone = _gone(db) if number is None else ()
    changed = dict(db.execute("SELECT uid, changed_at FROM club_calendar").fetchall())
    found = Calendar()
    found.add("version", "2.0")
    found.add("prodid", PRODUCT)
    found.add("calscale", "GREGORIAN")
    only_cancelled = number is not None and chosen[0].state == "cancelled"
    found.add("method", "CANCEL" if only_cancelled else "PUBLISH")
    title = f"{one_line(group)}: paper club"
    if number is None:
        found.add("name", title)
        found.add("x-wr-calname", title)
    _add_zones(found, chosen, gone)
    for each in chosen:
        found.add_component(_event(each, title, now, changed.get(each.uid)))
    for row in gone:
        found.add_component(_off(row, title, now))
    text: bytes = found.to_ical()
    return text


def _event(each: Session, title: str, now: datetime, changed: str | None) -> "Event":
    from icalendar import Event

    event = Event()
    event.add("uid", each.uid)
    event.add("sequence", each.sequence)
    _stamps(event, title, now, changed, each.created_at)
    _times(event, each.start, each.length, each.zone)
    event.add("summary", shortened(f"Paper club: {one_line(each.heading)}", _SUMMARY))
    event.add("description", description(each))
    where = " · ".join(one_line(part) for part in (each.place, each.link) if part)
    if where:
        event.add("location", where)
    if each.link and _WEB.fullmatch(each.link):
        event.add("url", each.link)
    event.add("status", "CANCELLED" if each.state == "cancelled" else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if each.state == "cancelled" else "OPAQUE")
    return event


def description(each: Session) -> str:
    """What a calendar shows when the event is opened: who, which papers, the agenda."""
    lines = []
    if each.state == "cancelled":
        lines.append(f"Cancelled{f': {one_line(each.reason)}' if each.reason else '.'}")
    if each.presenter:
        lines.append(f"Presenter: {one_line(each.presenter)}")
    if each.backup:
        lines.append(f"Backup: {one_line(each.backup)}")
    lines += [f"Paper: {one_line(slot.title) or '(no title)'} ({one_line(slot.key)})" for slot in each.slots]
    if each.link:
        lines.append(f"Join: {one_line(each.link)}")
    if each.agenda:
        lines += ["", clean(each.agenda)]
    return "\n".join(lines)


def _off(row: sqlite3.Row, title: str, now: datetime) -> "Event":
    """An event that calendars may still have, of a session that is no longer here."""
    from icalendar import Event

    event = Event()
    event.add("uid", row["uid"])
    event.add("sequence", row["sequence"])
    _stamps(event, title, now, row["changed_at"], None)
    _times(event, starts_at(row["day"], row["time"], row["zone"]), row["length"], row["zone"])
    event.add("summary", "Paper club: off")
    event.add("status", "CANCELLED")
    event.add("transp", "TRANSPARENT")
    return event


def _stamps(event: "Event", title: str, now: datetime, changed: str | None, created: str | None) -> None:
    from icalendar import vCalAddress, vText

    # RFC 5546 wants an organiser; nobody here need have an address, so none is made up.
    organizer = vCalAddress("invalid:nomail")
    organizer.params["CN"] = vText(title.replace('"', "'"))
    event["organizer"] = organizer
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    if created:
        event.add("created", datetime.fromisoformat(created))
    if changed:
        event.add("last-modified", datetime.fromisoformat(changed))


def _times(event: "Event", start: datetime, length: int, zone: str) -> None:
    end = ends_at(start, length)
    if zone in _UTC or zone_or_none(zone) is None:
        start, end = start.astimezone(UTC), end.astimezone(UTC)
    event.add("dtstart", start)
    if end.fold:  # an hour that comes twice, and this is its second coming: only how long it takes can say so
        event.add("duration", end.astimezone(UTC) - start.astimezone(UTC))
    else:
        event.add("dtend", end)


def _gone(db: sqlite3.Connection) -> Sequence[sqlite3.Row]:
    return db.execute("SELECT * FROM club_calendar WHERE gone ORDER BY day, uid").fetchall()


def _add_zones(found: "Calendar", chosen: Sequence[Session], gone: Sequence[sqlite3.Row]) -> None:
    """Each zone once, for the years of its sessions and one to each side."""
    years: dict[str, list[int]] = {}
    for zone, day in [*((each.zone, each.day) for each in chosen), *((row["zone"], row["day"]) for row in gone)]:
        years.setdefault(zone, []).append(int(day[:4]))
    for zone in sorted(years):
        info = zone_or_none(zone)
        if info is not None and zone not in _UTC:
            found.add_component(vtimezone(info, zone, min(years[zone]) - 1, max(years[zone]) + 1))
