"""A hypothesis goes towards production only after somebody else said yes."""

import sqlite3

from library.errors import LabtopError


def refuse_unapproved(db: sqlite3.Connection, hypothesis_id: int) -> None:
    """Raise LabtopError unless a promotion was approved since the hypothesis was last decided."""
    row = db.execute(
        "SELECT state, authority, reason, decided_by FROM approval WHERE what = 'promotion' AND hypothesis_id = ?1"
        " AND state != 'withdrawn' AND requested_at >= coalesce((SELECT max(at) FROM hypothesis_move"
        " WHERE hypothesis_id = ?1 AND after = 'supported'), '') ORDER BY id DESC LIMIT 1",
        (hypothesis_id,),
    ).fetchone()
    label = f"H-{hypothesis_id}"
    ask = f"labtop hypothesis move {label} promoted --ask requests it."
    if row is None:
        raise LabtopError(f"{label} can be promoted only after an approval, and none was asked for.", mend=ask)
    if row["state"] == "waiting":
        raise LabtopError(
            f"{label} waits for the approval of the {row['authority']}.", mend="labtop decision list shows what waits."
        )
    if row["state"] == "refused":
        raise LabtopError(
            f"{row['decided_by']} refused to promote {label}: {row['reason'] or 'no reason given'}.", mend=ask
        )
