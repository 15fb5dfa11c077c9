"""Critiques: every field optional, one's own editable, found by words and verdict, counted."""

import sqlite3
from datetime import date

import pytest

from library.errors import NotFound
from library.papers.queries import rows
from library.reading.critiques import (
    confirm_critique,
    critiques,
    critiques_of,
    delete_critique,
    find_critique,
    own_critique,
    stats,
    write_critique,
)
from library.reading.model import Critique
from library.reading.quotes import take_quote
from library.reading.template import CRITIQUE
from library.records.store import RecordError
from library.records.toml import from_toml, to_toml
from library.search.run import search
from tests.library.reading.conftest import Desk, draft

WHOLE = {
    "line": "Fair baselines, one dataset",
    "verdict": "4",
    "confidence": "medium",
    "claim": "Late interaction pays on long documents.",
    "evidence": "Two collections, five seeds.",
    "baselines": "BM25 was tuned, dense was not.",
    "compute": "8 GPUs for two days.",
    "threats": "Data leakage between the splits.",
    "reproducibility": "Code is there; seeds are not.",
    "change_mind": "A third collection.",
    "applicability": "Index ten times larger: too large for us.",
    "effects": "H-1 | supports | strong; H-2 | weakens",
}


@pytest.fixture
def claims(desk: Desk) -> None:
    def make(db: sqlite3.Connection) -> None:
        for statement in ("Late interaction pays", "Dense is enough"):
            db.execute(
                "INSERT INTO hypothesis (statement, created_by, created_at, updated_at) VALUES (?, 'ada', 'x', 'x')",
                (statement,),
            )

    desk.write(make)


def written(desk: Desk, paper_id: int, person: str = "ada", **raw: str) -> Critique:
    return desk.write(lambda db: write_critique(db, person, paper_id, raw))[0]


def found(desk: Desk, query: str, person: str = "ada") -> list[int]:
    result = search(
        desk.workspace.store, query, meaning=None, person=person, today=date(2026, 4, 20), mode="keyword", limit=20
    )
    return sorted(hit.paper_id for hit in result.hits)


@pytest.mark.usefixtures("claims")
def test_every_field_is_kept_and_comes_back_through_toml(desk: Desk, five: tuple[int, ...]) -> None:
    made = written(desk, five[0], **WHOLE)
    assert made.label == "C-1"
    assert (made.version, made.person, made.line) == (1, "ada", "4/5 Fair baselines, one dataset")
    assert made.values["effects"] == (
        {"hypothesis": 1, "effect": "supports", "strength": "strong"},
        {"hypothesis": 2, "effect": "weakens"},
    )
    again = from_toml(CRITIQUE, to_toml(CRITIQUE, made.values, heading="C-1"))
    assert again is not None
    change = desk.write(lambda db: write_critique(db, "ada", five[0], again))[1]
    assert change.journal_id is None, "nothing of it differs"


@pytest.mark.parametrize(
    "raw", [{"line": "Weak."}, {"verdict": "2"}, {"line": "Weak.", "verdict": "2"}, {"threats": "One."}]
)
def test_any_field_alone_is_a_critique(desk: Desk, five: tuple[int, ...], raw: dict[str, str]) -> None:
    assert written(desk, five[0], **raw).person == "ada"


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({}, "line"),
        ({"line": "  \u200b "}, "line"),
        ({"verdict": "6"}, "verdict"),
        ({"verdict": "3.5"}, "verdict"),
        ({"confidence": "sure"}, "confidence"),
        ({"effects": "H-9 | supports"}, "effects"),
        ({"effects": "H-1 | proves"}, "effects"),
        ({"effects": "H-1 | supports; H-1 | weakens"}, "effects"),
        ({"rating": "5"}, "rating"),
    ],
)
@pytest.mark.usefixtures("claims")
def test_what_cannot_be_taken_names_its_field(
    desk: Desk, five: tuple[int, ...], raw: dict[str, str], field: str
) -> None:
    with pytest.raises(RecordError) as refused:
        written(desk, five[0], **raw)
    assert [problem.field for problem in refused.value.problems] == [field]
    assert desk.read(lambda db: critiques_of(db, five[0])) == ()


def test_fields_are_added_one_by_one_and_undone_one_by_one(desk: Desk, five: tuple[int, ...]) -> None:
    paper = five[0]
    written(desk, paper, verdict="2")
    written(desk, paper, line="One dataset")
    written(desk, paper, verdict="3")
    assert written(desk, paper, line="").line == "3/5"
    lines = []
    for _ in range(4):
        desk.undo()
        own = desk.read(lambda db: own_critique(db, "ada", paper))
        lines.append(own.line if own else None)
    assert lines == ["3/5 One dataset", "2/5 One dataset", "2/5", None]
    written(desk, paper, verdict="2")
    with pytest.raises(RecordError):  # emptying the last field is deleting, and that has a verb of its own
        written(desk, paper, verdict="")


def test_each_person_has_one_and_sees_the_others(desk: Desk, five: tuple[int, ...]) -> None:
    paper = five[0]
    written(desk, paper, verdict="4")
    written(desk, paper, "kim", verdict="2")
    written(desk, paper, "kim", line="Not for us")
    assert [(each.person, each.line) for each in desk.read(lambda db: critiques_of(db, paper))] == [
        ("ada", "4/5"),
        ("kim", "2/5 Not for us"),
    ]
    desk.write(lambda db: delete_critique(db, "ada", paper))
    assert [each.person for each in desk.read(lambda db: critiques_of(db, paper))] == ["kim"]
    with pytest.raises(NotFound, match="no critique"):
        desk.write(lambda db: delete_critique(db, "ada", paper))
    desk.undo()
    assert desk.read(lambda db: find_critique(db, "c1")).person == "ada"
    with pytest.raises(NotFound):
        desk.read(lambda db: find_critique(db, "C-9"))


