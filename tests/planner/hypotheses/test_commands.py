"""Adding, editing and believing: what is stored, what papers are ranked by, what undo brings back, who did it."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.clock import stamped
from library.errors import LabtopError, NotFound, UsageError
from library.records import store
from library.records.kind import read_values
from library.records.store import RecordError
from library.records.toml import from_toml, to_toml
from planner.hypotheses import commands
from planner.hypotheses.kind import HYPOTHESIS
from planner.hypotheses.queries import hypothesis
from tests.planner.hypotheses.conftest import STATEMENT, Lab

HOSTILE = "\x1b]0;owned\x07\x1b[31m[bold red]click[/] \u202egnp.exe\u2066 <b>=cmd()</b>\x00"
HARMLESS = "[bold red]click[/] gnp.exe <b>=cmd()</b>"
WHOLE: dict[str, Any] = {
    "statement": STATEMENT,
    "mechanism": "Matching tokens\nkeeps what one vector loses.",
    "problem": "Answers miss passages",
    "product_metric": "self-service rate",
    "metric": "nDCG@10",
    "direction": "increase",
    "delta": 0.5,
    "unit": "points",
    "prior": 0.4,
    "prior_reason": "Two papers.",
    "payoff": "20..40..70",
    "loss": "5",
    "owner": "kim",
    "horizon": "2027Q1",
    "tags": ("retrieval", "long documents"),
}


def test_adding_stores_it_with_its_prior(lab: Lab) -> None:
    number = lab.add(**{name: value for name, value in WHOLE.items() if name != "statement"})
    assert lab.read(lambda db: store.get(db, HYPOTHESIS, number)) == WHOLE
    assert lab.rows("SELECT value, reason, method, person FROM belief") == [(0.4, "Two papers.", "prior", "ada")]
    assert lab.rows("SELECT * FROM interest") == []  # a draft ranks nothing
    assert lab.one("SELECT state, origin FROM hypothesis") == ("draft", "person")


def test_undoing_takes_all_of_it_away_and_again_brings_it_back(lab: Lab) -> None:
    nothing = lab.everything()
    lab.testable()
    all_of_it = lab.everything()
    lab.undo()
    assert lab.everything() == nothing
    lab.write(lambda db: commands.add(db, "kim", {"statement": "Something else"}))
    redo = lab.one("SELECT max(id) FROM journal WHERE person = 'ada'")
    from library.db.journal import undo

    lab.write(lambda db: undo(db, "ada", redo))
    assert lab.everything()["belief"] == all_of_it["belief"]  # of H-1 still: kim's became H-2
    assert lab.rows("SELECT id, statement FROM hypothesis") == [(1, STATEMENT), (2, "Something else")]


def test_a_number_is_never_given_twice(lab: Lab) -> None:
    lab.add()
    lab.undo()
    assert lab.add("Another") == 2


def test_editing_keeps_prior_and_interest_in_step(lab: Lab) -> None:
    number = lab.active(mechanism="Tokens.")
    assert lab.one("SELECT text, active FROM interest") == (f"{STATEMENT}. Tokens.", 1)
    was = lab.everything()
    lab.edit(number, statement="Late interaction wins", prior="60 %", prior_reason="a third paper", mechanism="")
    assert lab.one("SELECT text, active FROM interest") == ("Late interaction wins", 1)
    assert lab.rows("SELECT value, reason FROM belief") == [(0.4, "no reason was given"), (0.6, "a third paper")]
    lab.undo()
    assert lab.everything() == was
    lab.edit(number, owner="kim")
    assert len(lab.rows("SELECT * FROM belief")) == 1
    lab.edit(number, prior="")
    assert lab.rows("SELECT * FROM belief") == []
    lab.undo()
    assert lab.one("SELECT value FROM belief") == 0.4


def test_an_edit_that_changes_nothing_leaves_no_trace(lab: Lab) -> None:
    number = lab.active()
    before = lab.one("SELECT max(id) FROM journal")
    assert lab.edit(number, statement=f"  {STATEMENT} ").journal_id is None
    assert lab.one("SELECT max(id) FROM journal") == before


def test_the_prior_is_settled_once_a_verdict_has_come_in(lab: Lab) -> None:
    number = lab.active()
    lab.verdict(number, lab.experiment(number), "supported", exploratory=1)
    lab.edit(number, prior=0.5)  # exploring settles nothing
    lab.verdict(number, lab.experiment(number), "supported")
    for prior in ("0.9", ""):
        with pytest.raises(RecordError, match=r"V-2 has come in since.*hypothesis believe H-1"):
            lab.edit(number, prior=prior)
    lab.edit(number, prior="0.5", owner="kim")  # as it was


def test_everything_wrong_is_said_at_once(lab: Lab) -> None:
    with pytest.raises(RecordError) as caught:
        lab.add("", prior="1.2", delta="-3", horizon="soon", statment="x", tags="a" * 501)
    assert [problem.field for problem in caught.value.problems] == [
        "prior", "delta", "horizon", "statment", "tags", "statement",
    ]  # fmt: skip


def test_believing(lab: Lab) -> None:
    number = lab.testable()
    change = lab.write(lambda db: commands.believe(db, "kim", number, "55 %", "two \x1b[2Jreplications"))
    assert change.summary == "belief in H-1: .40 → .55, two replications"
    steps = lab.read(lambda db: hypothesis(db, number)).beliefs
    assert [(step.before, step.value, step.method, step.person) for step in steps] == [
        (None, 0.4, "prior", "ada"),
        (0.4, 0.55, "person", "kim"),
    ]
    for value in ("0", "1", "-0.2", "maybe", "100 %"):
        with pytest.raises(UsageError):
            lab.write(lambda db, value=value: commands.believe(db, "kim", number, value, "so"))
    for value, reason in ((None, "so"), ("0.3", ""), ("0.3", "\u202e")):
        with pytest.raises(UsageError, match="the reason for it"):
            lab.write(lambda db, v=value, r=reason: commands.believe(db, "kim", number, v, r))
    with pytest.raises(NotFound):
        lab.write(lambda db: commands.believe(db, "kim", 99, 0.5, "so"))


def test_two_people(lab: Lab) -> None:
    number = lab.testable()
    lab.move(number, "active", person="kim")
    with pytest.raises(LabtopError, match="was changed again since"):
        lab.undo()  # ada's adding: kim has moved it
    assert lab.state(number) == "active"
    lab.undo("kim")
    lab.write(lambda db: commands.believe(db, "kim", number, 0.7, "I think so"))
    with pytest.raises(LabtopError, match="1 belief hang on it by now"):
        lab.undo()
    lab.undo("kim")
    lab.undo()
    assert lab.rows("SELECT * FROM hypothesis") == []
    # What is hung on it does not touch the row: each can be taken back whatever the other did meanwhile.
    other = lab.active()
    lab.write(lambda db: commands.believe(db, "kim", other, 0.7, "I think so"))
    lab.undo()
    assert lab.state(other) == "draft"


def test_hostile_text_is_harmless_when_stored(lab: Lab) -> None:
    hostile = {"mechanism": HOSTILE, "owner": HOSTILE, "tags": [HOSTILE], "prior_reason": HOSTILE}
    number = lab.add(HOSTILE, metric="m", delta=1, prior=0.5, **hostile)
    lab.move(number, "active", HOSTILE)
    lab.write(lambda db: commands.believe(db, "ada", number, 0.6, HOSTILE))
    stored = lab.everything()
    text = repr([stored[table] for table in ("hypothesis", "hypothesis_move", "belief", "interest")])
    text += repr(lab.rows("SELECT summary, changes FROM journal"))
    assert HARMLESS in text
    assert not [mark for mark in ("\\x1b", "\\x07", "\\u202e", "\\u2066", "\\x00", "u001b", "owned") if mark in text]


def test_a_whole_hypothesis_goes_through_toml_and_back(lab: Lab) -> None:
    number = lab.add(**{name: value for name, value in WHOLE.items() if name != "statement"})
    before = lab.everything()
    text = to_toml(HYPOTHESIS, lab.read(lambda db: store.get(db, HYPOTHESIS, number)), heading="H-1")
    assert set(tomllib.loads(text)) == {field.name for field in HYPOTHESIS.fields}
    raw = from_toml(HYPOTHESIS, text)
    assert raw is not None
    assert lab.edit(number, **raw).journal_id is None
    assert lab.everything() == before


_LINE = st.text(st.characters(codec="utf-8"), max_size=60)


@given(
    st.fixed_dictionaries(
        {"statement": st.from_regex(r"[A-Z][\w \-\"'#\\=\[\]]{1,60}", fullmatch=True)},
        optional={
            "mechanism": _LINE,
            "metric": _LINE,
            "delta": st.floats(1e-6, 1e6),
            "prior": st.floats(0.001, 0.999),
            "tags": st.lists(_LINE, max_size=4),
            "payoff": st.sampled_from(["3", "1..2..3", "0.5..0.5..9"]),
            "horizon": st.sampled_from(["2027Q1", "2026Q4"]),
        },
    )
)
def test_any_hypothesis_goes_through_toml_and_back(raw: dict[str, Any]) -> None:
    values, problems = read_values(HYPOTHESIS, raw)
    assert not problems
    again = from_toml(HYPOTHESIS, to_toml(HYPOTHESIS, values, heading="H-1"))
    assert again is not None
    reread, problems = read_values(HYPOTHESIS, again)
    assert not problems
    assert {name: value for name, value in reread.items() if value is not None} == {
        name: value for name, value in values.items() if value is not None
    }


def test_edits_are_remembered_with_their_time(lab: Lab) -> None:
    with stamped("2026-03-01T10:00:00Z"):
        number = lab.write(lambda db: _stamped_add(db))
    lab.write(lambda db: _edit_at(db, number, "2026-03-05T10:00:00Z", owner="kim"))
    lab.write(lambda db: _edit_at(db, number, "2026-03-09T10:00:00Z", statement="It wins", delta="2"))
    detail = lab.read(lambda db: hypothesis(db, number))
    assert [(edit.at, edit.changes) for edit in detail.revisions] == [
        ("2026-03-05T10:00:00Z", (("owner", None, "kim"),)),
        ("2026-03-09T10:00:00Z", (("statement", STATEMENT, "It wins"), ("delta", 0.5, 2.0))),
    ]
    assert detail.statement_since == "2026-03-09T10:00:00Z"


def _stamped_add(db: Any) -> int:
    with stamped("2026-03-01T10:00:00Z"):
        return commands.add(db, "ada", {"statement": STATEMENT, "metric": "m", "delta": 0.5})[0]


def _edit_at(db: Any, number: int, moment: str, **raw: Any) -> None:
    with stamped(moment):
        commands.edit(db, "ada", number, raw)
