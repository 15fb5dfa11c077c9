"""What a new version changed since somebody queued a paper or wrote about it."""

import pytest

from library.errors import NotFound, UsageError
from library.papers import commands
from library.reading import doing
from library.reading.changes import Outdated, difference, look, outdated, stored_versions
from library.reading.critiques import write_critique
from library.reading.queue import queue
from library.reading.quotes import take_quote
from tests.library.reading.conftest import Desk, draft

ONE, TWO, THREE = "It gains 2.1 points.", "It gains 1.4 points.", "It loses."


def banner(desk: Desk, paper: int, person: str = "ada") -> Outdated | None:
    return desk.read(lambda db: outdated(db, person, paper))


def marked(desk: Desk, person: str = "ada") -> list[bool]:
    return [entry.changed for entry in desk.read(lambda db: queue(db, person))]


def test_a_new_abstract_is_pointed_out_until_it_was_looked_at(desk: Desk) -> None:
    (paper,) = desk.put(draft(1, abstract=ONE))
    desk.write(lambda db: doing.add(db, "ada", [paper]))
    assert banner(desk, paper) is None
    desk.put(draft(1, version=2, abstract=TWO))
    found = banner(desk, paper)
    assert found is not None
    assert found.said == "v2 changed the abstract since you queued it (v1)"
    assert marked(desk) == [True]
    assert banner(desk, paper, "kim") is None
    desk.write(lambda db: look(db, "ada", paper))
    assert banner(desk, paper) is None
    assert marked(desk) == [False]
    desk.undo()
    assert marked(desk) == [True]
    desk.write(lambda db: look(db, "ada", paper))
    assert desk.write(lambda db: look(db, "ada", paper)).journal_id is None


def test_what_was_looked_at_and_changed_again_is_pointed_out_again(desk: Desk) -> None:
    (paper,) = desk.put(draft(1, abstract=ONE))
    desk.write(lambda db: doing.add(db, "ada", [paper]))
    desk.put(draft(1, version=2, abstract=TWO))
    desk.write(lambda db: look(db, "ada", paper))
    desk.put(draft(1, version=3, abstract=THREE))
    found = banner(desk, paper)
    assert found is not None
    assert found.said == "v3 changed the abstract since you last looked (v2)"
    assert marked(desk) == [True]


def test_everything_that_hangs_on_the_earlier_text_is_named(desk: Desk) -> None:
    (paper,) = desk.put(draft(1, abstract=f"{ONE} And it is fast."))
    desk.write(lambda db: doing.add(db, "ada", [paper]))
    desk.write(lambda db: commands.add_note(db, "ada", paper, "A note"))
    desk.put(draft(1, version=2, abstract=f"{ONE}  And it is\nfast."))
    assert banner(desk, paper) is None, "white space is no change"
    desk.write(lambda db: write_critique(db, "ada", paper, {"verdict": 4}))
    desk.write(lambda db: take_quote(db, "ada", paper, sentence="1"))
    desk.put(draft(1, version=3, abstract=THREE))
    found = banner(desk, paper)
    assert found is not None
    assert found.since == (("queued it", 1), ("noted on it", 1), ("wrote your critique", 2), ("quoted it", 2))
    assert found.said.endswith("queued it (v1), noted on it (v1), wrote your critique (v2) and quoted it (v2)")
    desk.write(lambda db: doing.drop(db, "ada", [paper]))
    again = banner(desk, paper)
    assert again is not None
    assert [what for what, _ in again.since] == ["noted on it", "wrote your critique", "quoted it"]


def test_versions_are_compared(desk: Desk) -> None:
    (paper,) = desk.put(draft(1, abstract=ONE))
    with pytest.raises(NotFound, match="Only v1"):
        desk.read(lambda db: difference(db, "ada", paper))
    desk.put(draft(1, version=3, abstract=TWO, title="Another title"))
    desk.put(draft(1, version=4, abstract=THREE, title="Another title"))
    assert [text.version for text in desk.read(lambda db: stored_versions(db, paper))] == [1, 3, 4]
    last = desk.read(lambda db: difference(db, "ada", paper))
    assert (last.before.version, last.after.version, last.after.abstract) == (3, 4, THREE)
    first = desk.read(lambda db: difference(db, "ada", paper, 1, 3))
    assert [(p.op, p.text) for p in first.abstract] == [
        ("same", "It gains "),
        ("removed", "2.1 "),
        ("added", "1.4 "),
        ("same", "points."),
    ]
    assert (first.words, first.same) == ((1, 1), False)
    assert [p.op for p in first.title] == ["removed", "added"]
    between = desk.read(lambda db: difference(db, "ada", paper, 2))
    assert (between.before.version, between.before.abstract) == (2, TWO), "v2 had the text that v3 is stored with"
    desk.write(lambda db: doing.add(db, "kim", [paper]))
    for wrong, error in (((9, None), NotFound), ((4, 4), UsageError), ((4, None), UsageError)):
        with pytest.raises(error):
            desk.read(lambda db, w=wrong: difference(db, "ada", paper, *w))  # type: ignore[misc]


def test_the_comparison_begins_where_a_person_stopped(desk: Desk) -> None:
    (paper,) = desk.put(draft(1, abstract=ONE))
    desk.write(lambda db: doing.add(db, "ada", [paper]))
    desk.put(draft(1, version=2, abstract=TWO))
    desk.put(draft(1, version=3, abstract=THREE))
    assert desk.read(lambda db: difference(db, "ada", paper)).before.version == 1
    assert desk.read(lambda db: difference(db, "kim", paper)).before.version == 2


def test_a_paper_without_versions_has_nothing_to_compare(desk: Desk) -> None:
    from dataclasses import replace

    (paper,) = desk.put(replace(draft(1), key="doi:10.1/x", kind="reference", version=None))
    desk.write(lambda db: doing.add(db, "ada", [paper]))
    assert banner(desk, paper) is None
    assert marked(desk) == [False]
    assert desk.write(lambda db: look(db, "ada", paper)).journal_id is None
    with pytest.raises(NotFound, match="Only one text"):
        desk.read(lambda db: difference(db, "ada", paper))
