"""`labtop roadmap plan | adopt`."""

from typing import TYPE_CHECKING

import click

from library.errors import PartlyDone, UsageError
from library.jobs import Cancelled, CancelToken, Pace
from library.quarter import Quarter
from library.text import counted
from planner.roadmap import plans
from planner.roadmap.model import QuarterPlan
from planner.roadmap.record import plan_record
from planner.workspace import Workspace
from tui.commands.roadmap_asking import amount, quarter_given, share_given
from tui.commands.roadmap_text import plan_lines
from tui.commands.stopping import STOPPED, ctrl_c
from tui.options import Options, pass_options
from tui.output import ProgressLine, print_change, print_json

if TYPE_CHECKING:
    from planner.prioritisation.portfolio import Budget
    from planner.prioritisation.robustness import Robustness
    from planner.roadmap.planning import Planned

# Beyond so many experiments, resampling takes minutes and has to be asked for.
FEW = 200


@click.command()
@click.option("--quarter", metavar="Q", help="The quarter, such as 2027Q1 (default: the next one).")
@click.option(
    "--gpu-hours",
    metavar="NUMBER",
    callback=amount,
    help="GPU-hours of the whole quarter (default: as planned before).",
)
@click.option(
    "--people-days", metavar="NUMBER", callback=amount, help="People-days (default: as planned before, else no limit)."
)
@click.option("--explore", metavar="SHARE", help="At least this share of the GPU-hours on exploration, such as 15%.")
@click.option(
    "--robust/--no-robust", default=None, help="Resample the inputs to see what stays in (default: where few)."
)
@click.option("--draws", type=click.IntRange(1, 100_000), default=200, show_default=True, help="How often to resample.")
@click.option("--adopt", "adopting", is_flag=True, help="Make it the quarter's plan at once.")
@click.option("--dry-run", is_flag=True, help="Only show it: nothing is stored.")
@pass_options
def plan(
    options: Options,
    quarter: str | None,
    gpu_hours: float | None,
    people_days: float | None,
    explore: str | None,
    robust: bool | None,
    draws: int,
    adopting: bool,
    dry_run: bool,
) -> int | None:
    """The set of open experiments that is worth most within the budget, proven optimal, as the quarter's draft.

    Prerequisites come along, of an exclusive group one at most is in, what was locked in or vetoed stays so, and what
    runs is in with what is left of it. Ctrl-C while resampling keeps the plan and the draws so far.
    """
    from planner.roadmap.planning import compute, with_shares
    from planner.roadmap.snapshot import snapshot

    dry_run = dry_run or options.read_only
    if dry_run and adopting:
        raise UsageError("--adopt stores the plan, and nothing is to be stored.", mend="Leave one of the two out.")
    with options.open(create=False) as workspace:
        programme = workspace.settings.programme
        named = quarter_given(workspace, quarter, later=1)
        budget = _budget(workspace, named, gpu_hours, people_days, explore)
        now = workspace.store.read(lambda db: snapshot(db, programme, named)).result()
        stopped = False
        with ProgressLine() as line, ctrl_c() as cancel:
            try:
                planned = compute(now, budget, cancel=cancel)
            except Cancelled:
                click.echo("Stopped; nothing was stored.", err=True)
                return STOPPED
            few = 0 < len(planned.plan.entries) <= FEW
            if few if robust is None else robust:
                found, stopped = _resampled(planned, draws, line, cancel)
                if found is not None:
                    planned = _with(planned, with_shares(planned.plan, found))
        if robust is None and len(planned.plan.entries) > FEW:
            click.echo(f"Not resampled: {len(planned.plan.entries):,} experiments. --robust does it.", err=True)
        shown = planned.plan if dry_run else _stored(workspace, planned)
        waiting = _adopted(workspace, named) if adopting else ""
        if adopting:
            shown = workspace.store.read(lambda db: plans.needed(db, named)).result()
    _print(options, shown)
    if waiting:
        raise PartlyDone("The plan is stored as a draft.", left_out=(waiting,))
    return STOPPED if stopped else None


def _budget(
    workspace: Workspace, quarter: Quarter, gpu_hours: float | None, people_days: float | None, explore: str | None
) -> "Budget":
    from planner.prioritisation.portfolio import Budget

    before = workspace.store.read(lambda db: plans.current(db, quarter)).result()
    limit = workspace.settings.programme.quarter_gpu_hours
    hours = gpu_hours if gpu_hours is not None else before.gpu_hours if before is not None else limit or None
    if hours is None:
        raise UsageError(f"How many GPU-hours does {quarter} have?", mend="Say it with --gpu-hours N.")
    days = people_days if people_days is not None else before.people_days if before is not None else None
    floor = share_given(explore) if explore is not None else before.exploration_floor if before is not None else 0.0
    return Budget(hours, days, floor)


def _resampled(
    planned: "Planned", draws: int, line: ProgressLine, cancel: CancelToken
) -> tuple["Robustness | None", bool]:
    """(where the draws stand, whether they were stopped before their end)."""
    from planner.roadmap.planning import resampled

    pace, found = Pace("resampling", draws, line), None
    try:
        for found in resampled(planned, draws=draws, cancel=cancel):
            pace.at(found.draws, final=found.draws == draws)
    except Cancelled:
        drawn = counted(found.draws, "draw") if found is not None else "no draw"
        click.echo(f"Stopped after {drawn}; the plan is kept.", err=True)
        return found, True
    return found, False


def _with(planned: "Planned", plan_: QuarterPlan) -> "Planned":
    from dataclasses import replace

    return replace(planned, plan=plan_)


def _stored(workspace: Workspace, planned: "Planned") -> QuarterPlan:
    from library.quarter import read_quarter
    from planner.roadmap.storing import store_plan

    workspace.store.write(lambda db: store_plan(db, workspace.person, planned)).result()
    quarter = read_quarter(planned.plan.quarter)
    return workspace.store.read(lambda db: plans.needed(db, quarter, ("draft",))).result()


def _adopted(workspace: Workspace, quarter: Quarter) -> str:
    """Adopt the draft; what it waits for, or an empty text."""
    from planner.roadmap.adoption import adopt as adopt_draft

    programme = workspace.settings.programme
    change = workspace.store.write(lambda db: adopt_draft(db, workspace.person, programme, quarter)).result()
    left = workspace.store.read(lambda db: plans.current(db, quarter, ("draft",))).result()
    if left is not None:
        return change.summary
    click.echo(change.summary, err=True)
    return ""


@click.command()
@click.argument("quarter")
@pass_options
def adopt(options: Options, quarter: str) -> None:
    """Make QUARTER's draft its plan: what is in becomes planned. Over the limit it needs approval first."""
    from planner.roadmap.adoption import adopt as adopt_draft

    with options.open(create=False) as workspace:
        named, programme = quarter_given(workspace, quarter), workspace.settings.programme
        change = workspace.store.write(lambda db: adopt_draft(db, workspace.person, programme, named)).result()
        left = workspace.store.read(lambda db: plans.current(db, named, ("draft",))).result()
    print_change(change, json_wanted=options.json)
    if left is not None:
        raise PartlyDone(
            f"The draft of {named} stays a draft.",
            left_out=("its adoption",),
            mend=f"Once it is approved: labtop roadmap adopt {named}.",
        )


def _print(options: Options, shown: QuarterPlan) -> None:
    if options.json:
        print_json(plan_record(shown))
        return
    for line in plan_lines(shown):
        click.echo(line)
