"""Quarters and weeks: what is read, what is refused, and that every quarter that is read has its days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.errors import UsageError
from library.quarter import FIRST_YEAR, LAST_YEAR, Quarter, quarter_of, read_quarter, read_week, week_of, week_start
from library.records.field import Field, FieldError, read_value

MONTHS = st.integers(1, 12)
YEARS = st.integers(FIRST_YEAR, LAST_YEAR)


@pytest.mark.parametrize("typed", ["2027Q1", "2027-Q1", "2027q1", " 2027 Q1 "])
def test_a_quarter_by_any_spelling(typed: str) -> None:
    assert read_quarter(typed) == Quarter(2027, 1)


@pytest.mark.parametrize("typed", ["", "2027", "2027Q5", "2027Q0", "Q1", "0000Q1", "0001Q1", "9999Q4", "२०२७Q1"])
def test_what_is_no_quarter(typed: str) -> None:
    with pytest.raises(UsageError):
        read_quarter(typed)


def test_a_field_reads_quarters_as_commands_do() -> None:
    field = Field("horizon", "quarter", "Horizon")
    assert read_value(field, "2027-q1") == "2027Q1"
    with pytest.raises(FieldError, match="such as 2027Q1"):
        read_value(field, "0000Q1")


@pytest.mark.parametrize("typed", ["", "2026", "2026-W54", "2025-W53", "0001-W01", "0000-W01", "9999-W52", "2026-W00"])
def test_what_is_no_week(typed: str) -> None:
    with pytest.raises(UsageError):
        read_week(typed)


@given(YEARS, st.integers(1, 4), MONTHS)
def test_the_days_of_a_quarter_are_its_own_and_meet_those_of_the_next(year: int, number: int, month: int) -> None:
    quarter = read_quarter(f"{year}Q{number}")
    first, last = quarter.start(month), quarter.end(month)
    assert quarter_of(first, month) == quarter_of(last, month) == quarter
    assert quarter.shifted(1).start(month) == last + timedelta(days=1)
    assert quarter.shifted(1).shifted(-1) == quarter
    assert first.month % 3 == month % 3


@given(st.dates(date(FIRST_YEAR, 1, 8), date(LAST_YEAR, 12, 20)))
def test_a_week_holds_its_days(day: date) -> None:
    week = week_of(day)
    assert read_week(week) == week
    assert 0 <= (day - week_start(week)).days < 7
