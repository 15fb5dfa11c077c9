"""States of an experiment, which moves are allowed, and what a plan needs before it is ready."""

import sqlite3
from collections.abc import Mapping
from typing import Final

from library.clock import stamp
from library.db.journal import Recorder
from library.errors import NotFound, UsageError
from library.text import clean
from planner.experiments.effective import Effective, effective
from planner.experiments.model import STATES, State

MOVES: Final[Mapping[State, tuple[State, ...]]] = {
    "idea": ("ready", "dropped"),
    "ready": ("idea", "planned", "running", "dropped"),
    "planned": ("ready", "running", "dropped"),
    "running": ("planned", "analysing", "dropped"),
    "analysing": ("running", "done", "dropped"),
    "done": ("analysing", "dropped"),
    "dropped": ("idea",),
}
REOPENING: Final = {("done", "analysing"), ("dropped", "idea")}
# Results and runs move it on by themselves; these are left alone.
OVER: Final[tuple[State, ...]] = ("done", "dropped")
_USUAL: Final = {
    "ready": "nothing is missing",
    "planned": "planned by hand",
    "running": "started by hand",
    "analysing": "results are being looked at",
}


def missing(plan: Effective) -> tuple[str, ...]:
    """What a plan lacks before it is ready; empty where nothing is."""
    costs = ("gpu_hours", "gpu_hours_per_seed", "people_days")
    lacks = {
        "a hypothesis or a question": plan.hypothesis_id is None and plan.values["question"] is None,
        "a baseline arm": not plan.baselines,
        "a treatment arm": not plan.treatments,
        "a primary metric": plan.metric is None,
        "a direction (whether the metric should increase or decrease)": plan.direction is None,
        "δ (the smallest effect worth having)": plan.delta is None,
        "a number of seeds": plan.values["seeds"] is None,
        "a cost (GPU-hours or people-days)": all(plan.values[name] is None for name in costs),
    }
    return tuple(what for what, lacking in lacks.items() if lacking)


def asks_reason(before: State, to: State) -> bool:
    """Whether a move has to say why. To done it need not where a verdict is there, which `check_move` knows."""
    return to in OVER or (before, to) in REOPENING


def check_move(db: sqlite3.Connection, experiment_id: int, to: State, reason: str | None) -> str:
    """The reason to journal. Raises UsageError where the move is not allowed, lacks a reason or parts of the plan."""
    before = state_of(db, experiment_id)
    name = f"E-{experiment_id}"
    if to not in STATES:
        raise UsageError(f"There is no state “{to}”.", mend=f"It is one of {', '.join(STATES)}.")
    if to not in MOVES[before]:
        ways = ", ".join(MOVES[before])
        raise UsageError(f"{name} is {before} and cannot become {to} from there.", mend=f"Possible are: {ways}.")
    if to in ("ready", "planned"):
        lacking = missing(effective(db, experiment_id))
        if lacking:
            raise UsageError(
                f"{name} is not ready: it lacks {'; '.join(lacking)}.",
                mend=f"Fill it in: labtop experiment edit {name}",
            )
    text = clean(reason or "").strip()
    if not text and asks_reason(before, to):
        if to == "done" and _judged(db, experiment_id):
            return "a verdict is there"
        raise UsageError(f"Why does {name} become {to}?", mend='Say it with --reason "…".')
    return text or _USUAL.get(to, "moved back by hand")


def move(recorder: Recorder, person: str, experiment_id: int, to: State, reason: str) -> None:
    """Change the state within an action and note why. Nothing happens where it is in that state."""
    before = state_of(recorder.connection, experiment_id)
    if before == to:
        return
    now = stamp()
    recorder.put("experiment", {"id": experiment_id}, {"state": to, "updated_at": now})
    recorder.insert(
        "experiment_move",
        {
            "experiment_id": experiment_id,
            "before": before,
            "after": to,
            "reason": reason,
            "person": person,
            "at": now,
        },
    )


def advance(recorder: Recorder, person: str, experiment_id: int, to: State, reason: str) -> None:
    """Move on to a later state because of what happened (a run, a result, a plan); never back, never out of done."""
    before = state_of(recorder.connection, experiment_id)
    if before not in OVER and STATES.index(before) < STATES.index(to):
        move(recorder, person, experiment_id, to, reason)


def state_of(db: sqlite3.Connection, experiment_id: int) -> State:
    """The present state. Raises NotFound."""
    row = db.execute("SELECT state FROM experiment WHERE id = ?", (experiment_id,)).fetchone()
    if row is None:
        raise NotFound(f"There is no experiment E-{experiment_id}.", mend="labtop experiment list shows them.")
    state: State = row["state"]
    return state


def _judged(db: sqlite3.Connection, experiment_id: int) -> bool:
    return db.execute("SELECT 1 FROM verdict WHERE experiment_id = ?", (experiment_id,)).fetchone() is not None
