"""The store under what really happens: several processes, kill -9, full and read-only disks, broken files."""

import os
import signal
import sqlite3
import stat
import subprocess
import threading
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path

import pytest

from library.db.store import Store, connect_reader, connect_writer
from library.errors import LabtopError, NotFound, ReadOnly, WorkspaceBusy, WorkspaceDamaged
from library.jobs import Cancelled, CancelToken
from library.workspace import Workspace
from planner.workspace import open_workspace
from tests.library.db.processes import finish, start

_INSERT = "INSERT INTO interest (person, text, kind, created_at) VALUES (?, ?, 'topic', '2026-01-01T00:00:00Z')"
_WRITER = f"""
with open_workspace(home, person=name) as workspace:
    for number in range(60):
        workspace.store.write(lambda db: db.execute({_INSERT!r}, (name, f"{{name}}-{{number}}"))).result()
"""


def _count(workspace: Workspace) -> int:
    return int(workspace.store.read(lambda db: db.execute("SELECT count(*) FROM interest").fetchone()[0]).result())


def test_several_processes_write_at_once_and_nothing_is_lost(workspace: Workspace) -> None:
    home = workspace.paths.home
    with closing(connect_reader(workspace.paths.database)) as reader, closing(Store(workspace.paths.database)) as other:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM interest").fetchone()  # an open snapshot all the while
        writers = [start(_WRITER, home, name) for name in ("kim", "lee", "max")]
        for number in range(60):
            workspace.store.write(lambda db, n=number: db.execute(_INSERT, ("ada", f"ada-{n}"))).result()
            other.write(lambda db, n=number: db.execute(_INSERT, ("other", f"other-{n}"))).result()
            _count(workspace)
        for writer in writers:
            finish(writer)
        assert reader.execute("SELECT count(*) FROM interest").fetchone()[0] == 0
        reader.execute("COMMIT")
    assert _count(workspace) == 5 * 60


def test_a_writer_killed_inside_a_transaction_leaves_nothing_half_done(workspace: Workspace) -> None:
    code = f"""
with open_workspace(home, person=name) as workspace:
    def forever(db):
        for number in range(20000):
            db.execute({_INSERT!r}, (name, "x" * 500))
        print("written", flush=True)
        time.sleep(60)
    workspace.store.write(forever).result()
"""
    victim = start(code, workspace.paths.home)
    assert victim.stdout is not None
    assert victim.stdout.readline() == "written\n"
    victim.send_signal(signal.SIGKILL)
    victim.communicate()
    assert _count(workspace) == 0
    workspace.store.write(lambda db: db.execute(_INSERT, ("ada", "after"))).result()
    assert _count(workspace) == 1
    check = workspace.store.read(lambda db: db.execute("PRAGMA integrity_check").fetchone()[0]).result()
    assert check == "ok"


def test_three_processes_make_the_same_workspace_at_once(tmp_path: Path) -> None:
    home = tmp_path / "new"
    code = "sys.stdin.readline()\nwith open_workspace(home, person=name) as workspace: print(workspace.name)"
    makers = [start(code, home, str(number)) for number in range(3)]
    for maker in makers:
        assert maker.stdin is not None
        maker.stdin.write("\n")
        maker.stdin.flush()
    assert [finish(maker) for maker in makers] == ["new\n"] * 3
    with open_workspace(home, person="ada", create=False) as workspace:
        rows = workspace.store.read(lambda db: db.execute("SELECT name FROM migration").fetchall()).result()
    assert len(rows) == len({row[0] for row in rows}) > 0


def test_an_exception_rolls_the_whole_write_back(workspace: Workspace) -> None:
    def half(db: sqlite3.Connection) -> None:
        db.execute(_INSERT, ("ada", "half"))
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        workspace.store.write(half).result()
    assert _count(workspace) == 0


def test_a_read_sees_one_moment_of_the_database(workspace: Workspace) -> None:
    def twice(db: sqlite3.Connection) -> tuple[int, int]:
        first = db.execute("SELECT count(*) FROM interest").fetchone()[0]
        workspace.store.write(lambda other: other.execute(_INSERT, ("ada", "meanwhile"))).result()
        return first, db.execute("SELECT count(*) FROM interest").fetchone()[0]

    assert workspace.store.read(twice).result() == (0, 0)
    assert _count(workspace) == 1


def test_readers_cannot_write(workspace: Workspace) -> None:
    with pytest.raises(LabtopError, match="may not be written"):
        workspace.store.read(lambda db: db.execute(_INSERT, ("ada", "x"))).result()


def test_read_only_refuses_writes_and_makes_no_workspace(workspace: Workspace, tmp_path: Path) -> None:
    with open_workspace(workspace.paths.home, read_only=True) as opened:
        with pytest.raises(ReadOnly):
            opened.store.write(lambda db: None).result()
        assert _count(opened) == 0
    with pytest.raises(NotFound):
        open_workspace(tmp_path / "nowhere", read_only=True)
    assert not (tmp_path / "nowhere").exists()


def test_foreign_keys_hold(workspace: Workspace) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        workspace.store.write(lambda db: db.execute("INSERT INTO tag VALUES (999, 'x', 'ada', 'now')")).result()


def test_files_are_private(tmp_path: Path) -> None:
    mask = os.umask(0)
    try:
        with open_workspace(tmp_path / "deep" / "home") as workspace:
            workspace.store.write(lambda db: db.execute(_INSERT, ("ada", "x"))).result()
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in workspace.paths.home.iterdir()}
            assert stat.S_IMODE(workspace.paths.home.stat().st_mode) == 0o700
    finally:
        os.umask(mask)
    assert {"labtop.db", "labtop.db-wal", "labtop.db-shm"} <= modes.keys()
    assert set(modes.values()) == {0o600}


