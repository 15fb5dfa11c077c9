"""What undo may not bring about: a decision that could not be taken now is not taken by doing it again."""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any, Final

from library.errors import LabtopError
from library.records import store
from planner.decisions.approvals import approval
from planner.decisions.authority import refuse_own
from planner.decisions.kind import MEMO
from planner.decisions.opposition import refuse_unjustified
from planner.experiments.kind import EXPERIMENT
from planner.hypotheses.promotion import refuse_unapproved
from planner.transfer import gates
from planner.transfer.entering import refuse_shut

Row = Mapping[str, Any]
# Records that refer to others of their kind, and the field in which they do.
_NOT_ROUND: Final = {"experiment": (EXPERIMENT, "prerequisites"), "decision_memo": (MEMO, "supersedes")}
Restored = tuple[str, Row, Row | None, Row | None]  # (table, key, before, after)


def refuse_restored(db: sqlite3.Connection, changes: Iterable[Restored]) -> None:
    """Raise LabtopError where rows that an undo has put back hold what the rules of decisions refuse by now."""
    for table, key, before, after in changes:
        if table in _NOT_ROUND and before is not None and after is not None:
            _refuse_circle(db, table, key["id"], before, after)
        was, now = (before or {}).get("state"), (after or {}).get("state")
        if was == now:
            continue
        if table == "approval" and now in ("approved", "refused"):
            found = approval(db, key["id"])
            refuse_own(db, found.decided_by or "", found)
        elif table == "approval" and was == "approved":
            _refuse_while_planned(db, key["id"])
            _refuse_while_used(db, key["id"], (after or before or {})["hypothesis_id"])
        elif table == "decision_memo" and (now == "accepted" or (now == "proposed" and was != "accepted")):
            refuse_unjustified(db, MEMO.label(key["id"]), store.get(db, MEMO, key["id"]))
        elif table == "transfer" and after is not None and after["gate"] == "" and now == "met":
            refuse_shut(db, after["experiment_id"], gates.stage(after["stage"]))
        elif table == "hypothesis" and now == "promoted":
            refuse_unapproved(db, key["id"])
        elif table == "roadmap" and now == "adopted":
            _refuse_unpaid(db, key["id"])


def _refuse_circle(db: sqlite3.Connection, table: str, number: int, before: Row, after: Row) -> None:
    """Raise LabtopError where records refer to each other round in a circle once one refers to another again."""
    kind, name = _NOT_ROUND[table]
    if kind.check is None or before.get(name) == after.get(name):
        return
    wrong = [why for field, why in kind.check(db, store.get(db, kind, number), number) if field == name]
    if wrong:
        raise LabtopError(
            f"{kind.label(number)} cannot have its {kind.field(name).label.lower()} of then again: they {wrong[0]}.",
            mend="Others were changed in the meantime.",
        )


def _refuse_unpaid(db: sqlite3.Connection, number: int) -> None:
    row = db.execute(
        "SELECT r.quarter, a.id FROM roadmap r JOIN approval a ON 'A-' || a.id = json_extract(r.details, '$.approval')"
        " WHERE r.id = ? AND a.state != 'approved'",
        (number,),
    ).fetchone()
    if row is not None:
        raise LabtopError(
            f"The plan of {row['quarter']} is over the limit, and A-{row['id']} is not approved any more.",
            mend=f"labtop roadmap adopt {row['quarter']} asks again.",
        )


def _refuse_while_planned(db: sqlite3.Connection, number: int) -> None:
    row = db.execute(
        "SELECT quarter FROM roadmap WHERE state IN ('adopted', 'closed') AND json_extract(details, '$.approval') = ?",
        (f"A-{number}",),
    ).fetchone()
    if row is not None:
        raise LabtopError(
            f"A-{number} stays approved: the plan of {row['quarter']} was adopted on it.",
            mend=f"Plan and adopt {row['quarter']} anew within the limit first.",
        )


def _refuse_while_used(db: sqlite3.Connection, number: int, hypothesis_id: int | None) -> None:
    row = db.execute("SELECT state FROM hypothesis WHERE id = ?", (hypothesis_id,)).fetchone()
    if row is None or row["state"] != "promoted":
        return
    try:
        refuse_unapproved(db, hypothesis_id or 0)
    except LabtopError:
        raise LabtopError(
            f"A-{number} stays approved: H-{hypothesis_id} was promoted on it.",
            mend=f"labtop hypothesis reopen H-{hypothesis_id} --reason … comes first.",
        ) from None
