"""Everything that planning a quarter needs, read at one moment, so that the reckoning itself reads nothing."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from library.errors import LabtopError
from library.settings import ProgrammeSettings
from planner.prioritisation.inputs import Prices
from planner.quarter import Quarter
from planner.roadmap.candidates import Candidate, candidates
from planner.roadmap.inputs import prices_of
from planner.roadmap.locks import Locked, locks_of
from planner.roadmap.scoring import Stored, stored_scores


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`everything`: all experiments, those that are over among them. `locks`: of this quarter, by experiment."""

    quarter: Quarter
    everything: tuple[Candidate, ...]
    locks: Mapping[int, Locked]
    stored: Stored
    prices: Prices


def snapshot(db: sqlite3.Connection, settings: ProgrammeSettings, quarter: Quarter) -> Snapshot:
    """Read it. Raises LabtopError for a quarter that is closed."""
    refuse_if_closed(db, quarter)
    return Snapshot(quarter, candidates(db), locks_of(db, quarter), stored_scores(db), prices_of(settings))


def refuse_if_closed(db: sqlite3.Connection, quarter: Quarter) -> None:
    """Raise LabtopError where the quarter's plan is frozen."""
    row = db.execute(
        "SELECT closed_by, closed_at FROM roadmap WHERE quarter = ? AND state = 'closed'", (str(quarter),)
    ).fetchone()
    if row is not None:
        raise LabtopError(
            f"{quarter} was closed by {row['closed_by']} on {row['closed_at'][:10]} and stays as it is.",
            mend=f"labtop roadmap reopen {quarter} --reason … opens it again.",
        )
