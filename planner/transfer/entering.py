"""Entering a stage, which an approval brings about: only through gates that hold at that moment."""

import sqlite3

from library.clock import stamp
from library.db.journal import Recorder
from library.errors import LabtopError
from library.text import counted
from planner.transfer import gates
from planner.transfer.gates import Stage
from planner.transfer.reading import blocked_by, current, gate_states, newest_verdict, said


def enter(recorder: Recorder, person: str, experiment_id: int, stage_id: str, cause: str) -> str:
    """Put the experiment into a stage; what to say of it. Raises LabtopError naming every gate that does not hold."""
    stage = gates.stage(stage_id)
    refuse_closed(recorder.connection, experiment_id, stage)
    key = {"experiment_id": experiment_id, "stage": stage.id, "gate": ""}
    recorder.put("transfer", key, {"state": "met", "note": cause, "details": None, "person": person, "at": stamp()})
    return f"E-{experiment_id} has entered: {stage.title}"


def refuse_closed(db: sqlite3.Connection, experiment_id: int, stage: Stage) -> None:
    """Raise LabtopError where the stage is not the next one, a guardrail blocks, or a gate does not hold."""
    label = f"E-{experiment_id}"
    recorded = said(db, experiment_id)
    now = current(recorded)
    following = gates.after(now.id)
    if following is None or following.id != stage.id:
        raise LabtopError(
            f"{label} is in “{now.title}”; “{stage.title}” is not the next stage.",
            mend=f"labtop transfer show {label} shows where it stands.",
        )
    refuse_shut(db, experiment_id, stage)


def refuse_shut(db: sqlite3.Connection, experiment_id: int, stage: Stage) -> None:
    """Raise LabtopError where a guardrail blocks, or a gate before the stage does not hold."""
    label = f"E-{experiment_id}"
    verdict = newest_verdict(db, experiment_id)
    blocked = blocked_by(verdict)
    if verdict is not None and blocked:
        raise LabtopError(
            f"{label} goes no further: V-{verdict['id']} is blocked by {', '.join(blocked)}, which nothing waives.",
            mend="Mend what was breached and let a new verdict say so.",
        )
    shut = [gate for gate in gate_states(db, experiment_id, stage, said(db, experiment_id)) if not gate.holds]
    if shut:
        listed = "; ".join(f"{gate.gate.id} ({gate.why or gate.state})" for gate in shut)
        raise LabtopError(
            f"{counted(len(shut), 'gate')} before “{stage.title}” "
            f"{'does' if len(shut) == 1 else 'do'} not hold: {listed}.",
            mend=f"labtop transfer gate {label} {stage.id} GATE met --note … says that one holds.",
        )
