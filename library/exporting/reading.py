"""Papers read for an export, a page at a time: memory does not grow with their number."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from library.exporting.keys import unique_keys
from library.exporting.model import Item
from library.jobs import CancelToken, Pace, ReportProgress
from library.papers import queries
from library.workspace import Workspace

_PAGE: Final = 200  # papers held at a time


def items(
    workspace: Workspace,
    ids: Sequence[int],
    *,
    facts: Mapping[int, Mapping[str, Any]] | None = None,
    whole: bool = False,
    own: bool = False,
    progress: ReportProgress | None = None,
    cancel: CancelToken | None = None,
) -> Iterator[Item]:
    """`ids` in their order, without those that went meanwhile. `whole`, `own`: see `Format` and `own_of`.

    Raises Cancelled, WorkspaceDamaged.
    """
    read = workspace.store.read
    keys = read(unique_keys).result()
    pace = Pace("exporting", len(ids), progress)
    for start in range(0, len(ids), _PAGE):
        if cancel is not None:
            cancel.check()
        page = [paper_id for paper_id in ids[start : start + _PAGE] if paper_id in keys]  # else it came in since
        for paper in read(lambda db, page=page: queries.papers(db, page, workspace.person)).result():  # type: ignore[misc]
            item = Item(paper, keys[paper.id], (facts or {}).get(paper.id, {}))
            if whole:  # one by one: full texts are long
                more = read(lambda db, item=item: _whole(db, item, workspace.person, own=own)).result()  # type: ignore[misc]
                item = replace(item, whole=more)
            yield item
        pace.at(start + len(page))
    pace.at(len(ids), final=True)


def _whole(db: sqlite3.Connection, item: Item, person: str, *, own: bool) -> dict[str, Any]:
    paper = item.paper
    value: dict[str, Any] = {}
    if any(version.number != paper.version for version in paper.versions):
        texts = {
            row["version"]: {"title": row["title"], "abstract": row["abstract"]}
            for row in db.execute(
                "SELECT version, title, abstract FROM paper_version WHERE paper_id = ? AND text_hash IS NOT NULL",
                (paper.id,),
            )
        }
        if texts:
            value["versions"] = [
                {"version": one.number, "submitted_at": one.submitted_at, **texts.get(one.number, {})}
                for one in paper.versions
            ]
    if paper.has_body and paper.full_text is None:  # else it belongs to a file, which stays here
        row = db.execute("SELECT body FROM paper WHERE id = ?", (paper.id,)).fetchone()
        value["body"] = row[0] if row else ""
    if own and (mine := own_of(db, item, person)):
        value["own"] = mine
    return value


def own_of(db: sqlite3.Connection, item: Item, person: str) -> dict[str, Any]:
    """What people hung on a paper: the decision of whoever exports, and all notes with who wrote them."""
    paper = item.paper
    value: dict[str, Any] = {}
    if paper.decision:
        row = db.execute("SELECT bulk FROM decision WHERE person = ? AND paper_id = ?", (person, paper.id)).fetchone()
        value["decision"] = paper.decision
        value["bulk"] = bool(row and row[0])
    if paper.notes:
        value["notes"] = [
            {name: getattr(note, name) for name in ("person", "body", "version", "created_at", "updated_at")}
            for note in paper.notes
        ]
    return value
