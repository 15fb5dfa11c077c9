"""Reading the register."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from typing import Any

from library.errors import NotFound
from planner.register.kind import DATASET
from planner.register.model import Dataset, DatasetRow
from planner.register.problems import problems_of

_COLUMNS = tuple(field.name for field in fields(Dataset))


def datasets(db: sqlite3.Connection, today: date) -> tuple[DatasetRow, ...]:
    """The whole register, by number."""
    used = experiments_by_dataset(db)
    return tuple(
        _with(found, today, used) for found in map(_dataset, db.execute("SELECT * FROM dataset ORDER BY id").fetchall())
    )


def dataset(db: sqlite3.Connection, number: int, today: date) -> DatasetRow:
    """One entry. Raises NotFound."""
    return _with(entry(db, number), today, experiments_by_dataset(db))


def entry(db: sqlite3.Connection, number: int) -> Dataset:
    """One entry by itself. Raises NotFound."""
    row = db.execute("SELECT * FROM dataset WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise NotFound(f"There is no dataset {DATASET.label(number)}.", mend="labtop dataset list shows them.")
    return _dataset(row)


def earlier_owners(db: sqlite3.Connection, number: int) -> tuple[str, ...]:
    """Everybody who ever owned an entry, from the journal."""
    rows = db.execute(
        "SELECT changes FROM journal WHERE instr(changes, ?) ORDER BY id", (f'["dataset", {{"id": {number}}},',)
    ).fetchall()
    owners = [
        state["owner"]
        for row in rows
        for table, key, *states in json.loads(row["changes"])
        if table == "dataset" and key == {"id": number}
        for state in states
        if state and state.get("owner")
    ]
    return tuple(dict.fromkeys(owners))


def entries(db: sqlite3.Connection, numbers: Iterable[int]) -> tuple[Dataset, ...]:
    """Those of these numbers that are there, in the order given."""
    wanted = tuple(numbers)
    marks = ", ".join("?" * len(wanted))
    rows = {row["id"]: row for row in db.execute(f"SELECT * FROM dataset WHERE id IN ({marks})", wanted).fetchall()}
    return tuple(_dataset(rows[number]) for number in wanted if number in rows)


def every_entry(db: sqlite3.Connection) -> dict[int, Dataset]:
    """The register by number."""
    return {row["id"]: _dataset(row) for row in db.execute("SELECT * FROM dataset").fetchall()}


def experiments_by_dataset(db: sqlite3.Connection) -> dict[int, tuple[int, ...]]:
    """Numbers of the experiments whose plans name each dataset."""
    found: dict[int, list[int]] = {}
    for row in db.execute("SELECT id, datasets FROM experiment WHERE datasets IS NOT NULL ORDER BY id").fetchall():
        for number in json.loads(row["datasets"]):
            found.setdefault(number, []).append(row["id"])
    return {number: tuple(numbers) for number, numbers in found.items()}


def dataset_record(row: DatasetRow) -> dict[str, Any]:
    """An entry as scripts see it: missing is null."""
    found = row.dataset
    names = [name for name in _COLUMNS if name not in ("id", "version")]
    return {
        "id": found.label,
        "version": found.version or None,
        **{name: getattr(found, name) for name in names},
        "problems": list(row.problems),
        "experiments": [f"E-{number}" for number in row.experiments],
    }


def _dataset(row: sqlite3.Row) -> Dataset:
    return Dataset(**{name: row[name] for name in _COLUMNS})


def _with(found: Dataset, today: date, used: dict[int, tuple[int, ...]]) -> DatasetRow:
    return DatasetRow(found, problems_of(found, today), used.get(found.id, ()))
