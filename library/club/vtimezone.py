"""A time zone as calendars carry it along (RFC 5545, 3.6.5), from the system's own zone data.

Onsets are local times by the offset *before* the change, as the RFC has it; icalendar's own generator writes those of
summer time by the one after, an hour late. Years are those that are asked for, each onset written out: no rule is
guessed from them.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icalendar import Timezone

_STEP = timedelta(days=7)  # no zone goes forth and back within a week (Ramadan's breaks take a month)


def vtimezone(zone: tzinfo, name: str, first_year: int, last_year: int) -> "Timezone":
    """The VTIMEZONE of `name` for the years from `first_year` to `last_year`."""
    from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

    start, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    found = Timezone()
    found.add("tzid", name)
    onsets: dict[tuple[timedelta, timedelta, str, bool], list[datetime]] = {}
    begin = _facts(zone, start)
    onsets[(begin[0], *begin)] = [(start + begin[0]).replace(tzinfo=None)]
    for moment in _changes(zone, start, end):
        before = _facts(zone, moment - timedelta(seconds=1))[0]
        onsets.setdefault((before, *_facts(zone, moment)), []).append((moment + before).replace(tzinfo=None))
    for (before, after, short, summer), times in onsets.items():
        part = TimezoneDaylight() if summer else TimezoneStandard()
        part.add("dtstart", times[0])
        if len(times) > 1:
            part.add("rdate", times[1:])
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", after)
        part.add("tzname", short)
        found.add_component(part)
    return found


def _facts(zone: tzinfo, moment: datetime) -> tuple[timedelta, str, bool]:
    """(offset, short name, whether it is summer time)."""
    local = moment.astimezone(zone)
    return local.utcoffset() or timedelta(0), local.tzname() or "", bool(local.dst())


def _changes(zone: tzinfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """The moments (UTC, to the second) at which anything of `_facts` changes."""
    moment = start
    while moment < end:
        later = min(moment + _STEP, end)
        if _facts(zone, moment) != _facts(zone, later):
            low, high = moment, later
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
                low, high = (middle, high) if _facts(zone, middle) == _facts(zone, low) else (low, middle)
            yield high
        moment = later
