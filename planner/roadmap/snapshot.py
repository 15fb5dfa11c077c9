"""Everything that planning a quarter needs, read at one moment, so that the reckoning itself reads nothing."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from library.quarter import Quarter
from library.settings import ProgrammeSettings
from planner.experiments.spending import Spent, spent_by_experiment
from planner.prioritisation.inputs import Prices
from planner.roadmap.candidates import OVER, Candidate, candidates
from planner.roadmap.inputs import prices_of
from planner.roadmap.locks import Locked, locks_of
from planner.roadmap.model import Entry
from planner.roadmap.plans import current, refuse_if_closed
from planner.roadmap.scoring import Stored, stored_scores


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`everything`: all experiments, those that are over among them. `locks`: of this quarter, by experiment.

    `used`: what each experiment's runs used within the quarter so far. `settled`: what the quarter's adopted plan had
    in and is over by now; it stays in whatever is planned for the rest of the quarter.
    """

    quarter: Quarter
    everything: tuple[Candidate, ...]
    locks: Mapping[int, Locked]
    stored: Stored
    prices: Prices
    used: Mapping[int, Spent]
    settled: tuple[Entry, ...]


def snapshot(db: sqlite3.Connection, settings: ProgrammeSettings, quarter: Quarter) -> Snapshot:
    """Read it. Raises LabtopError for a quarter that is closed."""
    refuse_if_closed(db, quarter)
    adopted = current(db, quarter, ("adopted",))
    month = settings.fiscal_month
    return Snapshot(
        quarter=quarter,
        everything=candidates(db),
        locks=locks_of(db, quarter),
        stored=stored_scores(db),
        prices=prices_of(settings),
        used=spent_by_experiment(db, first=quarter.start(month), last=quarter.end(month)),
        settled=tuple(entry for entry in adopted.chosen if entry.state in OVER) if adopted is not None else (),
    )
