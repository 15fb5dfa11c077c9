"""Incidents and their postmortems: kept, read, closed once cause and learnings are written."""

import sqlite3
from collections.abc import Mapping
from typing import Any

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder, record
from library.errors import LabtopError, UsageError
from library.markdown import Marked, bullets, document, escape, heading, prose, table
from library.records import store
from library.records.kind import Values, from_row
from library.records.store import TOPIC
from library.text import counted, shortened
from planner.decisions.affected import affected_verdicts
from planner.decisions.kind import INCIDENT, NEEDED_TO_CLOSE
from planner.decisions.model import Affected, IncidentRow

_NOTHING = Marked("None is recorded.")


def add(db: sqlite3.Connection, person: str, raw: Mapping[str, Any]) -> tuple[int, Change]:
    """Store a new incident. Raises RecordError."""
    return store.create(db, person, INCIDENT, raw)


def revise(db: sqlite3.Connection, person: str, number: int, raw: Mapping[str, Any]) -> Change:
    """Change an incident. Raises RecordError (one that is closed keeps its cause and learnings), NotFound."""
    return store.revise(db, person, INCIDENT, number, raw)


def close(
    db: sqlite3.Connection, person: str, number: int, *, cause: str | None = None, learnings: str | None = None
) -> Change:
    """Close an incident whose cause and learnings are written, or are given here. Raises UsageError, RecordError."""
    label = INCIDENT.label(number)
    row = store.row_of(db, INCIDENT, number)
    if row["state"] == "closed":
        raise LabtopError(f"{label} was closed by {row['closed_by']} on {row['closed_at'][:10]}.")
    given = {name: text for name, text in (("cause", cause), ("learnings", learnings)) if text}
    values = store.checked(db, INCIDENT, given, number)
    missing = [name for name in NEEDED_TO_CLOSE if values[name] is None]
    if missing:
        raise UsageError(
            f"{label} cannot be closed: {' and '.join(missing)} {_are(len(missing))} not written yet.",
            mend=f"Add {' '.join(f'--{name} …' for name in missing)}.",
        )
    now = stamp()
    closed = {"state": "closed", "closed_by": person, "closed_at": now, "updated_at": now}

    def write(recorder: Recorder) -> None:
        recorder.put("incident", {"id": number}, {**{name: values[name] for name in given}, **closed})

    summary = f"closed {label} “{shortened(row['title'])}”"
    _, journal_id = record(db, person=person, action="incident.close", summary=summary, write=write)
    return Change(TOPIC, (), journal_id, summary)


def incidents(db: sqlite3.Connection) -> tuple[IncidentRow, ...]:
    """All incidents: open ones first, the newest first."""
    reached = affected_verdicts(db)
    rows = db.execute("SELECT * FROM incident ORDER BY state = 'closed', happened_on DESC, id DESC").fetchall()
    return tuple(_row(row, reached) for row in rows)


def incident(db: sqlite3.Connection, number: int) -> tuple[IncidentRow, Values]:
    """One incident with all its fields. Raises NotFound."""
    row = store.row_of(db, INCIDENT, number)
    return _row(row, affected_verdicts(db)), from_row(INCIDENT, row)


def _row(row: sqlite3.Row, reached: Mapping[int, tuple[Affected, ...]]) -> IncidentRow:
    values = from_row(INCIDENT, row)
    verdicts = sorted(verdict for verdict, by in reached.items() if any(each.incident_id == row["id"] for each in by))
    missing = tuple(name for name in NEEDED_TO_CLOSE if values[name] is None)
    return IncidentRow(
        row["id"],
        row["title"],
        row["state"],
        row["happened_on"],
        row["owner"],
        tuple(verdicts),
        values["experiments"] or (),
        values["runs"] or (),
        values["follow_ups"] or (),
        missing if row["state"] == "open" else (),
        row["created_by"],
        row["created_at"],
        row["updated_at"],
        row["closed_by"],
        row["closed_at"],
    )


