"""The primary metric's unit and smallest effect worth having: the experiment's own, else its hypothesis's."""

import sqlite3

from library.markdown import Marked
from planner.decisions.facts import NOT_KNOWN, Facts


def unit_of(facts: Facts, hypothesis: sqlite3.Row | None, experiment: sqlite3.Row | None) -> Marked:
    """ "points"; empty where none is known."""
    for row, prefix, table in ((experiment, "E", "experiment"), (hypothesis, "H", "hypothesis")):
        if row is not None and row["unit"]:
            return facts.text(f"{prefix}-{row['id']} unit", row["unit"], table, "unit", row["id"])
    return Marked("")


def delta_of(facts: Facts, hypothesis: sqlite3.Row | None, experiment: sqlite3.Row | None) -> Marked:
    """ "0.5 points", or that it is not known."""
    for row, prefix, table in ((experiment, "E", "experiment"), (hypothesis, "H", "hypothesis")):
        if row is not None and row["delta"] is not None:
            unit = unit_of(facts, hypothesis, experiment)
            own = row["unit"] or (hypothesis["unit"] if hypothesis is not None else None) or ""
            size = facts.number(f"{prefix}-{row['id']} δ", row["delta"], table, "delta", row["id"], unit=own)
            return Marked(f"{size} {unit}".rstrip())
    return Marked(NOT_KNOWN)
