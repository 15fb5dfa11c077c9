"""What people do to experiments: add, edit, move, answer checklists. Each is one journalled action."""

import sqlite3
from collections.abc import Mapping
from typing import Any

from library.db.changes import Change
from library.db.journal import Recorder, record
from library.errors import UsageError
from library.records import store
from library.records.field import FieldError
from library.records.kind import Values
from planner.experiments.checklists import items
from planner.experiments.kind import EXPERIMENT
from planner.experiments.model import State
from planner.experiments.plans import newest, note_edit
from planner.experiments.states import check_move, state_of
from planner.experiments.states import move as write_move
from planner.experiments.storing import has_results


def add(db: sqlite3.Connection, person: str, raw: Mapping[str, Any]) -> tuple[int, Change]:
    """Note a new experiment as an idea; (its number, what changed). Raises RecordError."""
    return store.create(db, person, EXPERIMENT, raw)


def revise(db: sqlite3.Connection, person: str, number: int, raw: Mapping[str, Any]) -> Change:
    """Change a plan. Where a frozen one is changed, that makes its next version, which is exploratory.

    Raises RecordError (also where an arm that has results would go), NotFound.
    """
    before = newest(db, number)

    def more(recorder: Recorder, was: Values, now: Values) -> None:
        _refuse_orphans(db, number, was, now)
        note_edit(recorder, person, number)

    change = store.revise(db, person, EXPERIMENT, number, raw, more=more)
    after = newest(db, number)
    if after is None or before is None or after.id == before.id:
        return change
    said = "verdicts are exploratory from now on" if after.exploratory else "it is as it was registered again"
    return Change(
        change.topic,
        change.ids,
        change.journal_id,
        f"{change.summary}; the plan is now version {after.version}: {said}",
    )


def move(db: sqlite3.Connection, person: str, number: int, state: State, reason: str | None = None) -> Change:
    """Move an experiment to another state. Raises UsageError (not allowed, not ready, no reason), NotFound."""
    before = state_of(db, number)
    if before == state:
        return Change(store.TOPIC, (), None, f"E-{number} is {state} already")
    why = check_move(db, number, state, reason)
    summary = f"moved E-{number} from {before} to {state}"
    _, journal_id = record(
        db,
        person=person,
        action="experiment.move",
        summary=summary,
        write=lambda recorder: write_move(recorder, person, number, state, why),
    )
    return Change(store.TOPIC, (), journal_id, summary)


def check(db: sqlite3.Connection, person: str, number: int, answers: Mapping[str, str]) -> Change:
    """Answer items of the checklists: yes, no, n/a, or open to take an answer back. The others stay as they are.

    An item may be named with its list before it ("design.power"). Raises UsageError, NotFound.
    """
    known = {name for name, _ in items()}
    given = {}
    for item, answer in answers.items():
        name = item.rpartition(".")[2].strip().lower().replace("_", "-")
        if name not in known:
            import difflib

            near = difflib.get_close_matches(name, sorted(known), 1)
            hint = f"Did you mean {near[0]}?" if near else f"labtop experiment check E-{number} lists them."
            raise UsageError(f"There is no checklist item {item}. {hint}")
        given[name] = answer
    now = dict(store.get(db, EXPERIMENT, number)["checks"] or {})
    return revise(db, person, number, {"checks": {**now, **given}})


def _refuse_orphans(db: sqlite3.Connection, number: int, was: Values, now: Values) -> None:
    """Raise RecordError where an arm is taken out or renamed that results belong to."""
    kept = {arm["name"] for arm in now["arms"] or ()}
    gone = [arm["name"] for arm in was["arms"] or () if arm["name"] not in kept]
    if not gone or not has_results(db, number):
        return
    marks = ", ".join("?" * len(gone))
    row = db.execute(
        f"SELECT arm, count(*) AS n FROM result WHERE experiment_id = ? AND arm IN ({marks}) GROUP BY arm",
        (number, *gone),
    ).fetchone()
    if row is not None:
        why = f"cannot lose {row['arm']}: {row['n']:,} of its results are stored"
        raise store.RecordError(EXPERIMENT.noun, (FieldError("arms", why),))
