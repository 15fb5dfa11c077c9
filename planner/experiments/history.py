"""What people have already seen of results, from the journal: undo and --replace take a value out of the table, but not
out of anybody's head.
"""

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from library.text import counted
from planner.experiments.model import Preregistration, Result
from planner.experiments.plans import differences
from planner.experiments.storing import KEY, Key, results, results_by_id

Series = tuple[str, str, str, str]  # arm, metric, slice, phase
_SHOWN = 3  # values in a reason


@dataclass(slots=True)
class Past:
    """`plans`: (what, value) → hashes of the plans under which it was ever stored; `texts`: hash → that plan.

    `judged`: what → value, of every usable value that was there when a verdict was drawn, taken back or not.
    """

    plans: dict[tuple[Key, float], set[str]] = field(default_factory=dict)
    texts: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    judged: dict[Key, float] = field(default_factory=dict)


def past_of(db: sqlite3.Connection, experiment_id: int) -> Past:
    """Every value that an experiment ever had, and what verdicts were drawn from."""
    past, now = Past(), dict[Key, float]()
    plan_of_batch: dict[int, str] = {}
    hashes: dict[int, str] = {}
    for table, before, after in _changes(db, experiment_id):
        row: Mapping[str, Any] = after or before
        if table == "preregistration":
            hashes[row["id"]] = row["hash"]
            past.texts[row["hash"]] = json.loads(row["plan"])
        elif table == "result_batch":
            plan_of_batch[row["id"]] = hashes.get(row["preregistration_id"], "")
        elif table == "verdict" and after is not None:
            past.judged = now | past.judged  # what was first judged counts: going back to it changes nothing
        elif table == "result":
            key: Any = tuple(row[name] for name in KEY)
            if after is None or after["value"] is None:
                now.pop(key, None)
            else:
                now[key] = after["value"]
                past.plans.setdefault((key, after["value"]), set()).add(plan_of_batch.get(after["batch_id"], ""))
    return past


def seen_under_another_plan(past: Past, frozen: Preregistration, rows: Sequence[Result]) -> tuple[str, ...]:
    """Fields in which the frozen plan differs from one under which these very values were stored before; else empty."""
    earlier = {plan for row in rows if row.value is not None for plan in past.plans.get((_key(row), row.value), ())}
    fields = {
        each.field
        for plan in earlier - {frozen.hash, ""}
        for each in differences(past.texts[plan], frozen.plan)
    }  # fmt: skip
    return tuple(sorted(fields))


def changed_after_judging(past: Past, rows: Sequence[Result], looked_at: Collection[Series]) -> str:
    """ "2 values were changed or taken out after a verdict had been drawn (dense, seed 3, F1: 41.2, now 44.1)", or "".

    `rows`: what is there now of what is `looked_at`. A run that was left out keeps its value, and is no change.
    """
    now = {_key(row): row.value for row in rows}
    told = []
    for key, value in past.judged.items():
        arm, metric, slice_, seed, phase = key
        if (arm, metric, slice_, phase) in looked_at and now.get(key) != value:
            there = f"now {_shown(now[key])}" if key in now else "now gone"
            told.append(f"{arm}, seed {seed}, {metric}{f' on {slice_}' if slice_ else ''}: {value:.6g}, {there}")
    if not told:
        return ""
    shown = "; ".join(told[:_SHOWN]) + ("; …" if len(told) > _SHOWN else "")
    return f"{counted(len(told), 'value')} changed or taken out after a verdict had been drawn ({shown})"


def values_hash(rows: Iterable[Result]) -> str:
    """The sha256 of values as they stand, by the numbers of their rows: what `changed_since` compares."""
    basis = sorted((row.id, row.value, row.status, row.exclusion) for row in rows)
    return hashlib.sha256(json.dumps(basis, ensure_ascii=False).encode()).hexdigest()


def changed_since(db: sqlite3.Connection, verdict: sqlite3.Row) -> str:
    """What became of the results that a verdict was drawn from: "2 of its 16 values are gone", or "" for nothing."""
    details = json.loads(verdict["details"])
    if "values_sha256" not in details:
        return ""  # nobody noted what it was drawn from
    ids = [int(each) for each in details["results"]]
    rows = results_by_id(db, ids)
    told = []
    if len(rows) < len(ids):
        told.append(f"{len(ids) - len(rows):,} of its {counted(len(ids), 'value')} are gone")
    elif values_hash(rows) != details["values_sha256"]:
        told.append("its values were changed or left out")
    known = set(ids)
    arms = (verdict["treatment"], verdict["baseline"])
    more = sum(
        row.id not in known and row.arm in arms and not row.slice
        for row in results(db, verdict["experiment_id"], metric=details["rule"]["metric"], phase=details["phase"])
    )
    told += [f"{counted(more, 'more value')} came in"] if more else []
    return " and ".join(told)


def _changes(db: sqlite3.Connection, experiment_id: int) -> Iterator[tuple[str, Any, Any]]:
    """(table, before, after) of all that was ever done to an experiment, in order."""
    rows = db.execute(
        "SELECT changes FROM journal WHERE instr(changes, ?) ORDER BY id", (f'"experiment_id": {experiment_id},',)
    )
    for row in rows:
        for table, _, before, after in json.loads(row["changes"]):
            if (after or before or {}).get("experiment_id") == experiment_id:
                yield table, before, after


def _key(row: Result) -> Key:
    return row.arm, row.metric, row.slice, row.seed, row.phase


def _shown(value: float | None) -> str:
    return "without a value" if value is None else f"{value:.6g}"
