"""Preregistration: the plan frozen as canonical JSON under its hash. A later edit makes the next version."""

import hashlib
import json
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder, record
from library.records.store import TOPIC
from planner.experiments.effective import Effective, effective
from planner.experiments.kind import FROZEN
from planner.experiments.model import Cause, Preregistration

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of two plans that do not agree; an absent value is None."""

    field: str
    before: Any
    after: Any


def plan_of(plan: Effective) -> dict[str, Any]:
    """What is frozen: what is claimed, compared, measured, and how it is decided. Numbers of records as texts.

    When a baseline was measured is left out: it changes nothing of the claim.
    """
    values = plan.values
    frozen: dict[str, Any] = {name: values[name] for name in FROZEN}
    frozen["hypothesis"] = None if plan.hypothesis_id is None else f"H-{plan.hypothesis_id}"
    frozen["statement"] = plan.statement
    frozen["looks"] = ", ".join(re.findall(r"\d+", values["looks"])) or values["looks"]  # 5,8 is 5, 8
    frozen["datasets"] = [f"DS-{number}" for number in values["datasets"] or ()]
    frozen["arms"] = [{"name": arm.name, "role": arm.role, "set": arm.parameters} for arm in plan.arms]
    for name in ("guardrails", "slices", "rating"):
        frozen[name] = [dict(row) for row in values[name] or ()]
    del frozen["hypothesis_id"]
    return {"format": FORMAT, **frozen}


def canonical(plan: Mapping[str, Any]) -> str:
    """The one way to write a plan: keys sorted, no blanks, whole numbers without a point."""
    return json.dumps(_plain(plan), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value


def plan_hash(text: str) -> str:
    """The sha256 of a plan's canonical text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def freeze(recorder: Recorder, person: str, experiment_id: int, cause: Cause) -> int:
    """Freeze the plan as it is now; the number of its preregistration.

    A plan that is frozen already stays what it is. One that differs from the newest frozen one gets the next version
    and is exploratory, unless it goes back to a version that is not. Raises NotFound.
    """
    db = recorder.connection
    text = canonical(plan_of(effective(db, experiment_id)))
    earlier = versions(db, experiment_id)
    if earlier and earlier[-1].text == text:
        return earlier[-1].id
    registered = any(each.text == text and not each.exploratory for each in earlier)
    return recorder.insert(
        "preregistration",
        {
            "experiment_id": experiment_id,
            "version": earlier[-1].version + 1 if earlier else 1,
            "hash": plan_hash(text),
            "plan": text,
            "cause": "edited" if earlier else cause,
            "exploratory": int(bool(earlier) and not registered),
            "person": person,
            "at": stamp(),
        },
    )


def freeze_by_hand(db: sqlite3.Connection, person: str, experiment_id: int) -> tuple[int, Change]:
    """Freeze the plan because somebody asks for it. Raises NotFound."""
    name = f"E-{experiment_id}"
    number, journal_id = record(
        db,
        person=person,
        action="experiment.freeze",
        summary=f"froze the plan of {name}",
        write=lambda recorder: freeze(recorder, person, experiment_id, "asked"),
    )
    frozen = newest(db, experiment_id)
    assert frozen is not None
    said = f"the plan of {name} is frozen as version {frozen.version}, sha256 {frozen.hash}"
    return number, Change(TOPIC, (), journal_id, said if journal_id else f"{said} (as it was)")


def note_edit(recorder: Recorder, person: str, experiment_id: int) -> Preregistration | None:
    """After an edit: freeze the next version where a frozen plan was changed. Returns it, else None."""
    before = newest(recorder.connection, experiment_id)
    if before is None:
        return None
    number = freeze(recorder, person, experiment_id, "edited")
    return None if number == before.id else newest(recorder.connection, experiment_id)


def versions(db: sqlite3.Connection, experiment_id: int) -> tuple[Preregistration, ...]:
    """Every frozen plan of an experiment, the first one first."""
    rows = db.execute(
        "SELECT * FROM preregistration WHERE experiment_id = ? ORDER BY version", (experiment_id,)
    ).fetchall()
    return tuple(_preregistration(row) for row in rows)


def newest(db: sqlite3.Connection, experiment_id: int) -> Preregistration | None:
    """The frozen plan that counts; None where nothing is frozen."""
    found = versions(db, experiment_id)
    return found[-1] if found else None


def preregistration(db: sqlite3.Connection, number: int) -> Preregistration:
    """One frozen plan by its number."""
    return _preregistration(db.execute("SELECT * FROM preregistration WHERE id = ?", (number,)).fetchone())


def edited_since(db: sqlite3.Connection, experiment_id: int) -> tuple[Difference, ...]:
    """Where the plan as it is now differs from the newest frozen one; empty, too, where nothing is frozen."""
    frozen = newest(db, experiment_id)
    if frozen is None:
        return ()
    now: dict[str, Any] = json.loads(canonical(plan_of(effective(db, experiment_id))))
    return differences(frozen.plan, now)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Fields in which two plans differ, by name."""
    names = sorted({*before, *after})
    return tuple(
        Difference(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    )


def _preregistration(row: sqlite3.Row) -> Preregistration:
    return Preregistration(
        row["id"],
        row["experiment_id"],
        row["version"],
        row["hash"],
        row["plan"],
        json.loads(row["plan"]),
        row["cause"],
        bool(row["exploratory"]),
        row["person"],
        row["at"],
    )
