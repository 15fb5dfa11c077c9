"""Drafts into the store: idempotent, versions and cross-lists folded, nothing a person wrote touched.

A record never removes what another knew: empty fields fill up, announcements and categories add up, and text is
replaced only as `library.papers.merging` says. A reference that names the DOI of a stored arXiv paper (or the other
way round) folds onto it where the titles agree.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from library.accents import with_letters
from library.db.store import Store
from library.papers.merging import plain_doi, same_work
from library.papers.model import PaperDraft
from library.papers.rows import insert_papers, merge_into

CHUNK = 500  # drafts a transaction: a few hundred milliseconds, so that other processes get their turn


@dataclass(frozen=True, slots=True)
class Ingested:
    """Row ids by what happened. `refused` are keys that were purged and stay out."""

    added: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    unchanged: tuple[int, ...] = ()
    refused: tuple[str, ...] = ()

    def __add__(self, other: "Ingested") -> "Ingested":
        return Ingested(
            self.added + other.added,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.refused + other.refused,
        )


def subject_hash(key: str) -> str:
    """What a tombstone keeps of a purged key."""
    return hashlib.sha256(key.encode()).hexdigest()


def add_drafts(connection: sqlite3.Connection, drafts: Sequence[PaperDraft], *, at: str) -> Ingested:
    """Upsert `drafts` in the caller's transaction. `at`: UTC ISO time stored as added_at.

    A paper counts once: as added where any of the drafts added it, else as changed where it is not as it was.
    """
    drafts = [_settled(draft) for draft in drafts]
    has_tombstones = connection.execute("SELECT 1 FROM tombstone LIMIT 1").fetchone() is not None
    chunk = _Chunk(connection, at)
    for start in range(0, len(drafts), CHUNK):
        part = drafts[start : start + CHUNK]
        if has_tombstones:
            chunk.refused += [draft.key for draft in part if _is_purged(connection, draft)]
            part = [draft for draft in part if not _is_purged(connection, draft)]
        chunk.take(part)
    restored = chunk.restored()
    changed = [paper_id for paper_id in chunk.changed if paper_id not in chunk.added and paper_id not in restored]
    unchanged = [paper_id for paper_id in dict.fromkeys(chunk.seen) if paper_id not in changed]
    return Ingested(
        tuple(chunk.added),
        tuple(changed),
        tuple(paper_id for paper_id in unchanged if paper_id not in chunk.added),
        tuple(chunk.refused),
    )


def _settled(draft: PaperDraft) -> PaperDraft:
    """The draft as it is stored: letters for TeX's accents, a bare DOI."""
    if draft.doi:
        draft = replace(draft, doi=plain_doi(draft.doi))
    if draft.kind != "document" and ("\\" in draft.title or "\\" in draft.abstract):
        draft = replace(draft, title=with_letters(draft.title), abstract=with_letters(draft.abstract))
    return draft


def store_drafts(store: Store, drafts: Sequence[PaperDraft], *, at: str) -> Ingested:
    """`add_drafts` in transactions of CHUNK drafts each, so that other processes get their turn."""
    done = Ingested()
    for start in range(0, len(drafts), CHUNK):
        part = drafts[start : start + CHUNK]
        done += store.write(partial(add_drafts, drafts=part, at=at)).result()
    return done


@dataclass
class _Chunk:
    """New papers wait in `fresh` and go in together; a further record of one of them first writes what waits."""

    connection: sqlite3.Connection
    at: str
    added: dict[int, None] = field(default_factory=dict)
    changed: dict[int, None] = field(default_factory=dict)
    seen: list[int] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    before: dict[int, tuple[Any, ...]] = field(default_factory=dict)  # rows that drafts changed, as they were
    grown: set[int] = field(default_factory=set)  # papers that got a version, an announcement, a tag …
    fresh: dict[str, PaperDraft] = field(default_factory=dict)
    fresh_dois: set[str] = field(default_factory=set)
    taken_off: set[tuple[int, str]] | None = None  # read when first needed

    def take(self, drafts: Sequence[PaperDraft]) -> None:
        by_key, by_doi = _stored_rows(self.connection, drafts)
        for draft in drafts:
            if draft.key in self.fresh or (draft.doi and draft.doi in self.fresh_dois):
                self._write_fresh()
                by_key, by_doi = _stored_rows(self.connection, drafts)
            row = by_key.get(draft.key)
            if row is not None and draft.key.startswith("doi:") and not same_work(row["title"], draft.title):
                draft = replace(draft, key=other_work_key(draft))
                row = by_key.get(draft.key)
                if draft.key in self.fresh:
                    self._write_fresh()
                    row = _row(self.connection, draft.key)
            elif row is None and draft.doi:
                row = _same_by_doi(self.connection, by_doi.get(draft.doi, ()), draft)
            if row is None:
                self.fresh[draft.key] = draft
                if draft.doi:
                    self.fresh_dois.add(draft.doi)
                continue
            rekeyed = draft.kind == "arxiv" and row["key"] != draft.key
            if rekeyed:
                self._rekey(row, draft)
            if draft.tags:
                draft = self._without_taken_off(row["id"], draft)
            other, more = merge_into(self.connection, row, draft, self.at)
            if other or more or rekeyed:
                self.changed[row["id"]] = None
                self.before.setdefault(row["id"], tuple(row))
                if more or rekeyed:
                    self.grown.add(row["id"])
                _renew(self.connection, row, by_key, by_doi)
            self.seen.append(row["id"])
        self._write_fresh()

    def restored(self) -> set[int]:
        """Papers that several drafts changed to and fro, and that now are as they were."""
        if len(self.seen) == len(set(self.seen)):
            return set()
        wanted = [paper_id for paper_id in self.changed if paper_id not in self.grown]
        rows = (self.connection.execute("SELECT * FROM paper WHERE id = ?", (one,)).fetchone() for one in wanted)
        return {row["id"] for row in rows if tuple(row) == self.before[row["id"]]}

    def _rekey(self, row: sqlite3.Row, draft: PaperDraft) -> None:
        """A reference turned out to be an arXiv paper: it keeps its row, and all that people hung on it."""
        self.connection.execute("UPDATE paper SET key = ?, kind = 'arxiv' WHERE id = ?", (draft.key, row["id"]))

    def _without_taken_off(self, paper_id: int, draft: PaperDraft) -> PaperDraft:
        if self.taken_off is None:
            self.taken_off = _taken_off(self.connection)
        return replace(draft, tags=tuple(tag for tag in draft.tags if (paper_id, tag) not in self.taken_off))

    def _write_fresh(self) -> None:
        if self.fresh:
            self.added.update(dict.fromkeys(insert_papers(self.connection, list(self.fresh.values()), self.at)))
            self.fresh.clear()
            self.fresh_dois.clear()


