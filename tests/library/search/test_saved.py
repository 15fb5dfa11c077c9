"""Saved searches: a person's, undoable, with an honest count of what is new."""

from datetime import date

import pytest

from library.db import journal
from library.errors import NotFound, QueryError, UsageError
from library.papers.ingest import add_drafts
from library.papers.model import PaperDraft
from library.search import saved
from library.workspace import Workspace
from tests.library.search.conftest import TODAY

LATER = "2099-01-01T00:00:00Z"


def save(workspace: Workspace, name: str, query: str, person: str = "ada") -> None:
    workspace.store.write(lambda db: saved.save(db, person, name, query, today=TODAY)).result()


def names(workspace: Workspace, person: str = "ada") -> list[str]:
    found = workspace.store.read(lambda db: saved.saved_searches(db, person, today=TODAY)).result()
    return [one.name for one in found]


def unread(workspace: Workspace, name: str, person: str = "ada") -> int | None:
    return workspace.store.read(lambda db: saved.find(db, person, name, today=TODAY)).result().unread


def add(workspace: Workspace, key: str, title: str, at: str) -> None:
    draft = PaperDraft(key=key, kind="reference", source="x", title=title)
    workspace.store.write(lambda db: add_drafts(db, [draft], at=at)).result()


def test_belong_to_a_person(library: Workspace) -> None:
    save(library, "Video", "diffusion video")
    save(library, "Video", "video games", person="kim")
    assert names(library) == ["Video"]
    one = library.store.read(lambda db: saved.find(db, "kim", "video", today=TODAY)).result()
    assert (one.query, one.mode) == ("video games", "hybrid")
    with pytest.raises(UsageError, match="Choose another name"):
        save(library, "video", "something else")


def test_unread_counts_what_came_in_since_one_looked(library: Workspace) -> None:
    save(library, "diffusion", "diffusion -video")
    assert unread(library, "diffusion") == 0
    add(library, "x:1", "Diffusion again", LATER)
    add(library, "x:2", "Diffusion of video", LATER)
    assert unread(library, "diffusion") == 1
    library.store.write(lambda db: saved.mark_seen(db, "ada", "diffusion", at=LATER)).result()
    assert unread(library, "diffusion") == 0
    add(library, "x:3", "More diffusion", "2099-01-02T00:00:00Z")
    assert unread(library, "diffusion") == 1


def test_unread_of_filters_alone_and_of_meaning_alone(library: Workspace) -> None:
    save(library, "documents", "source:x")
    save(library, "near", '~"small models"')
    add(library, "x:1", "Anything", LATER)
    assert unread(library, "documents") == 1
    assert unread(library, "near") is None


def test_every_step_is_undone(library: Workspace) -> None:
    write = library.store.write
    save(library, "one", "diffusion")
    write(lambda db: saved.mark_seen(db, "ada", "one", at=LATER)).result()  # no step: undo passes it by
    write(lambda db: saved.rename(db, "ada", "one", "two")).result()
    assert names(library) == ["two"]
    write(lambda db: saved.delete(db, "ada", "two")).result()
    assert names(library) == []
    for expected in (["two"], ["one"], []):
        write(lambda db: journal.undo(db, "ada")).result()
        assert names(library) == expected


def test_refuses_what_cannot_be_searched_or_found(library: Workspace) -> None:
    with pytest.raises(QueryError):
        save(library, "broken", "(a OR")
    with pytest.raises(UsageError):
        save(library, "nothing", "  ")
    with pytest.raises(UsageError):
        save(library, " ", "x")
    save(library, "kept", "x")
    with pytest.raises(NotFound, match="There is: kept"):
        unread(library, "lost")
    with pytest.raises(NotFound):
        library.store.write(lambda db: saved.delete(db, "kim", "kept")).result()


def test_one_that_cannot_be_read_any_more_says_so(library: Workspace) -> None:
    library.store.write(
        lambda db: db.execute(
            "INSERT INTO saved_search (person, name, query, created_at) VALUES ('ada', 'old', 'a OR', '2026-01-01')"
        )
    ).result()
    (one,) = library.store.read(lambda db: saved.saved_searches(db, "ada", today=date(2026, 1, 1))).result()
    assert one.unread is None
    assert one.problem is not None
    assert "too early" in one.problem