def test_it_knows_its_version_and_can_be_confirmed(desk: Desk, five: tuple[int, ...]) -> None:
    paper = five[0]
    assert not written(desk, paper, verdict="4").stale
    desk.put(draft(1, version=2, abstract="We study thing 1. It fails on long documents."))
    (now,) = desk.read(lambda db: critiques_of(db, paper))
    assert (now.version, now.stale) == (1, True)
    assert written(desk, paper, line="A typo mended").version == 1, "mending a word does not claim to have read v2"
    desk.write(lambda db: confirm_critique(db, "ada", paper))
    (now,) = desk.read(lambda db: critiques_of(db, paper))
    assert (now.version, now.stale) == (2, False)
    desk.undo()
    assert desk.read(lambda db: critiques_of(db, paper))[0].stale
    with pytest.raises(NotFound):
        desk.write(lambda db: confirm_critique(db, "kim", paper))


def test_a_version_with_the_same_words_leaves_it_alone(desk: Desk, five: tuple[int, ...]) -> None:
    written(desk, five[0], verdict="4")
    desk.put(draft(1, version=2, title="Paper 1, revised"))
    assert not desk.read(lambda db: critiques_of(db, five[0]))[0].stale


@pytest.mark.usefixtures("claims")
def test_found_by_words_verdict_and_state(desk: Desk, five: tuple[int, ...]) -> None:
    one, two, three, *_ = five
    written(desk, one, **WHOLE)
    written(desk, two, "kim", verdict="2", threats="Überfitting auf einem Datensatz; 数据泄漏")
    desk.write(lambda db: take_quote(db, "ada", three, sentence="2", remark="The leakage again"))
    assert found(desk, "verdict:4") == [one]
    assert found(desk, "verdict:>=3") == [one]
    assert found(desk, "verdict:..3") == [two]
    assert found(desk, "critique:leak") == [one], "at the beginning of a word"
    assert found(desk, 'critique:"leakage between"') == [one]
    assert found(desk, "critique:akage") == []
    assert found(desk, "critique:uberfitting") == [two], "without accents"
    assert found(desk, "critique:泄漏") == [two]
    assert found(desk, "note:leakage") == [one, three], "the search for words sees critiques and remarks as well"
    assert found(desk, "leakage") == [one, three]
    assert found(desk, "is:critiqued") == [one, two]
    assert found(desk, "is:quoted") == [three]
    assert found(desk, "is:critiqued -verdict:2") == [one]
    desk.undo("kim")
    assert found(desk, "is:critiqued") == [one]
    assert found(desk, "Datensatz") == []


def test_the_queue_is_found_by_state_and_day(desk: Desk, five: tuple[int, ...]) -> None:
    from library.reading import doing

    desk.write(lambda db: doing.add(db, "ada", five[:3]))
    desk.write(lambda db: doing.put(db, "ada", five[2:3], "reading"))
    desk.write(lambda db: doing.put(db, "ada", five[3:4], "read"))
    desk.write(lambda db: doing.set_due(db, "ada", five[:1], date(2026, 4, 22)))
    assert found(desk, "queue:queued") == list(five[:2])
    assert found(desk, "queue:reading") == [five[2]]
    assert found(desk, "queue:any") == list(five[:4])
    assert found(desk, "due:2026-04-22") == [five[0]]
    assert found(desk, "due:..2026-04-21") == []
    assert found(desk, "-queue:any") == [five[4]]
    assert found(desk, "queue:any", person="kim") == []


@pytest.mark.usefixtures("claims")
def test_they_are_counted(desk: Desk, five: tuple[int, ...]) -> None:
    written(desk, five[0], **WHOLE)
    written(desk, five[0], "kim", verdict="2", effects="H-1 | weakens")
    written(desk, five[1], line="No verdict yet")
    counted = stats(desk.read(critiques))
    assert (counted.critiques, counted.papers, counted.people, counted.mean) == (3, 2, 2, 3.0)
    assert dict(counted.verdicts) == {5: 0, 4: 1, 3: 0, 2: 1, 1: 0, None: 1}
    assert dict(counted.fields)["line"] == 2
    assert dict(counted.fields)["verdict"] == 2
    assert dict(counted.fields)["threats"] == 1
    assert counted.hypotheses == ((1, {"supports": 1, "weakens": 1}), (2, {"weakens": 1}))
    assert [each.person for each in desk.read(lambda db: critiques(db, hypothesis=2))] == ["ada"]
    assert [each.person for each in desk.read(lambda db: critiques(db, person="kim"))] == ["kim"]
    assert stats(()).mean is None


@pytest.mark.parametrize("hostile", ["[/red]\x1b[2Jx\u202ey", "词" * 4_000, "x" * 10_000, "a\nb"], ids=range(4))
def test_any_text_may_stand_in_it(desk: Desk, five: tuple[int, ...], hostile: str) -> None:
    made = written(desk, five[0], threats=hostile)
    assert "\x1b" not in made.values["threats"]
    assert "\u202e" not in made.values["threats"]
    assert desk.read(lambda db: rows(db, five[:1], "ada"))[0].remark == ""


def test_the_line_stands_in_lists_of_papers(desk: Desk, five: tuple[int, ...]) -> None:
    written(desk, five[0], verdict="4", line="Fair")
    written(desk, five[1], claim="Only a claim\nof two lines")
    assert [row.remark for row in desk.read(lambda db: rows(db, five[:3], "ada"))] == ["4/5 Fair", "Only a claim", ""]
