"""Whether a paper has been discussed before, be it under another identity, and who has proposed it already."""

import re
import sqlite3
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from library.errors import UsageError
from library.text import shortened

_TELLING: Final = 20  # letters: "Introduction" and "Editorial" are the titles of many papers


@dataclass(frozen=True, slots=True)
class Discussed:
    """A session in which it was discussed. `twin`: the key of the other record, where it was that one."""

    session_id: int
    day: str
    twin: str | None


class AlreadyDiscussed(UsageError):
    """A paper that was discussed is to be discussed again, and nobody said that this is meant."""


def twins(db: sqlite3.Connection, paper_id: int) -> tuple[int, ...]:
    """The paper and others that are the same work: by DOI, or by the letters of a title that is long enough to tell."""
    row = db.execute("SELECT doi, title FROM paper WHERE id = ?", (paper_id,)).fetchone()
    if row is None:
        return (paper_id,)
    found = {paper_id}
    if row["doi"]:
        found |= {each[0] for each in db.execute("SELECT id FROM paper WHERE doi = ? COLLATE NOCASE", (row["doi"],))}
    own = letters(row["title"])
    if len(own) >= _TELLING:
        # Only papers that the club has dealt with can matter: a hundred titles, not a hundred thousand.
        rows = db.execute(
            "SELECT id, title FROM paper WHERE id IN (SELECT paper_id FROM club_slot UNION SELECT paper_id"
            " FROM club_proposal)"
        ).fetchall()
        found |= {each["id"] for each in rows if letters(each["title"]) == own}
    return tuple(sorted(found))


@lru_cache(4096)
def letters(title: str) -> str:
    """A title's letters and digits, without capitals, accents and signs."""
    plain = unicodedata.normalize("NFKD", title).casefold()
    return re.sub(r"[\W_]+", "", "".join(letter for letter in plain if not unicodedata.combining(letter)))


def discussed(db: sqlite3.Connection, paper_id: int) -> tuple[Discussed, ...]:
    """Where it was discussed, the latest first."""
    same = twins(db, paper_id)
    marks = ", ".join("?" * len(same))
    rows = db.execute(
        "SELECT s.id, s.day, l.paper_id, p.key FROM club_slot l JOIN club_session s ON s.id = l.session_id"
        f" JOIN paper p ON p.id = l.paper_id WHERE l.paper_id IN ({marks}) AND s.state = 'held'"
        " AND l.discussed IS NOT 0 ORDER BY s.day DESC, s.id DESC",
        same,
    ).fetchall()
    return tuple(Discussed(row["id"], row["day"], None if row["paper_id"] == paper_id else row["key"]) for row in rows)


def refuse_repeat(db: sqlite3.Connection, paper_id: int) -> None:
    """Raise AlreadyDiscussed where the group has talked about this paper before."""
    before = discussed(db, paper_id)
    if before:
        row = db.execute("SELECT key, title FROM paper WHERE id = ?", (paper_id,)).fetchone()
        raise AlreadyDiscussed(
            f"“{shortened(row['title'] or row['key'])}” was {told(before)}.",
            mend="Say that you mean it with --again (in the dashboard it asks).",
        )


def told(before: tuple[Discussed, ...]) -> str:
    """ "already discussed on 2026-03-12 (S-7)"."""
    as_twin = f" as {before[0].twin}" if before[0].twin else ""
    more = f", and {len(before) - 1} times before" if len(before) > 1 else ""
    return f"already discussed on {before[0].day} (S-{before[0].session_id}){as_twin}{more}"
