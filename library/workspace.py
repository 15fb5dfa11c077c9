"""One workspace, opened: its files, settings, database and clock."""

import os
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any

import library.club
import library.db.migrations
from library.clock import Clock, stamp
from library.db import following, journal
from library.db.migrations import migrate, missing, names_in
from library.db.store import Store, connect_reader, connect_writer, explaining, in_transaction
from library.errors import LabtopError, NotFound, read_only_error
from library.paths import WorkspacePaths, private_directory
from library.purge.quotes import quoting
from library.settings import Settings, load_settings
from library.triage.listing import follow, followed

MIGRATIONS = names_in(library.db.migrations)


def _count_anew(db: sqlite3.Connection, changes: Iterable[tuple[str, Any, Any, Any]]) -> None:
    from library.triage.funnel import keep_up  # only where something was decided or linked

    keep_up(db, changes)


following.follow(("decision", "evidence"), _count_anew)
journal.undoable(library.club.TOPIC, library.club.TABLES)
quoting("club_session", ("topic", "agenda", "minutes"))
quoting("club_decision", ("text",))


@dataclass(frozen=True, slots=True)
class Workspace:
    """What commands and screens are handed. `person` is who acts, for the journal."""

    paths: WorkspacePaths
    settings: Settings
    store: Store
    clock: Clock
    person: str
    demo: bool = False
    migrations: tuple[str, ...] = MIGRATIONS

    @property
    def name(self) -> str:
        """What the top line calls it."""
        return self.settings.name or self.paths.home.name

    @property
    def read_only(self) -> bool:
        """Whether every change is refused."""
        return self.store.read_only

    def refuse_if_read_only(self) -> None:
        """Raise ReadOnly where nothing may be changed; for work that does more than write rows."""
        if self.read_only:
            raise read_only_error()

    def close(self) -> None:
        """Finish queued work and let go of the database."""
        self.store.close()

    def __enter__(self) -> "Workspace":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_workspace(
    paths: WorkspacePaths,
    *,
    person: str | None = None,
    read_only: bool = False,
    create: bool = True,
    migrations: Sequence[str] = MIGRATIONS,
) -> Workspace:
    """Open the workspace in `paths.home`, making and migrating it where needed.

    `person`: who acts; None is the system's user (in the sample workspace, the made-up person it belongs to).

    Raises NotFound where there is none and it may not be made (`create` false, or read-only), UsageError for bad
    settings, WorkspaceDamaged for a database that cannot be read.
    """
    if not paths.database.exists():
        if read_only or not create:
            raise NotFound(
                f"There is no labtop workspace in {paths.home}.",
                mend="Make one with labtop init, or try labtop demo.",
            )
        private_directory(paths.home)
    settings = load_settings(paths.settings)
    with explaining(paths.database):
        if not read_only:
            _prepare(paths.database, migrations, settings)
        facts = _facts(paths.database, migrations)
    as_of = date.fromisoformat(facts["as_of"]) if "as_of" in facts else None
    return Workspace(
        paths,
        settings,
        Store(paths.database, read_only=read_only),
        Clock(as_of),
        person or facts.get("person") or os_user(),
        demo="demo" in facts,
        migrations=tuple(migrations),
    )


def _prepare(database: Path, migrations: Sequence[str], settings: Settings) -> None:
    """Migrate, note when the workspace was made, and which categories are followed now."""
    with closing(connect_writer(database)) as connection:
        migrate(connection, migrations, database)
        if connection.execute("SELECT 1 FROM workspace WHERE key = 'created_at'").fetchone() is None:
            fact = "INSERT INTO workspace (key, value) VALUES ('created_at', ?) ON CONFLICT DO NOTHING"
            in_transaction(connection, lambda db: db.execute(fact, (stamp(),)))
        if followed(connection) != settings.arxiv.categories:
            in_transaction(connection, lambda db: follow(db, settings.arxiv.categories))


def _facts(database: Path, migrations: Sequence[str]) -> dict[str, str]:
    """The workspace table. Raises LabtopError where the database is not ours, or not of this version."""
    with closing(connect_reader(database)) as connection:
        waiting = missing(connection, migrations, database)
        if waiting:
            raise LabtopError(
                f"{database} was made by an older labtop and has yet to be brought up to date.",
                mend="Open it once without --read-only.",
            )
        return dict(connection.execute("SELECT key, value FROM workspace").fetchall())


def os_user() -> str:
    """The operating system's name for whoever runs this; never fails."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid-{os.getuid()}"
