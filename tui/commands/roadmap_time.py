"""`labtop roadmap board | timeline | budget | week | changes`."""

import click

from library.errors import UsageError
from library.quarter import read_day, read_week, week_of
from planner.roadmap import queries, weeks
from planner.roadmap.record import budget_record, card_record, changes_record, timeline_record, week_record
from tui.commands.roadmap_asking import QUARTER, amount, quarter_given
from tui.commands.roadmap_time_text import board_lines, budget_lines, changes_lines, timeline_lines, week_lines
from tui.options import Options, pass_options
from tui.output import print_json, print_list


@click.command()
@pass_options
def board(options: Options) -> None:
    """Experiments by state. labtop experiment move moves one on."""
    with options.open(create=False) as workspace:
        columns = workspace.store.read(queries.board).result()
    if options.json:
        print_list([card_record(card) for cards in columns.values() for card in cards])
        return
    for line in board_lines(columns):
        click.echo(line)


@click.command()
@QUARTER
@pass_options
def timeline(options: Options, quarter: str | None) -> None:
    """When each experiment of a quarter can begin and end at the earliest, and which chain sets the end."""
    with options.open(create=False) as workspace:
        named, today, programme = (
            quarter_given(workspace, quarter),
            workspace.clock.today(),
            workspace.settings.programme,
        )
        found = workspace.store.read(lambda db: queries.timeline(db, programme, named, today)).result()
    if options.json:
        print_json(timeline_record(found))
        return
    for line in timeline_lines(found):
        click.echo(line)


@click.command()
@QUARTER
@pass_options
def budget(options: Options, quarter: str | None) -> None:
    """GPU-hours of a quarter: used by runs, still planned, left. What nobody stated is counted as unknown."""
    with options.open(create=False) as workspace:
        named, today, programme = (
            quarter_given(workspace, quarter),
            workspace.clock.today(),
            workspace.settings.programme,
        )
        found = workspace.store.read(lambda db: queries.budget(db, programme, named, today)).result()
    if options.json:
        print_json(budget_record(found))
        return
    for line in budget_lines(found):
        click.echo(line)


@click.command()
@click.option("--week", "week_", metavar="W", help="The week, such as 2026-W48 (default: this one).")
@click.option("--gpu-hours", metavar="NUMBER", callback=amount, help="Free GPU-hours (default: what is not used yet).")
@click.option("--people-days", metavar="NUMBER", callback=amount, help="Free people-days (default: no limit).")
@click.option("--show", "showing", is_flag=True, help="Only show what was picked.")
@click.option("--dry-run", is_flag=True, help="Only show what would be picked: nothing is stored.")
@pass_options
def week(
    options: Options,
    week_: str | None,
    gpu_hours: float | None,
    people_days: float | None,
    showing: bool,
    dry_run: bool,
) -> None:
    """Pick a week's experiments from the quarter's plan, what is unfinished from last week first.

    Run again, it replaces that week's pick and no other's.
    """
    from planner.roadmap.week_picking import pick, week_snapshot

    with options.open(create=False) as workspace:
        programme = workspace.settings.programme
        named = read_week(week_) if week_ is not None else week_of(workspace.clock.today())
        if showing:
            found = workspace.store.read(lambda db: weeks.week_plan(db, programme, named)).result()
            if found is None:
                raise UsageError(f"Nothing was picked for {named} yet.", mend=f"labtop roadmap week --week {named}")
        else:
            now = workspace.store.read(lambda db: week_snapshot(db, programme, named)).result()
            found = pick(now, gpu_hours, people_days)
            if not dry_run and not options.read_only:
                picked = found
                workspace.store.write(lambda db: weeks.store_week(db, workspace.person, picked)).result()
    if options.json:
        print_json(week_record(found))
        return
    for line in week_lines(found):
        click.echo(line)


@click.command()
@QUARTER
@click.option("--since", metavar="DAY", help="Since when, such as 2026-11-01 (default: the last review).")
@pass_options
def changes(options: Options, quarter: str | None, since: str | None) -> None:
    """What entered and left a quarter's plan since the last review, what changed places, and what was found."""
    moment = f"{read_day(since).isoformat()}T00:00:00Z" if since is not None else None
    with options.open(create=False) as workspace:
        named = quarter_given(workspace, quarter)
        found = workspace.store.read(lambda db: queries.changed_since(db, named, moment)).result()
    if options.json:
        print_json(changes_record(found))
        return
    for line in changes_lines(found):
        click.echo(line)
