"""A small library with papers of two versions, for whoever reads them."""

import sqlite3
from collections.abc import Callable
from typing import TypeVar

import pytest

from library.db import journal
from library.papers.ingest import add_drafts
from library.papers.model import Author, PaperDraft
from library.workspace import Workspace

T = TypeVar("T")
AT = "2026-04-10T09:00:00Z"


def draft(number: int, *, version: int = 1, abstract: str = "", title: str = "", body: str = "") -> PaperDraft:
    """A paper as arXiv announces it."""
    return PaperDraft(
        key=f"2604.{number:05}",
        kind="arxiv",
        source="test",
        title=title or f"Paper {number}",
        abstract=abstract or f"We study thing {number}. It works on long documents.",
        authors=(Author("Ada Lovelace", "Lovelace", "Ada"), Author("Alan Turing", "Turing", "Alan")),
        categories=("cs.IR",),
        version=version,
        first_listed="2026-04-10",
        body=body,
    )


class Desk:
    """A workspace with a way to write to it, to read it, and to bring papers in."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def write(self, function: Callable[[sqlite3.Connection], T]) -> T:
        return self.workspace.store.write(function).result()

    def read(self, function: Callable[[sqlite3.Connection], T]) -> T:
        return self.workspace.store.read(function).result()

    def put(self, *drafts: PaperDraft) -> tuple[int, ...]:
        self.write(lambda db: add_drafts(db, drafts, at=AT))
        keys = [each.key for each in drafts]
        rows = self.read(lambda db: {row["key"]: row["id"] for row in db.execute("SELECT id, key FROM paper")})
        return tuple(rows[key] for key in keys)

    def undo(self, person: str = "ada") -> str:
        return self.write(lambda db: journal.undo(db, person)).summary


@pytest.fixture
def desk(workspace: Workspace) -> Desk:
    return Desk(workspace)


@pytest.fixture
def five(desk: Desk) -> tuple[int, ...]:
    return desk.put(*(draft(number) for number in range(1, 6)))
