"""Which papers wait for a vector, and whose vectors are stored. Plain SQL: numpy is not loaded for it."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, TypeVar

from library.clock import stamp
from library.papers.model import encoded_text
from library.vectors.model import ConvertedModel

T = TypeVar("T")
AT_ONCE: Final = 500  # values in one IN (…)
_LACKS: Final = "NOT EXISTS (SELECT 1 FROM embedding e WHERE e.model_id = ? AND e.text_hash = p.text_hash)"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A text that has no vector yet."""

    text_hash: str
    text: str


def model_row(db: sqlite3.Connection, *, name: str, file_hash: str | None) -> tuple[int, int, str] | None:
    """(id, dimension, file hash) of the model whose vectors are meant.

    By hash; where the hash is unknown because the model's files are absent, the newest one stored under that name.
    """
    found = db.execute(
        "SELECT id, dimension, file_hash FROM encoder_model WHERE file_hash = ?1 OR (?1 IS NULL AND name = ?2) "
        "ORDER BY id DESC LIMIT 1",
        (file_hash, name),
    ).fetchone()
    return (found[0], found[1], found[2]) if found else None


def register(db: sqlite3.Connection, model: ConvertedModel) -> int:
    """The id under which vectors of `model` are stored; makes it where there is none. For a writer."""
    found = model_row(db, name=model.name, file_hash=model.file_hash)
    if found is not None:
        return found[0]
    cursor = db.execute(
        "INSERT INTO encoder_model (name, file_hash, dimension, created_at) VALUES (?, ?, ?, ?)",
        (model.name, model.file_hash, model.dimension, stamp()),
    )
    return int(cursor.lastrowid or 0)


def waiting_hashes(db: sqlite3.Connection, model_id: int | None, only: Sequence[int] | None = None) -> list[str]:
    """Hashes of the texts without a vector of that model, each once, newest papers first."""
    rows: dict[str, tuple[str, int]] = {}
    query = f"SELECT text_hash, day, id FROM paper p WHERE {_LACKS}"
    if only is None:
        found: Iterator[Any] = iter(db.execute(query, (model_id or 0,)))
    else:
        found = (
            row
            for ids in pieces(only, AT_ONCE)
            for row in db.execute(f"{query} AND id IN ({marks(ids)})", (model_id or 0, *ids))
        )
    for text_hash, day, paper_id in found:
        rows[text_hash] = max(rows.get(text_hash, ("", 0)), (day, paper_id))
    return sorted(rows, key=rows.__getitem__, reverse=True)


def waiting_count(db: sqlite3.Connection, model_id: int | None) -> int:
    """How many papers have no vector of that model. By text, as the index counts: two papers may share one."""
    return int(db.execute(f"SELECT count(*) FROM paper p WHERE {_LACKS}", (model_id or 0,)).fetchone()[0])


def texts(db: sqlite3.Connection, hashes: Sequence[str]) -> list[Waiting]:
    """The texts to those hashes, in their order; one that is gone since is left out."""
    found: dict[str, str] = {}
    for some in pieces(hashes, AT_ONCE):
        for row in db.execute(
            f"SELECT text_hash, title, abstract FROM paper WHERE text_hash IN ({marks(some)})", tuple(some)
        ):
            found[row[0]] = encoded_text(row[1], row[2])
    return [Waiting(text_hash, found[text_hash]) for text_hash in hashes if text_hash in found]


def pieces(items: Sequence[T], size: int) -> Iterator[tuple[T, ...]]:
    """`items` in tuples of at most `size`."""
    rest = iter(items)
    while piece := tuple(islice(rest, size)):
        yield piece


def marks(values: Sequence[object]) -> str:
    """Question marks for an IN (…)."""
    return ", ".join("?" * len(values))
