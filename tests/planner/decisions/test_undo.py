"""Each action is one undo, and no undo lets an author accept their own memo."""

import json
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from library.db.journal import next_undo, undo
from library.errors import LabtopError
from library.workspace import Workspace
from planner.decisions.commands import accept, draft, propose, reject, revise, withdraw
from tests.planner.decisions.deciding import SETTINGS, Do, drafted
from tests.planner.decisions.planted import whole


def everything(db: sqlite3.Connection) -> str:
    tables = ("decision_memo", "memo_version", "approval", "transfer", "incident", "dataset")
    return json.dumps(
        [[tuple(row) for row in db.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()] for table in tables]
    )


@pytest.mark.parametrize("action", ["draft", "edit", "edit proposed", "propose", "withdraw", "accept", "reject"])
def test_each_action_is_one_undo(programme: tuple[int, int], write: Do, read: Do, action: str) -> None:
    number = programme[0]
    memo_id = drafted(write, number)
    if action in ("withdraw", "accept", "reject", "edit proposed"):
        write(lambda db: propose(db, "ada", SETTINGS, memo_id))
    before = read(everything)
    person = "kim" if action in ("accept", "reject") else "ada"
    do: dict[str, Callable[[sqlite3.Connection], Any]] = {
        "draft": lambda db: draft(db, "ada", "stop", hypothesis=number),
        "edit": lambda db: revise(db, "ada", memo_id, {"options": "wait"}),
        "edit proposed": lambda db: revise(db, "ada", memo_id, {"options": "wait"}),
        "propose": lambda db: propose(db, "ada", SETTINGS, memo_id),
        "withdraw": lambda db: withdraw(db, "ada", memo_id),
        "accept": lambda db: accept(db, "kim", memo_id),
        "reject": lambda db: reject(db, "kim", memo_id, "no"),
    }
    write(do[action])
    after = read(everything)
    assert after != before
    undone = write(lambda db: undo(db, person))
    assert read(everything) == before
    write(lambda db: undo(db, person, undone.journal_id))  # undoing the undo does it again
    assert read(everything) == after


PEOPLE = ("ada", "kim", "lee")
ACTIONS = ("draft", "propose", "edit", "accept", "reject", "withdraw", "undo", "undo number")


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(ACTIONS), st.integers(1, 4)), max_size=16))
def test_no_sequence_of_actions_lets_an_author_accept(lab: Workspace, steps: list[tuple[str, str, int]]) -> None:
    def run(db: sqlite3.Connection) -> list[tuple[str, set[str], str, str]]:
        db.execute("SAVEPOINT once")
        number, _ = whole(db)
        for person, what, place in steps:
            try:
                act(db, person, what, number, place)
            except (LabtopError, sqlite3.IntegrityError):
                continue
        found = []
        for row in db.execute(
            "SELECT m.id, m.state, m.created_by, a.decided_by, a.state AS approval FROM decision_memo m"
            " JOIN approval a ON a.memo_id = m.id WHERE a.state IN ('approved', 'refused')"
        ).fetchall():
            wrote = db.execute("SELECT person FROM memo_version WHERE memo_id = ?", (row["id"],)).fetchall()
            found.append(
                (row["decided_by"], {row["created_by"], *(each[0] for each in wrote)}, row["approval"], row["state"])
            )
        accepted = db.execute(
            "SELECT count(*) FROM decision_memo m WHERE state = 'accepted' AND NOT EXISTS"
            " (SELECT 1 FROM approval a WHERE a.memo_id = m.id AND a.state = 'approved')"
        ).fetchone()[0]
        db.execute("ROLLBACK TO once")
        db.execute("RELEASE once")
        assert accepted == 0
        return found

    for decided_by, authors, approval, memo_state in lab.store.write(run).result():
        if approval == "approved" and memo_state == "accepted":
            assert decided_by not in authors


def act(db: sqlite3.Connection, person: str, what: str, number: int, place: int) -> None:
    rows = db.execute("SELECT id FROM decision_memo ORDER BY id DESC LIMIT 2").fetchall()
    memo_id = rows[place % len(rows)]["id"] if rows else 0
    if what == "draft":
        draft(db, person, "proceed", hypothesis=number)
    elif what == "edit":
        revise(db, person, memo_id, {"options": f"way {place}"})
    elif what == "propose":
        propose(db, person, SETTINGS, memo_id)
    elif what == "accept":
        accept(db, person, memo_id)
    elif what == "reject":
        reject(db, person, memo_id, "no")
    elif what == "withdraw":
        withdraw(db, person, memo_id)
    elif what == "undo":
        undo(db, person)
    else:
        last = next_undo(db, person)
        undo(db, person, (last.id if last else 1) + place - 2)
