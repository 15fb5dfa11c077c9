"""What needs an authority's yes that nobody has asked for yet."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from library.quarter import quarter_of
from library.settings import ProgrammeSettings
from planner.decisions.approvals import approvals
from planner.decisions.authority import authority_for
from planner.decisions.model import What
from planner.roadmap.budgets import budget

GUARDED: Final = ("confidential", "personal", "unknown")  # sensitivities of data that is not standard
_LIVE: Final = ("ready", "planned", "running")


@dataclass(frozen=True, slots=True)
class Need:
    """`subject` in one line, `command` asks for it."""

    what: What
    subject: str
    authority: str
    command: str
    dataset_id: int | None = None
    experiment_id: int | None = None


def needs(db: sqlite3.Connection, settings: ProgrammeSettings, today: date) -> tuple[Need, ...]:
    """Data of live experiments that is not standard and not approved, and a quarter that spends over its budget.

    Stages, launches, promotions and decisions are asked for on their own way.
    """
    return (*_data(db, settings, today), *_budget(db, settings, today))


def _data(db: sqlite3.Connection, settings: ProgrammeSettings, today: date) -> list[Need]:
    used: dict[int, list[int]] = {}
    marks = ", ".join("?" * len(_LIVE))
    for row in db.execute(
        f"SELECT id, datasets FROM experiment WHERE datasets IS NOT NULL AND state IN ({marks}) ORDER BY id", _LIVE
    ).fetchall():
        for number in json.loads(row["datasets"]):
            used.setdefault(number, []).append(row["id"])
    asked = {each.dataset_id for each in approvals(db, state="waiting", what="data")}
    found = []
    for number, experiments in sorted(used.items()):
        row = db.execute("SELECT * FROM dataset WHERE id = ?", (number,)).fetchone()
        if row is None:
            continue
        why = _not_standard(row)
        lapsed = row["approved_until"] is not None and row["approved_until"] < today.isoformat()
        if not why or (row["approval"] == "approved" and not lapsed) or row["approval"] == "refused" or number in asked:
            continue
        name = f"{row['name']} {row['version']}".strip()
        subject = f"use of DS-{number} {name} ({why}) in {', '.join(f'E-{each}' for each in experiments)}"
        command = f"labtop approval request data --dataset DS-{number}"
        found.append(Need("data", subject, authority_for(settings, "data"), command, number, experiments[0]))
    return found


def _not_standard(row: sqlite3.Row) -> str:
    """ "personal, no known licence"; empty for standard data."""
    reasons = []
    if row["sensitivity"] in GUARDED:
        reasons.append("unknown sensitivity" if row["sensitivity"] == "unknown" else row["sensitivity"])
    if not row["licence"]:
        reasons.append("no known licence")
    return ", ".join(reasons)


def _budget(db: sqlite3.Connection, settings: ProgrammeSettings, today: date) -> list[Need]:
    quarter = quarter_of(today, settings.fiscal_month)
    now = budget(db, settings, quarter, today)
    if now.left is None or now.left >= 0:
        return []
    over = f"{-now.left:,.0f} GPU-hours over the budget of {quarter}"
    since = quarter.start(settings.fiscal_month).isoformat()
    if any(
        each.state in ("waiting", "approved") and each.requested_at >= since for each in approvals(db, what="budget")
    ):
        return []
    return [Need("budget", over, authority_for(settings, "budget"), f'labtop approval request budget "{over}"')]


def need_record(found: Need) -> dict[str, Any]:
    """A need as --json prints it."""
    return {
        "id": f"DS-{found.dataset_id}" if found.dataset_id is not None else found.what,
        "what": found.what,
        "subject": found.subject,
        "authority": found.authority,
        "command": found.command,
        "dataset": None if found.dataset_id is None else f"DS-{found.dataset_id}",
        "experiment": None if found.experiment_id is None else f"E-{found.experiment_id}",
    }
