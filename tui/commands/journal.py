"""`labtop journal` and `labtop undo`: who did what, and taking back one's own."""

import click

from library.db import journal as actions
from tui.options import Options, pass_options
from tui.output import print_json, print_list


@click.command()
@click.option("--limit", default=50, show_default=True, help="How many entries.")
@click.option("--mine", is_flag=True, help="Only your own.")
@pass_options
def journal(options: Options, limit: int, mine: bool) -> None:
    """Who did what, newest first."""
    with options.open(create=False) as workspace:
        person = workspace.person if mine else None
        found = workspace.store.read(lambda db: actions.entries(db, person=person, limit=limit)).result()
    if options.json:
        print_list(found)
        return
    if not found:
        click.echo("Nobody has done anything yet.")
    for entry in found:
        mark = "  (undone)" if entry.undone_by else ""
        click.echo(f"{entry.id:>5}  {entry.at}  {entry.person:<12} {entry.summary}{mark}")


@click.command()
@pass_options
def undo(options: Options) -> None:
    """Undo your own last action. A colleague's actions are never touched."""
    with options.open(create=False) as workspace:
        change = workspace.store.write(lambda db: actions.undo(db, workspace.person)).result()
    if options.json:
        print_json(change)
    else:
        click.echo(change.summary)
