"""Dates as records write them: moments of ISO 8601, mail and HTTP, and days of which only a part is known."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from library.clock import iso
from library.text import one_line

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, 1)}
_ISO = re.compile(r"^\[?(\d{4})(?:[-/.](\d{1,2}))?(?:[-/.](\d{1,2}))?(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})\.?\s+([a-z]{3,})\.?,?\s+(\d{4})(?!\d)", re.IGNORECASE)
_MONTH_FIRST = re.compile(r"\b([a-z]{3,})\.?(?:\s+(\d{1,2}))?(?:\s*[-–]\s*[\w ]+?)?,?\s+(\d{4})(?!\d)", re.IGNORECASE)
_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})[-/.](?:(\d{1,2})[-/.])?(\d{4})(?!\d)")
_YEAR = re.compile(r"(?<!\d)(1[4-9]\d\d|20\d\d|21\d\d)(?!\d)")


def moment(text: str) -> datetime | None:
    """The moment, UTC, that ISO 8601 or "Mon, 22 Oct 2018 22:41:50 GMT" names; without a zone it is read as UTC.

    None for anything else.
    """
    text = text.strip()
    try:
        found = datetime.fromisoformat(text) if text[:4].isdigit() else parsedate_to_datetime(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def iso_moment(text: str | None) -> str | None:
    """As `moment`, in the one form in which times are stored."""
    found = moment(text or "")
    return iso(found) if found is not None else None


def partial_date(text: str) -> str | None:
    """YYYY, YYYY-MM or YYYY-MM-DD out of what people write: "2017-06", "12 June 2017", "2012/4//", "c1985".

    Of a range the start. None where no year from 1400 to 2199 stands in it; nothing is made up.
    """
    text = one_line(text).strip("{}~? ")
    match = _ISO.match(text)
    if match:
        return iso_date(match[1], match[2], match[3])
    match = _DAY_FIRST.search(text)
    if match and match[2][:3].lower() in _MONTHS:
        return iso_date(match[3], match[2], match[1])
    match = _MONTH_FIRST.search(text)
    if match and match[1][:3].lower() in _MONTHS:
        return iso_date(match[3], match[1], match[2])
    match = _NUMBERS.search(text)
    if match:
        first, second = int(match[1]), int(match[2] or 0)
        if not second:
            return iso_date(match[3], match[1])
        if first > 12 or second > 12:  # else nobody knows whether it is 3 April or 4 March
            day, month = (first, second) if first > 12 else (second, first)
            return iso_date(match[3], month, day)
        return match[3]
    match = _YEAR.search(text)
    return match[1] if match else None


def iso_date(year: object, month: object = None, day: object = None) -> str | None:
    """Joined as far as it is known and possible; None without a plausible year."""
    match = _YEAR.fullmatch(str(year or "").strip())
    if match is None:
        return None
    number = month_number(month)
    if number is None:
        return match[1]
    try:
        whole = int(str(day).strip()) if day else 0
    except ValueError:
        whole = 0
    return f"{match[1]}-{number:02}-{whole:02}" if 1 <= whole <= 31 else f"{match[1]}-{number:02}"


def month_number(text: object) -> int | None:
    """1 to 12 for "6", "06", "jun", "June", "jun~12", "Mar-Apr" (the first); None where it is none."""
    found = re.match(r"[\W_]*(\d{1,2})(?!\d)|[\W_]*([a-zA-Z]{3})", str(text or ""))
    if found is None:
        return None
    number = int(found[1]) if found[1] else _MONTHS.get(found[2].lower(), 0)
    return number if 1 <= number <= 12 else None
