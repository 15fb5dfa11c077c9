"""What needs whose yes. Authorities are settings: "research lead", or with names "research lead (kim, lee)"."""

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Final

from library.errors import LabtopError
from library.settings import ProgrammeSettings
from planner.decisions.model import Approval, What
from planner.people import same

MEANING: Final[dict[What, str]] = {
    "promotion": "promotion to a candidate for production",
    "data": "use of data that is confidential, personal, or under no known licence",
    "budget": "spending over the budget",
    "publication": "publication outside the group",
    "launch": "launch to all users",
    "stage": "a stage on the way to production",
    "decision": "a decision memo",
}
_SETTING: Final[dict[What, str]] = {
    "promotion": "promotion_authority",
    "data": "data_authority",
    "budget": "budget_authority",
    "publication": "publication_authority",
    "launch": "launch_authority",
    "stage": "promotion_authority",
    "decision": "promotion_authority",
}

_OWNED: Final = {
    "experiment_id": ("experiment", "E"),
    "hypothesis_id": ("hypothesis", "H"),
    "dataset_id": ("dataset", "DS"),
}


def authority_for(settings: ProgrammeSettings, what: What, deciders: Iterable[str] = ()) -> str:
    """Who may say yes, as a text. A memo's own deciders come before the settings."""
    names = [re.sub(r"[()]", "", name) for name in deciders]  # brackets hold the names
    if what == "decision" and names:
        return f"deciders ({', '.join(names)})"
    chosen: str = getattr(settings, _SETTING[what])
    return chosen


def holders(authority: str) -> tuple[str, ...]:
    """The people whom an authority names in brackets; empty where it is a role that anybody may stand in for."""
    found = re.search(r"\(([^()]*)\)\s*$", authority)
    return tuple(name for name in (part.strip() for part in (found[1] if found else "").split(",")) if name)


def role(authority: str) -> str:
    """ "research lead" of "research lead (kim, lee)"."""
    return re.sub(r"\s*\([^()]*\)\s*$", "", authority).strip()


def own_people(db: sqlite3.Connection, approval: Approval) -> dict[str, str]:
    """Names of those for whom a request is their own → why: who asked, wrote the memo, owns what it is about.

    Who owned it when it was asked for counts as well: handing it on does not make it another's.
    """
    found = {approval.requested_by: "asked for it"}
    if approval.memo_id is not None:
        return found | authors(db, approval.memo_id)
    row = db.execute("SELECT owners FROM approval WHERE id = ?", (approval.id,)).fetchone()
    about = {name: getattr(approval, name) for name in _OWNED}
    then: dict[str, str] = json.loads(row["owners"] or "{}")
    return found | then | owners(db, about)


def authors(db: sqlite3.Connection, memo_id: int) -> dict[str, str]:
    """Names of those who wrote a memo, wrote into it or put it forward → what they did."""
    row = db.execute("SELECT created_by, editors FROM decision_memo WHERE id = ?", (memo_id,)).fetchone()
    found = {name: f"wrote into D-{memo_id}" for name in json.loads(row["editors"] or "[]")}
    rows = db.execute("SELECT person FROM memo_version WHERE memo_id = ? ORDER BY id", (memo_id,)).fetchall()
    found |= {each["person"]: f"put forward a version of D-{memo_id}" for each in rows}
    return found | {row["created_by"]: f"wrote D-{memo_id}"}


def owners(db: sqlite3.Connection, about: Mapping[str, int | None]) -> dict[str, str]:
    """Names of those whose experiment, hypothesis or data it is (by `experiment_id` …) → why."""
    found = {}
    for name, (table, prefix) in _OWNED.items():
        number = about.get(name)
        if number is not None:
            row = db.execute(f'SELECT owner, created_by FROM "{table}" WHERE id = ?', (number,)).fetchone()
            if table == "dataset" or not row["owner"]:  # who typed in a colleague's plan does not own it
                found[row["created_by"]] = f"added {prefix}-{number}"
            if row["owner"]:
                found[row["owner"]] = f"owns {prefix}-{number}"
    return found


def refuse_own(db: sqlite3.Connection, person: str, approval: Approval) -> None:
    """Raise LabtopError where the request is the person's own, or the authority names other people."""
    label = f"A-{approval.id}"
    for name, why in own_people(db, approval).items():
        if same(name, person):
            raise LabtopError(
                f"Nobody decides on their own: you ({person}) {why}.",
                mend=f"Ask {others(approval.authority, person)} to decide on {label}.",
            )
    named = _named(db, approval)
    if named and not any(same(name, person) for name in named):
        raise LabtopError(
            f"{label} is for {approval.authority} to decide, and {person} is not named there.",
            mend=f"Ask {' or '.join(named)}.",
        )


def _named(db: sqlite3.Connection, approval: Approval) -> tuple[str, ...]:
    """Those who alone may decide; empty where anybody may stand in for a role."""
    if approval.memo_id is not None:
        row = db.execute("SELECT deciders FROM decision_memo WHERE id = ?", (approval.memo_id,)).fetchone()
        if row["deciders"]:
            return tuple(json.loads(row["deciders"]))
    return holders(approval.authority)


def others(authority: str, person: str) -> str:
    """Whom to ask instead of `person`."""
    named = [name for name in holders(authority) if not same(name, person)]
    return " or ".join(named) or f"the {role(authority)}, or whoever stands in for them,"
