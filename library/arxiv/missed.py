"""Which days a sync has to fill. Pure: ledger rows and the time in, days out."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from library.arxiv.calendar import current_listing_day, feed_at, harvestable_at, holiday, is_listing_day, weekdays
from library.arxiv.ledger import LedgerEntry

FARTHEST_DAYS: Final = 366  # how far back missed days are caught up


def missed_days(
    rows: Mapping[str, LedgerEntry],
    now: datetime,
    back: int | None,
    first_back: int,
    *,
    include_today: bool = False,
) -> tuple[date, ...]:
    """Listing days of a category that are not settled, in order, up to yesterday's.

    `rows`: the category's ledger by day; `back`: days to look back (None: to the first day that is not settled);
    `first_back`: days to look back where there is no ledger yet. `include_today`: OAI-PMH is asked for it as well.
    """
    today = current_listing_day(now)
    last = today if include_today and now >= harvestable_at(today) else today - timedelta(days=1)
    return tuple(
        day
        for day in weekdays(first_day(rows, today, back, first_back), last)
        if is_listing_day(day) and not (day.isoformat() in rows and rows[day.isoformat()].settled)
    )


def no_mailings(rows: Mapping[str, LedgerEntry], now: datetime, back: int | None, first_back: int) -> tuple[date, ...]:
    """Weekdays of the same span, and those that have begun since, that the table says are without a mailing."""
    today = current_listing_day(now)
    first = min(first_day(rows, today, back, first_back), today)
    span = weekdays(first, today + timedelta(days=7))  # to the coming days: on a holiday, people ask why it is empty
    return tuple(day for day in span if holiday(day) is not None and feed_at(day) <= now)


def first_day(rows: Mapping[str, LedgerEntry], today: date, back: int | None, first_back: int) -> date:
    """Where to begin: as told, else at the first day that is open, else after the last one that is settled."""
    if back is not None:
        return today - timedelta(days=back)
    before = [row for day, row in rows.items() if day < today.isoformat()]
    open_days = [row.day for row in before if not row.settled]
    if open_days:
        first = date.fromisoformat(min(open_days))
    elif before:
        first = date.fromisoformat(max(row.day for row in before)) + timedelta(days=1)
    else:
        first = today - timedelta(days=max(first_back, 0))
    return max(first, today - timedelta(days=FARTHEST_DAYS))
