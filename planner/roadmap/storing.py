"""Plans, written: a draft of a quarter with its entries and the scores behind them."""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder, record
from library.errors import LabtopError
from library.quarter import read_quarter
from library.text import counted
from planner.prioritisation.robustness import Robustness
from planner.roadmap.model import Entry, QuarterPlan
from planner.roadmap.planning import Planned, with_shares
from planner.roadmap.plans import plan_by_id, refuse_if_closed
from planner.roadmap.scoring import save_scores
from planner.workspace import TOPIC


def store_plan(db: sqlite3.Connection, person: str, planned: Planned) -> Change:
    """Store a plan as the quarter's draft; an earlier draft is superseded, an adopted plan stays.

    Raises LabtopError where the quarter was closed, or an experiment went away, since the plan was reckoned.
    """
    plan = planned.plan
    refuse_if_closed(db, read_quarter(plan.quarter))
    there = {row["id"] for row in db.execute("SELECT id FROM experiment")}
    if missing := [entry.id for entry in plan.entries if entry.experiment not in there]:
        raise LabtopError(f"{missing[0]} went away while the plan was made.", mend="Plan again.")
    rows = save_scores(db, planned.scores)
    chosen = counted(len(plan.chosen), "experiment")
    summary = f"planned {plan.quarter}: {chosen} in {plan.gpu_hours:,g} GPU-h"
    _, journal_id = record(
        db,
        person=person,
        action="roadmap.plan",
        summary=summary,
        write=lambda recorder: write_draft(recorder, person, plan, rows),
    )
    return Change(TOPIC, (), journal_id, summary)


def write_draft(recorder: Recorder, person: str, plan: QuarterPlan, scores: Mapping[int, int]) -> int:
    """The rows, within another action; `scores`: the stored score of each experiment. Returns the plan's number."""
    drafts = recorder.connection.execute(
        "SELECT id FROM roadmap WHERE quarter = ? AND state = 'draft'", (plan.quarter,)
    ).fetchall()
    for row in drafts:
        recorder.put("roadmap", {"id": row["id"]}, {"state": "superseded"})
    number = recorder.insert(
        "roadmap",
        {
            "quarter": plan.quarter,
            "state": "draft",
            "gpu_hours": plan.gpu_hours,
            "people_days": plan.people_days,
            "exploration_floor": plan.exploration_floor,
            "value": plan.value,
            "optimal": int(plan.optimal),
            "details": as_text(plan.details),
            "person": person,
            "at": stamp(),
        },
    )
    for entry in plan.entries:
        recorder.insert("roadmap_entry", _entry_row(number, entry, scores.get(entry.experiment)))
    return number


def store_shares(db: sqlite3.Connection, person: str, roadmap: int, found: Robustness) -> Change:
    """Put into a stored draft in what share of resampled inputs each experiment stays in.

    Raises LabtopError where the plan is no draft any more.
    """
    before = plan_by_id(db, roadmap)
    if before.state != "draft":
        raise LabtopError(f"The plan of {before.quarter} is no draft any more.", mend="Plan again.")
    after = with_shares(before, found)

    def write(recorder: Recorder) -> None:
        recorder.put("roadmap", {"id": roadmap}, {"details": as_text(after.details)})
        for entry in after.entries:
            key = {"roadmap_id": roadmap, "experiment_id": entry.experiment}
            recorder.put("roadmap_entry", key, {"stays": entry.stays})

    summary = f"drew {counted(found.draws, 'time')} what stays in the plan of {before.quarter}"
    _, journal_id = record(db, person=person, action="roadmap.resample", summary=summary, write=write)
    return Change(TOPIC, (), journal_id, summary)


def as_text(plain: Mapping[str, Any]) -> str:
    """Plain data as canonical JSON."""
    return json.dumps(plain, sort_keys=True, ensure_ascii=False)


def _entry_row(roadmap: int, entry: Entry, score: int | None) -> dict[str, Any]:
    return {
        "roadmap_id": roadmap,
        "experiment_id": entry.experiment,
        "rank": entry.rank,
        "chosen": int(entry.chosen),
        "why": entry.why,
        "value": entry.value,
        "gpu_hours": entry.gpu_hours,
        "people_days": entry.people_days,
        "stays": entry.stays,
        "score": as_text({**entry.score, "score_id": score}),
    }
