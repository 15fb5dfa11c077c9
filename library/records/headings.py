"""Records by what they are called: what a field that names another record offers to whoever fills it in."""

import sqlite3
from dataclasses import dataclass

from library.text import one_line

HEADINGS = {  # prefix: (table, the column that stands for a record)
    "H": ("hypothesis", "statement"),
    "E": ("experiment", "title"),
    "DS": ("dataset", "name"),
    "B": ("obstacle", "what"),
    "D": ("decision_memo", "title"),
    "I": ("incident", "title"),
    "V": ("verdict", "summary"),
}


@dataclass(frozen=True, slots=True)
class Heading:
    """ "H-4", and its statement."""

    label: str
    text: str


def headings(db: sqlite3.Connection, prefix: str, words: str = "", *, limit: int = 6) -> tuple[Heading, ...]:
    """Records whose id begins with `words` or whose heading has all of them; the newest first."""
    table, column = HEADINGS[prefix]
    rows = db.execute(f'SELECT id, "{column}" AS text FROM "{table}" ORDER BY id DESC').fetchall()
    wanted = one_line(words).lower().split()
    found = []
    for row in rows:
        heading = Heading(f"{prefix}-{row['id']}", one_line(row["text"] or ""))
        text = f"{heading.label} {heading.text}".lower()
        if all(word in text for word in wanted):
            found.append(heading)
    found.sort(key=lambda heading: not heading.label.lower().startswith(" ".join(wanted)))  # stable: newest first
    return tuple(found[:limit])


def heading(db: sqlite3.Connection, prefix: str, number: int) -> str | None:
    """What a record is called; None where there is none."""
    table, column = HEADINGS[prefix]
    row = db.execute(f'SELECT "{column}" AS text FROM "{table}" WHERE id = ?', (number,)).fetchone()
    return one_line(row["text"] or "") if row else None
