"""`labtop hypothesis`: testable claims, from a draft to what was found."""

from collections.abc import Mapping
from typing import Any

import click

from library.records import store
from library.text import counted
from planner.hypotheses import commands
from planner.hypotheses.kind import HYPOTHESIS
from planner.hypotheses.promotion import ask_promotion
from planner.hypotheses.queries import hypotheses, hypothesis
from planner.hypotheses.record import calibration_record, hypothesis_record, row_record
from planner.hypotheses.remarks import remarks
from planner.hypotheses.states import STATES
from tui.commands.hypothesis_text import page_lines, row_lines
from tui.commands.records import Writing, add_writing_verbs, changing
from tui.options import Options, common_options, pass_options
from tui.output import print_json, print_list

_ID = click.argument("name", metavar="HYPOTHESIS")
_change = changing(HYPOTHESIS)
_REASON = click.option("--reason", metavar="TEXT", help="Why; it stays beside the move.")


@click.group("hypothesis", invoke_without_command=True)
@common_options
@click.pass_context
def hypothesis_(ctx: click.Context) -> None:
    """Testable claims: write them down, weigh what speaks for and against, test them, keep what was found."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


def _record(db: Any, number: int) -> Mapping[str, Any]:
    return hypothesis_record(hypothesis(db, number))


add_writing_verbs(hypothesis_, Writing(HYPOTHESIS, commands.add, commands.edit, _record, remarks=remarks))


@hypothesis_.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only these; may be repeated.")
@click.option("--owner", metavar="NAME", help="Only those that NAME looks after.")
@click.option("--tag", metavar="TAG", help="Only those with this tag.")
@pass_options
def list_(options: Options, states: tuple[str, ...], owner: str | None, tag: str | None) -> None:
    """Hypotheses with what is believed of them, what speaks for and against, and what comes next."""
    with options.open(create=False) as workspace:
        found = workspace.store.read(lambda db: hypotheses(db, states=states, owner=owner, tag=tag)).result()
        today = workspace.clock.today()
    if options.json:
        print_list([row_record(row) for row in found])
        return
    for row in found:
        click.echo("\n".join(row_lines(row, today)))
    if not found:
        narrowed = states or owner or tag
        click.echo("None is so." if narrowed else 'There is no hypothesis yet. Write one: labtop hypothesis add "…"')


@hypothesis_.command()
@_ID
@pass_options
def show(options: Options, name: str) -> None:
    """Everything of one hypothesis: evidence, belief, experiments, verdicts, moves, edits."""
    with options.open(create=False) as workspace:
        detail = workspace.store.read(lambda db: hypothesis(db, store.find(db, HYPOTHESIS, name))).result()
        today = workspace.clock.today()
    if options.json:
        print_json(hypothesis_record(detail))
    else:
        click.echo("\n".join(page_lines(detail, today)))


@hypothesis_.command()
@_ID
@click.argument("state", metavar="STATE")
@_REASON
@click.option("--ask", is_flag=True, help="With promoted: ask for the approval that it needs.")
@pass_options
def move(options: Options, name: str, state: str, reason: str | None, ask: bool) -> None:
    """Move HYPOTHESIS to STATE: draft, active, testing, supported, refuted, inconclusive, promoted or retired.

    The reason may be left out where the newest confirmatory verdict says the same.
    """
    if ask and commands.read_state(state) == "promoted":
        _change(
            options,
            name,
            lambda workspace, db, number: ask_promotion(db, workspace.person, workspace.settings.programme, number),
        )
        return
    _change(options, name, lambda workspace, db, number: commands.move(db, workspace.person, number, state, reason))


@hypothesis_.command()
@_ID
@_REASON
@pass_options
def activate(options: Options, name: str, reason: str | None) -> None:
    """Make a draft active: it can be tested, and new papers are ranked by it."""
    _change(options, name, lambda workspace, db, number: commands.move(db, workspace.person, number, "active", reason))


@hypothesis_.command()
@_ID
@_REASON
@pass_options
def retire(options: Options, name: str, reason: str | None) -> None:
    """No longer pursue HYPOTHESIS. What was found stays."""
    _change(options, name, lambda workspace, db, number: commands.move(db, workspace.person, number, "retired", reason))


@hypothesis_.command()
@_ID
@_REASON
@pass_options
def reopen(options: Options, name: str, reason: str | None) -> None:
    """Make active again what was decided, promoted or retired."""
    _change(options, name, lambda workspace, db, number: commands.reopen(db, workspace.person, number, reason or ""))


@hypothesis_.command()
@_ID
@click.argument("probability")
@_REASON
@pass_options
def believe(options: Options, name: str, probability: str, reason: str | None) -> None:
    """Say how probable HYPOTHESIS is held to be now: 0.4, or "40 %"."""
    _change(
        options,
        name,
        lambda workspace, db, number: commands.believe(db, workspace.person, number, probability, reason or ""),
    )


@hypothesis_.command()
@pass_options
def calibration(options: Options) -> None:
    """How good the priors were: what was held before any test against what verdicts said."""
    from planner.hypotheses.calibration import calibration as measure

    with options.open(create=False) as workspace:
        found = workspace.store.read(measure).result()
    if options.json:
        print_json(calibration_record(found))
        return
    click.echo(f"{counted(found.n, 'prior')} decided, {found.undecided} still open")
    if found.without_prior:
        click.echo(f"{counted(found.without_prior, 'verdict')} on a hypothesis without a prior: left out")
    if found.score is None:
        return
    beside = f"always saying {found.score.base_rate:.2f}: {found.score.always_base_rate:.3f}"
    click.echo(f"Brier score {found.score.score:.3f} (0 best, 1 worst; {beside})\n")
    click.echo("prior        n   said  came true")
    for row in found.table:
        span = f"[{row.came_low:.2f}, {row.came_high:.2f}]"
        click.echo(
            f"{row.low:.1f}–{row.high:.1f} {row.n:>6}   {row.mean_forecast:.2f}       {row.came_true:.2f}  {span}"
        )
