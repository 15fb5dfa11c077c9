"""A draft becomes the quarter's plan."""

import math
import sqlite3
from typing import Final

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder, record
from library.quarter import Quarter
from library.settings import ProgrammeSettings
from library.text import counted
from planner.decisions.approvals import request
from planner.experiments.effective import effective
from planner.experiments.states import advance, missing, move
from planner.roadmap.candidates import label
from planner.roadmap.model import QuarterPlan
from planner.roadmap.plans import current, needed, refuse_if_closed
from planner.roadmap.storing import as_text
from planner.workspace import TOPIC

_ROUNDING: Final = 1e-6


def adopt(db: sqlite3.Connection, person: str, settings: ProgrammeSettings, quarter: Quarter) -> Change:
    """Make the quarter's draft its plan: what is in and ready becomes planned, an earlier plan is superseded.

    A plan that uses more than `settings.quarter_gpu_hours` needs approval first: then only the approval is asked for,
    the draft stays a draft, and the Change says so. Raises NotFound where there is no draft.
    """
    refuse_if_closed(db, quarter)
    draft, before = needed(db, quarter, ("draft",)), current(db, quarter, ("adopted",))
    subject = over_budget(draft, settings)
    approval = _approved(db, subject) if subject else None
    if subject and approval is None:
        return _ask(db, person, settings, quarter, subject)

    def write(recorder: Recorder) -> tuple[int, list[int]]:
        if before is not None:
            recorder.put("roadmap", {"id": before.id}, {"state": "superseded"})
        # The approval is noted: it stays for as long as the plan does.
        noted = {"details": as_text({**draft.details, "approval": f"A-{approval}"})} if approval is not None else {}
        recorder.put("roadmap", {"id": draft.id}, {"state": "adopted", **noted})
        _free(recorder, person, before, draft)
        return _plan(recorder, person, draft)

    (planned, ideas), journal_id = record(
        db, person=person, action="roadmap.adopt", summary=f"adopted the plan of {quarter}", write=write
    )
    said = (
        f"adopted the plan of {quarter}: {counted(len(draft.chosen), 'experiment')} in, {planned} of them now planned"
    )
    if ideas:
        names = ", ".join(label(number) for number in ideas)
        said += f"; still ideas, since their records lack something: {names}"
    return Change(TOPIC, (), journal_id, said)


def over_budget(plan: QuarterPlan, settings: ProgrammeSettings) -> str:
    """What has to be approved before the plan is adopted, as one line; empty where nothing has."""
    limit, used = settings.quarter_gpu_hours, hours_of(plan)
    if not limit or used <= limit * (1 + _ROUNDING):
        return ""
    return f"{plan.quarter}: spend {used:,.6g} GPU-hours, {used - limit:,.6g} over the limit of {limit:,.6g} a quarter"


def hours_of(plan: QuarterPlan) -> float:
    """GPU-hours that the quarter comes to, as far as they are known: used before the plan was made, and planned."""
    before = float((plan.details.get("used_before") or {}).get("gpu_hours") or 0.0)
    return before + math.fsum(entry.gpu_hours or 0.0 for entry in plan.chosen if entry.score.get("cause") != "settled")


def _approved(db: sqlite3.Connection, subject: str) -> int | None:
    sql = (
        "SELECT id FROM approval WHERE what = 'budget' AND state = 'approved' AND subject = ? "
        "AND coalesce(until, ?) >= ?"
    )
    today = stamp()[:10]
    row = db.execute(sql, (subject, today, today)).fetchone()
    return None if row is None else int(row["id"])


def _ask(db: sqlite3.Connection, person: str, settings: ProgrammeSettings, quarter: Quarter, subject: str) -> Change:
    waiting = db.execute(
        "SELECT id FROM approval WHERE what = 'budget' AND state = 'waiting' AND subject = ?", (subject,)
    ).fetchone()
    who = settings.budget_authority
    if waiting is not None:
        return Change(TOPIC, (), None, f"not adopted: A-{waiting['id']} still waits for the {who}")
    summary = f"asked the {who} to approve {subject}"
    number, journal_id = record(
        db,
        person=person,
        action="roadmap.ask",
        summary=summary,
        write=lambda recorder: request(recorder, person, "budget", subject, authority=who),
    )
    return Change(
        TOPIC, (), journal_id, f"not adopted: {quarter} is over the limit, so A-{number} asks the {who} first"
    )


def _free(recorder: Recorder, person: str, before: QuarterPlan | None, draft: QuarterPlan) -> None:
    """What the earlier plan had planned and this one leaves out is ready again."""
    kept = {entry.experiment for entry in draft.chosen}
    for entry in before.chosen if before is not None else ():
        if entry.state == "planned" and entry.experiment not in kept:
            move(recorder, person, entry.experiment, "ready", f"not in the new plan of {draft.quarter}")


def _plan(recorder: Recorder, person: str, draft: QuarterPlan) -> tuple[int, list[int]]:
    """Move what is in to planned; (how many were moved, ideas whose records are not complete)."""
    planned, ideas = 0, []
    for entry in draft.chosen:
        if entry.state == "idea" and missing(effective(recorder.connection, entry.experiment)):
            ideas.append(entry.experiment)
        elif entry.state in ("idea", "ready"):
            advance(recorder, person, entry.experiment, "planned", f"in the plan of {draft.quarter}")
            planned += 1
    return planned, sorted(ideas)
