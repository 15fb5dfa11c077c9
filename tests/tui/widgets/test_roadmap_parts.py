"""What the Roadmap draws: intervals against 0 and δ, bars on days, budgets, cells cut to their width."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.content import Content

from planner.roadmap.budgets import QuarterBudget
from planner.roadmap.timeline import Bar, Timeline
from tui.widgets.board import _wrapped
from tui.widgets.roadmap_heads import budget_bar
from tui.widgets.timeline_table import bar_parts, column_of, scale
from tui.widgets.verdict_text import interval

FIRST, LAST = date(2027, 1, 1), date(2027, 3, 31)
BAR = Bar(1, "A", "ready", date(2027, 1, 11), date(2027, 1, 20), 10.0, 5.0, False, False, ())
LINE = Timeline("2027Q1", FIRST, LAST, date(2027, 2, 15), (BAR,), (), None, ())
finite = st.floats(-1e6, 1e6, allow_nan=False)


def plain(parts: Any) -> str:
    return "".join(text for text, _ in parts)


def drawn(*args: Any, width: int = 40) -> tuple[str, str]:
    marks, axis = interval(*args, width)
    return marks.plain, axis.plain


# Intervals.


def test_an_interval_is_drawn_in_its_order() -> None:
    marks, axis = drawn(1.5, 0.5, 2.5, 1.0)
    zero, delta = marks.index("0"), marks.index("δ")
    assert zero < axis.index("┣") < delta < axis.index("●") < axis.index("┫")
    assert axis[delta] == "┿"
    assert axis[zero] == "┼"


def test_what_is_worse_than_nothing_lies_left_of_0() -> None:
    marks, axis = drawn(-2.0, -3.0, -1.0, 1.0)
    assert axis.index("┣") < axis.index("●") < axis.index("┫") < marks.index("0") < marks.index("δ")


def test_without_an_interval_the_effect_alone_is_drawn() -> None:
    _, axis = drawn(1.5, None, None, 1.0)
    assert "●" in axis
    assert "━" not in axis


def test_an_interval_without_an_end_goes_off_the_axis() -> None:
    _, axis = drawn(1.5, float("-inf"), float("inf"), 1.0)
    assert axis[0] == "◀"
    assert axis[-1] == "▶"


@pytest.mark.parametrize("effect", [None, float("nan"), float("inf")])
def test_nothing_is_drawn_without_an_effect(effect: float | None) -> None:
    assert interval(effect, 0, 1, 1, 40) == []


def test_nothing_is_drawn_where_there_is_no_room() -> None:
    assert interval(1.0, 0.5, 1.5, 1, 10) == []
    assert interval(0.0, 0.0, 0.0, None, 40) == []


@given(effect=finite, half=st.floats(0, 1e6), delta=st.none() | st.floats(1e-6, 1e6), width=st.integers(24, 70))
def test_every_interval_keeps_to_its_width_and_order(
    effect: float, half: float, delta: float | None, width: int
) -> None:
    lines = interval(effect, effect - half, effect + half, delta, width)
    for line in lines:
        assert isinstance(line, Content)
        assert line.cell_length == width
    if lines:
        axis = lines[1].plain
        assert axis.count("●") == 1
        assert axis.find("┣") <= axis.index("●")
        assert axis.rfind("┫") in (-1, *range(axis.index("●"), width))


# Bars on days.


def test_a_bar_begins_and_ends_on_its_days() -> None:
    text = plain(bar_parts(BAR, LINE, 90))
    assert len(text) == 90
    assert text.index("─") == 10
    assert text.rindex("─") == 19
    assert text.index("┆") == 45


def test_signs_tell_critical_over_late_and_early_apart() -> None:
    critical = plain(bar_parts(replace(BAR, critical=True), LINE, 90))
    assert "━" in critical
    assert "─" not in critical
    assert "┄" in plain(bar_parts(replace(BAR, state="done"), LINE, 90))
    late = plain(bar_parts(replace(BAR, finish=LAST + timedelta(days=9), late=True), LINE, 90))
    assert late[-1] == "▶"
    assert ("▶", "bad") in bar_parts(replace(BAR, finish=LAST + timedelta(days=9), late=True), LINE, 90)
    assert plain(bar_parts(replace(BAR, start=FIRST - timedelta(days=9)), LINE, 90))[0] == "◀"
    assert "┿" in plain(bar_parts(replace(BAR, critical=True, finish=LAST), LINE, 90))


def test_what_is_of_unknown_length_says_so() -> None:
    unknown = replace(BAR, finish=None, days=None)
    assert "? nobody said how long" in plain(bar_parts(unknown, LINE, 90))
    waiting = replace(BAR, start=None, finish=None)
    assert plain(bar_parts(waiting, LINE, 90)).startswith("? waits for one of unknown length")


@given(
    start=st.none() | st.integers(-200, 200),
    days=st.none() | st.integers(0, 300),
    width=st.integers(1, 150),
    today=st.none() | st.integers(0, 89),
)
def test_every_bar_fills_its_cells(start: int | None, days: int | None, width: int, today: int | None) -> None:
    begin = None if start is None else FIRST + timedelta(days=start)
    end = None if begin is None or days is None else begin + timedelta(days=days)
    bar = replace(BAR, start=begin, finish=end, days=days, late=end is not None and end > LAST)
    line = replace(LINE, today=None if today is None else FIRST + timedelta(days=today))
    assert sum(cell_len(text) for text, _ in bar_parts(bar, line, width)) == width


def test_the_scale_names_months_where_they_begin() -> None:
    text = scale(LINE, 90)
    assert len(text) == 90
    for month, first in (("Jan", FIRST), ("Feb", date(2027, 2, 1)), ("Mar", date(2027, 3, 1))):
        assert text.index(month) == column_of(first, LINE, 90)
    assert text.index("▼") == 45
    assert text[column_of(date(2027, 1, 18), LINE, 90) :].startswith("18")
    assert len(scale(LINE, 3)) == 3


# Budgets and cards.


@given(used=st.floats(0, 2000), planned=st.floats(0, 2000), total=st.floats(0, 1000), cells=st.integers(1, 40))
def test_the_budgets_bar_is_of_one_length(used: float, planned: float, total: float, cells: int) -> None:
    found = QuarterBudget("2027Q1", total, used, planned, total - used - planned, 0.0, 0, 0, None)
    bar = budget_bar(found, cells).plain
    assert len(bar) == cells
    if used > 0:
        assert "▇" in bar


def test_a_title_is_wrapped_and_cut() -> None:
    assert _wrapped("late interaction", 20, 2) == ["late interaction"]
    assert _wrapped("late interaction at the size of a dense index", 16, 2) == ["late interaction", "at the size of…"]
    assert _wrapped("", 16, 2) == []
