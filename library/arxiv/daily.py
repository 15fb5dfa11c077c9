"""Today's batch of one category: the feed first, the listing page wherever the feed is not beyond doubt.

Every way in which the two can be wrong ends in a named state. "Nothing" is believed only from a listing page that
states its day and counts none.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final, Literal

from library.arxiv.batch import FEED_LIMIT, Batch
from library.arxiv.calendar import current_listing_day, feed_at, is_weekday, named
from library.arxiv.ledger import Source, State
from library.arxiv.problems import ArxivProblem, Throttled
from library.arxiv.transport import Transport
from library.papers.model import AnnounceType, PaperDraft

_AHEAD: Final = timedelta(days=4)  # how far arXiv's day may be ahead of our calendar's: a table that errs, a clock
_TELLING: Final = 5  # replacements that have to be the same before a batch of nothing else is called stale
Verdict = Literal["good", "doubtful", "older", "same again", "empty", "broken", "none"]


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen of a category's day, and the papers to store with it."""

    category: str
    day: date
    state: State
    count: int | None
    source: Source
    evidence: Mapping[str, Any] = field(default_factory=dict)
    drafts: tuple[PaperDraft, ...] = ()
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """Questions about what is stored: see library.arxiv.known."""

    seen_before: Callable[[frozenset[str], tuple[AnnounceType, ...], date], int]
    usual_count: Callable[[date], float | None]


def observe(transport: Transport, category: str, known: Known) -> Observation:
    """Ask for the batch that is due now. Raises Throttled or Refused; every other trouble becomes a state."""
    from library.arxiv.feed import fetch_feed  # lxml: not for those who only ask when to sync next
    from library.arxiv.listing import fetch_listing

    day = current_listing_day(transport.now())
    feed: Batch | None = None
    trouble: ArxivProblem | None = None
    if transport.now() >= feed_at(day):  # the feeds turn at midnight Eastern: before that they hold the day before
        try:
            feed = fetch_feed(transport, category)
        except Throttled:
            raise
        except ArxivProblem as error:
            trouble = error
        day = _due(transport, feed)
    verdict, why = _judge(feed, day, known)
    if feed is not None and verdict == "good":
        return _told(feed, day)
    try:
        listing = fetch_listing(transport, category)
    except Throttled:
        raise
    except ArxivProblem as error:
        return _without_listing(category, day, feed, verdict, why, trouble, error)
    return _compared(_due(transport, listing, at_least=day), listing, feed, verdict, why, known)


def check_holiday(transport: Transport, category: str, day: date, name: str) -> Observation:
    """A day that our table says is without a mailing: one look at the listing, as tables err. Raises Throttled."""
    from library.arxiv.listing import fetch_listing

    evidence: dict[str, Any] = {"message": name}
    try:
        listing = fetch_listing(transport, category)
    except Throttled:
        raise
    except ArxivProblem as error:
        return Observation(category, day, "no mailing", 0, "calendar", {**evidence, "listing": error.message})
    if listing.day == day and listing.drafts:
        problem = listing.problem
        return _told(listing, day) if problem is None else _unread(listing, day, problem, {})
    return Observation(category, day, "no mailing", 0, "calendar", {**evidence, **listing.evidence})


def _due(transport: Transport, batch: Batch | None, *, at_least: date | None = None) -> date:
    """The day that is due, by arXiv's clock; a later one where arXiv itself already shows it."""
    day = current_listing_day(transport.now())
    shown = batch.day if batch is not None and batch.drafts else None  # an empty feed bears any day's date
    later = (one for one in (shown, at_least) if one is not None and is_weekday(one) and one <= day + _AHEAD)
    return max([day, *later])


def _judge(batch: Batch | None, day: date, known: Known) -> tuple[Verdict, str]:
    if batch is None:
        return "none", ""
    if batch.problem is not None:
        return "broken", batch.problem
    if not batch.drafts:
        return "empty", f"the {batch.source} of {_named(batch.day)} is empty"
    if batch.day is None or batch.day < day:
        return "older", f"the {batch.source} is still that of {_named(batch.day)}"
    types: tuple[AnnounceType, ...] = ("new", "cross") if batch.count else ("replace", "replace-cross")
    ids = batch.ids(*types)
    seen = known.seen_before(ids, types, day)
    # Papers come in once, so one of them seen before is telling; being replaced on two days running is not rare.
    if seen >= 0.9 * len(ids) and (batch.count or len(ids) >= _TELLING):
        return "same again", f"the {batch.source} says {_named(day)}, but {seen} of its {len(ids)} papers came before"
    usual = known.usual_count(day)
    if batch.source == "listing":
        return "good", ""  # it counts its entries itself
    if usual is None:
        return "doubtful", "there are no earlier days to compare with"
    if batch.count < usual / 2:
        return "doubtful", f"it has {batch.count} papers, where {usual:.0f} are usual"
    if len(batch.drafts) >= FEED_LIMIT:
        return "doubtful", f"a feed of {FEED_LIMIT:,} entries may have been cut"
    return "good", ""


