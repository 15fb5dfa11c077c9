"""Memos brought to where a test begins."""

from collections.abc import Callable
from typing import Any

from library.settings import ProgrammeSettings
from planner.decisions.commands import draft, propose

SETTINGS = ProgrammeSettings()
Do = Callable[[Callable[[Any], Any]], Any]


def drafted(write: Do, number: int, kind: str = "proceed", **more: Any) -> int:
    memo_id: int = write(lambda db: draft(db, "ada", kind, hypothesis=number, more=more))[0]
    return memo_id


def proposed(write: Do, number: int, kind: str = "proceed", **more: Any) -> int:
    memo_id = drafted(write, number, kind, **more)
    write(lambda db: propose(db, "ada", SETTINGS, memo_id))
    return memo_id


def state(read: Do, memo_id: int) -> str:
    return str(read(lambda db: db.execute("SELECT state FROM decision_memo WHERE id = ?", (memo_id,)).fetchone()[0]))
