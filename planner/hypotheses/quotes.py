"""Sentences of papers as evidence keeps them: the place, and a copy that stays when the paper gets another version."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from library.errors import LabtopError, NotFound, UsageError
from library.papers.model import text_hash
from library.sentences.model import Sentence
from library.sentences.queries import sentence_named
from library.sentences.quotes import Standing, check_quote, locate, quote_at
from library.text import clean, shortened
from planner.hypotheses.model import QuotedSource

TITLE: Final = "title"  # what stands for a sentence's number where the title is meant
SHORTEST: Final = 12  # characters: less could stand anywhere


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote and its place: the text of `source` at `version` has it at [start, end), in code points."""

    paper_id: int
    source: QuotedSource
    note_id: int | None
    version: int | None
    start: int
    end: int
    text_hash: str
    quote: str


def quoted_sentence(db: sqlite3.Connection, paper_id: int, name: str) -> Quoted:
    """The sentence called "3" (of the abstract), "b17" (full text), "n5.2" (of note 5), or "title". Raises NotFound."""
    if name.strip().lower() == TITLE:
        return _title(db, paper_id)
    return _of(sentence_named(db, paper_id, name))


def quoted_words(db: sqlite3.Connection, paper_id: int, words: str) -> Quoted:
    """The sentence, or sentences, in which these words stand. Raises UsageError for few, NotFound where they do not."""
    wanted = clean(words).strip()
    if len(wanted) < SHORTEST:
        raise UsageError("That quote is too short to be found again.", mend="Give some words more of the sentence.")
    sentence = locate(db, paper_id, wanted)
    if sentence is not None:
        return _of(sentence)
    title = _title(db, paper_id)
    if " ".join(wanted.split()).casefold() in title.quote.casefold():
        return title
    raise NotFound(
        f"“{shortened(wanted)}” does not stand in this paper.",
        mend="Quote it word for word; labtop sentences PAPER shows what is stored.",
    )


def refuse_unfaithful(db: sqlite3.Connection, quoted: Quoted) -> None:
    """Raise LabtopError unless the stored text has the quote at its place: the rule that all evidence rests on."""
    if quoted.source == "title":
        row = db.execute("SELECT title FROM paper WHERE id = ?", (quoted.paper_id,)).fetchone()
        stands = row[0][quoted.start : quoted.end] if row is not None else None
    else:
        place = (quoted.source, quoted.version, quoted.start, quoted.end)
        stands = quote_at(db, quoted.paper_id, *place, note_id=quoted.note_id)
    if stands is None or stands != quoted.quote:
        raise LabtopError(
            "That sentence does not stand there: the paper was changed meanwhile.", mend="Choose the sentence again."
        )


def standing(db: sqlite3.Connection, row: Mapping[str, Any] | sqlite3.Row) -> Standing:
    """Whether the paper still says what a row of evidence quotes: now, in an older version alone, or nowhere."""
    if row["source"] != "title":
        place = (row["source"], row["start"], row["end"], row["quote"])
        return check_quote(db, row["paper_id"], *place, note_id=row["note_id"])
    titles = "SELECT title FROM paper WHERE id = ?1 UNION ALL SELECT title FROM paper_version WHERE paper_id = ?1"
    now, *earlier = [found[0] or "" for found in db.execute(titles, (row["paper_id"],))]
    if row["quote"] in now:
        return "current"
    return "older version" if any(row["quote"] in title for title in earlier) else "gone"


def _title(db: sqlite3.Connection, paper_id: int) -> Quoted:
    row = db.execute("SELECT title, version FROM paper WHERE id = ?", (paper_id,)).fetchone()
    if row is None or not row["title"]:
        raise NotFound("This paper has no title.")
    title = row["title"]
    return Quoted(paper_id, "title", None, row["version"], 0, len(title), text_hash(title), title)


def _of(sentence: Sentence) -> Quoted:
    return Quoted(
        sentence.paper_id,
        sentence.source,
        sentence.note_id,
        sentence.version,
        sentence.start,
        sentence.end,
        sentence.text_hash,
        sentence.text,
    )
