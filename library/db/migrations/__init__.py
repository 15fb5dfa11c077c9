"""Numbered migrations, append-only: one that has been released is never edited.

Each `mNNNN_*.py` beside this file holds `apply(db)` for a `sqlite_utils.Database`. They run in the order of their
numbers, all that are missing in one IMMEDIATE transaction, so that two processes opening a new workspace at the
same moment do not both try.
"""

import importlib
import pkgutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from library.clock import stamp
from library.errors import LabtopError

APPLICATION_ID = 0x4C42544F  # "LBTO"


def names_in(package: ModuleType) -> tuple[str, ...]:
    """Full module names of a package's migrations, in order."""
    found = (info.name for info in pkgutil.iter_modules(package.__path__) if info.name.startswith("m"))
    return tuple(f"{package.__name__}.{name}" for name in sorted(found))


def applied(connection: sqlite3.Connection) -> set[str]:
    """Names of the migrations that this database has had."""
    has_table = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migration'").fetchone()
    if not has_table:
        return set()
    return {row[0] for row in connection.execute("SELECT name FROM migration")}


def missing(connection: sqlite3.Connection, modules: Sequence[str], path: Path) -> tuple[str, ...]:
    """Migrations that this database has yet to have, in order; changes nothing.

    Raises LabtopError where the database is of a newer labtop or of another program.
    """
    foreign = connection.execute("PRAGMA application_id").fetchone()[0]
    has_tables = connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None
    if has_tables and foreign != APPLICATION_ID:
        raise LabtopError(f"{path} is a database of another program.", mend="Choose another folder with --home DIR.")
    have = applied(connection)
    unknown = have - set(modules)
    if unknown:
        raise LabtopError(
            f"{path} was made by a newer labtop (it has {', '.join(sorted(unknown))}).",
            mend="Update labtop, or restore a backup made with this version.",
        )
    return tuple(name for name in modules if name not in have)


def migrate(connection: sqlite3.Connection, modules: Sequence[str], path: Path) -> tuple[str, ...]:
    """Apply what is missing; returns the names applied.

    Raises LabtopError where the database is of a newer labtop or of another program.
    """
    if not missing(connection, modules, path):
        return ()
    from sqlite_utils import Database  # costs 0.1–0.8 s: only where there is something to migrate

    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL) STRICT"
        )
        done = []
        for name in modules:
            if name in applied(connection):
                continue
            importlib.import_module(name).apply(Database(connection))
            connection.execute("INSERT INTO migration VALUES (?, ?)", (name, stamp()))
            done.append(name)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return tuple(done)
