"""When arXiv announces: listing days, in Eastern Time whatever the season.

One convention everywhere: a day is the *listing day*, as printed on arxiv.org/list/…/new and in the feeds, Monday to
Friday. The listing of Tuesday is announced on Monday at 20:00 Eastern, that of Monday on Sunday evening. Holidays come
from data/arxiv/no_mailing_days.toml; a year that is not in that table is unknown, and nothing is guessed for it.
https://info.arxiv.org/help/availability.html
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from library.paths import reference_data

EASTERN: Final = ZoneInfo("America/New_York")
ANNOUNCED: Final = time(20)  # of the evening before the listing day
DEADLINE: Final = time(14)  # what is submitted by then is in the next listing
HARVESTABLE: Final = time(22, 30)  # of the evening before: when OAI-PMH has the listing's records
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NoMailing:
    """The table of days without a listing, and the years it covers."""

    days: dict[date, str]
    years: frozenset[int]


@lru_cache(maxsize=1)
def no_mailing() -> NoMailing:
    """The table that ships with labtop."""
    path = reference_data() / "arxiv" / "no_mailing_days.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    days = {date.fromisoformat(day): str(reason) for day, reason in table["days"].items()}
    return NoMailing(days, frozenset(table["years"]))


def is_weekday(day: date) -> bool:
    """Monday to Friday."""
    return day.weekday() < 5


def holiday(day: date) -> str | None:
    """Why there is no listing on this weekday; None where there is one, or where nothing is known."""
    return no_mailing().days.get(day)


def holidays_known(day: date) -> bool:
    """Whether the table covers the year of `day`: if not, an empty day may be a holiday."""
    return day.year in no_mailing().years


def is_listing_day(day: date) -> bool:
    """A weekday that is not known to be without a mailing."""
    return is_weekday(day) and holiday(day) is None


def announced_at(day: date) -> datetime:
    """When the listing of `day` comes out: 20:00 Eastern of the evening before, as UTC."""
    return datetime.combine(day - _DAY, ANNOUNCED, EASTERN).astimezone(UTC)


def feed_at(day: date) -> datetime:
    """When the feeds turn to `day`: midnight Eastern, as UTC."""
    return datetime.combine(day, time(), EASTERN).astimezone(UTC)


def harvestable_at(day: date) -> datetime:
    """When OAI-PMH has the records announced on `day`, as UTC."""
    return datetime.combine(day - _DAY, HARVESTABLE, EASTERN).astimezone(UTC)


def latest_weekday(now: datetime) -> date:
    """The newest weekday whose announcement is due at `now`, holidays included."""
    day = now.astimezone(EASTERN).date() + _DAY
    while not is_weekday(day) or announced_at(day) > now:
        day -= _DAY
    return day


def current_listing_day(now: datetime) -> date:
    """The listing that arXiv should show at `now`: the newest one due, or the one before a holiday."""
    day = latest_weekday(now)
    while not is_listing_day(day):
        day -= _DAY
    return day


def next_listing_day(after: date) -> date:
    """The first listing day after `after`."""
    day = after + _DAY
    while not is_listing_day(day):
        day += _DAY
    return day


def weekdays(first: date, last: date) -> Iterator[date]:
    """Every weekday from `first` to `last`, both included."""
    day = first
    while day <= last:
        if is_weekday(day):
            yield day
        day += _DAY


def named(day: date) -> str:
    """ "Tue 14 Apr"."""
    return f"{day:%a} {day.day} {day:%b}"


def listing_day_of(submitted: datetime) -> date:
    """The listing that a paper submitted at this moment is in, if moderation does not hold it."""
    eastern = submitted.astimezone(EASTERN)
    deadline = eastern.date() if eastern.time() < DEADLINE else eastern.date() + _DAY
    while not is_weekday(deadline):
        deadline += _DAY
    return next_listing_day(deadline)


def listing_days_of(submitted: date) -> tuple[date, ...]:
    """The listings that a paper submitted on this UTC day can be in: one or two, in order."""
    start = datetime.combine(submitted, time(), UTC)
    end = start + _DAY - timedelta(microseconds=1)
    return tuple(sorted({listing_day_of(start), listing_day_of(end)}))
