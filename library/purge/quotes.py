"""What others quoted of a paper: evidence goes with the paper, copies of it in written documents are blacked out."""

import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, Final

BLACKED_OUT: Final = "[purged]"
_BULLETS: Final = frozenset("-*•")
_LONGEST: Final = 5_000  # characters: nobody quotes a whole full text
_QUOTING: dict[str, tuple[str, ...]] = {}


def quoting(table: str, columns: Iterable[str]) -> None:
    """Let a purge look through these columns of `table`, which repeat what papers say in a document of their own."""
    _QUOTING[table] = tuple(columns)


def quotes_of(db: sqlite3.Connection, tables: Iterable[str], paper_id: int) -> tuple[str, ...]:
    """What rows of `tables` quote of a paper, and what rows quoted that only the journal remembers."""
    found: dict[str, None] = {}
    for table in tables:
        if any(column["name"] == "quote" for column in db.execute(f'PRAGMA table_info("{table}")')):
            rows = db.execute(f'SELECT quote FROM "{table}" WHERE paper_id = ? AND quote IS NOT NULL', (paper_id,))
            found |= dict.fromkeys(row[0] for row in rows)
    entries = db.execute("SELECT changes FROM journal WHERE instr(changes, ?)", (f'"paper_id": {paper_id}',))
    for (changes,) in entries.fetchall():
        rows_of = [
            row for _, _, *both in json.loads(changes) for row in both if row and row.get("paper_id") == paper_id
        ]
        found |= dict.fromkeys(row["quote"] for row in rows_of if row.get("quote"))
    return tuple(found)


def black_out(db: sqlite3.Connection, texts: Sequence[str]) -> dict[str, int]:
    """Take `texts` out of documents that repeat them, and out of what the journal says of those; rows by table.

    The journal's triggers are off meanwhile.
    """
    if not any(db.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchone() for table in _QUOTING):
        return {}
    patterns = [_pattern(text) for text in sorted(set(texts), key=len, reverse=True) if len(text) <= _LONGEST]
    done: dict[str, int] = {}
    for table, columns in _QUOTING.items():
        names = ", ".join(f'"{name}"' for name in columns)
        for row in db.execute(f'SELECT rowid, {names} FROM "{table}"').fetchall():
            now = tuple(row)[1:]
            clean = tuple(without(value, patterns) if isinstance(value, str) else value for value in now)
            if clean != now:
                marks = ", ".join(f'"{name}" = ?' for name in columns)
                db.execute(f'UPDATE "{table}" SET {marks} WHERE rowid = ?', (*clean, row[0]))
                done[table] = done.get(table, 0) + 1
    if done:
        _black_out_journal(db, patterns)
    return done


def _black_out_journal(db: sqlite3.Connection, patterns: Sequence[re.Pattern[str]]) -> None:
    for table in _QUOTING:
        entries = db.execute("SELECT id, changes FROM journal WHERE instr(changes, ?)", (f'["{table}"',)).fetchall()
        for entry in entries:
            changes = json.loads(entry["changes"])
            clean = [_without_in(change, patterns) if change[0] == table else change for change in changes]
            if clean != changes:
                text = json.dumps(clean, ensure_ascii=False)
                db.execute("UPDATE journal SET changes = ? WHERE id = ?", (text, entry["id"]))


def without(text: str, patterns: Sequence[re.Pattern[str]]) -> str:
    """`text`, Markdown or JSON, with what the patterns find blacked out; itself where they find nothing."""
    if text[:1] in ("{", "["):
        try:
            value = json.loads(text)
        except ValueError:
            pass
        else:
            clean = _without_in(value, patterns)
            return text if clean == value else json.dumps(clean, ensure_ascii=False)
    for pattern in patterns:
        text = pattern.sub(BLACKED_OUT, text)
    return text


def _without_in(value: Any, patterns: Sequence[re.Pattern[str]]) -> Any:
    if isinstance(value, str):
        return without(value, patterns)
    if isinstance(value, dict):
        return {name: _without_in(inner, patterns) for name, inner in value.items()}
    return [_without_in(inner, patterns) for inner in value] if isinstance(value, list) else value


def _pattern(text: str) -> re.Pattern[str]:
    """`text` as Markdown may write it: other white space, > and bullets at the start of lines, escapes anywhere."""
    words = [r"[-*•]" if word in _BULLETS else r"\\?".join(map(re.escape, word)) for word in text.split()]
    return re.compile(r"(?:\s|^>|\\(?=\n))+\\?".join(words), re.MULTILINE)
