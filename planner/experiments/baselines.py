"""How old baselines are, and measuring one anew in one step."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder, record
from library.errors import LabtopError, UsageError
from library.records import store
from library.records.kind import to_row
from library.text import shortened
from planner.experiments.effective import Effective, effective
from planner.experiments.kind import EXPERIMENT
from planner.experiments.model import Baseline
from planner.experiments.states import missing, move

AGAIN: Final = ", again"  # what the arm of a re-run is called after the baseline that it measures anew
_SAME: Final = (
    *("kind", "datasets", "metric", "direction", "delta", "unit", "seeds", "alpha", "pairing"),
    *("sigma", "people_days", "owner"),
)


Newest = Mapping[int, Mapping[str, str]]


def ages(
    db: sqlite3.Connection, plan: Effective, today: date, stale_days: int, newest: Newest | None = None
) -> tuple[Baseline, ...]:
    """The age of each baseline: since it was measured as stated, or since its newest result, here or in a re-run.

    `newest`: `newest_results` of all experiments, for whoever asks for many.
    """
    known = newest_results(db) if newest is None else newest
    reruns = _reruns(db, plan, known)
    found = []
    for arm in plan.arms:
        if arm.role != "baseline":
            continue
        again = reruns.get(arm.name)
        here = known.get(plan.experiment_id, {}).get(arm.name)
        days = [day for day in (arm.measured_on, here, again[1] if again else None) if day]
        found.append(_aged(arm.name, max(days) if days else None, today, stale_days, again[0] if again else None))
    return tuple(found)


def newest_results(db: sqlite3.Connection) -> dict[int, dict[str, str]]:
    """Experiment → arm → the day on which its newest usable result came in."""
    found: dict[int, dict[str, str]] = {}
    for row in db.execute(
        "SELECT r.experiment_id, r.arm, max(b.at) AS at FROM result r JOIN result_batch b ON b.id = r.batch_id "
        "WHERE r.status IN ('ok', 'excluded') GROUP BY r.experiment_id, r.arm"
    ).fetchall():
        found.setdefault(row["experiment_id"], {})[row["arm"]] = row["at"][:10]
    return found


def said(baseline: Baseline) -> str:
    """ "measured 112 days ago (2026-08-05), stale", "never measured as far as is known"."""
    if baseline.days is None:
        return "when it was measured is not known"
    when = "today" if baseline.days == 0 else f"{baseline.days:,} days ago" if baseline.days > 1 else "yesterday"
    again = f"; E-{baseline.again} measures it again" if baseline.again is not None and baseline.stale else ""
    return f"measured {when} ({baseline.measured_on}){', stale' if baseline.stale else ''}{again}"


def rerun(db: sqlite3.Connection, person: str, experiment_id: int, *, arm: str | None = None) -> tuple[int, Change]:
    """Plan a baseline's re-run: a new experiment that compares it with itself as it was, and comes before this one.

    `arm` is needed where there are several baselines. Raises UsageError, LabtopError where a re-run is planned already.
    """
    plan = effective(db, experiment_id)
    name = _chosen(plan, arm)
    label = f"E-{experiment_id}"
    there = _reruns(db, plan, newest_results(db)).get(name)
    if there is not None and there[1] is None:
        raise LabtopError(f"E-{there[0]} measures {name} again already, and has no result yet.")
    parameters = next(each.parameters for each in plan.arms if each.name == name)
    measured_on = next(each.measured_on for each in plan.arms if each.name == name)
    raw: dict[str, Any] = {
        **{field: plan.values[field] for field in _SAME if plan.values[field] is not None},
        "title": shortened(f"Measure {name} again for {label}", 200),
        "question": f"Does {name} still reach what it reached when {label} was planned?",
        "arms": [
            _arm(name, "baseline", parameters, measured_on),
            _arm(f"{name}{AGAIN}", "treatment", parameters, None),
        ],
        "tags": ["baseline-rerun"],
    }
    checked = store.checked(db, EXPERIMENT, raw)
    summary = f"planned to measure {shortened(name, 60)} of {label} again"

    def write(recorder: Recorder) -> int:
        now = stamp()
        columns = {**to_row(EXPERIMENT, checked), "created_by": person, "created_at": now, "updated_at": now}
        number = recorder.insert("experiment", columns)
        if not missing(effective(db, number)):
            move(recorder, person, number, "ready", f"re-run of a baseline of {label}")
        before = [*(plan.values["prerequisites"] or ()), number]
        recorder.put("experiment", {"id": experiment_id}, {"prerequisites": json.dumps(before), "updated_at": now})
        return number

    number, journal_id = record(db, person=person, action="experiment.rerun", summary=summary, write=write)
    lacking = missing(effective(db, number))
    said_ = f"{summary}: E-{number} comes before {label}" + (f"; it lacks {'; '.join(lacking)}" if lacking else "")
    return number, Change(store.TOPIC, (), journal_id, said_)


def _arm(name: str, role: str, parameters: str | None, measured_on: str | None) -> Mapping[str, Any]:
    row = {"name": name, "role": role, "set": parameters, "measured_on": measured_on}
    return {column: value for column, value in row.items() if value is not None}


def _chosen(plan: Effective, arm: str | None) -> str:
    names: Sequence[str] = plan.baselines
    label = f"E-{plan.experiment_id}"
    if not names:
        raise UsageError(f"{label} has no baseline to measure again.")
    if arm is None and len(names) > 1:
        raise UsageError(f"{label} has several baselines: {', '.join(names)}.", mend="Say which with --arm NAME.")
    if arm is not None and arm not in names:
        raise UsageError(f"{label} has no baseline called {arm}.", mend=f"It has {', '.join(names)}.")
    return arm or names[0]


def _reruns(db: sqlite3.Connection, plan: Effective, newest: Newest) -> dict[str, tuple[int, str | None]]:
    """Baseline → (the newest experiment before this one that measures it again, day of its newest such result)."""
    found: dict[str, tuple[int, str | None]] = {}
    for number in sorted(plan.values["prerequisites"] or ()):
        row = db.execute("SELECT arms FROM experiment WHERE id = ? AND state != 'dropped'", (number,)).fetchone()
        names = [arm["name"] for arm in json.loads((row["arms"] if row else None) or "[]")]
        for name in plan.baselines:
            if name in names and f"{name}{AGAIN}" in names:
                found[name] = (number, newest.get(number, {}).get(f"{name}{AGAIN}"))
    return found


def _aged(arm: str, measured: str | None, today: date, stale_days: int, again: int | None) -> Baseline:
    if measured is None:
        return Baseline(arm, None, None, stale=False, again=again)
    day = date.fromisoformat(measured)
    days = max(0, (today - day).days)
    return Baseline(arm, day, days, stale=days > stale_days, again=again)
