"""Reading hypotheses: the list, and everything of one."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, cast

from library.records import store
from library.records.kind import from_row
from planner.experiments.spending import NOTHING, Spent, spent_by_experiment
from planner.hypotheses.balance import all_evidence, balance_of, evidence_of
from planner.hypotheses.beliefs import belief_steps
from planner.hypotheses.duplicates import Encode, near_duplicates
from planner.hypotheses.history import revisions, since
from planner.hypotheses.kind import HYPOTHESIS
from planner.hypotheses.minds import change_mind
from planner.hypotheses.model import (
    Balance,
    Evidence,
    ExperimentLine,
    HypothesisDetail,
    HypothesisRow,
    Move,
    VerdictLine,
)
from planner.hypotheses.states import OUTCOMES, STATES, State, lacking
from planner.hypotheses.verdicts import newest_of_each, verdict_lines

# The order of the list: what is under way first, what is decided next, outcomes side by side by when they came.
_PLACES: Final[Mapping[State, int]] = {
    **dict.fromkeys(STATES, 2),
    "testing": 0,
    "active": 1,
    "promoted": 2,
    "draft": 3,
    "retired": 4,
}
_NEXT: Final = ("running", "analysing", "planned", "ready", "idea")  # what is next of several experiments
_UPDATED = """
SELECT id, max(at) FROM (
 SELECT id, updated_at AS at FROM hypothesis
 UNION ALL SELECT hypothesis_id, at FROM hypothesis_move UNION ALL SELECT hypothesis_id, at FROM belief
 UNION ALL SELECT hypothesis_id, at FROM evidence
 UNION ALL SELECT hypothesis_id, at FROM verdict WHERE hypothesis_id IS NOT NULL
) GROUP BY id
"""


def hypotheses(
    db: sqlite3.Connection,
    *,
    states: Iterable[str] = (),
    owner: str | None = None,
    tag: str | None = None,
) -> tuple[HypothesisRow, ...]:
    """The list: testing, active, then all that is decided, drafts, retired ones; in each the newest change first.

    Supported and refuted ones stand among each other: neither is ever put before the other. `states`, `owner` and
    `tag` leave out the others.
    """
    evidence: dict[int, list[Evidence]] = {}
    for piece in all_evidence(db):
        evidence.setdefault(piece.hypothesis_id, []).append(piece)
    experiments: dict[int, list[ExperimentLine]] = {}
    for number, line in _experiments(db):
        experiments.setdefault(number, []).append(line)
    beliefs = dict(db.execute("SELECT hypothesis_id, value FROM belief ORDER BY id").fetchall())
    outcomes = dict(db.execute(_DECIDED).fetchall())
    updated = dict(db.execute(_UPDATED).fetchall())
    verdicts = newest_of_each(db)
    wanted = frozenset(states)
    rows = [
        _row(
            row,
            evidence.get(row["id"], ()),
            experiments.get(row["id"], ()),
            beliefs.get(row["id"]),
            outcomes.get(row["id"]),
            verdicts.get(row["id"]),
            updated[row["id"]],
        )
        for row in db.execute("SELECT * FROM hypothesis ORDER BY id").fetchall()
        if (not wanted or row["state"] in wanted) and (owner is None or (row["owner"] or "").lower() == owner.lower())
    ]
    found = [row for row in rows if tag is None or tag.lower() in (each.lower() for each in row.tags)]
    found.sort(key=lambda row: (row.updated_at, row.id), reverse=True)
    return tuple(sorted(found, key=lambda row: _PLACES[row.state]))


def hypothesis(db: sqlite3.Connection, hypothesis_id: int, *, encode: Encode | None = None) -> HypothesisDetail:
    """Everything of one hypothesis. `encode`: near-duplicates are looked for by meaning, too. Raises NotFound."""
    stored = store.row_of(db, HYPOTHESIS, hypothesis_id)
    values = from_row(HYPOTHESIS, stored)
    edits = revisions(db, hypothesis_id)
    evidence = evidence_of(db, hypothesis_id)
    experiments = tuple(line for _, line in _experiments(db, hypothesis_id))
    beliefs = belief_steps(db, hypothesis_id)
    verdicts = verdict_lines(db, hypothesis_id, edits)
    moves = _moves(db, hypothesis_id)
    outcome = next((move.after for move in reversed(moves) if move.after in OUTCOMES), None)
    newest = next((each for each in verdicts if not each.exploratory), verdicts[0] if verdicts else None)
    times = [stored["updated_at"], *(each.at for part in (moves, beliefs, evidence, verdicts) for each in part)]
    row = _row(stored, evidence, experiments, beliefs[-1].value if beliefs else None, outcome, newest, max(times))
    balance = balance_of(evidence)
    return HypothesisDetail(
        row=row,
        values=values,
        origin=stored["origin"],
        created_by=stored["created_by"],
        missing=lacking(values),
        balance=balance,
        evidence=evidence,
        moves=moves,
        beliefs=beliefs,
        experiments=experiments,
        verdicts=verdicts,
        near=near_duplicates(db, values["statement"], besides=hypothesis_id, encode=encode),
        change_mind=change_mind(values, row, balance, experiments),
        statement_since=since(edits, ("statement",), stored["created_at"]),
        revisions=edits,
    )


def next_of(experiments: Sequence[ExperimentLine]) -> ExperimentLine | None:
    """The experiment that comes next: one that runs, else the nearest to running, the earliest start first."""
    waiting = [each for each in experiments if each.state in _NEXT]
    return min(waiting, key=lambda each: (_NEXT.index(each.state), each.start or "9", each.id), default=None)


_DECIDED = (
    f"SELECT hypothesis_id, after FROM hypothesis_move WHERE after IN ({', '.join(repr(s) for s in sorted(OUTCOMES))})"
    " ORDER BY id"
)


def _row(
    stored: sqlite3.Row,
    evidence: Sequence[Evidence],
    experiments: Sequence[ExperimentLine],
    belief: float | None,
    outcome: str | None,
    verdict: VerdictLine | None,
    updated_at: str,
) -> HypothesisRow:
    balance: Balance = balance_of(evidence)
    known = [each.gpu_hours for each in experiments if each.gpu_hours is not None]
    return HypothesisRow(
        id=stored["id"],
        statement=stored["statement"],
        state=stored["state"],
        outcome=cast(State | None, outcome),
        prior=stored["prior"],
        belief=belief,
        supporting=balance.supporting.total,
        opposing=balance.opposing.total,
        context=balance.context.total,
        stale=sum(bool(each.stale) for each in evidence),
        next_experiment=next_of(experiments),
        verdict=verdict,
        gpu_hours=sum(known) if known else None,
        unknown_runs=sum(each.unknown_runs for each in experiments),
        owner=stored["owner"],
        horizon=stored["horizon"],
        tags=tuple(json.loads(stored["tags"] or "[]")),
        created_at=stored["created_at"],
        updated_at=updated_at,
    )


def _experiments(db: sqlite3.Connection, hypothesis_id: int | None = None) -> list[tuple[int, ExperimentLine]]:
    spent = spent_by_experiment(db)
    rows = db.execute(
        "SELECT id, hypothesis_id, title, kind, state, start, success FROM experiment"
        " WHERE hypothesis_id IS NOT NULL AND (?1 IS NULL OR hypothesis_id = ?1) ORDER BY id",
        (hypothesis_id,),
    ).fetchall()
    return [(row["hypothesis_id"], _experiment(row, spent.get(row["id"], NOTHING))) for row in rows]


def _experiment(row: sqlite3.Row, spent: Spent) -> ExperimentLine:
    columns = (row["id"], row["title"], row["kind"], row["state"], row["start"], row["success"])
    return ExperimentLine(*columns, spent.stated, spent.unknown_runs)


def _moves(db: sqlite3.Connection, hypothesis_id: int) -> tuple[Move, ...]:
    rows = db.execute(
        "SELECT before, after, reason, person, at FROM hypothesis_move WHERE hypothesis_id = ? ORDER BY id",
        (hypothesis_id,),
    )
    return tuple(Move(*row) for row in rows)
