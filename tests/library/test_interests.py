"""Interests that other parts of labtop set: one a reference, shared, undone with the action that set them."""

import sqlite3

import pytest

from library.db.journal import Recorder, record, undo
from library.errors import UsageError
from library.init import add_interests, interests_of
from library.interests import active_interests, set_interest
from library.workspace import Workspace


def put(workspace: Workspace, text: str, active: bool, reference: str = "H1", person: str | None = None) -> int | None:
    def write(db: sqlite3.Connection) -> int | None:
        def change(recorder: Recorder) -> int | None:
            return set_interest(recorder, "hypothesis", reference, text, active, person=person)

        return record(db, person="ada", action="hypothesis.move", summary=f"moved {reference}", write=change)[0]

    return workspace.store.write(write).result()


def texts(workspace: Workspace, person: str = "ada") -> list[str]:
    return [each.text for each in workspace.store.read(lambda db: active_interests(db, person)).result()]


def test_an_interest_is_set_changed_laid_to_rest_and_taken_up_again(workspace: Workspace) -> None:
    first = put(workspace, "half of the tokens\n would do", True)
    assert texts(workspace) == texts(workspace, "kim") == ["half of the tokens would do"]
    assert put(workspace, "a third of the tokens would do", True) == first
    assert texts(workspace) == ["a third of the tokens would do"]
    assert put(workspace, "", False) == first
    assert texts(workspace) == []
    assert put(workspace, "a third of the tokens would do", True) == first
    found = workspace.store.read(lambda db: active_interests(db, "kim")).result()
    assert [(each.person, each.kind, each.reference) for each in found] == [(None, "hypothesis", "H1")]


def test_undoing_the_action_undoes_the_interest(workspace: Workspace) -> None:
    put(workspace, "first words", True)
    put(workspace, "second words", True)
    put(workspace, "", False)
    for expected in (["second words"], ["first words"], []):
        workspace.store.write(lambda db: undo(db, "ada")).result()
        assert texts(workspace) == expected


def test_references_and_people_are_kept_apart(workspace: Workspace) -> None:
    put(workspace, "everybody's", True)
    put(workspace, "ada's", True, person="ada")
    put(workspace, "another", True, reference="H2")
    workspace.store.write(lambda db: add_interests(db, "ada", ("late interaction",))).result()
    assert texts(workspace) == ["everybody's", "ada's", "another", "late interaction"]
    assert texts(workspace, "kim") == ["everybody's", "another"]
    assert workspace.store.read(lambda db: interests_of(db, "ada")).result() == ("late interaction",)


def test_nothing_comes_of_nothing(workspace: Workspace) -> None:
    assert put(workspace, "never alive", False) is None
    with pytest.raises(UsageError, match="words"):
        put(workspace, " \n ", True)
    assert texts(workspace) == []
