"""`labtop export … --format vault`: a folder of notes for Obsidian."""

from dataclasses import asdict
from pathlib import Path

import click

from library.errors import PartlyDone, UsageError
from library.exporting.choosing import Chosen
from library.text import counted
from planner.workspace import Workspace
from tui.options import Options
from tui.output import ProgressLine, print_json


def write_vault(options: Options, workspace: Workspace, chosen: Chosen, folder: Path | None, *, renew: bool) -> None:
    """Write it and tell what became of it. Raises UsageError without a folder, PartlyDone for notes that were left."""
    from planner.vault.export import export_vault

    if folder is None:
        raise UsageError("A vault is a folder of notes.", mend="Name it: -o FOLDER.")
    with ProgressLine() as progress:
        report = export_vault(workspace, chosen, folder, renew=renew, progress=progress)
    if options.json:
        print_json({**asdict(report), "format": "vault"})
    else:
        demo = " (DEMO)" if report.demo else ""
        what = f"{counted(report.papers, 'paper')}, {report.hypotheses:,} hypotheses"
        news = f"{counted(report.created, 'note')} new, {report.updated:,} renewed, {report.unchanged:,} as they were"
        click.echo(f"{report.folder}: {what}: {news}{demo}")
    if report.left:
        mend = "" if renew else "Move your words out of labtop's part, or renew it with --renew (the old text is kept)."
        lines = tuple(f"{left.file}: {left.reason}" for left in report.left)
        raise PartlyDone("Some notes need a look.", left_out=lines, mend=mend)
