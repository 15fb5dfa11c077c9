"""What a person types becomes a value, or an error that says what is expected; and comes back as it was."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from library.quarter import FIRST_YEAR, LAST_YEAR
from library.records.field import Field, FieldError, read_value, record_number, write_value
from library.records.kind import Kind, from_row, read_values, to_row
from library.records.toml import from_toml, to_toml
from planner.decisions.kind import INCIDENT, MEMO
from planner.experiments.kind import EXPERIMENT
from planner.hypotheses.kind import HYPOTHESIS
from planner.obstacles.kind import OBSTACLE
from planner.register.kind import DATASET

KINDS = (HYPOTHESIS, EXPERIMENT, DATASET, OBSTACLE, MEMO, INCIDENT)


@pytest.mark.parametrize(
    ("type_", "typed", "value"),
    [
        ("number", "1,200.5", 1200.5),
        ("number", "−3e-4", -0.0003),
        ("number", ".5", 0.5),
        ("whole", "12", 12),
        ("whole", 12.0, 12),
        ("share", "30 %", 0.3),
        ("share", "0.999", 0.999),
        ("day", "2026-11-25", "2026-11-25"),
        ("quarter", "2027-q1", "2027Q1"),
        ("spread", "120", "120"),
        ("spread", "80..120..200", "80..120..200"),
        ("spread", {"low": 1, "mode": 2, "high": 3.5}, "1..2..3.5"),
        ("words", " a, b ,a,, c", ("a", "b", "c")),
        ("line", "two\nlines \x1b[31mred", "two lines red"),
        ("text", "  kept\n\n  lines\u202e ", "kept\n\n  lines"),
        ("line", "   ", None),
        ("words", " , ", None),
        ("line", "\u200b\u200d \u2060", None),  # nothing that anybody could see
        ("text", "\u200b\n\u00ad", None),
        ("line", "👩\u200d🔬", "👩\u200d🔬"),
        ("words", ["a", 2], ("a", "2")),
    ],
)
def test_reads(type_: Any, typed: object, value: object) -> None:
    assert read_value(Field("f", type_, "F"), typed) == value


@pytest.mark.parametrize(
    ("type_", "typed"),
    [
        ("number", "1,2"),  # twelve, or one and a bit: nobody can tell
        ("number", "nan"),
        ("number", "1e999"),
        ("number", "e5"),
        ("number", "-"),
        ("number", True),
        ("whole", "1.5"),
        ("share", "0"),
        ("share", "1"),
        ("share", "130 %"),
        ("day", "2026-02-30"),
        ("day", "tomorrow"),
        ("quarter", "2027Q5"),
        ("spread", "3..2..1"),
        ("spread", "1..2"),
        ("spread", "a..b..c"),
        ("line", "x" * 501),
        ("line", ["a"]),
        ("number", 10**400),  # TOML knows no largest whole number
        ("whole", "1e308"),  # no database holds it, nor does a float hold it exactly
        ("whole", 2**53 + 1),
        ("day", datetime(2026, 1, 2, 10, tzinfo=UTC)),  # a time of day would be lost, or kept where nobody expects it
        ("number", "1e308"),  # its square is no number any more
        ("spread", "1..2..1e300"),
        ("day", "0001-01-01"),
        ("day", "9999-12-31"),
        ("quarter", "0000Q1"),
        ("words", [{"a": 1}]),
        ("words", {"a": 1}),
        ("words", True),
        ("spread", {"low": 1, "mode": 2, "high": 3, "x": 4}),
    ],
)
def test_refuses(type_: Any, typed: object) -> None:
    with pytest.raises(FieldError) as caught:
        read_value(Field("f", type_, "F"), typed)
    assert caught.value.field == "f"


def test_a_choice_is_known_by_its_beginning_where_that_is_clear() -> None:
    field = Field("kind", "choice", "Kind", choices=("exploration", "transfer-ready", "transfer-late"))
    assert read_value(field, "Expl") == "exploration"
    with pytest.raises(FieldError, match="one of exploration, transfer-ready, transfer-late"):
        read_value(field, "transfer")


def test_bounds() -> None:
    field = Field("f", "number", "F", above=0, maximum=0.5)
    assert read_value(field, "0.5") == 0.5
    for typed in ("0", "-1", "0.51"):
        with pytest.raises(FieldError):
            read_value(field, typed)


@pytest.mark.parametrize("typed", ["H-4", "h4", "H4", 4, "4", " h-4 "])
def test_a_record_by_any_spelling(typed: object) -> None:
    assert record_number("H", typed) == 4


@pytest.mark.parametrize("typed", ["E-4", "H--4", "", "H-", 4.0, True, "H-4; DROP", "H-9999999999999"])
def test_what_is_no_record(typed: object) -> None:
    with pytest.raises(FieldError):
        record_number("H", typed)


ARMS = EXPERIMENT.field("arms")


def test_rows_are_typed_a_line_each() -> None:
    rows = read_value(ARMS, "base | baseline\nnew|treatment|x=a\\|b; off | ablation")
    assert [row["name"] for row in rows] == ["base", "new", "off"]
    assert rows[1]["set"] == "x=a|b"
    assert read_value(ARMS, write_value(ARMS, rows)) == rows


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("base", "row 1 needs role"),
        ("base | boss", "role: is one of"),
        ("a | baseline\na | treatment", "has a twice"),
        ("a | baseline | | | |", "has the columns name | role | set | measured_on"),
        ([{"name": "a", "role": "baseline", "lr": 1}], "row 1 has no lr"),
        ([1], "is a list of tables"),
    ],
)
def test_what_is_wrong_with_a_row_is_said(typed: object, why: str) -> None:
    with pytest.raises(FieldError) as caught:
        read_value(ARMS, typed)
    assert why in caught.value.message


cell = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp")), max_size=30)


@settings(deadline=None)
@given(st.lists(st.tuples(cell, cell), max_size=6))
def test_any_text_of_a_cell_survives_typing(cells: list[tuple[str, str]]) -> None:
    rows = [{"name": f"arm {place}", "role": "ablation", "set": each} for place, (each, _) in enumerate(cells)]
    value = read_value(ARMS, rows)
    if value is not None:
        assert read_value(ARMS, write_value(ARMS, value)) == value


def test_checks_keep_the_order_of_the_list_and_drop_open_ones() -> None:
    field = Field("checks", "checks", "Checks", checks=(("a", "A?"), ("b", "B?")))
    assert read_value(field, {"b": "no", "a": "YES"}) == {"a": "yes", "b": "no"}
    assert read_value(field, "b=n/a, a=open") == {"b": "n/a"}
    assert read_value(field, {"a": "open"}) is None
    for wrong in ({"c": "yes"}, {"a": "perhaps"}):
        with pytest.raises(FieldError):
            read_value(field, wrong)


# Whole records.

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40)


def values_of(field: Field) -> st.SearchStrategy[Any]:
    """Values that a person could give."""
    numbers = st.floats(0.01, 0.5).map(lambda value: float(f"{value:.6g}"))
    known: dict[str, st.SearchStrategy[Any]] = {
        "line": TEXTS,
        "text": TEXTS,
        "number": numbers,
        "whole": st.integers(1, 1000),
        "share": numbers,
        "choice": st.sampled_from(field.choices or ("",)),
        "day": st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)).map(str),
        "quarter": st.sampled_from(("2026Q4", "2027Q1")),
        "words": st.lists(TEXTS, max_size=3),
        "spread": st.sampled_from(("5", "1..2..3")),
        "ref": st.integers(1, 99),
        "refs": st.lists(st.integers(1, 99), max_size=3),
        "checks": st.dictionaries(
            st.sampled_from([item for item, _ in field.checks] or [""]), st.sampled_from(("yes", "no", "n/a", "open"))
        ),
    }
    if field.type == "rows":
        row = st.fixed_dictionaries({column.name: values_of(column) for column in field.columns})
        return st.lists(row, max_size=3)
    return known[field.type]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.noun)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_record_comes_back_from_toml_and_from_its_row(kind: Kind, data: st.DataObject) -> None:
    raw = {field.name: data.draw(st.none() | values_of(field), label=field.name) for field in kind.fields}
    values, problems = read_values(kind, raw)
    whole = {**{field.name: None for field in kind.fields}, **values}
    for name in {problem.field for problem in problems}:
        whole[name] = None  # a row without its name, two rows of one name: refused, as they should be
    again = from_toml(kind, to_toml(kind, whole, heading="H-1"))
    assert again is not None
    read, wrong = read_values(kind, again)
    assert not wrong
    assert read == whole
    assert from_row(kind, to_row(kind, whole)) == whole


def test_toml_that_cannot_be_read_names_the_line() -> None:
    with pytest.raises(Exception, match="line 2"):
        from_toml(HYPOTHESIS, 'statement = "x"\nprior = = 3\n')
    assert from_toml(HYPOTHESIS, "# nothing\n") is None


def test_an_unknown_field_names_the_nearest() -> None:
    _, problems = read_values(HYPOTHESIS, {"prio": "0.3"})
    assert "did you mean prior?" in problems[0].message
