"""Records that could not be read: kept word for word, listed, mended and tried again."""

import hashlib
import io
import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder, record
from library.errors import NotFound
from library.papers.identity import arxiv_id
from library.papers.ingest import add_drafts
from library.papers.model import PaperDraft
from library.sources import BadRecord, Record
from library.sources.formats import reader_of
from library.text import clean, counted, one_line

_HINTS = {
    "jsonl": re.compile(r'"(?:id|DOI|doi)"\s*:\s*"([^"]+)"'),
    "json": re.compile(r'"(?:id|DOI|doi|citationKey)"\s*:\s*"([^"]+)"'),
    "bibtex": re.compile(r"@\s*\w+\s*[{(]\s*([^\s,=]+)\s*,"),
    "ris": re.compile(r"^(?:TI|T1)  - (.+)$", re.MULTILINE),
}
_MOST = 10_000  # open rows that an import looks at to see whether one of them came in right


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A record in quarantine. `line` counts from 1 in `file`; `resolved_at` where it came in right since."""

    id: int
    file: str
    line: int | None
    format: str
    reason: str
    raw: str
    first_seen: str
    last_seen: str
    resolved_at: str | None


@dataclass(frozen=True, slots=True)
class Retried:
    """What became of one record: the papers it gave, or why it still cannot be read."""

    id: int
    paper_ids: tuple[int, ...]
    reason: str = ""


def keep(db: sqlite3.Connection, records: Iterable[BadRecord], *, file: str, format_name: str, at: str) -> int:
    """Store bad records; one that is known already is only marked as seen again. Returns how many were given."""
    rows = [
        (
            *(file, item.line, format_name, one_line(item.reason), clean(item.raw)),
            *(_hash(format_name, item.raw or f"\0{file}\0{item.reason}"), at, at),  # no text: told by where and why
        )
        for item in records
    ]
    db.executemany(
        "INSERT INTO quarantine (file, line, format, reason, raw, record_hash, first_seen, last_seen)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (record_hash) DO UPDATE SET"
        " last_seen = excluded.last_seen, reason = excluded.reason, file = excluded.file, line = excluded.line",
        rows,
    )
    return len(rows)


def listed(db: sqlite3.Connection, *, resolved: bool = False, limit: int = 1_000) -> tuple[Quarantined, ...]:
    """What is in quarantine, by file and line; with `resolved` also what came in right since."""
    rows = db.execute(
        "SELECT id, file, line, format, reason, raw, first_seen, last_seen, resolved_at FROM quarantine"
        " WHERE ?1 OR resolved_at IS NULL ORDER BY resolved_at IS NOT NULL, file, line, id LIMIT ?2",
        (resolved, limit),
    )
    return tuple(Quarantined(*row) for row in rows)


def count(db: sqlite3.Connection, *, resolved: bool = False) -> int:
    """How many records `listed` would give without a limit."""
    return int(db.execute("SELECT count(*) FROM quarantine WHERE ? OR resolved_at IS NULL", (resolved,)).fetchone()[0])


def one(db: sqlite3.Connection, record_id: int) -> Quarantined:
    """One record. Raises NotFound."""
    row = db.execute(
        "SELECT id, file, line, format, reason, raw, first_seen, last_seen, resolved_at FROM quarantine WHERE id = ?",
        (record_id,),
    ).fetchone()
    if row is None:
        raise NotFound(f"There is no record {record_id} in quarantine.", mend="See labtop quarantine list.")
    return Quarantined(*row)


def retry(db: sqlite3.Connection, person: str, record_id: int, mended: str | None = None) -> Retried:
    """Read a record again, as stored or as `mended`; what cannot be read yet keeps the mended text. Raises NotFound."""
    kept = one(db, record_id)
    raw = kept.raw if mended is None else mended
    drafts, reason = _read_again(kept.format, raw)
    if not drafts and kept.format == "jsonl":  # an editor may have laid the object out over several lines
        drafts = _read_again("json", raw)[0]
    if drafts:
        done = add_drafts(db, drafts, at=stamp())
        if done.refused:
            return Retried(record_id, (), "it was purged from this workspace, and stays out")
        db.execute("UPDATE quarantine SET resolved_at = ? WHERE id = ?", (stamp(), record_id))
        return Retried(record_id, (*done.added, *done.changed, *done.unchanged))
    values = {"reason": one_line(reason), "resolved_at": None}
    if mended is not None and mended != kept.raw:
        values |= {"raw": clean(mended), "record_hash": _unused_hash(db, kept, mended)}
    summary = f"edited record {record_id} in quarantine"
    record(
        db,
        person=person,
        action="quarantine.edit",
        summary=summary,
        write=lambda recorder: recorder.put("quarantine", {"id": record_id}, values),
    )
    return Retried(record_id, (), one_line(reason))


def _read_again(format_name: str, raw: str) -> tuple[list[PaperDraft], str]:
    """All drafts in `raw`; none, and why, where a part of it cannot be read."""
    drafts: list[PaperDraft] = []
    for item in reader_of(format_name)(io.BytesIO(raw.encode())):
        if not isinstance(item, Record):
            return [], item.reason
        drafts.append(item.draft)
    return drafts, "nothing in it"


def drop(db: sqlite3.Connection, person: str, ids: Sequence[int]) -> Change:
    """Take records out of quarantine for good (undo brings them back). Raises NotFound."""
    for record_id in ids:
        one(db, record_id)

    def write(recorder: Recorder) -> int:
        return sum(recorder.delete("quarantine", {"id": record_id}) for record_id in ids)

    summary = f"dropped {counted(len(ids), 'record')} from quarantine"
    _, journal_id = record(db, person=person, action="quarantine.drop", summary=summary, write=write)
    return Change("quarantine", (), journal_id, summary)


class Waiting:
    """The open rows of the quarantine, so that an import sees when one of them comes in right."""

    def __init__(self, db: sqlite3.Connection, file: str) -> None:
        self._by_mark: dict[str, list[int]] = {}
        rows = db.execute(
            "SELECT id, file, format, raw FROM quarantine WHERE resolved_at IS NULL ORDER BY id DESC LIMIT ?", (_MOST,)
        )
        for row in rows:
            mark = _mark(row["format"], row["raw"])
            # A citation key means the same paper only within its own file; ids and titles mean it everywhere.
            if mark and (row["format"] != "bibtex" or row["file"] == file):
                self._by_mark.setdefault(mark, []).append(row["id"])

    def resolve(self, db: sqlite3.Connection, drafts: Iterable[PaperDraft], at: str) -> int:
        """Mark the rows that these drafts are as resolved; returns how many."""
        if not self._by_mark:
            return 0
        marks = {mark for draft in drafts for mark in _marks_of(draft) if mark in self._by_mark}
        ids = [row_id for mark in marks for row_id in self._by_mark.pop(mark)]
        db.executemany("UPDATE quarantine SET resolved_at = ? WHERE id = ?", [(at, row_id) for row_id in ids])
        return len(ids)


def _mark(format_name: str, raw: str) -> str | None:
    """What a damaged record can be known by: its id, key or title."""
    pattern = _HINTS.get(format_name)
    match = pattern.search(raw[:20_000]) if pattern else None
    if match is None:
        return None
    identifier = arxiv_id(match[1])
    return identifier.base if identifier else one_line(match[1]).casefold()


def _marks_of(draft: PaperDraft) -> tuple[str, ...]:
    entry = draft.extra.get("entry") if draft.extra else None
    cited = str(entry.get("key", "")).casefold() if isinstance(entry, dict) else ""
    return (draft.key, draft.key.partition(":")[2], draft.title.casefold(), cited)


def _hash(format_name: str, raw: str) -> str:
    return hashlib.sha256(f"{format_name}\0{raw}".encode("utf-8", "replace")).hexdigest()


def _unused_hash(db: sqlite3.Connection, kept: Quarantined, raw: str) -> str:
    own = _hash(kept.format, raw)
    taken = db.execute("SELECT 1 FROM quarantine WHERE record_hash = ? AND id != ?", (own, kept.id)).fetchone()
    return f"{own}-{kept.id}" if taken else own
