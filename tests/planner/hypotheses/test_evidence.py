"""Evidence: quotes that stand where they are said to stand, revised, removed, checked, and undone."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.clock import stamp
from library.db.journal import entries
from library.errors import LabtopError, NotFound, UsageError
from library.papers.commands import add_note, edit_note
from library.papers.model import text_hash
from planner.hypotheses import evidence as commands
from planner.hypotheses.balance import all_evidence, balance_of, evidence_of, evidence_on_paper
from planner.hypotheses.evidence import read_marks
from planner.hypotheses.model import Evidence
from planner.hypotheses.quotes import quoted_sentence
from planner.hypotheses.scale import LABELS, read_scale, scale_label, stance_of
from tests.planner.hypotheses.conftest import ABSTRACT, PAPER, Lab

WIN = "Late interaction wins on long documents by 2.1 points."
NONE = "On short ones, nothing is gained (p = 0.4)."


def add(lab: Lab, number: int, key: str = PAPER.key, person: str = "ada", **given: Any) -> int:
    where = {name: given.pop(name) for name in ("sentence", "quote") if name in given}
    made = lab.write(
        lambda db: commands.add_evidence(db, person, number, lab.papers[key], given or {"stance": "for"}, **where)
    )
    return made[0]


def of(lab: Lab, number: int = 1) -> tuple[Evidence, ...]:
    return lab.read(lambda db: evidence_of(db, number))


def test_a_sentence_is_kept_with_its_place(lab: Lab) -> None:
    number = lab.add()
    add(lab, number, sentence="2", stance="for", scale="4", directness="direct", note="the same\nbenchmark")
    (found,) = of(lab)
    assert found.start is not None
    assert ABSTRACT[found.start : found.end] == found.quote == WIN
    assert (found.source, found.version, found.paper_key, found.standing) == ("abstract", 1, PAPER.key, "current")
    assert (found.stance, found.scale, found.label) == ("for", 4, "strong agreement")
    assert (found.directness, found.note, found.person) == ("direct", "the same\nbenchmark", "ada")
    hashes = lab.one("SELECT text_hash, quote_hash FROM evidence")
    assert hashes == (text_hash(ABSTRACT), text_hash(WIN))
    assert found.stale == ()


@pytest.mark.parametrize(
    ("words", "quote"),
    [
        ("wins on long documents by 2.1", WIN),
        ("  wins on\n\tlong documents  by ", WIN),
        ("\x1b[31mwins on long documents\u202e", WIN),
        ("by 2.1 points. On short ones,", f"{WIN} {NONE}"),
        ("late interaction PAYS", PAPER.title),
    ],
)
def test_words_find_their_sentence(lab: Lab, words: str, quote: str) -> None:
    add(lab, lab.add(), quote=words)
    assert of(lab)[0].quote == quote


@pytest.mark.parametrize(
    ("where", "error", "said"),
    [
        ({"quote": "wins on short documents"}, NotFound, "does not stand in this paper"),
        ({"quote": "wins"}, UsageError, "too short"),
        ({"quote": ".*long.* documents"}, NotFound, "does not stand"),
        ({"sentence": "9"}, NotFound, "no sentence '9'"),
        ({"sentence": "b1"}, NotFound, "no sentence"),
        ({"sentence": "1", "quote": "wins on long documents"}, UsageError, "by its number or by its words"),
        ({}, UsageError, "needs a sentence"),
    ],
)
def test_what_does_not_stand_there_is_no_evidence(
    lab: Lab, where: dict[str, str], error: type[LabtopError], said: str
) -> None:
    number = lab.add()
    with pytest.raises(error, match=said):
        add(lab, number, **where)
    assert of(lab) == ()


def test_a_place_that_was_true_when_it_was_read_is_looked_at_again(lab: Lab) -> None:
    number = lab.add()
    quoted = lab.read(lambda db: quoted_sentence(db, lab.papers[PAPER.key], "2"))
    for other in (
        replace(quoted, start=quoted.start + 1),
        replace(quoted, quote="We made this up."),
        replace(quoted, source="body"),
        replace(quoted, source="title"),
        replace(quoted, source="note", note_id=7),
        replace(quoted, paper_id=99),
        replace(quoted, start=-1, end=5),
    ):
        with pytest.raises(LabtopError, match="does not stand there"):
            lab.write(lambda db, other=other: commands.add_quoted(db, "ada", number, other, {"stance": "for"}))
    lab.put(replace(PAPER, version=2, abstract="All of it is new now."))
    lab.write(lambda db: commands.add_quoted(db, "ada", number, quoted, {"stance": "for"}))  # of v1, which is kept
    assert of(lab)[0].standing == "older version"


def test_a_paper_with_two_versions(lab: Lab) -> None:
    number = lab.add()
    add(lab, number, sentence="2")
    add(lab, number, sentence="3", stance="against")
    add(lab, number, sentence="title", stance="context")
    later = replace(PAPER, version=2, title="Late interaction rarely pays", abstract=f"{NONE} That is all.")
    lab.put(later)
    win, none, title = of(lab)
    assert (win.quote, win.version, win.paper_version) == (WIN, 1, 2)
    assert [each.standing for each in (win, none, title)] == ["older version", "current", "older version"]
    assert win.stale == ("stands in an older version only (now v2)",)
    assert none.stale == ()
    # The copy stays what it was, and the place it was copied from can still be shown.
    assert ABSTRACT[win.start : win.end] == win.quote
    # A text that was never kept apart (the same version, corrected) is gone.
    lab.write(lambda db: db.execute("UPDATE paper_version SET abstract = NULL, title = NULL"))
    assert [each.standing for each in of(lab)] == ["gone", "current", "gone"]
    assert of(lab)[0].stale == ("no longer stands in the paper",)
    # What differs by white space alone still stands.
    lab.write(lambda db: db.execute("UPDATE paper SET abstract = replace(abstract, ' ', char(10))"))
    assert of(lab)[1].standing == "current"


def test_a_withdrawn_paper_and_a_summary_are_named_so(lab: Lab) -> None:
    number = lab.add()
    add(lab, number, sentence="1")
    lab.put(replace(PAPER, comment="This paper has been withdrawn by the authors", version=2))
    assert "the paper was withdrawn" in of(lab)[0].stale
    lab.put(replace(PAPER, key="2501.00003", abstract="Somebody says it pays.", text_kind="summary"))
    add(lab, number, "2501.00003", sentence="1")
    add(lab, number, "2501.00003", sentence="title")
    assert [each.summary for each in of(lab)] == [False, True, False]


def test_a_note_can_be_quoted_and_may_change(lab: Lab) -> None:
    number, paper_id = lab.add(), lab.papers[PAPER.key]
    lab.write(lambda db: add_note(db, "kim", paper_id, "Their baseline is weak. Ours is not."))
    add(lab, number, sentence="n1.1", stance="against")
    found = of(lab)[0]
    assert (found.quote, found.source, found.note_id, found.standing) == (
        "Their baseline is weak.", "note", 1, "current",
    )  # fmt: skip
    lab.write(lambda db: edit_note(db, "kim", 1, "Their baseline is fine."))
    assert of(lab)[0].standing == "gone"


def test_the_same_sentence_speaks_once(lab: Lab) -> None:
    number = lab.add()
    first = add(lab, number, sentence="2", stance="for", scale=3, note="good")
    was = lab.everything()
    again = add(lab, number, person="kim", quote="wins on long documents by", stance="against")
    assert again == first
    (found,) = of(lab)
    assert (found.stance, found.scale, found.note, found.person) == ("against", None, "good", "kim")
    newest = lab.read(lambda db: entries(db, limit=1))[0]
    assert newest.summary.endswith("(it was for, said ada)")
    lab.undo("kim")
    assert lab.everything() == was
    assert add(lab, number, sentence="2", stance="for") == first  # nothing new
    assert lab.everything() == was
    # For another hypothesis it speaks anew.
    assert add(lab, lab.add("Another claim"), sentence="2") != first


def test_changing_what_is_said_of_it(lab: Lab) -> None:
    number = lab.add()
    made = add(lab, number, sentence="2", stance="for", scale=3)

    def change(**marks: Any) -> tuple[str, int | None, str | None, str | None]:
        lab.write(lambda db: commands.set_evidence(db, "kim", made, marks))
        (found,) = of(lab)
        return found.stance, found.scale, found.directness, found.note

    assert change(note="only English") == ("for", 3, None, "only English")
    assert of(lab)[0].person == "ada"  # kim said nothing of the stance
    assert change(scale="-2") == ("against", -2, None, "only English")
    assert of(lab)[0].person == "kim"
    assert change(stance="for") == ("for", None, None, "only English")
    assert change(scale="agreement", directness="direct") == ("for", 3, "direct", "only English")
    assert change(stance="context") == ("context", 3, "direct", "only English")
    assert change(scale="-4") == ("context", -4, "direct", "only English")
    assert change(scale="", note="", directness="") == ("context", None, None, None)
    with pytest.raises(UsageError, match="contradict each other"):
        change(stance="for", scale="-1")
    for _ in range(6):
        lab.undo("kim")
    assert change() == ("for", 3, None, "only English")
    with pytest.raises(NotFound, match="no evidence 99"):
        lab.write(lambda db: commands.set_evidence(db, "kim", 99, {"stance": "for"}))


def test_removing_and_undoing(lab: Lab) -> None:
    number = lab.add()
    made = add(lab, number, sentence="2")
    was = lab.everything()
    lab.write(lambda db: commands.remove_evidence(db, "kim", made))
    assert of(lab) == ()
    lab.undo("kim")
    assert lab.everything() == was
    lab.write(lambda db: commands.remove_evidence(db, "kim", made))
    other = add(lab, number, person="ada", sentence="2")
    assert other != made
    with pytest.raises(LabtopError, match="another of the same name"):
        lab.undo("kim")


def test_evidence_keeps_its_hypothesis_from_being_undone(lab: Lab) -> None:
    number = lab.add(person="kim")
    add(lab, number, sentence="1", stance="for")
    add(lab, number, sentence="2", stance="for")
    with pytest.raises(LabtopError, match="2 evidences hang on it by now"):
        lab.undo("kim")


def test_verdicts_and_runs_are_evidence_too(lab: Lab) -> None:
    number, other = lab.active(), lab.add("Another claim")
    verdict = lab.verdict(number, lab.experiment(number), "refuted", blocked_by=["latency"])
    made, change = lab.write(lambda db: commands.add_verdict(db, "kim", other, verdict, {}))
    assert change.summary == "added evidence against H-2: V-1"
    lab.write(lambda db: commands.add_verdict(db, "kim", other, verdict, {"stance": "context"}))
    lab.write(lambda db: commands.add_run(db, "kim", other, " dense-distill/3 \x1b[0m", {"stance": "for"}))
    lab.write(lambda db: commands.add_run(db, "kim", other, "dense-distill/3", {"stance": "for", "scale": "1"}))
    found = of(lab, other)
    assert [(each.id, each.kind, each.origin, each.stance, each.scale) for each in found] == [
        (made, "verdict", "V-1", "context", None),
        (made + 1, "run", "dense-distill/3", "for", 1),
    ]
    assert found[0].verdict is not None
    assert found[0].verdict.headline == "refuted, blocked by latency"
    for wrong in (lambda db: commands.add_verdict(db, "kim", other, 9, {}),
                  lambda db: commands.add_run(db, "kim", 9, "r", {"stance": "for"}),
                  lambda db: commands.add_verdict(db, "kim", 9, verdict, {})):  # fmt: skip
        with pytest.raises(NotFound):
            lab.write(wrong)
    for name in ("", "\u202e", "x" * 201):
        with pytest.raises(UsageError):
            lab.write(lambda db, name=name: commands.add_run(db, "kim", other, name, {"stance": "for"}))


def test_the_balance_is_three_counts(lab: Lab) -> None:
    number = lab.active()
    add(lab, number, sentence="1", stance="for", directness="direct")
    add(lab, number, sentence="2", stance="for", directness="indirect")
    add(lab, number, "2501.00002", sentence="1", stance="for")
    add(lab, number, sentence="3", stance="against", directness="direct")
    add(lab, number, sentence="4", stance="context")
    lab.verdict(number, lab.experiment(number), "supported")
    lab.write(lambda db: commands.add_run(db, "ada", number, "r1", {"stance": "against"}))
    balance = balance_of(of(lab))
    found = [(c.total, c.sentences, c.papers, c.verdicts, c.runs, c.direct, c.indirect)
             for c in (balance.supporting, balance.opposing, balance.context)]  # fmt: skip
    assert found == [(4, 3, 2, 1, 0, 2, 1), (2, 1, 1, 0, 1, 1, 0), (1, 1, 1, 0, 0, 0, 0)]
    assert lab.read(all_evidence) == of(lab)
    assert len(lab.read(lambda db: evidence_on_paper(db, lab.papers["2501.00002"]))) == 1


def test_hostile_notes_and_runs_are_harmless(lab: Lab) -> None:
    number = lab.add()
    hostile = "\x1b]52;c;b3du\x07[/bold] \u202etxt.exe\x9b31m"
    add(lab, number, sentence="1", stance="for", note=hostile)
    lab.write(lambda db: commands.add_run(db, "ada", number, hostile, {"stance": "for", "note": hostile}))
    stored = repr([of(lab), lab.rows("SELECT summary, changes FROM journal")])
    assert "[/bold] txt.exe" in stored
    assert not [mark for mark in ("\\x1b", "\\x9b", "\\u202e", "b3du", "u001b", "u202e") if mark in stored]


def test_the_journal_repeats_no_word_of_the_quote_in_its_lines(lab: Lab) -> None:
    add(lab, lab.add(), sentence="2")
    assert WIN[:20] not in lab.one("SELECT summary FROM journal ORDER BY id DESC LIMIT 1")
    assert lab.one("SELECT count(*) FROM evidence WHERE at <= ?", stamp()) == 1


# The scale.


def test_eleven_steps_in_words_and_numbers() -> None:
    assert len(LABELS) == 11
    for step in range(-5, 6):
        assert read_scale(scale_label(step).upper()) == read_scale(step) == read_scale(f"{step:+d}") == step
        assert stance_of(step) == ("against" if step < 0 else "for" if step > 0 else "context")
    assert (scale_label(-5), scale_label(0), scale_label(5)) == (
        "explicit contradiction", "lack of evidence", "explicit agreement",
    )  # fmt: skip
    assert read_scale("−3") == -3  # a minus as it is printed


@pytest.mark.parametrize("raw", ["6", "-6", "1.5", "strong", "", "nan", "1e9", True])
def test_other_steps_are_refused_with_the_list(raw: Any) -> None:
    with pytest.raises(UsageError, match=r"−5 explicit contradiction, .* 0 lack of evidence, .*\+5 explicit agreement"):
        read_scale(raw)


@given(st.sampled_from(["for", "against", "context", None]), st.none() | st.integers(-5, 5))
def test_stance_and_scale_never_contradict_each_other(stance: str | None, step: int | None) -> None:
    try:
        marks = read_marks({"stance": stance, "scale": step})
    except UsageError:
        agrees = stance in (None, "context") or step is None or stance_of(step) == stance
        assert not agrees or (stance is None and step is None)
    else:
        assert marks["stance"] == (stance or stance_of(step or 0))
        assert marks["stance"] == "context" or marks["scale"] is None or stance_of(marks["scale"]) == marks["stance"]
