"""Whole databases: copied while others write, checked, and asked whether somebody has them open."""

import fcntl
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from library.db.migrations import migrate, missing
from library.db.store import connect_reader, connect_writer, explaining
from library.errors import LabtopError, WorkspaceDamaged
from library.jobs import CancelToken, Pace, ReportProgress

_PAGES = 4_096  # pages a step: 16 MB, some tens of milliseconds
# SQLite's SHARED lock: every open connection in WAL mode holds a read lock on these bytes of the database file.
_SHARED_FIRST, _SHARED_SIZE = 0x40000002, 510


def copy_database(
    source: Path,
    target: Path,
    *,
    report: ReportProgress | None = None,
    cancel: CancelToken | None = None,
    single_file: bool = True,
) -> None:
    """Copy `source` into `target` as it is at one moment, through SQLite's online backup; writers are not held up.

    Into a database that others have open it is one transaction: they see the old state or the new one.
    `single_file` leaves `target` without -wal and -shm. Raises WorkspaceDamaged, WorkspaceBusy, LabtopError, Cancelled.
    """
    with explaining(source), closing(connect_reader(source)) as reading, closing(connect_writer(target)) as writing:
        reading.execute("BEGIN")  # one snapshot for all steps: a colleague's write does not start the copy anew
        reading.execute("SELECT count(*) FROM sqlite_master").fetchone()
        pace = Pace("copying the database (pages)", None, report)

        def step(_: int, remaining: int, total: int) -> None:
            if cancel is not None:
                cancel.check()
            pace.total = total
            pace.at(total - remaining, final=remaining == 0)

        try:
            reading.backup(writing, pages=_PAGES, progress=step)
        except sqlite3.OperationalError as error:
            if "full" not in str(error):
                raise
            raise LabtopError(
                f"There is no room for a copy of {source} in {target.parent}.", mend="Make room on the disk."
            ) from error
        reading.execute("ROLLBACK")
        if single_file:
            writing.execute("PRAGMA journal_mode = DELETE")
        else:
            writing.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    target.chmod(0o600)


def damage(connection: sqlite3.Connection, *, limit: int = 5) -> tuple[str, ...]:
    """What SQLite finds wrong with the file and with references between rows; empty is good.

    The whole integrity check: quick_check of SQLite 3.40 finds NULLs that are not there in tables WITHOUT ROWID.
    """
    try:
        found = [str(row[0]) for row in connection.execute(f"PRAGMA integrity_check({limit})")]
        lines = [line for line in found if line != "ok"]
        lines += [
            f"row {row[1]} of {row[0]} refers to a row of {row[2]} that is not there"
            for row in connection.execute("PRAGMA foreign_key_check").fetchmany(limit)
        ]
    except sqlite3.DatabaseError as error:
        return (str(error),)
    return tuple(lines)


def check_copy(path: Path, modules: Sequence[str]) -> None:
    """Make sure that a database file is whole, is ours, and bring it up to date.

    Raises WorkspaceDamaged where it is not whole, LabtopError where it is another program's or a newer labtop's.
    """
    with explaining(path), closing(connect_writer(path)) as connection:
        missing(connection, modules, path)
        found = damage(connection)
        if found:
            raise WorkspaceDamaged(f"The database in it is damaged: {'; '.join(found)}.")
        migrate(connection, modules, path)
        connection.execute("PRAGMA journal_mode = DELETE")


def open_elsewhere(database: Path) -> bool:
    """Whether another process has `database` open. Only for when this process has no connection to it: closing a
    file drops all POSIX locks that the process holds on it."""
    try:
        descriptor = os.open(database, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, _SHARED_SIZE, _SHARED_FIRST)
    except (BlockingIOError, PermissionError):
        return True
    finally:
        os.close(descriptor)
    return False


def processes_with(database: Path) -> tuple[str, ...]:
    """ "labtop (4711)" of the processes that have `database` open, as far as this user may see them."""
    import psutil

    found = []
    for process in psutil.process_iter(["pid", "name"]):
        if process.pid == os.getpid():
            continue
        try:
            opened = {file.path for file in process.open_files()}
        except (psutil.Error, OSError):
            continue
        if str(database.resolve()) in opened:
            found.append(f"{process.info['name']} ({process.pid})")
    return tuple(found)
