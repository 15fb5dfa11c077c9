"""The backup file: a zip with the database, settings.toml, documents/ and a manifest with the hash of each.

Vectors are in the database; FAISS files are a cache and stay out.
"""

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from library.atomic import alive, replacing
from library.errors import LabtopError, NotFound, WorkspaceDamaged
from library.jobs import CancelToken, Pace, ReportProgress

SUFFIX = ".labtop-backup"
FORMAT = 1
DATABASE, SETTINGS, DOCUMENTS, MANIFEST = "labtop.db", "settings.toml", "documents", "manifest.json"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. `files`: name → (bytes, sha256); times UTC ISO 8601."""

    made_at: str
    labtop: str
    name: str
    why: str
    papers: int
    notes: int
    demo: bool = False
    format: int = FORMAT
    files: dict[str, tuple[int, str]] = field(default_factory=dict)


@contextlib.contextmanager
def staging(parent: Path) -> Iterator[Path]:
    """A private folder in `parent` that is gone afterwards; what a killed process left behind goes first."""
    for left in parent.glob(".staging-*"):
        pid = left.name.split("-")[1]
        if not (pid.isdigit() and alive(int(pid))):
            shutil.rmtree(left, ignore_errors=True)
    place = parent / f".staging-{os.getpid()}-{secrets.token_hex(4)}"
    try:
        place.mkdir(mode=0o700)
    except OSError as error:
        raise LabtopError(
            f"Nothing can be written in {parent}: {error.strerror}.", mend="Choose another place."
        ) from error
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def pack(
    folder: Path,
    target: Path,
    manifest: Manifest,
    *,
    report: ReportProgress | None = None,
    cancel: CancelToken | None = None,
) -> Manifest:
    """Write `folder` (database, settings.toml, documents/) as a backup to `target`, whole or not at all, mode 0600.

    Returns the manifest with its files. Raises LabtopError where there is no room, Cancelled.
    """
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    pace = Pace("packing (bytes)", sum((folder / name).stat().st_size for name in names), report)
    done, files = 0, {}
    try:
        with replacing(target) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name in names:
                digest, size = hashlib.sha256(), 0
                with (folder / name).open("rb") as source, archive.open(name, "w", force_zip64=True) as member:
                    while block := source.read(_BLOCK):
                        if cancel is not None:
                            cancel.check()
                        digest.update(block)
                        member.write(block)
                        size += len(block)
                        pace.at(done + size)
                done += size
                files[name] = (size, digest.hexdigest())
            whole = Manifest(**{**asdict(manifest), "files": files})
            archive.writestr(MANIFEST, json.dumps(asdict(whole), indent=1))
    except OSError as error:
        raise LabtopError(
            f"The backup {target} could not be written: {error.strerror or error}.",
            mend="Make room, or choose another place with -o FILE.",
        ) from error
    pace.at(done, final=True)
    return whole


def read_manifest(path: Path) -> Manifest:
    """What the backup `path` says it holds. Raises WorkspaceDamaged where it is none, or cut off."""
    with _opened(path) as archive:
        return _manifest(path, archive)


def unpack(path: Path, folder: Path, *, report: ReportProgress | None = None) -> Manifest:
    """Unpack the backup into `folder`, checking every size and hash. Raises WorkspaceDamaged, LabtopError."""
    with _opened(path) as archive:
        manifest = _manifest(path, archive)
        total = sum(size for size, _ in manifest.files.values())
        if total > shutil.disk_usage(folder).free:
            raise LabtopError(f"There is no room to unpack {path} ({total:,} bytes).", mend="Make room on the disk.")
        pace = Pace("unpacking (bytes)", total, report)
        done = 0
        for name, (size, wanted) in manifest.files.items():
            target = folder / name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with os.fdopen(descriptor, "wb") as file, archive.open(name) as member:
                    found = _copy_exactly(member, file, size)
            except (zipfile.BadZipFile, EOFError, OSError, ValueError, RuntimeError, NotImplementedError) as error:
                raise _damaged(path, f"{name} cannot be read ({error})") from error
            if found != wanted:
                raise _damaged(path, f"{name} is not what was put in")
            done += size
            pace.at(done)
        pace.at(done, final=True)
    return manifest


def _copy_exactly(source: IO[bytes], target: IO[bytes], size: int) -> str:
    """Copy `size` bytes; returns their sha256. Never writes more, whatever the archive unpacks to."""
    import zlib

    digest, left = hashlib.sha256(), size
    try:
        while left and (block := source.read(min(_BLOCK, left))):
            digest.update(block)
            target.write(block)
            left -= len(block)
        if left or source.read(1):
            raise ValueError("its size differs")
    except zlib.error as error:
        raise ValueError(str(error)) from error
    return digest.hexdigest()


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {path}.", mend="See labtop backup --list.") from error
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _damaged(path, f"{error}") from error
    with archive:
        yield archive


def _manifest(path: Path, archive: zipfile.ZipFile) -> Manifest:
    try:
        if archive.getinfo(MANIFEST).file_size > 16 * _BLOCK:
            raise _damaged(path, "its manifest is endless")
        fields: dict[str, Any] = json.loads(archive.read(MANIFEST))
        fields["files"] = {str(name): (int(size), str(digest)) for name, (size, digest) in fields["files"].items()}
        manifest = Manifest(**fields)
    except KeyError as error:
        raise _damaged(path, "it has no manifest") from error
    except (zipfile.BadZipFile, ValueError, TypeError, AttributeError, OSError, RuntimeError) as error:
        raise _damaged(path, f"its manifest cannot be read ({error})") from error
    if manifest.format != FORMAT:
        raise LabtopError(f"{path} was made by a newer labtop ({manifest.labtop}).", mend="Update labtop.")
    strange = [name for name in manifest.files if not _expected(name)]
    if strange or DATABASE not in manifest.files or {*archive.namelist()} != {*manifest.files, MANIFEST}:
        raise _damaged(path, "its files are not those of a backup")
    return manifest


def _expected(name: str) -> bool:
    parts = PurePosixPath(name).parts
    if "\\" in name or PurePosixPath(name).as_posix() != name or ".." in parts:
        return False
    return name in (DATABASE, SETTINGS) or (len(parts) > 1 and parts[0] == DOCUMENTS)


def _damaged(path: Path, why: str) -> WorkspaceDamaged:
    return WorkspaceDamaged(
        f"{path} is not a whole labtop backup: {why}. Nothing was changed.", mend="Try another: labtop backup --list."
    )
