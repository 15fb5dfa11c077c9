import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.decisions.facts import Facts, fact_of, fact_record, figure, spans


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (6, "6"),
        (1.8125, "1.81"),
        (-0.5, "−0.5"),
        (0.05, "0.05"),
        (0.0112, "0.0112"),
        (0.000123456, "0.000123"),
        (0.00001234, "1.23e-05"),
        (12345, "12,345"),
        (12345.6, "12,346"),
        (612.4, "612"),
        (99.96, "100"),
        (999.6, "1,000"),
        (610.4, "610"),
        (9.996, "10"),
        (0.9999, "1"),
        (2.50, "2.5"),
        (float("nan"), "NaN"),
        (float("-inf"), "−∞"),
    ],
)
def test_numbers_are_rounded_for_reading(value: float, shown: str) -> None:
    assert figure(value) == shown


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_a_shown_number_is_near_the_stored_one(value: float) -> None:
    back = float(figure(value).replace(",", "").replace("−", "-"))
    assert back == pytest.approx(value, rel=0.005)
    assert figure(value, signed=True).startswith("+" if value > 0 else "−" if value < 0 else "0")


@given(st.lists(st.integers(1, 60)))
def test_spans_name_exactly_the_rows(rows: list[int]) -> None:
    named: set[int] = set()
    for part in spans(rows).split(", "):
        first, _, last = part.partition("–")
        named |= set(range(int(first), int(last or first) + 1)) if part else set()
    assert named == set(rows)


def test_a_key_stands_for_one_thing() -> None:
    facts = Facts()
    facts.number("n", 1, "verdict", "n", 5)
    facts.number("n", 1, "verdict", "n", 5)
    assert len(facts.found) == 1
    with pytest.raises(ValueError, match="two facts"):
        facts.number("n", 2, "verdict", "n", 5)


def test_what_is_missing_is_said_and_kept_as_null() -> None:
    facts = Facts()
    assert facts.number("effect", None, "verdict", "effect", 5, unit="points") == "not known"
    assert facts.day("day", None, "verdict", "at", 5) == "not known"
    assert facts.text("note", None, "verdict", "note", 5) == ""
    assert [fact.value for fact in facts.found.values()] == [None, None]


def test_facts_survive_being_stored() -> None:
    facts = Facts()
    facts.number("hours", 9.5, "result", "gpu_hours", [3, 1, 2], unit="GPU-hours", how="added up")
    facts.text("quote", "*a*", "evidence", "quote", 7)
    for fact in facts.found.values():
        assert fact_of(json.loads(json.dumps(fact_record(fact)))) == fact
    assert facts.found["hours"].source == "result 1–3 · gpu_hours, added up"
    assert facts.found["quote"].shown == "\\*a\\*"
