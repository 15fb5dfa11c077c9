"""An experiment as the JSON object that scripts see."""

from collections.abc import Mapping
from typing import Any

from library.records.field import Field
from planner.experiments.baselines import said
from planner.experiments.checklists import checklists
from planner.experiments.kind import EXPERIMENT
from planner.experiments.model import ArmResults, Baseline, ExperimentRow, Preregistration, Result
from planner.experiments.queries import ExperimentDetail
from planner.experiments.verdicts import verdict_row_record
from planner.obstacles.queries import obstacle_record
from planner.register.queries import dataset_record


def row_record(row: ExperimentRow) -> dict[str, Any]:
    """An experiment in a list."""
    done, total = row.answered
    return {
        "id": row.name,
        "title": row.title,
        "kind": row.kind,
        "state": row.state,
        "hypothesis_id": None if row.hypothesis_id is None else f"H-{row.hypothesis_id}",
        "metric": row.metric,
        "delta": row.delta,
        "unit": row.unit,
        "owner": row.owner,
        "tags": list(row.tags),
        "arms": [{"name": arm.name, "role": arm.role} for arm in row.arms],
        "seeds": row.seeds,
        "seeds_done": row.seeds_done,
        "gpu_hours": row.gpu_hours,
        "gpu_hours_per_seed": row.gpu_hours_per_seed,
        "people_days": row.people_days,
        "gpu_hours_spent": row.spent,
        "runs_of_unknown_cost": row.unknown_runs,
        "missing": list(row.missing),
        "data_problems": list(row.data_problems),
        "stale_baselines": list(row.stale_baselines),
        "blockers": row.blockers,
        "risks": row.risks,
        "frozen": row.frozen,
        "exploratory": row.exploratory,
        "verdict": None if row.verdict is None else verdict_row_record(row.verdict),
        "documented": round(done / total, 4) if total else None,
        "created_by": row.created_by,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def experiment_record(found: ExperimentDetail) -> dict[str, Any]:
    """An experiment by itself: its fields as a person filled them in, and all that belongs to it."""
    return {
        **row_record(found.row),
        "fields": {field.name: field_value(field, own_value(found, field)) for field in EXPERIMENT.fields},
        "inherited": sorted(found.plan.inherited),
        "statement": found.plan.statement,
        "prior": found.plan.prior,
        "baselines": [baseline_record(each) for each in found.baselines],
        "datasets": [dataset_record(each) for each in found.datasets],
        "results_so_far": {"count": found.results, "arms": [arm_record(each) for each in found.arms]},
        "checklists": checklist_records(found.plan.values["checks"] or {}),
        "moves": [
            {"before": move.before, "after": move.after, "reason": move.reason, "person": move.person, "at": move.at}
            for move in found.moves
        ],
        "preregistrations": [preregistration_record(each) for each in found.versions],
        "edited": [difference.field for difference in found.edited],
        "verdicts": [verdict_row_record(row) for row in found.verdicts],
        "obstacles": [obstacle_record(each) for each in found.obstacles],
        "warnings": list(found.warnings),
    }


def own_value(found: ExperimentDetail, field: Field) -> Any:
    """A field as it was filled in: None where it comes from the hypothesis."""
    return None if field.name in found.plan.inherited else found.plan.values[field.name]


def field_value(field: Field, value: Any) -> Any:
    """A field's value as plain data: references as texts, rows with every column."""
    if value is None:
        return None
    if field.type == "ref":
        return f"{field.target}-{value}"
    if field.type == "refs":
        return [f"{field.target}-{number}" for number in value]
    if field.type == "rows":
        return [{column.name: row.get(column.name) for column in field.columns} for row in value]
    return list(value) if isinstance(value, tuple) else value


def baseline_record(found: Baseline) -> dict[str, Any]:
    """The age of a baseline."""
    return {
        "arm": found.arm,
        "measured_on": None if found.measured_on is None else found.measured_on.isoformat(),
        "days": found.days,
        "stale": found.stale,
        "again": None if found.again is None else f"E-{found.again}",
        "said": said(found),
    }


def arm_record(found: ArmResults) -> dict[str, Any]:
    """What an arm brought."""
    return {
        "arm": found.arm,
        "role": found.role,
        "seeds": found.seeds,
        "failed": found.failed,
        "excluded": found.excluded,
        "mean": found.mean,
        "newest_at": found.newest,
    }


def preregistration_record(found: Preregistration, *, whole: bool = False) -> dict[str, Any]:
    """A frozen plan; `whole`: with the plan itself."""
    return {
        "id": str(found.id),
        "version": found.version,
        "sha256": found.hash,
        "cause": found.cause,
        "exploratory": found.exploratory,
        "person": found.person,
        "at": found.at,
        **({"plan": dict(found.plan)} if whole else {}),
    }


def checklist_records(checks: Mapping[str, str]) -> list[dict[str, Any]]:
    """The checklists with their answers; an open item's answer is None."""
    return [
        {
            "id": checklist.id,
            "title": checklist.title,
            "answered": sum(item in checks for item, _ in checklist.items),
            "items": [
                {"id": item, "question": question, "answer": checks.get(item)} for item, question in checklist.items
            ],
        }
        for checklist in checklists()
    ]


def result_record(row: Result) -> dict[str, Any]:
    """One stored value."""
    return {
        "id": str(row.id),
        "arm": row.arm,
        "metric": row.metric,
        "slice": row.slice or None,
        "seed": row.seed,
        "phase": row.phase,
        "value": row.value,
        "status": row.status,
        "reason": row.reason,
        "gpu_hours": row.gpu_hours,
        "run": row.run,
        "exclusion": row.exclusion,
    }
