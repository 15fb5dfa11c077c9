"""The one composition root, shared by the dashboard, the command line and the tests."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import library.workspace
import planner.migrations
from library.db.journal import guard_undo, undoable
from library.db.migrations import names_in
from library.paths import WorkspacePaths, default_home
from library.purge.quotes import quoting
from library.workspace import Workspace, os_user
from library.workspace import open_workspace as open_library

__all__ = ["MIGRATIONS", "Workspace", "open_workspace", "os_user", "workspace_paths"]

MIGRATIONS = (*library.workspace.MIGRATIONS, *names_in(planner.migrations))
TOPIC = "programme"  # of a Change that touches any of these tables
TABLES = (
    "hypothesis",
    "hypothesis_move",
    "belief",
    "evidence",
    "dataset",
    "experiment",
    "experiment_move",
    "preregistration",
    "obstacle",
    "result_batch",
    "result",
    "rating",
    "verdict",
    "roadmap",
    "roadmap_entry",
    "roadmap_lock",
    "week",
    "transfer",
    "decision_memo",
    "memo_version",
    "approval",
    "incident",
)
undoable(TOPIC, TABLES, parts={"experiment": ("score",)})
quoting("memo_version", ("markdown", "facts"))


def _refuse_restored(db: Any, changes: Iterable[Any]) -> None:
    from planner.decisions.restoring import refuse_restored  # only an undo needs all that it looks at

    refuse_restored(db, changes)


guard_undo(_refuse_restored)


def workspace_paths(home: Path | None = None) -> WorkspacePaths:
    """The files of the workspace in `home`, by default the user's own, whether it exists or not."""
    return WorkspacePaths((home or default_home()).expanduser().absolute())


def open_workspace(
    home: Path | None = None, *, person: str | None = None, read_only: bool = False, create: bool = True
) -> Workspace:
    """Open (or make) the workspace in `home`, by default the user's own. See library.workspace.open_workspace."""
    return open_library(
        workspace_paths(home),
        person=person,
        read_only=read_only,
        create=create,
        migrations=MIGRATIONS,
    )
