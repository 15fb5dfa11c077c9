"""A club of a few people with a few papers, and short ways to what the tests need of it."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import pytest

from library.club import members, proposals, sessions
from library.club.model import Session
from library.club.queries import find_member, session
from library.db.changes import Change
from library.db.journal import undo
from library.papers.ingest import add_drafts
from library.papers.model import PaperDraft
from library.workspace import Workspace

T = TypeVar("T")
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday
TODAY = date(2026, 3, 2)
AT = "2026-02-01T06:00:00Z"


def draft(number: int, title: str = "", **more: Any) -> PaperDraft:
    """A paper with an abstract of its own."""
    return PaperDraft(
        key=f"2602.{number:05}",
        kind="arxiv",
        source="test",
        title=title or f"Paper number {number} about retrieval",
        abstract=f"We study retrieval, case {number}. It works.",
        version=1,
        first_listed="2026-02-02",
        **more,
    )


@dataclass
class Club:
    """The workspace of ada; kim and lee are her colleagues."""

    workspace: Workspace
    papers: dict[int, int] = field(default_factory=dict)

    def write(self, function: Callable[[sqlite3.Connection], T]) -> T:
        return self.workspace.store.write(function).result()

    def read(self, function: Callable[[sqlite3.Connection], T]) -> T:
        return self.workspace.store.read(function).result()

    def put(self, *drafts: PaperDraft) -> None:
        added = self.write(lambda db: add_drafts(db, list(drafts), at=AT)).added
        self.papers |= {int(one.key.rpartition(".")[2]): id_ for one, id_ in zip(drafts, added, strict=True)}

    def join(self, *names: str, on: str = "2026-01-01") -> None:
        for name in names:
            self.write(lambda db, n=name: members.join(db, "ada", {"name": n, "joined_on": on}, today=TODAY))  # type: ignore[misc]

    def away(self, name: str, first: str, last: str = "") -> None:
        raw = {"first_day": first, "last_day": last}
        self.write(lambda db: members.absent(db, "ada", find_member(db, name), raw))

    def propose(self, number: int, person: str = "ada", why: str = "", *, again: bool = False) -> int:
        paper = self.papers[number]
        return self.write(lambda db: proposals.propose(db, person, paper, why, again=again))[0]

    def vote(self, number: int, *people: str) -> None:
        for person in people:
            self.write(lambda db, p=person: proposals.vote(db, p, number))  # type: ignore[misc]

    def plan(self, day: str, *numbers: int, clock: str = "16:00", zone: str = "Europe/Berlin", **more: Any) -> int:
        papers = [(self.papers[number], None) for number in numbers]
        options = {name: more.pop(name) for name in ("rotate", "presenter", "backup", "again") if name in more}
        raw = {"day": day, "time": clock, "zone": zone, **more}
        return self.write(lambda db: sessions.plan(db, "ada", raw, papers, **options))[0]

    def hold(self, number: int, **more: Any) -> Change:
        return self.write(lambda db: sessions.hold(db, "ada", number, **more))

    def session(self, number: int) -> Session:
        return self.read(lambda db: session(db, number))

    def undo(self, person: str = "ada") -> Change:
        return self.write(lambda db: undo(db, person))

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        return self.read(lambda db: [tuple(row) for row in db.execute(sql, parameters).fetchall()])


@pytest.fixture
def club(workspace: Workspace) -> Club:
    found = Club(workspace)
    found.put(*(draft(number) for number in range(1, 7)))
    return found
