"""One question, answered: words and meaning side by side, fused by reciprocal rank.

Written-out syntax restricts both sides. A query that only restricts lists the newest papers first. The same
database, query and model give the same order; equal scores are told apart by id.
"""

import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal, TypeVar

import numpy as np

from library.db.store import Store
from library.errors import LabtopError, MissingPart, NeedsMeaning, NotFound, QueryError
from library.jobs import Cancelled, CancelToken
from library.papers.queries import find_id
from library.search.compile import Plan, compile_query
from library.search.fields import identifier
from library.search.fusion import DEPTH, MEANING_DEPTH, Hit, fused
from library.search.meaning import Ids, Meaning, Scores
from library.search.parse import parse
from library.search.query import Fact, Like, Parsed, leaves
from library.search.query import Meaning as MeaningLeaf
from library.search.sets import selected
from library.search.words import FEW, RANKED, WordHits, find, list_newest, with_all_words

Mode = Literal["hybrid", "keyword", "semantic"]
Sort = Literal["score", "date"]
T = TypeVar("T")
MODES: Final[tuple[Mode, ...]] = ("hybrid", "keyword", "semantic")
MAX_LISTED: Final = 100_000


@dataclass(frozen=True, slots=True)
class Took:
    """Milliseconds: everything, the keyword side, encoding the question, the vector search."""

    total: float
    words: float
    encoding: float
    vectors: float


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What was found.

    `total`: papers in the whole list, of which `hits` are a page. `matches`: papers that have all the words and meet
    all restrictions, counted exactly (None in semantic mode, which lists the nearest and selects none). What `total`
    has beyond them is there by meaning (`by_meaning`) or has only some of the words (`some_words`).
    """

    hits: tuple[Hit, ...]
    total: int
    matches: int | None
    by_meaning: int
    some_words: int
    mode: Mode
    took_ms: Took
    notices: tuple[str, ...]
    parsed: Parsed
    question: str = ""


@dataclass(slots=True)
class _Times:
    start: float = field(default_factory=time.perf_counter)
    words: float = 0.0
    encoding: float = 0.0
    vectors: float = 0.0


def search(
    store: Store,
    text: str,
    *,
    meaning: Meaning | None,
    person: str,
    today: date,
    mode: Mode = "hybrid",
    limit: int = 50,
    offset: int = 0,
    sort: Sort = "score",
    as_you_type: bool = False,
    cancel: CancelToken | None = None,
) -> SearchResult:
    """Answer `text` from the papers in `store`.

    `meaning`: the workspace's, or None to go by words alone. `person`: whose decisions count. `sort` by date keeps to
    papers with all the words. `as_you_type`: the last word may be half a word. Raises QueryError for a query that
    cannot be read or answered, MissingPart where `mode` is semantic and there is no model or vector, Cancelled,
    WorkspaceDamaged.
    """
    times = _Times()
    parsed = parse(text, today=today)
    plan = compile_query(parsed, person=person, as_you_type=as_you_type)
    way = _way(parsed, plan, mode, sort, has_meaning=meaning is not None)
    limit, offset = max(0, limit), max(0, offset)
    wanted = max(DEPTH, min(limit + offset, MAX_LISTED))
    if mode == "keyword":
        _refuse_what_needs_meaning(parsed)
    if cancel is not None:
        cancel.check()
    if way.meaning and meaning is not None:
        meaning.encode_ahead(plan.question)

    within = None
    if plan.conditions and (plan.has_text or way.meaning):
        within = _result(store.read(lambda db: selected(db, plan.conditions), cancel=cancel))
    future: Future[WordHits] | None = None
    if way.words:
        # Who asked for words alone is only helped out where nothing has them all.
        few = 0 if way.by_date else FEW if mode == "hybrid" else int(not as_you_type)
        ask = _timed(times, lambda db: _words(db, plan, within, wanted, few, way.by_date))
        future = store.read(ask, cancel=cancel)
    near: tuple[Ids, Scores] | None = None
    notices = list(parsed.notices)
    try:
        if way.meaning:
            depth = MEANING_DEPTH if way.words and plan.has_text else wanted
            near = _near(store, plan, within, meaning, depth, times, cancel)
    except QueryError:
        raise
    except LabtopError as error:
        if not way.can_do_without:
            raise _pointing(error, parsed) from error
        notices.append(f"Searched by words alone: {error}")
    words = _result(future) if future is not None else WordHits()

    hits = list(fused(words, near, newest=not plan.has_text))
    by_meaning = _only_by_meaning(store, plan, hits, words, cancel) if near is not None else 0
    if sort == "date" and not way.by_date and near is not None:
        hits = _result(store.read(lambda db: _newest_first(db, hits), cancel=cancel))
    if near is not None and meaning is not None:
        notices += _about_vectors(meaning, words.papers)
    notices += _about_words(words, plan, by_date=way.by_date, had_meaning=plan.has_meaning and mode == "hybrid")
    counts_words = way.words and (plan.has_text or near is None)
    some = len(words.ids) - words.complete
    notices += [] if hits else _about_absence(parsed)
    return SearchResult(
        hits=tuple(hits[offset : offset + limit]),
        total=(words.matches + some if counts_words else 0) + by_meaning,
        matches=words.matches if counts_words else None,
        by_meaning=by_meaning,
        some_words=some,
        mode=mode,
        took_ms=Took((time.perf_counter() - times.start) * 1e3, times.words, times.encoding, times.vectors),
        notices=tuple(dict.fromkeys(notices)),
        parsed=parsed,
        question=plan.question if near is not None else "",
    )


@dataclass(frozen=True, slots=True)
class _Way:
    """Which sides are asked. `by_date`: the newest of the papers with all the words, so no ranking.

    `can_do_without`: words alone are an answer too, where meaning cannot be had.
    """

    words: bool
    meaning: bool
    by_date: bool
    can_do_without: bool


def _way(parsed: Parsed, plan: Plan, mode: Mode, sort: Sort, *, has_meaning: bool) -> _Way:
    by_date = sort == "date" and plan.has_text
    asks_meaning = any(isinstance(leaf, (MeaningLeaf, Like)) for leaf in leaves(parsed.node))
    can_do_without = mode == "hybrid" and (plan.has_text or not asks_meaning)
    ranks = plan.has_meaning and mode != "keyword" and not by_date
    return _Way(
        words=mode != "semantic" or not plan.has_meaning,
        meaning=ranks and (has_meaning or not can_do_without),
        by_date=by_date,
        can_do_without=can_do_without,
    )


def _refuse_what_needs_meaning(parsed: Parsed) -> None:
    for leaf in leaves(parsed.node):
        if isinstance(leaf, (MeaningLeaf, Like)):
            what = "~" if isinstance(leaf, MeaningLeaf) else "like:"
            raise NeedsMeaning(
                f"{what} ranks by meaning, which keyword mode leaves out.",
                column=leaf.column,
                expected="words, or another mode",
            )


def _only_by_meaning(store: Store, plan: Plan, hits: Sequence[Hit], words: WordHits, cancel: CancelToken | None) -> int:
    """How many of `hits` are there for their meaning alone: not in the keyword list, nor further down in it."""
    listed = {hit.paper_id for hit in hits if hit.keyword_rank is None}
    if not plan.has_text or words.matches <= len(words.ids):
        return len(listed)
    asked = np.array(sorted(listed), dtype=np.int64)
    return len(listed - _result(store.read(lambda db: with_all_words(db, plan, asked), cancel=cancel)))


def _words(db: sqlite3.Connection, plan: Plan, within: Ids | None, depth: int, few: int, by_date: bool) -> WordHits:
    if plan.has_text:
        return find(db, plan, depth, within=within, few=few, newest_first=by_date)
    return list_newest(db, plan, depth)


def _near(
    store: Store,
    plan: Plan,
    within: Ids | None,
    meaning: Meaning | None,
    depth: int,
    times: _Times,
    cancel: CancelToken | None,
) -> tuple[Ids, Scores]:
    """The nearest papers among those that the query allows; like: leaves out the paper it names."""
    if meaning is None:
        raise MissingPart("Ranking by meaning is not ready.", mend="Try again in a moment, or search by words.")
    allowed = None
    if plan.required or plan.excluded:
        texts = plan.restrictions()[: -len(plan.conditions) or None]
        allowed = store.read(lambda db: selected(db, texts), cancel=cancel)
    named = _result(store.read(lambda db: tuple(_named(db, like) for like in plan.like), cancel=cancel))
    meaning.index()
    start = time.perf_counter()
    vector = meaning.vector(plan.question, named)
    times.encoding = (time.perf_counter() - start) * 1e3
    among = within
    if allowed is not None:
        among = _result(allowed) if within is None else np.intersect1d(_result(allowed), within, assume_unique=True)
    if cancel is not None:
        cancel.check()
    start = time.perf_counter()
    ids, cosines = meaning.rank(vector, depth + len(named), among)
    times.vectors = (time.perf_counter() - start) * 1e3
    others = ~np.isin(ids, named)
    return ids[others][:depth], cosines[others][:depth]


def _named(db: sqlite3.Connection, like: Like) -> int:
    try:
        return find_id(db, like.paper)
    except NotFound as error:
        raise QueryError(
            f"like: there is no paper {like.paper} here.",
            column=like.column,
            expected="the id of a paper in this library",
        ) from error


def _newest_first(db: sqlite3.Connection, hits: list[Hit]) -> list[Hit]:
    days: dict[int, str] = {}
    for hit in hits:
        row = db.execute("SELECT day FROM paper WHERE id = ?", (hit.paper_id,)).fetchone()
        days[hit.paper_id] = row[0] if row else ""
    return sorted(hits, key=lambda hit: (days[hit.paper_id], hit.paper_id), reverse=True)


def _about_vectors(meaning: Meaning, papers: int) -> list[str]:
    news = meaning.news()
    notices = [news] if news else []
    missing = papers - meaning.count if papers else 0
    if missing > 0:
        have = "paper has" if missing == 1 else "papers have"
        notices.append(f"{missing:,} {have} no vector yet and can be found by words alone: run labtop index.")
    return notices


def _about_words(words: WordHits, plan: Plan, *, by_date: bool, had_meaning: bool) -> list[str]:
    notices = []
    if plan.dropped_words:
        notices.append(f"Only the first {len(plan.words)} different words were looked for.")
    if words.partly:
        notices.append(
            f"Words this common were ranked among the {RANKED:,} most recently added of {words.matches:,} matches."
        )
    if words.by:
        had = f"{words.matches:,}" if words.matches else "No"
        papers = "paper has" if words.matches < 2 else "papers have"
        by = ", ".join(words.by[:8]) + (" …" if len(words.by) > 8 else "")
        notices.append(f"{had} {papers} all of these words; further ones were ranked by: {by}.")
    if by_date and had_meaning:
        notices.append("By date: only papers that have all of the words.")
    return notices


def _about_absence(parsed: Parsed) -> list[str]:
    """What finds nothing because the one paper that was named is not here."""
    named = parsed.node
    if not isinstance(named, Fact) or named.name not in ("id", "doi") or identifier(named.value) is None:
        return []
    name = named.value.removeprefix("doi:")
    return [f"There is no paper {name} here: labtop add {name} takes it in."]


def _pointing(error: LabtopError, parsed: Parsed) -> LabtopError:
    """The same error with the column of the part that cannot be answered, where there is one."""
    for leaf in leaves(parsed.node):
        if isinstance(leaf, (MeaningLeaf, Like)):
            return QueryError(error.message, column=leaf.column, expected="words", mend=error.mend)
    return error


def _timed(times: _Times, function: Callable[[sqlite3.Connection], T]) -> Callable[[sqlite3.Connection], T]:
    def timed(db: sqlite3.Connection) -> T:
        start = time.perf_counter()
        try:
            return function(db)
        finally:
            times.words = (time.perf_counter() - start) * 1e3

    return timed


def _result(future: "Future[T]") -> T:
    try:
        return future.result()
    except CancelledError as error:
        raise Cancelled from error
