"""Reading papers. Every function takes a connection first and returns frozen values."""

import json
import sqlite3
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from library.enrichment.model import Proposal
from library.enrichment.stored import enrichments, proposals
from library.errors import NotFound
from library.fulltext.stored import full_texts
from library.papers.identity import arxiv_id, doi
from library.papers.model import Announcement, Author, Note, Paper, PaperRow, Version
from library.reading.remarks import REMARK

_MANY = 500  # ids in one IN (…): below SQLite's limit on parameters, and a page of a list


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is there: papers, different tags in use, notes, records in quarantine."""

    papers: int
    tags: int
    notes: int
    quarantined: int


def counts(db: sqlite3.Connection) -> Counts:
    """Counts for headers and `labtop doctor`."""
    row = db.execute(
        "SELECT (SELECT count(*) FROM paper), (SELECT count(DISTINCT tag) FROM tag), (SELECT count(*) FROM note),"
        " (SELECT count(*) FROM quarantine WHERE resolved_at IS NULL)"
    ).fetchone()
    return Counts(*row)


def ids_newest_first(db: sqlite3.Connection) -> "array[int]":
    """Every paper id, the newest day first. 100,000 ids take 0.8 MB."""
    return array("q", (row[0] for row in db.execute("SELECT id FROM paper ORDER BY day DESC, id DESC")))


def ids_of_day(db: sqlite3.Connection, day: str) -> "array[int]":
    """Ids of the papers that sort under `day` (YYYY-MM-DD)."""
    return array("q", (row[0] for row in db.execute("SELECT id FROM paper WHERE day = ? ORDER BY id DESC", (day,))))


def days_with_papers(db: sqlite3.Connection, *, until: str, limit: int = 60) -> tuple[tuple[str, int], ...]:
    """(day, papers) newest first, up to `until`."""
    rows = db.execute(
        "SELECT day, count(*) FROM paper WHERE day <= ? GROUP BY day ORDER BY day DESC LIMIT ?", (until, limit)
    )
    return tuple((row[0], row[1]) for row in rows)


def rows(db: sqlite3.Connection, ids: Sequence[int], person: str) -> tuple[PaperRow, ...]:
    """List rows for `ids`, in their order; ids that are gone are left out."""
    found: dict[int, PaperRow] = {}
    for start in range(0, len(ids), _MANY):
        part = list(ids[start : start + _MANY])
        marks = ",".join("?" * len(part))
        tags = _tags_of(db, part)
        for row in db.execute(
            # A list shows how an untitled paper begins.
            "SELECT p.id, p.key, p.day, coalesce(nullif(p.title, ''), '(no title) ' || substr(p.abstract, 1, 160))"
            " AS title, p.authors, p.year, p.categories, p.kind, d.decision,"
            f" ({REMARK}) AS remark"
            f" FROM paper p LEFT JOIN decision d ON d.paper_id = p.id AND d.person = ? WHERE p.id IN ({marks})",
            (person, *part),
        ):
            names = row["authors"].split(", ") if row["authors"] else []
            found[row["id"]] = PaperRow(
                id=row["id"],
                key=row["key"],
                day=row["day"],
                title=row["title"],
                first_author=names[0] if names else "",
                author_count=len(names),
                year=row["year"],
                primary_category=row["categories"].split(" ", 1)[0],
                decision=row["decision"],
                tags=tags.get(row["id"], ()),
                remark=(row["remark"] or "").strip().split("\n", 1)[0],
                kind=row["kind"],
            )
    return tuple(found[paper_id] for paper_id in ids if paper_id in found)


def paper(db: sqlite3.Connection, paper_id: int, person: str) -> Paper:
    """Everything stored of one paper. Raises NotFound."""
    found = papers(db, [paper_id], person)
    if not found:
        raise NotFound(f"There is no paper with the number {paper_id} here.")
    return found[0]


def papers(db: sqlite3.Connection, ids: Sequence[int], person: str) -> tuple[Paper, ...]:
    """Everything stored of `ids` (at most a page of them), in their order; ids that are gone are left out."""
    wanted = list(ids)
    marks = ",".join("?" * len(wanted))
    authors: dict[int, list[Author]] = {}
    for row in db.execute(
        "SELECT pa.paper_id, a.name, a.family, a.given FROM paper_author pa JOIN author a ON a.id = pa.author_id"
        f" WHERE pa.paper_id IN ({marks}) ORDER BY pa.paper_id, pa.position",
        wanted,
    ):
        authors.setdefault(row[0], []).append(Author(*row[1:]))
    announced: dict[int, list[Announcement]] = {}
    for row in db.execute(
        f"SELECT paper_id, category, type, day FROM announcement WHERE paper_id IN ({marks})"
        " ORDER BY paper_id, day, category, type",
        wanted,
    ):
        announced.setdefault(row[0], []).append(Announcement(*row[1:]))
    versions: dict[int, list[Version]] = {}
    for row in db.execute(
        f"SELECT paper_id, version, submitted_at FROM paper_version WHERE paper_id IN ({marks})"
        " ORDER BY paper_id, version",
        wanted,
    ):
        versions.setdefault(row[0], []).append(Version(*row[1:]))
    notes: dict[int, list[Note]] = {}
    for note in _notes(db, wanted):
        notes.setdefault(note.paper_id, []).append(note)
    tags = _tags_of(db, wanted)
    texts = full_texts(db, wanted)
    said = enrichments(db, wanted)
    proposed: dict[int, list[Proposal]] = {}
    for each in proposals(db, wanted):
        proposed.setdefault(each.paper_id, []).append(each)
    found: dict[int, Paper] = {}
    for row in db.execute(
        f"SELECT {', '.join(f'p.{name}' for name in _COLUMNS)}, d.decision, p.body != '' AS has_body FROM paper p"
        f" LEFT JOIN decision d ON d.paper_id = p.id AND d.person = ? WHERE p.id IN ({marks})",
        (person, *wanted),
    ):
        paper_id = row["id"]
        found[paper_id] = Paper(
            **{name: row[name] for name in _SAME},
            authors=tuple(authors.get(paper_id, ())),
            authors_truncated=bool(row["authors_truncated"]),
            categories=tuple(row["categories"].split()),
            categories_complete=bool(row["categories_complete"]),
            versions=tuple(versions.get(paper_id, ())),
            announcements=tuple(announced.get(paper_id, ())),
            withdrawn=bool(row["withdrawn"]),
            extra=json.loads(row["extra"]) if row["extra"] else {},
            tags=tags.get(paper_id, ()),
            notes=tuple(notes.get(paper_id, ())),
            has_body=bool(row["has_body"]),
            full_text=texts.get(paper_id),
            enrichment=said.get(paper_id, ()),
            proposals=tuple(proposed.get(paper_id, ())),
        )
    return tuple(found[paper_id] for paper_id in wanted if paper_id in found)


_SAME = (
    *("id", "key", "kind", "day", "year", "title", "abstract", "text_kind", "version", "first_listed"),
    *("submitted_at", "updated_at", "doi", "journal_ref", "comment", "license", "url", "source", "added_at"),
    "decision",
)
_COLUMNS = (
    *(name for name in _SAME if name != "decision"),
    *("authors_truncated", "categories", "categories_complete", "withdrawn", "extra"),
)


def notes_of(db: sqlite3.Connection, paper_id: int) -> tuple[Note, ...]:
    """Notes on a paper, the oldest first."""
    return tuple(_notes(db, [paper_id]))


def _notes(db: sqlite3.Connection, ids: Sequence[int]) -> Iterable[Note]:
    found = db.execute(
        "SELECT id, paper_id, person, body, version, created_at, updated_at FROM note"
        f" WHERE paper_id IN ({','.join('?' * len(ids))}) ORDER BY id",
        tuple(ids),
    )
    return (Note(*row) for row in found)


def tags_in_use(db: sqlite3.Connection) -> tuple[tuple[str, int], ...]:
    """(tag, papers), the most used first."""
    found = db.execute("SELECT tag, count(*) AS papers FROM tag GROUP BY tag ORDER BY papers DESC, tag")
    return tuple((row[0], row[1]) for row in found)


def find_id(db: sqlite3.Connection, text: str) -> int:
    """The paper that a person means by `text`: an arXiv id in any spelling, a DOI, or a key. Raises NotFound."""
    identifier = arxiv_id(text)
    bare_doi = doi(text)
    keys = [identifier.base] if identifier else []
    keys += [f"doi:{bare_doi}"] if bare_doi else []
    keys.append(text.strip())
    for key in keys:
        row = db.execute("SELECT id FROM paper WHERE key = ?", (key,)).fetchone()
        if row is not None:
            return int(row[0])
    if bare_doi:
        row = db.execute("SELECT id FROM paper WHERE doi = ? ORDER BY id", (bare_doi,)).fetchone()
        if row is not None:
            return int(row[0])
    named = text.strip() if len(text) < 80 else f"{text.strip()[:79]}…"
    raise NotFound(f"There is no paper {named!r} in this workspace.", mend="Add it with labtop add.")


def find_ids(db: sqlite3.Connection, texts: Iterable[str]) -> tuple[int, ...]:
    """`find_id` for several. Raises NotFound for the first that is not there."""
    return tuple(find_id(db, text) for text in texts)


def _tags_of(db: sqlite3.Connection, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    marks = ",".join("?" * len(ids))
    found: dict[int, tuple[str, ...]] = {}
    for row in db.execute(f"SELECT paper_id, tag FROM tag WHERE paper_id IN ({marks}) ORDER BY tag", tuple(ids)):
        found[row[0]] = (*found.get(row[0], ()), row[1])
    return found
