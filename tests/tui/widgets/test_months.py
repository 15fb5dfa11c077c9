"""Months side by side: as many as fit, each session on its day, each line as wide as the others."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.widgets.months import MONTH, months_content


@pytest.mark.parametrize(("width", "count"), [(10, 1), (40, 1), (44, 2), (66, 2), (67, 3)])
def test_as_many_as_fit(width: int, count: int) -> None:
    text = months_content({}, date(2026, 11, 30), width=width).plain
    assert sum(name in text for name in ("November 2026", "December 2026", "January 2027")) == count


@given(st.dates(date(1970, 1, 1), date(2200, 1, 1)), st.booleans())
def test_every_day_stands_below_its_weekday(today: date, back: bool) -> None:
    lines = months_content({today.isoformat(): ("○", "")}, today, width=MONTH + 1, back=back).plain.split("\n")
    assert len(lines) == 8
    assert {len(line) for line in lines} == {MONTH + 1}
    (here,) = (line for line in lines[2:] if "○" in line)
    place = here.index("○")
    assert place == 3 * today.weekday() + 2
    assert int(here[place - 2 : place]) == today.day
    assert lines[1][place - 2 : place] == ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")[today.weekday()]


def test_back_ends_with_this_month() -> None:
    text = months_content({}, date(2026, 1, 5), width=44, back=True).plain.split("\n")[0]
    assert text.split() == ["December", "2025", "January", "2026"]
