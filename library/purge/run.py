"""A purge from end to end: database, caches, documents, logs, and the workspace's own backups."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from library.backup.archive import DATABASE, DOCUMENTS, SUFFIX, pack, staging, unpack
from library.backup.make import describe
from library.clock import stamp
from library.db.copies import check_copy
from library.db.journal import note_event
from library.db.store import connect_writer, explaining, in_transaction
from library.errors import LabtopError, UsageError
from library.jobs import Pace, ReportProgress
from library.papers.queries import find_ids
from library.paths import WorkspacePaths
from library.purge.content import Erased, Tombstone, apply_tombstones, bury, erase, people, read_tombstones, scrub
from library.purge.files import clean_logs, remove_documents, remove_drafts, still_there
from library.text import counted, one_line
from library.vectors.faiss_cache import delete as delete_index
from library.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Purged:
    """What was done: papers, rows by table, backups written anew; `left_out`: what could not be, one line each."""

    papers: int
    rows: dict[str, int]
    backups: int
    left_out: tuple[str, ...]


def purge(workspace: Workspace, keys: Sequence[str], reason: str, *, report: ReportProgress | None = None) -> Purged:
    """Remove the content of the papers `keys` for good, and keep them out.

    Raises NotFound for a paper that is not there (then nothing was removed), UsageError for a missing reason, ReadOnly.
    """
    why = one_line(reason)
    if not why:
        raise UsageError("A purge needs a reason, for those who miss the paper later.", mend='Use --reason "…".')
    workspace.refuse_if_read_only()

    def remove(db: sqlite3.Connection) -> tuple[Erased, ...]:
        gone = tuple(erase(db, paper_id) for paper_id in dict.fromkeys(find_ids(db, keys)))
        at = stamp()
        for each in gone:
            removed = json.dumps(each.rows)
            stones = [Tombstone(subject, workspace.person, why, at, removed) for subject in each.subjects[:1]]
            stones += [
                Tombstone(subject, workspace.person, why, at, '{"also known as": 1}') for subject in each.subjects[1:]
            ]
            bury(db, stones)
        summary = f"purged {counted(len(gone), 'paper')}: {why}"
        note_event(db, person=workspace.person, action="purge", summary=summary)
        # Files go before the transaction ends: a process that is killed here leaves a paper that can be purged again.
        remove_documents(workspace.paths.documents, gone)
        remove_drafts(workspace.paths, gone, {workspace.person, *people(db)})
        clean_logs(workspace.paths.logs, tuple(text for each in gone for text in each.texts))
        return gone

    database = workspace.paths.database
    with explaining(database), closing(connect_writer(database)) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        erased = in_transaction(connection, remove)
    return _clean_up(workspace, erased, report)


def finish(workspace: Workspace, *, report: ReportProgress | None = None) -> Purged:
    """Do again what an earlier purge could not: empty the WAL, write backups anew. Nothing more is removed."""
    workspace.refuse_if_read_only()
    return _clean_up(workspace, (), report)


def _clean_up(workspace: Workspace, erased: Sequence[Erased], report: ReportProgress | None) -> Purged:
    paths = workspace.paths
    left_out: list[str] = []
    pace = Pace("purging (steps)", 4, report)
    pace.at(0, note="rewriting the database")
    with explaining(paths.database), closing(connect_writer(paths.database)) as connection:
        problem = scrub(connection)
        if problem:
            left_out.append(f"{paths.database.name}: {problem} and run labtop purge --finish")
        stones = read_tombstones(connection)
    pace.at(1, note="caches")
    delete_index(paths.vectors)  # a cache; made again without the paper when next asked
    texts = tuple(text for each in erased for text in each.texts)
    pace.at(2, note="backups")
    rewritten, problems = _rewrite_backups(paths, stones, workspace.migrations)
    pace.at(3, note="looking for what is left")
    left_out += [*problems, *still_there(paths, texts)]
    pace.at(4, final=True)
    rows: dict[str, int] = {}
    for each in erased:
        for table, count in each.rows.items():
            rows[table] = rows.get(table, 0) + count
    return Purged(len(erased), rows, rewritten, tuple(left_out))


def _rewrite_backups(
    paths: WorkspacePaths, stones: Sequence[Tombstone], migrations: Sequence[str]
) -> tuple[int, list[str]]:
    if not paths.backups.is_dir():
        return 0, []
    rewritten = 0
    left_out = [
        f"{folder}: a database too damaged to be written anew; delete it yourself"
        for folder in sorted(paths.backups.glob("damaged-*"))
    ]
    for path in sorted(paths.backups.glob(f"*{SUFFIX}")):
        try:
            with staging(paths.backups) as folder:
                manifest = unpack(path, folder)
                check_copy(folder / DATABASE, migrations)
                gone = apply_tombstones(folder / DATABASE, stones)
                if not gone:
                    continue
                remove_documents(folder / DOCUMENTS, gone)
                described = describe(folder / DATABASE, name=manifest.name, why=manifest.why, made_at=manifest.made_at)
                pack(folder, path, replace(described, labtop=manifest.labtop))
                rewritten += 1
        except LabtopError as error:
            left_out.append(f"{path}: cannot be written anew ({error.message}); delete it yourself")
    return rewritten, left_out
