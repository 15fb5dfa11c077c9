"""What is offered to whoever links a sentence: the hypothesis used last, the sentence most like it."""

from planner.hypotheses.evidence import add_evidence
from planner.hypotheses.linking import best, candidates, targets
from tests.planner.hypotheses.conftest import STATEMENT, Lab


def test_hypotheses_come_by_last_use_then_by_what_is_under_way(lab: Lab) -> None:
    draft, active, gone = lab.add("A draft"), lab.active(statement="Dense is enough"), lab.add("Given up")
    late = lab.active(statement=STATEMENT)
    lab.move(gone, "retired")
    paper = lab.papers["2501.00002"]  # "Dense is enough"

    def offered(person: str = "ada", about: int | None = None) -> list[int]:
        return [each.id for each in lab.read(lambda db: targets(db, person, about))]

    assert offered() == [late, active, draft]
    assert offered(about=paper) == [active, late, draft]  # its title is most like that one
    lab.write(lambda db: add_evidence(db, "ada", draft, paper, {"stance": "for"}, sentence="1"))
    lab.write(lambda db: add_evidence(db, "ada", late, paper, {"stance": "for"}, sentence="1"))
    assert offered(about=paper) == [late, active, draft]
    assert offered("kim") == [late, active, draft]


def test_sentences_are_measured_and_carry_what_they_are_linked_as(lab: Lab) -> None:
    number, other, paper = lab.active(statement=STATEMENT), lab.active(statement="Other"), lab.papers["2501.00001"]

    def found(hypothesis: int = number) -> tuple[list[str], list[str | None], str]:
        read = lab.read(lambda db: candidates(db, hypothesis, paper))
        assert all(0 <= each.likeness <= 1 for each in read)
        return [each.name for each in read], [each.stance for each in read], read[best(read)].text

    names, stances, text = found()
    assert names == ["title", "1", "2", "3", "4"]
    assert stances == [None] * 5
    assert text == "We compare late interaction with dense retrieval."
    lab.write(lambda db: add_evidence(db, "kim", number, paper, {"stance": "against"}, sentence="2"))
    assert found()[1] == [None, None, "against", None, None]
    assert found(other)[1] == [None] * 5


def test_a_paper_with_a_title_alone_can_be_quoted(lab: Lab) -> None:
    number, paper = lab.active(), lab.papers["2501.00002"]
    lab.write(lambda db: db.execute("UPDATE paper SET abstract = '' WHERE id = ?", (paper,)))
    read = lab.read(lambda db: candidates(db, number, paper))
    assert [each.name for each in read] == ["title"]
    assert best(read) == 0
    assert best(()) == 0
