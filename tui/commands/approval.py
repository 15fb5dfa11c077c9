"""`labtop approval`: what needs an authority's yes. Nobody decides on their own."""

from collections.abc import Callable
from typing import Any

import click

from library.db.changes import Change
from library.records import store
from planner.decisions import approvals
from planner.decisions.authority import MEANING
from planner.decisions.model import Approval, ApprovalState, What
from planner.workspace import Workspace
from tui.options import Options, common_options, pass_options
from tui.output import print_change, print_json, print_list
from tui.plain import hung

_ID = click.argument("name", metavar="APPROVAL")
_SIGNS = {"waiting": "▲", "approved": "●", "refused": "✗", "withdrawn": "◌"}
_ASKED = ("promotion", "data", "budget", "publication")


@click.group(invoke_without_command=True)
@common_options
@click.pass_context
def approval(ctx: click.Context) -> None:
    """Approvals: promotion, data, budget, publication, stages, launch and decisions, each by its authority."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@approval.command()
@click.argument("what", type=click.Choice(_ASKED), metavar="WHAT")
@click.argument("subject", required=False)
@click.option("--experiment", metavar="E-…", help="The experiment that it is about.")
@click.option("--dataset", metavar="DS-…", help="The data that it is about.")
@click.option("--hypothesis", metavar="H-…", help="The hypothesis that it is about.")
@click.option("--until", metavar="DAY", help="The last day for which it is asked.")
@pass_options
def request(
    options: Options,
    what: What,
    subject: str | None,
    experiment: str | None,
    dataset: str | None,
    hypothesis: str | None,
    until: str | None,
) -> None:
    """Ask for an approval. WHAT: promotion, data, budget or publication; SUBJECT: what is asked, in one line."""
    with options.open(create=False) as workspace:

        def write(db: Any) -> tuple[int, Change]:
            about = _about(db, experiment, dataset, hypothesis)
            return approvals.ask(
                db,
                workspace.person,
                workspace.settings.programme,
                what,
                subject or _subject(db, what, about),
                until=until,
                today=workspace.clock.today(),
                **about,
            )

        number, change = workspace.store.write(write).result()
        found = workspace.store.read(lambda db: approvals.approval(db, number)).result()
    if options.json:
        print_json(approvals.approval_record(found))
    else:
        click.echo(change.summary)


def _about(db: Any, experiment: str | None, dataset: str | None, hypothesis: str | None) -> dict[str, int]:
    from planner.experiments.kind import EXPERIMENT
    from planner.hypotheses.kind import HYPOTHESIS
    from planner.register.kind import DATASET

    given = (
        ("experiment_id", EXPERIMENT, experiment),
        ("dataset_id", DATASET, dataset),
        ("hypothesis_id", HYPOTHESIS, hypothesis),
    )
    return {name: store.find(db, kind, value) for name, kind, value in given if value is not None}


def _subject(db: Any, what: What, about: dict[str, int]) -> str:
    """ "promotion to a candidate for production: E-12 Distil late interaction" where nothing else was said."""
    from library.records.headings import heading

    prefixes = {"experiment_id": "E", "dataset_id": "DS", "hypothesis_id": "H"}
    named = [f"{prefixes[name]}-{number} {heading(db, prefixes[name], number)}" for name, number in about.items()]
    return f"{MEANING[what]}: {', '.join(named)}" if named else ""


@approval.command("list")
@click.option(
    "--state",
    type=click.Choice(approvals.STATES),
    help="Only these (default: what waits).",
)
@click.option("--what", type=click.Choice(approvals.WHATS), help="Only this sort.")
@click.option("--all", "everything", is_flag=True, help="Also what was decided.")
@click.option("--needed", is_flag=True, help="Instead, what needs an approval that nobody has asked for.")
@pass_options
def list_(options: Options, state: ApprovalState | None, what: What | None, everything: bool, needed: bool) -> None:
    """What waits for somebody's yes, the oldest first."""
    if needed:
        _needed(options)
        return
    chosen = state if state or everything else "waiting"
    with options.open(create=False) as workspace:
        found = workspace.store.read(lambda db: approvals.approvals(db, state=chosen, what=what)).result()
    if options.json:
        print_list([approvals.approval_record(each) for each in found])
        return
    for each in found:
        click.echo("\n".join(_lines(each)))
    if not found:
        click.echo("Nothing waits for a yes." if chosen == "waiting" and not what else "None is so.")


