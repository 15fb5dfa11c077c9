"""Quotes: taken by number or by words, with a remark, and whether the paper still says them."""

import pytest

from library.errors import LabtopError, NotFound, UsageError
from library.papers import commands
from library.reading.model import Quote
from library.reading.quotes import quote, quotes, quotes_of, remove_quote, set_remark, take_quote
from tests.library.reading.conftest import Desk, draft

BODY = "Introduction is here. The index is ten times larger than before. We do not know why."


@pytest.fixture
def paper(desk: Desk) -> int:
    return desk.put(draft(1, body=BODY))[0]


def taken(desk: Desk, paper: int, person: str = "ada", **how: str) -> Quote:
    return desk.write(lambda db: take_quote(db, person, paper, **how))[0]


def test_by_number_and_by_words(desk: Desk, paper: int) -> None:
    first = taken(desk, paper, sentence="2", remark="Only on long ones?")
    assert (first.quote, first.source, first.version) == ("It works on long documents.", "abstract", 1)
    assert (first.start, first.end) == (18, 45)
    assert first.standing == "current"
    second = taken(desk, paper, words="ten  times\nlarger")
    assert (second.source, second.quote) == ("body", "The index is ten times larger than before.")
    assert taken(desk, paper, sentence="b3").quote == "We do not know why."
    assert [each.quote for each in desk.read(lambda db: quotes_of(db, paper))] == [
        first.quote,
        second.quote,
        "We do not know why.",
    ]


def test_taken_again_it_is_the_same_one_with_another_remark(desk: Desk, paper: int) -> None:
    first = taken(desk, paper, sentence="2", remark="one")
    again = taken(desk, paper, sentence="2", remark="two")
    assert (again.id, again.remark) == (first.id, "two")
    assert taken(desk, paper, sentence="2").remark == "two", "nothing said leaves what was said"
    desk.undo()
    assert desk.read(lambda db: quote(db, first.id)).remark == "one"
    assert taken(desk, paper, "kim", sentence="2").id != first.id


def test_ones_own_are_changed_and_colleagues_are_not(desk: Desk, paper: int) -> None:
    number = taken(desk, paper, sentence="1").id
    desk.write(lambda db: set_remark(db, "ada", number, "Which thing?"))
    with pytest.raises(LabtopError, match="ada's"):
        desk.write(lambda db: set_remark(db, "kim", number, "x"))
    with pytest.raises(LabtopError, match="ada's"):
        desk.write(lambda db: remove_quote(db, "kim", number))
    desk.write(lambda db: remove_quote(db, "ada", number))
    assert desk.read(quotes) == ()
    desk.undo()
    assert desk.read(quotes)[0].remark == "Which thing?"
    desk.write(lambda db: set_remark(db, "ada", number, "  "))
    assert desk.read(lambda db: quotes(db, person="ada"))[0].remark is None


def test_what_the_paper_still_says(desk: Desk, paper: int) -> None:
    taken(desk, paper, sentence="1")
    taken(desk, paper, sentence="2")
    taken(desk, paper, sentence="b2")
    desk.put(draft(1, version=2, abstract="We study thing 1. It fails.", body="Another text."))
    standings = {each.quote: each.standing for each in desk.read(quotes)}
    assert standings == {
        "We study thing 1.": "current",
        "It works on long documents.": "older version",
        "The index is ten times larger than before.": "gone",
    }


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ({"sentence": "9"}, NotFound),
        ({"sentence": "x"}, NotFound),
        ({"words": "short"}, UsageError),
        ({"words": "these words do not stand there"}, NotFound),
        ({}, UsageError),
    ],
)
def test_what_does_not_stand_there_is_refused(
    desk: Desk, paper: int, how: dict[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        taken(desk, paper, **how)
    assert desk.read(quotes) == ()


def test_a_note_is_no_quote_of_the_paper(desk: Desk, paper: int) -> None:
    desk.write(lambda db: commands.add_note(db, "ada", paper, "I think it works well."))
    with pytest.raises(UsageError, match="note"):
        taken(desk, paper, sentence="n1.1")
