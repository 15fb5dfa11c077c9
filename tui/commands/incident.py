"""`labtop incident`: what went wrong, which verdicts it throws doubt on, and what was learned."""

from collections.abc import Mapping
from typing import Any

import click

from library.records import store
from library.records.kind import Values
from planner.decisions import incidents
from planner.decisions.kind import INCIDENT
from planner.decisions.model import IncidentRow
from tui.commands.records import Writing, add_writing_verbs
from tui.options import Options, common_options, pass_options
from tui.output import print_change, print_json, print_list
from tui.plain import hung


@click.group(invoke_without_command=True)
@common_options
@click.pass_context
def incident(ctx: click.Context) -> None:
    """Incidents and postmortems: trigger, timeline, affected verdicts and runs, cause, learnings, follow-ups."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


def _record(db: Any, number: int) -> Mapping[str, Any]:
    return incidents.incident_detail_record(*incidents.incident(db, number))


add_writing_verbs(incident, Writing(INCIDENT, incidents.add, incidents.revise, _record, notes=incidents.notes))


@incident.command("list")
@click.option("--open", "only_open", is_flag=True, help="Only those that are not closed.")
@pass_options
def list_(options: Options, only_open: bool) -> None:
    """Incidents, open ones first, with the verdicts that carry a warning because of them."""
    with options.open(create=False) as workspace:
        found = [
            row for row in workspace.store.read(incidents.incidents).result() if not only_open or row.state == "open"
        ]
    if options.json:
        print_list([incidents.incident_record(row) for row in found])
        return
    for row in found:
        click.echo(_line(row))
    if not found:
        click.echo("No incident is open." if only_open else "No incident is recorded.")


def _line(row: IncidentRow) -> str:
    """ "I-2  ✗ open  2026-11-20  title", and what it affects and lacks below."""
    sign = "✗" if row.state == "open" else "●"
    lines = hung(f"I-{row.id:<4} {sign} {row.state:<6} {row.happened_on}  ", row.title)
    named = [f"V-{each}" for each in row.verdicts] + [f"E-{each}" for each in row.experiments]
    if named or row.runs:
        lines += hung("       affects ", ", ".join([*named, *row.runs]))
    if row.follow_ups:
        lines += hung("       followed by ", ", ".join(f"E-{each}" for each in row.follow_ups))
    if row.missing:
        lines.append(f"       to close it: {' and '.join(row.missing)}")
    return "\n".join(lines)


@incident.command()
@click.argument("name", metavar="INCIDENT")
@pass_options
def show(options: Options, name: str) -> None:
    """One incident as a page of Markdown."""
    with options.open(create=False) as workspace:

        def read(db: Any) -> tuple[tuple[IncidentRow, Values], str]:
            number = store.find(db, INCIDENT, name)
            return incidents.incident(db, number), incidents.postmortem(db, number)

        found, page = workspace.store.read(read).result()
    if options.json:
        print_json(incidents.incident_detail_record(*found))
    else:
        click.echo(page, nl=False)


@incident.command()
@click.argument("name", metavar="INCIDENT")
@click.option("--cause", metavar="TEXT", help="Why it could happen.")
@click.option("--learnings", metavar="TEXT", help="What we do otherwise from now on.")
@pass_options
def close(options: Options, name: str, cause: str | None, learnings: str | None) -> None:
    """Close INCIDENT, once its cause and what was learned are written."""
    with options.open(create=False) as workspace:
        change = workspace.store.write(
            lambda db: incidents.close(
                db, workspace.person, store.find(db, INCIDENT, name), cause=cause, learnings=learnings
            )
        ).result()
    print_change(change, json_wanted=options.json)
