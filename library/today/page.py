"""Putting the page together: one read of the database, and a look at the files beside it."""

import shutil
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

from library.backup.archive import SUFFIX
from library.clock import iso
from library.db.journal import next_undo
from library.enrichment.notices import source_notices
from library.jobs import CancelToken
from library.papers.queries import ids_of_day, rows
from library.reading.summary import queue_summary
from library.today.days import days
from library.today.model import Encoding, Notice, Today
from library.today.notices import notices
from library.triage.summary import summary
from library.vectors.model import ModelStatus, model_status
from library.vectors.waiting import model_row, waiting_count
from library.workspace import Workspace

DAYS = 30  # of the day strip
NEWEST = 50  # papers of the newest day that are listed


def today(workspace: Workspace, *, cancel: CancelToken | None = None) -> Today:
    """What is new, why a day is empty, and what needs a look, relative to the workspace's own today.

    A few tens of milliseconds with 100,000 papers; `cancel` interrupts it. Raises what `Store.read` raises.
    """
    model = model_status(workspace.settings)
    return workspace.store.read(lambda db: read_today(db, workspace, model), cancel=cancel).result()


def read_today(db: sqlite3.Connection, workspace: Workspace, model: ModelStatus) -> Today:
    """As `today`, for a caller that is on a reader thread already."""
    now = workspace.clock.today().isoformat()
    papers = int(db.execute("SELECT count(*) FROM paper").fetchone()[0])
    found = days(db, today=now, categories=workspace.settings.arxiv.categories, limit=DAYS)
    newest = next((day.day for day in found if day.papers), None)
    ids = list(ids_of_day(db, newest)[:NEWEST]) if newest else []
    quarantined = int(db.execute("SELECT count(*) FROM quarantine WHERE resolved_at IS NULL").fetchone()[0])
    entry = next_undo(db, workspace.person)
    backup_at = _newest_backup(workspace.paths.backups)
    disk_free = shutil.disk_usage(workspace.paths.home).free
    encoding = _encoding(db, model)
    return Today(
        day=now,
        name=workspace.name,
        demo=workspace.demo,
        papers=papers,
        categories=workspace.settings.arxiv.categories,
        days=found,
        newest=rows(db, ids, workspace.person),
        inbox=summary(db, workspace.person, workspace.clock.today(), workspace.settings.triage),
        reading=queue_summary(db, workspace.person, workspace.clock.today(), workspace.settings.reading.in_progress),
        encoding=encoding,
        quarantined=quarantined,
        backup_at=backup_at,
        disk_free=disk_free,
        notices=(
            *notices(
                workspace,
                papers=papers,
                days=found,
                encoding=encoding,
                quarantined=quarantined,
                backup_at=backup_at,
                disk_free=disk_free,
                written=_last_written(db),
            ),
            *(Notice(*each) for each in source_notices(db, workspace.settings.enrichment)),
        ),
        undo=entry.summary if entry else None,
    )


def _encoding(db: sqlite3.Connection, model: ModelStatus) -> Encoding:
    row = model_row(db, name=model.name, file_hash=model.known_hash)
    missing = waiting_count(db, row[0] if row else None)
    return Encoding(model.name, model.converted is not None, missing, model.problem)


def _newest_backup(folder: Path) -> str | None:
    times = [path.stat().st_mtime for path in folder.glob(f"*{SUFFIX}")]
    return iso(datetime.fromtimestamp(max(times), UTC)) if times else None


def _last_written(db: sqlite3.Connection) -> date | None:
    """The day of the newest thing that a person wrote: what a backup would save."""
    row = db.execute("SELECT max(at) FROM journal WHERE changes != '[]'").fetchone()
    return date.fromisoformat(row[0][:10]) if row[0] else None
