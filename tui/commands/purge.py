"""`labtop purge`: the one way out, and the tombstones it leaves."""

import json
from dataclasses import asdict
from typing import Any

import click

from library.errors import PartlyDone, UsageError
from library.papers.queries import find_ids, rows
from library.purge.content import Tombstone, read_tombstones
from library.purge.run import Purged, finish
from library.purge.run import purge as remove
from library.text import counted
from library.workspace import Workspace
from tui.commands.asking import confirm
from tui.options import Options, pass_options
from tui.output import ProgressLine, print_json, print_list


@click.command()
@click.argument("papers", nargs=-1, metavar="PAPER…")
@click.option("--reason", default="", help="Why, for those who miss the paper later.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--list", "listing", is_flag=True, help="Show what was purged: who, when and why, not what.")
@click.option("--finish", "finishing", is_flag=True, help="Do what an earlier purge could not.")
@pass_options
def purge(options: Options, papers: tuple[str, ...], reason: str, yes: bool, listing: bool, finishing: bool) -> None:
    """Remove papers and all that was written about them for good, from the workspace and its own backups.

    Journal entries stay without their content, and a tombstone says who, when and why. A purged paper stays out when
    it is imported again or an older backup is restored. There is no undo.
    """
    if listing + finishing + bool(papers) > 1:
        raise UsageError("--list and --finish stand alone.", mend="Name papers, or give one of them.")
    with options.open(create=False) as workspace:
        if listing:
            _show_list(options, workspace)
            return
        if finishing:
            with ProgressLine() as progress:
                _report(options, finish(workspace, report=progress))
            return
        if not papers:
            raise UsageError("No paper is named.", mend="labtop purge 2501.01234 --reason “…”")
        if not reason.strip():
            raise UsageError("A purge needs a reason, for those who miss the paper later.", mend="Use --reason “…”.")
        named = workspace.store.read(lambda db: rows(db, find_ids(db, papers), workspace.person)).result()
        for row in named:
            click.echo(f"  {row.key}  {row.title}", err=True)
        count = "this paper" if len(named) == 1 else f"these {len(named)} papers"
        confirm(f"Remove {count} for good, with all notes, from the workspace and its backups?", yes=yes)
        with ProgressLine() as progress:
            done = remove(workspace, papers, reason, report=progress)
        _report(options, done)


def _report(options: Options, done: Purged) -> None:
    if options.json:
        print_json(done)
    elif done.papers:
        what = ", ".join(f"{count:,} {table}" for table, count in sorted(done.rows.items()) if table != "paper")
        click.echo(f"Purged {counted(done.papers, 'paper')}{f' ({what})' if what else ''}.")
        if done.backups:
            click.echo(f"{done.backups} backup{' was' if done.backups == 1 else 's were'} written anew.")
        click.echo("Backups and exports that you put elsewhere still hold it.")
    elif not done.left_out:
        click.echo("Nothing is left of what was purged.")
    if done.left_out:
        raise PartlyDone("Some traces could not be removed yet.", left_out=done.left_out)


def _show_list(options: Options, workspace: Workspace) -> None:
    stones = workspace.store.read(read_tombstones).result()
    purged = [stone for stone in stones if "also known as" not in stone.removed]
    if options.json:
        print_list([_record(stone) for stone in purged])
        return
    if not purged:
        click.echo("Nothing was ever purged.")
    for stone in purged:
        click.echo(f"{stone.at}  {stone.person:<12} {stone.subject[:12]}…  {stone.reason}")


def _record(stone: Tombstone) -> dict[str, Any]:
    """`id`: the hash of the key that was purged, by which it is kept out."""
    found = asdict(stone)
    return {"id": found.pop("subject"), **found, "removed": json.loads(stone.removed)}
