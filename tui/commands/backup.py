"""`labtop backup` and `labtop restore`."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from library.backup.archive import SUFFIX, read_manifest
from library.backup.make import Backup, list_backups, make_backup
from library.backup.restore import restore as put_back
from library.errors import ReadOnly, UsageError
from library.paths import WorkspacePaths
from library.text import counted
from planner.workspace import MIGRATIONS, os_user
from tui.commands.asking import confirm, human_bytes
from tui.options import Options, pass_options
from tui.output import ProgressLine, print_json, print_list


@click.command()
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="A new file, or a folder.")
@click.option("--list", "listing", is_flag=True, help="Show the backups that are kept under backups/.")
@pass_options
def backup(options: Options, output: Path | None, listing: bool) -> None:
    """Copy the whole workspace into one file, while others may go on working.

    It holds the database (papers, notes, vectors, journal), the settings and the added documents, is readable by its
    owner alone, and is checked before it counts.
    """
    paths = options.paths()
    if listing and output is not None:
        raise UsageError("--list makes no backup.", mend="Leave -o out, or --list.")
    if listing:
        _show_list(options, list_backups(paths))
        return
    with ProgressLine() as progress:
        made = make_backup(paths, output, report=progress)
    if options.json:
        print_json(_record(made))
    else:
        click.echo(f"{made.path}  {human_bytes(made.bytes)} · {_held(made.papers or 0, made.notes or 0)}")


@click.command()
@click.argument("file")
@click.option("--yes", is_flag=True, help="Do not ask before replacing the present workspace.")
@pass_options
def restore(options: Options, file: str, yes: bool) -> None:
    """Go back to a backup: FILE, or the name of one that `labtop backup --list` shows.

    It is checked first. The present state is set aside as a backup of its own, and what was purged stays purged.
    """
    if options.read_only:
        raise ReadOnly("A restore changes the workspace.", mend="Run it again without --read-only.")
    paths = options.paths()
    path = _find(paths, file)
    manifest = read_manifest(path)
    if paths.database.exists():
        confirm(
            f"Replace the workspace in {paths.home} by the backup of {manifest.made_at} ({manifest.papers:,} papers)? "
            "The present state is set aside.",
            yes=yes,
        )
    with ProgressLine() as progress:
        done = put_back(
            paths, path.absolute(), person=options.person or os_user(), migrations=MIGRATIONS, report=progress
        )
    if options.json:
        found: dict[str, Any] = {"id": path.name, "path": str(path.absolute()), "made_at": manifest.made_at}
        print_json({**found, "papers": manifest.papers, "set_aside": _text(done.set_aside), "kept_out": done.kept_out})
        return
    click.echo(f"Restored the backup of {manifest.made_at}: {_held(manifest.papers, manifest.notes)}.")
    if done.kept_out:
        click.echo(f"{done.kept_out} of them had been purged since and stayed out.")
    if done.set_aside:
        click.echo(f"The state before is in {done.set_aside}.")


def _find(paths: WorkspacePaths, text: str) -> Path:
    path = Path(text)
    if path.exists():
        return path
    kept = paths.backups / path.name
    return next((each for each in (kept, kept.with_name(kept.name + SUFFIX)) if each.exists()), path)


def _show_list(options: Options, found: tuple[Backup, ...]) -> None:
    if options.json:
        print_list([_record(each) for each in found])
        return
    if not found:
        click.echo("There are no backups yet. Make one with labtop backup.")
    for each in found:
        what = each.problem or f"{each.papers:>7,} papers  {each.notes:>5,} notes  {each.why}"
        click.echo(f"{each.made_at or '—':<20}  {human_bytes(each.bytes):>8}  {what}  {each.path.name}")


def _record(made: Backup) -> dict[str, Any]:
    return {"id": made.path.name, **asdict(made), "path": str(made.path), "problem": made.problem or None}


def _text(path: Path | None) -> str | None:
    return str(path) if path else None


def _held(papers: int, notes: int) -> str:
    return f"{counted(papers, 'paper')} · {counted(notes, 'note')}"
