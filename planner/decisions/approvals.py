"""Requests for an authority's yes: asked, decided (never by whoever asked), withdrawn, waiting."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date
from typing import Any, Final, Literal, get_args

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder, record
from library.errors import LabtopError, NotFound, UsageError
from library.quarter import read_day
from library.records.field import FieldError, record_number
from library.records.store import TOPIC
from library.settings import ProgrammeSettings
from library.text import one_line, shortened
from planner.decisions.authority import MEANING, authority_for, own_people, owners, refuse_own
from planner.decisions.consequences import apply
from planner.decisions.model import Approval, ApprovalState, What
from planner.people import same
from planner.reasons import reason_of

WHATS: Final[tuple[What, ...]] = get_args(What)
STATES: Final[tuple[ApprovalState, ...]] = get_args(ApprovalState)
_COLUMNS = ", ".join(field.name for field in fields(Approval))
_LONGEST = 1_500  # of what is asked: a title and a reason


def request(
    recorder: Recorder,
    person: str,
    what: What,
    subject: str,
    *,
    authority: str,
    experiment_id: int | None = None,
    dataset_id: int | None = None,
    memo_id: int | None = None,
    hypothesis_id: int | None = None,
    version: int | None = None,
    stage: str | None = None,
    until: str | None = None,
) -> int:
    """Ask for an approval within another action; its number. Raises LabtopError where the same waits already."""
    about = {
        "experiment_id": experiment_id,
        "dataset_id": dataset_id,
        "memo_id": memo_id,
        "hypothesis_id": hypothesis_id,
    }
    line = one_line(subject)
    if len(line) > _LONGEST:
        raise UsageError(f"What is asked has at most {_LONGEST:,} characters; this has {len(line):,}.")
    if not line:
        raise UsageError("A request needs a subject.", mend="Say in one line what is asked.")
    before = _waiting_for(recorder.connection, what, about, stage, line)
    if before is not None:
        raise LabtopError(
            f"A-{before} asks for that already, and waits.", mend=f"labtop approval withdraw A-{before} takes it back."
        )
    return recorder.insert(
        "approval",
        {
            "what": what,
            "subject": line,
            "authority": one_line(authority),
            "requested_by": person,
            "requested_at": stamp(),
            "owners": json.dumps(owned, ensure_ascii=False) if (owned := owners(recorder.connection, about)) else None,
            **about,
            "version": version,
            "stage": stage,
            "until": until,
        },
    )


def _waiting_for(
    db: sqlite3.Connection, what: What, about: Mapping[str, int | None], stage: str | None, subject: str
) -> int | None:
    """A request for the same thing that waits. Without a record that it is about, its subject tells it apart."""
    where = " AND ".join(f"{name} IS ?" for name in about)
    line = subject if not any(about.values()) else None
    row = db.execute(
        f"SELECT id FROM approval WHERE state = 'waiting' AND what = ? AND {where} AND stage IS ?"
        " AND (? IS NULL OR subject = ?)",
        (what, *about.values(), stage, line, line),
    ).fetchone()
    return None if row is None else int(row["id"])


def ask(
    db: sqlite3.Connection,
    person: str,
    settings: ProgrammeSettings,
    what: What,
    subject: str,
    *,
    experiment_id: int | None = None,
    dataset_id: int | None = None,
    hypothesis_id: int | None = None,
    until: str | None = None,
    today: date | None = None,
) -> tuple[int, Change]:
    """Ask for an approval as an action of its own; (its number, what changed). `today`: no last day lies before it.

    Stages and memos are asked for by `labtop transfer advance` and `labtop decision propose`. Raises UsageError.
    """
    if what in ("stage", "launch", "decision"):
        verb = "decision propose D-…" if what == "decision" else "transfer advance E-…"
        raise UsageError(f"{MEANING[what].capitalize()} is asked for in another way.", mend=f"labtop {verb} does it.")
    authority = authority_for(settings, what)
    last = _last_day(until, today)

    def write(recorder: Recorder) -> int:
        return request(
            recorder,
            person,
            what,
            subject,
            authority=authority,
            experiment_id=experiment_id,
            dataset_id=dataset_id,
            hypothesis_id=hypothesis_id,
            until=last,
        )

    line = shortened(one_line(subject))
    number, journal_id = record(
        db, person=person, action="approval.request", summary=f"asked for {what}: {line}", write=write
    )
    return number, Change(TOPIC, (), journal_id, f"A-{number} asks {authority} for {what}: {line}")


def decide_approval(
    db: sqlite3.Connection,
    person: str,
    approval_id: int,
    decision: Literal["approved", "refused"],
    reason: str | None = None,
    *,
    until: str | None = None,
    today: date | None = None,
) -> Change:
    """Approve or refuse what somebody else asked for, and do what follows from it: one action, undone by who decided.

    `today`: no last day lies before it. A refusal needs a reason.
    Raises LabtopError where it is one's own, is for others to decide, or no longer waits;
    UsageError for a missing reason; NotFound.
    """
    found = approval(db, approval_id)
    why = reason_of(reason)
    label = f"A-{approval_id}"
    if found.state != "waiting":
        told = f" by {found.decided_by}" if found.decided_by else ""
        raise LabtopError(f"{label} was {found.state}{told}: it no longer waits.", mend="Ask for it anew.")
    refuse_own(db, person, found)
    if decision == "refused" and not why:
        raise UsageError("A refusal needs a reason.", mend='Add --reason "…".')
    done = {"approved": "approved", "refused": "refused"}[decision]
    last = _last_day(until or (found.until if decision == "approved" else None), today) or found.until
    values = {
        "state": decision,
        "decided_by": person,
        "decided_at": stamp(),
        "reason": why or None,
        "until": last,
    }

    def write(recorder: Recorder) -> str:
        recorder.put("approval", {"id": approval_id}, values)
        return apply(recorder, person, approval(db, approval_id))

    summary = f"{done} {label}: {shortened(found.subject)}"
    followed, journal_id = record(db, person=person, action=f"approval.{decision}", summary=summary, write=write)
    return Change(TOPIC, (), journal_id, f"{summary}{f'; {followed}' if followed else ''}")


def withdraw(db: sqlite3.Connection, person: str, approval_id: int, reason: str | None = None) -> Change:
    """Take back a request that is one's own; a memo is a draft again. Raises LabtopError, NotFound."""
    found = approval(db, approval_id)
    label = f"A-{approval_id}"
    if found.state != "waiting":
        raise LabtopError(f"{label} was {found.state}: it no longer waits.")
    if not any(same(name, person) for name in own_people(db, found)):
        raise LabtopError(
            f"{label} is {found.requested_by}'s request.", mend=f"labtop approval refuse {label} says no."
        )

    def write(recorder: Recorder) -> str:
        take_back(recorder, found, reason)
        return apply(recorder, person, approval(db, approval_id))

    summary = f"withdrew {label}: {shortened(found.subject)}"
    followed, journal_id = record(db, person=person, action="approval.withdraw", summary=summary, write=write)
    return Change(TOPIC, (), journal_id, f"{summary}{f'; {followed}' if followed else ''}")


