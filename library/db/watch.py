"""What others changed: a cheap picture of the database, taken when its data version moved, and compared."""

import sqlite3
from dataclasses import dataclass

from library.db.changes import Change
from library.db.store import data_version


@dataclass(frozen=True, slots=True)
class Picture:
    """The newest row of each subject, and how many papers there are."""

    version: int
    papers: tuple[int, int]
    journal: int
    vectors: int
    ledger: str
    quarantine: int
    ranking: int


def picture(db: sqlite3.Connection, before: Picture | None = None) -> Picture:
    """Look at the database; `before` itself where nothing was committed since. Call it through `Store.watch`."""
    version = data_version(db)
    if before is not None and version == before.version:
        return before
    row = db.execute(
        "SELECT (SELECT coalesce(max(id), 0) FROM paper), (SELECT count(*) FROM paper),"
        " (SELECT coalesce(max(id), 0) FROM journal), (SELECT coalesce(max(id), 0) FROM embedding),"
        " (SELECT coalesce(max(checked_at), '') FROM sync_ledger), (SELECT coalesce(max(id), 0) FROM quarantine),"
        " (SELECT coalesce(max(id), 0) FROM ranking)"
    ).fetchone()
    return Picture(version, (row[0], row[1]), row[2], row[3], row[4], row[5], row[6])


def differences(before: Picture, after: Picture) -> tuple[Change, ...]:
    """What to look at again. A commit that shows in none of the counts may have changed any paper."""
    if before.version == after.version:
        return ()
    found = []
    if before.papers != after.papers:
        found.append(Change("papers", summary="papers came or went"))
    if before.vectors != after.vectors:
        found.append(Change("vectors"))
    if before.ledger != after.ledger:
        found.append(Change("sync"))
    if before.quarantine != after.quarantine:
        found.append(Change("quarantine"))
    if before.ranking != after.ranking:
        found.append(Change("ranking"))
    if before.journal != after.journal or not found:
        found.append(Change("rows"))
    return tuple(found)
