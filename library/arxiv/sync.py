"""Sync with arXiv: today's batch of each category, then every missed day, each with its reason in the ledger."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from library.arxiv import ledger, missed
from library.arxiv.calendar import current_listing_day, holiday, latest_weekday
from library.arxiv.categories import Category, find_categories
from library.arxiv.daily import Known, Observation, check_holiday, observe
from library.arxiv.known import seen_before, usual_count
from library.arxiv.ledger import FINE, LedgerEntry
from library.arxiv.limiter import Limiter
from library.arxiv.lock import SyncBusy, one_at_a_time
from library.arxiv.problems import ArxivProblem, Throttled
from library.arxiv.schedule import NextAsk, next_ask
from library.arxiv.transport import Transport
from library.clock import iso
from library.errors import UsageError
from library.jobs import CancelToken, Progress, ReportProgress
from library.papers.ingest import Ingested, add_drafts, store_drafts
from library.paths import user_state
from library.workspace import Workspace

__all__ = ["SyncBusy", "SyncReport", "followed_categories", "open_transport", "sync", "when_next"]

_ASK_OAI_INSTEAD: Final = frozenset({"parse error", "offline", "stale"})


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync came to. `entries`: each category's days as they now stand, the newest first."""

    entries: tuple[LedgerEntry, ...]
    added: int
    changed: int
    requests: int
    notes: tuple[str, ...] = ()
    next: NextAsk | None = None

    @property
    def exit_code(self) -> int:
        """0: every day is complete, quiet, without mailing or not out yet; 4: some are; 1: none is.

        A day without a mailing needs no asking: beside it, what failed did not succeed in part.
        """
        if all(entry.state in FINE for entry in self.entries):
            return 0
        fine = any(entry.state in FINE and entry.state != "no mailing" for entry in self.entries)
        return 4 if fine or self.added else 1


@dataclass(slots=True)
class _Running:
    """One sync at work."""

    workspace: Workspace
    transport: Transport
    categories: tuple[Category, ...]
    days: int | None
    progress: ReportProgress | None
    started: float
    ingested: Ingested
    stopped: Throttled | None = None


def sync(
    workspace: Workspace,
    *,
    categories: Sequence[str] | None = None,
    days: int | None = None,
    progress: ReportProgress | None = None,
    cancel: CancelToken | None = None,
    now: Callable[[], datetime] | None = None,
    transport: Transport | None = None,
    patience: float = 600.0,
) -> SyncReport:
    """Bring `categories` (the workspace's own where None) up to date.

    `days`: how far back to look, instead of from the first day that is not settled (on the first sync: the settings'
    days). `patience`: seconds to wait for another sync of this workspace. Raises UsageError where there is nothing to
    follow or this is the demo workspace, ReadOnly, SyncBusy and Cancelled; arXiv's failures end in the report.
    """
    followed = followed_categories(workspace, categories)
    if days is not None and not 0 <= days <= missed.FARTHEST_DAYS:
        raise UsageError(f"--days should be between 0 and {missed.FARTHEST_DAYS}.")
    with one_at_a_time(workspace.paths.home, patience, cancel):
        ours = transport or open_transport(workspace, now=now, cancel=cancel)
        running = _Running(workspace, ours, followed, days, progress, time.monotonic(), Ingested())
        try:
            return _run(running)
        finally:
            if transport is None:
                ours.close()


def followed_categories(workspace: Workspace, categories: Sequence[str] | None = None) -> tuple[Category, ...]:
    """What a sync would ask for. Raises UsageError where that is nothing, or not allowed in this workspace."""
    if workspace.demo:
        raise UsageError(
            "This is the demo workspace: its days are frozen, so there is nothing to sync.",
            mend="Make one of your own with labtop init.",
        )
    workspace.refuse_if_read_only()
    followed = find_categories(categories or workspace.settings.arxiv.categories)
    if not followed:
        raise UsageError(
            "No arXiv category is followed yet.",
            mend="Name some (labtop sync cs.IR stat.ML), or set them for good with labtop init.",
        )
    return followed


def open_transport(
    workspace: Workspace, *, now: Callable[[], datetime] | None = None, cancel: CancelToken | None = None
) -> Transport:
    """A transport with this user's limiter and this workspace's settings."""
    return Transport(workspace.settings.arxiv, Limiter(user_state()), now=now or workspace.clock.now, cancel=cancel)


def when_next(workspace: Workspace, *, now: datetime | None = None) -> NextAsk | None:
    """When this workspace should sync next; None where it follows nothing (or is the demo). Asks nobody."""
    if workspace.demo:
        return None
    moment = now or workspace.clock.now()
    codes = tuple(category.code for category in find_categories(workspace.settings.arxiv.categories))
    since = (moment - timedelta(days=14)).date()
    entries = workspace.store.read(lambda db: ledger.days(db, codes, since)).result()
    spread = (sum(map(ord, workspace.settings.arxiv.contact or workspace.person)) % 97) / 97
    return next_ask(moment, codes, entries, hold=Limiter(user_state()).hold(), spread=spread)


