"""Undo takes back one's own and nothing else; the journal only grows."""

import sqlite3
from pathlib import Path

import pytest

from library.clock import stamp
from library.db.journal import Recorder, entries, next_undo, record, undo
from library.errors import LabtopError, NotFound
from library.papers.commands import add_note, decide, delete_note, edit_note, tag, untag
from library.papers.ingest import add_drafts
from library.papers.model import PaperDraft
from library.workspace import Workspace
from planner.workspace import open_workspace


@pytest.fixture
def paper_id(workspace: Workspace) -> int:
    draft = PaperDraft(key="2501.01234", kind="arxiv", source="test", title="A title", abstract="Text.")
    return workspace.store.write(lambda db: add_drafts(db, [draft], at=stamp())).result().added[0]


def _tags(workspace: Workspace) -> list[str]:
    return workspace.store.read(lambda db: [row[0] for row in db.execute("SELECT tag FROM tag ORDER BY tag")]).result()


def test_undo_survives_a_restart_and_takes_back_one_thing_after_the_other(workspace: Workspace, paper_id: int) -> None:
    for name in ("one", "two"):
        workspace.store.write(lambda db, n=name: tag(db, "ada", [paper_id], n)).result()
    workspace.close()
    with open_workspace(workspace.paths.home, person="ada") as again:
        again.store.write(lambda db: undo(db, "ada")).result()
        assert _tags(again) == ["one"]
        change = again.store.write(lambda db: undo(db, "ada")).result()
        assert change.ids == (paper_id,)
        assert _tags(again) == []
        with pytest.raises(NotFound, match="nothing of ada's"):
            again.store.write(lambda db: undo(db, "ada")).result()


def test_what_was_done_again_is_the_next_to_be_undone(workspace: Workspace, paper_id: int) -> None:
    write = workspace.store.write
    for name in ("one", "two"):
        write(lambda db, n=name: tag(db, "ada", [paper_id], n)).result()
    for _ in range(2):
        undone = write(lambda db: undo(db, "ada")).result()
        assert (_tags(workspace), undone.summary.split(":")[0]) == (["one"], "undid")
        again = write(lambda db, number=undone.journal_id: undo(db, "ada", number)).result()
        assert (_tags(workspace), again.summary.split(":")[0]) == (["one", "two"], "did again")
        assert again.summary.removeprefix("did again: ") == undone.summary.removeprefix("undid: ")
    following = workspace.store.read(lambda db: next_undo(db, "ada")).result()
    assert following is not None
    assert following.id == again.journal_id
    for left in (["one"], []):
        write(lambda db: undo(db, "ada")).result()
        assert _tags(workspace) == left


def test_undo_never_touches_a_colleagues(workspace: Workspace, paper_id: int) -> None:
    workspace.store.write(lambda db: tag(db, "ada", [paper_id], "mine")).result()
    workspace.store.write(lambda db: tag(db, "kim", [paper_id], "theirs")).result()
    workspace.store.write(lambda db: undo(db, "ada")).result()
    assert _tags(workspace) == ["theirs"]


def test_undo_refuses_what_was_changed_since(workspace: Workspace, paper_id: int) -> None:
    workspace.store.write(lambda db: add_note(db, "ada", paper_id, "first")).result()
    workspace.store.write(lambda db: edit_note(db, "ada", 1, "second")).result()
    workspace.store.write(lambda db: db.execute("UPDATE note SET body = 'by hand'")).result()
    with pytest.raises(LabtopError, match="changed again since"):
        workspace.store.write(lambda db: undo(db, "ada")).result()
    assert workspace.store.read(lambda db: db.execute("SELECT body FROM note").fetchone()[0]).result() == "by hand"
    assert len(workspace.store.read(entries).result()) == 2


def test_undo_of_a_delete_brings_the_row_back_as_it_was(workspace: Workspace, paper_id: int) -> None:
    workspace.store.write(lambda db: add_note(db, "ada", paper_id, "keep me")).result()
    before = workspace.store.read(lambda db: tuple(db.execute("SELECT * FROM note").fetchone())).result()
    workspace.store.write(lambda db: delete_note(db, "ada", 1)).result()
    workspace.store.write(lambda db: undo(db, "ada")).result()
    assert workspace.store.read(lambda db: tuple(db.execute("SELECT * FROM note").fetchone())).result() == before
    found = "SELECT count(*) FROM paper_fts WHERE paper_fts MATCH 'keep'"
    assert workspace.store.read(lambda db: db.execute(found).fetchone()[0]).result() == 1


