"""`labtop club`: who takes part, what is proposed, who presents what when, and what came of it."""

import click

from library.club.queries import sessions
from library.club.record import session_record
from tui.commands import club_minutes, club_pages, club_people, club_planning, club_proposals
from tui.commands.club_choosing import chosen
from tui.commands.club_text import session_line, session_lines
from tui.options import Options, common_options, pass_options
from tui.output import print_json, print_list


@click.group(invoke_without_command=True)
@common_options
@click.pass_context
def club(ctx: click.Context) -> None:
    """The paper club: proposals and votes, sessions with fair turns, prep packs, minutes, calendar files."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(sessions_)


@club.command("sessions")
@click.option("--ahead", is_flag=True, help="Only what is planned.")
@pass_options
def sessions_(options: Options, ahead: bool) -> None:
    """Every session, the earliest first."""
    with options.open(create=False) as workspace:
        now = workspace.clock.now()
        found = [each for each in workspace.store.read(sessions).result() if not ahead or each.state == "planned"]
    if options.json:
        print_list([session_record(each) for each in found])
        return
    for each in found:
        click.echo("\n".join(session_line(each, now)))
    if not found:
        click.echo("No session is planned. labtop club join NAME adds members, labtop club propose PAPER papers,")
        click.echo("labtop club schedule DAY takes what most voted for and asks whose turn it is.")


@club.command()
@click.argument("name", metavar="[SESSION]", required=False)
@pass_options
def show(options: Options, name: str | None) -> None:
    """One session: when and where, who, papers with their votes, minutes. Without a name the next one."""
    with options.open(create=False) as workspace:
        found = chosen(workspace, name)
        now = workspace.clock.now()
    if options.json:
        print_json(session_record(found))
    else:
        click.echo("\n".join(session_lines(found, now)))


for _module in (club_people, club_proposals, club_planning, club_minutes, club_pages):
    for _verb in _module.VERBS:
        club.add_command(_verb)
