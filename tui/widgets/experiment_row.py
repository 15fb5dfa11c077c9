"""An experiment as one line of the list of all experiments."""

from collections.abc import Iterable, Sequence
from typing import Final

from planner.experiments.model import STATES as ALL_STATES
from planner.experiments.model import ExperimentRow, Kind
from planner.experiments.queries import counts
from tui.safe import line
from tui.widgets.columns import Column
from tui.widgets.experiment_signs import (
    BLOCKED,
    DATA,
    EDITED,
    KINDS,
    LACKING,
    STALE,
    STATES,
    verdict_part,
)
from tui.widgets.table_lines import Cell, Part

COLUMNS: Final[tuple[Column, ...]] = (
    Column("id", "", 6),
    Column("kind", "", 1),
    Column("title", "experiment"),
    Column("state", "state", 11),
    Column("hypothesis", "for", 5, needs=84),
    Column("seeds", "seeds", 6, "right"),
    Column("flags", "", 5),
    Column("verdict", "verdict"),
    Column("spent", "GPU-h", 6, "right", needs=112),
    Column("owner", "owner", 10, needs=126),
)


def words(row: ExperimentRow) -> str:
    """What a filter looks at."""
    hypothesis = f"h-{row.hypothesis_id}" if row.hypothesis_id is not None else ""
    verdict = row.verdict.headline if row.verdict is not None else ""
    marks = [
        "stale" if row.stale_baselines else "",
        "blocked" if row.blockers else "",
        "exploratory" if row.exploratory else "",
    ]
    tags = " ".join(f"#{tag}" for tag in row.tags)
    parts = (row.name, row.title, row.kind, row.state, hypothesis, row.owner or "", tags, verdict, *marks)
    return " ".join(parts).lower()


def cells(row: ExperimentRow) -> Sequence[Cell]:
    """The cells of `COLUMNS`."""
    sign, tone = STATES[row.state]
    over = "quiet" if row.state == "dropped" else ""
    return (
        (row.name, "quiet"),
        KINDS[row.kind],
        (line(row.title), over),
        (f"{sign} {row.state}", tone),
        ("" if row.hypothesis_id is None else f"H-{row.hypothesis_id}", "quiet"),
        (seeds(row), "quiet"),
        flags(row),
        verdict(row),
        ("—" if row.spent is None else f"{row.spent:,.0f}", "quiet"),
        (line(row.owner or ""), "quiet"),
    )


def seeds(row: ExperimentRow) -> str:
    """ "3/8": that every arm has, of those planned."""
    return f"{row.seeds_done}/{'?' if row.seeds is None else row.seeds}"


def flags(row: ExperimentRow) -> tuple[Part, ...]:
    """Blocked, data problems, a stale baseline, a plan edited after it was frozen: one sign each, in fixed places."""
    blank = (" ", "")
    return (
        BLOCKED if row.blockers else blank,
        DATA if row.data_problems else blank,
        STALE if row.stale_baselines else blank,
        EDITED if row.exploratory else blank,
        LACKING if row.missing and row.state == "idea" else blank,
    )


def verdict(row: ExperimentRow) -> tuple[Part, ...]:
    """ "● supported, blocked by latency"."""
    if row.verdict is None:
        return (("", ""),)
    sign, tone = verdict_part(row.verdict)
    said = line(row.verdict.headline)
    return ((f"{sign} ", tone), (said, "quiet" if row.verdict.exploratory else ""))


def counted(rows: Iterable[ExperimentRow]) -> tuple[tuple[Kind, int, str], ...]:
    """(kind, how many, "3 ideas · 2 ready"): exploration and what is to go into production are never added up."""
    found: list[tuple[Kind, int, str]] = []
    per_kind = counts(rows)
    for kind in KINDS:
        states = per_kind[kind]
        told = " · ".join(f"{states[state]:,} {state}" for state in ALL_STATES if states[state])
        found.append((kind, sum(states.values()), told))
    return tuple(found)
