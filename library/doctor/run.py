"""All looks in their order."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial

from library.db.store import connect_reader
from library.doctor import files, machine, services, terminal, workspace
from library.doctor.model import Finding, looked
from library.enrichment.model import TITLES
from library.enrichment.services import those_on
from library.errors import LabtopError
from library.paths import WorkspacePaths
from library.settings import Settings, load_settings
from library.workspace import MIGRATIONS


def examine(
    paths: WorkspacePaths, *, deep: bool = False, read_only: bool = False, migrations: Sequence[str] = MIGRATIONS
) -> Iterator[Finding]:
    """Look at machine, terminal and workspace, one finding after the other; some take a second.

    `deep` also imports torch and reads every word of the search index. Changes nothing.
    """
    settings = _settings(paths)
    looks: list[tuple[str, str, Callable[[], Finding]]] = [
        (machine.GROUP, "Python", machine.python),
        (machine.GROUP, "SQLite", machine.sqlite),
        (machine.GROUP, "FAISS", machine.faiss),
        (machine.GROUP, "ONNX Runtime", machine.onnx_runtime),
        (machine.GROUP, "OpenVINO", machine.openvino),
        (machine.GROUP, "torch", partial(machine.torch, deep=deep)),
        (machine.GROUP, "GPU", machine.gpu),
        (machine.GROUP, "model", partial(machine.model, settings)),
        (terminal.GROUP, "size", terminal.size),
        (terminal.GROUP, "colours", terminal.colours),
        (terminal.GROUP, "text", terminal.text),
        (terminal.GROUP, "editor", terminal.editor),
        (terminal.GROUP, "clipboard", terminal.clipboard),
    ]
    if not paths.database.exists():
        yield from (looked(*look) for look in looks)
        yield Finding(workspace.GROUP, "workspace", "unknown", f"there is none in {paths.home}", "labtop init")
        return
    demo = _is_demo(paths)
    looks += [
        (workspace.GROUP, "settings", partial(workspace.settings, paths)),
        (workspace.GROUP, "database", partial(workspace.integrity, paths)),
        (workspace.GROUP, "schema", partial(workspace.schema, paths, migrations)),
        (workspace.GROUP, "word index", partial(workspace.search_index, paths, deep=deep, read_only=read_only)),
        (workspace.GROUP, "vectors", partial(workspace.vectors, paths, settings)),
        (workspace.GROUP, "documents", partial(files.documents, paths)),
        (workspace.GROUP, "quarantine", partial(workspace.quarantine, paths)),
        (workspace.GROUP, "privacy", partial(workspace.modes, paths)),
        (workspace.GROUP, "disk", partial(workspace.space, paths)),
        (workspace.GROUP, "backups", partial(workspace.backups, paths, demo=demo)),
        (workspace.GROUP, "arXiv", partial(workspace.contact, settings, demo=demo)),
        (workspace.GROUP, "requests", workspace.cooldown),
        *(
            (workspace.GROUP, TITLES[source], partial(services.service, paths, settings, source))
            for source in those_on(settings.enrichment)
        ),
    ]
    unreadable = ""
    for look in looks:
        finding = looked(*look)
        if finding.name == "database" and finding.state == "bad":
            unreadable = finding.text
            finding = replace(finding, mend="labtop restore with your last backup (labtop backup --list).")
        elif unreadable and finding.text == unreadable:  # said once is enough
            finding = replace(finding, state="unknown", text="cannot be told: see database", mend="")
        yield finding


def _settings(paths: WorkspacePaths) -> Settings:
    """The settings, or the defaults where they are broken: that has a finding of its own."""
    try:
        return load_settings(paths.settings)
    except LabtopError:
        return Settings()


def _is_demo(paths: WorkspacePaths) -> bool:
    try:
        with closing(connect_reader(paths.database)) as db:
            return db.execute("SELECT 1 FROM workspace WHERE key = 'demo'").fetchone() is not None
    except (LabtopError, sqlite3.Error):
        return False