def test_cancelling_interrupts_a_running_statement(workspace: Workspace) -> None:
    token = CancelToken()
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    future = workspace.store.read(lambda db: db.execute(endless).fetchone(), cancel=token)
    while not future.running():
        pass
    token.cancel()
    with pytest.raises(Cancelled):
        future.result(timeout=10)
    assert _count(workspace) == 0  # the reader goes on


def test_a_read_that_was_cancelled_before_its_turn_ends_like_one_that_was_running(tmp_path: Path) -> None:
    with open_workspace(tmp_path / "home") as workspace:
        store = Store(workspace.paths.database, readers=1)
        turn, token = threading.Event(), CancelToken()
        busy = store.read(lambda db: turn.wait(10))
        waiting = store.read(lambda db: 1, cancel=token)
        token.cancel()
        turn.set()
        assert busy.result(timeout=10)
        with pytest.raises(Cancelled):
            waiting.result(timeout=10)
        store.close()


def test_one_writer_whoever_asks_and_nothing_after_close(tmp_path: Path) -> None:
    with open_workspace(tmp_path / "home") as workspace:
        path = workspace.paths.database
    store = Store(path)
    names: set[str] = set()
    started = threading.Barrier(8)

    def ask() -> None:
        started.wait()
        for _ in range(20):
            store.write(lambda db: names.add(str(threading.get_ident()))).result()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names) == 1
    last: Future[int] = store.write(lambda db: 7)
    store.close()
    store.close()
    assert last.result(timeout=0) == 7
    with pytest.raises(LabtopError, match="closed"):
        store.read(lambda db: None)


def test_the_last_to_leave_empties_the_wal(workspace: Workspace) -> None:
    workspace.store.write(lambda db: db.execute(_INSERT, ("ada", "x"))).result()
    _count(workspace)
    workspace.close()
    assert [path.name for path in workspace.paths.home.iterdir()] == ["labtop.db"]


def test_closing_from_a_callback_does_not_hang(tmp_path: Path) -> None:
    with open_workspace(tmp_path / "home") as workspace:
        path = workspace.paths.database
    store = Store(path)
    closed = threading.Event()

    def close(_: object) -> None:
        store.close()
        closed.set()

    store.write(lambda db: None).add_done_callback(close)
    assert closed.wait(10)


def test_a_lock_that_is_never_let_go_is_explained(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("library.db.store.BUSY_SECONDS", 0.2)
    with closing(connect_writer(workspace.paths.database)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(WorkspaceBusy, match="nothing was written"):
            workspace.store.write(lambda db: db.execute(_INSERT, ("ada", "x"))).result()
        other.execute("ROLLBACK")
    workspace.store.write(lambda db: db.execute(_INSERT, ("ada", "x"))).result()


@pytest.mark.parametrize(
    "content", [b"not a database at all" * 400, b"SQLite format 3\0" + b"\xff" * 8000, b"\0" * 100]
)
@pytest.mark.parametrize("read_only", [False, True])
def test_a_damaged_file_is_explained_and_left_alone(tmp_path: Path, content: bytes, read_only: bool) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "labtop.db").write_bytes(content)
    with pytest.raises(WorkspaceDamaged, match=r"cannot be read.*restore"):
        open_workspace(home, read_only=read_only)
    assert (home / "labtop.db").read_bytes() == content


def test_damage_inside_is_explained(tmp_path: Path) -> None:
    with open_workspace(tmp_path / "home") as workspace:
        path = workspace.paths.database
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 3996)
    with pytest.raises(WorkspaceDamaged):
        open_workspace(tmp_path / "home")


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    with closing(connect_writer(tmp_path / "home" / "labtop.db")) as foreign:
        foreign.execute("CREATE TABLE song (title TEXT)")
    for read_only in (False, True):
        with pytest.raises(LabtopError, match="another program"):
            open_workspace(tmp_path / "home", read_only=read_only)


def test_a_full_disk_stores_nothing_of_the_change_and_says_so(small_disk: Path) -> None:
    with open_workspace(small_disk / "home") as workspace:
        workspace.store.write(lambda db: db.execute(_INSERT, ("ada", "small"))).result()
        with pytest.raises(LabtopError, match="Nothing of this change was stored"):
            workspace.store.write(lambda db: [db.execute(_INSERT, ("ada", "x" * 9000)) for _ in range(400)]).result()
        assert _count(workspace) == 1
        workspace.store.write(lambda db: db.execute(_INSERT, ("ada", "small again"))).result()
        assert _count(workspace) == 2


def test_a_disk_mounted_read_only_can_be_read(small_disk: Path) -> None:
    with open_workspace(small_disk / "home") as workspace:
        workspace.store.write(lambda db: db.execute(_INSERT, ("ada", "small"))).result()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with open_workspace(small_disk / "home", read_only=True) as workspace:
        assert _count(workspace) == 1
    with pytest.raises(LabtopError, match="may not be written"):
        open_workspace(small_disk / "home")


def test_a_place_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LabtopError, match="--home"):
        open_workspace(tmp_path / "file" / "home")


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE paper; --", "a\x00b", "\U0001f600" * 10, "e\u0301", "[/x][@click=app.quit]", "x" * 100_000]
)
def test_text_comes_back_as_it_went_in(workspace: Workspace, text: str) -> None:
    workspace.store.write(lambda db: db.execute(_INSERT, (text, text))).result()
    row = workspace.store.read(lambda db: tuple(db.execute("SELECT person, text FROM interest").fetchone())).result()
    assert row == (text, text)
