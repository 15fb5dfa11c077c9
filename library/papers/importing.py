"""Files into the store: read, fold in, keep what cannot be read, say how many.

Records go in by chunks, each its own transaction, so that other processes get their turn and a process that is
killed leaves whole chunks behind. Folding is idempotent, so running again is all that resuming takes.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from library.clock import stamp
from library.errors import LabtopError, UsageError
from library.jobs import CancelToken, Pace, Progress, ReportProgress
from library.papers.ingest import CHUNK, add_drafts
from library.papers.model import PaperDraft
from library.papers.own import take_own
from library.papers.quarantine import Waiting, keep
from library.sources import BadRecord, Record
from library.sources.formats import FORMATS, detect, reader_of
from library.sources.opening import DAMAGED, Source, open_source
from library.text import tag_label
from library.workspace import Workspace

_PAUSE = 0.003  # seconds between two transactions: longer than another process waits between two tries for the lock


@dataclass(frozen=True, slots=True)
class FileReport:
    """What one file gave. `refused` were purged before and stay out; `problem`: why reading stopped early."""

    file: str
    format: str | None
    records: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    quarantined: int = 0
    resolved: int = 0
    seconds: float = 0.0
    problem: str | None = None

    def plus(self, other: "FileReport") -> "FileReport":
        """Counts added up; the rest is this one's."""
        names = ("records", "added", "changed", "unchanged", "refused", "quarantined", "resolved", "seconds")
        return replace(self, **{name: getattr(self, name) + getattr(other, name) for name in names})


def import_file(
    workspace: Workspace,
    path: str,
    *,
    format_name: str | None = None,
    keywords_as_tags: bool = False,
    own: bool = False,
    stdin: BinaryIO | None = None,
    progress: ReportProgress | None = None,
    cancel: CancelToken | None = None,
) -> FileReport:
    """Bring in one file ("-" is `stdin`). Idempotent; may be cancelled or killed between any two chunks.

    `own`: of JSON lines that labtop wrote also decisions and notes (library.papers.own).
    Raises NotFound (no such file), UsageError (a folder, an unknown format), what the store raises, and Cancelled.
    A file that turns out damaged further on gives a report with `problem`; what stood before the damage is stored.
    """
    start = time.monotonic()
    with open_source(path, stdin) as source:
        name = format_name or detect(source.head, path)
        if name is None and not source.head.strip():
            raise UsageError(f"{source.name} is empty.", mend="Name a file of records.")
        if name is None:
            kinds = "; ".join(what for _, what in FORMATS.values())
            raise UsageError(
                f"{source.name} is in no format that labtop reads ({kinds}).",
                mend=f"If it is one of them after all, name it: --format {'|'.join(FORMATS)}.",
            )
        reader = reader_of(name)
        file = source.name if path == "-" else str(Path(path).absolute())
        pace = _ByBytes(f"importing {Path(source.name).name}", source, progress)
        problem: list[str] = []
        total = store_records(
            workspace,
            _until_damage(reader(source.stream), problem),
            file=file,
            format_name=name,
            keywords_as_tags=keywords_as_tags,
            own=own,
            told=pace.at,
            cancel=cancel,
        )
    return replace(total, seconds=round(time.monotonic() - start, 2), problem=problem[0] if problem else None)


def store_records(
    workspace: Workspace,
    records: Iterator[Record | BadRecord],
    *,
    file: str,
    format_name: str,
    keywords_as_tags: bool = False,
    own: bool = False,
    told: Callable[[int], None] = lambda _: None,
    cancel: CancelToken | None = None,
) -> FileReport:
    """Fold `records` into the store, a chunk a transaction. `told`: called with the number of records stored so far.

    `format_name`: of the raw texts, so that the quarantine can read them again. Raises what the store raises,
    Cancelled.
    """
    total = FileReport(file, format_name)
    writing: Future[FileReport] | None = None
    waiting = workspace.store.read(lambda db: Waiting(db, file)).result()
    for part in _chunks(records):
        if cancel is not None:
            cancel.check()
        if writing is not None:  # one chunk is read while the one before is written
            total = total.plus(writing.result())
            told(total.records)
            time.sleep(_PAUSE)
        writing = workspace.store.write(
            _Part(file, format_name, part, keywords_as_tags, waiting, workspace.person if own else None).store
        )
    return total.plus(writing.result()) if writing is not None else total


@dataclass
class _Part:
    """One chunk of records on its way into the store."""

    file: str
    format: str
    records: list[Record | BadRecord]
    keywords_as_tags: bool
    waiting: Waiting
    own_of: str | None = None  # whose decisions become those that the records bring along

    def store(self, db: sqlite3.Connection) -> FileReport:
        at = stamp()
        drafts = [self._tagged(item.draft) for item in self.records if isinstance(item, Record)]
        done = add_drafts(db, drafts, at=at)
        if self.own_of is not None:
            take_own(db, self.own_of, drafts)
        bad = [item for item in self.records if isinstance(item, BadRecord)]
        return FileReport(
            file=self.file,
            format=self.format,
            records=len(self.records),
            added=len(done.added),
            changed=len(done.changed),
            unchanged=len(done.unchanged),
            refused=len(done.refused),
            quarantined=keep(db, bad, file=self.file, format_name=self.format, at=at),
            resolved=self.waiting.resolve(db, drafts, at),
        )

    def _tagged(self, draft: PaperDraft) -> PaperDraft:
        if not self.keywords_as_tags:
            return draft
        words = draft.extra.get("keywords", ()) if draft.extra else ()
        tags = (tag_label(str(word))[:60] for word in words)
        return replace(draft, tags=tuple(dict.fromkeys([*draft.tags, *(tag for tag in tags if tag)])))


def _until_damage(records: Iterator[Record | BadRecord], problem: list[str]) -> Iterator[Record | BadRecord]:
    """The records up to where the file itself is damaged; why goes to `problem`."""
    try:
        yield from records
    except LabtopError as error:
        problem.append(str(error))
    except DAMAGED as error:
        stored = "What stands before that is stored."
        if "CRC" in str(error):  # gzip tells it only at the end
            stored = "What was read may hold wrong words: import a sound copy of it, which puts them right."
        problem.append(f"The compressed file is damaged or cut off: {error}. {stored}")
    except OSError as error:
        problem.append(f"The file cannot be read on: {error}. What stands before that is stored.")
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        # A reader (or the library beneath it) met something it has no name for: report it, lose nothing read so far.
        problem.append(f"The file cannot be read on ({error!r}). What stands before that is stored.")


def _chunks(records: Iterator[Record | BadRecord]) -> Iterator[list[Record | BadRecord]]:
    """Lists of at most CHUNK records."""
    part: list[Record | BadRecord] = []
    for item in records:
        part.append(item)
        if len(part) == CHUNK:
            yield part
            part = []
    if part:
        yield part


class _ByBytes:
    """Progress in records, with the share of the file's bytes that were read telling how many there will be."""

    def __init__(self, what: str, source: Source, report: ReportProgress | None) -> None:
        self._source = source
        self._report = report
        self._pace = Pace(what, None, self._with_total)

    def at(self, records: int) -> None:
        self._pace.at(records)

    def _with_total(self, progress: Progress) -> None:
        if self._report is None:
            return
        size, read = self._source.size, self._source.position
        expected = round(progress.done * size / read, -2) if size and read else None
        self._report(replace(progress, total=max(int(expected), progress.done) if expected else None))
