"""Sessions' times: what the clock on the wall shows in a named zone, and which moment that is."""

import os
import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from library.errors import UsageError
from library.text import one_line, shortened

_TIME = re.compile(r"([01]?\d|2[0-3])[:.h]([0-5]\d)")
_NOT_ZONES = ("posix/", "right/", "posixrules", "localtime", "Factory")


def read_time(text: str) -> str:
    """ "16:00" of 16:00, 9:30 or 9.30. Raises UsageError."""
    found = _TIME.fullmatch(one_line(text))
    if found is None:
        raise UsageError(f"“{shortened(one_line(text))}” is no time of day.", mend="Write it as 16:00.")
    return f"{int(found[1]):02}:{found[2]}"


def read_zone(text: str) -> str:
    """The IANA name of a time zone, such as Europe/Berlin. Raises UsageError naming near ones."""
    name = one_line(text)
    if zone_or_none(name) is not None:
        return name
    known = {each.lower(): each for each in available_timezones() if not each.startswith(_NOT_ZONES)}
    if name.lower() in known:
        return known[name.lower()]
    import difflib

    cities = {each.rpartition("/")[2]: full for each, full in known.items()}
    place = name.lower().replace(" ", "_")
    near = [cities[place]] if place in cities else [known[n] for n in difflib.get_close_matches(place, known, 3)]
    hint = f"Did you mean {' or '.join(near)}?" if near else "It is a name such as Europe/Berlin."
    raise UsageError(f"“{shortened(name)}” is no time zone that is known here.", mend=hint)


def zone_or_none(name: str) -> ZoneInfo | None:
    """The zone; None for a name that is none."""
    if not name or name.startswith(_NOT_ZONES) or not re.fullmatch(r"[A-Za-z0-9_+\-/]+", name):
        return None
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return None


def starts_at(day: str, clock: str, zone: str) -> datetime:
    """The moment at which a session begins, in its zone. An hour that comes twice is its first one (RFC 5545)."""
    where = zone_or_none(zone) or UTC
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), where)


def ends_at(start: datetime, length: int) -> datetime:
    """`length` minutes later by a stopwatch, in the same zone, also where the clocks change meanwhile."""
    return (start.astimezone(UTC) + timedelta(minutes=length)).astimezone(start.tzinfo)


def is_skipped(day: str, clock: str, zone: str) -> bool:
    """Whether the clocks are put forward over this time of day, so that it never comes."""
    start = starts_at(day, clock, zone)
    there = start.astimezone(UTC).astimezone(start.tzinfo)
    return there.replace(tzinfo=None) != start.replace(tzinfo=None)


def day_there(now: datetime, zone: str) -> date:
    """Which day it is in a zone."""
    return now.astimezone(zone_or_none(zone) or UTC).date()


def own_zone() -> str:
    """The zone that this machine is set to; UTC where it does not say."""
    named = os.environ.get("TZ", "").lstrip(":")
    if zone_or_none(named) is not None:
        return named
    try:
        link = str(Path("/etc/localtime").resolve())
    except OSError:
        return "UTC"
    name = link.partition("zoneinfo/")[2]
    return name if zone_or_none(name) is not None and name != "Etc/UTC" else "UTC"
