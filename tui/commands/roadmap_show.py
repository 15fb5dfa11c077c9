"""`labtop roadmap rank | why | show | list`."""

import click

from library.errors import NotFound, UsageError
from library.quarter import Quarter, read_quarter
from planner.roadmap import plans, queries
from planner.roadmap.model import PlanState
from planner.roadmap.record import rows_record, scored_record, summary_record, why_record
from planner.workspace import Workspace
from tui.commands.roadmap_asking import QUARTER, experiments_given, quarter_given
from tui.commands.roadmap_text import list_lines, notice_lines, plan_lines, rank_lines, why_lines
from tui.options import Options, pass_options
from tui.output import print_json, print_list


@click.command()
@pass_options
def rank(options: Options) -> None:
    """Open experiments by the value of their result per 1,000 GPU-hours, the ranks by RICE beside it.

    What has no payoff is ranked by information (bits) alone; what lacks more than that needs input and has no rank.
    """
    from planner.roadmap.scoring import score_all

    with options.open(create=False) as workspace:
        programme = workspace.settings.programme
        found = workspace.store.read(lambda db: score_all(db, programme)).result()
    if options.json:
        print_list([scored_record(one) for one in found])
        return
    for line in rank_lines(found):
        click.echo(line)


@click.command()
@click.argument("experiment")
@QUARTER
@pass_options
def why(options: Options, experiment: str, quarter: str | None) -> None:
    """Every part of EXPERIMENT's score, one line for a leader, and why a plan has it in or out."""
    from planner.roadmap.scoring import score_all

    with options.open(create=False) as workspace:
        programme = workspace.settings.programme
        (number,) = experiments_given(workspace, [experiment])
        scored = workspace.store.read(lambda db: score_all(db, programme)).result()
        chosen = quarter_given(workspace, quarter) if quarter else _newest_quarter(workspace, number)
        plan = None if chosen is None else workspace.store.read(lambda db: plans.current(db, chosen)).result()
    one = next((one for one in scored if one.candidate.number == number), None)
    if one is None:
        raise UsageError(f"E-{number} is over: nothing is left to decide about it.")
    entry = next((entry for entry in plan.entries if entry.experiment == number), None) if plan is not None else None
    if options.json:
        print_json(why_record(one, entry, None if chosen is None else str(chosen)))
        return
    for line in why_lines(one, entry, str(chosen)):
        click.echo(line)


def _newest_quarter(workspace: Workspace, number: int) -> Quarter | None:
    """The latest quarter whose plan speaks of the experiment."""
    found = workspace.store.read(lambda db: plans.newest_quarter_with(db, number)).result()
    return None if found is None else read_quarter(found)


@click.command()
@QUARTER
@click.option("--draft", is_flag=True, help="The draft, also where a plan was adopted.")
@pass_options
def show(options: Options, quarter: str | None, draft: bool) -> None:
    """A quarter's plan: the closed one, else the adopted one, else the draft."""
    states: tuple[PlanState, ...] = ("draft",) if draft else ("closed", "adopted", "draft")
    with options.open(create=False) as workspace:
        programme = workspace.settings.programme
        named = quarter_given(workspace, quarter)
        rows = workspace.store.read(lambda db: queries.roadmap_rows(db, programme, named, states)).result()
        if rows.plan is None and quarter is None:
            following = named.shifted(1)
            rows = workspace.store.read(lambda db: queries.roadmap_rows(db, programme, following, states)).result()
    if rows.plan is None:
        wanted = "draft" if draft else "plan"
        mend = f"labtop roadmap plan --quarter {rows.quarter} --gpu-hours N"
        raise NotFound(f"{rows.quarter} has no {wanted} yet.", mend=mend)
    if options.json:
        print_json(rows_record(rows, rows.plan))
        return
    for line in plan_lines(rows.plan):
        click.echo(line)
    notices = []
    if rows.added:
        notices.append(f"Not in the plan yet: {', '.join(card.id for card in rows.added)}. Plan again to weigh them.")
    if rows.changed:
        names = ", ".join(f"E-{number}" for number in sorted(rows.changed))
        notices.append(f"Inputs changed since: {names}. Plan again to weigh them anew.")
    for notice in notices:
        for line in notice_lines(notice):
            click.echo(line)


@click.command("list")
@pass_options
def list_(options: Options) -> None:
    """All quarters that have a plan, the latest first."""
    with options.open(create=False) as workspace:
        found, counts = workspace.store.read(lambda db: (plans.plans(db), plans.chosen_counts(db))).result()
    if options.json:
        print_list([{**summary_record(one), "chosen": counts.get(one.id or 0, 0)} for one in found])
        return
    for line in list_lines(found, counts):
        click.echo(line)
