"""The texts of papers that have sentences: abstract, full text, notes."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from library.sentences.model import SOURCES, Source, StoredText
from library.vectors.waiting import AT_ONCE, marks, pieces


def texts_of(
    db: sqlite3.Connection, paper_ids: Sequence[int], sources: Iterable[Source] = SOURCES
) -> Iterator[StoredText]:
    """The texts of the papers, by paper in the order given, then abstract, full text and notes by their number.

    Empty ones come, too, but the full text only of papers that have one; papers that are gone are left out.
    """
    wanted = frozenset(sources)
    for ids in pieces(paper_ids, AT_ONCE):
        found: dict[int, list[StoredText]] = {paper_id: [] for paper_id in ids}
        if wanted & {"abstract", "body"}:
            for text in _of_papers(db, ids, wanted):
                found[text.paper_id].append(text)
        if "note" in wanted:
            for text in _of_notes(db, ids):
                found[text.paper_id].append(text)
        for paper_id in dict.fromkeys(ids):
            yield from found[paper_id]


def text_of(
    db: sqlite3.Connection, paper_id: int, source: Source, *, version: int | None = None, note_id: int | None = None
) -> str | None:
    """One text, by default as it is now; None where there is none (any more).

    With a `version`, the abstract as it was then: a text is kept beside the present one when a later version replaces
    it, so a version without a text of its own had that of the next one that has.
    """
    if source == "note":
        row = db.execute("SELECT body FROM note WHERE id = ? AND paper_id = ?", (note_id, paper_id)).fetchone()
        return str(row[0]) if row is not None else None
    row = db.execute(f"SELECT version, {source} FROM paper WHERE id = ?", (paper_id,)).fetchone()
    if row is None:
        return None
    if source == "abstract" and version is not None and version != row[0]:
        earlier = [text for number, text in earlier_abstracts(db, paper_id) if number >= version]
        if earlier and (row[0] is None or version < row[0]):
            return earlier[-1]
    return str(row[1])


def earlier_abstracts(db: sqlite3.Connection, paper_id: int) -> tuple[tuple[int, str], ...]:
    """(version, abstract) of the versions whose text is kept beside the present one, the newest first."""
    rows = db.execute(
        "SELECT version, abstract FROM paper_version WHERE paper_id = ? AND abstract IS NOT NULL ORDER BY version DESC",
        (paper_id,),
    )
    return tuple((row[0], row[1]) for row in rows)


def _of_papers(db: sqlite3.Connection, ids: Sequence[int], wanted: frozenset[Source]) -> Iterator[StoredText]:
    column = {source: source if source in wanted else "''" for source in ("abstract", "body")}
    rows = db.execute(
        f"SELECT id, paper.version, {column['abstract']}, {column['body']},"
        " EXISTS (SELECT 1 FROM document WHERE paper_id = paper.id),"
        " CASE WHEN f.paper_id IS NULL THEN paper.version ELSE f.version END"
        f" FROM paper LEFT JOIN full_text f ON f.paper_id = paper.id WHERE id IN ({marks(ids)})",
        tuple(ids),
    )
    for row in rows:
        if "abstract" in wanted:
            yield StoredText(row[0], "abstract", None, row[1], row[2])
        if "body" in wanted and (row[3] or row[4]):
            yield StoredText(row[0], "body", None, row[5], row[3])


def _of_notes(db: sqlite3.Connection, ids: Sequence[int]) -> Iterator[StoredText]:
    rows = db.execute(
        f"SELECT paper_id, id, version, body FROM note WHERE paper_id IN ({marks(ids)}) ORDER BY id", tuple(ids)
    )
    for row in rows:
        yield StoredText(row[0], "note", row[1], row[2], row[3])