def _told(batch: Batch, day: date, *, more: Mapping[str, Any] | None = None) -> Observation:
    """A batch that is believed."""
    evidence = {
        **batch.evidence,
        "new": len(batch.ids("new")),
        "cross": len(batch.ids("cross") - batch.ids("new")),
        "replaced": len(batch.ids("replace", "replace-cross")),
        **(more or {}),
    }
    state: State = "complete" if batch.count else "quiet"
    return Observation(batch.category, day, state, batch.count, batch.source, evidence, batch.drafts)


def _compared(day: date, listing: Batch, feed: Batch | None, verdict: Verdict, why: str, known: Known) -> Observation:
    """The listing has the word; the feed adds what only it knows (versions, licences)."""
    more: dict[str, Any] = {"feed": why} if why else {}
    category = listing.category
    if listing.problem is None and listing.day == day and not listing.drafts:
        if listing.stated:
            return _unread(listing, day, f"the listing counts {listing.stated} entries, and none can be read", more)
        return _told(listing, day, more=more)
    said, about = _judge(listing, day, known)
    if said == "older" or (said == "empty" and (listing.day is None or listing.day < day)):
        message = f"the listing is still that of {_named(listing.day)}"
        evidence = {**listing.evidence, **more, "message": message}
        return Observation(category, day, "not out yet", None, "listing", evidence)
    if said == "same again":
        return Observation(category, day, "stale", None, "listing", {**listing.evidence, **more, "message": about})
    if said == "broken":
        return _unread(listing, day, about, more)
    if feed is not None and feed.day == day and verdict in ("doubtful", "broken"):
        missing = listing.ids("new", "cross") - feed.ids()
        more["missing_in_feed"] = len(missing)
        whole = {draft.key: draft for draft in feed.drafts}
        merged = replace(listing, drafts=tuple(_richer(draft, whole.get(draft.key)) for draft in listing.drafts))
        return _told(merged, day, more=more)
    return _told(listing, day, more=more)


def _richer(listed: PaperDraft, fed: PaperDraft | None) -> PaperDraft:
    """The feed's record where there is one, with the comment and announcement of the listing."""
    if fed is None:
        return listed
    return replace(fed, comment=fed.comment or listed.comment, announcements=listed.announcements,
                   first_listed=listed.first_listed or fed.first_listed)  # fmt: skip


def _unread(batch: Batch, day: date, message: str, more: Mapping[str, Any]) -> Observation:
    """A batch that is not whole: what it holds is stored, the day stays open."""
    kept = batch.drafts if batch.day == day else ()
    evidence = {**batch.evidence, **more, "message": message, "kept": len(kept)}
    return Observation(batch.category, day, "parse error", None, batch.source, evidence, kept)


def _without_listing(
    category: str,
    day: date,
    feed: Batch | None,
    verdict: Verdict,
    why: str,
    trouble: ArxivProblem | None,
    error: ArxivProblem,
) -> Observation:
    """The listing cannot be had: what the feed alone allows to say."""
    more = {"listing": error.message}
    if feed is not None and verdict == "doubtful" and why.startswith("there are no earlier"):
        return _told(feed, day, more={**more, "unverified": "the listing page could not be read to compare"})
    if feed is not None and verdict == "doubtful":
        return _unread(feed, day, f"{why}, and the listing cannot be read to compare: {error.message}", more)
    if feed is not None and verdict == "older":
        return Observation(category, day, "not out yet", None, "feed", {**feed.evidence, **more, "message": why})
    if feed is not None and verdict == "same again":
        return Observation(category, day, "stale", None, "feed", {**feed.evidence, **more, "message": why})
    if feed is not None and verdict == "broken":
        return _unread(feed, day, why, more)
    state: State = "parse error" if "parse error" in {error.state, trouble.state if trouble else ""} else "offline"
    telling = trouble if trouble is not None and trouble.state == state else error
    evidence = {**telling.evidence, **more, **({"feed": trouble.message} if trouble else {"feed": why} if why else {})}
    return Observation(category, day, state, None, "listing", evidence)


def _named(day: date | None) -> str:
    return named(day) if day is not None else "no stated day"
