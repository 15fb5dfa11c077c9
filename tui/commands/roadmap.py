"""`labtop roadmap`: what experiments are worth, the quarter's plan, and who said what about it."""

import click

from tui.cli import LazyGroup
from tui.options import common_options

VERBS = {
    "rank": ("tui.commands.roadmap_show:rank", "Open experiments by what their results are worth per GPU-hour."),
    "why": ("tui.commands.roadmap_show:why", "Every part of one experiment's score, and what the plan says of it."),
    "plan": ("tui.commands.roadmap_plan:plan", "The best set of experiments for a quarter, as a draft."),
    "adopt": ("tui.commands.roadmap_plan:adopt", "Make a quarter's draft its plan."),
    "show": ("tui.commands.roadmap_show:show", "A quarter's plan."),
    "list": ("tui.commands.roadmap_show:list_", "All quarters that have a plan."),
    "lock": ("tui.commands.roadmap_locks:lock", "Lock experiments in for a quarter."),
    "veto": ("tui.commands.roadmap_locks:veto", "Keep experiments out of a quarter."),
    "unlock": ("tui.commands.roadmap_locks:unlock", "Take a lock or a veto back."),
    "board": ("tui.commands.roadmap_time:board", "Experiments by state."),
    "timeline": ("tui.commands.roadmap_time:timeline", "A quarter's days, with the critical path."),
    "budget": ("tui.commands.roadmap_time:budget", "GPU-hours used, planned and left."),
    "week": ("tui.commands.roadmap_time:week", "Pick this week's experiments from the quarter's plan."),
    "changes": ("tui.commands.roadmap_time:changes", "What changed since the last review."),
    "close": ("tui.commands.roadmap_close:close", "Freeze a quarter's plan beside what became of it."),
    "reopen": ("tui.commands.roadmap_close:reopen", "Open a closed quarter again."),
}


@click.group(cls=LazyGroup, verbs=VERBS, invoke_without_command=True)
@common_options
@click.pass_context
def roadmap(ctx: click.Context) -> None:
    """The roadmap: what experiments are worth, the quarter's plan, the week, and what became of it."""
    if ctx.invoked_subcommand is None:
        from tui.commands.roadmap_show import list_

        ctx.invoke(list_)