def _needed(options: Options) -> None:
    from planner.decisions.needs import need_record, needs

    with options.open(create=False) as workspace:
        today = workspace.clock.today()
        found = workspace.store.read(lambda db: needs(db, workspace.settings.programme, today)).result()
    if options.json:
        print_list([need_record(each) for each in found])
        return
    for each in found:
        click.echo(
            "\n".join([*hung(f"▲ {each.what:<9} ", each.subject), f"            {each.authority}; {each.command}"])
        )
    if not found:
        click.echo("Nothing needs an approval that was not asked for.")


def _lines(found: Approval) -> list[str]:
    """ "A-7  ▲ waiting  launch  subject · product owner, asked by ada on 2026-11-25"."""
    asked = f"{found.authority}, asked by {found.requested_by} on {found.requested_at[:10]}"
    decided = f"; {found.state} by {found.decided_by} on {(found.decided_at or '')[:10]}" if found.decided_by else ""
    why = f": {found.reason}" if found.reason else ""
    head = f"A-{found.id:<4} {_SIGNS[found.state]} {found.state:<9} {found.what:<11} "
    return [*hung(head, found.subject), *hung(" " * 7, f"{asked}{decided}{why}")]


@approval.command()
@_ID
@pass_options
def show(options: Options, name: str) -> None:
    """One request: what is asked, of whom, and what was said."""
    with options.open(create=False) as workspace:
        found = workspace.store.read(lambda db: approvals.approval(db, approvals.find_approval(db, name))).result()
    if options.json:
        print_json(approvals.approval_record(found))
        return
    click.echo("\n".join(_lines(found)))
    if found.until:
        click.echo(f"       until {found.until}")
    if found.memo_id is not None:
        click.echo(f"       read it: labtop decision show D-{found.memo_id}")
    elif found.stage is not None:
        click.echo(f"       look at it: labtop transfer show E-{found.experiment_id}")


@approval.command()
@_ID
@click.option("--reason", metavar="TEXT", help="Why, if you like.")
@click.option("--until", metavar="DAY", help="The last day for which it holds.")
@pass_options
def approve(options: Options, name: str, reason: str | None, until: str | None) -> None:
    """Say yes to what somebody else asked for; what follows from it is done at once."""
    _change(
        options,
        name,
        lambda workspace, db, number: approvals.decide_approval(
            db, workspace.person, number, "approved", reason, until=until, today=workspace.clock.today()
        ),
    )


@approval.command()
@_ID
@click.option("--reason", metavar="TEXT", required=True, help="Why not.")
@pass_options
def refuse(options: Options, name: str, reason: str) -> None:
    """Say no to what somebody else asked for."""
    _change(
        options,
        name,
        lambda workspace, db, number: approvals.decide_approval(db, workspace.person, number, "refused", reason),
    )


@approval.command()
@_ID
@click.option("--reason", metavar="TEXT", help="Why, if you like.")
@pass_options
def withdraw(options: Options, name: str, reason: str | None) -> None:
    """Take your own request back."""
    _change(options, name, lambda workspace, db, number: approvals.withdraw(db, workspace.person, number, reason))


def _change(options: Options, name: str, write: Callable[[Workspace, Any, int], Change]) -> None:
    with options.open(create=False) as workspace:
        change = workspace.store.write(lambda db: write(workspace, db, approvals.find_approval(db, name))).result()
    print_change(change, json_wanted=options.json)
