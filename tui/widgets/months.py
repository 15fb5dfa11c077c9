"""Months side by side with a sign on each day that has a session. Pure: content for a width."""

from calendar import Calendar
from collections.abc import Mapping
from datetime import date
from typing import Final

from textual.content import Content

MONTH: Final = 20  # cells: seven days of two digits, a sign or a blank between
GAP: Final = 2
_WEEKS: Final = 6


def months_content(signs: Mapping[str, tuple[str, str]], today: date, *, width: int, back: bool = False) -> Content:
    """As many months as fit: this one and those to come (`back`: those before, up to this one).

    `signs`: by day (YYYY-MM-DD) a sign and its style; `today` is underlined.
    """
    count = max(1, (width + GAP) // (MONTH + 1 + GAP))
    first = -(count - 1) if back else 0
    blocks = [_month(signs, today, first + number) for number in range(count)]
    return Content("\n").join(Content(" " * GAP).join(parts) for parts in zip(*blocks, strict=True))


def _month(signs: Mapping[str, tuple[str, str]], today: date, ahead: int) -> list[Content]:
    place = today.year * 12 + today.month - 1 + ahead
    year, month = place // 12, place % 12 + 1
    lines = [
        Content.styled(f"{date(year, month, 1):%B %Y}".ljust(MONTH + 1), "bold" if not ahead else ""),
        Content.styled("Mo Tu We Th Fr Sa Su".ljust(MONTH + 1), "$quiet"),
    ]
    weeks = Calendar().monthdatescalendar(year, month)
    lines += [
        Content.assemble(*(_day(day, month, today, signs.get(day.isoformat())) for day in week)) for week in weeks
    ]
    lines += [Content(" " * (MONTH + 1))] * (_WEEKS - len(weeks))
    return lines


def _day(day: date, month: int, today: date, sign: tuple[str, str] | None) -> Content:
    if day.month != month:
        return Content("   ")
    number = f"{day.day:>2}"
    if sign is not None:
        style = f"bold {sign[1]}".strip()
        return Content.assemble((number, f"{style} underline" if day == today else style), (sign[0], sign[1]))
    return Content.assemble((number, "underline" if day == today else "$quiet"), " ")
