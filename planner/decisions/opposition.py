"""When a decision goes against what the experiments say: it may, but only with a written reason."""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from library.errors import UsageError
from planner.decisions.affected import affected_verdicts
from planner.decisions.gather import newest_confirmatory
from planner.decisions.model import Affected, Opposition
from planner.decisions.states import AGAINST, Outcome

Doubted = Mapping[int, tuple[Affected, ...]]


def opposition(db: sqlite3.Connection, values: Mapping[str, Any], doubted: Doubted | None = None) -> Opposition | None:
    """What a decision with these values goes against; None where it goes with the newest confirmatory verdict.

    A decision that rests neither on a hypothesis nor on an experiment goes against nothing. `doubted`: what
    `affected_verdicts` gives, where it was read already.
    """
    if values["hypothesis_id"] is None and not values["experiments"]:
        return None
    row = newest_confirmatory(db, values)
    outcome = outcome_of(row, affected_verdicts(db) if doubted is None else doubted)
    if outcome not in AGAINST[values["kind"]]:
        return None
    if row is None:
        return Opposition("none", None, "rests on no confirmatory verdict")
    return Opposition(outcome, row["id"], f"goes against V-{row['id']}, which is {_said(outcome, row)}")


def outcome_of(row: sqlite3.Row | None, doubted: Doubted) -> Outcome:
    """What a verdict says once guardrails and incidents are taken into account; "none" without one."""
    if row is None:
        return "none"
    if row["state"] != "supported":
        said: Outcome = row["state"]
        return said
    if json.loads(row["blocked_by"] or "[]"):
        return "blocked"
    return "doubtful" if row["id"] in doubted else "supported"


def _said(outcome: Outcome, row: sqlite3.Row) -> str:
    if outcome == "blocked":
        return f"supported, but blocked by {', '.join(json.loads(row['blocked_by']))}"
    return "supported, but in doubt after an incident" if outcome == "doubtful" else outcome


def refuse_unjustified(db: sqlite3.Connection, label: str, values: Mapping[str, Any]) -> None:
    """Raise UsageError where a decision goes against the verdict and says no reason."""
    against = opposition(db, values)
    if against is not None and not values["justification"]:
        raise UsageError(
            f"{label} ({values['kind']}) {against.why}: that needs a written reason.",
            mend=f"labtop decision set {label} justification='…' says why.",
        )
