"""What a person does to papers: stored, journalled, undone; a colleague's work is left alone."""

import sqlite3
from collections.abc import Callable

import pytest

from library.db import journal
from library.db.changes import Change
from library.errors import LabtopError, NotFound, UsageError
from library.papers import commands, queries
from library.papers.ingest import add_drafts
from library.papers.model import Author, Paper, PaperDraft
from library.workspace import Workspace


@pytest.fixture
def two(workspace: Workspace) -> tuple[int, ...]:
    drafts = [
        PaperDraft(
            key=f"2501.0000{n}",
            kind="arxiv",
            source="test",
            title=f"Paper {n}",
            abstract="On things.",
            authors=(Author("Ada Lovelace", "Lovelace", "Ada"), Author("Alan Turing", "Turing", "Alan")),
            categories=("cs.IR", "cs.CL"),
            version=2,
            first_listed=f"2025-01-0{n}",
        )
        for n in (1, 2)
    ]
    return workspace.store.write(lambda db: add_drafts(db, drafts, at="2025-02-01T00:00:00Z")).result().added


def paper(workspace: Workspace, paper_id: int, person: str = "ada") -> Paper:
    return workspace.store.read(lambda db: queries.paper(db, paper_id, person)).result()


def undo(workspace: Workspace, person: str = "ada") -> str:
    return workspace.store.write(lambda db: journal.undo(db, person)).result().summary


def test_tags_are_shared_and_undone_together(workspace: Workspace, two: tuple[int, ...]) -> None:
    write = workspace.store.write
    write(lambda db: commands.tag(db, "ada", two[:1], "To Read")).result()
    change = write(lambda db: commands.tag(db, "ada", two, "to-read")).result()
    assert change.ids == two
    assert [paper(workspace, i).tags for i in two] == [("to-read",), ("to-read",)]
    undo(workspace)
    assert [paper(workspace, i).tags for i in two] == [("to-read",), ()]
    undo(workspace)
    assert paper(workspace, two[0]).tags == ()
    with pytest.raises(NotFound):
        undo(workspace)


def test_a_tag_that_changes_nothing_leaves_no_trace(workspace: Workspace, two: tuple[int, ...]) -> None:
    workspace.store.write(lambda db: commands.tag(db, "ada", two, "x")).result()
    again = workspace.store.write(lambda db: commands.tag(db, "ada", two, "x")).result()
    assert again.journal_id is None
    undo(workspace)
    assert paper(workspace, two[0]).tags == ()


def test_decisions_belong_to_the_person(workspace: Workspace, two: tuple[int, ...]) -> None:
    write = workspace.store.write
    write(lambda db: commands.decide(db, "ada", two, "keep")).result()
    write(lambda db: commands.decide(db, "kim", two[:1], "skip", reason="not my task")).result()
    assert paper(workspace, two[0]).decision == "keep"
    assert paper(workspace, two[0], "kim").decision == "skip"
    undo(workspace)
    assert paper(workspace, two[0]).decision is None
    assert paper(workspace, two[0], "kim").decision == "skip"


def test_undo_takes_back_what_a_colleague_has_left_of_it(workspace: Workspace, two: tuple[int, ...]) -> None:
    write = workspace.store.write
    write(lambda db: commands.tag(db, "ada", two, "x")).result()
    write(lambda db: commands.untag(db, "kim", two[:1], "x")).result()
    undo(workspace)
    assert [paper(workspace, paper_id).tags for paper_id in two] == [(), ()]


def test_notes_are_searchable_and_anchored_to_the_version(workspace: Workspace, two: tuple[int, ...]) -> None:
    write = workspace.store.write
    write(lambda db: commands.add_note(db, "ada", two[0], "zymurgy is \x1b[31mclaimed\x1b[0m")).result()
    (note,) = paper(workspace, two[0]).notes
    assert (note.body, note.version, note.person) == ("zymurgy is claimed", 2, "ada")

    def hits(word: str) -> list[int]:
        sql = "SELECT rowid FROM paper_fts WHERE paper_fts MATCH ?"
        return workspace.store.read(lambda db: [row[0] for row in db.execute(sql, (word,))]).result()

    assert hits("zymurgy") == [two[0]]
    write(lambda db: commands.edit_note(db, "ada", note.id, "brewing")).result()
    assert (hits("zymurgy"), hits("brewing")) == ([], [two[0]])
    undo(workspace)
    assert hits("zymurgy") == [two[0]]
    write(lambda db: commands.delete_note(db, "ada", note.id)).result()
    assert hits("zymurgy") == []
    undo(workspace)
    assert paper(workspace, two[0]).notes == (note,)


