"""The folder: which notes are labtop's and where they are now, and how one is written. Nothing is ever deleted."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from library.atomic import replacing, sweep
from library.errors import LabtopError, UsageError
from library.exporting.vault.naming import folded, stem
from library.exporting.vault.note import Note, State, id_in, new_text, renewed

_ASIDE: Final = Path(".labtop") / "kept"  # Obsidian shows no folder that begins with a dot
_LARGEST: Final = 4 << 20  # bytes of a note that is looked into


@dataclass(frozen=True, slots=True)
class Left:
    """A note that was left as it is, or one whose old text was kept aside, and why."""

    file: str
    reason: str


@dataclass
class Folder:
    """An open vault. `paths`: id → its note; `names`: all names of notes in it, folded."""

    root: Path
    renew: bool = False
    paths: dict[str, Path] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    planned: dict[str, str] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)

    def name_of(self, id_: str) -> str | None:
        """What a link to this note says: the name of its file as it is now, or will be; None for no such note."""
        path = self.paths.get(id_)
        return path.stem if path is not None else self.planned.get(id_)

    def adopt(self, before: str, now: str) -> None:
        """The note `before` is the note `now` from here on: what it is about turned out to be known by another id."""
        if before in self.paths and now not in self.paths:
            self.paths[now] = self.paths.pop(before)

    def plan(self, id_: str, title: str, mark: str) -> None:
        """Reserve a name for a note that is not there yet."""
        if id_ not in self.paths and id_ not in self.planned:
            name = stem(title, mark, lambda wished: folded(wished) in self.names)
            self.names.add(folded(name))
            self.planned[id_] = name

    def write(self, note: Note) -> State:
        """Write one note where it stands now, else under its planned name. Raises LabtopError."""
        path = self.paths.get(note.id)
        if path is None:
            path = self.root / note.folder / f"{self.planned[note.id]}.md"
            self._put(path, new_text(note))
            self.paths[note.id] = path
            return "created"
        try:
            raw = path.read_bytes()
            text = raw.decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            self.left.append(Left(self._shown(path), f"it cannot be read: {error}"))
            return "unmarked"
        windows = "\r\n" in text
        text = text.replace("\r\n", "\n")
        new, state = renewed(text, note)
        if state in ("edited", "unmarked"):
            reason = "somebody edited labtop's part" if state == "edited" else "labtop's marks are gone"
            if not self.renew:
                self.left.append(Left(self._shown(path), f"{reason}: it was left as it is"))
                return state
            aside = self._keep_aside(path)
            self.left.append(Left(self._shown(path), f"{reason}: it was renewed, the old text is in {aside}"))
            new, state = renewed(text, note, force=True)
        if state == "updated":
            self._put(path, new.replace("\n", "\r\n") if windows else new)
        return state

    def _keep_aside(self, path: Path) -> str:
        folder = self.root / _ASIDE
        try:
            folder.mkdir(parents=True, exist_ok=True)
            name, number = f"{path.stem}.md", 1
            while (folder / name).exists():
                number += 1
                name = f"{path.stem} {number}.md"
            shutil.copy2(path, folder / name)
        except OSError as error:
            raise _not_written(folder, error) from error
        return str(_ASIDE / name)

    def _put(self, path: Path, text: str) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path, mode=0o666, to_disk=False, sweeping=False) as file:  # it can be made again
                file.write(text.encode("utf-8", "replace"))
        except OSError as error:
            raise _not_written(path, error) from error

    def _shown(self, path: Path) -> str:
        return str(path.relative_to(self.root))


def open_folder(root: Path, *, renew: bool = False) -> Folder:
    """Look through `root` for labtop's notes. Raises UsageError where it is a file, LabtopError where it is closed.

    Links of the file system are not followed, folders that begin with a dot (.obsidian, .trash, .git) not entered.
    """
    if root.exists() and not root.is_dir():
        raise UsageError(f"{root} is a file.", mend="Name a folder: a vault is many notes.")
    folder = Folder(root, renew)
    for path in _notes(root):
        folder.names.add(folded(path.stem))
        id_ = _id_of(path)
        if id_ is None:
            continue
        if id_ in folder.paths:
            first = folder.paths[id_]
            folder.left.append(
                Left(str(path.relative_to(root)), f"the same note as {first.name}: it was left as it is")
            )
            continue
        folder.paths[id_] = path
    return folder


def _notes(root: Path) -> Iterator[Path]:
    def stop(error: OSError) -> None:
        raise LabtopError(f"{error.filename} cannot be read: {error.strerror}.") from error

    if not root.exists():
        return
    for base, folders, names in os.walk(root, onerror=stop):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        sweep(Path(base), names, suffix=".md")
        yield from (Path(base) / name for name in sorted(names) if name.lower().endswith(".md"))


def _id_of(path: Path) -> str | None:
    try:
        if path.is_symlink() or path.stat().st_size > _LARGEST:
            return None
        return id_in(path.read_bytes().decode("utf-8").replace("\r\n", "\n"))
    except (OSError, UnicodeDecodeError):
        return None


def _not_written(path: Path, error: OSError) -> LabtopError:
    return LabtopError(f"{path} cannot be written: {error.strerror}.", mend="Choose another place, or make room.")