def take_back(recorder: Recorder, found: Approval, reason: str | None) -> None:
    """Mark a request as withdrawn within another action."""
    why = reason_of(reason) or None
    recorder.put("approval", {"id": found.id}, {"state": "withdrawn", "decided_at": stamp(), "reason": why})


def waiting(db: sqlite3.Connection) -> tuple[Approval, ...]:
    """What waits for somebody's yes or no, the oldest first."""
    return approvals(db, state="waiting")


def approvals(
    db: sqlite3.Connection, *, state: ApprovalState | None = None, what: What | None = None, **about: int | None
) -> tuple[Approval, ...]:
    """Requests by number, all or those of a state, of a sort, about a record (`memo_id=3`)."""
    wanted = {"state": state, "what": what, **about}
    where = [(f"{name} = ?", value) for name, value in wanted.items() if value is not None]
    sql = f"SELECT {_COLUMNS} FROM approval"
    if where:
        sql += f" WHERE {' AND '.join(term for term, _ in where)}"
    rows = db.execute(f"{sql} ORDER BY id", tuple(value for _, value in where)).fetchall()
    return tuple(Approval(*row) for row in rows)


def approval(db: sqlite3.Connection, number: int) -> Approval:
    """One request. Raises NotFound."""
    row = db.execute(f"SELECT {_COLUMNS} FROM approval WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise NotFound(f"There is no approval A-{number}.", mend="labtop approval list shows them.")
    return Approval(*row)


def find_approval(db: sqlite3.Connection, name: str | int) -> int:
    """7 of "A-7". Raises UsageError, NotFound."""
    try:
        return approval(db, record_number("A", name, "approval")).id
    except FieldError as error:
        raise UsageError(str(error.message) + ".", mend="labtop approval list shows them.") from error


def approval_record(found: Approval) -> dict[str, Any]:
    """A request as --json prints it."""
    values = asdict(found)
    prefixes = {"experiment_id": "E", "dataset_id": "DS", "memo_id": "D", "hypothesis_id": "H"}
    named = {
        name.removesuffix("_id").replace("memo", "decision"): None
        if values[name] is None
        else f"{prefix}-{values[name]}"
        for name, prefix in prefixes.items()
    }
    kept = {name: value for name, value in values.items() if name not in prefixes}
    return {**kept, "id": f"A-{found.id}", **named}


def _last_day(until: str | None, today: date | None) -> str | None:
    day = read_day(until) if until else None
    if day is not None and today is not None and day < today:
        raise UsageError(f"{day} is over already.", mend="Give a day that is still to come.")
    return day.isoformat() if day is not None else None
