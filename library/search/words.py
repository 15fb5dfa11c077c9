"""The keyword side of a search: FTS5's BM25, exact counts, and a bounded amount of work however common the words.

Papers that have all the words come first. Where few have, a question in plain words is still answered: behind them
come papers with some of its rarer words.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from library.search.compile import Plan
from library.search.query import Word
from library.search.sets import Ids, ids_array, one_of

# Fixed on Cranfield by benchmarks/retrieval.py, reported there on the other collections.
FIELD_WEIGHTS: Final = (5.0, 1.0, 1.0, 1.0, 0.5)  # title, abstract, authors, notes, text of a document
RANKED: Final = 12_000  # matches that are scored; of more, the most recently added ones
FEW: Final = 50  # matches of all the words, below which a hybrid search looks for some of them, too
COMMON: Final = 0.5  # share of papers that have it, above which a word says nothing on its own
# Nor do these, however small the library. Only looking for *some* of the words leaves them out.
_FUNCTION_WORDS: Final = """
a about all also an and any are as at be been being by can could did do does done for from had has have having how i if
in into is it its may might more most must no not of on one or our out over shall should so some such than that the
their them then there these they this those to under upon us was we were what when where which who whom whose why will
with within without would you your
"""
FUNCTION_WORDS: Final = frozenset(_FUNCTION_WORDS.split())


@dataclass(frozen=True, slots=True)
class WordHits:
    """`ids` best first with their BM25 (higher is better); the first `complete` of them have all the words.

    `matches`: how many papers have all the words, exactly. `partly`: only the `RANKED` most recently added of them were
    scored. `by`: the words by which the others were ranked. `papers`: in the whole library.
    """

    ids: tuple[int, ...] = ()
    bm25: tuple[float, ...] = ()
    complete: int = 0
    matches: int = 0
    partly: bool = False
    by: tuple[str, ...] = ()
    papers: int = 0


def find(
    db: sqlite3.Connection,
    plan: Plan,
    depth: int,
    *,
    within: Ids | None,
    few: int,
    newest_first: bool = False,
) -> WordHits:
    """The first `depth` papers, among `within` (ids that meet the plan's conditions) where given.

    Where fewer than `few` papers have all the words, papers with some of them follow; 0 never does that.
    """
    match = plan.match()
    papers = int(db.execute("SELECT count(*) FROM paper").fetchone()[0])
    if newest_first:
        return _newest(db, match, within, depth)
    ids, scores, matches = _ranked(db, match, within, depth)
    partly = matches > RANKED
    rarer: tuple[Word, ...] = ()
    if len(plan.words) > 1 and matches < few:
        rarer = rarer_words(db, plan.words, papers)
    if not rarer:
        return WordHits(ids, scores, len(ids), matches, partly, papers=papers)
    # A long question says its main words more than once: each time counts.
    loose = plan.match([word for word in rarer for _ in range(plan.said(word))], any_word=True)
    more, more_scores, _ = _ranked(db, loose, within, depth)
    have = set(ids)
    rest = [(paper, score) for paper, score in zip(more, more_scores, strict=True) if paper not in have]
    rest = rest[: max(0, depth - len(ids))]
    return WordHits(
        ids + tuple(paper for paper, _ in rest),
        scores + tuple(score for _, score in rest),
        len(ids),
        matches,
        by=tuple(word.text for word in rarer),
        papers=papers,
    )


def list_newest(db: sqlite3.Connection, plan: Plan, depth: int) -> WordHits:
    """Papers that meet the restrictions of a query without words, the newest day first."""
    where, values = plan.where("p.id")
    matches = int(db.execute(f"SELECT count(*) FROM paper p WHERE {where}", values).fetchone()[0])
    sql = f"SELECT p.id FROM paper p WHERE {where} ORDER BY p.day DESC, p.id DESC LIMIT ?"
    ids = tuple(row[0] for row in db.execute(sql, (*values, depth)))
    return WordHits(ids, (), len(ids), matches)


def with_all_words(db: sqlite3.Connection, plan: Plan, ids: Ids) -> set[int]:
    """Those of `ids`, which meet the plan's conditions, that have all the words."""
    condition, value = one_of("rowid", ids)
    sql = f"SELECT rowid FROM paper_fts WHERE paper_fts MATCH ? AND {condition}"
    return {row[0] for row in db.execute(sql, (plan.match(), value))}


def count(db: sqlite3.Connection, plan: Plan, within: Ids | None) -> int:
    """How many papers (among `within`, where given) have all the words."""
    if within is not None:
        return len(_matching(db, plan.match(), within))
    return int(db.execute("SELECT count(*) FROM paper_fts WHERE paper_fts MATCH ?", (plan.match(),)).fetchone()[0])


def rarer_words(db: sqlite3.Connection, words: Sequence[Word], papers: int) -> tuple[Word, ...]:
    """The words that few papers have, so few together that they are scored in milliseconds; rarest first."""
    most = min(RANKED, int(papers * COMMON))
    sql = "SELECT count(*) FROM (SELECT 1 FROM paper_fts WHERE paper_fts MATCH ? LIMIT ?)"
    found = []
    for order, word in enumerate(words):
        if word.text.casefold().strip("?!.,;") in FUNCTION_WORDS:
            continue
        number = int(db.execute(sql, (Plan((word,), "", (), (), "", ()).match(), most + 1)).fetchone()[0])
        if 0 < number <= most:
            found.append((number, order, word))
    chosen, together = [], 0
    for number, _, word in sorted(found, key=lambda item: item[:2]):
        if together + number > RANKED < papers:
            break
        chosen.append(word)
        together += number
    return tuple(chosen)


def _ranked(
    db: sqlite3.Connection, match: str, within: Ids | None, depth: int
) -> tuple[tuple[int, ...], tuple[float, ...], int]:
    """The best `depth` (ids, scores) of the `RANKED` matches that were added last, and how many matches there are."""
    condition: str = "1"
    values: list[str | int] = [match]
    if within is not None:
        chosen = _matching(db, match, within)
        last = chosen[-RANKED:]
        condition, value = one_of("rowid", last)
        condition = f"rowid >= ? AND {condition}"
        values += [int(last[0]) if len(last) else 0, value]
    cursor = db.execute(
        "SELECT id, score, count(*) OVER () FROM ("
        f"SELECT rowid AS id, -bm25(paper_fts, {', '.join(map(str, FIELD_WEIGHTS))}) AS score"
        f" FROM paper_fts WHERE paper_fts MATCH ? AND {condition} ORDER BY rowid DESC LIMIT {RANKED})"
        " ORDER BY score DESC, id LIMIT ?",
        (*values, depth),
    )
    cursor.row_factory = None
    rows = cursor.fetchall()
    matches = rows[0][2] if rows else 0
    if within is not None:
        matches = len(chosen)
    elif matches == RANKED:
        matches = db.execute("SELECT count(*) FROM paper_fts WHERE paper_fts MATCH ?", (match,)).fetchone()[0]
    return tuple(row[0] for row in rows), tuple(row[1] for row in rows), matches


def _matching(db: sqlite3.Connection, match: str, within: Ids | None) -> Ids:
    """Ids (among `within`, where given) that match, ascending."""
    found = ids_array(db, "SELECT rowid AS id FROM paper_fts WHERE paper_fts MATCH ?", (match,))
    if within is None:
        return found
    return found[np.isin(found, within, assume_unique=True, kind="table")]


def _newest(db: sqlite3.Connection, match: str, within: Ids | None, depth: int) -> WordHits:
    chosen = _matching(db, match, within)
    condition, value = one_of("p.id", chosen)
    sql = f"SELECT p.id FROM paper p WHERE {condition} ORDER BY p.day DESC, p.id DESC LIMIT ?"
    ids = tuple(row[0] for row in db.execute(sql, (value, depth)))
    return WordHits(ids, (0.0,) * len(ids), len(ids), len(chosen))
