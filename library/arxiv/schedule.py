"""When to ask arXiv next. Pure: times and ledger rows in, a time and its reason out.

An open dashboard sets a timer by it, and runs the sync itself in a worker or a child process. A day's batch is asked
for when it is due, then every 15 to 30 minutes until it is out; what is settled is not asked about again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from library.arxiv.calendar import announced_at, current_listing_day, named, next_listing_day
from library.arxiv.ledger import LedgerEntry, back_off

if TYPE_CHECKING:
    from library.arxiv.limiter import Hold

FIRST: Final = timedelta(minutes=10)  # after the announcement: the pages take a while to be made
SPREAD: Final = timedelta(minutes=15)  # over which all copies of labtop in the world spread themselves


@dataclass(frozen=True, slots=True)
class NextAsk:
    """`at`: UTC. `now`: whether that time has come. `why`: one line for the status bar."""

    at: datetime
    why: str
    now: bool


def next_ask(
    now: datetime,
    categories: Sequence[str],
    entries: Iterable[LedgerEntry],
    *,
    hold: "Hold | None" = None,
    spread: float = 0.0,
) -> NextAsk | None:
    """When a sync is worth while; None where no category is followed.

    `entries`: ledger rows of the last days; `hold`: the limiter's; `spread`: 0 to 1, this user's place in the crowd.
    """
    if not categories:
        return None
    day = current_listing_day(now)
    rows = {(entry.category, entry.day): entry for entry in entries}
    open_rows = [rows.get((category, day.isoformat())) for category in categories]
    unsettled = [entry for entry in open_rows if entry is None or not entry.settled]
    older = [
        entry
        for entry in rows.values()
        if entry.day < day.isoformat() and entry.category in categories and not entry.settled
    ]
    if unsettled or older:
        tried = [entry for entry in (*unsettled, *older) if entry is not None]
        if any(entry is None for entry in unsettled):
            at = announced_at(day) + FIRST + SPREAD * spread
            why = f"the listing of {named(day)} is due"
        else:
            at = min(_again(entry) for entry in tried)
            why = f"{tried[0].category}: {tried[0].state}"
    else:
        day = next_listing_day(day)
        at = announced_at(day) + FIRST + SPREAD * spread
        why = f"the next listing is that of {named(day)}"
    if hold is not None and hold.kind != "pause" and hold.until > at:
        at = hold.until
        why = hold.message or "arXiv asked labtop to wait"
    return NextAsk(at, why, at <= now)


def _again(entry: LedgerEntry) -> datetime:
    checked = datetime.fromisoformat(entry.checked_at)
    at = checked + back_off(int(entry.evidence.get("tries", 1)))
    return max(at, datetime.fromisoformat(entry.until)) if entry.until else at
