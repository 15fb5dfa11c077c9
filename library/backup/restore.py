"""Going back to a backup: checked first, the present state set aside, and put in place as one step.

What was purged stays purged: tombstones of the present workspace are applied to the backup before it is used.
"""

import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from library.atomic import write_atomic
from library.backup.archive import DATABASE, DOCUMENTS, SETTINGS, Manifest, staging, unpack
from library.backup.make import free_name, make_backup
from library.club.told import Told, carry_over, read_told
from library.db.copies import check_copy, copy_database, open_elsewhere, processes_with
from library.db.journal import note_event
from library.db.store import connect_reader, connect_writer, explaining, in_transaction
from library.errors import LabtopError, WorkspaceBusy
from library.jobs import ReportProgress
from library.paths import WorkspacePaths, private_directory
from library.purge.content import Tombstone, apply_tombstones, read_tombstones
from library.purge.files import remove_documents
from library.secrets import with_keys_of
from library.settings import load_settings
from library.vectors.faiss_cache import delete as delete_index


@dataclass(frozen=True, slots=True)
class Restored:
    """`set_aside`: where the state before is kept (None: there was none). `kept_out`: purged papers of the backup."""

    manifest: Manifest
    set_aside: Path | None
    kept_out: int


def restore(
    paths: WorkspacePaths,
    backup: Path,
    *,
    person: str,
    migrations: Sequence[str],
    report: ReportProgress | None = None,
) -> Restored:
    """Put `backup` in the place of the workspace in `paths.home` (which may be missing, or damaged).

    Raises WorkspaceDamaged or LabtopError where the backup cannot be used and WorkspaceBusy where another process
    has the workspace open; then nothing was changed.
    """
    private_directory(paths.home)
    with staging(paths.home) as folder:
        manifest = unpack(backup, folder, report=report)
        try:
            check_copy(folder / DATABASE, migrations)
            load_settings(folder / SETTINGS)
        except LabtopError as error:
            why = error.message.replace(str(folder), str(backup))
            raise type(error)(f"{backup} cannot be restored: {why} Nothing was changed.", mend=error.mend) from error
        _refuse_if_open(paths.database)
        kept_out = apply_tombstones(folder / DATABASE, _tombstones(paths.database))
        remove_documents(folder / DOCUMENTS, kept_out)
        told = _told(paths.database)
        set_aside = _set_aside(paths, report)
        _note(folder / DATABASE, person, manifest, set_aside, told)
        _put_in_place(paths, folder, whole=paths.database.exists())
    return Restored(manifest, set_aside, len(kept_out))


def _refuse_if_open(database: Path) -> None:
    if open_elsewhere(database):
        who = ", ".join(processes_with(database)) or "another process"
        raise WorkspaceBusy(
            f"{who} has {database} open. Nothing was changed.", mend="Quit the dashboard and running commands first."
        )


def _tombstones(database: Path) -> tuple[Tombstone, ...]:
    if not database.exists():
        return ()
    try:
        with explaining(database), closing(connect_reader(database)) as connection:
            return read_tombstones(connection)
    except (LabtopError, sqlite3.Error):  # what is wrong with the old database may be why it is being replaced
        return ()


def _told(database: Path) -> Told:
    if not database.exists():
        return ()
    try:
        with explaining(database), closing(connect_reader(database)) as connection:
            return read_told(connection)
    except (LabtopError, sqlite3.Error):  # damaged, or of a time before there were calendars
        return ()


def _set_aside(paths: WorkspacePaths, report: ReportProgress | None) -> Path | None:
    """Keep the present state: as a backup, or file by file where the database is too damaged for one."""
    if not paths.database.exists():
        return None
    private_directory(paths.backups)
    now = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    try:
        target = free_name(lambda suffix: paths.backups / f"before-restore-{now}{suffix}.labtop-backup")
        return make_backup(paths, target, why="before a restore", report=report).path
    except LabtopError:
        folder = free_name(lambda suffix: paths.backups / f"damaged-{now}{suffix}")
        private_directory(folder)
        for name in (paths.database.name, f"{paths.database.name}-wal", f"{paths.database.name}-shm"):
            source = paths.home / name
            if source.exists():
                os.replace(source, folder / name)
        if paths.settings.exists():
            shutil.copy2(paths.settings, folder / SETTINGS)
        if paths.documents.is_dir():
            shutil.copytree(paths.documents, folder / DOCUMENTS)
        return folder


def _text(path: Path) -> str:
    """What a file says; nothing where it is not there or no text."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _note(database: Path, person: str, manifest: Manifest, set_aside: Path | None, told: Told) -> None:
    before = f"; the state before is in {set_aside.name}" if set_aside else ""
    summary = f"restored the backup of {manifest.made_at} ({manifest.papers:,} papers){before}"

    def write(db: sqlite3.Connection) -> None:
        note_event(db, person=person, action="restore", summary=summary)
        carry_over(db, told)

    with closing(connect_writer(database)) as connection:
        in_transaction(connection, write)
        connection.execute("PRAGMA journal_mode = DELETE")


def _put_in_place(paths: WorkspacePaths, folder: Path, *, whole: bool) -> None:
    if whole:
        # One transaction in the file that is there: a process that opens it meanwhile sees the old state or the new.
        copy_database(folder / DATABASE, paths.database, single_file=False)
    else:
        for left in ("-wal", "-shm"):
            paths.database.with_name(paths.database.name + left).unlink(missing_ok=True)
        os.replace(folder / DATABASE, paths.database)
    if (folder / SETTINGS).exists():
        text, here = (folder / SETTINGS).read_text(encoding="utf-8"), _text(paths.settings)
        write_atomic(paths.settings, with_keys_of(text, here))
    else:
        paths.settings.unlink(missing_ok=True)
    old = folder / "old-documents"
    if paths.documents.exists():
        os.replace(paths.documents, old)
    if (folder / DOCUMENTS).exists():
        os.replace(folder / DOCUMENTS, paths.documents)
    delete_index(paths.vectors)  # a cache of the old vectors
