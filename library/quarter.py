"""Quarters of the fiscal year, written 2027Q1, ISO weeks, written 2026-W48, and days, written 2026-11-25.

A fiscal year carries the number of the calendar year in which it begins; it begins with the first day of `month`.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from library.errors import UsageError
from library.text import one_line, shortened

# Years that are read: what lies beyond them was mistyped, and further out calendars end.
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2999


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """`number` is 1 to 4."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"

    def shifted(self, count: int) -> "Quarter":
        """`count` quarters later; earlier where it is negative."""
        place = self.year * 4 + self.number - 1 + count
        return Quarter(place // 4, place % 4 + 1)

    def start(self, month: int = 1) -> date:
        """Its first day, where the fiscal year begins with `month`."""
        place = self.year * 12 + month - 1 + (self.number - 1) * 3
        return date(place // 12, place % 12 + 1, 1)

    def end(self, month: int = 1) -> date:
        """Its last day."""
        return self.shifted(1).start(month) - timedelta(days=1)


def read_day(text: str) -> date:
    """2026-11-25. Raises UsageError."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"“{shortened(one_line(text))}” is no day.", mend="Write it as 2026-11-25.") from None


def read_quarter(text: str) -> Quarter:
    """2027Q1, 2027-Q1 or 2027q1. Raises UsageError."""
    found = re.fullmatch(r"(\d{4})[ -]?[Qq]([1-4])", text.strip(), re.ASCII)
    if found is None or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise UsageError(f"“{text}” is no quarter.", mend="Write it as 2027Q1.")
    return Quarter(int(found[1]), int(found[2]))


def quarter_of(day: date, month: int = 1) -> Quarter:
    """The quarter that holds `day`, where the fiscal year begins with `month` (1 to 12)."""
    months = day.year * 12 + day.month - month
    return Quarter(months // 12, months % 12 // 3 + 1)


def week_of(day: date) -> str:
    """ "2026-W48"."""
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


def read_week(text: str) -> str:
    """2026-W48, 2026W48 or 2026-w48, as it is stored. Raises UsageError."""
    found = re.fullmatch(r"(\d{4})-?[Ww](\d{1,2})", text.strip(), re.ASCII)
    try:
        if found is None or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
            raise ValueError
        return week_of(date.fromisocalendar(int(found[1]), int(found[2]), 1))
    except ValueError:
        raise UsageError(f"“{text}” is no week.", mend="Write it as 2026-W48.") from None


def week_start(week: str) -> date:
    """The Monday of a week as `read_week` gives it."""
    return date.fromisocalendar(int(week[:4]), int(week[6:]), 1)
