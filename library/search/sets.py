"""Sets of paper ids, as SQLite selects them and numpy combines them."""

import json
import sqlite3
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from library.search.compile import Sql

Ids = npt.NDArray[np.int64]
_TO_ID: Final = "SELECT value FROM json_each(?)"


def ids_array(db: sqlite3.Connection, sql: str, values: Sequence[str | int]) -> Ids:
    """The `id` column of a SELECT. As one text, not as rows: SQLite makes it without holding up other threads."""
    listed = db.execute(f"SELECT group_concat(id) FROM ({sql})", tuple(values)).fetchone()[0]
    return np.fromstring(listed, dtype=np.int64, sep=",") if listed else np.empty(0, np.int64)


def selected(db: sqlite3.Connection, conditions: Sequence[tuple[bool, Sql]]) -> Ids:
    """Ids that meet all of `conditions`, ascending. Where all only exclude, ids that no paper has are among them."""
    top = int(db.execute("SELECT coalesce(max(id), 0) FROM paper").fetchone()[0])
    allowed = np.ones(top + 1, dtype=bool)
    for wanted, (sql, values) in conditions:
        found = ids_array(db, sql, values)
        some = np.zeros(top + 1, dtype=bool)
        some[found[found <= top]] = True
        allowed &= some if wanted else ~some
    return np.flatnonzero(allowed).astype(np.int64)


def one_of(column: str, ids: Ids) -> tuple[str, str]:
    """A condition that the id in `column` is one of `ids`, and its parameter.

    The unary plus has SQLite go through what it reads anyway and look each id up, not the other way round.
    """
    return f"+{column} IN ({_TO_ID})", json.dumps(ids.tolist())
