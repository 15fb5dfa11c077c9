"""Gates are said to hold or not, stages are asked for and rolled back. Each is one journalled action."""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any, Final, cast, get_args

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder, record
from library.errors import LabtopError, UsageError
from library.quarter import read_day
from library.records import store
from library.records.field import number_of
from library.records.store import TOPIC
from library.settings import ProgrammeSettings
from library.text import clean, one_line, shortened
from planner.decisions.approvals import request
from planner.decisions.authority import authority_for, holders, role
from planner.experiments.kind import EXPERIMENT
from planner.people import same
from planner.reasons import reason_of
from planner.transfer import gates
from planner.transfer.entering import refuse_closed
from planner.transfer.gates import Gate, Stage, State
from planner.transfer.reading import blocked_by, current, newest_verdict, ran_by, said

GATE_STATES: Final[tuple[State, ...]] = get_args(State)
DETAILS: Final = ("value", "target", "unit", "owner", "thresholds", "review_on")
_OPTION = {"owner": "--owner", "thresholds": "--thresholds", "review_on": "--review-on"}


def set_gate(
    db: sqlite3.Connection,
    person: str,
    settings: ProgrammeSettings,
    experiment_id: int,
    stage: str,
    gate: str,
    state: str,
    *,
    note: str | None = None,
    authority: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> Change:
    """Say how a gate stands: open, met, failed or waived.

    Met needs a note, or the details that it is about; failed a note; waived a note and the authority that allows it,
    and comes from nobody who ran the experiment. Raises UsageError for what is missing, LabtopError where the person
    may not say so, NotFound.
    """
    refuse_exploration(db, experiment_id)
    chosen = gates.stage(stage)
    found = chosen.gate(gate)
    if state not in GATE_STATES:
        raise UsageError(f"A gate is not “{state}”.", mend=f"It is one of: {', '.join(GATE_STATES)}.")
    values = _details(details or {})
    why = clean(note or "").strip()
    if state == "waived":
        values["authority"] = _waiver(db, person, settings, experiment_id, chosen, found, why, authority)
    elif authority is not None:
        raise UsageError("--authority belongs to a gate that is waived.", mend="Leave it out, or say waived.")
    else:
        _check(db, person, experiment_id, found, cast(State, state), why, values)
    label = f"E-{experiment_id}"
    key = {"experiment_id": experiment_id, "stage": chosen.id, "gate": found.id}
    row = {
        "state": state,
        "note": why or None,
        "details": json.dumps(values, ensure_ascii=False, sort_keys=True) if values else None,
        "person": person,
        "at": stamp(),
    }
    summary = (
        f"{label} {chosen.title}: {found.title.lower()} is {state}{f' ({shortened(one_line(why))})' if why else ''}"
    )
    _, journal_id = record(
        db,
        person=person,
        action="transfer.gate",
        summary=summary,
        write=lambda recorder: recorder.put("transfer", key, row),
    )
    return Change(TOPIC, (), journal_id, summary)


def _check(
    db: sqlite3.Connection, person: str, experiment_id: int, gate: Gate, state: State, why: str, values: dict[str, Any]
) -> None:
    """Raise where a gate cannot be said to be met, failed or open like this."""
    if gate.from_record and state != "open":
        raise UsageError(
            f"“{gate.title}” is read from the record, not set by hand.",
            mend="A verdict or result says so; with a reason and an authority it can be waived.",
        )
    if state == "open":
        return
    if state == "met":
        missing = [name for name in gate.needs if name not in values]
        if missing:
            options = " and ".join(f"{_OPTION[name]} …" for name in missing)
            raise UsageError(f"“{gate.title}” is met only with: {', '.join(missing)}.", mend=f"Add {options}.")
        if "value" in values and "target" in values and values["value"] > values["target"]:
            raise UsageError(
                f"{values['value']:g} is above the target of {values['target']:g}: that gate is not met.",
                mend="Say failed, or waive it with a reason and an authority.",
            )
        if gate.someone_else and any(same(person, name) for name in ran_by(db, experiment_id)):
            raise LabtopError(
                f"“{gate.title}” needs somebody else: {person} ran E-{experiment_id}.",
                mend="Ask a colleague who did not to record it.",
            )
    if not why and not values:
        raise UsageError(f"What does it rest on that “{gate.title}” is {state}?", mend='Add --note "…".')


def _waiver(
    db: sqlite3.Connection,
    person: str,
    settings: ProgrammeSettings,
    experiment_id: int,
    stage: Stage,
    gate: Gate,
    why: str,
    authority: str | None,
) -> str:
    """The authority that allows to go on without a gate. Raises UsageError, LabtopError."""
    needed = authority_for(settings, stage.approval or "stage")
    if not why or not authority:
        raise UsageError(
            "A gate is waived only with a reason and the authority that allows it.",
            mend=f'Add --note "…" --authority "{role(needed)}".',
        )
    if not any(same(authority, name) for name in (needed, role(needed), *holders(needed))):
        raise UsageError(
            f"“{stage.title}” is for the {needed} to allow, not for {one_line(authority)}.",
            mend="labtop settings shows the authorities.",
        )
    if any(same(person, name) for name in ran_by(db, experiment_id)):
        raise LabtopError(
            f"Nobody waives a gate for their own: {person} ran E-{experiment_id}.",
            mend=f"Ask the {needed} to record it.",
        )
    if holders(needed) and not any(same(person, name) for name in holders(needed)):
        raise LabtopError(f"Only {' or '.join(holders(needed))} may waive a gate before “{stage.title}”.")
    verdict = newest_verdict(db, experiment_id)
    if gate.id == "verdict" and blocked_by(verdict):
        raise LabtopError(
            f"A verdict that is blocked by {', '.join(blocked_by(verdict))} is not waived.",
            mend="Mend what was breached and let a new verdict say so.",
        )
    return one_line(authority)


def advance(
    db: sqlite3.Connection, person: str, settings: ProgrammeSettings, experiment_id: int, note: str | None = None
) -> Change:
    """Ask for the next stage; whoever approves that moves the experiment there.

    Raises LabtopError naming every gate that does not hold, a guardrail that blocks, or a request that waits already.
    """
    now, stage = may_advance(db, experiment_id)
    label = f"E-{experiment_id}"
    title = store.row_of(db, EXPERIMENT, experiment_id)["title"]
    what = stage.approval or "stage"
    authority = authority_for(settings, what)
    subject = f"{label} “{shortened(title, 100)}” from {now.title} to {stage.title}"
    if note:
        subject += f": {reason_of(note)}"

    def write(recorder: Recorder) -> int:
        return request(
            recorder, person, what, subject, authority=authority, experiment_id=experiment_id, stage=stage.id
        )

    summary = f"asked to let {label} into {stage.title}"
    number, journal_id = record(db, person=person, action="transfer.advance", summary=summary, write=write)
    return Change(TOPIC, (), journal_id, f"A-{number} asks {authority}: {subject}")


def may_advance(db: sqlite3.Connection, experiment_id: int) -> tuple[Stage, Stage]:
    """(the stage it is in, the next one that may be asked for). Raises LabtopError naming what is in the way."""
    refuse_exploration(db, experiment_id)
    now = current(said(db, experiment_id))
    stage = gates.after(now.id)
    if stage is None:
        raise LabtopError(f"E-{experiment_id} is launched: there is no further stage.")
    refuse_closed(db, experiment_id, stage)
    return now, stage


def roll_back(db: sqlite3.Connection, person: str, experiment_id: int, reason: str) -> Change:
    """Take an experiment out of its stage, back to the one before. Raises UsageError without a reason, LabtopError."""
    refuse_exploration(db, experiment_id)
    why = clean(reason).strip()
    if not why:
        raise UsageError("Rolling back needs a reason.", mend='Add --reason "…".')
    now, label = may_roll_back(db, experiment_id), f"E-{experiment_id}"
    key = {"experiment_id": experiment_id, "stage": now.id, "gate": ""}
    row = {"state": "failed", "note": why, "person": person, "at": stamp()}
    summary = f"rolled {label} back from {now.title}: {shortened(one_line(why))}"
    _, journal_id = record(
        db,
        person=person,
        action="transfer.rollback",
        summary=summary,
        write=lambda recorder: recorder.put("transfer", key, row),
    )
    return Change(TOPIC, (), journal_id, summary)


def may_roll_back(db: sqlite3.Connection, experiment_id: int) -> Stage:
    """The stage it is in, which can be left. Raises LabtopError where everything begins."""
    recorded = said(db, experiment_id)
    now = current(recorded)
    if (now.id, "") not in recorded:
        raise LabtopError(
            f"E-{experiment_id} is in “{now.title}”, where everything begins: there is nothing to roll back."
        )
    return now


def refuse_exploration(db: sqlite3.Connection, experiment_id: int) -> None:
    """Raise LabtopError where an experiment is not on its way to production, NotFound."""
    row = store.row_of(db, EXPERIMENT, experiment_id)
    label = f"E-{experiment_id}"
    if row["kind"] != "transfer-ready":
        raise LabtopError(
            f"{label} is an exploration: only transfer-ready experiments go to production.",
            mend=f"labtop experiment set {label} kind=transfer-ready, if that is what it is.",
        )
    if row["state"] == "dropped":
        raise LabtopError(f"{label} was dropped.")


def _details(given: Mapping[str, Any]) -> dict[str, Any]:
    """What was said beside the note, checked. Raises UsageError."""
    found: dict[str, Any] = {}
    for name, raw in given.items():
        if raw is None or raw == "":
            continue
        if name in ("value", "target"):
            value = number_of(raw)
            if value is None:
                raise UsageError(f"The {name} is a number, not “{one_line(str(raw))}”.")
            found[name] = value
        elif name == "review_on":
            found[name] = read_day(str(raw)).isoformat()
        elif name in DETAILS:
            found[name] = one_line(str(raw))
        else:
            raise UsageError(f"A gate has no “{name}”.", mend=f"It has: {', '.join(DETAILS)}.")
    if ("value" in found) != ("target" in found):
        raise UsageError("A value and its target go together.", mend="Add --value … --target … .")
    return found
