"""Days as people type them."""

from datetime import date

import pytest

from library.errors import UsageError
from library.reading.due import read_day

WEDNESDAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-01", "2026-12-01"),
        ("today", "2026-11-25"),
        ("Tomorrow", "2026-11-26"),
        ("+3d", "2026-11-28"),
        ("3 days", "2026-11-28"),
        ("+2w", "2026-12-09"),
        ("fri", "2026-11-27"),
        ("Friday", "2026-11-27"),
        ("next friday", "2026-11-27"),
        ("wed", "2026-12-02"),  # today is Wednesday: the next one
        ("tue", "2026-12-01"),
        ("1 dec", "2026-12-01"),
        ("Dec 1", "2026-12-01"),
        ("25 nov", "2026-11-25"),
        ("24 nov", "2027-11-24"),  # past this year
        ("1 march 2027", "2027-03-01"),
        ("  FRI ", "2026-11-27"),
    ],
)
def test_days(text: str, day: str) -> None:
    assert read_day(text, WEDNESDAY) == date.fromisoformat(day)


@pytest.mark.parametrize("text", ["", "none", "-", "  "])
def test_no_day(text: str) -> None:
    assert read_day(text, WEDNESDAY) is None


@pytest.mark.parametrize(
    "text",
    ["soon", "32 dec", "30 feb", "2026-13-01", "2026-1-1", "fr", "x" * 500, "+9999d", "ma 3", "٣ dec x", "20261201"],
)
def test_what_is_no_day_is_said_with_examples(text: str) -> None:
    with pytest.raises(UsageError, match=r"is no day.*\+3d"):
        read_day(text, WEDNESDAY)
