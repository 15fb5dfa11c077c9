"""How gates stand: what people said of them, checked against the record each time they are read."""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from planner.decisions.affected import affected_verdicts
from planner.decisions.model import Affected
from planner.people import same
from planner.transfer.gates import Gate, Stage, stages
from planner.transfer.model import GateState

Doubted = Mapping[int, tuple[Affected, ...]]
Said = Mapping[tuple[str, str], sqlite3.Row]


def said(db: sqlite3.Connection, experiment_id: int) -> Said:
    """(stage, gate) → what was last recorded; gate "" is the stage itself."""
    rows = db.execute("SELECT * FROM transfer WHERE experiment_id = ?", (experiment_id,)).fetchall()
    return {(row["stage"], row["gate"]): row for row in rows}


def current(recorded: Said) -> Stage:
    """The last stage that was entered and not left again; the first one where none was."""
    entered = [each for each in stages() if (each.id, "") in recorded and recorded[(each.id, "")]["state"] == "met"]
    return entered[-1] if entered else stages()[0]


def gate_states(
    db: sqlite3.Connection, experiment_id: int, stage: Stage, recorded: Said, doubted: Doubted | None = None
) -> tuple[GateState, ...]:
    """All gates before a stage, in order. `doubted`: what `affected_verdicts` gives, where it was read already."""
    ran = ran_by(db, experiment_id)
    doubted = affected_verdicts(db) if doubted is None else doubted
    return tuple(_state(db, experiment_id, stage, gate, recorded, ran, doubted) for gate in stage.gates)


def _state(
    db: sqlite3.Connection,
    experiment_id: int,
    stage: Stage,
    gate: Gate,
    recorded: Said,
    ran: tuple[str, ...],
    doubted: Doubted,
) -> GateState:
    row, carried = recorded.get((stage.id, gate.id)), None
    if gate.from_record and (row is None or row["state"] != "waived"):
        return _from_record(db, experiment_id, gate, doubted)
    if gate.once and (row is None or row["state"] == "open"):
        for earlier in stages():
            if earlier.id == stage.id:
                break
            found = recorded.get((earlier.id, gate.id))
            if found is not None and found["state"] == "met":
                row, carried = found, earlier.title
    if row is None:
        return GateState(gate, "open", "nothing is recorded")
    details = json.loads(row["details"] or "{}")
    if gate.someone_else and row["state"] == "met" and any(same(row["person"], name) for name in ran):
        why = f"{row['person']} ran the experiment, so it needs somebody else"
        return GateState(gate, "open", why, details, row["person"], row["at"], carried)
    if row["state"] == "waived" and any(same(row["person"], name) for name in ran):
        why = f"{row['person']} waived it and ran the experiment: nobody waives a gate for their own"
        return GateState(gate, "open", why, details, row["person"], row["at"], carried)
    return GateState(gate, row["state"], row["note"] or "", details, row["person"], row["at"], carried)


def _from_record(db: sqlite3.Connection, experiment_id: int, gate: Gate, doubted: Doubted) -> GateState:
    if gate.id == "online-result":
        return _online(db, experiment_id, gate)
    row = newest_verdict(db, experiment_id)
    if row is None:
        return GateState(gate, "open", "there is no confirmatory verdict yet")
    label = f"V-{row['id']}"
    blocked = blocked_by(row)
    reached = doubted.get(row["id"], ())
    if row["state"] != "supported":
        return GateState(gate, "failed", f"{label} is {row['state']}", {}, row["person"], row["at"])
    if blocked:
        return GateState(gate, "failed", f"{label} is blocked by {', '.join(blocked)}", {}, row["person"], row["at"])
    if reached:
        return GateState(gate, "failed", f"{label} is {reached[0].warning}", {}, row["person"], row["at"])
    return GateState(gate, "met", f"{label} is supported", {}, row["person"], row["at"])


def _online(db: sqlite3.Connection, experiment_id: int, gate: Gate) -> GateState:
    rows = db.execute(
        "SELECT DISTINCT arm FROM result WHERE experiment_id = ? AND phase = 'online' AND status = 'ok'",
        (experiment_id,),
    ).fetchall()
    arms = sorted(row["arm"] for row in rows)
    missing = [name for name in _compared_arms(db, experiment_id) if name not in arms]
    if not arms:
        return GateState(gate, "open", "no online result came in yet")
    if missing:
        return GateState(gate, "open", f"there are no online results of {', '.join(missing)}")
    return GateState(gate, "met", f"online results of {', '.join(arms)}")


def _compared_arms(db: sqlite3.Connection, experiment_id: int) -> tuple[str, ...]:
    """Names of the baseline and treatment arms."""
    row = db.execute("SELECT arms FROM experiment WHERE id = ?", (experiment_id,)).fetchone()
    arms: list[dict[str, Any]] = json.loads(row["arms"] or "[]")
    return tuple(arm["name"] for arm in arms if arm["role"] in ("baseline", "treatment"))


def newest_verdict(db: sqlite3.Connection, experiment_id: int) -> sqlite3.Row | None:
    """The confirmatory verdict that counts."""
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM verdict WHERE experiment_id = ? AND exploratory = 0 ORDER BY id DESC LIMIT 1", (experiment_id,)
    ).fetchone()
    return row


def blocked_by(row: sqlite3.Row | None) -> tuple[str, ...]:
    """Breached guardrails and slices of a verdict."""
    return tuple(json.loads(row["blocked_by"] or "[]")) if row is not None else ()


def ran_by(db: sqlite3.Connection, experiment_id: int) -> tuple[str, ...]:
    """Who ran the experiment: its owner, and whoever brought in results before the first confirmatory verdict."""
    row = db.execute("SELECT owner, created_by FROM experiment WHERE id = ?", (experiment_id,)).fetchone()
    first = db.execute(
        "SELECT min(at) FROM verdict WHERE experiment_id = ? AND exploratory = 0", (experiment_id,)
    ).fetchone()[0]
    people = db.execute(
        "SELECT b.person FROM result_batch b WHERE b.experiment_id = ?1 AND (?2 IS NULL OR b.at <= ?2)"
        " AND EXISTS (SELECT 1 FROM result r WHERE r.batch_id = b.id AND r.phase = 'offline') ORDER BY b.id",
        (experiment_id, first),
    ).fetchall()
    return tuple(dict.fromkeys([row["owner"] or row["created_by"], *(each["person"] for each in people)]))
