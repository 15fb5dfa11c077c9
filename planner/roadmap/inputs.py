"""What the score of a stored experiment is reckoned from."""

import sqlite3

from library.settings import ProgrammeSettings
from planner.prioritisation.inputs import Inputs, Prices
from planner.roadmap.candidates import candidate


def inputs_of(db: sqlite3.Connection, settings: ProgrammeSettings, experiment_id: int) -> Inputs:
    """The inputs of one experiment: its own, else its hypothesis's; the prior is what is believed of it now.

    What neither states is None. Raises NotFound.
    """
    return candidate(db, experiment_id).inputs


def prices_of(settings: ProgrammeSettings) -> Prices:
    """What is priced in the settings; 0 there means that nobody priced it."""
    return Prices(settings.gpu_hour_price or None, settings.person_day_rate or None)
