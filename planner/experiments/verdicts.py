"""Verdicts: worked out, stored with everything they rest on, read again."""

import json
import sqlite3
from collections.abc import Mapping
from datetime import date
from typing import Any

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder, record
from library.errors import NotFound
from library.records.store import TOPIC
from planner.decisions.affected import affected_verdicts
from planner.decisions.model import Affected
from planner.experiments.effective import effective
from planner.experiments.history import changed_since
from planner.experiments.judging import Judged, work_out
from planner.experiments.model import STALE_DAYS, Phase, VerdictDetail, VerdictRow
from planner.experiments.plans import freeze, preregistration
from planner.experiments.storing import has_results
from planner.experiments.traced import plain


def judge(
    db: sqlite3.Connection,
    person: str,
    experiment_id: int,
    *,
    treatment: str | None = None,
    baseline: str | None = None,
    phase: Phase = "offline",
    today: date,
    stale_days: int = STALE_DAYS,
    fiscal_month: int = 1,
) -> tuple[int, Change]:
    """Judge a treatment against a baseline and store the verdict; (its number, what changed).

    Results that are as they were give the verdict that is stored already. A plan that was changed since it was frozen
    is frozen anew, and the verdict is exploratory. The hypothesis takes it as evidence in the same action.
    Raises NotFound (no results), UsageError (several arms to choose from, a plan that fixes too little).
    """
    label = f"E-{experiment_id}"
    plan = effective(db, experiment_id)
    if not has_results(db, experiment_id):
        raise NotFound(
            f"{label} has no results yet.", mend=f"Bring them in: labtop experiment results import {label} FILE"
        )

    def write(recorder: Recorder) -> tuple[int, bool]:
        from planner.hypotheses.verdicts import take_verdict

        frozen = preregistration(db, freeze(recorder, person, experiment_id, "first result"))
        found = work_out(
            db,
            frozen,
            treatment=treatment,
            baseline=baseline,
            phase=phase,
            today=today,
            stale_days=stale_days,
            fiscal_month=fiscal_month,
        )
        same = _stored(db, experiment_id, found)
        if same is not None:
            return same, False
        number = recorder.insert("verdict", _row(found, frozen.id, plan.hypothesis_id, person))
        take_verdict(recorder, person, number)
        return number, True

    (number, new), journal_id = record(
        db, person=person, action="experiment.judge", summary=f"judged {label}", write=write
    )
    row = verdict(db, number).row
    if not new:
        return number, Change(TOPIC, (), journal_id, f"{row.name} stands, results are as they were: {row.summary}")
    return number, Change(TOPIC, (), journal_id, f"{row.name}: {row.summary}")


def verdicts(db: sqlite3.Connection, experiment_id: int | None = None) -> tuple[VerdictRow, ...]:
    """Those on one experiment, or all; the newest first."""
    rows = db.execute(
        "SELECT * FROM verdict WHERE ?1 IS NULL OR experiment_id = ?1 ORDER BY id DESC", (experiment_id,)
    ).fetchall()
    doubts = affected_verdicts(db) if rows else {}
    return tuple(verdict_row(row, doubts) for row in rows)


def newest_verdicts(db: sqlite3.Connection, since: str = "") -> dict[int, VerdictRow]:
    """The newest verdict of each experiment (since a moment), confirmatory ones before exploratory ones."""
    rows = db.execute("SELECT * FROM verdict WHERE at >= ? ORDER BY exploratory DESC, id", (since,)).fetchall()
    doubts = affected_verdicts(db) if rows else {}
    return {row["experiment_id"]: verdict_row(row, doubts) for row in rows}


