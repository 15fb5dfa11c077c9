"""Reading what is stored of full texts."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import fields

from library.fulltext.model import FullText, page_at

_NAMES = tuple(item.name for item in fields(FullText))


def full_text_of(db: sqlite3.Connection, paper_id: int) -> FullText | None:
    """The full text of a paper; None where nobody attached one (a local document is its own text)."""
    return full_texts(db, (paper_id,)).get(paper_id)


def full_texts(db: sqlite3.Connection, paper_ids: Iterable[int]) -> dict[int, FullText]:
    """The full texts of those papers that have one."""
    rows = db.execute(
        "SELECT f.*, t.pages, json_array_length(t.page_starts) - t.unreadable AS pages_read, t.characters"
        " FROM full_text f JOIN extracted_text t ON t.sha256 = f.sha256"
        " WHERE f.paper_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(paper_ids)),),
    )
    return {row["paper_id"]: FullText(**{name: row[name] for name in _NAMES}) for row in rows}


def page_starts(db: sqlite3.Connection, paper_id: int) -> tuple[int, ...]:
    """Where the pages of a paper's body begin, in code points; nothing where pages are not known."""
    row = db.execute(
        "SELECT coalesce((SELECT t.page_starts FROM full_text f JOIN extracted_text t ON t.sha256 = f.sha256"
        " WHERE f.paper_id = ?1), (SELECT page_starts FROM document WHERE paper_id = ?1))",
        (paper_id,),
    ).fetchone()
    return tuple(json.loads(row[0])) if row[0] else ()


def page_of(db: sqlite3.Connection, paper_id: int, position: int) -> int | None:
    """The page, from 1, on which `position` (a sentence's start) of the body stands; None where it is not known."""
    return page_at(page_starts(db, paper_id), position)
