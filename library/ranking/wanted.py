"""What a person looks for and what they decided, as the ranker takes it; papers stand in it by their number."""

import json
import re
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from library.errors import QueryError
from library.interests import active_interests
from library.ranking.inputs import has_evidence
from library.search.parse import parse
from library.search.query import Meaning, Phrase, Word, leaves

LABELS: Final = 4_000  # the newest ones
TAGGED: Final = 200  # papers that stand for a tag, the last ones that got it
_STAR: Final = 2.0
_TEXT_FIELDS: Final = (None, "title", "abstract", "body")


@dataclass(frozen=True, slots=True)
class Wanted:
    """An interest: what it says in words ("" where it says nothing), and the papers that stand for it."""

    id: int
    kind: str
    reference: str | None
    text: str
    papers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision on one paper; `interest`: the hypothesis that the person put it beside, if any."""

    paper: int
    wanted: bool
    day: str
    weight: float
    interest: int | None


def wanted(db: sqlite3.Connection, person: str, today: date) -> tuple[Wanted, ...]:
    """The active interests of `person` that say something or have papers, in the order they were added."""
    found = []
    for each in active_interests(db, person):
        text, papers = each.text, tuple[int, ...]()
        if each.kind == "tag":
            text, papers = _words_of_tag(each.reference or each.text), _tagged(db, each.reference or each.text)
        elif each.kind == "search":
            text = search_words(db, each.reference, today)
        if text.strip() or papers:
            found.append(Wanted(each.id, each.kind, each.reference, text, papers))
    return tuple(found)


def decided(db: sqlite3.Connection, person: str, without: Collection[int] = ()) -> tuple[Decided, ...]:
    """The newest decisions of `person` that were made one paper at a time, but for those on `without`, oldest first.

    Keep, star and later say that a paper was wanted. Without a decision a paper says nothing, whether it was seen or
    not; what was skipped in bulk says nothing either.
    """
    links = _links(db, person)
    rows = db.execute(
        "SELECT paper_id, decision, decided_at FROM decision WHERE person = ? AND NOT bulk"
        " ORDER BY decided_at DESC, paper_id DESC LIMIT ?",
        (person, LABELS + len(without)),
    ).fetchall()
    found = [
        Decided(
            row["paper_id"],
            row["decision"] != "skip",
            row["decided_at"][:10],
            _STAR if row["decision"] == "star" else 1.0,
            links.get(row["paper_id"]),
        )
        for row in rows
        if row["paper_id"] not in without
    ]
    return tuple(reversed(found[:LABELS]))


def search_words(db: sqlite3.Connection, reference: str | None, today: date) -> str:
    """What a saved search looks for in words: its words, phrases and meanings, not what it excludes or restricts."""
    row = db.execute("SELECT query FROM saved_search WHERE id = ?", (reference,)).fetchone()
    if row is None:
        return ""
    try:
        node = parse(row[0], today=today).node
    except QueryError:
        return ""
    said = [
        leaf.text.strip('"“”„«»')
        for leaf in leaves(node, positive=True)
        if isinstance(leaf, Meaning) or (isinstance(leaf, (Word, Phrase)) and leaf.field in _TEXT_FIELDS)
    ]
    return " ".join(dict.fromkeys(said))


def _words_of_tag(tag: str) -> str:
    return re.sub(r"[-_/:.]+", " ", tag).strip()


def _tagged(db: sqlite3.Connection, tag: str) -> tuple[int, ...]:
    rows = db.execute(
        "SELECT paper_id FROM tag WHERE tag = ? ORDER BY added_at DESC, paper_id DESC LIMIT ?", (tag, TAGGED)
    )
    return tuple(sorted(row[0] for row in rows))


def _links(db: sqlite3.Connection, person: str) -> dict[int, int]:
    """The interest (a hypothesis's) that the person first put each paper beside."""
    if not has_evidence(db):
        return {}
    rows = db.execute(
        "SELECT e.paper_id, i.id FROM evidence e"
        " JOIN interest i ON i.kind = 'hypothesis' AND i.reference = 'H-' || e.hypothesis_id AND i.active"
        " WHERE e.person = ? AND e.paper_id IS NOT NULL ORDER BY e.id DESC",
        (person,),
    )
    return {row[0]: row[1] for row in rows}


def authors_of(text: str) -> tuple[str, ...]:
    """The names in a paper's line of authors."""
    return tuple(name for name in text.split(", ") if name)


def listed(ids: Collection[int]) -> str:
    """Numbers for json_each(?)."""
    return json.dumps(list(ids))
