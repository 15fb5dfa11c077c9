"""The only module that opens SQLite connections.

One writer thread takes functions from a queue, each in its own `BEGIN IMMEDIATE … COMMIT`; a few reader threads
hold read-only connections. Other processes (command line, cron, a second dashboard) do the same on the same file.
IMMEDIATE matters: a deferred transaction that turns into a write after another process wrote fails at once with
"database is locked", whatever the timeout.
"""

import contextlib
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final, TypeVar

from library.errors import LabtopError, WorkspaceBusy, WorkspaceDamaged, read_only_error
from library.jobs import Cancelled, CancelToken

BUSY_SECONDS: Final = 30.0
_PROGRESS_OPCODES: Final = 2_000  # how often a cancellable read looks at its token: a few microseconds apart
_SENTINEL: Final = None

T = TypeVar("T")
_Job = tuple[Callable[[sqlite3.Connection], Any], Future[Any], CancelToken | None]


def connect_reader(path: Path) -> sqlite3.Connection:
    """A connection that cannot write. Works on a disk that is mounted read-only, too."""
    mode = "mode=ro"
    if not os.access(path.parent, os.W_OK) and not path.with_name(f"{path.name}-wal").exists():
        mode = "immutable=1"  # WAL needs a -shm beside the file, which nobody can make here; nobody can write either
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?{mode}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA cache_size = -16000")
        connection.execute("PRAGMA mmap_size = 67108864")  # counts as resident memory, once for each connection
    except sqlite3.Error as error:
        if connection is not None:
            connection.close()
        raise _damaged(path, error) from error
    connection.row_factory = sqlite3.Row
    return connection


def connect_writer(path: Path) -> sqlite3.Connection:
    """The connection that writes; makes the file (0600) where there is none.

    Raises LabtopError where the file cannot be made, WorkspaceBusy, WorkspaceDamaged.
    """
    connection: sqlite3.Connection | None = None
    try:
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        _until_unlocked(connection, "PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA cache_size = -32000")
    except OSError as error:
        raise LabtopError(
            f"{path} cannot be made: {error.strerror}.", mend="Choose another place with --home DIR or LABTOP_HOME."
        ) from error
    except sqlite3.Error as error:
        if connection is not None:
            connection.close()
        explained = explain(path, error)
        raise (_damaged(path, error) if explained is error else explained) from error
    connection.row_factory = sqlite3.Row
    return connection


def compile_options() -> frozenset[str]:
    """What this Python's SQLite was built with."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        return frozenset(row[0] for row in connection.execute("PRAGMA compile_options"))


@contextlib.contextmanager
def explaining(path: Path) -> Iterator[None]:
    """SQLite's errors inside become ours: what, why, what to do."""
    try:
        yield
    except sqlite3.Error as error:
        explained = explain(path, error)
        if explained is error:
            raise
        raise explained from error


