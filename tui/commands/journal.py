"""`labtop journal` and `labtop undo`: who did what, and taking back one's own."""

from dataclasses import asdict
from typing import Any

import click

from library.db import journal as actions
from tui.options import Options, pass_options
from tui.output import print_change, print_list


@click.command()
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="How many entries.")
@click.option("--mine", is_flag=True, help="Only your own.")
@pass_options
def journal(options: Options, limit: int, mine: bool) -> None:
    """Who did what, newest first."""
    with options.open(create=False) as workspace:
        person = workspace.person if mine else None
        found = workspace.store.read(lambda db: actions.entries(db, person=person, limit=limit)).result()
        total = workspace.store.read(lambda db: actions.count(db, person=person)).result()
    if options.json:
        print_list([_record(entry) for entry in found], total=total)
        return
    if not found:
        click.echo("Nobody has done anything yet.")
    for entry in found:
        mark = "  (undone)" if entry.undone_by else ""
        click.echo(f"{entry.id:>5}  {entry.at}  {entry.person:<12} {entry.summary}{mark}")


@click.command()
@click.argument("number", type=int, required=False)
@pass_options
def undo(options: Options, number: int | None) -> None:
    """Undo your own last action, or the one of yours that labtop journal lists under NUMBER.

    A colleague's actions are never touched. Undoing an undo does the thing again.
    """
    with options.open(create=False) as workspace:
        change = workspace.store.write(lambda db: actions.undo(db, workspace.person, number)).result()
    print_change(change, json_wanted=options.json)


def _record(entry: actions.JournalEntry) -> dict[str, Any]:
    """`changes` as objects: rows of the database as they stood before and after."""
    changes = [
        {"table": table, "key": key, "before": before, "after": after} for table, key, before, after in entry.changes
    ]
    return {**asdict(entry), "changes": changes}
