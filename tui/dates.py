"""Days as a person reads them."""

from datetime import date


def shown_day(day: str, today: date) -> str:
    """ "today", "3 d", "20 Nov", "Nov 2024": relative under a week, shorter the longer ago. Never more than 8 cells."""
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
