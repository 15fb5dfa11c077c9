"""Papers, interests and decisions to rank by."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from library.clock import stamped
from library.interests import add_topic
from library.papers.ingest import add_drafts
from library.papers.model import Announcement, Author, PaperDraft
from library.workspace import Workspace

AT = "2026-04-14T06:00:00Z"
SUBJECTS = {
    "retrieval": "Dense retrieval finds passages. A retriever ranks passages for a question by late interaction.",
    "pruning": "Pruning removes weights of a network. Sparse networks are small and fast on phones.",
    "agents": "Agents use tools in turns. Long tasks need plans and memory of tools that were used.",
    "vision": "Images of streets are segmented. A camera sees cars and people in the rain.",
}
NAMES = tuple(SUBJECTS)


def papers(count: int, *, day: str = "2026-04-10", first: int = 0) -> list[PaperDraft]:
    """Papers of one day, their subjects by turns: 2604.00000 is on retrieval, 2604.00001 on pruning …"""
    return [
        PaperDraft(
            key=f"2604.{number:05}",
            kind="arxiv",
            source="test",
            title=f"On {NAMES[number % 4]}, part {number}",
            abstract=f"We study case {number} of {NAMES[number % 4]}. {SUBJECTS[NAMES[number % 4]]}",
            authors=(Author(f"Ada Writer{number % 7}", f"Writer{number % 7}", "Ada"),),
            categories=("cs.IR",) if number % 4 != 3 else ("cs.CV",),
            version=1,
            first_listed=day,
            announcements=(Announcement("cs.IR", "new", day),),
        )
        for number in range(first, first + count)
    ]


def put(workspace: Workspace, drafts: Sequence[PaperDraft]) -> tuple[int, ...]:
    """Add papers; returns their ids."""
    return workspace.store.write(lambda db: add_drafts(db, drafts, at=AT)).result().added


def stand_still(workspace: Workspace, day: str = "2026-04-13") -> None:
    """The workspace's day."""
    sql = (
        "INSERT INTO workspace (key, value) VALUES ('as_of', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
    )
    workspace.store.write(lambda db: db.execute(sql, (day,))).result()


def look_for(workspace: Workspace, *texts: str, person: str = "ada") -> None:
    """Topics."""
    for text in texts:
        workspace.store.write(partial(add_topic, person=person, text=text)).result()


def decide(
    workspace: Workspace,
    ids: Sequence[int],
    decision: str,
    *,
    person: str = "ada",
    at: str = "2026-04-12T08:00:00Z",
    **more: Any,
) -> None:
    """Decisions as triage makes them."""
    from library.triage.deciding import decide as decided

    with stamped(at):
        workspace.store.write(lambda db: _stamped(at, decided, db, person, ids, decision, **more)).result()


def _stamped(at: str, function: Any, *arguments: Any, **more: Any) -> Any:
    """On the writer's thread, which has a clock of its own."""
    with stamped(at):
        return function(*arguments, **more)


def rows(workspace: Workspace, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """What a query finds."""
    return [tuple(row) for row in workspace.store.read(lambda db: db.execute(sql, values).fetchall()).result()]
