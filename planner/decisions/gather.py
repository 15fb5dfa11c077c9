"""What the record holds on a decision: the rows that a memo is drafted from, with the ids that its numbers trace to."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from library.records import store
from library.records.kind import Values
from planner.decisions.affected import affected_verdicts
from planner.decisions.kind import MEMO
from planner.decisions.model import Affected
from planner.experiments.spending import NOTHING, Spent, spent_by_experiment

Rows = tuple[sqlite3.Row, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """One experiment: its row, its frozen plans (the newest last), its verdicts (the newest first), its results.

    `spent`: what its runs used.
    """

    row: sqlite3.Row
    plans: Rows
    verdicts: Rows
    results: Rows
    spent: Spent


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything that one memo is written from; `values` are the memo's own fields.

    `gone`: experiments that it names and that are not there any more, since whoever added them took that back.
    """

    memo_id: int
    created_by: str
    values: Values
    hypothesis: sqlite3.Row | None
    beliefs: Rows
    evidence: Rows
    experiments: tuple[Tried, ...]
    gone: tuple[int, ...]
    affected: Mapping[int, tuple[Affected, ...]]


def gather(db: sqlite3.Connection, memo_id: int) -> Gathered:
    """Read it. Raises NotFound."""
    row = store.row_of(db, MEMO, memo_id)
    values = store.get(db, MEMO, memo_id)
    number = values["hypothesis_id"]
    there = rests_on(db, values)
    return Gathered(
        memo_id,
        row["created_by"],
        values,
        _one(db, "SELECT * FROM hypothesis WHERE id = ?", number),
        _all(db, "SELECT * FROM belief WHERE hypothesis_id = ? ORDER BY id", number),
        _all(
            db,
            "SELECT e.*, p.key AS paper_key, p.title AS paper_title FROM evidence e"
            " LEFT JOIN paper p ON p.id = e.paper_id WHERE e.hypothesis_id = ? ORDER BY e.id",
            number,
        ),
        tuple(_tried(db, each) for each in there),
        tuple(each for each in values["experiments"] or () if each not in there),
        affected_verdicts(db),
    )


def rests_on(db: sqlite3.Connection, values: Mapping[str, Any]) -> tuple[int, ...]:
    """The experiments that a decision rests on: those it names, else all of its hypothesis's that were not dropped."""
    if values["experiments"]:
        known = db.execute(
            "SELECT e.id FROM json_each(?) j JOIN experiment e ON e.id = j.value", (json.dumps(values["experiments"]),)
        )
        there = {row["id"] for row in known.fetchall()}
        return tuple(each for each in values["experiments"] if each in there)
    rows = db.execute(
        "SELECT id FROM experiment WHERE hypothesis_id = ? AND state != 'dropped' ORDER BY id",
        (values["hypothesis_id"],),
    ).fetchall()
    return tuple(row["id"] for row in rows)


_BEARING = """
WITH named AS (SELECT value AS id FROM json_each(?1)),
  claims AS (SELECT ?2 AS id UNION SELECT e.hypothesis_id FROM experiment e JOIN named n ON n.id = e.id)
SELECT * FROM verdict WHERE exploratory = 0 AND (experiment_id IN (SELECT id FROM named)
  OR hypothesis_id IN (SELECT id FROM claims WHERE id IS NOT NULL)) ORDER BY id DESC LIMIT 1
"""


def newest_confirmatory(db: sqlite3.Connection, values: Mapping[str, Any]) -> sqlite3.Row | None:
    """The newest verdict that bears on a decision and is not exploratory.

    It is on an experiment that the decision rests on, or on what these test: whose results are named is for the author
    to choose, what was found of the claim is not, and dropping an experiment takes back nothing.
    """
    wanted = json.dumps(rests_on(db, values))
    row: sqlite3.Row | None = db.execute(_BEARING, (wanted, values["hypothesis_id"])).fetchone()
    return row


def _tried(db: sqlite3.Connection, number: int) -> Tried:
    row = db.execute("SELECT * FROM experiment WHERE id = ?", (number,)).fetchone()
    return Tried(
        row,
        _all(db, "SELECT * FROM preregistration WHERE experiment_id = ? ORDER BY version", number),
        _all(db, "SELECT * FROM verdict WHERE experiment_id = ? ORDER BY id DESC", number),
        _all(db, "SELECT * FROM result WHERE experiment_id = ? ORDER BY id", number),
        spent_by_experiment(db, number).get(number, NOTHING),
    )


def _one(db: sqlite3.Connection, sql: str, number: int | None) -> sqlite3.Row | None:
    rows = _all(db, sql, number)
    return rows[0] if rows else None


def _all(db: sqlite3.Connection, sql: str, number: int | None) -> Rows:
    return () if number is None else tuple(db.execute(sql, (number,)).fetchall())