def notes(db: sqlite3.Connection, number: int) -> tuple[str, ...]:
    """What a person should know after a change: which verdicts the incident reaches."""
    row, _ = incident(db, number)
    if not row.verdicts:
        return ()
    listed = ", ".join(f"V-{each}" for each in row.verdicts)
    count = len(row.verdicts)
    return (f"{counted(count, 'verdict')} {'carries' if count == 1 else 'carry'} a warning now: {listed}",)


def incident_record(row: IncidentRow) -> dict[str, Any]:
    """An incident of the list as --json prints it."""
    return {
        "id": f"I-{row.id}",
        "title": row.title,
        "state": row.state,
        "happened_on": row.happened_on,
        "owner": row.owner,
        "verdicts": [f"V-{each}" for each in row.verdicts],
        "experiments": [f"E-{each}" for each in row.experiments],
        "runs": list(row.runs),
        "follow_ups": [f"E-{each}" for each in row.follow_ups],
        "missing": list(row.missing),
        "created_by": row.created_by,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "closed_by": row.closed_by,
        "closed_at": row.closed_at,
    }


def incident_detail_record(row: IncidentRow, values: Values) -> dict[str, Any]:
    """An incident as --json prints it. `named_verdicts` are those that it names, `verdicts` all that it reaches."""
    return {
        **incident_record(row),
        "named_verdicts": [f"V-{each}" for each in values["verdicts"] or ()],
        "trigger": values["trigger"],
        "timeline": [dict(step) for step in values["timeline"] or ()],
        "cause": values["cause"],
        "learnings": values["learnings"],
    }


def postmortem(db: sqlite3.Connection, number: int) -> str:
    """The incident as a page of Markdown. Raises NotFound."""
    row, values = incident(db, number)
    reached = affected_verdicts(db)
    parts: list[str] = [
        heading(1, row.title),
        bullets(
            Marked(line)
            for line in (
                f"I-{row.id}, **{row.state}**"
                + (f" by {escape(row.closed_by)} on {_day(row.closed_at)}" if row.closed_by else ""),
                f"Happened on: {escape(row.happened_on)}",
                f"Owner: {escape(row.owner or 'not known')}",
                f"Written by: {escape(row.created_by)} on {_day(row.created_at)}",
            )
        ),
    ]
    for name, title in (("trigger", "Trigger"), ("timeline", "Timeline")):
        parts.append(heading(2, title))
        if name == "timeline":
            steps = values["timeline"] or ()
            parts.append(table(("at", "what"), ((step["at"], step["what"]) for step in steps)) if steps else _NOTHING)
        else:
            parts.append(prose(values[name] or "") or _NOTHING)
    parts.append(heading(2, "What it affects"))
    parts.append(_affected(row, reached))
    for name, title in (("cause", "Cause"), ("learnings", "What we do otherwise from now on")):
        parts.append(heading(2, title))
        parts.append(prose(values[name] or "") or Marked("Not written yet."))
    parts.append(heading(2, "Follow-up experiments"))
    parts.append(_follow_ups(db, row) or _NOTHING)
    return document(parts)


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _day(at: str | None) -> str:
    return (at or "")[:10]


def _affected(row: IncidentRow, reached: Mapping[int, tuple[Affected, ...]]) -> Marked:
    lines = []
    for verdict in row.verdicts:
        how = next(each.how for each in reached[verdict] if each.incident_id == row.id)
        lines.append(f"V-{verdict}" if how == "named" else f"V-{verdict}, through {how}")
    lines += [f"E-{each}" for each in row.experiments]
    lines += [f"run {each}" for each in row.runs]
    return bullets(lines) or _NOTHING


def _follow_ups(db: sqlite3.Connection, row: IncidentRow) -> Marked:
    titles = {
        each: db.execute("SELECT title, state FROM experiment WHERE id = ?", (each,)).fetchone()
        for each in row.follow_ups
    }
    return bullets(
        f"E-{each}: {found['title']} ({found['state']})" for each, found in titles.items() if found is not None
    )
