"""Orders of the whole library, and jumps in a list: what a screen needs to hold 100,000 papers by their ids."""

import sqlite3
from array import array
from collections.abc import Sequence
from typing import Final

from library.errors import NotFound
from library.papers.queries import find_id

_PAGE: Final = 500
# Sort key → (expression, join). Papers without a value come last either way; ties go by the newest day.
SORTS: Final[dict[str, tuple[str, str]]] = {
    "day": ("p.day", ""),
    "year": ("p.year", ""),
    "title": ("p.title COLLATE NOCASE", ""),
    "author": (
        "a.family COLLATE NOCASE",
        "LEFT JOIN paper_author pa ON pa.paper_id = p.id AND pa.position = 0 LEFT JOIN author a ON a.id = pa.author_id",
    ),
    "category": ("nullif(p.categories, '')", ""),
}


def ids_sorted(
    db: sqlite3.Connection, key: str, *, descending: bool, within: Sequence[int] | None = None
) -> "array[int]":
    """Paper ids by a key of SORTS, all of them or those of `within`. Raises KeyError for an unknown key."""
    expression, join = SORTS[key]
    way = "DESC" if descending else "ASC"
    order = f"p.day {way}, p.id {way}" if key == "day" else f"{expression} {way} NULLS LAST, p.day DESC, p.id DESC"
    found = db.execute(f"SELECT p.id FROM paper p {join} ORDER BY {order}")
    if within is None:
        return array("q", (row[0] for row in found))
    wanted = set(within)
    return array("q", (row[0] for row in found if row[0] in wanted))


def day_boundary(db: sqlite3.Connection, ids: Sequence[int], place: int, step: int) -> int | None:
    """The place in `ids` where the next day of the list begins (`step` 1: further down, -1: further up).

    Going up it is the first paper of the day above. None where the list ends before another day begins.
    """
    if not ids:
        return None
    here = _days(db, ids[place : place + 1]).get(ids[place])
    found: str | None = None
    at = place
    while 0 <= at + step < len(ids):
        chunk = range(at + step, min(len(ids), at + step * (_PAGE + 1)) if step > 0 else max(-1, at - _PAGE - 1), step)
        days = _days(db, [ids[position] for position in chunk])
        for position in chunk:
            day = days.get(ids[position])
            if found is None and day != here:
                found = day
                if step > 0:
                    return position
            elif found is not None and day != found:
                return position + 1
        at = chunk[-1]
    return None if found is None else 0


def ids_by_title(db: sqlite3.Connection, text: str, *, limit: int) -> tuple[int, ...]:
    """The paper that `text` names by id, DOI or key; else those whose titles hold all its words, the best first."""
    try:
        return (find_id(db, text),)
    except NotFound:
        pass
    words = ["".join(c for c in word if c.isalnum()) for word in text.split()]
    terms = [f'"{word}"{"*" if len(word) >= 3 else ""}' for word in words if word]
    if not terms:
        return ()
    rows = db.execute(
        "SELECT rowid FROM paper_fts WHERE paper_fts MATCH ? ORDER BY rank LIMIT ?",
        (f"title : ({' AND '.join(terms)})", limit),
    )
    return tuple(row[0] for row in rows)


def categories_in_use(db: sqlite3.Connection) -> tuple[tuple[str, int], ...]:
    """(category, papers), the most frequent first."""
    found = db.execute("SELECT category, count(*) AS n FROM paper_category GROUP BY category ORDER BY n DESC, category")
    return tuple((row[0], row[1]) for row in found)


def _days(db: sqlite3.Connection, ids: Sequence[int]) -> dict[int, str]:
    marks = ",".join("?" * len(ids))
    return {row[0]: row[1] for row in db.execute(f"SELECT id, day FROM paper WHERE id IN ({marks})", tuple(ids))}
