"""An export, written: into a file that is there whole or not at all, or piece by piece to whoever takes it."""

import errno
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from library.atomic import replacing
from library.errors import LabtopError, UsageError
from library.exporting.choosing import Chosen
from library.exporting.formats import format_of
from library.exporting.model import About, Item
from library.exporting.reading import items
from library.jobs import CancelToken, ReportProgress
from library.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Exported:
    """How many papers were written, in which format, where to (None: handed on), of a sample workspace or not."""

    papers: int
    format: str
    file: str | None
    demo: bool


def export(
    workspace: Workspace,
    chosen: Chosen,
    format_name: str,
    to: Path | Callable[[str], object],
    *,
    own: bool = False,
    progress: ReportProgress | None = None,
    cancel: CancelToken | None = None,
) -> Exported:
    """Write `chosen` papers to the file `to`, or hand the text to it piece by piece.

    `own`: JSON lines take decisions and notes along. A file that is there is replaced in one step at the end; whatever
    fails before leaves it untouched. Raises UsageError (unknown format, a folder), LabtopError (it cannot be written),
    Cancelled.
    """
    kind = format_of(format_name)
    if own and not kind.whole:
        raise UsageError("Decisions and notes go along in JSON lines only.", mend="Add --format jsonl.")
    count = [0]
    read = items(workspace, chosen.ids, facts=chosen.facts, whole=kind.whole, own=own, progress=progress, cancel=cancel)
    about = About(chosen.title, workspace.demo, chosen.columns)
    texts = kind.write(_counted(read, count), about)
    if not isinstance(to, Path):
        for text in texts:
            to(text)
        return Exported(count[0], kind.name, None, workspace.demo)
    if to.is_dir():
        raise UsageError(f"{to} is a folder.", mend=f"Name a file in it, such as {to / ('papers' + kind.suffix)}.")
    try:
        with _opened(to) as file:
            for text in texts:
                file.write(text.encode("utf-8", "replace"))
    except OSError as error:
        raise _not_written(to, error) from error
    return Exported(count[0], kind.name, str(to.absolute()), workspace.demo)


def _opened(path: Path) -> AbstractContextManager[BinaryIO]:
    """A file that takes its place at the end; a device or a pipe is written to as it is, and a link is followed."""
    if path.exists() and not path.is_file():
        return path.open("wb")
    return replacing(path.resolve(), mode=0o666)  # as private as the user's other files


def _counted(found: Iterator[Item], count: list[int]) -> Iterator[Item]:
    for item in found:
        count[0] += 1
        yield item


def _not_written(path: Path, error: OSError) -> LabtopError:
    if error.errno == errno.ENOSPC:
        return LabtopError(f"The disk is full: {path} was not written.", mend="Make room, or choose another place.")
    return LabtopError(f"{path} cannot be written: {error.strerror}.", mend="Choose another place.")
