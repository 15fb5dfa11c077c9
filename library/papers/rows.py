"""A paper's rows in SQLite, written: new papers at once, and drafts folded into a stored one.

All of it runs in the caller's transaction. Which paper a draft is, `library.papers.ingest` decides; what is believed of
it, `library.papers.merging`.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from library.papers.merging import (
    as_json,
    author_line,
    is_withdrawn,
    merged_columns,
    sort_day,
    sort_year,
    standing,
)
from library.papers.model import PaperDraft, encoded_text, text_hash

_COLUMNS = (
    *("id", "key", "kind", "day", "year", "title", "authors", "categories", "version", "first_listed"),
    *("submitted_at", "updated_at", "doi", "journal_ref", "comment", "license", "url", "source", "added_at"),
    *("authors_truncated", "categories_complete", "withdrawn", "text_kind", "text_hash", "extra", "abstract", "body"),
)


def insert_papers(connection: sqlite3.Connection, drafts: Sequence[PaperDraft], at: str) -> list[int]:
    """New papers, all at once. The transaction is IMMEDIATE, so that nobody else can take these ids."""
    first = int(connection.execute("SELECT coalesce(max(id), 0) + 1 FROM paper").fetchone()[0])
    ids = list(range(first, first + len(drafts)))
    connection.executemany(
        f"INSERT INTO paper ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})",
        [_values(paper_id, draft, at) for paper_id, draft in zip(ids, drafts, strict=True)],
    )
    new = list(zip(ids, drafts, strict=True))
    _write_authors(connection, new)
    _write_categories(connection, [(paper_id, draft.categories) for paper_id, draft in new])
    _write_lists(connection, new, at)
    return ids


def _values(paper_id: int, draft: PaperDraft, at: str) -> tuple[Any, ...]:
    values: dict[str, Any] = {
        "id": paper_id,
        "authors": author_line(draft.authors),
        "categories": " ".join(draft.categories),
        "added_at": draft.added_at or at,
        "authors_truncated": int(draft.authors_truncated),
        "categories_complete": int(draft.categories_complete),
        "withdrawn": int(is_withdrawn(draft.comment)),
        "text_kind": draft.text_kind if draft.abstract else "none",
        "text_hash": text_hash(encoded_text(draft.title, draft.abstract)),
        "extra": as_json(draft.extra),
    }
    for name in _COLUMNS:
        if name not in values and name not in ("day", "year"):
            values[name] = getattr(draft, name)
    values["day"] = sort_day(values, draft.published, values["added_at"])
    values["year"] = sort_year(values, draft.published)
    return tuple(values[name] for name in _COLUMNS)


def merge_into(connection: sqlite3.Connection, row: sqlite3.Row, draft: PaperDraft, at: str) -> tuple[bool, bool]:
    """Fold `draft` into the stored `row`; whether the row changed, and whether anything was added to it."""
    paper_id = row["id"]
    new = merged_columns(dict(row), draft)
    if new:
        assignments = ", ".join(f"{name} = ?" for name in new)
        connection.execute(f"UPDATE paper SET {assignments} WHERE id = ?", (*new.values(), paper_id))
    if (names := _knows_more_family_names(connection, row, draft)) or "authors" in new:
        connection.execute("DELETE FROM paper_author WHERE paper_id = ?", (paper_id,))
        _write_authors(connection, [(paper_id, draft)])
    if "categories" in new:
        connection.execute("DELETE FROM paper_category WHERE paper_id = ?", (paper_id,))
        _write_categories(connection, [(paper_id, new["categories"].split())])
    before = connection.total_changes
    if "text_hash" in new and row["version"] and row["text_kind"] == "abstract" and draft.version != row["version"]:
        stored = (row["version"], row["updated_at"], row["title"], row["abstract"], row["text_hash"])
        _keep_text(connection, paper_id, stored)
    elif _is_older_version(row, draft):
        own_hash = text_hash(encoded_text(draft.title, draft.abstract))
        stored = (draft.version, draft.updated_at, draft.title, draft.abstract, own_hash)
        _keep_text(connection, paper_id, stored)
    _write_lists(connection, [(paper_id, draft)], at)
    return bool(new), names or connection.total_changes > before


def _is_older_version(row: sqlite3.Row, draft: PaperDraft) -> bool:
    if not draft.version or not draft.abstract or draft.text_kind != "abstract" or draft.version == row["version"]:
        return False
    return standing(dict(row), draft) == "earlier"


def _knows_more_family_names(connection: sqlite3.Connection, row: sqlite3.Row, draft: PaperDraft) -> bool:
    """Whether the same names come with more of them split: some sources print them only."""
    named = sum(bool(author.family) for author in draft.authors)
    if not named or row["authors"] != author_line(draft.authors):
        return False
    stored = connection.execute(
        "SELECT count(*) FROM paper_author JOIN author ON author.id = author_id WHERE paper_id = ? AND family != ''",
        (row["id"],),
    ).fetchone()
    return named > int(stored[0])


def _keep_text(connection: sqlite3.Connection, paper_id: int, stored: tuple[Any, ...]) -> None:
    """The text of a version that is not the newest, so that what changed can be shown."""
    connection.execute(
        "INSERT INTO paper_version (paper_id, version, submitted_at, title, abstract, text_hash) "
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (paper_id, version) DO UPDATE SET "
        "title = excluded.title, abstract = excluded.abstract, text_hash = excluded.text_hash "
        "WHERE paper_version.text_hash IS NOT excluded.text_hash",
        (paper_id, *stored),
    )


def _write_authors(connection: sqlite3.Connection, papers: Sequence[tuple[int, PaperDraft]]) -> None:
    people = {(author.family, author.given, author.name) for _, draft in papers for author in draft.authors}
    connection.executemany(
        "INSERT INTO author (family, given, name) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", sorted(people)
    )
    connection.executemany(
        "INSERT INTO paper_author (paper_id, position, author_id) "
        "SELECT ?, ?, id FROM author WHERE family = ? AND given = ? AND name = ?",
        [
            (paper_id, position, author.family, author.given, author.name)
            for paper_id, draft in papers
            for position, author in enumerate(draft.authors)
        ],
    )


def _write_categories(connection: sqlite3.Connection, papers: Iterable[tuple[int, Iterable[str]]]) -> None:
    connection.executemany(
        "INSERT INTO paper_category (category, paper_id, position) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [
            (category, paper_id, position)
            for paper_id, categories in papers
            for position, category in enumerate(categories)
        ],
    )


def _write_lists(connection: sqlite3.Connection, papers: Sequence[tuple[int, PaperDraft]], at: str) -> None:
    connection.executemany(
        "INSERT INTO announcement (paper_id, category, type, day) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [(paper_id, item.category, item.type, item.day) for paper_id, draft in papers for item in draft.announcements],
    )
    connection.executemany(
        "INSERT INTO paper_version (paper_id, version, submitted_at) VALUES (?, ?, ?) "
        "ON CONFLICT (paper_id, version) DO UPDATE SET submitted_at = excluded.submitted_at "
        "WHERE length(excluded.submitted_at) > coalesce(length(paper_version.submitted_at), 0)",
        [(paper_id, version.number, version.submitted_at) for paper_id, draft in papers for version in draft.versions],
    )
    for paper_id, draft in papers:
        for version in draft.versions:
            if version.abstract is not None and version.number != draft.version:
                text = (version.title or "", version.abstract)
                stored = (version.number, version.submitted_at, *text, text_hash(encoded_text(*text)))
                _keep_text(connection, paper_id, stored)
    connection.executemany(
        "INSERT INTO tag (paper_id, tag, added_by, added_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [(paper_id, tag, f"import:{draft.source}", at) for paper_id, draft in papers for tag in draft.tags],
    )
