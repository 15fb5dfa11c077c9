"""Reading experiments: the list, one of them with all that belongs to it, and counts by kind and state."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from library.clock import Clock
from library.records import store
from library.records.kind import from_row
from planner.experiments.baselines import ages, newest_results
from planner.experiments.checklists import answered
from planner.experiments.effective import Effective, filled
from planner.experiments.kind import EXPERIMENT
from planner.experiments.model import (
    STALE_DAYS,
    STATES,
    ArmResults,
    Baseline,
    ExperimentRow,
    Move,
    Preregistration,
    Result,
    State,
    VerdictRow,
)
from planner.experiments.plans import Difference, edited_since, versions
from planner.experiments.spending import NOTHING, spent_by_experiment
from planner.experiments.states import missing
from planner.experiments.storing import results
from planner.experiments.verdicts import newest_verdicts, outdated, verdict, verdicts
from planner.obstacles.model import Obstacle
from planner.obstacles.queries import obstacles, open_by_experiment
from planner.register.model import DatasetRow
from planner.register.problems import problems_of, warnings_of
from planner.register.queries import entries, every_entry, experiments_by_dataset


@dataclass(frozen=True, slots=True)
class ExperimentDetail:
    """One experiment with all that belongs to it.

    `edited`: where the plan differs from the newest frozen one. `warnings`: what stands against its data and verdict.
    `arms`: what each brought in the primary metric, offline. `obstacles` are the open ones.
    """

    row: ExperimentRow
    plan: Effective
    baselines: tuple[Baseline, ...]
    datasets: tuple[DatasetRow, ...]
    arms: tuple[ArmResults, ...]
    results: int
    moves: tuple[Move, ...]
    versions: tuple[Preregistration, ...]
    edited: tuple[Difference, ...]
    verdicts: tuple[VerdictRow, ...]
    obstacles: tuple[Obstacle, ...]
    warnings: tuple[str, ...]


def experiments(
    db: sqlite3.Connection, *, today: date | None = None, stale_days: int = STALE_DAYS
) -> tuple[ExperimentRow, ...]:
    """Every experiment, by number. `today` is by default the workspace's own day."""
    rows = db.execute("SELECT * FROM experiment ORDER BY id").fetchall()
    return _rows(db, rows, today or today_of(db), stale_days)


def experiment(
    db: sqlite3.Connection, experiment_id: int, *, today: date | None = None, stale_days: int = STALE_DAYS
) -> ExperimentDetail:
    """One experiment. Raises NotFound."""
    day = today or today_of(db)
    stored = store.row_of(db, EXPERIMENT, experiment_id)
    (row,) = _rows(db, [stored], day, stale_days)
    plan = _plans(db, [stored])[experiment_id]
    found = results(db, experiment_id)
    data = entries(db, plan.values["datasets"] or ())
    used = experiments_by_dataset(db)
    baselines = ages(db, plan, day, stale_days)
    shown = None if row.verdict is None else verdict(db, row.verdict.id)
    old = (outdated(shown.row, shown.changed_since),) if shown and shown.changed_since else ()
    return ExperimentDetail(
        row=row,
        plan=plan,
        baselines=baselines,
        datasets=tuple(DatasetRow(each, problems_of(each, day), used.get(each.id, ())) for each in data),
        arms=arm_results(db, plan, found),
        results=len(found),
        moves=_moves(db, experiment_id),
        versions=versions(db, experiment_id),
        edited=edited_since(db, experiment_id),
        verdicts=verdicts(db, experiment_id),
        obstacles=obstacles(db, experiment=experiment_id),
        warnings=(*warnings_of(data, day), *old),
    )


def today_of(db: sqlite3.Connection) -> date:
    """The workspace's day: that on which a sample stands still, else today."""
    row = db.execute("SELECT value FROM workspace WHERE key = 'as_of'").fetchone()
    return Clock(date.fromisoformat(row["value"]) if row is not None else None).today()


def counts(rows: Iterable[ExperimentRow]) -> dict[str, dict[State, int]]:
    """Kind → state → how many. Exploration and what is to go into production are never added up."""
    found = {kind: dict.fromkeys(STATES, 0) for kind in ("exploration", "transfer-ready")}
    for row in rows:
        found[row.kind][row.state] += 1
    return found


def arm_results(db: sqlite3.Connection, plan: Effective, found: tuple[Result, ...]) -> tuple[ArmResults, ...]:
    """What each arm brought in the primary metric on the whole data, offline, in the order of the plan."""
    days = dict(db.execute("SELECT id, at FROM result_batch WHERE experiment_id = ?", (plan.experiment_id,)).fetchall())
    told = []
    for arm in plan.arms:
        mine = [
            row
            for row in found
            if row.arm == arm.name and row.metric == plan.metric and not row.slice and row.phase == "offline"
        ]
        values = [row.value for row in mine if row.status == "ok" and row.value is not None]
        told.append(
            ArmResults(
                arm=arm.name,
                role=arm.role,
                seeds=len(values),
                failed=sum(row.status in ("nan", "crashed") for row in mine),
                excluded=sum(row.status == "excluded" for row in mine),
                mean=sum(values) / len(values) if values else None,
                newest=max((days[row.batch_id] for row in mine), default=None),
            )
        )
    return tuple(told)


