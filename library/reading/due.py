"""Days that a person types: a date, a day of the week, or so many days from now."""

import re
from datetime import date, timedelta
from typing import Final

from library.errors import UsageError
from library.text import one_line, shortened

EXAMPLES: Final = "2026-12-01, today, tomorrow, fri, +3d, +2w, 1 dec"
_NONE: Final = frozenset({"", "none", "never", "-", "—"})
_AHEAD: Final = re.compile(r"\+?(\d{1,3})\s*(d|w)(?:ays?|eeks?)?")
_NAMED: Final = re.compile(r"(?:(\d{1,2})\.?\s+([a-z]{3,9})|([a-z]{3,9})\s+(\d{1,2}))(?:,?\s+(\d{4}))?")
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


def read_day(text: str, today: date) -> date | None:
    """The day that `text` means; None for "none" or nothing. Raises UsageError.

    A day of the week is the next one after today; a day and a month without a year are the next such day.
    """
    said = one_line(text).lower()
    if said in _NONE:
        return None
    try:
        day = _day(said, today)
    except (ValueError, OverflowError):
        day = None
    if day is None:
        raise UsageError(f"“{shortened(said, 40)}” is no day.", mend=f"Write it as {EXAMPLES}; none takes it away.")
    return day


def _day(said: str, today: date) -> date | None:
    if said in ("today", "tomorrow"):
        return today + timedelta(days=int(said == "tomorrow"))
    ahead = _AHEAD.fullmatch(said)
    if ahead:
        return today + timedelta(days=int(ahead[1]) * (7 if ahead[2] == "w" else 1))
    weekday = _place(said.removeprefix("next "), _DAYS)
    if weekday is not None:
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    named = _NAMED.fullmatch(said)
    month = _place(named[2] or named[3], _MONTHS) if named else None
    if named and month is not None:
        number = int(named[1] or named[4])
        if named[5]:
            return date(int(named[5]), month + 1, number)
        day = date(today.year, month + 1, number)
        return day if day >= today else date(today.year + 1, month + 1, number)
    return date.fromisoformat(said) if re.fullmatch(r"\d{4}-\d\d-\d\d", said) else None


def _place(word: str, names: tuple[str, ...]) -> int | None:
    """Which name begins with `word`, of three letters or more."""
    return next((place for place, name in enumerate(names) if len(word) >= 3 and name.startswith(word)), None)
