"""Quotes of papers, held against what is stored: where one stands, and whether the paper still says it."""

import re
import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from library.sentences.model import SOURCES, Sentence, Source, StoredText
from library.sentences.queries import sentences_in
from library.sentences.texts import earlier_abstracts, text_of, texts_of
from library.text import clean

Standing = Literal["current", "older version", "gone"]


def quote_at(
    db: sqlite3.Connection,
    paper_id: int,
    source: Source,
    version: int | None,
    start: int,
    end: int,
    *,
    note_id: int | None = None,
) -> str | None:
    """What stands at that place (in code points) of the abstract of that version, the full text or a note as it is now.

    None where there is no such text, or it ends before. Whether it is still the sentence that was meant, its hash says.
    """
    text = text_of(db, paper_id, source, version=version, note_id=note_id)
    return text[start:end] if text is not None and 0 <= start < end <= len(text) else None


def locate(db: sqlite3.Connection, paper_id: int, quote: str, sources: Iterable[Source] = SOURCES) -> Sentence | None:
    """The sentence that holds `quote`, word for word; else the one that does but for white space; None where none does.

    A quote that runs on gives one `Sentence` from the beginning of the first to the end of the last.
    """
    texts = list(texts_of(db, (paper_id,), sources))
    wanted = clean(quote).strip()
    for find in (_exactly, _but_for_space):
        for text in texts:
            place = find(text.text, wanted)
            if place is not None:
                return _around(text, *place)
    return None


def check_quote(
    db: sqlite3.Connection,
    paper_id: int,
    source: Source,
    start: int,
    end: int,
    quote: str,
    *,
    note_id: int | None = None,
) -> Standing:
    """Whether the paper still says `quote`, which stood at that place: its present text does (there or elsewhere, white
    space apart), only an earlier version's does, or nothing that is stored does."""
    now = text_of(db, paper_id, source, note_id=note_id)
    if now is not None and (now[start:end] == quote or _says(now, quote)):
        return "current"
    if source == "abstract" and any(_says(text, quote) for _, text in earlier_abstracts(db, paper_id)):
        return "older version"
    return "gone"


def _says(text: str, quote: str) -> bool:
    return _exactly(text, quote) is not None or _but_for_space(text, quote) is not None


def _exactly(text: str, quote: str) -> tuple[int, int] | None:
    place = text.find(quote) if quote else -1
    return (place, place + len(quote)) if place >= 0 else None


def _but_for_space(text: str, quote: str) -> tuple[int, int] | None:
    words = quote.split()
    found = re.search(r"\s+".join(map(re.escape, words)), text) if words else None
    return found.span() if found else None


def _around(text: StoredText, start: int, end: int) -> Sentence | None:
    touched = [each for each in sentences_in(text) if each.start < end and start < each.end]
    if not touched:
        return None
    first, last = touched[0], touched[-1]
    return replace(first, end=last.end, text=text.text[first.start : last.end])
