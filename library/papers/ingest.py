"""Drafts into the store: idempotent, versions and cross-lists folded, nothing a person wrote touched.

A record never removes what another knew: empty fields fill up, announcements and categories add up, and text is
replaced only by that of the same or a later version.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from library.papers.identity import arxiv_id, arxiv_month
from library.papers.model import Author, PaperDraft, encoded_text, text_hash

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


_FILL = ("first_listed", "submitted_at", "doi", "journal_ref", "comment", "license", "url")
_TEXT = ("title", "abstract", "text_kind")


def subject_hash(key: str) -> str:
    """What a tombstone keeps of a purged key."""
    return hashlib.sha256(key.encode()).hexdigest()


def add_drafts(connection: sqlite3.Connection, drafts: Sequence[PaperDraft], *, at: str) -> Ingested:
    """Upsert `drafts` in the caller's transaction. `at`: UTC ISO time stored as added_at."""
    done = Ingested()
    has_tombstones = connection.execute("SELECT 1 FROM tombstone LIMIT 1").fetchone() is not None
    for draft in drafts:
        if has_tombstones and _is_purged(connection, draft.key):
            done += Ingested(refused=(draft.key,))
            continue
        row = connection.execute("SELECT * FROM paper WHERE key = ?", (draft.key,)).fetchone()
        if row is None:
            done += Ingested(added=(_insert(connection, draft, at),))
        else:
            changed = _merge(connection, row, draft, at)
            done += Ingested(changed=(row["id"],)) if changed else Ingested(unchanged=(row["id"],))
    return done


def _is_purged(connection: sqlite3.Connection, key: str) -> bool:
    found = connection.execute("SELECT 1 FROM tombstone WHERE subject = ?", (subject_hash(key),)).fetchone()
    return found is not None


def _insert(connection: sqlite3.Connection, draft: PaperDraft, at: str) -> int:
    values: dict[str, Any] = {
        "key": draft.key,
        "kind": draft.kind,
        "title": draft.title,
        "authors": author_line(draft.authors),
        "categories": " ".join(draft.categories),
        "version": draft.version,
        "first_listed": draft.first_listed,
        "submitted_at": draft.submitted_at,
        "updated_at": draft.updated_at,
        "doi": draft.doi,
        "journal_ref": draft.journal_ref,
        "comment": draft.comment,
        "license": draft.license,
        "url": draft.url,
        "source": draft.source,
        "added_at": at,
        "authors_truncated": int(draft.authors_truncated),
        "categories_complete": int(draft.categories_complete),
        "withdrawn": int(is_withdrawn(draft.comment)),
        "text_kind": draft.text_kind if draft.abstract else "none",
        "text_hash": text_hash(encoded_text(draft.title, draft.abstract)),
        "extra": json.dumps(dict(draft.extra), ensure_ascii=False, sort_keys=True) if draft.extra else None,
        "abstract": draft.abstract,
        "body": draft.body,
    }
    values["day"] = sort_day(values, draft.published, at)
    values["year"] = sort_year(values, draft.published)
    columns = ", ".join(values)
    marks = ", ".join("?" * len(values))
    cursor = connection.execute(f"INSERT INTO paper ({columns}) VALUES ({marks})", tuple(values.values()))
    paper_id = int(cursor.lastrowid or 0)
    _write_authors(connection, paper_id, draft.authors)
    _write_categories(connection, paper_id, draft.categories)
    _write_lists(connection, paper_id, draft, at)
    return paper_id


def _merge(connection: sqlite3.Connection, row: sqlite3.Row, draft: PaperDraft, at: str) -> bool:
    """Fold `draft` into the stored `row`; True where anything changed."""
    paper_id = row["id"]
    before = connection.total_changes
    new = _merged_columns(row, draft)
    if new:
        assignments = ", ".join(f"{name} = ?" for name in new)
        connection.execute(f"UPDATE paper SET {assignments} WHERE id = ?", (*new.values(), paper_id))
    if "authors" in new:
        connection.execute("DELETE FROM paper_author WHERE paper_id = ?", (paper_id,))
        _write_authors(connection, paper_id, draft.authors)
    if "categories" in new:
        connection.execute("DELETE FROM paper_category WHERE paper_id = ?", (paper_id,))
        _write_categories(connection, paper_id, new["categories"].split())
    if "text_hash" in new and row["version"] and row["text_kind"] == "abstract" and draft.version != row["version"]:
        _keep_old_text(connection, row)
    _write_lists(connection, paper_id, draft, at)
    return connection.total_changes > before


def _merged_columns(row: sqlite3.Row, draft: PaperDraft) -> dict[str, Any]:
    new: dict[str, Any] = {}
    stored, incoming = row["version"] or 0, draft.version or 0
    # A source that does not know the version (a listing, an OAI record) is believed on text when its dates say later.
    if draft.version is None:
        is_newer = bool(draft.updated_at and draft.updated_at > (row["updated_at"] or ""))
        may_replace = is_newer
    else:
        may_replace, is_newer = incoming >= stored, incoming > stored
    for name in _FILL:
        value = getattr(draft, name)
        if value and (not row[name] or (is_newer and name in ("doi", "journal_ref", "comment", "license", "url"))):
            new[name] = value
    if draft.first_listed and row["first_listed"] and draft.first_listed < row["first_listed"]:
        new["first_listed"] = draft.first_listed
    if draft.updated_at and draft.updated_at > (row["updated_at"] or ""):
        new["updated_at"] = draft.updated_at
    if incoming > stored:
        new["version"] = draft.version
    if draft.title and (may_replace or not row["title"]):
        new["title"] = draft.title
    if draft.abstract and (may_replace or not row["abstract"]) and row["text_kind"] != "summary":
        new["abstract"], new["text_kind"] = draft.abstract, draft.text_kind
    if draft.body and draft.body != row["body"]:
        new["body"] = draft.body
    _merge_authors(row, draft, new, may_replace=may_replace)
    _merge_categories(row, draft, new)
    new = {name: value for name, value in new.items() if value != row[name]}
    if "comment" in new and is_withdrawn(new["comment"]) != bool(row["withdrawn"]):
        new["withdrawn"] = int(is_withdrawn(new["comment"]))
    if new.keys() & {"title", "abstract"}:
        text = encoded_text(new.get("title", row["title"]), new.get("abstract", row["abstract"]))
        new["text_hash"] = text_hash(text)
    if new.keys() & {"first_listed", "submitted_at"}:
        merged = {**dict(row), **new}
        new["day"] = sort_day(merged, draft.published, row["added_at"])
        new["year"] = sort_year(merged, draft.published)
        new = {name: value for name, value in new.items() if value != row[name]}
    return new


