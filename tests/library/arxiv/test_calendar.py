"""Listing days in Eastern Time: weekends, holidays, and the days on which clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.arxiv import calendar
from library.arxiv.categories import categories, code_of, find_category
from library.errors import UsageError

NEW_YORK = ZoneInfo("America/New_York")
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
DAYS = st.dates(date(2024, 1, 1), date(2029, 12, 31))


def eastern(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=NEW_YORK).astimezone(UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (eastern(2026, 8, 11, 19, 59), date(2026, 8, 11)),
        (eastern(2026, 8, 11, 20, 0), date(2026, 8, 12)),
        (eastern(2026, 8, 13, 20, 1), date(2026, 8, 14)),
        (eastern(2026, 8, 14, 23, 0), date(2026, 8, 14)),  # no announcement on Friday evening
        (eastern(2026, 8, 16, 19, 0), date(2026, 8, 14)),
        (eastern(2026, 8, 16, 20, 0), date(2026, 8, 17)),
        (eastern(2026, 11, 26, 21, 0), date(2026, 11, 26)),  # Thanksgiving evening: deferred
        (eastern(2026, 11, 29, 20, 0), date(2026, 11, 30)),
        (eastern(2026, 3, 8, 20, 0), date(2026, 3, 9)),  # the day clocks go forward
        (eastern(2026, 3, 8, 19, 59), date(2026, 3, 6)),
        (eastern(2026, 11, 1, 20, 0), date(2026, 11, 2)),  # the day they go back
    ],
)
def test_the_current_listing(moment: datetime, day: date) -> None:
    assert calendar.current_listing_day(moment) == day


@pytest.mark.parametrize(
    ("submitted", "day"),
    [
        (eastern(2026, 8, 11, 13, 59), date(2026, 8, 12)),
        (eastern(2026, 8, 11, 14, 0), date(2026, 8, 13)),
        (
            eastern(2026, 8, 13, 14, 1),
            date(2026, 8, 17),
        ),  # Thursday after the deadline: Sunday evening, Monday's listing
        (eastern(2026, 8, 14, 14, 1), date(2026, 8, 18)),
        (eastern(2026, 8, 15, 9, 0), date(2026, 8, 18)),
        (eastern(2026, 8, 17, 13, 0), date(2026, 8, 18)),
        (eastern(2026, 11, 26, 9, 0), date(2026, 11, 30)),
    ],
)
def test_the_listing_of_a_submission(submitted: datetime, day: date) -> None:
    assert calendar.listing_day_of(submitted) == day


@pytest.mark.parametrize("day", ["2025-07-07", "2025-09-02", "2025-11-28", "2025-12-26", "2026-01-02", "2026-01-20"])
def test_recorded_gaps_are_in_the_table(day: str) -> None:
    """Weekdays without a listing in recorded archives of 2025 and 2026."""
    assert calendar.holiday(date.fromisoformat(day)) is not None


def test_unknown_years_are_unknown() -> None:
    assert calendar.holidays_known(date(2026, 7, 1))
    assert not calendar.holidays_known(date(2031, 7, 1))


@given(DAYS)
def test_a_listing_is_announced_at_eight_in_the_evening_before(day: date) -> None:
    local = calendar.announced_at(day).astimezone(NEW_YORK)
    assert (local.hour, local.minute, local.date()) == (20, 0, day - timedelta(days=1))
    assert calendar.announced_at(day) < calendar.harvestable_at(day) < calendar.feed_at(day)


@given(MOMENTS)
def test_the_current_listing_is_out_and_the_next_is_not(moment: datetime) -> None:
    day = calendar.current_listing_day(moment)
    assert calendar.is_listing_day(day)
    assert calendar.announced_at(day) <= moment
    assert calendar.announced_at(calendar.next_listing_day(day)) > moment


@given(MOMENTS, st.timedeltas(timedelta(), timedelta(days=9)))
def test_later_submissions_are_never_listed_earlier(moment: datetime, later: timedelta) -> None:
    day = calendar.listing_day_of(moment)
    assert calendar.is_listing_day(day)
    assert calendar.announced_at(day) > moment
    assert calendar.listing_day_of(moment + later) >= day


@given(MOMENTS)
def test_a_days_possible_listings_hold_that_of_each_moment(moment: datetime) -> None:
    possible = calendar.listing_days_of(moment.date())
    assert possible[0] <= calendar.listing_day_of(moment) <= possible[-1]
    assert len(possible) <= 2


def test_categories_and_their_sets() -> None:
    assert len(categories()) == 155
    assert find_category("CS.lg").oai_set == "cs:cs:LG"
    assert find_category("hep-th").oai_set == "physics:hep-th"
    assert find_category("astro-ph.GA").oai_set == "physics:astro-ph:GA"
    assert code_of("Computer Science - Machine Learning") == "cs.LG"
    assert code_of("Nuclear Experiment") == "nucl-ex"
    with pytest.raises(UsageError, match="Did you mean"):
        find_category("cs.LGG")
