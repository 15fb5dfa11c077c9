"""Reading where experiments stand on their way to production."""

import json
import sqlite3
from dataclasses import asdict
from datetime import date
from typing import Any

from library.records import store
from planner.decisions.affected import affected_verdicts
from planner.decisions.approvals import approval_record, approvals
from planner.experiments.kind import EXPERIMENT
from planner.transfer import gates
from planner.transfer.commands import refuse_exploration
from planner.transfer.gates import stages
from planner.transfer.model import Compared, GateState, StageState, TransferDetail, TransferRow
from planner.transfer.reading import Doubted, Said, blocked_by, current, gate_states, newest_verdict, ran_by, said
from planner.transfer.results import compared


def transfers(db: sqlite3.Connection) -> tuple[TransferRow, ...]:
    """Every transfer-ready experiment that was not dropped, those furthest on first."""
    rows = db.execute(
        "SELECT id FROM experiment WHERE kind = 'transfer-ready' AND state != 'dropped' ORDER BY id"
    ).fetchall()
    places = [each.id for each in stages()]
    doubted = affected_verdicts(db)
    found = [_row(db, row["id"], said(db, row["id"]), doubted) for row in rows]
    return tuple(sorted(found, key=lambda row: (-places.index(row.stage.id), row.id)))


def transfer(db: sqlite3.Connection, experiment_id: int) -> TransferDetail:
    """One of them in full. Raises NotFound, LabtopError for an exploration."""
    refuse_exploration(db, experiment_id)
    recorded = said(db, experiment_id)
    verdict, doubted = newest_verdict(db, experiment_id), affected_verdicts(db)
    return TransferDetail(
        _row(db, experiment_id, recorded, doubted),
        tuple(_stage(db, experiment_id, each, recorded, doubted) for each in stages()),
        compared(db, experiment_id),
        ran_by(db, experiment_id),
        doubted.get(verdict["id"], ()) if verdict is not None else (),
    )


def reviews_due(db: sqlite3.Connection, today: date) -> tuple[tuple[str, str, str], ...]:
    """(id, title, day) of launches and accepted decisions whose day of review has come, the oldest day first."""
    decided = [
        (f"D-{row['id']}", str(row["title"]), str(row["review_on"]))
        for row in db.execute(
            "SELECT id, title, review_on FROM decision_memo WHERE state = 'accepted' AND review_on IS NOT NULL"
        ).fetchall()
    ]
    launched = [(f"E-{row.id}", row.title, row.review_on) for row in transfers(db) if row.review_on and not row.next]
    due = [each for each in (*decided, *launched) if each[2] <= today.isoformat()]
    return tuple(sorted(due, key=lambda each: (each[2], each[0])))


def _row(db: sqlite3.Connection, experiment_id: int, recorded: Said, doubted: Doubted) -> TransferRow:
    row = store.row_of(db, EXPERIMENT, experiment_id)
    now = current(recorded)
    following = gates.after(now.id)
    ahead = gate_states(db, experiment_id, following, recorded, doubted) if following else ()
    shut = [gate for gate in ahead if not gate.holds]
    asked = [each for each in approvals(db, state="waiting", experiment_id=experiment_id) if each.stage]
    review = recorded.get(("launch", "review-date"))
    details = json.loads(review["details"] or "{}") if review is not None else {}
    return TransferRow(
        experiment_id,
        row["title"],
        row["state"],
        row["owner"],
        now,
        following,
        tuple(gate.gate.id for gate in shut),
        blocked_by(newest_verdict(db, experiment_id)),
        asked[-1] if asked else None,
        details.get("review_on"),
    )


def _stage(
    db: sqlite3.Connection, experiment_id: int, stage: gates.Stage, recorded: Said, doubted: Doubted
) -> StageState:
    shown = gate_states(db, experiment_id, stage, recorded, doubted)
    row = recorded.get((stage.id, ""))
    if row is None:
        return StageState(stage, shown)
    yes = [each for each in approvals(db, state="approved", experiment_id=experiment_id) if each.stage == stage.id]
    last = yes[-1] if yes else None
    by, number, at = (last.decided_by, last.id, last.decided_at) if last else (row["person"], None, row["at"])
    return StageState(stage, shown, at, by, number, row["note"] if row["state"] == "failed" else None)


def transfer_record(found: TransferRow) -> dict[str, Any]:
    """An experiment of the list as --json prints it."""
    return {
        "id": f"E-{found.id}",
        "title": found.title,
        "state": found.state,
        "owner": found.owner,
        "stage": found.stage.id,
        "next": found.next.id if found.next else None,
        "open_gates": list(found.open),
        "blocked_by": list(found.blocked_by),
        "approval": approval_record(found.approval) if found.approval else None,
        "review_on": found.review_on,
    }


def transfer_detail_record(found: TransferDetail) -> dict[str, Any]:
    """One experiment's transfer as --json prints it."""
    return {
        **transfer_record(found.row),
        "ran_by": list(found.ran_by),
        "warnings": [each.warning for each in found.affected],
        "stages": [_stage_record(each) for each in found.stages],
        "compared": [_compared_record(each) for each in found.results],
    }


def _stage_record(found: StageState) -> dict[str, Any]:
    return {
        "id": found.stage.id,
        "title": found.stage.title,
        "entered_at": found.entered_at,
        "approved_by": found.approved_by,
        "approval": f"A-{found.approval_id}" if found.approval_id is not None else None,
        "rolled_back": found.left,
        "gates": [_gate_record(each) for each in found.gates],
    }


def _gate_record(found: GateState) -> dict[str, Any]:
    return {
        "id": found.gate.id,
        "title": found.gate.title,
        "question": found.gate.question,
        "state": found.state,
        "why": found.why,
        "details": dict(found.details),
        "person": found.person,
        "at": found.at,
        "carried_from": found.carried,
    }


def _compared_record(found: Compared) -> dict[str, Any]:
    return {**asdict(found), "difference": found.difference}
