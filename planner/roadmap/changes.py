"""What changed on the roadmap since a moment: what entered and left the plan, what changed places, what was found."""

import sqlite3
from dataclasses import dataclass

from library.errors import UsageError
from library.quarter import Quarter
from planner.experiments.verdicts import newest_verdicts
from planner.roadmap.candidates import label
from planner.roadmap.model import Entry, QuarterPlan
from planner.roadmap.plans import current, plan_by_id


@dataclass(frozen=True, slots=True)
class Moved:
    """An experiment that changed places. `before`, `after`: rank, or None where it had none."""

    experiment: int
    title: str
    before: int | None
    after: int | None

    @property
    def id(self) -> str:
        """ "E-12"."""
        return label(self.experiment)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an experiment: a change of state, a verdict, a lock."""

    experiment: int
    title: str
    what: str
    why: str
    person: str
    at: str

    @property
    def id(self) -> str:
        """ "E-12"."""
        return label(self.experiment)


@dataclass(frozen=True, slots=True)
class Changes:
    """`since`: UTC ISO 8601. Plans are compared as numbers of stored ones; None: there was none."""

    quarter: str
    since: str
    plan_before: int | None
    plan_now: int | None
    entered: tuple[Entry, ...]
    left: tuple[Entry, ...]
    reranked: tuple[Moved, ...]
    moves: tuple[Event, ...]
    verdicts: tuple[Event, ...]
    locks: tuple[Event, ...]


def last_review(db: sqlite3.Connection) -> str | None:
    """When a quarter was last closed; where none was, when the first plan was made; None where there is none."""
    row = db.execute(
        "SELECT coalesce(max(CASE WHEN state = 'closed' THEN closed_at END), min(at)) AS at FROM roadmap"
    ).fetchone()
    return None if row["at"] is None else str(row["at"])


def changed_since(db: sqlite3.Connection, quarter: Quarter, since: str | None = None) -> Changes:
    """What changed in a quarter's plan and among the experiments since a moment, by default since the last review.

    Raises UsageError where there was no review and no moment is given.
    """
    moment = since or last_review(db)
    if moment is None:
        raise UsageError("There was no review and no plan yet.", mend="Say since when, such as --since 2026-11-01.")
    before, now = _plan_at(db, quarter, moment), current(db, quarter)
    was = {entry.experiment: entry for entry in before.entries} if before is not None else {}
    entries = {entry.experiment: entry for entry in now.entries} if now is not None else {}
    chosen = {number for number, entry in was.items() if entry.chosen}
    return Changes(
        quarter=str(quarter),
        since=moment,
        plan_before=before.id if before is not None else None,
        plan_now=now.id if now is not None else None,
        entered=tuple(entry for number, entry in entries.items() if entry.chosen and number not in chosen),
        left=tuple(
            entry
            for number, entry in was.items()
            if entry.chosen and not (number in entries and entries[number].chosen)
        ),
        reranked=tuple(
            Moved(number, entry.title, was[number].rank, entry.rank)
            for number, entry in entries.items()
            if number in was and was[number].rank != entry.rank
        ),
        moves=_moves(db, moment),
        verdicts=_verdicts(db, moment),
        locks=_locks(db, quarter, moment),
    )


def _plan_at(db: sqlite3.Connection, quarter: Quarter, moment: str) -> QuarterPlan | None:
    """The newest plan of the quarter that was there at the moment, superseded by now or not."""
    row = db.execute(
        "SELECT id FROM roadmap WHERE quarter = ? AND at <= ? ORDER BY id DESC LIMIT 1", (str(quarter), moment)
    ).fetchone()
    return None if row is None else plan_by_id(db, row["id"])


def _moves(db: sqlite3.Connection, moment: str) -> tuple[Event, ...]:
    rows = db.execute(
        "SELECT m.*, e.title FROM experiment_move m JOIN experiment e ON e.id = m.experiment_id WHERE m.at > ? "
        "ORDER BY m.id",
        (moment,),
    )
    return tuple(_event(row, f"{row['before']} → {row['after']}") for row in rows)


def _verdicts(db: sqlite3.Connection, moment: str) -> tuple[Event, ...]:
    """What was judged since: of each experiment the newest, a confirmatory verdict before an exploratory one."""
    titles = dict(db.execute("SELECT id, title FROM experiment").fetchall())
    found = sorted(newest_verdicts(db, moment).values(), key=lambda row: (row.at, row.id))
    return tuple(
        Event(row.experiment_id, titles[row.experiment_id], row.headline, row.summary, row.person, row.at)
        for row in found
    )


def _locks(db: sqlite3.Connection, quarter: Quarter, moment: str) -> tuple[Event, ...]:
    rows = db.execute(
        "SELECT l.*, e.title FROM roadmap_lock l JOIN experiment e ON e.id = l.experiment_id "
        "WHERE l.quarter = ? AND l.at > ? ORDER BY l.at, l.experiment_id",
        (str(quarter), moment),
    )
    return tuple(_event(row, "locked in" if row["lock"] == "in" else "vetoed") for row in rows)


def _event(row: sqlite3.Row, what: str) -> Event:
    return Event(row["experiment_id"], row["title"], what, row["reason"], row["person"], row["at"])