def _run(running: _Running) -> SyncReport:
    workspace, transport = running.workspace, running.transport
    touched: set[tuple[str, str]] = set()
    open_today: set[str] = set()
    for number, category in enumerate(running.categories):
        _tell(running, number, f"{category.code}: today")
        entry = _today(running, category)
        touched.add((entry.category, entry.day))
        if entry.state in _ASK_OAI_INSTEAD:
            open_today.add(category.code)
    for category in running.categories:
        touched.update(_no_mailings(running, category))
        days = missed.missed_days(
            _rows(running, category),
            transport.now(),
            running.days,
            workspace.settings.arxiv.days,
            include_today=category.code in open_today,
        )
        touched.update((category.code, day.isoformat()) for day in days)
        if days:
            _tell(running, len(running.categories), f"{category.code}: {len(days)} missed")
            _fill(running, category, days)
    codes = [category.code for category in running.categories]
    rows = workspace.store.read(lambda db: ledger.days(db, codes)).result()
    entries = tuple(row for row in rows if (row.category, row.day) in touched)
    _tell(running, len(running.categories), "done")
    return SyncReport(
        entries,
        len(running.ingested.added),
        len(running.ingested.changed),
        transport.requests,
        _notes(running),
        next_ask(transport.now(), codes, rows, hold=transport.limiter.hold()),
    )


def _today(running: _Running, category: Category) -> LedgerEntry:
    """Today's row of one category, asking only where it is not settled."""
    day = current_listing_day(running.transport.now())
    there = running.workspace.store.read(lambda db: ledger.find(db, category.code, day)).result()
    if there is not None and there.settled:
        return there
    if running.stopped is not None:
        return _put(running, _throttled(category.code, day, running.stopped))
    store = running.workspace.store
    known = Known(
        lambda ids, types, day: store.read(lambda db: seen_before(db, category.code, ids, types, day)).result(),
        lambda day: store.read(lambda db: usual_count(db, category.code, day)).result(),
    )
    try:
        return _put(running, observe(running.transport, category.code, known))
    except Throttled as problem:
        running.stopped = problem
        return _put(running, _throttled(category.code, current_listing_day(running.transport.now()), problem))


def _fill(running: _Running, category: Category, days: Sequence[date]) -> None:
    if running.stopped is not None:
        for day in days:
            _put(running, _throttled(category.code, day, running.stopped))
        return
    from library.arxiv.catchup import catch_up

    done = catch_up(
        running.workspace,
        running.transport,
        category,
        days,
        today=current_listing_day(running.transport.now()),
        report=lambda records: _tell(running, len(running.categories), f"{category.code}: {records:,} records"),
    )
    running.ingested += done.ingested
    if isinstance(done.problem, Throttled):
        running.stopped = done.problem
    elif done.problem is not None:
        _ask_api(running, category, days)


def _ask_api(running: _Running, category: Category, days: Sequence[date]) -> None:
    """When OAI-PMH fails too: the search API. It lags and knows no announcements, so the days stay open."""
    from library.arxiv.api import search

    first, last = min(days) - timedelta(days=4), max(days)
    query = f"cat:{category.code} AND submittedDate:[{first:%Y%m%d}0000 TO {last:%Y%m%d}2359]"
    try:
        found = search(running.transport, query, most=2_000, newest_first=True)
    except Throttled as problem:
        running.stopped = problem
        return
    except (ArxivProblem, UsageError):  # the ledger keeps what OAI-PMH said of these days, which tells more
        return
    if found.drafts:
        at = iso(running.workspace.clock.now())
        running.ingested += store_drafts(running.workspace.store, found.drafts, at=at)


def _no_mailings(running: _Running, category: Category) -> set[tuple[str, str]]:
    """Rows for the weekdays that the table knows to be without a mailing."""
    rows = _rows(running, category)
    days = missed.no_mailings(rows, running.transport.now(), running.days, running.workspace.settings.arxiv.days)
    for day in days:
        if day.isoformat() not in rows or not rows[day.isoformat()].settled:
            _put(running, _holiday(running, category, day))
    return {(category.code, day.isoformat()) for day in days}


def _holiday(running: _Running, category: Category, day: date) -> Observation:
    """What to say of a day without mailing; on the day itself arXiv can still be asked whether that is so."""
    name = str(holiday(day))
    if running.stopped is None and day == latest_weekday(running.transport.now()):
        try:
            return check_holiday(running.transport, category.code, day, name)
        except Throttled as problem:
            running.stopped = problem
    return Observation(category.code, day, "no mailing", 0, "calendar", {"message": name})


def _rows(running: _Running, category: Category) -> dict[str, LedgerEntry]:
    entries = running.workspace.store.read(lambda db: ledger.days(db, [category.code])).result()
    return {entry.day: entry for entry in entries}


def _put(running: _Running, seen: Observation) -> LedgerEntry:
    """The batch and its ledger row, in one transaction."""
    at = iso(running.transport.now())
    evidence = dict(seen.evidence)
    if running.transport.clock_is_wrong:
        evidence["clock_off_seconds"] = round(running.transport.skew.total_seconds())
    entry = LedgerEntry(
        seen.category, seen.day.isoformat(), seen.state, seen.count, seen.source, evidence, seen.until, at
    )
    stored, ingested = running.workspace.store.write(
        lambda db: (ledger.put(db, entry), add_drafts(db, seen.drafts, at=at))
    ).result()
    running.ingested += ingested
    return stored


def _throttled(category: str, day: date, problem: Throttled) -> Observation:
    return Observation(category, day, "throttled", None, "feed", problem.evidence, (), iso(problem.until))


def _notes(running: _Running) -> tuple[str, ...]:
    notes = []
    if running.transport.clock_is_wrong:
        minutes = running.transport.skew.total_seconds() / 60
        way = "behind" if minutes > 0 else "ahead of"
        notes.append(f"This machine's clock is {abs(minutes):.0f} minutes {way} arXiv's; arXiv's was used.")
    if running.stopped is not None:
        notes.append(str(running.stopped))
    return tuple(notes)


def _tell(running: _Running, done: int, note: str) -> None:
    if running.progress is not None:
        seconds = time.monotonic() - running.started
        running.progress(Progress("syncing", done, len(running.categories), seconds, note))
