"""Reading sentences. What was not split yet is split on the way, so that all of it works at once, and read-only."""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from library.errors import NotFound
from library.sentences.model import Sentence, Source, StoredText, sha256
from library.sentences.split import RULES, Span, split
from library.sentences.texts import texts_of
from library.text import shortened
from library.vectors.waiting import AT_ONCE, marks, pieces

_NAME = re.compile(r"(?:(b)|n(\d+)\.)?(\d+)")
_Key = tuple[int, Source, int | None]


def sentences_of(
    db: sqlite3.Connection, paper_id: int, sources: Iterable[Source] = ("abstract",)
) -> tuple[Sentence, ...]:
    """The sentences of a paper: of its abstract, full text, notes, in that order. Nothing for one that is not there."""
    return tuple(sentences_of_papers(db, (paper_id,), sources))


def sentences_of_papers(
    db: sqlite3.Connection, paper_ids: Sequence[int], sources: Iterable[Source] = ("abstract",)
) -> Iterator[Sentence]:
    """The sentences of several papers, in the order given. Holds the texts of some hundred papers at a time."""
    wanted = tuple(sources)
    for ids in pieces(paper_ids, AT_ONCE):
        stored = _stored_spans(db, ids)
        for text in texts_of(db, ids, wanted):
            yield from sentences_in(text, stored.get((text.paper_id, text.source, text.note_id)))


def sentences_in(text: StoredText, stored: tuple[bytes, tuple[Span, ...]] | None = None) -> Iterator[Sentence]:
    """The sentences of one text: where `stored` (sha256 of the text, spans) is of this text, at those places."""
    digest = sha256(text.text)
    spans = stored[1] if stored is not None and stored[0] == digest else split(text.text)
    for position, span in enumerate(spans, 1):
        yield Sentence(
            text.paper_id,
            text.source,
            text.note_id,
            text.version,
            position,
            span.start,
            span.end,
            digest.hex(),
            text.text[span.start : span.end],
        )


def sentence_named(db: sqlite3.Connection, paper_id: int, name: str) -> Sentence:
    """The sentence that a person calls "3" (of the abstract), "b17" (of the full text) or "n5.2" (of note 5).

    Raises NotFound.
    """
    found = _NAME.fullmatch(name.strip())
    if found is not None:
        source: Source = "body" if found[1] else "note" if found[2] else "abstract"
        note_id = int(found[2]) if found[2] else None
        for sentence in sentences_of(db, paper_id, (source,)):
            if (sentence.note_id, sentence.position) == (note_id, int(found[3])):
                return sentence
    raise NotFound(
        f"This paper has no sentence {shortened(name.strip(), 20)!r}.", mend="labtop sentences PAPER numbers them."
    )


def _stored_spans(db: sqlite3.Connection, ids: Sequence[int]) -> dict[_Key, tuple[bytes, tuple[Span, ...]]]:
    rows = db.execute(
        'SELECT t.paper_id, t.source, t.note_id, t.text_hash, s.start, s."end" FROM split_text t'
        " LEFT JOIN sentence s ON s.text_id = t.id"
        f" WHERE t.paper_id IN ({marks(ids)}) AND t.rules = ? ORDER BY t.id, s.position",
        (*ids, RULES),
    )
    rows.row_factory = None
    hashes: dict[_Key, bytes] = {}
    spans: dict[_Key, list[Span]] = {}
    for paper_id, source, note_id, digest, start, end in rows:
        key = (paper_id, source, note_id)
        hashes[key] = digest
        of_text = spans.setdefault(key, [])
        if start is not None:
            of_text.append(Span(start, end))
    return {key: (hashes[key], tuple(found)) for key, found in spans.items()}