def test_undo_of_a_delete_whose_number_was_given_to_another_row(workspace: Workspace, paper_id: int) -> None:
    write = workspace.store.write
    write(lambda db: add_note(db, "ada", paper_id, "mine")).result()
    write(lambda db: delete_note(db, "ada", 1)).result()
    write(lambda db: add_note(db, "kim", paper_id, "theirs")).result()
    write(lambda db: undo(db, "ada")).result()
    notes = workspace.store.read(lambda db: [tuple(row) for row in db.execute("SELECT id, person, body FROM note")])
    assert notes.result() == [(1, "kim", "theirs"), (2, "ada", "mine")]


def test_undo_is_not_held_up_by_what_a_colleague_took_back_already(workspace: Workspace, paper_id: int) -> None:
    write = workspace.store.write
    for name in ("first", "second"):
        write(lambda db, n=name: tag(db, "ada", [paper_id], n)).result()
    write(lambda db: untag(db, "kim", [paper_id], "second")).result()
    write(lambda db: undo(db, "ada")).result()
    assert _tags(workspace) == ["first"]
    write(lambda db: undo(db, "ada")).result()
    assert _tags(workspace) == []


def test_undo_of_a_delete_whose_paper_is_gone_is_explained(workspace: Workspace, paper_id: int) -> None:
    workspace.store.write(lambda db: add_note(db, "ada", paper_id, "text")).result()
    workspace.store.write(lambda db: delete_note(db, "ada", 1)).result()
    workspace.store.write(lambda db: db.execute("DELETE FROM paper")).result()
    with pytest.raises(LabtopError, match="no longer there"):
        workspace.store.write(lambda db: undo(db, "ada")).result()


def test_undo_of_an_overwritten_decision_brings_the_earlier_one_back(workspace: Workspace, paper_id: int) -> None:
    workspace.store.write(lambda db: decide(db, "ada", [paper_id], "keep")).result()
    workspace.store.write(lambda db: decide(db, "ada", [paper_id], "skip")).result()
    workspace.store.write(lambda db: undo(db, "ada")).result()
    kept = workspace.store.read(lambda db: db.execute("SELECT decision FROM decision").fetchone()[0]).result()
    assert kept == "keep"


def test_what_changed_nothing_is_not_journalled(workspace: Workspace, paper_id: int) -> None:
    for _ in range(2):
        change = workspace.store.write(lambda db: tag(db, "ada", [paper_id], "same")).result()
    assert change.journal_id is None
    assert len(workspace.store.read(entries).result()) == 1


@pytest.mark.parametrize("statement", ["DELETE FROM journal", "UPDATE journal SET summary = ''"])
def test_the_journal_is_append_only(workspace: Workspace, paper_id: int, statement: str) -> None:
    workspace.store.write(lambda db: tag(db, "ada", [paper_id], "x")).result()
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        workspace.store.write(lambda db: db.execute(statement)).result()


def test_a_recorder_touches_only_the_tables_of_user_actions(workspace: Workspace) -> None:
    with pytest.raises(ValueError, match="not a table"):
        workspace.store.write(lambda db: Recorder(db).delete("journal", {"id": 1})).result()


def test_a_rows_key_may_not_change_under_the_recorder(workspace: Workspace, paper_id: int) -> None:
    workspace.store.write(lambda db: tag(db, "ada", [paper_id], "x")).result()
    key = {"tag": "x", "paper_id": paper_id}
    with pytest.raises(ValueError, match="key"):
        workspace.store.write(lambda db: Recorder(db).put("tag", key, {"tag": "y"})).result()
    assert _tags(workspace) == ["x"]


def test_hostile_text_goes_through_the_journal(workspace: Workspace, tmp_path: Path) -> None:
    text = "'; DROP TABLE journal; -- [/x]\x00\U0001f600" + "y" * 10_000

    def write(recorder: Recorder) -> int:
        return recorder.insert("interest", {"text": text, "kind": "topic", "created_at": stamp()})

    workspace.store.write(lambda db: record(db, person=text, action="a", summary=text, write=write)).result()
    entry = workspace.store.read(lambda db: next_undo(db, text)).result()
    assert entry is not None
    assert entry.changes[0][3] is not None
    assert entry.changes[0][3]["text"] == text
    workspace.store.write(lambda db: undo(db, text)).result()
