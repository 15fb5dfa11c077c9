"""What is derived from rows that people change, kept up in the transaction that changes them."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any

Row = dict[str, Any]
RowChange = tuple[str, Row, Row | None, Row | None]  # table, key, before, after
KeepUp = Callable[[sqlite3.Connection, Iterable[RowChange]], None]

_FOLLOWERS: list[tuple[frozenset[str], KeepUp]] = []


def follow(tables: Iterable[str], keep_up: KeepUp) -> None:
    """Let `keep_up(connection, changes)` know of the rows of `tables` that an action, or an undo, has changed."""
    _FOLLOWERS.append((frozenset(tables), keep_up))


def tell_followers(connection: sqlite3.Connection, changes: Sequence[RowChange]) -> None:
    """Tell everybody who follows of what has changed in their tables."""
    for tables, keep_up in _FOLLOWERS:
        touched = [change for change in changes if change[0] in tables]
        if touched:
            keep_up(connection, touched)
