"""What people do to decision memos: draft, edit, propose, accept, reject, take back. Each is one journalled action."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder, record
from library.errors import LabtopError, UsageError
from library.records import store
from library.records.kind import Values
from library.records.store import TOPIC
from library.settings import ProgrammeSettings
from library.text import shortened
from planner.decisions import approvals
from planner.decisions.authority import authority_for, authors
from planner.decisions.consequences import refuse_superseding
from planner.decisions.kind import MEMO
from planner.decisions.model import Approval
from planner.decisions.opposition import refuse_unjustified
from planner.decisions.states import EDITABLE, allowed
from planner.decisions.versions import freeze
from planner.experiments.kind import EXPERIMENT
from planner.hypotheses.kind import HYPOTHESIS
from planner.people import same

_SAYS = {"proceed": "Proceed with", "pivot": "Change direction on", "stop": "Stop work on"}
_LONGEST_TITLE = 200


def draft(
    db: sqlite3.Connection,
    person: str,
    kind: str,
    *,
    hypothesis: str | int | None = None,
    experiments: Sequence[str | int] = (),
    more: Mapping[str, Any] | None = None,
) -> tuple[int, Change]:
    """Begin a memo on a hypothesis or on experiments; (its number, what changed). `more`: further fields.

    Without a title it is called after what it decides on. Raises UsageError, RecordError, NotFound.
    """
    number = store.find(db, HYPOTHESIS, hypothesis) if hypothesis is not None else None
    tried = [store.find(db, EXPERIMENT, each) for each in experiments]
    if number is None and not tried:
        raise UsageError(
            "A memo is drafted from a record.", mend="Name one with --hypothesis H-… or --experiments E-…."
        )
    rows = [store.row_of(db, EXPERIMENT, each) for each in tried]
    if number is None:
        tested = {row["hypothesis_id"] for row in rows}
        number = next(iter(tested)) if len(tested) == 1 else None
    raw = {"kind": kind, "hypothesis_id": number, "experiments": tried or None, **(more or {})}
    if not raw.get("title"):
        about = store.row_of(db, HYPOTHESIS, number)["statement"] if number is not None else rows[0]["title"]
        raw["title"] = shortened(f"{_SAYS.get(kind, 'On')} “{about}”", _LONGEST_TITLE)
    return add(db, person, raw)


def add(db: sqlite3.Connection, person: str, raw: Mapping[str, Any]) -> tuple[int, Change]:
    """Store a new memo, as a draft. Raises RecordError."""
    return store.create(db, person, MEMO, raw)


def revise(db: sqlite3.Connection, person: str, number: int, raw: Mapping[str, Any]) -> Change:
    """Change a memo. One that is proposed is proposed anew, as the next version, to whoever has to decide.

    Raises UsageError for one that is in force or was replaced, RecordError, NotFound.
    """
    label = MEMO.label(number)
    state = store.row_of(db, MEMO, number)["state"]
    if state not in EDITABLE:
        raise UsageError(
            f"{label} is {state}: a decision that was taken is not changed.",
            mend=f"labtop decision draft … --supersedes {label} begins the one that takes its place."
            if state == "accepted"
            else "labtop decision list shows what took its place.",
        )
    said: list[str] = []

    def more(recorder: Recorder, before: Values, after: Values) -> None:
        if before != after:
            _note_editor(recorder, person, number)
        if state == "proposed" and before != after:
            said.append(_propose_anew(recorder, person, number, before, after))

    change = store.revise(db, person, MEMO, number, raw, more=more)
    return Change(change.topic, change.ids, change.journal_id, "; ".join([change.summary, *said]))


def _note_editor(recorder: Recorder, person: str, number: int) -> None:
    """Remember who wrote into a memo: they do not decide on it."""
    row = store.row_of(recorder.connection, MEMO, number)
    editors = json.loads(row["editors"] or "[]")
    if not any(same(person, name) for name in (row["created_by"], *editors)):
        recorder.put("decision_memo", {"id": number}, {"editors": json.dumps([*editors, person], ensure_ascii=False)})


def _propose_anew(recorder: Recorder, person: str, number: int, before: Values, after: Values) -> str:
    """The next version in the place of the one that waits."""
    label = MEMO.label(number)
    asked = waiting_for(recorder.connection, number)
    if before["deciders"] and not after["deciders"]:
        raise UsageError(
            f"{label} is proposed to {', '.join(before['deciders'])}: somebody has to decide on it.",
            mend=f"labtop decision withdraw {label} makes it a draft again.",
        )
    authority = (
        authority_for(ProgrammeSettings(), "decision", after["deciders"]) if after["deciders"] else asked.authority
    )
    approvals.take_back(recorder, asked, "edited: the next version waits instead")
    version, request = _put_forward(recorder, person, number, authority)
    return f"proposed anew as version {version} (A-{request})"


def propose(db: sqlite3.Connection, person: str, settings: ProgrammeSettings, number: int) -> Change:
    """Freeze a memo and ask its deciders for their yes. Raises UsageError, LabtopError, NotFound."""
    label = MEMO.label(number)
    row = store.row_of(db, MEMO, number)
    if not allowed(row["state"], "proposed"):
        raise UsageError(
            f"{label} is {row['state']} already." if row["state"] == "proposed" else f"{label} is {row['state']}.",
            mend=f"labtop decision show {label} shows where it stands.",
        )
    values = store.get(db, MEMO, number)
    authority = authority_for(settings, "decision", values["deciders"] or ())

    def write(recorder: Recorder) -> tuple[int, int]:
        recorder.put("decision_memo", {"id": number}, {"state": "proposed", "updated_at": stamp()})
        return _put_forward(recorder, person, number, authority)

    summary = f"proposed {label} “{shortened(values['title'])}”"
    (version, request), journal_id = record(db, person=person, action="decision.propose", summary=summary, write=write)
    return Change(TOPIC, (), journal_id, f"{summary}: version {version}, A-{request} asks {authority}")


def _put_forward(recorder: Recorder, person: str, number: int, authority: str) -> tuple[int, int]:
    """(version, request): check, freeze, ask."""
    db, label = recorder.connection, MEMO.label(number)
    values = store.get(db, MEMO, number)
    refuse_unjustified(db, label, values)
    if values["supersedes"] is not None:
        before = store.row_of(db, MEMO, values["supersedes"])
        refuse_superseding(label, values["supersedes"], before["state"])
    version = freeze(recorder, person, number)
    wrote = {person, *authors(db, number)}
    deciders = values["deciders"] or ()
    if deciders and not any(not any(same(name, author) for author in wrote) for name in deciders):
        raise LabtopError(
            f"Nobody could accept {label}: all of its deciders ({', '.join(deciders)}) wrote it.",
            mend=f"labtop decision set {label} deciders='…' names somebody else, too.",
        )
    subject = f"{label} version {version}: {values['kind']} – {values['title']}"
    request = approvals.request(
        recorder, person, "decision", subject, authority=authority, memo_id=number, version=version
    )
    return version, request


def accept(db: sqlite3.Connection, person: str, number: int, reason: str | None = None) -> Change:
    """Say yes to a memo that somebody else wrote and proposed. Raises as `approvals.decide_approval`."""
    return approvals.decide_approval(db, person, _asked(db, number).id, "approved", reason)


def reject(db: sqlite3.Connection, person: str, number: int, reason: str) -> Change:
    """Say no to it, with the reason. Raises as `approvals.decide_approval`."""
    return approvals.decide_approval(db, person, _asked(db, number).id, "refused", reason)


def withdraw(db: sqlite3.Connection, person: str, number: int, reason: str | None = None) -> Change:
    """Take one's own proposal back: the memo is a draft again. Raises as `approvals.withdraw`."""
    return approvals.withdraw(db, person, _asked(db, number).id, reason)


def waiting_for(db: sqlite3.Connection, number: int) -> Approval:
    """The request that a proposed memo waits for. Raises LabtopError where there is none."""
    found = approvals.approvals(db, state="waiting", what="decision", memo_id=number)
    if not found:
        raise LabtopError(f"{MEMO.label(number)} waits for nobody.", mend="labtop decision propose asks for a yes.")
    return found[-1]


def _asked(db: sqlite3.Connection, number: int) -> Approval:
    label = MEMO.label(number)
    state = store.row_of(db, MEMO, number)["state"]
    if state != "proposed":
        mend = f"labtop decision propose {label} comes first." if allowed(state, "proposed") else ""
        raise LabtopError(f"{label} is {state}, not proposed.", mend=mend)
    return waiting_for(db, number)
