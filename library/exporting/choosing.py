"""Which papers are exported: named ones, those that a search finds, a saved search, a person's reading queue."""

import sqlite3
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from library.errors import NotFound
from library.papers import queries
from library.workspace import Workspace

QUEUE_COLUMNS: Final[tuple[str, ...]] = (
    "state",
    "position",
    "due",
    "progress",
    "queued_at",
    "started_at",
    "finished_at",
)
_QUEUE = (
    "SELECT q.paper_id, q.state, q.due, q.progress, q.added_at AS queued_at, q.started_at, q.finished_at"
    " FROM queue_entry q WHERE q.person = ? ORDER BY"
    " CASE q.state WHEN 'reading' THEN 0 WHEN 'queued' THEN 1 WHEN 'read' THEN 2 ELSE 3 END, q.position, q.paper_id"
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Paper ids in the order in which they are written, what a list says of each, and what is to be told."""

    ids: Sequence[int]
    facts: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    title: str = "Papers"


def everything(workspace: Workspace, *, as_added: bool = False) -> Chosen:
    """All papers, newest first. `as_added`: as they came in, so that another workspace gives them the same keys."""
    ids = workspace.store.read(queries.ids_newest_first).result()
    return Chosen(array("q", sorted(ids)) if as_added else ids)


def named(workspace: Workspace, texts: Sequence[str]) -> Chosen:
    """The papers that `texts` name, in their order, each once. Raises NotFound for the first that is not there."""
    ids = workspace.store.read(lambda db: queries.find_ids(db, texts)).result()
    return Chosen(tuple(dict.fromkeys(ids)))


def found(workspace: Workspace, query: str, *, within: Sequence[int] | None = None) -> Chosen:
    """What `query` finds by words, newest first; of `within` those that it finds, in the order of `within`.

    Raises QueryError, NotFound where that is nothing.
    """
    from library.search.run import MAX_LISTED, search

    result = search(
        workspace.store,
        query,
        meaning=None,
        person=workspace.person,
        today=workspace.clock.today(),
        mode="keyword",
        sort="date",
        limit=MAX_LISTED,
    )
    ids = array("q", (hit.paper_id for hit in result.hits))
    notices = result.notices
    if result.total > len(ids):
        notices = (*notices, f"Only the first {len(ids):,} of {result.total:,} papers are written.")
    if within is not None:
        wanted = frozenset(ids)
        ids = array("q", (paper_id for paper_id in within if paper_id in wanted))
    if not ids:
        raise NotFound(f"No paper here matches {query!r}, so nothing was written.")
    return Chosen(ids, notices=notices)


def saved(workspace: Workspace, name: str) -> str:
    """The query of one of the person's saved searches. Raises NotFound."""
    from library.search.saved import find

    person, today = workspace.person, workspace.clock.today()
    return workspace.store.read(lambda db: find(db, person, name, today=today)).result().query


def queue(workspace: Workspace, states: Sequence[str] = ("reading", "queued")) -> Chosen:
    """The person's reading queue: what they read, then what waits in its order. Other `states`: read, dropped.

    Raises NotFound where nothing is in these states.
    """

    facts = _queue_facts(workspace, states)
    if not facts:
        mend = "Put a paper on it with labtop keep or labtop queue add."
        raise NotFound("There is nothing on your reading queue to export.", mend=mend)
    return Chosen(tuple(facts), facts, QUEUE_COLUMNS, title=_queue_title(workspace))


def of_queue(workspace: Workspace, ids: Sequence[int]) -> Chosen:
    """`ids` in their order, with what the person's reading queue says of each."""
    facts = _queue_facts(workspace, ("reading", "queued", "read", "dropped"))
    return Chosen(
        ids, {each: facts[each] for each in ids if each in facts}, QUEUE_COLUMNS, title=_queue_title(workspace)
    )


def _queue_title(workspace: Workspace) -> str:
    return f"Reading queue of {workspace.person}"


def _queue_facts(workspace: Workspace, states: Sequence[str]) -> dict[int, Mapping[str, Any]]:
    """Paper id → what the queue says of it, in its order; `position` counts from 1."""

    def rows(db: sqlite3.Connection) -> list[dict[str, Any]]:
        return [dict(row) for row in db.execute(_QUEUE, (workspace.person,)) if row["state"] in states]

    return {
        entry["paper_id"]: {"position": place, **{name: entry[name] for name in QUEUE_COLUMNS if name in entry}}
        for place, entry in enumerate(workspace.store.read(rows).result(), 1)
    }
