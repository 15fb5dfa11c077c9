"""What people do to the register: add, edit, approve, refuse, pin the contents."""

import sqlite3
from collections.abc import Mapping
from datetime import date
from typing import Any

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder, record
from library.errors import LabtopError, UsageError
from library.quarter import read_day
from library.records import store
from library.records.kind import Values
from library.text import one_line
from planner.decisions.authority import holders
from planner.people import same
from planner.reasons import reason_of
from planner.register.hashing import ContentHash, same_hash
from planner.register.kind import DATASET
from planner.register.model import Approval, Dataset
from planner.register.queries import earlier_owners, entry

# An approval was given to what stood in these. One that is filled in for the first time takes nothing back.
_APPROVED_AS = ("name", "version", "content_hash", "licence")
_PENDING = {"approval": "pending", "approved_by": None, "approved_at": None, "approved_until": None}


def add(db: sqlite3.Connection, person: str, raw: Mapping[str, Any]) -> tuple[int, Change]:
    """Put an entry into the register, not approved yet. Raises RecordError."""
    return store.create(db, person, DATASET, raw)


def revise(db: sqlite3.Connection, person: str, number: int, raw: Mapping[str, Any]) -> Change:
    """Change an entry. An approval lapses where what was approved changes. Raises RecordError, NotFound."""
    was = entry(db, number)

    def lapse(recorder: Recorder, before: Values, after: Values) -> None:
        replaced = any(before[name] and before[name] != after[name] for name in _APPROVED_AS)
        own = was.approval == "approved" and same(after["owner"], was.approved_by)  # it would be their own approval
        changed = replaced or before["sensitivity"] != after["sensitivity"]
        if was.approval in ("approved", "not needed") and (changed or own):
            why = f"changed by {person} after {was.approved_by or 'somebody'} had approved it"
            recorder.put("dataset", {"id": number}, {**_PENDING, "approval_reason": why})

    change = store.revise(db, person, DATASET, number, raw, more=lapse)
    if entry(db, number).approval == "pending" and was.approval != "pending":
        return Change(change.topic, change.ids, change.journal_id, f"{change.summary}; its approval lapsed")
    return change


def approve(
    db: sqlite3.Connection,
    person: str,
    number: int,
    *,
    today: date,
    until: str | None = None,
    reason: str | None = None,
    authority: str = "",
) -> Change:
    """Approve the use of an entry, perhaps up to the day `until`. `authority`: the setting; whom it names alone decide.

    Raises LabtopError where it is one's own, or for others to decide.
    """
    return _decided(db, person, number, "approved", authority, today=today, until=until, reason=reason)


def refuse(
    db: sqlite3.Connection, person: str, number: int, *, today: date, reason: str, authority: str = ""
) -> Change:
    """Refuse the use of an entry. Raises UsageError without a reason, LabtopError as `approve`."""
    if not one_line(reason):
        raise UsageError("A refusal needs a reason.", mend='Add --reason "…".')
    return _decided(db, person, number, "refused", authority, today=today, reason=reason)


def need_none(db: sqlite3.Connection, person: str, number: int, *, reason: str | None = None) -> Change:
    """Note that an entry needs no approval, which its owner may say of public data under a known licence."""
    found = entry(db, number)
    if found.sensitivity != "public" or found.licence is None:
        raise LabtopError(
            f"{found.label} is not public data under a known licence, so it needs an approval.",
            mend=f"Fill in sensitivity and licence, or ask somebody else to run labtop dataset approve {found.label}.",
        )
    if found.approval == "refused":
        refuse_own(db, found, person)  # who was told no does not answer themselves that nobody need be asked
    return _journalled(db, person, found, "not needed", None, reason)


def _decided(
    db: sqlite3.Connection,
    person: str,
    number: int,
    approval: Approval,
    authority: str,
    *,
    today: date,
    until: str | None = None,
    reason: str | None = None,
) -> Change:
    found = entry(db, number)
    last = _day(until, today) if until else None
    refuse_own(db, found, person)
    named = holders(authority)
    if named and not any(same(name, person) for name in named):
        raise LabtopError(
            f"{found.label} is for the {authority} to decide on, and {person} is not named there.",
            mend=f"Ask {' or '.join(named)}.",
        )
    return _journalled(db, person, found, approval, last, reason)


def refuse_own(db: sqlite3.Connection, found: Dataset, person: str) -> None:
    """Raise LabtopError where `person` registered or owns the entry, or did: handing it on makes nobody impartial."""
    before = [(name, "owned") for name in earlier_owners(db, found.id)]
    for name, role in ((found.created_by, "registered"), (found.owner, "own"), *before):
        if same(name, person):
            raise LabtopError(
                f"You {role} {found.label}, so somebody else has to decide on it.",
                mend="Ask a colleague; --as NAME says who acts.",
            )


def set_approval(
    recorder: Recorder,
    person: str,
    number: int,
    approval: Approval,
    *,
    until: str | None = None,
    reason: str | None = None,
) -> None:
    """Store a decision on an entry within another action (such as an approval that was asked for)."""
    values = {
        "approval": approval,
        "approved_by": person,
        "approved_at": stamp(),
        "approved_until": until,
        "approval_reason": reason_of(reason) or None,
    }
    recorder.put("dataset", {"id": number}, {**values, "updated_at": stamp()})


def _journalled(
    db: sqlite3.Connection, person: str, found: Dataset, approval: Approval, until: str | None, reason: str | None
) -> Change:
    done = {"approved": "approved", "refused": "refused", "not needed": "noted that no approval is needed for"}[
        approval
    ]
    summary = f"{done} {found.label} {found.title}{f' until {until}' if until else ''}"

    def write(recorder: Recorder) -> None:
        set_approval(recorder, person, found.id, approval, until=until, reason=reason)

    _, journal_id = record(db, person=person, action="dataset.approve", summary=summary, write=write)
    return Change(store.TOPIC, (), journal_id, summary)


def pin(db: sqlite3.Connection, person: str, number: int, content: ContentHash, *, replace: bool = False) -> Change:
    """Keep the hash of an entry's contents. Raises LabtopError where another one is stored and may not be replaced."""
    found = entry(db, number)
    if found.content_hash is not None and same_hash(found.content_hash, content.sha256):
        return Change(store.TOPIC, (), None, f"{found.label} holds what is registered: {content.sha256}")
    if found.content_hash is not None and not replace:
        raise LabtopError(
            f"These contents are not those registered as {found.label}: {content.sha256} instead of "
            f"{found.content_hash}.",
            mend="Register them as another version, or store the new hash with --replace (its approval lapses).",
        )
    change = revise(db, person, number, {"content_hash": content.sha256})
    return Change(change.topic, change.ids, change.journal_id, f"{change.summary} ({content.said})")


def _day(text: str, today: date) -> str:
    day = read_day(text)
    if day < today:
        raise UsageError(f"{day} is over already.", mend="Give a day that is still to come.")
    return day.isoformat()
