"""Taking papers out of one database so that no byte of their text is left in the file."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from library.db.store import connect_writer, explaining, in_transaction
from library.papers.ingest import subject_hash
from library.purge.quotes import black_out, quotes_of
from library.reading.template import TEXTS as CRITIQUE_TEXTS

_IN_USE = "another process is using it; quit that"
_TELLING = 20  # a text shorter than this may well belong to something else ("Introduction")


@dataclass(frozen=True, slots=True)
class Tombstone:
    """That something was purged, by whom, when, why. `subject`: sha256 of its key; `removed`: JSON, rows by table."""

    subject: str
    person: str
    reason: str
    at: str
    removed: str


@dataclass(frozen=True, slots=True)
class Erased:
    """What one paper had: `subjects` (hashes of its key and DOI), rows by table, files of documents/, telling texts."""

    key: str
    subjects: tuple[str, ...]
    rows: dict[str, int]
    files: tuple[str, ...]
    texts: tuple[str, ...] = field(repr=False)


def read_tombstones(db: sqlite3.Connection) -> tuple[Tombstone, ...]:
    """All tombstones, the oldest first."""
    found = db.execute("SELECT subject, person, reason, at, removed FROM tombstone ORDER BY id")
    return tuple(Tombstone(*row) for row in found)


def subjects(key: str, doi: str | None) -> tuple[str, ...]:
    """Under which hashes a paper stays out: its key, and its DOI, under which another source may bring it back.

    Not the DOI of a chapter (doi:…#…): it is that of the whole book, whose other chapters stay.
    """
    if doi and key.startswith(f"doi:{doi.lower()}#"):
        return (subject_hash(key),)
    keys = dict.fromkeys([key, *([f"doi:{doi.lower()}"] if doi else [])])
    return tuple(subject_hash(each) for each in keys)


def erase(db: sqlite3.Connection, paper_id: int) -> Erased:
    """Remove a paper and all that hangs on it, in the caller's transaction. Journal entries stay, without content."""
    paper = db.execute("SELECT * FROM paper WHERE id = ?", (paper_id,)).fetchone()
    hanging = _hanging_on_papers(db)
    texts = _texts(db, paper, quotes_of(db, [table for table, _ in hanging], paper_id))
    hashes = _hashes(db, paper)
    files = _own_files(db, paper_id)
    authors = [row[0] for row in db.execute("SELECT author_id FROM paper_author WHERE paper_id = ?", (paper_id,))]
    rows = {"journal entries without their content": _redact_journal(db, paper_id, paper, texts)}
    for table, column in hanging:
        rows[table] = db.execute(f'DELETE FROM "{table}" WHERE "{column}" = ?', (paper_id,)).rowcount
    rows["recommendation"] = _erase_recommended(db, subjects(paper["key"], paper["doi"]))
    rows["extracted_text"] = _erase_extracted(db, files)
    rows["paper"] = db.execute("DELETE FROM paper WHERE id = ?", (paper_id,)).rowcount
    rows["author"] = sum(
        db.execute(
            "DELETE FROM author WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM paper_author WHERE author_id = ?1)", (each,)
        ).rowcount
        for each in set(authors)
    )
    rows["embedding"] = sum(
        db.execute(
            "DELETE FROM embedding WHERE text_hash = ?1 AND NOT EXISTS (SELECT 1 FROM paper WHERE text_hash = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM paper_version WHERE text_hash = ?1)",
            (each,),
        ).rowcount
        for each in hashes
    )
    rows["quarantine"] = _erase_quarantined(db, [paper["key"], paper["doi"] or "", *texts])
    return Erased(
        paper["key"],
        subjects(paper["key"], paper["doi"]),
        {t: n for t, n in rows.items() if n},
        tuple(files),
        (paper["key"], *texts),
    )


def scrub(connection: sqlite3.Connection) -> str:
    """Make the file forget what was deleted: merge the search index, rewrite the file, empty the WAL.

    Returns why that could not be done yet (another process writes, or reads an older state; no room); empty if done.
    """
    try:
        in_transaction(connection, lambda db: db.execute("INSERT INTO paper_fts (paper_fts) VALUES ('optimize')"))
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'").fetchone():
            connection.execute("ANALYZE")  # its samples are values of columns
        connection.execute("VACUUM")
        connection.execute("PRAGMA busy_timeout = 3000")
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            return _IN_USE
        if "full" in str(error):
            return "there is no room to write it anew; make room"
        raise
    return _IN_USE if busy else ""


def apply_tombstones(database: Path, tombstones: Sequence[Tombstone]) -> tuple[Erased, ...]:
    """Purge from a database that nobody else has open what is purged elsewhere; adds the tombstones it lacks."""
    with explaining(database), closing(connect_writer(database)) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        have = {stone.subject for stone in read_tombstones(connection)}
        lacking = [stone for stone in tombstones if stone.subject not in have]
        wanted = have | {stone.subject for stone in tombstones}
        papers = connection.execute("SELECT id, key, doi FROM paper").fetchall() if wanted else []
        gone = [row["id"] for row in papers if wanted & set(subjects(row["key"], row["doi"]))]

        def apply(db: sqlite3.Connection) -> tuple[Erased, ...]:
            bury(db, lacking)
            _erase_recommended(db, wanted)
            return tuple(erase(db, paper_id) for paper_id in gone)

        erased = in_transaction(connection, apply)
        if erased:
            scrub(connection)
        connection.execute("PRAGMA journal_mode = DELETE")
    return erased


def people(db: sqlite3.Connection) -> tuple[str, ...]:
    """Everybody who ever did something here."""
    found = db.execute(
        "SELECT person FROM journal UNION SELECT person FROM note UNION SELECT person FROM decision"
        " UNION SELECT person FROM queue_entry UNION SELECT person FROM critique UNION SELECT person FROM quote"
    )
    return tuple(row[0] for row in found)


def bury(db: sqlite3.Connection, tombstones: Iterable[Tombstone]) -> None:
    """Store tombstones."""
    db.executemany(
        "INSERT INTO tombstone (subject, person, reason, at, removed) VALUES (?, ?, ?, ?, ?)",
        [(stone.subject, stone.person, stone.reason, stone.at, stone.removed) for stone in tombstones],
    )


def _texts(db: sqlite3.Connection, paper: sqlite3.Row, quotes: Iterable[str]) -> tuple[str, ...]:
    """The paper's telling texts: titles, abstracts, notes, critiques and full text, as they are now and were in other
    versions, and what was quoted of them."""
    found = [paper["title"], paper["abstract"], paper["body"], *quotes]
    for row in db.execute("SELECT title, abstract FROM paper_version WHERE paper_id = ?", (paper["id"],)):
        found += [row["title"], row["abstract"]]
    found += [row[0] for row in db.execute("SELECT body FROM note WHERE paper_id = ?", (paper["id"],))]
    for row in db.execute("SELECT * FROM critique WHERE paper_id = ?", (paper["id"],)):
        found += [row[name] for name in CRITIQUE_TEXTS]
    found += [row[0] for row in db.execute("SELECT remark FROM quote WHERE paper_id = ?", (paper["id"],))]
    return tuple(dict.fromkeys(text for text in found if text and len(text) >= _TELLING))


def _hashes(db: sqlite3.Connection, paper: sqlite3.Row) -> set[str]:
    versions = db.execute("SELECT text_hash FROM paper_version WHERE paper_id = ?", (paper["id"],))
    return {paper["text_hash"], *(row[0] for row in versions if row[0])}


def _hanging_on_papers(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """(table, column) of every reference to a paper, those of later parts included."""
    tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return [
        (table, row["from"])
        for table in tables
        for row in db.execute(f'PRAGMA foreign_key_list("{table}")').fetchall()
        if row["table"] == "paper"
    ]


def _own_files(db: sqlite3.Connection, paper_id: int) -> list[str]:
    """Copies of a document or full text, as it is now and was before; without those that another paper has, too."""
    tables = "(SELECT paper_id, stored_as FROM document UNION ALL SELECT paper_id, stored_as FROM full_text)"
    found = db.execute(f"SELECT stored_as FROM {tables} WHERE paper_id = ? AND stored_as IS NOT NULL", (paper_id,))
    names = dict.fromkeys([*(row[0] for row in found.fetchall()), *_earlier_files(db, paper_id)])
    others = f"SELECT 1 FROM {tables} WHERE stored_as = ? AND paper_id != ?"
    return [name for name in names if db.execute(others, (name, paper_id)).fetchone() is None]


def _erase_recommended(db: sqlite3.Connection, gone: Iterable[str]) -> int:
    """What a service recommended of it. `gone`: hashes of keys."""
    wanted = set(gone)
    keys = {row[0] for row in db.execute("SELECT DISTINCT key FROM recommendation")}
    return sum(
        db.execute("DELETE FROM recommendation WHERE key = ?", (key,)).rowcount
        for key in keys
        if subject_hash(key) in wanted
    )


def _erase_extracted(db: sqlite3.Connection, files: Iterable[str]) -> int:
    """What those files say. The file's sha256 is its name."""
    return sum(db.execute("DELETE FROM extracted_text WHERE sha256 = ?", (Path(name).stem,)).rowcount for name in files)


def _earlier_files(db: sqlite3.Connection, paper_id: int) -> list[str]:
    """Copies as they were before another took their place, or that were taken off: only the journal names them."""
    entries = db.execute("SELECT changes FROM journal WHERE instr(changes, ?)", (f'"paper_id": {paper_id}',))
    return [
        str(row["stored_as"])
        for (changes,) in entries.fetchall()
        for table, key, before, after in json.loads(changes)
        for row in (before, after)
        if table in ("document", "full_text") and key.get("paper_id") == paper_id and row and row.get("stored_as")
    ]


def _redact_journal(db: sqlite3.Connection, paper_id: int, paper: sqlite3.Row, texts: Sequence[str]) -> int:
    """Who, when and what kind of action stay; what it said of this paper goes. A colleague's rows in it stay."""
    triggers = db.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal'"
    ).fetchall()
    for trigger in triggers:
        db.execute(f'DROP TRIGGER "{trigger["name"]}"')
    telling = [paper["key"], *(text[:40] for text in (paper["title"], *texts) if len(text) >= _TELLING)]
    count = 0
    entries = db.execute(
        "SELECT id, action, summary, changes FROM journal"
        " WHERE instr(changes, ?) OR instr(summary, ?) OR instr(summary, ?)",
        (f'"paper_id": {paper_id}', paper["key"], paper["title"][:40] or paper["key"]),
    ).fetchall()
    for entry in entries:
        changes: list[Any] = json.loads(entry["changes"])
        kept = [change for change in changes if not _concerns(change, paper_id)]
        tells = any(text in entry["summary"] for text in telling) or not kept
        if len(kept) == len(changes) and not tells:
            continue
        summary = f"{entry['action']} (purged)" if tells else entry["summary"]
        db.execute(
            "UPDATE journal SET summary = ?, changes = ? WHERE id = ?",
            (summary, json.dumps(kept, ensure_ascii=False), entry["id"]),
        )
        count += 1
    black_out(db, texts)
    for trigger in triggers:
        db.execute(trigger["sql"])
    return count


def _concerns(change: Sequence[Any], paper_id: int) -> bool:
    name = "id" if change[0] == "paper" else "paper_id"
    return any(isinstance(part, dict) and part.get(name) == paper_id for part in change)


def _erase_quarantined(db: sqlite3.Connection, texts: Sequence[str]) -> int:
    """Records that could not be read, but hold the paper: by its key, or by a telling text, escaped or not."""
    forms = {form for text in texts if text for form in (text, json.dumps(text)[1:-1])}
    return sum(
        db.execute("DELETE FROM quarantine WHERE instr(raw, ?) OR instr(reason, ?)", (form, form)).rowcount
        for form in forms
    )
