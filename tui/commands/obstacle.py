"""`labtop obstacle`: blockers and risks."""

from collections.abc import Mapping
from typing import Any

import click

from library.db.changes import Change
from library.records import store
from planner.experiments.kind import EXPERIMENT
from planner.experiments.queries import today_of
from planner.hypotheses.kind import HYPOTHESIS
from planner.obstacles import commands
from planner.obstacles.kind import OBSTACLE
from planner.obstacles.model import Obstacle
from planner.obstacles.queries import obstacle, obstacle_record, obstacles
from tui.commands.records import Writing, add_writing_verbs, changing
from tui.options import Options, common_options, pass_options
from tui.output import print_json, print_list
from tui.plain import hung

_ID = click.argument("name", metavar="OBSTACLE")
_change = changing(OBSTACLE)


@click.group("obstacle", invoke_without_command=True)
@common_options
@click.pass_context
def obstacle_(ctx: click.Context) -> None:
    """Blockers, which stop work now, and risks, which may: on whom, since when, what next."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


def _record(db: Any, number: int) -> Mapping[str, Any]:
    return obstacle_record(obstacle(db, number))


def _add(db: Any, person: str, raw: Mapping[str, Any]) -> tuple[int, Change]:
    return commands.add(db, person, raw, today=today_of(db))


add_writing_verbs(obstacle_, Writing(OBSTACLE, _add, commands.revise, _record))


@obstacle_.command("list")
@click.option("--experiment", metavar="E-…", help="Only what is in its way.")
@click.option("--hypothesis", metavar="H-…", help="Only what is in its way.")
@click.option("--kind", type=click.Choice(["blocker", "risk"]), help="Only these.")
@click.option("--all", "everything", is_flag=True, help="Also what is resolved.")
@pass_options
def list_(options: Options, experiment: str | None, hypothesis: str | None, kind: str | None, everything: bool) -> None:
    """What is in the way: blockers first, then risks by likelihood and impact."""

    def read(db: Any) -> tuple[Obstacle, ...]:
        return obstacles(
            db,
            experiment=store.find(db, EXPERIMENT, experiment) if experiment else None,
            hypothesis=store.find(db, HYPOTHESIS, hypothesis) if hypothesis else None,
            resolved=everything,
        )

    with options.open(create=False) as workspace:
        found = [each for each in workspace.store.read(read).result() if kind is None or each.kind == kind]
    if options.json:
        print_list([obstacle_record(each) for each in found])
        return
    for each in found:
        click.echo("\n".join(_lines(each)))
    if not found:
        click.echo("Nothing is in the way, as far as is recorded.")


@obstacle_.command()
@_ID
@pass_options
def show(options: Options, name: str) -> None:
    """One blocker or risk."""
    with options.open(create=False) as workspace:
        found = workspace.store.read(lambda db: obstacle(db, store.find(db, OBSTACLE, name))).result()
    if options.json:
        print_json(obstacle_record(found))
    else:
        click.echo("\n".join(_lines(found, whole=True)))


@obstacle_.command()
@_ID
@click.argument("resolution", metavar="HOW")
@pass_options
def resolve(options: Options, name: str, resolution: str) -> None:
    """It is out of the way; HOW says why."""
    _change(options, name, lambda workspace, db, number: commands.resolve(db, workspace.person, number, resolution))


@obstacle_.command()
@_ID
@pass_options
def reopen(options: Options, name: str) -> None:
    """It is in the way again."""
    _change(options, name, lambda workspace, db, number: commands.reopen(db, workspace.person, number))


def _lines(each: Obstacle, *, whole: bool = False) -> list[str]:
    place = [f"E-{each.experiment_id}"] if each.experiment_id is not None else []
    place += [f"H-{each.hypothesis_id}"] if each.hypothesis_id is not None else []
    facts = [each.kind, *place, f"on {each.on_whom}" if each.on_whom else "", f"since {each.since}"]
    if each.kind == "risk":
        facts.append(f"likelihood {each.likelihood or '?'}, impact {each.impact or '?'}")
    facts.append("" if each.open else f"resolved {(each.resolved_at or '')[:10]}")
    lines = [*hung(f"{each.label:<6} ", each.what), *hung(" " * 7, " · ".join(fact for fact in facts if fact))]
    lines += hung(" " * 7 + "next: ", each.next_step) if each.next_step and each.open else []
    if whole:
        lines += hung(" " * 7 + "if it happens: ", each.contingency) if each.contingency else []
        lines += hung(" " * 7 + "how: ", each.resolution) if each.resolution else []
    return lines