def _plans(db: sqlite3.Connection, rows: list[sqlite3.Row]) -> dict[int, Effective]:
    """The effective plans of several experiments, with one question to the database for all hypotheses."""
    wanted = {row["hypothesis_id"] for row in rows if row["hypothesis_id"] is not None}
    marks = ", ".join("?" * len(wanted))
    hypotheses = {
        row["id"]: row
        for row in db.execute(f"SELECT * FROM hypothesis WHERE id IN ({marks})", tuple(wanted)).fetchall()
    }
    beliefs = {
        row["hypothesis_id"]: row["value"]
        for row in db.execute("SELECT hypothesis_id, value FROM belief ORDER BY id").fetchall()
    }
    return {
        row["id"]: filled(
            row["id"],
            from_row(EXPERIMENT, row),
            hypotheses.get(row["hypothesis_id"]),
            beliefs.get(row["hypothesis_id"]),
        )
        for row in rows
    }


def _rows(db: sqlite3.Connection, rows: list[sqlite3.Row], today: date, stale_days: int) -> tuple[ExperimentRow, ...]:
    data, hours, judged, hindered = (
        every_entry(db),
        spent_by_experiment(db),
        newest_verdicts(db),
        open_by_experiment(db),
    )
    frozen = {
        row["experiment_id"]: row
        for row in db.execute(
            "SELECT experiment_id, version, exploratory FROM preregistration ORDER BY version"
        ).fetchall()
    }
    seeds, newest = _seeds(db), newest_results(db)
    plans = _plans(db, rows)
    told = []
    for row in rows:
        number, plan = row["id"], plans[row["id"]]
        values = plan.values
        used = tuple(data[each] for each in values["datasets"] or () if each in data)
        obstacles_ = hindered.get(number, ())
        compared = [arm.name for arm in plan.arms if arm.role != "ablation"]
        common = [seeds.get((number, plan.metric or "", name), frozenset()) for name in compared]
        told.append(
            ExperimentRow(
                id=number,
                title=values["title"],
                kind=values["kind"],
                state=row["state"],
                hypothesis_id=plan.hypothesis_id,
                metric=plan.metric,
                delta=plan.delta,
                unit=plan.unit,
                owner=values["owner"],
                tags=values["tags"] or (),
                arms=plan.arms,
                seeds=values["seeds"],
                seeds_done=len(frozenset.intersection(*common)) if common else 0,
                gpu_hours=values["gpu_hours"],
                gpu_hours_per_seed=values["gpu_hours_per_seed"],
                people_days=values["people_days"],
                spent=hours.get(number, NOTHING).stated,
                unknown_runs=hours.get(number, NOTHING).unknown_runs,
                missing=missing(plan),
                data_problems=warnings_of(used, today),
                stale_baselines=tuple(each.arm for each in ages(db, plan, today, stale_days, newest) if each.stale),
                blockers=sum(each.kind == "blocker" for each in obstacles_),
                risks=sum(each.kind == "risk" for each in obstacles_),
                frozen=frozen[number]["version"] if number in frozen else None,
                exploratory=bool(frozen[number]["exploratory"]) if number in frozen else False,
                verdict=judged.get(number),
                answered=answered(values["checks"]),
                created_by=row["created_by"],
                created_at=row["created_at"],
                updated_at=row["updated_at"],
            )
        )
    return tuple(told)


def _seeds(db: sqlite3.Connection) -> dict[tuple[int, str, str], frozenset[str]]:
    """(experiment, metric, arm) → seeds with a usable value on the whole data, offline."""
    found: dict[tuple[int, str, str], set[str]] = {}
    for row in db.execute(
        "SELECT experiment_id, metric, arm, seed FROM result WHERE status = 'ok' AND slice = '' AND phase = 'offline'"
    ).fetchall():
        found.setdefault((row["experiment_id"], row["metric"], row["arm"]), set()).add(row["seed"])
    return {key: frozenset(value) for key, value in found.items()}


def _moves(db: sqlite3.Connection, experiment_id: int) -> tuple[Move, ...]:
    rows: Any = db.execute(
        "SELECT * FROM experiment_move WHERE experiment_id = ? ORDER BY id", (experiment_id,)
    ).fetchall()
    return tuple(Move(row["before"], row["after"], row["reason"], row["person"], row["at"]) for row in rows)
