"""`labtop doctor`: what works, and how to mend the rest."""

from dataclasses import asdict

import click

from library.doctor import Finding, examine
from library.doctor.mend import mend
from library.errors import ReadOnly
from planner.workspace import MIGRATIONS
from tui.options import Options, pass_options
from tui.output import print_list

SIGNS = {"good": "●", "watch": "▲", "bad": "✗", "unknown": "?"}


@click.command()
@click.option("--deep", is_flag=True, help="Also import torch, and read every word of the search index (slower).")
@click.option("--mend", "mending", is_flag=True, help="Mend what can be: file modes, schema, word index.")
@pass_options
def doctor(options: Options, deep: bool, mending: bool) -> None:
    """Look at this machine, this terminal and the workspace: ● works, ▲ watch, ✗ bad, ? unknown.

    Changes nothing unless asked to --mend. Ends with 1 where something is bad.
    """
    if mending:
        if options.read_only:
            raise ReadOnly("Mending changes the workspace.", mend="Run it again without --read-only.")
        for line in mend(
            options.paths(), tuple(examine(options.paths(), deep=deep, migrations=MIGRATIONS)), MIGRATIONS
        ):
            click.echo(f"Mended: {line}.", err=True)
    found: list[Finding] = []
    for finding in examine(options.paths(), deep=deep, read_only=options.read_only, migrations=MIGRATIONS):
        if not options.json:
            _print(finding, heading=not found or found[-1].group != finding.group)
        found.append(finding)
    bad = sum(finding.state == "bad" for finding in found)
    watch = sum(finding.state == "watch" for finding in found)
    if options.json:
        print_list([{"id": f"{each.group}.{each.name}", **asdict(each)} for each in found], bad=bad, watch=watch)
    else:
        click.echo(f"\n{f'{bad} bad' if bad else 'Nothing is bad'}{f', {watch} to watch' if watch else ''}.")
    click.get_current_context().exit(1 if bad else 0)


def _print(finding: Finding, *, heading: bool) -> None:
    if heading:
        click.echo(f"\n{finding.group.capitalize()}")
    click.echo(f"  {SIGNS[finding.state]} {finding.name:<13} {finding.text}")
    if finding.mend:
        click.echo(f"    {'':<13} → {finding.mend}")
