"""What each day brought: every paper once, however often it was listed, as new, cross-listed or replaced.

A paper is new or cross-listed on the first day on which a followed category had it, and never again; on later days a
new version of it is *replaced*. Where nothing is known of its announcement (an import that only knows when it was
listed or submitted), that day is its day. What has no listing at all (references, own documents) has no day here.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

Listing = Literal["new", "cross", "replaced"]
_FOLLOWED: Final = "followed"
_KINDS: Final[tuple[Listing, ...]] = ("new", "cross", "replaced", "replaced")
_RANK: Final = "CASE type WHEN 'new' THEN 0 WHEN 'cross' THEN 1 WHEN 'replace' THEN 2 ELSE 3 END"
# An import that says when a paper was listed or submitted, and not how it was announced.
_IMPORTED: Final = (
    "p.kind = 'arxiv' AND (p.first_listed IS NOT NULL OR p.submitted_at IS NOT NULL) AND NOT EXISTS ("
    "SELECT 1 FROM announcement a WHERE a.paper_id = p.id AND (a.type IN ('new', 'cross') OR a.day = p.day))"
)
_OURS: Final = "(?1 IS NULL OR {column} IN (SELECT value FROM json_each(?1)))"


@dataclass(frozen=True, slots=True)
class Listed:
    """A paper on a day. `category`: the one that makes it so; `announced`: arXiv's word, else that of an import."""

    paper_id: int
    key: str
    kind: Listing
    category: str
    announced: bool = True


def followed(db: sqlite3.Connection) -> tuple[str, ...]:
    """The categories whose announcements are one's inbox; none: all of them.

    The database keeps a copy of the setting, so that what is counted in a transaction needs no file.
    """
    row = db.execute("SELECT value FROM workspace WHERE key = ?", (_FOLLOWED,)).fetchone()
    return tuple(json.loads(row[0])) if row is not None else ()


def follow(db: sqlite3.Connection, categories: Sequence[str]) -> None:
    """Keep that copy."""
    db.execute(
        "INSERT INTO workspace (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (_FOLLOWED, json.dumps(list(categories))),
    )


def listed_on(db: sqlite3.Connection, day: str) -> tuple[Listed, ...]:
    """The papers of `day` (YYYY-MM-DD), by id. Some milliseconds for a thousand, whatever the library holds."""
    ours = _ours(db)
    found: dict[int, Listed] = {}
    for paper_id, key, best, earlier, again in db.execute(
        "WITH today AS (SELECT paper_id,"
        f" min(({_RANK}) || category) AS best, max(CASE WHEN type LIKE 'replace%' THEN category END) AS again"
        f" FROM announcement WHERE day = ?2 AND {_OURS.format(column='category')} GROUP BY paper_id)"
        " SELECT t.paper_id, p.key, t.best, t.best < '2' AND EXISTS (SELECT 1 FROM announcement a"
        f" WHERE a.paper_id = t.paper_id AND a.day < ?2 AND a.type IN ('new', 'cross')"
        f" AND {_OURS.format(column='a.category')}), t.again"
        " FROM today t JOIN paper p ON p.id = t.paper_id ORDER BY t.paper_id",
        (ours, day),
    ):
        kind, category = _KINDS[int(best[0])], best[1:]
        if earlier:  # cross-listed once more, or listed twice: it had its day
            if again is None:
                continue
            kind, category = "replaced", again
        found[paper_id] = Listed(paper_id, key, kind, category)
    for row in db.execute(
        f"SELECT p.id, p.key, p.categories FROM paper p WHERE p.day = ?2 AND {_IMPORTED}"
        " AND (?1 IS NULL OR EXISTS (SELECT 1 FROM paper_category c WHERE c.paper_id = p.id"
        f" AND {_OURS.format(column='c.category')}))",
        (ours, day),
    ):
        kind, category = _of_import(row[2].split(), None if ours is None else json.loads(ours))
        found.setdefault(row[0], Listed(row[0], row[1], kind, category, announced=False))
    return tuple(found[paper_id] for paper_id in sorted(found))


def day_of(db: sqlite3.Connection, paper_id: int) -> str | None:
    """The day on which the paper is new or cross-listed, so that a decision on it counts there; None: it has none."""
    ours = _ours(db)
    row = db.execute(
        "SELECT min(day) FROM announcement WHERE paper_id = ?2 AND type IN ('new', 'cross')"
        f" AND {_OURS.format(column='category')}",
        (ours, paper_id),
    ).fetchone()
    if row[0] is not None:
        return str(row[0])
    row = db.execute(
        f"SELECT p.day FROM paper p WHERE p.id = ?2 AND {_IMPORTED} AND (?1 IS NULL OR EXISTS"
        f" (SELECT 1 FROM paper_category c WHERE c.paper_id = p.id AND {_OURS.format(column='c.category')}))",
        (ours, paper_id),
    ).fetchone()
    return None if row is None else str(row[0])


def day_before(db: sqlite3.Connection, day: str) -> str | None:
    """The newest day before `day` that brought something new; new versions alone make no day."""
    return _beside(db, day, "<", "DESC")


def day_after(db: sqlite3.Connection, day: str) -> str | None:
    """The oldest day after `day` that brought something new."""
    return _beside(db, day, ">", "ASC")


def newest_days(db: sqlite3.Connection, today: str, count: int) -> tuple[str, ...]:
    """The `count` newest days up to `today` that brought something new, the newest first."""
    found: list[str] = []
    day: str | None = f"{today}~"  # sorts behind today itself
    while len(found) < count and (day := day_before(db, str(day))) is not None:
        found.append(day)
    return tuple(found)


def _beside(db: sqlite3.Connection, day: str, sign: str, way: str) -> str | None:
    """The announced day beside, or one of imported papers nearer than that: the search for these ends there."""
    ours = _ours(db)
    row = db.execute(
        f"SELECT day FROM announcement WHERE day {sign} ?2 AND type IN ('new', 'cross')"
        f" AND {_OURS.format(column='category')} ORDER BY day {way} LIMIT 1",
        (ours, day),
    ).fetchone()
    announced: str | None = row[0] if row is not None else None
    back, most = {"<": (">", ""), ">": ("<", "~")}[sign]  # a bound, so that the index ends the search
    row = db.execute(
        f"SELECT p.day FROM paper p WHERE p.day {sign} ?2 AND p.day {back} ?3 AND {_IMPORTED}"
        " AND (?1 IS NULL OR EXISTS (SELECT 1 FROM paper_category c WHERE c.paper_id = p.id"
        f" AND {_OURS.format(column='c.category')})) ORDER BY p.day {way} LIMIT 1",
        (ours, day, most if announced is None else announced),
    ).fetchone()
    return announced if row is None else str(row[0])


def _ours(db: sqlite3.Connection) -> str | None:
    categories = followed(db)
    return json.dumps(categories) if categories else None


def _of_import(categories: Sequence[str], ours: Sequence[str] | None) -> tuple[Listing, str]:
    """New in the primary category, cross-listed in others: arXiv's own rule."""
    if not categories:
        return "new", ""
    if ours is None or categories[0] in ours:
        return "new", categories[0]
    return "cross", next(category for category in categories if category in ours)
