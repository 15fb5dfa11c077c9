"""A hypothesis goes towards production only after somebody else said yes."""

import sqlite3

from library.db.changes import Change
from library.errors import LabtopError, UsageError
from library.records import store
from library.settings import ProgrammeSettings
from planner.hypotheses.kind import HYPOTHESIS

_NEWEST = """
SELECT id, state, authority, reason, decided_by FROM approval
WHERE what = 'promotion' AND hypothesis_id = ?1 AND state != 'withdrawn' AND requested_at >=
 coalesce((SELECT max(at) FROM hypothesis_move WHERE hypothesis_id = ?1 AND after = 'supported'), '')
ORDER BY id DESC LIMIT 1
"""


def ask_promotion(db: sqlite3.Connection, person: str, settings: ProgrammeSettings, hypothesis_id: int) -> Change:
    """Ask for the approval that a promotion needs. Raises UsageError, LabtopError, NotFound."""
    from planner.decisions.approvals import ask

    row = store.row_of(db, HYPOTHESIS, hypothesis_id)
    label = HYPOTHESIS.label(hypothesis_id)
    if row["state"] != "supported":
        raise UsageError(f"{label} is {row['state']}: only what is supported can be promoted.")
    subject = f"promote {label}: {row['statement']}"
    return ask(db, person, settings, "promotion", subject, hypothesis_id=hypothesis_id)[1]


def refuse_unapproved(db: sqlite3.Connection, hypothesis_id: int) -> None:
    """Raise LabtopError unless a promotion was approved that was asked for since the hypothesis is supported."""
    row = db.execute(_NEWEST, (hypothesis_id,)).fetchone()
    label = HYPOTHESIS.label(hypothesis_id)
    ask = f"labtop hypothesis move {label} promoted --ask requests it."
    if row is None:
        raise LabtopError(
            f"{label} is promoted only after an approval, and since it is supported none was asked for.", mend=ask
        )
    if row["state"] == "waiting":
        raise LabtopError(
            f"{label} waits for A-{row['id']}: the {row['authority']} has yet to approve it.",
            mend="labtop approval list shows what waits.",
        )
    if row["state"] == "refused":
        why = row["reason"] or "no reason was given"
        raise LabtopError(f"{row['decided_by']} refused to promote {label} (A-{row['id']}: {why}).", mend=ask)
