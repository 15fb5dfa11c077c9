"""Citation keys of the whole library: ASCII, unique, and the same whatever else is exported."""

import json
import sqlite3

from library.papers.citation import citation_key, with_suffix
from library.papers.model import Author


def unique_keys(db: sqlite3.Connection) -> dict[int, str]:
    """Paper id → citation key, over the whole library. Of papers with one key the first added has it bare."""
    rows = db.execute(
        "SELECT p.id, p.title, p.year, p.extra, a.name, a.family, a.given FROM paper p"
        " LEFT JOIN paper_author pa ON pa.paper_id = p.id AND pa.position = 0"
        " LEFT JOIN author a ON a.id = pa.author_id ORDER BY p.id"
    )
    keys: dict[int, str] = {}
    taken: dict[str, int] = {}  # lower case: BibTeX tells keys apart by case, some programs do not
    for row in rows:
        own = json.loads(row["extra"]).get("entry", {}).get("key") if row["extra"] else None
        first = (Author(row["name"], row["family"], row["given"]),) if row["name"] else ()
        base = citation_key(row["title"], first, row["year"], str(own or ""))
        key, number = base, taken.get(base.lower(), -1) + 1
        while (key := with_suffix(base, number)).lower() in taken:
            number += 1
        taken[base.lower()] = number
        taken.setdefault(key.lower(), 0)
        keys[row["id"]] = key
    return keys
