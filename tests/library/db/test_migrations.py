"""From the oldest schema, with rows and without, to today's; in the same order everywhere; all or nothing."""

import sqlite3
import sys
import types
from contextlib import closing
from pathlib import Path

import pytest

from library.db.journal import entries, undo
from library.db.migrations import applied, migrate, missing
from library.db.store import connect_writer
from library.errors import LabtopError
from library.sentences.queries import sentences_of
from library.sentences.splitting import ensure, waiting
from library.workspace import MIGRATIONS
from planner.workspace import open_workspace

_OLDEST = Path(__file__).with_name("schema_1.sql").read_text(encoding="utf-8")


def _oldest(home: Path, *, rows: bool) -> Path:
    home.mkdir(mode=0o700)
    with closing(connect_writer(home / "labtop.db")) as db:
        db.executescript(_OLDEST if rows else _OLDEST.split("-- rows")[0])
    return home / "labtop.db"


def _schema(db: sqlite3.Connection) -> set[str]:
    """Every object's SQL, without comments and layout."""
    rows = db.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    lines = ("".join(line.split("--")[0] for line in row[0].splitlines()) for row in rows)
    return {"".join(line.split()) for line in lines}


def test_the_oldest_schema_becomes_todays(tmp_path: Path) -> None:
    with (
        closing(connect_writer(tmp_path / "new.db")) as new,
        closing(connect_writer(_oldest(tmp_path / "old", rows=False))) as old,
    ):
        migrate(new, MIGRATIONS, tmp_path)
        migrate(old, MIGRATIONS, tmp_path)
        assert _schema(old) == _schema(new)
        assert applied(old) == applied(new) == set(MIGRATIONS)


def test_rows_of_the_oldest_schema_survive_and_work(tmp_path: Path) -> None:
    _oldest(tmp_path / "home", rows=True)
    with open_workspace(tmp_path / "home", person="ada") as workspace:
        read = workspace.store.read
        for table in ("paper", "note", "tag", "decision", "embedding", "interest", "saved_search", "quarantine"):
            assert read(lambda db, t=table: db.execute(f"SELECT count(*) FROM {t}").fetchone()[0]).result() == 1, table
        found = "SELECT rowid FROM paper_fts WHERE paper_fts MATCH ?"
        for words in ("zwitterion", "ablation", "lovelace"):
            assert read(lambda db, w=words: db.execute(found, (w,)).fetchone()[0]).result() == 1
        assert read(lambda db: entries(db)[0].changes[0][0]).result() == "tag"
        assert workspace.store.write(lambda db: undo(db, "ada")).result().ids == (1,)
        assert list(read(waiting).result()) == [1]
        assert workspace.store.write(lambda db: ensure(db, [1])).result().ids == (1,)
        said = read(lambda db: sentences_of(db, 1, ("abstract", "note"))).result()
        assert [sentence.text for sentence in said] == ["Zwitterions retrieved.", "Read the ablation."]
        assert read(lambda db: db.execute("PRAGMA integrity_check").fetchone()[0]).result() == "ok"


def test_migrating_again_changes_nothing(tmp_path: Path) -> None:
    with closing(connect_writer(tmp_path / "a.db")) as db:
        assert migrate(db, MIGRATIONS, tmp_path) == MIGRATIONS
        assert migrate(db, MIGRATIONS, tmp_path) == ()


def test_migrations_are_numbered_without_gap_in_order() -> None:
    numbers = [int(name.rsplit(".m", 1)[1][:4]) for name in MIGRATIONS]
    assert numbers == sorted(set(numbers))
    assert numbers[0] == 1


def test_a_migration_that_fails_leaves_the_database_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = types.ModuleType("bad_migration")

    def apply(db: object) -> None:
        db.execute("CREATE TABLE half (x)")  # type: ignore[attr-defined]
        raise RuntimeError("out of luck")

    bad.apply = apply  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "bad_migration", bad)
    with closing(connect_writer(tmp_path / "a.db")) as db:
        migrate(db, MIGRATIONS, tmp_path)
        before = _schema(db)
        with pytest.raises(RuntimeError):
            migrate(db, (*MIGRATIONS, "bad_migration"), tmp_path)
        assert _schema(db) == before
        assert missing(db, (*MIGRATIONS, "bad_migration"), tmp_path) == ("bad_migration",)


@pytest.mark.parametrize("read_only", [False, True])
def test_a_newer_labtops_database_is_refused(tmp_path: Path, read_only: bool) -> None:
    with open_workspace(tmp_path / "home") as workspace:
        workspace.store.write(lambda db: db.execute("INSERT INTO migration VALUES ('m9999_future', 'now')")).result()
    with pytest.raises(LabtopError, match=r"newer labtop.*m9999_future.*Update labtop"):
        open_workspace(tmp_path / "home", read_only=read_only)


def test_read_only_asks_for_an_old_database_to_be_brought_up_to_date(tmp_path: Path) -> None:
    database = _oldest(tmp_path / "home", rows=True)
    with closing(connect_writer(database)) as db:
        db.execute("DELETE FROM migration")
    with pytest.raises(LabtopError, match="without --read-only"):
        open_workspace(tmp_path / "home", read_only=True)
