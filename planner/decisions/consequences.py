"""What follows from an approval, in the same action: a memo is accepted, data released, a stage entered."""

from typing import Literal

from library.clock import stamp
from library.db.journal import Recorder
from library.errors import LabtopError
from library.records import store
from planner.decisions.kind import MEMO
from planner.decisions.model import Approval
from planner.decisions.opposition import refuse_unjustified
from planner.register.commands import set_approval
from planner.transfer.entering import enter


def apply(recorder: Recorder, person: str, approval: Approval) -> str:
    """Do what follows from `approval` as it is now; what to say of it, empty where nothing does. Raises LabtopError."""
    if approval.what == "decision" and approval.memo_id is not None:
        return _memo(recorder, approval)
    if approval.state == "withdrawn":
        return ""
    if approval.what == "data" and approval.dataset_id is not None:
        state: Literal["approved", "refused"] = "approved" if approval.state == "approved" else "refused"
        set_approval(recorder, person, approval.dataset_id, state, until=approval.until, reason=approval.reason)
        return f"DS-{approval.dataset_id} is {state}"
    if approval.stage is not None and approval.experiment_id is not None and approval.state == "approved":
        return enter(recorder, person, approval.experiment_id, approval.stage, f"A-{approval.id}")
    return ""


def _memo(recorder: Recorder, approval: Approval) -> str:
    """Accept, reject or take back the memo that the request is about."""
    db, number = recorder.connection, approval.memo_id
    assert number is not None
    label = MEMO.label(number)
    row = store.row_of(db, MEMO, number)
    if row["state"] != "proposed":
        raise LabtopError(
            f"{label} is {row['state']}, not proposed.", mend=f"labtop decision propose {label} comes first."
        )
    state = {"approved": "accepted", "refused": "rejected", "withdrawn": "draft"}[approval.state]
    said = f"{label} is {state}" if state != "draft" else f"{label} is a draft again"
    if state == "accepted":
        refuse_unjustified(db, label, store.get(db, MEMO, number))
        if row["supersedes"] is not None:
            said += _supersede(recorder, label, row["supersedes"])
    recorder.put("decision_memo", {"id": number}, {"state": state, "updated_at": stamp()})
    return said


def _supersede(recorder: Recorder, label: str, before: int) -> str:
    old = store.row_of(recorder.connection, MEMO, before)
    refuse_superseding(label, before, old["state"])
    recorder.put("decision_memo", {"id": before}, {"state": "superseded", "updated_at": stamp()})
    return f" and takes the place of D-{before}"


def refuse_superseding(label: str, before: int, state: str) -> None:
    """Raise LabtopError where a decision is not in force, so that nothing can take its place."""
    if state != "accepted":
        raise LabtopError(
            f"{label} cannot take the place of D-{before}, which is {state}: only an accepted decision is superseded.",
            mend=f"labtop decision set {label} supersedes= leaves it out, or names the one that is in force.",
        )
