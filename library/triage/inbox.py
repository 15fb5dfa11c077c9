"""A person's inbox: what the last announcement days brought, once each, the best first."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from library.papers.model import Decision
from library.triage.listing import Listed, Listing, day_after, day_before, followed, listed_on, newest_days
from library.triage.ranked import Standing, standing

if TYPE_CHECKING:
    from library.ranking.stored import Line

# Where a paper stands in its day's list.
ABOVE: Final = "above"  # the line
EXPLORE: Final = "explore"  # below it, or not ranked, and shown above it all the same
BELOW: Final = "below"
UNRANKED: Final = "unranked"
REPLACED: Final = "replaced"
PLACES: Final = (ABOVE, EXPLORE, BELOW, UNRANKED, REPLACED)


@dataclass(frozen=True, slots=True)
class Item:
    """A paper of an inbox. `score` None: not ranked yet. `label`: which interest it matches ("H-4"); `kind` of listing.

    `place`: one of PLACES. `decision` is the person's own; `bulk`: skipped unseen, with the rest below the line.
    """

    id: int
    key: str
    day: str
    listing: Listing
    category: str
    announced: bool
    place: str
    score: float | None
    interest_id: int | None
    interest_kind: str | None
    reference: str | None
    label: str
    explored: bool
    explored_as: str | None = None  # "far" from all interests, or "uncertain"
    decision: Decision | None = None
    reason: str | None = None
    bulk: bool = False
    decided_at: str | None = None

    @property
    def counts(self) -> bool:
        """Whether it is one of the papers that wait for a decision: a new version of an old paper does not."""
        return self.listing != "replaced"


@dataclass(frozen=True, slots=True)
class InboxDay:
    """One day, in the order in which it is shown. `reason`: why there is nothing, where there is nothing."""

    day: str
    items: tuple[Item, ...]
    line: "Line"
    model_hash: str | None
    reason: str = ""

    @property
    def announced(self) -> int:
        """New and cross-listed papers."""
        return sum(item.counts for item in self.items)

    @property
    def waiting(self) -> int:
        """Those of them that are not decided on."""
        return sum(item.counts and item.decision is None for item in self.items)

    def count(self, **wanted: object) -> int:
        """New and cross-listed papers of which every named field is so."""
        return sum(
            item.counts and all(getattr(item, name) == value for name, value in wanted.items()) for item in self.items
        )


def inbox_day(db: sqlite3.Connection, person: str, day: str) -> InboxDay:
    """The papers of `day`: above the line, to explore, below it, not ranked, replaced; in each the best first.

    Ties by key, so that the same scores always give the same order. With a thousand papers it takes some tens of
    milliseconds.
    """
    from library.today.days import why_none  # here: Today shows the inbox, and so imports this

    listed = listed_on(db, day)
    ranks = standing(db, person, [each.paper_id for each in listed])
    said = _decisions(db, person, [each.paper_id for each in listed])
    items = sorted((_item(each, day, ranks, said) for each in listed), key=_order)
    reason = "" if any(item.counts for item in items) else why_none(db, day, followed(db))
    return InboxDay(day, tuple(items), ranks.line, ranks.model_hash, reason)


def inbox_days(db: sqlite3.Connection, person: str, today: str, count: int) -> tuple[InboxDay, ...]:
    """A person's inbox: the newest `count` days up to `today` that brought something, the newest first."""
    return tuple(inbox_day(db, person, day) for day in newest_days(db, today, count))


def day_beside(db: sqlite3.Connection, day: str, today: str, step: int) -> str | None:
    """The next older day that brought something (`step` 1), or the next newer one up to `today` (`step` -1)."""
    if step > 0:
        return day_before(db, day)
    newer = day_after(db, day)
    return newer if newer is not None and newer <= today else None


def put_off(db: sqlite3.Connection, person: str) -> tuple[Item, ...]:
    """What a person put off, the longest ago first."""
    rows = db.execute(
        "SELECT p.id, p.key, p.day, p.categories, d.decision, d.reason, d.bulk, d.decided_at FROM decision d"
        " JOIN paper p ON p.id = d.paper_id WHERE d.person = ? AND d.decision = 'later' ORDER BY d.decided_at, p.key",
        (person,),
    ).fetchall()
    ranks = standing(db, person, [row[0] for row in rows])
    said = {row[0]: row for row in rows}
    found = []
    for row in rows:
        listed = Listed(row[0], row[1], "new", row[3].split(" ", 1)[0])
        found.append(_item(listed, row[2], ranks, said))
    return tuple(found)


def decided(db: sqlite3.Connection, person: str, paper_ids: list[int]) -> dict[int, dict[str, Any]]:
    """What a person decided on papers: by id, the fields of an Item that say so."""
    return {
        paper_id: {
            "decision": row["decision"],
            "reason": row["reason"],
            "bulk": bool(row["bulk"]),
            "decided_at": row["decided_at"],
        }
        for paper_id, row in _decisions(db, person, paper_ids).items()
    }


def with_decision(item: Item, decision: Decision | None, *, reason: str | None = None, bulk: bool = False) -> Item:
    """The item as it is once that is decided: what a list shows before it is stored."""
    return replace(item, decision=decision, reason=reason if decision else None, bulk=bulk and decision is not None)


def _item(listed: Listed, day: str, ranks: Standing, said: Mapping[int, sqlite3.Row]) -> Item:
    rank, row = ranks.scores.get(listed.paper_id), said.get(listed.paper_id)
    explored = bool(rank and rank.explored)
    if listed.kind == "replaced":
        place = REPLACED
    elif ranks.above(listed.paper_id):
        place = ABOVE
    elif explored:
        place = EXPLORE
    else:
        place = UNRANKED if rank is None else BELOW
    return Item(
        id=listed.paper_id,
        key=listed.key,
        day=day,
        listing=listed.kind,
        category=listed.category,
        announced=listed.announced,
        place=place,
        score=rank.score if rank else None,
        interest_id=rank.interest_id if rank else None,
        interest_kind=rank.kind if rank else None,
        reference=rank.reference if rank else None,
        label=rank.label if rank else "",
        explored=explored,
        explored_as=rank.explored_as if rank else None,
        decision=row["decision"] if row else None,
        reason=row["reason"] if row else None,
        bulk=bool(row and row["bulk"]),
        decided_at=row["decided_at"] if row else None,
    )


def _order(item: Item) -> tuple[int, float, str]:
    return PLACES.index(item.place), -(item.score or 0.0), item.key


def _decisions(db: sqlite3.Connection, person: str, paper_ids: list[int]) -> dict[int, sqlite3.Row]:
    marks = ",".join(map(str, paper_ids))  # numbers of our own
    rows = db.execute(
        f"SELECT paper_id, decision, reason, bulk, decided_at FROM decision WHERE person = ? AND paper_id IN ({marks})",
        (person,),
    )
    return {row["paper_id"]: row for row in rows}