class Store:
    """Reads and writes of one workspace's database, as futures."""

    def __init__(self, path: Path, *, read_only: bool = False, readers: int = 2) -> None:
        self.path = path
        self.read_only = read_only
        self._reads: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._writes: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._watches: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._gate = threading.Lock()  # no job may slip in behind the sentinel, no second writer may start
        self._threads: list[threading.Thread] = []
        self._reader_count = readers

    def read(self, function: Callable[[sqlite3.Connection], T], *, cancel: CancelToken | None = None) -> Future[T]:
        """Run `function` on a read-only connection.

        A token that is cancelled interrupts even a running statement; the future then raises `Cancelled`, whether the
        function had begun or not.
        """
        return self._submit(self._reads, "reader", self._reader_count, function, cancel)

    def write(self, function: Callable[[sqlite3.Connection], T]) -> Future[T]:
        """Run `function` in one transaction on the writer; an exception rolls the whole of it back.

        Raises (in the future): ReadOnly, WorkspaceBusy, and whatever `function` raises.
        """
        if self.read_only:
            refused: Future[T] = Future()
            refused.set_exception(read_only_error())
            return refused
        return self._submit(self._writes, "writer", 1, function, None)

    def watch(self, function: Callable[[sqlite3.Connection], T]) -> Future[T]:
        """Run `function` on a read-only connection that is always the same one, as `data_version` needs it."""
        return self._submit(self._watches, "watcher", 1, function, None)

    def close(self) -> None:
        """Finish what is queued and end the threads. Safe to call twice, and from a callback of one of its futures."""
        with self._gate:
            if self._closed:
                return
            self._closed = True
        # The writer last: the last connection to close empties the WAL and removes it, which a read-only one may not.
        jobs_of = {"labtop-reader": self._reads, "labtop-watcher": self._watches, "labtop-writer": self._writes}
        for name, jobs in jobs_of.items():
            threads = [thread for thread in self._threads if thread.name == name]
            for _ in threads:
                jobs.put(_SENTINEL)
            for thread in threads:
                if thread is not threading.current_thread():
                    thread.join()

    def _submit(
        self,
        jobs: queue.SimpleQueue[_Job | None],
        role: str,
        count: int,
        function: Callable[[sqlite3.Connection], T],
        cancel: CancelToken | None,
    ) -> Future[T]:
        future: Future[T] = Future()
        with self._gate:
            if self._closed:
                raise LabtopError("The workspace is closed.")
            self._ensure_threads(role, count)
            jobs.put((function, future, cancel))
        return future

    def _ensure_threads(self, role: str, count: int) -> None:
        """Threads (and connections) start when first needed: a question on the command line needs one."""
        name = f"labtop-{role}"
        running = sum(thread.name == name for thread in self._threads)
        wanted = min(count, running + 1)
        if running >= wanted:
            return
        if role == "writer":
            thread = threading.Thread(target=self._write_loop, name=name, daemon=True)
        else:
            jobs = self._watches if role == "watcher" else self._reads
            thread = threading.Thread(target=self._read_loop, args=(jobs,), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _read_loop(self, jobs: queue.SimpleQueue[_Job | None]) -> None:
        connection: sqlite3.Connection | None = None
        while (job := jobs.get()) is not _SENTINEL:
            function, future, cancel = job
            if not future.set_running_or_notify_cancel():
                continue
            if cancel is not None and cancel.cancelled:
                future.set_exception(Cancelled())
                continue
            try:
                connection = connection or connect_reader(self.path)
                future.set_result(_run_read(connection, function, cancel))
            except BaseException as error:
                future.set_exception(explain(self.path, error))
        if connection is not None:
            connection.close()

    def _write_loop(self) -> None:
        connection: sqlite3.Connection | None = None
        while (job := self._writes.get()) is not _SENTINEL:
            function, future, _ = job
            if not future.set_running_or_notify_cancel():
                continue
            try:
                connection = connection or connect_writer(self.path)
                future.set_result(in_transaction(connection, function))
            except BaseException as error:
                future.set_exception(explain(self.path, error))
        if connection is not None:
            connection.close()


def data_version(connection: sqlite3.Connection) -> int:
    """A number that differs from this connection's last one when somebody else, thread or process, has committed.

    Numbers of two connections cannot be compared: ask through `Store.watch`.
    """
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def in_transaction(connection: sqlite3.Connection, function: Callable[[sqlite3.Connection], T]) -> T:
    """Run `function` between BEGIN IMMEDIATE and COMMIT; any exception rolls back."""
    _until_unlocked(connection, "BEGIN IMMEDIATE")
    try:
        result = function(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return result


def _until_unlocked(connection: sqlite3.Connection, statement: str) -> None:
    """Run `statement`, asked again in short steps: SQLite's own waiting is unfair to whoever came second, and does
    not happen at all where a lock is raised (switching to WAL while another process does the same)."""
    deadline = time.monotonic() + BUSY_SECONDS
    connection.execute("PRAGMA busy_timeout = 20")
    try:
        while True:
            try:
                connection.execute(statement)
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.002)
    finally:
        connection.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")


def _run_read(
    connection: sqlite3.Connection,
    function: Callable[[sqlite3.Connection], T],
    cancel: CancelToken | None,
) -> T:
    """One read: everything it asks is answered from the same moment of the database."""
    connection.execute("BEGIN")
    if cancel is not None:
        connection.set_progress_handler(lambda: int(cancel.cancelled), _PROGRESS_OPCODES)
    try:
        return function(connection)
    except sqlite3.OperationalError as error:
        if cancel is not None and cancel.cancelled:
            raise Cancelled from error
        raise
    finally:
        connection.set_progress_handler(None, 0)
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def explain(path: Path, error: BaseException) -> BaseException:
    """The error that a person should read instead of SQLite's; `error` itself where it is no accident of the file."""
    if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
        return _busy(path)
    if isinstance(error, sqlite3.OperationalError) and ("disk is full" in str(error) or "disk I/O" in str(error)):
        return LabtopError(
            f"{path} could not be written: {error}. Nothing of this change was stored.",
            mend="Make room on the disk and try again.",
        )
    if isinstance(error, sqlite3.OperationalError) and ("readonly" in str(error) or "unable to open" in str(error)):
        return LabtopError(
            f"{path} may not be written here: {error}.",
            mend="Look at the permissions of the folder and the file, or use --read-only.",
        )
    if isinstance(error, sqlite3.DatabaseError) and ("malformed" in str(error) or "not a database" in str(error)):
        return _damaged(path, error)
    return error


def _busy(path: Path) -> WorkspaceBusy:
    return WorkspaceBusy(
        f"Another process has kept {path} locked for {BUSY_SECONDS:.0f} s, so nothing was written.",
        mend="Wait until it is done, or end it, and try again.",
    )


def _damaged(path: Path, error: Exception) -> WorkspaceDamaged:
    return WorkspaceDamaged(
        f"The database {path} cannot be read: {error}.",
        mend="Run labtop doctor, or labtop restore with your last backup.",
    )
