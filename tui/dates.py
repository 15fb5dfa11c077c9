"""Days as a person reads them, from YYYY-MM-DD."""

from datetime import date


def shown_day(day: str, today: date) -> str:
    """ "today", "3 d ago", "20 Nov", "Nov 2024": relative under a week, then shorter. Never more than 8 cells."""
    try:
        then = date.fromisoformat(day)
    except ValueError:
        return day[:8]
    ago = (today - then).days
    if ago == 0:
        return "today"
    if 0 < ago < 7:
        return f"{ago} d ago"
    if then.year == today.year or 0 < ago < 180:
        return f"{then.day} {then:%b}"
    return f"{then:%b} {then.year}"


def long_day(day: str, today: date) -> str:
    """ "20 Nov 2026", with how long ago under a week."""
    try:
        then = date.fromisoformat(day[:10])
    except ValueError:
        return day
    ago = (today - then).days
    text = f"{then.day} {then:%b} {then.year}"
    return f"{text}, today" if ago == 0 else f"{text}, {ago} d ago" if 0 < ago < 7 else text


def full_day(day: str) -> str:
    """ "Monday 13 Apr 2026"."""
    return f"{date.fromisoformat(day):%A %-d %b %Y}"


def short_day(day: str, today: str) -> str:
    """ "Mon 13 Apr", of other years "13 Apr 2024", in eleven cells."""
    then = date.fromisoformat(day)
    shown = f"{then:%a %-d %b}" if day[:4] == today[:4] else f"{then:%-d %b %Y}"
    return f"{shown:<11}"