def test_a_colleagues_note_is_not_edited(workspace: Workspace, two: tuple[int, ...]) -> None:
    workspace.store.write(lambda db: commands.add_note(db, "ada", two[0], "mine")).result()
    note = paper(workspace, two[0]).notes[0]
    for command in (
        lambda db: commands.edit_note(db, "kim", note.id, "theirs"),
        lambda db: commands.delete_note(db, "kim", note.id),
    ):
        with pytest.raises(LabtopError, match="ada's"):
            workspace.store.write(command).result()


@pytest.mark.parametrize("text", ["", "  ", "\x1b[2J", "x" * 61])
def test_unusable_tags_are_refused(workspace: Workspace, two: tuple[int, ...], text: str) -> None:
    with pytest.raises(UsageError):
        workspace.store.write(lambda db: commands.tag(db, "ada", two, text)).result()


@pytest.mark.parametrize("text", ["2501.00001", "arXiv:2501.00001v3", "https://arxiv.org/pdf/2501.00001v2.pdf"])
def test_a_paper_is_found_in_every_spelling(workspace: Workspace, two: tuple[int, ...], text: str) -> None:
    assert workspace.store.read(lambda db: queries.find_id(db, text)).result() == two[0]
    with pytest.raises(NotFound, match="labtop add"):
        workspace.store.read(lambda db: queries.find_id(db, "2501.99999")).result()


def test_rows_come_in_the_order_asked(workspace: Workspace, two: tuple[int, ...]) -> None:
    rows = workspace.store.read(lambda db: queries.rows(db, [two[1], 999, two[0]], "ada")).result()
    assert [(row.id, row.first_author, row.author_count, row.primary_category) for row in rows] == [
        (two[1], "Ada Lovelace", 2, "cs.IR"),
        (two[0], "Ada Lovelace", 2, "cs.IR"),
    ]
    assert list(workspace.store.read(queries.ids_newest_first).result()) == [two[1], two[0]]


@pytest.mark.parametrize(
    "act",
    [
        lambda db, ids: commands.tag(db, "ada", ids, "x"),
        lambda db, ids: commands.decide(db, "ada", ids, "keep"),
    ],
)
def test_papers_that_are_gone_or_named_twice_do_not_spoil_the_rest(
    workspace: Workspace, two: tuple[int, ...], act: Callable[[sqlite3.Connection, list[int]], Change]
) -> None:
    change = workspace.store.write(lambda db: act(db, [two[0], two[0], 99, two[1]])).result()
    assert change.ids == two
    undo(workspace)
    with pytest.raises(NotFound, match="no longer here"):
        workspace.store.write(lambda db: act(db, [98, 99])).result()


def test_an_earlier_action_is_undone_by_its_number_and_an_undo_undone(
    workspace: Workspace, two: tuple[int, ...]
) -> None:
    write = workspace.store.write
    first = write(lambda db: commands.tag(db, "ada", two, "x")).result().journal_id
    second = write(lambda db: commands.tag(db, "ada", two, "y")).result().journal_id
    assert write(lambda db: journal.undo(db, "ada", first)).result().ids == two
    assert paper(workspace, two[0]).tags == ("y",)
    with pytest.raises(LabtopError, match="undone already"):
        write(lambda db: journal.undo(db, "ada", first)).result()
    undone = write(lambda db: journal.undo(db, "ada", second)).result().journal_id
    assert paper(workspace, two[0]).tags == ()
    write(lambda db: journal.undo(db, "ada", undone)).result()
    assert paper(workspace, two[0]).tags == ("y",)
    with pytest.raises(LabtopError, match="ada's"):
        write(lambda db: journal.undo(db, "kim", second)).result()
    with pytest.raises(NotFound):
        write(lambda db: journal.undo(db, "ada", 999)).result()


def test_a_list_shows_how_an_untitled_paper_begins(workspace: Workspace) -> None:
    draft = PaperDraft(key="json:7", kind="reference", source="json", title="", abstract="Compact memories. " * 20)
    ids = workspace.store.write(lambda db: add_drafts(db, [draft], at="2025-02-01T00:00:00Z")).result().added
    (row,) = workspace.store.read(lambda db: queries.rows(db, ids, "ada")).result()
    assert row.title.startswith("(no title) Compact memories.")
    assert paper(workspace, ids[0]).title == ""
