"""A lab with two papers, and short ways to what the tests need of it."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder, record, undo
from library.papers.ingest import add_drafts
from library.papers.model import PaperDraft
from library.workspace import Workspace
from planner.hypotheses import commands
from planner.hypotheses.verdicts import take_verdict

T = TypeVar("T")
STATEMENT = "Late interaction beats dense retrieval on long documents"
ABSTRACT = (
    "We compare late interaction with dense retrieval. Late interaction wins on long documents by 2.1 points. "
    "On short ones, nothing is gained (p = 0.4). The cost is an index that is ten times larger."
)
PAPER = PaperDraft(
    key="2501.00001", kind="arxiv", source="test", title="Late interaction pays", abstract=ABSTRACT, version=1
)
OTHER = PaperDraft(
    key="2501.00002", kind="arxiv", source="test", title="Dense is enough", abstract="Dense retrieval is enough for us."
)


@dataclass
class Lab:
    """The workspace of ada; kim is her colleague."""

    workspace: Workspace
    papers: dict[str, int] = field(default_factory=dict)

    def write(self, function: Callable[[sqlite3.Connection], T]) -> T:
        return self.workspace.store.write(function).result()

    def read(self, function: Callable[[sqlite3.Connection], T]) -> T:
        return self.workspace.store.read(function).result()

    def put(self, *drafts: PaperDraft) -> None:
        self.write(lambda db: add_drafts(db, list(drafts), at=stamp()))
        self.papers = dict(self.rows("SELECT key, id FROM paper"))

    def add(self, statement: str = STATEMENT, person: str = "ada", **raw: Any) -> int:
        return self.write(lambda db: commands.add(db, person, {"statement": statement, **raw}))[0]

    def testable(self, **raw: Any) -> int:
        return self.add(**{"metric": "nDCG@10", "delta": 0.5, "prior": 0.4, **raw})

    def active(self, **raw: Any) -> int:
        number = self.testable(**raw)
        self.move(number, "active")
        return number

    def edit(self, number: int, person: str = "ada", **raw: Any) -> Change:
        return self.write(lambda db: commands.edit(db, person, number, raw))

    def move(self, number: int, state: str, reason: str | None = "because", person: str = "ada") -> Change:
        return self.write(lambda db: commands.move(db, person, number, state, reason))

    def undo(self, person: str = "ada") -> Change:
        return self.write(lambda db: undo(db, person))

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        return self.read(lambda db: [tuple(row) for row in db.execute(sql, parameters).fetchall()])

    def one(self, sql: str, *parameters: Any) -> Any:
        (row,) = self.rows(sql, *parameters)
        return row[0] if len(row) == 1 else row

    def state(self, number: int) -> str:
        return str(self.one("SELECT state FROM hypothesis WHERE id = ?", number))

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row that a person's action may change, the journal apart."""
        tables = ("hypothesis", "hypothesis_move", "belief", "evidence", "interest", "verdict", "approval")
        return {table: self.rows(f'SELECT * FROM "{table}" ORDER BY id') for table in tables}

    def experiment(self, hypothesis_id: int | None, **columns: Any) -> int:
        values = {"title": "A test", "hypothesis_id": hypothesis_id, "created_by": "ada", **columns}
        values |= {"created_at": stamp(), "updated_at": stamp()}
        return self.insert("experiment", **values)

    def verdict(self, hypothesis_id: int | None, experiment_id: int, state: str, **columns: Any) -> int:
        """A stored verdict that the hypothesis has taken, in one action of ada's."""
        details: dict[str, Any] = {"power": columns.pop("power", 0.8), "alpha": columns.pop("alpha", 0.05)}
        details |= {"phase": columns.pop("phase", "offline"), "suspected": columns.pop("suspected", [])}
        plan: Any = self.insert(
            "preregistration",
            **{"experiment_id": experiment_id, "hash": "h", "plan": "{}", "cause": "asked", "exploratory": 0},
            **{"version": self.one("SELECT count(*) + 1 FROM preregistration"), "person": "ada", "at": stamp()},
        )
        blocked = columns.pop("blocked_by", ())
        values = {"experiment_id": experiment_id, "hypothesis_id": hypothesis_id, "preregistration_id": plan}
        values |= {"state": state, "exploratory": 0, "treatment": "new", "baseline": "old", "n": 5, "effect": 1.0}
        values |= {"low": 0.2, "high": 1.8, "method": "paired t", "summary": f"it is {state}"}
        values |= {"blocked_by": json.dumps(list(blocked)), "details": json.dumps(details), "results_hash": "r"}
        values |= {"person": "ada", "at": stamp(), **columns}

        def store(recorder: Recorder) -> int:
            number = recorder.insert("verdict", values)
            take_verdict(recorder, "ada", number)
            return number

        made = self.write(lambda db: record(db, person="ada", action="verdict", summary="judged", write=store))
        return made[0]

    def insert(self, table: str, **values: Any) -> int:
        names, marks = ", ".join(f'"{name}"' for name in values), ", ".join("?" * len(values))
        sql = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'
        return int(self.write(lambda db: db.execute(sql, tuple(values.values())).lastrowid) or 0)


@pytest.fixture
def lab(workspace: Workspace) -> Lab:
    found = Lab(workspace)
    found.put(PAPER, OTHER)
    return found
