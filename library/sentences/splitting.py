"""Splitting texts and keeping where their sentences are: what is missing only, in small steps, to be killed at will.

Importing does none of it: 20,000 papers come in without it, and whoever reads sentences gets them at once anyway.
"""

import sqlite3
import time
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from library.db.changes import Change
from library.jobs import CancelToken, Pace, ReportProgress
from library.sentences.model import SOURCES, StoredText, sha256
from library.sentences.split import RULES, Span, split
from library.sentences.texts import text_of, texts_of
from library.text import counted
from library.vectors.waiting import AT_ONCE, marks, pieces
from library.workspace import Workspace

CHUNK = 500  # papers a transaction
_LONG = 1_000_000  # characters of texts a transaction; a book may have more, and one of its own
# Of every paper the abstract is split, of every document the full text, and every note; an empty one into nothing.
_LACKING = tuple(
    f"SELECT p.id, p.day FROM {texts} WHERE NOT EXISTS"
    f" (SELECT 1 FROM split_text t WHERE {is_of_it} AND t.rules = {RULES})"
    for texts, is_of_it in (
        ("paper p", "t.paper_id = p.id AND t.source = 'abstract'"),
        ("document d JOIN paper p ON p.id = d.paper_id", "t.paper_id = p.id AND t.source = 'body'"),
        ("full_text f JOIN paper p ON p.id = f.paper_id", "t.paper_id = p.id AND t.source = 'body'"),
        ("note n JOIN paper p ON p.id = n.paper_id", "t.note_id = n.id"),
    )
)


@dataclass(frozen=True, slots=True)
class SplitReport:
    """What was done: papers whose texts were split, sentences of them; `stopped`: somebody asked to stop."""

    papers: int
    sentences: int
    seconds: float
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text that was split, not stored yet."""

    text: StoredText
    digest: bytes
    spans: tuple[Span, ...]


def waiting(db: sqlite3.Connection, *, limit: int | None = None) -> "array[int]":
    """Papers with a text that was not split since it last changed, the newest first."""
    rows = db.execute(
        f"SELECT id FROM ({' UNION '.join(_LACKING)}) ORDER BY day DESC, id DESC LIMIT ?",
        (-1 if limit is None else limit,),
    )
    return array("q", (row[0] for row in rows))


def any_waiting(db: sqlite3.Connection) -> bool:
    """Whether any paper waits to be split."""
    return any(db.execute(f"{lacking} LIMIT 1").fetchone() is not None for lacking in _LACKING)


def ensure(db: sqlite3.Connection, paper_ids: Sequence[int]) -> Change:
    """Split what is missing of these papers' texts. For a writer; a few hundred papers at a time."""
    return keep(db, prepare(lacking_texts(db, paper_ids)))


def lacking_texts(db: sqlite3.Connection, paper_ids: Sequence[int]) -> list[StoredText]:
    """The texts of these papers that were not split since they last changed."""
    have: set[tuple[int, str, int | None]] = set()
    for ids in pieces(paper_ids, AT_ONCE):
        rows = db.execute(
            f"SELECT paper_id, source, note_id FROM split_text WHERE paper_id IN ({marks(ids)}) AND rules = ?",
            (*ids, RULES),
        )
        have.update((row[0], row[1], row[2]) for row in rows)
    return [text for text in texts_of(db, paper_ids, SOURCES) if (text.paper_id, text.source, text.note_id) not in have]


def prepare(texts: Sequence[StoredText]) -> tuple[Prepared, ...]:
    """Split texts, away from the database: nobody waits for a lock meanwhile."""
    return tuple(Prepared(text, sha256(text.text), split(text.text)) for text in texts)


def keep(db: sqlite3.Connection, prepared: Sequence[Prepared]) -> Change:
    """Store where the sentences are; a text that changed since is passed over. For a writer. Again it does no harm.

    Vectors of sentences that are no more go.
    """
    done: dict[int, None] = {}
    for each in prepared:
        text = each.text
        now = text_of(db, text.paper_id, text.source, note_id=text.note_id)
        if now is None or sha256(now) != each.digest:
            continue
        db.execute(
            "DELETE FROM split_text WHERE paper_id = ? AND source = ? AND coalesce(note_id, 0) = ?",
            (text.paper_id, text.source, text.note_id or 0),
        )
        text_id = db.execute(
            "INSERT INTO split_text (paper_id, source, note_id, text_hash, rules) VALUES (?, ?, ?, ?, ?)",
            (text.paper_id, text.source, text.note_id, each.digest, RULES),
        ).lastrowid
        db.executemany(
            'INSERT INTO sentence (text_id, position, start, "end", hash) VALUES (?, ?, ?, ?, ?)',
            (
                (text_id, position, span.start, span.end, sha256(now[span.start : span.end]))
                for position, span in enumerate(each.spans, 1)
            ),
        )
        done[text.paper_id] = None
    for ids in pieces(tuple(done), AT_ONCE):
        db.execute(
            f"DELETE FROM sentence_embedding WHERE paper_id IN ({marks(ids)}) AND NOT EXISTS ("
            " SELECT 1 FROM split_text t JOIN sentence s ON s.text_id = t.id"
            " WHERE t.paper_id = sentence_embedding.paper_id AND s.hash = sentence_embedding.hash)",
            ids,
        )
    return Change("sentences", tuple(done), None, f"split {counted(len(done), 'paper')} into sentences")


def split_waiting(
    workspace: Workspace,
    only: Sequence[int] | None = None,
    *,
    limit: int | None = None,
    chunk: int = CHUNK,
    pause: float = 0.0,
    progress: ReportProgress | None = None,
    cancel: CancelToken | None = None,
) -> SplitReport:
    """Split what waits (`only`: among these papers; at most `limit` papers, the newest first), `chunk` papers a step.

    `pause`: seconds between steps, for who works beside it. Killed or stopped, the next call goes on. Raises ReadOnly.
    """
    workspace.refuse_if_read_only()
    store, start = workspace.store, time.monotonic()
    ids: Sequence[int] = only if only is not None else store.read(partial(waiting, limit=limit)).result()
    ids = ids[:limit]
    pace = Pace("splitting into sentences", len(ids), progress)
    papers = sentences = seen = 0
    stopped = False
    for some in pieces(ids, chunk):
        if cancel is not None and cancel.cancelled:
            stopped = True
            break
        texts = store.read(partial(lacking_texts, paper_ids=some)).result()
        for part in _parts(texts):
            prepared = prepare(part)
            papers += len(store.write(partial(keep, prepared=prepared)).result().ids)
            sentences += sum(len(each.spans) for each in prepared)
        seen += len(some)
        pace.at(seen, final=seen == len(ids))
        if pause and seen < len(ids):
            time.sleep(pause)
    return SplitReport(papers, sentences, round(time.monotonic() - start, 3), stopped)


def _parts(texts: Sequence[StoredText]) -> Iterator[list[StoredText]]:
    """Whole papers, as many as have no more than `_LONG` characters together, so that no transaction takes long."""
    part: list[StoredText] = []
    size = 0
    for text in texts:
        if part and size + len(text.text) > _LONG and text.paper_id != part[-1].paper_id:
            yield part
            part, size = [], 0
        part.append(text)
        size += len(text.text)
    if part:
        yield part
