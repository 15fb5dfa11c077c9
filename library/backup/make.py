"""Making backups, and knowing which there are."""

import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from library.backup.archive import DATABASE, DOCUMENTS, SETTINGS, SUFFIX, Manifest, pack, read_manifest, staging
from library.clock import stamp
from library.db.copies import copy_database, damage
from library.db.store import connect_reader, explaining
from library.errors import LabtopError, NotFound, UsageError, WorkspaceDamaged
from library.jobs import CancelToken, ReportProgress
from library.paths import WorkspacePaths, private_directory
from library.secrets import without_keys
from library.settings import load_settings


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup file. `problem` says why it cannot be used; then what it holds is unknown."""

    path: Path
    bytes: int
    made_at: str | None = None
    why: str = ""
    name: str = ""
    papers: int | None = None
    notes: int | None = None
    problem: str = ""


def make_backup(
    paths: WorkspacePaths,
    output: Path | None = None,
    *,
    why: str = "asked for",
    report: ReportProgress | None = None,
    cancel: CancelToken | None = None,
) -> Backup:
    """Copy the workspace as it is at one moment, while others may go on writing; checked before it counts.

    `output`: a file that is not there yet, or a folder; None puts it under backups/ with the time in its name.
    Raises NotFound (no workspace), UsageError (the file is there already), WorkspaceDamaged, LabtopError, Cancelled.
    """
    if not paths.database.exists():
        raise NotFound(f"There is no labtop workspace in {paths.home}.")
    if output is None:
        private_directory(paths.backups)
    target = _target(paths, output)
    with staging(target.parent) as folder:
        copy_database(paths.database, folder / DATABASE, report=report, cancel=cancel)
        manifest = describe(folder / DATABASE, name=_name(paths), why=why)
        _copy_files(paths, folder)
        whole = pack(folder, target, manifest, report=report, cancel=cancel)
    return _backup(target, whole)


def describe(database: Path, *, name: str, why: str, made_at: str | None = None) -> Manifest:
    """The manifest for a copied database. Raises WorkspaceDamaged where the copy is not whole."""
    from importlib.metadata import version

    with explaining(database), closing(connect_reader(database)) as connection:
        found = damage(connection)
        if found:
            raise WorkspaceDamaged(
                f"The database is damaged, so a copy of it would be, too: {'; '.join(found)}.",
                mend="Run labtop doctor; labtop restore goes back to an earlier backup.",
            )
        papers, notes, demo = connection.execute(
            "SELECT (SELECT count(*) FROM paper), (SELECT count(*) FROM note),"
            " EXISTS (SELECT 1 FROM workspace WHERE key = 'demo')"
        ).fetchone()
    return Manifest(made_at or stamp(), version("labtop"), name, why, papers, notes, bool(demo))


def list_backups(paths: WorkspacePaths) -> tuple[Backup, ...]:
    """The backups under backups/, the newest first; those that cannot be read come with their problem."""
    found = []
    for path in paths.backups.glob(f"*{SUFFIX}"):
        try:
            found.append(_backup(path, read_manifest(path)))
        except LabtopError as error:
            found.append(Backup(path, path.stat().st_size, problem=error.message))
    return tuple(sorted(found, key=lambda backup: (backup.made_at or "", backup.path.name), reverse=True))


def _backup(path: Path, manifest: Manifest) -> Backup:
    return Backup(
        path, path.stat().st_size, manifest.made_at, manifest.why, manifest.name, manifest.papers, manifest.notes
    )


def _target(paths: WorkspacePaths, output: Path | None) -> Path:
    if output is not None and not output.is_dir():
        if output.exists():
            raise UsageError(f"{output} is there already.", mend="Name a new file; backups are never overwritten.")
        if not output.absolute().parent.is_dir():
            raise UsageError(f"There is no folder {output.absolute().parent}.", mend="Make it first.")
        return output.absolute()
    folder = (output or paths.backups).absolute()
    return free_name(lambda suffix: folder / f"{datetime.now(UTC):labtop-%Y%m%dT%H%M%SZ}{suffix}{SUFFIX}")


def free_name(name: Callable[[str], Path]) -> Path:
    """The first of name(""), name("-2"), name("-3") … that is not there yet."""
    for number in range(1, 1000):
        path = name("" if number == 1 else f"-{number}")
        if not path.exists():
            return path
    raise LabtopError("There are a thousand backups of this second already.")


def _name(paths: WorkspacePaths) -> str:
    try:
        return load_settings(paths.settings).name or paths.home.name
    except UsageError:  # a backup of broken settings is better than none
        return paths.home.name


def _copy_files(paths: WorkspacePaths, folder: Path) -> None:
    if paths.settings.exists():
        text = paths.settings.read_bytes().decode("utf-8", "surrogateescape")
        (folder / SETTINGS).write_bytes(without_keys(text).encode("utf-8", "surrogateescape"))
    if paths.documents.is_dir():
        for path in paths.documents.rglob("*"):
            if path.is_file() and not path.is_symlink() and path.suffix != ".part":  # that is still being fetched
                target = folder / DOCUMENTS / path.relative_to(paths.documents)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