def verdict(db: sqlite3.Connection, number: int) -> VerdictDetail:
    """One with everything that it rests on. Raises NotFound."""
    row = db.execute("SELECT * FROM verdict WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise NotFound(f"There is no verdict V-{number}.", mend="labtop experiment verdicts EXPERIMENT shows them.")
    shown = verdict_row(row, affected_verdicts(db))
    return VerdictDetail(
        row=shown,
        preregistration_id=row["preregistration_id"],
        results_hash=row["results_hash"],
        details=json.loads(row["details"]),
        changed_since=changed_since(db, row),
    )


def outdated(row: VerdictRow, changed_since: str) -> str:
    """A verdict that no longer says what the results say, in a sentence."""
    return f"{row.name} is older than its results ({changed_since}): labtop experiment judge E-{row.experiment_id}."


def verdict_row(row: sqlite3.Row, doubts: Mapping[int, tuple[Affected, ...]]) -> VerdictRow:
    """A stored row as lists show it. `doubts`: which incidents reach which verdict."""
    names = (
        *("id", "experiment_id", "hypothesis_id", "state", "label", "treatment", "baseline", "effect", "low", "high"),
        *("level", "n", "p", "p_adjusted", "method", "summary", "person", "at"),
    )
    return VerdictRow(
        **{name: row[name] for name in names},
        blocked_by=tuple(json.loads(row["blocked_by"] or "[]")),
        suspected=tuple(json.loads(row["details"]).get("suspected") or ()),
        exploratory=bool(row["exploratory"]),
        doubted_by=tuple(each.incident_id for each in doubts.get(row["id"], ())),
    )


def verdict_row_record(row: VerdictRow) -> dict[str, Any]:
    """A verdict as scripts see it in lists."""
    return {
        "id": row.name,
        "experiment_id": f"E-{row.experiment_id}",
        "hypothesis_id": None if row.hypothesis_id is None else f"H-{row.hypothesis_id}",
        "state": row.state,
        "label": row.label,
        "headline": row.headline,
        "exploratory": row.exploratory,
        "blocked_by": list(row.blocked_by),
        "suspected": list(row.suspected),
        "doubted_by": [f"I-{number}" for number in row.doubted_by],
        "treatment": row.treatment,
        "baseline": row.baseline,
        "effect": row.effect,
        "low": row.low,
        "high": row.high,
        "level": row.level,
        "n": row.n,
        "p": row.p,
        "p_adjusted": row.p_adjusted,
        "method": row.method,
        "summary": row.summary,
        "person": row.person,
        "at": row.at,
    }


def verdict_record(found: VerdictDetail) -> dict[str, Any]:
    """A verdict as scripts see it by itself."""
    return {
        **verdict_row_record(found.row),
        "results_hash": found.results_hash,
        "changed_since": found.changed_since or None,
        "details": dict(found.details),
    }


def _stored(db: sqlite3.Connection, experiment_id: int, found: Judged) -> int | None:
    """The number of the newest verdict on this comparison in this phase, where it was drawn from the very same."""
    row = db.execute(
        "SELECT id, results_hash FROM verdict WHERE experiment_id = ? AND treatment = ? AND baseline = ? "
        "AND json_extract(details, '$.phase') = ? ORDER BY id DESC LIMIT 1",
        (experiment_id, found.asked.treatment, found.asked.baseline, found.details["phase"]),
    ).fetchone()
    return row["id"] if row is not None and row["results_hash"] == found.results_hash else None


def _row(found: Judged, preregistration_id: int, hypothesis_id: int | None, person: str) -> dict[str, Any]:
    result = found.verdict
    numbers = plain({name: getattr(result, name) for name in ("effect", "low", "high", "level", "p", "p_adjusted")})
    return {
        "experiment_id": found.asked.experiment_id,
        "hypothesis_id": hypothesis_id,
        "preregistration_id": preregistration_id,
        "state": result.state,
        "label": result.label or None,
        "blocked_by": json.dumps(list(result.blocked_by), ensure_ascii=False),
        "exploratory": int(bool(found.exploratory)),
        "treatment": found.asked.treatment,
        "baseline": found.asked.baseline,
        **numbers,
        "n": result.n,
        "method": result.method,
        "summary": result.summary,
        "details": json.dumps(found.details, ensure_ascii=False, sort_keys=True),
        "results_hash": found.results_hash,
        "person": person,
        "at": stamp(),
    }
