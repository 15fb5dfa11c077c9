"""A form without its screen: what is typed, what is wrong, what is to be stored."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.records import store
from library.records.field import Field, FieldError, read_value
from library.records.kind import Kind
from library.workspace import Workspace
from planner.decisions.kind import INCIDENT, MEMO
from planner.experiments.kind import EXPERIMENT
from planner.hypotheses.kind import HYPOTHESIS
from planner.obstacles.kind import OBSTACLE
from planner.register.kind import DATASET
from tui.form.entries import CHECKLISTS, Form
from tui.form.writing import aligned, cells, written

KINDS = (HYPOTHESIS, EXPERIMENT, DATASET, OBSTACLE, MEMO, INCIDENT)


def place(form: Form, key: str) -> int:
    return next(p for p, entry in enumerate(form.entries) if entry.key == key)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.noun)
def test_every_field_of_every_kind_has_its_place_in_one_group(kind: Kind) -> None:
    form = Form(kind)
    fields = [entry.field.name for entry in form.entries]
    assert set(fields) == {field.name for field in kind.fields}
    assert [p for group in form.groups for p in group.places] == list(range(len(form.entries)))
    for field in kind.fields:
        assert fields.count(field.name) == (len(field.checks) if field.type == "checks" else 1)


def test_a_long_form_begins_with_what_is_needed_first() -> None:
    form = Form(EXPERIMENT)
    assert [group.closed for group in form.groups] == [False] + [True] * (len(form.groups) - 1)
    assert form.groups[-1].name == CHECKLISTS
    assert not any(group.closed for group in Form(HYPOTHESIS).groups)


def test_what_is_typed_is_written_the_way_it_was_understood() -> None:
    form = Form(EXPERIMENT)
    for key, typed, understood in (
        ("tags", "b,  a ,b", "b, a"),
        ("delta", "1,200", "1200"),
        ("gpu_hours", "80 .. 120 .. 200", "80..120..200"),
        ("hypothesis_id", "h4", "H-4"),
        ("arms", "base|base\nnew one|treat||2026-01-02", "base    | baseline\nnew one | treatment |  | 2026-01-02"),
    ):
        form.write(place(form, key), typed)
        form.settle(place(form, key))
        entry = form.entries[place(form, key)]
        assert (entry.text, entry.problem) == (understood, ""), key


def test_what_is_wrong_is_said_on_leaving_and_goes_as_soon_as_it_is_mended() -> None:
    form = Form(HYPOTHESIS)
    prior = place(form, "prior")
    form.write(prior, "1")
    assert form.entries[prior].problem == ""  # it may go on as 10 %
    form.settle(prior)
    assert "between 0 and 1" in form.entries[prior].problem
    assert form.entries[prior].text == "1"
    form.write(prior, "10 %")
    assert form.entries[prior].problem == ""
    assert form.wrong == []


def test_what_is_needed_is_asked_for_when_it_is_stored() -> None:
    form = Form(HYPOTHESIS)
    statement = place(form, "statement")
    form.settle(statement)
    assert form.wrong == []
    assert form.look_at_all() == [statement]
    assert form.entries[statement].problem == "is needed"


def test_only_what_was_changed_of_a_stored_record_is_stored() -> None:
    values = {field.name: field.default for field in EXPERIMENT.fields} | {
        "title": "T",
        "checks": {"one-change": "yes", "power": "no"},
        "tags": ("a", "b"),
    }
    form = Form(EXPERIMENT, values)
    assert form.raw() == {}
    assert form.typed() == {}
    form.write(place(form, "tags"), "")
    form.write(place(form, "checks.power"), "n/a")
    assert form.raw() == {"tags": "", "checks": {"one-change": "yes", "power": "n/a"}}
    form.revert()
    assert form.raw() == {}


def test_what_a_new_record_begins_with_is_stored_but_no_draft() -> None:
    form = Form(OBSTACLE, None, {"experiment_id": "E-3", "since": "2027-02-15"})
    assert form.typed() == {}
    assert form.raw()["experiment_id"] == "E-3"
    form.write(place(form, "what"), "No GPU")
    assert form.typed() == {"what": "No GPU"}
    form.revert()
    assert form.entries[place(form, "since")].text == "2027-02-15"


def test_a_new_record_brings_its_defaults_and_what_it_was_filled_with() -> None:
    form = Form(EXPERIMENT, None, {"hypothesis_id": "H-4"})
    assert form.raw() == {
        "kind": "exploration",
        "hypothesis_id": "H-4",
        "alpha": "0.05",
        "pairing": "seed",
        "looks": "end",
    }


def test_a_draft_puts_back_what_was_typed() -> None:
    form = Form(EXPERIMENT)
    form.write(place(form, "title"), "half a ti")
    form.write(place(form, "delta"), "-")
    form.write(place(form, "checks.power"), "yes")
    again = Form(EXPERIMENT)
    again.put(form.typed())
    assert again.typed() == form.typed()
    assert again.wrong == [place(again, "delta")]


def test_problems_of_the_store_come_back_at_their_fields(workspace: Workspace) -> None:
    form = Form(EXPERIMENT)
    form.write(place(form, "title"), "T")
    form.write(place(form, "arms"), "only | treatment")
    form.write(place(form, "family_rule"), "holm")
    assert form.look_at_all() == []
    with pytest.raises(store.RecordError) as refused:
        workspace.store.write(lambda db: store.create(db, "ada", EXPERIMENT, form.raw())).result()
    assert form.take([*refused.value.problems, FieldError("nowhere", "is no field")]) == ["nowhere: is no field"]
    assert {form.entries[p].field.name for p in form.wrong} == {"arms", "family"}
    form.write(place(form, "arms"), "only | treatment\nbase | baseline")
    assert [form.entries[p].field.name for p in form.wrong] == ["family"]


def test_what_stood_in_a_text_comes_into_the_form() -> None:
    form = Form(EXPERIMENT)
    unknown = form.put_raw(
        {
            "title": "T",
            "seeds": 8,
            "delta": "much",
            "arms": [{"name": "base", "role": "baseline"}, {"name": "b", "role": "nothing"}],
            "tags": ["a", "b"],
            "checks": {"power": "no"},
            "elsewhere": 1,
        }
    )
    assert unknown == ["elsewhere"]
    texts = {entry.key: entry.text for entry in form.entries}
    assert (texts["title"], texts["seeds"], texts["delta"], texts["tags"]) == ("T", "8", "much", "a, b")
    assert texts["checks.power"] == "no"
    assert texts["arms"] == "base | baseline |  | \nb | nothing |  | "
    assert {form.entries[p].field.name for p in form.wrong} == {"delta", "arms"}


CELL = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)
ROWS = Field(
    "rows",
    "rows",
    "Rows",
    columns=(Field("a", "line", "A", required=True), Field("b", "line", "B"), Field("c", "line", "C")),
)


@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=6))
def test_rows_written_below_one_another_are_the_same_rows(given_rows: list[tuple[str, str, str]]) -> None:
    raw = [{"a": f"{n} {a}", "b": b, "c": c} for n, (a, b, c) in enumerate(given_rows)]
    value: Any = read_value(ROWS, raw)
    assert read_value(ROWS, written(ROWS, value)) == value


def test_bars_stand_below_one_another() -> None:
    assert aligned("a|b|c\nlonger | 漢字 | x\n\n d") == "a      | b    | c\nlonger | 漢字 | x\nd"
    assert cells(r"a \| b | c\; |") == [r"a \| b", r"c\;", ""]