def _merge_authors(row: sqlite3.Row, draft: PaperDraft, new: dict[str, Any], *, may_replace: bool) -> None:
    if not draft.authors or (draft.authors_truncated and row["authors"]):
        return
    line = author_line(draft.authors)
    if line != row["authors"] and (may_replace or not row["authors"] or row["authors_truncated"]):
        new["authors"], new["authors_truncated"] = line, int(draft.authors_truncated)


def _merge_categories(row: sqlite3.Row, draft: PaperDraft, new: dict[str, Any]) -> None:
    stored = row["categories"].split()
    if not draft.categories:
        return
    if draft.categories_complete:
        if not row["categories_complete"] or not set(stored) <= set(draft.categories) or not stored:
            merged = (*draft.categories, *(c for c in stored if c not in draft.categories))
            new["categories"], new["categories_complete"] = " ".join(merged), 1
        elif set(draft.categories) > set(stored):
            new["categories"] = " ".join(draft.categories)
    else:
        extra = [category for category in draft.categories if category not in stored]
        if extra:
            new["categories"] = " ".join([*stored, *extra])


def _keep_old_text(connection: sqlite3.Connection, row: sqlite3.Row) -> None:
    connection.execute(
        "INSERT INTO paper_version (paper_id, version, submitted_at, title, abstract, text_hash) "
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (paper_id, version) DO UPDATE SET "
        "title = excluded.title, abstract = excluded.abstract, text_hash = excluded.text_hash",
        (row["id"], row["version"], row["updated_at"], row["title"], row["abstract"], row["text_hash"]),
    )


def _write_authors(connection: sqlite3.Connection, paper_id: int, authors: Iterable[Author]) -> None:
    for position, author in enumerate(authors):
        key = (author.family, author.given, author.name)
        found = connection.execute("SELECT id FROM author WHERE family = ? AND given = ? AND name = ?", key).fetchone()
        author_id = (
            found[0]
            if found
            else connection.execute("INSERT INTO author (family, given, name) VALUES (?, ?, ?)", key).lastrowid
        )
        connection.execute("INSERT INTO paper_author VALUES (?, ?, ?)", (paper_id, position, author_id))


def _write_categories(connection: sqlite3.Connection, paper_id: int, categories: Iterable[str]) -> None:
    connection.executemany(
        "INSERT OR IGNORE INTO paper_category (category, paper_id, position) VALUES (?, ?, ?)",
        [(category, paper_id, position) for position, category in enumerate(categories)],
    )


def _write_lists(connection: sqlite3.Connection, paper_id: int, draft: PaperDraft, at: str) -> None:
    connection.executemany(
        "INSERT INTO announcement (paper_id, category, type, day) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [(paper_id, item.category, item.type, item.day) for item in draft.announcements],
    )
    connection.executemany(
        "INSERT INTO paper_version (paper_id, version, submitted_at) VALUES (?, ?, ?) "
        "ON CONFLICT (paper_id, version) DO UPDATE SET submitted_at = excluded.submitted_at "
        "WHERE paper_version.submitted_at IS NOT excluded.submitted_at AND excluded.submitted_at IS NOT NULL",
        [(paper_id, version.number, version.submitted_at) for version in draft.versions],
    )
    connection.executemany(
        "INSERT INTO tag (paper_id, tag, added_by, added_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [(paper_id, tag, f"import:{draft.source}", at) for tag in draft.tags],
    )


def author_line(authors: Iterable[Author]) -> str:
    """ "Ada Lovelace, Alan Turing": what lists show and search reads."""
    return ", ".join(author.name for author in authors)


def is_withdrawn(comment: str | None) -> bool:
    """arXiv says it only in the comment: "This paper has been withdrawn by the author"."""
    return bool(comment) and "withdrawn" in str(comment).lower()


def sort_day(values: dict[str, Any], published: str | None, at: str) -> str:
    """Announced, else submitted, else published, else the id's month, else the day it was added."""
    for candidate in (values["first_listed"], values["submitted_at"], published):
        if candidate:
            return f"{candidate}-01-01"[:10] if len(str(candidate)) == 4 else f"{candidate}-01"[:10]
    if values["kind"] == "arxiv" and arxiv_id(values["key"]):
        return f"{arxiv_month(values['key'])}-01"
    return at[:10]


def sort_year(values: dict[str, Any], published: str | None) -> int | None:
    """The year of publication, else of submission, else of the id; None where none is known."""
    for candidate in (published, values["submitted_at"], values["first_listed"]):
        if candidate and str(candidate)[:4].isdigit():
            return int(str(candidate)[:4])
    if values["kind"] == "arxiv" and arxiv_id(values["key"]):
        return int(arxiv_month(values["key"])[:4])
    return None
