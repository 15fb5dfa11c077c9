"""What is stored of results: reading them back, writing batches of them, and what a first result sets off."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from library.clock import stamp
from library.db.journal import Recorder
from library.errors import LabtopError
from planner.experiments.effective import effective
from planner.experiments.model import Phase, Result, Status
from planner.experiments.plans import freeze
from planner.experiments.states import OVER, advance, state_of

KEY: Final = ("arm", "metric", "slice", "seed", "phase")
Key = tuple[str, str, str, str, Phase]
_RESULTS: Final = (
    "SELECT r.*, coalesce(p.exploratory, 0) AS exploratory FROM result r JOIN result_batch b ON b.id = r.batch_id "
    "LEFT JOIN preregistration p ON p.id = b.preregistration_id"
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A result on its way in. `line` is where it stood in the file, 0 where it came from none."""

    arm: str
    metric: str
    seed: str
    value: float | None
    status: Status = "ok"
    slice: str = ""
    phase: Phase = "offline"
    reason: str | None = None
    gpu_hours: float | None = None
    run: str | None = None
    line: int = 0

    @property
    def key(self) -> Key:
        """What there is one value of."""
        return self.arm, self.metric, self.slice, self.seed, self.phase


def results(
    db: sqlite3.Connection,
    experiment_id: int,
    *,
    arm: str | None = None,
    metric: str | None = None,
    phase: Phase | None = None,
) -> tuple[Result, ...]:
    """The results of an experiment in the order in which they came."""
    rows = db.execute(
        f"{_RESULTS} WHERE r.experiment_id = ?1 AND (?2 IS NULL OR r.arm = ?2) AND (?3 IS NULL OR r.metric = ?3) "
        "AND (?4 IS NULL OR r.phase = ?4) ORDER BY r.id",
        (experiment_id, arm, metric, phase),
    ).fetchall()
    return tuple(_result(row) for row in rows)


def results_by_id(db: sqlite3.Connection, numbers: Iterable[int]) -> tuple[Result, ...]:
    """Those of these rows that are still there, by number."""
    wanted = json.dumps(list(numbers))
    rows = db.execute(f"{_RESULTS} WHERE r.id IN (SELECT value FROM json_each(?)) ORDER BY r.id", (wanted,)).fetchall()
    return tuple(_result(row) for row in rows)


def by_key(db: sqlite3.Connection, experiment_id: int) -> dict[Key, Result]:
    """The results of an experiment by what there is one value of."""
    return {(each.arm, each.metric, each.slice, each.seed, each.phase): each for each in results(db, experiment_id)}


def has_results(db: sqlite3.Connection, experiment_id: int) -> bool:
    """Whether any result is stored."""
    return db.execute("SELECT 1 FROM result WHERE experiment_id = ? LIMIT 1", (experiment_id,)).fetchone() is not None


def refuse_over(db: sqlite3.Connection, experiment_id: int) -> None:
    """Raise LabtopError where the experiment is done or dropped, and takes no result any more."""
    state = state_of(db, experiment_id)
    if state in OVER:
        back = "analysing" if state == "done" else "idea"
        raise LabtopError(
            f"E-{experiment_id} is {state} and takes no results.",
            mend=f'Open it again: labtop experiment move E-{experiment_id} {back} --reason "…".',
        )


def begin_batch(recorder: Recorder, person: str, experiment_id: int, source: str, file_hash: str | None = None) -> int:
    """A batch for results to come. A first result freezes the plan and moves experiment and hypothesis on."""
    from planner.hypotheses.commands import start_testing

    db = recorder.connection
    refuse_over(db, experiment_id)
    first = not has_results(db, experiment_id)
    preregistration_id = freeze(recorder, person, experiment_id, "first result")
    batch = recorder.insert(
        "result_batch",
        {
            "experiment_id": experiment_id,
            "source": source,
            "file_hash": file_hash,
            "preregistration_id": preregistration_id,
            "person": person,
            "at": stamp(),
        },
    )
    if first:
        advance(recorder, person, experiment_id, "analysing", f"first result: {source}")
        hypothesis_id = effective(db, experiment_id).hypothesis_id
        if hypothesis_id is not None:
            start_testing(recorder, person, hypothesis_id, f"first result of E-{experiment_id}")
    return batch


def insert(recorder: Recorder, experiment_id: int, batch: int, drafts: Iterable[Draft]) -> int:
    """Store new results; how many. Rows are journalled whole, but not read back one by one: there may be many."""
    count = 0
    for draft in drafts:
        row = {"batch_id": batch, "experiment_id": experiment_id, **_columns(draft), "exclusion": None}
        columns, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
        cursor = recorder.connection.execute(f"INSERT INTO result ({columns}) VALUES ({marks})", tuple(row.values()))
        number = int(cursor.lastrowid or 0)
        recorder.note("result", {"id": number}, None, {"id": number, **row})
        count += 1
    return count


def replace(recorder: Recorder, batch: int, pairs: Sequence[tuple[Result, Draft]]) -> int:
    """Put other values in place of stored ones; how many. One that was excluded stays so."""
    for stored, draft in pairs:
        values = {"batch_id": batch, **_columns(draft)}
        if stored.status == "excluded" and draft.status == "ok":
            values |= {"status": "excluded", "reason": stored.reason}
        recorder.put("result", {"id": stored.id}, values)
    return len(pairs)


def fill(recorder: Recorder, pairs: Sequence[tuple[Result, Draft]]) -> int:
    """Store hours and names of runs that were not known before; how many."""
    for stored, draft in pairs:
        recorder.put(
            "result",
            {"id": stored.id},
            {
                "gpu_hours": stored.gpu_hours if draft.gpu_hours is None else draft.gpu_hours,
                "run": draft.run or stored.run,
            },
        )
    return len(pairs)


def agreement_with(stored: Result, draft: Draft) -> Literal["same", "fills", "differs"]:
    """Whether a draft says what is stored, fills in what was not known of it, or says otherwise."""
    status = "excluded" if stored.status == "excluded" and draft.status == "ok" else draft.status
    hours = draft.gpu_hours in (None, stored.gpu_hours)
    run = draft.run in (None, stored.run)
    if (stored.value, stored.status) != (draft.value, status):
        return "differs"
    if hours and run:
        return "same"
    return "fills" if (hours or stored.gpu_hours is None) and (run or stored.run is None) else "differs"


def _columns(draft: Draft) -> Mapping[str, Any]:
    return {
        "arm": draft.arm,
        "metric": draft.metric,
        "slice": draft.slice,
        "seed": draft.seed,
        "phase": draft.phase,
        "value": draft.value,
        "status": draft.status,
        "reason": draft.reason,
        "gpu_hours": draft.gpu_hours,
        "run": draft.run,
    }


def _result(row: sqlite3.Row) -> Result:
    return Result(
        id=row["id"],
        batch_id=row["batch_id"],
        arm=row["arm"],
        metric=row["metric"],
        slice=row["slice"],
        seed=row["seed"],
        phase=row["phase"],
        value=row["value"],
        status=row["status"],
        reason=row["reason"],
        gpu_hours=row["gpu_hours"],
        run=row["run"],
        exclusion=row["exclusion"],
        exploratory=bool(row["exploratory"]),
    )
