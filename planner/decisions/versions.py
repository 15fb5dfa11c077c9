"""Memos as they were proposed: text, facts and their hash, kept for good. An edit makes the next version."""

import hashlib
import json
import sqlite3
from collections.abc import Sequence

from library.clock import stamp
from library.db.journal import Recorder
from planner.decisions.body import body
from planner.decisions.facts import Fact, fact_of, fact_record
from planner.decisions.model import MemoVersion


def freeze(recorder: Recorder, person: str, memo_id: int) -> int:
    """Keep the memo as the record stands now; its version. One that says the same as the newest is that version."""
    markdown, facts = body(recorder.connection, memo_id)
    written = canonical(facts)
    digest = memo_hash(markdown, written)
    before = versions(recorder.connection, memo_id)
    if before and before[-1].hash == digest:
        return before[-1].version
    version = before[-1].version + 1 if before else 1
    recorder.insert(
        "memo_version",
        {
            "memo_id": memo_id,
            "version": version,
            "markdown": markdown,
            "facts": written,
            "hash": digest,
            "person": person,
            "at": stamp(),
        },
    )
    return version


def canonical(facts: Sequence[Fact]) -> str:
    """The one way to write facts: in the order in which the memo says them, keys sorted, no blanks."""
    return json.dumps([fact_record(fact) for fact in facts], ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def memo_hash(markdown: str, facts: str) -> str:
    """sha256 over the text, a zero byte, and the facts, in hexadecimal."""
    return hashlib.sha256(f"{markdown}\0{facts}".encode()).hexdigest()


def versions(db: sqlite3.Connection, memo_id: int) -> tuple[MemoVersion, ...]:
    """Every version that was proposed, the first one first."""
    rows = db.execute("SELECT * FROM memo_version WHERE memo_id = ? ORDER BY version", (memo_id,)).fetchall()
    return tuple(
        MemoVersion(
            row["version"],
            row["markdown"],
            tuple(fact_of(each) for each in json.loads(row["facts"])),
            row["hash"],
            row["person"],
            row["at"],
            memo_hash(row["markdown"], row["facts"]) == row["hash"],
        )
        for row in rows
    )
