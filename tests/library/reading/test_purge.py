"""A purged paper takes everything with it that people wrote while reading it."""

import json
import sqlite3
from datetime import date
from functools import partial

from library.papers import commands
from library.purge.run import purge
from library.reading import doing
from library.reading.changes import look
from library.reading.critiques import write_critique
from library.reading.drafts import critique_draft
from library.reading.queue import queue
from library.reading.quotes import take_quote
from library.records.draft import keep_typed
from tests.library.reading.conftest import Desk, draft

SECRET = "An unmistakable remark about zebras"


def _write_all(person: str, paper: int, other: int, db: sqlite3.Connection) -> None:
    doing.add(db, person, [paper, other])
    write_critique(db, person, paper, {"threats": SECRET, "verdict": 3})
    take_quote(db, person, paper, sentence="1", remark=SECRET)


def test_nothing_of_it_is_left(desk: Desk) -> None:
    paper, other = desk.put(draft(1, abstract="Zebras are counted by satellite."), draft(2))
    for person in ("ada", "kim"):
        desk.write(partial(_write_all, person, paper, other))
    desk.write(lambda db: commands.add_note(db, "ada", paper, SECRET))
    desk.write(lambda db: doing.set_due(db, "ada", [paper], date(2026, 5, 1)))
    desk.put(draft(1, version=2, abstract="Zebras are counted from the ground, one by one."))
    desk.write(lambda db: look(db, "ada", paper))
    begun = critique_draft(desk.workspace.paths, "kim", "2604.00001")
    keep_typed(begun, {"claim": SECRET})
    home = desk.workspace.paths.home

    done = purge(desk.workspace, ["2604.00001"], "not ours")

    assert done.left_out == ()
    assert {"queue_entry", "critique", "quote", "version_seen", "note"} <= set(done.rows)
    assert not begun.exists()
    for table in ("critique", "quote", "version_seen"):
        assert desk.read(lambda db, t=table: db.execute(f"SELECT count(*) FROM {t}").fetchone()[0]) == 0  # type: ignore[misc]
    assert [entry.id for entry in desk.read(lambda db: queue(db, "ada"))] == [other], "the other paper stays"
    told = desk.read(lambda db: [tuple(row) for row in db.execute("SELECT summary, changes FROM journal")])
    assert "ebra" not in json.dumps(told)
    for path in home.rglob("*"):
        if path.is_file():
            assert b"ebras" not in path.read_bytes(), path
