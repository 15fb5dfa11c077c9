"""Reading decisions."""

import sqlite3
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from library.errors import NotFound
from library.records import store
from library.records.kind import from_row
from planner.decisions.affected import affected_verdicts
from planner.decisions.approvals import approval_record, approvals
from planner.decisions.approvals import waiting as waiting  # one door to what the Decisions screen shows
from planner.decisions.body import body
from planner.decisions.facts import Fact, fact_record
from planner.decisions.incidents import incidents as incidents
from planner.decisions.kind import MEMO
from planner.decisions.model import MemoDetail, MemoRow
from planner.decisions.opposition import Doubted, opposition
from planner.decisions.versions import versions
from planner.transfer.queries import transfers as transfers


def memos(db: sqlite3.Connection, *, hypothesis_id: int | None = None) -> tuple[MemoRow, ...]:
    """All decisions, or those on a hypothesis, the newest first."""
    rows = db.execute(
        "SELECT * FROM decision_memo WHERE ?1 IS NULL OR hypothesis_id = ?1 ORDER BY id DESC", (hypothesis_id,)
    ).fetchall()
    doubted = affected_verdicts(db)
    return tuple(_row(db, row, doubted) for row in rows)


def memo(db: sqlite3.Connection, number: int) -> MemoDetail:
    """One decision in full. Raises NotFound."""
    row = store.row_of(db, MEMO, number)
    values, doubted = from_row(MEMO, row), affected_verdicts(db)
    markdown, facts = body(db, number)
    kept = versions(db, number)
    frozen = kept[-1] if kept and row["state"] != "draft" else None
    return MemoDetail(
        _row(db, row, doubted),
        values,
        frozen.markdown if frozen else markdown,
        frozen.facts if frozen else facts,
        frozen is not None,
        kept,
        approvals(db, memo_id=number),
        opposition(db, values, doubted),
        moved(frozen.facts, facts) if frozen else (),
    )


def moved(before: Sequence[Fact], now: Sequence[Fact]) -> tuple[str, ...]:
    """ "V-5 effect: +1.8, now +1.2": what reads otherwise, what is new, and what is gone."""
    old = {fact.key: fact for fact in before if fact.sort != "id"}
    new = {fact.key: fact for fact in now if fact.sort != "id"}
    found = [
        f"{key}: {_said(old[key])}, now {_said(fact)}"
        for key, fact in new.items()
        if key in old and old[key].value != fact.value
    ]
    found += [f"{key}: new, {_said(fact)}" for key, fact in new.items() if key not in old]
    found += [f"{key}: gone, was {_said(fact)}" for key, fact in old.items() if key not in new]
    return tuple(found)


def _said(fact: Fact) -> str:
    if fact.sort != "text":
        return fact.shown
    text = " ".join(str(fact.value).split())
    return f"“{text if len(text) <= 60 else text[:59] + '…'}”"


def _row(db: sqlite3.Connection, row: sqlite3.Row, doubted: Doubted) -> MemoRow:
    values = from_row(MEMO, row)
    against = opposition(db, values, doubted) if row["state"] in ("draft", "proposed", "accepted") else None
    asked = approvals(db, memo_id=row["id"])
    version = db.execute("SELECT max(version) FROM memo_version WHERE memo_id = ?", (row["id"],)).fetchone()[0]
    after = db.execute(
        "SELECT id FROM decision_memo WHERE supersedes = ? AND state IN ('accepted', 'superseded') ORDER BY id DESC",
        (row["id"],),
    ).fetchone()
    return MemoRow(
        row["id"],
        row["title"],
        row["kind"],
        row["state"],
        row["hypothesis_id"],
        values["experiments"] or (),
        values["deciders"] or (),
        row["review_on"],
        version,
        against.why if against else "",
        values["justification"] is not None,
        asked[-1] if asked else None,
        row["supersedes"],
        after["id"] if after is not None else None,
        row["created_by"],
        row["created_at"],
        row["updated_at"],
    )


def memo_record(found: MemoRow) -> dict[str, Any]:
    """A decision of the list as --json prints it."""
    return {
        **asdict(found),
        "id": f"D-{found.id}",
        "hypothesis_id": None if found.hypothesis_id is None else f"H-{found.hypothesis_id}",
        "experiments": [f"E-{each}" for each in found.experiments],
        "approval": approval_record(found.approval) if found.approval else None,
        "supersedes": None if found.supersedes is None else f"D-{found.supersedes}",
        "superseded_by": None if found.superseded_by is None else f"D-{found.superseded_by}",
    }


def memo_detail_record(found: MemoDetail) -> dict[str, Any]:
    """A decision as --json prints it: its fields, its text with the facts behind it, versions and approvals."""
    fields = ("decision", "question", "change_mind", "options", "consequences", "dissent", "justification")
    newest = found.versions[-1] if found.versions else None
    return {
        **memo_record(found.row),
        **{name: found.values[name] for name in fields},
        "markdown": found.markdown,
        "facts": [fact_record(fact) for fact in found.facts],
        "frozen": found.frozen,
        "hash": newest.hash if newest is not None and found.frozen else None,
        "moved": list(found.moved),
        "versions": [
            {
                "version": each.version,
                "hash": each.hash,
                "intact": each.intact,
                "person": each.person,
                "at": each.at,
            }
            for each in found.versions
        ],
        "approvals": [approval_record(each) for each in found.approvals],
    }


def refuse_unknown_version(found: MemoDetail, version: int) -> None:
    """Raise NotFound where a memo was never proposed in that version."""
    if all(each.version != version for each in found.versions):
        has = ", ".join(str(each.version) for each in found.versions) or "none"
        raise NotFound(f"{MEMO.label(found.row.id)} has no version {version}; it has {has}.")
