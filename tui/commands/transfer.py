"""`labtop transfer`: the way of experiments to production, stage by stage, through gates."""

import click

from library.records import store
from planner.experiments.kind import EXPERIMENT
from planner.transfer import commands
from planner.transfer.queries import transfer as read_transfer
from planner.transfer.queries import transfer_detail_record, transfer_record, transfers
from tui.commands.records import changing
from tui.commands.transfer_text import page_lines, row_lines
from tui.options import Options, common_options, pass_options
from tui.output import print_json, print_list

_ID = click.argument("name", metavar="EXPERIMENT")
_change = changing(EXPERIMENT)


@click.group(invoke_without_command=True)
@common_options
@click.pass_context
def transfer(ctx: click.Context) -> None:
    """Transfer-ready experiments on their way: offline, shadow or canary, A/B test, launch."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@transfer.command("list")
@pass_options
def list_(options: Options) -> None:
    """Where each transfer-ready experiment stands, and which gates are open before its next stage."""
    with options.open(create=False) as workspace:
        found = workspace.store.read(transfers).result()
    if options.json:
        print_list([transfer_record(row) for row in found])
        return
    for row in found:
        click.echo("\n".join(row_lines(row)))
    if not found:
        click.echo("No experiment is transfer-ready: labtop experiment set E-… kind=transfer-ready")


@transfer.command()
@_ID
@pass_options
def show(options: Options, name: str) -> None:
    """All stages and gates of EXPERIMENT, who approved them, and its offline and online results side by side."""
    with options.open(create=False) as workspace:
        found = workspace.store.read(lambda db: read_transfer(db, store.find(db, EXPERIMENT, name))).result()
    if options.json:
        print_json(transfer_detail_record(found))
    else:
        click.echo("\n".join(page_lines(found)))


@transfer.command()
@_ID
@click.argument("stage")
@click.argument("gate")
@click.argument("state", type=click.Choice(commands.GATE_STATES), metavar="STATE")
@click.option("--note", "--reason", "note", metavar="TEXT", help="What it rests on; for a waiver, why.")
@click.option("--authority", metavar="WHO", help="For a waiver: the authority that allows it.")
@click.option("--value", metavar="NUMBER", help="What was measured (latency, cost).")
@click.option("--target", metavar="NUMBER", help="What it must not exceed.")
@click.option("--unit", metavar="TEXT", help="The unit of both.")
@click.option("--owner", metavar="NAME", help="Who answers the monitor's alarms.")
@click.option("--thresholds", metavar="TEXT", help="What raises an alarm.")
@click.option("--review-on", metavar="DAY", help="When the launch is looked at again.")
@pass_options
def gate(
    options: Options,
    name: str,
    stage: str,
    gate: str,
    state: str,
    note: str | None,
    authority: str | None,
    **details: str | None,
) -> None:
    """Say how GATE before STAGE stands: open, met, failed or waived."""
    _change(
        options,
        name,
        lambda workspace, db, number: commands.set_gate(
            db,
            workspace.person,
            workspace.settings.programme,
            number,
            stage,
            gate,
            state,
            note=note,
            authority=authority,
            details=details,
        ),
    )


@transfer.command()
@_ID
@click.option("--note", metavar="TEXT", help="What whoever approves should know, such as: canary, 1 % of traffic.")
@pass_options
def advance(options: Options, name: str, note: str | None) -> None:
    """Ask for EXPERIMENT's next stage. Refused while gates are open; whoever approves moves it."""
    _change(
        options,
        name,
        lambda workspace, db, number: commands.advance(
            db, workspace.person, workspace.settings.programme, number, note
        ),
    )


@transfer.command()
@_ID
@click.option("--reason", metavar="TEXT", required=True, help="Why.")
@pass_options
def rollback(options: Options, name: str, reason: str) -> None:
    """Take EXPERIMENT out of its stage, back to the one before."""
    _change(options, name, lambda workspace, db, number: commands.roll_back(db, workspace.person, number, reason))
