"""Sentences that somebody took down from a paper: the place, and a copy that stays when the paper changes."""

import sqlite3
from typing import Any, Final

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder
from library.errors import LabtopError, NotFound, UsageError
from library.fulltext.stored import page_of
from library.papers.acting import journalled, named, still_there
from library.reading.model import Quote
from library.records.field import LONGEST_TEXT
from library.sentences.model import Sentence
from library.sentences.queries import sentence_named
from library.sentences.quotes import check_quote, locate, quote_at
from library.text import clean, shortened

SHORTEST: Final = 12  # characters: less could stand anywhere
SOURCES: Final = ("abstract", "body")


def quotes_of(db: sqlite3.Connection, paper_id: int) -> tuple[Quote, ...]:
    """Everybody's quotes of a paper, in the order in which they stand there."""
    return _read(db, "k.paper_id = ?", (paper_id,), "k.source, k.start, k.id")


def quotes(db: sqlite3.Connection, *, person: str | None = None) -> tuple[Quote, ...]:
    """All quotes, or those of one person, the newest first."""
    return _read(db, "?1 IS NULL OR k.person = ?1", (person,), "k.created_at DESC, k.id DESC")


def quote(db: sqlite3.Connection, number: int) -> Quote:
    """One of them. Raises NotFound."""
    found = _read(db, "k.id = ?", (number,), "k.id")
    if not found:
        raise NotFound(f"There is no quote {number}.", mend="labtop quote list shows them.")
    return found[0]


def take_quote(
    db: sqlite3.Connection,
    person: str,
    paper_id: int,
    *,
    sentence: str | None = None,
    words: str | None = None,
    remark: str | None = None,
) -> tuple[Quote, Change]:
    """Take down a sentence: by its number ("3" of the abstract, "b17" of the full text), or by words that stand in it.

    Taken again, its remark is changed. Raises NotFound where it does not stand there, UsageError for too few words.
    """
    (paper_id,) = still_there(db, [paper_id])
    found = sentence_named(db, paper_id, sentence) if sentence is not None else _with_words(db, paper_id, words or "")
    if found.source not in SOURCES:
        raise UsageError("A note is no quote of the paper.", mend="Quote the abstract (3) or the full text (b17).")
    said = _remark(remark)
    own = db.execute(
        "SELECT id, remark FROM quote WHERE paper_id = ? AND person = ? AND source = ? AND quote_hash = ?",
        (paper_id, person, found.source, found.hash),
    ).fetchone()

    def write(recorder: Recorder) -> int:
        if own is not None:
            if said is not None and said != own["remark"]:
                recorder.put("quote", {"id": own["id"]}, {"remark": said, "updated_at": stamp()})
            return int(own["id"])
        return recorder.insert("quote", _columns(found, person, said))

    change = journalled(db, person, [paper_id], "quote.add", f"quoted {named(db, [paper_id])}", write)
    number = db.execute(
        "SELECT id FROM quote WHERE paper_id = ? AND person = ? AND source = ? AND quote_hash = ?",
        (paper_id, person, found.source, found.hash),
    ).fetchone()[0]
    return quote(db, number), change


def set_remark(db: sqlite3.Connection, person: str, number: int, remark: str) -> Change:
    """Say something else of one's own quote; an empty text says nothing. Raises NotFound, LabtopError."""
    own, said = _own(db, person, number), _remark(remark)

    def write(recorder: Recorder) -> None:
        if own.remark != said:
            recorder.put("quote", {"id": number}, {"remark": said, "updated_at": stamp()})

    summary = f"changed the remark on a quote of {named(db, [own.paper_id])}"
    return journalled(db, person, [own.paper_id], "quote.edit", summary, write)


def remove_quote(db: sqlite3.Connection, person: str, number: int) -> Change:
    """Take away one's own quote; undo brings it back. Raises NotFound, LabtopError."""
    own = _own(db, person, number)
    summary = f"removed a quote of {named(db, [own.paper_id])}"
    return journalled(
        db, person, [own.paper_id], "quote.remove", summary, lambda recorder: recorder.delete("quote", {"id": number})
    )


def _with_words(db: sqlite3.Connection, paper_id: int, words: str) -> Sentence:
    wanted = clean(words).strip()
    if len(wanted) < SHORTEST:
        raise UsageError("That quote is too short to be found again.", mend="Give some words more of the sentence.")
    found = locate(db, paper_id, wanted, SOURCES)
    if found is None:
        raise NotFound(
            f"“{shortened(wanted)}” does not stand in this paper.",
            mend="Quote it word for word; labtop sentences PAPER shows what is stored.",
        )
    return found


def _columns(found: Sentence, person: str, remark: str | None) -> dict[str, Any]:
    now = stamp()
    return {
        "paper_id": found.paper_id,
        "person": person,
        "source": found.source,
        "version": found.version,
        "start": found.start,
        "end": found.end,
        "text_hash": found.text_hash,
        "quote": found.text,
        "quote_hash": found.hash,
        "remark": remark,
        "created_at": now,
        "updated_at": now,
    }


def _remark(text: str | None) -> str | None:
    said = clean(text).strip() if text is not None else ""
    if len(said) > LONGEST_TEXT:
        raise UsageError(f"A remark has at most {LONGEST_TEXT:,} characters; this has {len(said):,}.")
    return said or None


def _own(db: sqlite3.Connection, person: str, number: int) -> Quote:
    found = quote(db, number)
    if found.person != person:
        raise LabtopError(f"That quote is {found.person}'s.", mend="Take the sentence down yourself.")
    return found


def _page(db: sqlite3.Connection, row: sqlite3.Row) -> int | None:
    if row["source"] != "body":
        return None
    now = quote_at(db, row["paper_id"], "body", None, row["start"], row["end"])
    return page_of(db, row["paper_id"], row["start"]) if now == row["quote"] else None


def _read(db: sqlite3.Connection, where: str, values: tuple[Any, ...], order: str) -> tuple[Quote, ...]:
    rows = db.execute(
        f"SELECT k.*, p.key, p.title FROM quote k JOIN paper p ON p.id = k.paper_id WHERE {where} ORDER BY {order}",
        values,
    ).fetchall()
    return tuple(
        Quote(
            row["id"],
            row["paper_id"],
            row["key"],
            row["title"],
            row["person"],
            row["source"],
            row["version"],
            row["start"],
            row["end"],
            row["quote"],
            row["remark"],
            check_quote(db, row["paper_id"], row["source"], row["start"], row["end"], row["quote"]),
            _page(db, row),
            row["created_at"],
            row["updated_at"],
        )
        for row in rows
    )
