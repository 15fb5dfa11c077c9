"""`labtop roadmap lock | veto | unlock`."""

import click

from planner.prioritisation.portfolio import Lock
from planner.roadmap import locks
from tui.commands.roadmap_asking import experiments_given, quarter_given
from tui.options import Options, pass_options
from tui.output import print_change

_EXPERIMENTS = click.argument("experiments", nargs=-1, required=True, metavar="EXPERIMENT…")
_QUARTER = click.option("--quarter", metavar="Q", help="The quarter, such as 2027Q1 (default: the next one).")
_REASON = click.option("--reason", required=True, help="Why, for those who read the plan.")


@click.command()
@_EXPERIMENTS
@_QUARTER
@_REASON
@pass_options
def lock(options: Options, experiments: tuple[str, ...], quarter: str | None, reason: str) -> None:
    """Lock experiments in: every plan of the quarter has them, whatever they are worth."""
    _say(options, experiments, quarter, "in", reason)


@click.command()
@_EXPERIMENTS
@_QUARTER
@_REASON
@pass_options
def veto(options: Options, experiments: tuple[str, ...], quarter: str | None, reason: str) -> None:
    """Veto experiments: no plan of the quarter has them, whatever they are worth."""
    _say(options, experiments, quarter, "out", reason)


@click.command()
@_EXPERIMENTS
@_QUARTER
@pass_options
def unlock(options: Options, experiments: tuple[str, ...], quarter: str | None) -> None:
    """Leave experiments to the plan again."""
    with options.open(create=False) as workspace:
        named, numbers = quarter_given(workspace, quarter, later=1), experiments_given(workspace, experiments)
        change = workspace.store.write(lambda db: locks.unlock(db, workspace.person, numbers, named)).result()
    print_change(change, json_wanted=options.json)


def _say(options: Options, experiments: tuple[str, ...], quarter: str | None, wanted: Lock, reason: str) -> None:
    with options.open(create=False) as workspace:
        named, numbers = quarter_given(workspace, quarter, later=1), experiments_given(workspace, experiments)
        change = workspace.store.write(
            lambda db: locks.set_lock(db, workspace.person, numbers, named, wanted, reason)
        ).result()
    print_change(change, json_wanted=options.json)
