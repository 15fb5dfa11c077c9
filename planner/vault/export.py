"""Papers and hypotheses into a vault: made where they are missing, renewed where they are, never taken away."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from library.exporting.choosing import Chosen
from library.exporting.keys import unique_keys
from library.exporting.model import Item
from library.exporting.reading import items
from library.exporting.vault.folder import Folder, Left, open_folder
from library.exporting.vault.note import Note
from library.jobs import CancelToken, ReportProgress
from library.workspace import Workspace
from planner.hypotheses.queries import hypotheses
from planner.vault.hypothesis_note import hypothesis_id, hypothesis_note
from planner.vault.paper_note import paper_id, paper_mark, paper_note

_TOGETHER: Final = 50


@dataclass(frozen=True, slots=True)
class VaultReport:
    """What was written where. `left`: notes that were not renewed, or whose old text was kept aside, and why."""

    papers: int
    hypotheses: int
    created: int
    updated: int
    unchanged: int
    left: tuple[Left, ...]
    folder: str
    demo: bool


def export_vault(
    workspace: Workspace,
    chosen: Chosen,
    root: Path,
    *,
    renew: bool = False,
    progress: ReportProgress | None = None,
    cancel: CancelToken | None = None,
) -> VaultReport:
    """Write a note a paper of `chosen`, and one for each hypothesis, into the folder `root`.

    A note that is there (under any name, known by its id) gets labtop's part renewed; what a person wrote around it
    stays. Where somebody edited labtop's part it is left, or with `renew` kept aside and written over. Notes of other
    papers stay. Raises UsageError (a file), LabtopError (not writable), Cancelled.
    """
    folder = open_folder(root, renew=renew)
    read = workspace.store.read
    rows = read(hypotheses).result()
    for row in sorted(rows, key=lambda row: row.id):
        folder.plan(hypothesis_id(row.id), f"H-{row.id} {row.statement}", "")
    read(lambda db: _plan_papers(db, chosen, folder)).result()
    states: Counter[str] = Counter()
    papers = 0
    for some in _together(items(workspace, chosen.ids, progress=progress, cancel=cancel)):
        for note in read(lambda db, some=some: _paper_notes(db, some, workspace, folder)).result():  # type: ignore[misc]
            states[folder.write(note)] += 1
            papers += 1
    for row in rows:
        note = read(lambda db, row=row: hypothesis_note(db, row, folder.name_of, demo=workspace.demo)).result()  # type: ignore[misc]
        states[folder.write(note)] += 1
    counts = (states["created"], states["updated"], states["unchanged"])
    return VaultReport(papers, len(rows), *counts, tuple(folder.left), str(root.absolute()), workspace.demo)


def _together(found: Iterator[Item]) -> Iterator[list[Item]]:
    """A few at a time, read in one go: asking the reading thread for each one costs as much as the answer."""
    while some := list(islice(found, _TOGETHER)):
        yield some


def _paper_notes(db: sqlite3.Connection, some: list[Item], workspace: Workspace, folder: Folder) -> list[Note]:
    return [
        paper_note(db, item, workspace.person, folder.name_of, demo=workspace.demo)
        for item in some
        if folder.name_of(paper_id(item.paper.key)) is not None  # else it came in since
    ]


def _plan_papers(db: sqlite3.Connection, chosen: Chosen, folder: Folder) -> None:
    """Names first, so that notes can link to ones that come later."""
    keys = unique_keys(db)
    wanted = frozenset(chosen.ids)
    for row in db.execute("SELECT id, key, title, doi FROM paper ORDER BY id"):
        if row["id"] in wanted:
            if row["doi"]:  # a reference that turned out to be an arXiv paper has another key since
                folder.adopt(paper_id(f"doi:{row['doi']}"), paper_id(row["key"]))
            folder.plan(paper_id(row["key"]), row["title"] or "(no title)", paper_mark(row["key"], keys[row["id"]]))
