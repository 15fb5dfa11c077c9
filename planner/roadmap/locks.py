"""Locked in and vetoed: a person's word on an experiment for one quarter, with its reason."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder, record
from library.errors import NotFound, UsageError
from library.quarter import Quarter
from planner.prioritisation.portfolio import Lock
from planner.reasons import reason_of
from planner.roadmap.candidates import OVER, UNDER_WAY, label
from planner.roadmap.plans import refuse_if_closed
from planner.workspace import TOPIC

_DONE = {"in": "locked {} in for {}", "out": "vetoed {} for {}"}


@dataclass(frozen=True, slots=True)
class Locked:
    """What was said of an experiment, why, by whom and when."""

    experiment: int
    lock: Lock
    reason: str
    person: str
    at: str


def locks_of(db: sqlite3.Connection, quarter: Quarter) -> dict[int, Locked]:
    """Those of a quarter, by experiment."""
    rows = db.execute("SELECT * FROM roadmap_lock WHERE quarter = ? ORDER BY experiment_id", (str(quarter),))
    return {
        row["experiment_id"]: Locked(row["experiment_id"], row["lock"], row["reason"], row["person"], row["at"])
        for row in rows
    }


def set_lock(
    db: sqlite3.Connection, person: str, experiments: Sequence[int], quarter: Quarter, lock: Lock, reason: str
) -> Change:
    """Lock experiments in (or veto them, "out") for a quarter; the next plan keeps to it.

    Raises UsageError without a reason, for an experiment that is over, and for a veto on one that is under way;
    LabtopError for a closed quarter.
    """
    refuse_if_closed(db, quarter)
    said = reason_text(reason, f"labtop roadmap {'lock' if lock == 'in' else 'veto'} E-12 --reason …")
    for number in experiments:
        _refuse_if_settled(db, number, lock)

    def write(recorder: Recorder) -> None:
        for number in experiments:
            put_lock(recorder, person, number, quarter, lock, said)

    summary = _DONE[lock].format(", ".join(label(number) for number in experiments), quarter)
    action = "roadmap.lock" if lock == "in" else "roadmap.veto"
    _, journal_id = record(db, person=person, action=action, summary=f"{summary}: {said}", write=write)
    return Change(TOPIC, (), journal_id, summary if journal_id else "nothing to change")


def put_lock(recorder: Recorder, person: str, number: int, quarter: Quarter, lock: Lock, reason: str) -> None:
    """The row itself, within another action."""
    key = {"quarter": str(quarter), "experiment_id": number}
    kept = recorder.connection.execute(
        "SELECT lock, reason FROM roadmap_lock WHERE quarter = :quarter AND experiment_id = :experiment_id", key
    ).fetchone()
    if kept is None or (kept["lock"], kept["reason"]) != (lock, reason):
        recorder.put("roadmap_lock", key, {"lock": lock, "reason": reason, "person": person, "at": stamp()})


def unlock(db: sqlite3.Connection, person: str, experiments: Sequence[int], quarter: Quarter) -> Change:
    """Take a lock or veto back. Raises NotFound where none of them has one, LabtopError for a closed quarter."""
    refuse_if_closed(db, quarter)

    def write(recorder: Recorder) -> list[int]:
        return [
            number
            for number in experiments
            if recorder.delete("roadmap_lock", {"quarter": str(quarter), "experiment_id": number})
        ]

    names = ", ".join(label(number) for number in experiments)
    summary = f"left {names} to the plan again for {quarter}"
    gone, journal_id = record(db, person=person, action="roadmap.unlock", summary=summary, write=write)
    if not gone:
        raise NotFound(
            f"{names}: neither locked in nor vetoed for {quarter}.", mend="labtop roadmap show says which are."
        )
    return Change(TOPIC, (), journal_id, summary)


def reason_text(reason: str, example: str) -> str:
    """A reason as it is stored. Raises UsageError for an empty or endless one."""
    said = reason_of(reason)
    if not said:
        raise UsageError("This needs a reason: others will ask for it.", mend=f"Such as: {example}")
    return said


def _refuse_if_settled(db: sqlite3.Connection, number: int, lock: Lock) -> None:
    row = db.execute("SELECT state FROM experiment WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise NotFound(f"There is no experiment {label(number)}.", mend="labtop experiment list shows them.")
    if row["state"] in OVER:
        raise UsageError(f"{label(number)} is {row['state']}: there is nothing left to plan.")
    if lock == "out" and row["state"] in UNDER_WAY:
        raise UsageError(
            f"{label(number)} is under way ({row['state']}): a plan counts it as in.",
            mend=f"labtop experiment move {label(number)} dropped takes it out.",
        )
