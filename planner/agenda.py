"""What the programme asks of people today: what waits for a decision, what is in the way, how the budget stands."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from library.club.reminders import reminders
from library.quarter import quarter_of, week_of
from library.settings import ProgrammeSettings
from library.text import counted, shortened, signed
from planner.decisions.affected import affected_verdicts
from planner.decisions.needs import needs
from planner.experiments.verdicts import verdict_row
from planner.people import same
from planner.roadmap.budgets import budget
from planner.transfer.queries import reviews_due

Label = Literal["Club", "Decide", "Verdicts", "In the way", "Week", "Budget"]
Tone = Literal["good", "warn", "bad", "info"]
Section = Literal["club", "hypotheses", "roadmap"]  # of the dashboard
_ALL = {
    "Club": "labtop club",
    "Decide": "labtop approval list",
    "Verdicts": "labtop hypothesis list --state testing",
    "In the way": "labtop obstacle list",
}
_SHOWN = 3  # lines of one label; the rest is counted
_TONES: tuple[Tone, ...] = ("bad", "warn", "good", "info")  # the most serious first


@dataclass(frozen=True, slots=True)
class Item:
    """One line: under which label it stands, what it says, the command that shows or does it, where it leads."""

    label: Label
    tone: Tone
    text: str
    command: str
    section: Section


def agenda(
    db: sqlite3.Connection, settings: ProgrammeSettings, person: str, today: date, now: datetime | None = None
) -> tuple[Item, ...]:
    """All lines, in the order in which they are shown. `person`: whose own requests are not theirs to decide.

    `now`: the moment, for what the paper club asks; without it, nothing of the club.
    """
    return (
        *_shortened(_club(db, person, now) if now is not None else [], "Club"),
        *_shortened([*_approvals(db, person), *_reviews(db, today), *_unasked(db, settings, today)], "Decide"),
        *_shortened(_verdicts(db), "Verdicts"),
        *_shortened(_obstacles(db), "In the way"),
        *_week(db, today),
        *_budget(db, settings, today),
    )


def _shortened(items: list[Item], label: Label) -> list[Item]:
    """The first of them, and how many more there are: as serious as the most serious of these."""
    if len(items) <= _SHOWN + 1:
        return items
    tone = min((item.tone for item in items[_SHOWN:]), key=_TONES.index)
    rest = Item(label, tone, f"and {len(items) - _SHOWN} more", _ALL[label], items[_SHOWN].section)
    return [*items[:_SHOWN], rest]


def _club(db: sqlite3.Connection, person: str, now: datetime) -> list[Item]:
    return [Item("Club", each.tone, each.text, each.command, "club") for each in reminders(db, person, now)]


def _approvals(db: sqlite3.Connection, person: str) -> list[Item]:
    rows = db.execute("SELECT * FROM approval WHERE state = 'waiting' ORDER BY requested_at, id").fetchall()
    return [
        Item(
            "Decide",
            "info" if same(row["requested_by"], person) else "warn",
            f"A-{row['id']} {shortened(row['subject'])}: waits for {row['authority']}"
            + (" (you asked)" if same(row["requested_by"], person) else f", asked by {row['requested_by']}"),
            f"labtop approval show A-{row['id']}",
            "hypotheses",
        )
        for row in rows
    ]


def _reviews(db: sqlite3.Connection, today: date) -> list[Item]:
    return [
        Item(
            "Decide",
            "warn",
            f"{label} {shortened(title)}: to be reviewed since {day}",
            f"labtop {'decision' if label.startswith('D-') else 'transfer'} show {label}",
            "hypotheses",
        )
        for label, title, day in reviews_due(db, today)
    ]


def _unasked(db: sqlite3.Connection, settings: ProgrammeSettings, today: date) -> list[Item]:
    return [
        Item(
            "Decide",
            "warn",
            f"{shortened(need.subject, 90)}: nobody asked the {need.authority} yet",
            need.command,
            "hypotheses",
        )
        for need in needs(db, settings, today)
    ]


def _verdicts(db: sqlite3.Connection) -> list[Item]:
    """Newest verdicts of hypotheses still in testing: what they leave to be decided, and what would settle it."""
    rows = db.execute(
        "SELECT v.*, h.id AS h FROM verdict v JOIN hypothesis h ON h.id = v.hypothesis_id "
        "WHERE h.state = 'testing' AND v.exploratory = 0 AND v.id = "
        "(SELECT max(id) FROM verdict n WHERE n.hypothesis_id = h.id AND n.exploratory = 0) ORDER BY v.id DESC"
    ).fetchall()
    found = []
    doubts = affected_verdicts(db) if rows else {}
    for row in rows:
        verdict = verdict_row(row, doubts)
        serious = verdict.blocked_by or verdict.doubted_by or verdict.suspected or row["state"] == "inconclusive"
        tone: Tone = "warn" if serious else "info"
        text = f"H-{row['h']} {verdict.headline}: {_numbers(row)}"
        found.append(Item("Verdicts", tone, text, f"labtop hypothesis show H-{row['h']}", "hypotheses"))
    return found


def _numbers(row: sqlite3.Row) -> str:
    """ "nDCG@10 +1.8 [0.6, 3.0], n = 6 → 4 more seeds (31 GPU-h) would settle it"; up is better in any metric."""
    details = json.loads(row["details"])
    metric = (details.get("rule") or {}).get("metric") or "effect"
    if row["effect"] is None:
        return f"{metric}, n = {row['n']}"
    text = f"{metric} {signed(row['effect'], '.3g')}"
    if row["low"] is not None:
        text += f" [{signed(row['low'], '.3g')}, {signed(row['high'], '.3g')}]"
    text += f", n = {row['n']}"
    numbers = details.get("numbers") or {}
    more = numbers.get("more_seeds")
    if row["state"] == "inconclusive" and more:
        hours = numbers.get("more_gpu_hours")
        text += f" → about {more} more seeds{f' ({hours:,.3g} GPU-h)' if hours else ''} would settle it"
    return text


def _obstacles(db: sqlite3.Connection) -> list[Item]:
    found = [
        Item(
            "In the way",
            "bad",
            f"I-{row['id']} {shortened(row['title'])}: incident open since {row['happened_on']}",
            f"labtop incident show I-{row['id']}",
            "hypotheses",
        )
        for row in db.execute("SELECT id, title, happened_on FROM incident WHERE state = 'open' ORDER BY id")
    ]
    for row in db.execute(
        "SELECT * FROM obstacle WHERE kind = 'blocker' AND resolved_at IS NULL ORDER BY since, id"
    ).fetchall():
        where = f"E-{row['experiment_id']}" if row["experiment_id"] else f"H-{row['hypothesis_id']}"
        text = f"{where} {shortened(row['what'])}: on {row['on_whom']} since {row['since']}"
        section: Section = "roadmap" if row["experiment_id"] else "hypotheses"
        found.append(Item("In the way", "warn", text, f"labtop obstacle show B-{row['id']}", section))
    return found


def _week(db: sqlite3.Connection, today: date) -> list[Item]:
    week = week_of(today)
    rows = db.execute(
        "SELECT w.experiment_id, w.gpu_hours, w.carried_from FROM week w WHERE w.week = ? ORDER BY w.id", (week,)
    ).fetchall()
    if not rows:
        return []
    carried = sum(row["carried_from"] is not None for row in rows)
    hours = [row["gpu_hours"] for row in rows if row["gpu_hours"] is not None]
    names = ", ".join(f"E-{row['experiment_id']}" for row in rows[:8])
    text = f"{names}{' …' if len(rows) > 8 else ''}"
    if hours:
        text += f" · {sum(hours):,.0f} GPU-h"
    if carried:
        text += f" · {carried} carried over"
    return [Item("Week", "info", text, f"labtop roadmap week --week {week} --show", "roadmap")]


def _budget(db: sqlite3.Connection, settings: ProgrammeSettings, today: date) -> list[Item]:
    quarter = quarter_of(today, settings.fiscal_month)
    now = budget(db, settings, quarter, today)
    if now.total is None:
        return []
    text = f"{now.used:,.0f} of {now.total:,.0f} GPU-h used in {quarter}"
    if now.unknown_runs:
        text += f", {counted(now.unknown_runs, 'run')} of unknown cost"
    if now.expected_now is not None:
        text += f" · plan says {now.expected_now:,.0f} by now"
    over = now.left is not None and now.left < 0
    if over and now.left is not None:
        text += f" · over by {-now.left:,.0f}"
    return [Item("Budget", "warn" if over else "info", text, f"labtop roadmap show --quarter {quarter}", "roadmap")]
