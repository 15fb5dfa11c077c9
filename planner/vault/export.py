"""Papers and hypotheses into a vault: made where they are missing, renewed where they are, never taken away."""

import sqlite3
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from library.exporting.choosing import Chosen
from library.exporting.keys import unique_keys
from library.exporting.reading import items
from library.exporting.vault.folder import Folder, Left, open_folder
from library.jobs import CancelToken, ReportProgress
from library.workspace import Workspace
from planner.hypotheses.queries import hypotheses
from planner.vault.hypothesis_note import hypothesis_id, hypothesis_note
from planner.vault.paper_note import paper_id, paper_mark, paper_note


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
    for item in items(workspace, chosen.ids, progress=progress, cancel=cancel):
        if folder.name_of(paper_id(item.paper.key)) is None:
            continue  # it came in since
        note = read(
            lambda db, item=item: paper_note(db, item, workspace.person, folder.name_of, demo=workspace.demo)  # type: ignore[misc]
        ).result()
        states[folder.write(note)] += 1
        papers += 1
    for row in rows:
        note = read(lambda db, row=row: hypothesis_note(db, row, folder.name_of, demo=workspace.demo)).result()  # type: ignore[misc]
        states[folder.write(note)] += 1
    counts = (states["created"], states["updated"], states["unchanged"])
    return VaultReport(papers, len(rows), *counts, tuple(folder.left), str(root.absolute()), workspace.demo)


def _plan_papers(db: sqlite3.Connection, chosen: Chosen, folder: Folder) -> None:
    """Names first, so that notes can link to ones that come later."""
    keys = unique_keys(db)
    wanted = frozenset(chosen.ids)
    for row in db.execute("SELECT id, key, title FROM paper ORDER BY id"):
        if row["id"] in wanted:
            folder.plan(paper_id(row["key"]), row["title"] or "(no title)", paper_mark(row["key"], keys[row["id"]]))