def other_work_key(draft: PaperDraft) -> str:
    """The key of a work that shares its DOI with another one, as chapters share their book's."""
    words = " ".join(draft.title.casefold().split())
    return f"{draft.key}#{hashlib.sha256(words.encode()).hexdigest()[:8]}"


def _same_by_doi(connection: sqlite3.Connection, rows: Iterable[sqlite3.Row], draft: PaperDraft) -> sqlite3.Row | None:
    """The one stored paper that is this draft under another key: a reference and the arXiv paper it names."""
    kinds = {"arxiv", "reference"}
    found = [
        row
        for row in rows
        if {row["kind"], draft.kind} == kinds
        and (row["key"].startswith("doi:") or draft.key.startswith("doi:"))
        and any(same_work(title, draft.title) for title in _titles(connection, row))
    ]
    return found[0] if len(found) == 1 else None


def _titles(connection: sqlite3.Connection, row: sqlite3.Row) -> Iterator[str]:
    """What the paper is called, and was called in earlier versions: a reference may still name it so."""
    yield row["title"]
    earlier = "SELECT title FROM paper_version WHERE paper_id = ? AND title IS NOT NULL"
    for version in connection.execute(earlier, (row["id"],)).fetchall():
        yield version["title"]


def _stored_rows(
    connection: sqlite3.Connection, drafts: Sequence[PaperDraft]
) -> tuple[dict[str, sqlite3.Row], dict[str, list[sqlite3.Row]]]:
    keys = [draft.key for draft in drafts]
    keys += [other_work_key(draft) for draft in drafts if draft.key.startswith("doi:")]
    by_key = {row["key"]: row for row in _select(connection, "key", keys)}
    by_doi: dict[str, list[sqlite3.Row]] = {}
    for row in _select(connection, "doi", [draft.doi for draft in drafts if draft.doi and draft.key not in by_key]):
        by_doi.setdefault(row["doi"], []).append(row)
    return by_key, by_doi


def _renew(
    connection: sqlite3.Connection,
    row: sqlite3.Row,
    by_key: dict[str, sqlite3.Row],
    by_doi: dict[str, list[sqlite3.Row]],
) -> None:
    """Look again at a row that was changed: the next draft must not be weighed against how it was before."""
    renewed = connection.execute("SELECT * FROM paper WHERE id = ?", (row["id"],)).fetchone()
    by_key.pop(row["key"], None)
    by_key[renewed["key"]] = renewed
    for doi in {row["doi"], renewed["doi"]} - {None}:
        by_doi[doi] = [other for other in by_doi.get(doi, ()) if other["id"] != row["id"]]
    if renewed["doi"]:
        by_doi[renewed["doi"]].append(renewed)


def _select(connection: sqlite3.Connection, column: str, values: Sequence[str]) -> Iterator[sqlite3.Row]:
    for start in range(0, len(values), CHUNK):
        part = values[start : start + CHUNK]
        yield from connection.execute(f"SELECT * FROM paper WHERE {column} IN ({','.join('?' * len(part))})", part)


def _row(connection: sqlite3.Connection, key: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute("SELECT * FROM paper WHERE key = ?", (key,)).fetchone()
    return row


def _is_purged(connection: sqlite3.Connection, draft: PaperDraft) -> bool:
    keys = [draft.key, *([f"doi:{draft.doi}"] if draft.doi else [])]
    if draft.key.startswith("doi:"):
        keys.append(other_work_key(draft))
    marks = ",".join("?" * len(keys))
    found = connection.execute(
        f"SELECT 1 FROM tombstone WHERE subject IN ({marks})", [subject_hash(key) for key in keys]
    )
    return found.fetchone() is not None


def _taken_off(connection: sqlite3.Connection) -> set[tuple[int, str]]:
    """(paper id, tag) of the tags that somebody took off: an import does not put them on again."""
    found = connection.execute(
        "SELECT json_extract(change.value, '$[1].paper_id'), json_extract(change.value, '$[1].tag')"
        " FROM journal, json_each(journal.changes) AS change WHERE journal.action = 'paper.untag'"
    )
    return {(row[0], row[1]) for row in found.fetchall()}
