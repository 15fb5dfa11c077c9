"""`labtop experiment`: plans, results and verdicts."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from library.atomic import replacing
from library.errors import LabtopError, UsageError
from library.records import store
from library.text import counted
from planner.experiments import commands
from planner.experiments.checklists import answered, checklists
from planner.experiments.kind import EXPERIMENT, KINDS
from planner.experiments.model import STATES, ExperimentRow
from planner.experiments.queries import counts, experiment, experiments
from planner.experiments.record import checklist_records, experiment_record, preregistration_record, row_record
from planner.hypotheses.kind import HYPOTHESIS
from planner.workspace import Workspace
from tui.commands.experiment_results import results
from tui.commands.experiment_text import list_lines, number, page_lines, version_line
from tui.commands.experiment_verdicts import judge, ratings, tasks, verdict, verdicts
from tui.commands.records import Writing, add_writing_verbs, changing, pairs
from tui.options import Options, common_options, pass_options
from tui.output import print_json, print_list
from tui.plain import hung

_ID = click.argument("name", metavar="EXPERIMENT")
_change = changing(EXPERIMENT)
_REASON = click.option("--reason", metavar="TEXT", help="Why; it stays beside the move.")


@click.group("experiment", invoke_without_command=True)
@common_options
@click.pass_context
def experiment_(ctx: click.Context) -> None:
    """Experiments: plan them, freeze the plan, bring results in, judge them by it."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


def _record(db: Any, number: int) -> Mapping[str, Any]:
    return experiment_record(experiment(db, number))


def _remarks(workspace: Workspace, number: int) -> Sequence[str]:
    """What stands against the plan's data and baselines, whatever was changed."""
    today, stale_days = workspace.clock.today(), workspace.settings.programme.stale_baseline_days
    found = workspace.store.read(lambda db: experiment(db, number, today=today, stale_days=stale_days)).result()
    again = f"labtop experiment rerun-baseline {found.row.name} plans its re-run"
    return [*found.warnings, *(f"The baseline {arm} is stale; {again}." for arm in found.row.stale_baselines)]


add_writing_verbs(experiment_, Writing(EXPERIMENT, commands.add, commands.revise, _record, remarks=_remarks))


@experiment_.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only these; may be repeated.")
@click.option("--kind", type=click.Choice(KINDS), help="Only exploration, or only what is to go into production.")
@click.option("--hypothesis", metavar="H-…", help="Only those that test it.")
@click.option("--tag", metavar="TAG", help="Only those with this tag.")
@pass_options
def list_(options: Options, states: tuple[str, ...], kind: str | None, hypothesis: str | None, tag: str | None) -> None:
    """Experiments with how far they are, their verdicts, and what stands against them."""

    def read(db: Any) -> tuple[ExperimentRow, ...]:
        tested = store.find(db, HYPOTHESIS, hypothesis) if hypothesis else None
        rows = experiments(db, today=today, stale_days=stale_days)
        return tuple(
            row
            for row in rows
            if (not states or row.state in states)
            and (kind is None or row.kind == kind)
            and (tested is None or row.hypothesis_id == tested)
            and (tag is None or tag.casefold() in (each.casefold() for each in row.tags))
        )

    with options.open(create=False) as workspace:
        today, stale_days = workspace.clock.today(), workspace.settings.programme.stale_baseline_days
        found = workspace.store.read(read).result()
    if options.json:
        print_list([row_record(row) for row in found], counts=counts(found))
        return
    for line in list_lines(found, today):
        click.echo(line)
    if not found:
        narrowed = states or kind or hypothesis or tag
        click.echo("None is so." if narrowed else 'There is no experiment yet. Plan one: labtop experiment add "…"')


@experiment_.command()
@_ID
@pass_options
def show(options: Options, name: str) -> None:
    """Everything of one experiment: plan, arms, data, results, verdicts, frozen plans, moves."""
    with options.open(create=False) as workspace:
        today, stale_days = workspace.clock.today(), workspace.settings.programme.stale_baseline_days
        found = workspace.store.read(
            lambda db: experiment(db, store.find(db, EXPERIMENT, name), today=today, stale_days=stale_days)
        ).result()
    if options.json:
        print_json(experiment_record(found))
    else:
        click.echo("\n".join(page_lines(found, today)))


@experiment_.command()
@_ID
@click.argument("state", type=click.Choice(STATES))
@_REASON
@pass_options
def move(options: Options, name: str, state: Any, reason: str | None) -> None:
    """Move EXPERIMENT to STATE: idea, ready, planned, running, analysing, done or dropped.

    Ready needs a complete plan. Dropping, finishing without a verdict and opening again need a reason.
    """
    _change(options, name, lambda workspace, db, number: commands.move(db, workspace.person, number, state, reason))


@experiment_.command()
@_ID
@click.argument("answers", nargs=-1, metavar="[ITEM=ANSWER…]")
@pass_options
def check(options: Options, name: str, answers: tuple[str, ...]) -> None:
    """Answer the checklists: design.power=yes data-consent=n/a. Without an answer, show them.

    ANSWER: yes, no, n/a, or open to take an answer back.
    """
    if answers:
        given = _answers(answers)
        _change(options, name, lambda workspace, db, number: commands.check(db, workspace.person, number, given))
        return
    with options.open(create=False) as workspace:
        values = workspace.store.read(lambda db: store.get(db, EXPERIMENT, store.find(db, EXPERIMENT, name))).result()
    checks = values["checks"] or {}
    if options.json:
        print_list(checklist_records(checks))
        return
    for checklist in checklists():
        click.echo(f"{checklist.title} ({checklist.id})")
        for item, question in checklist.items:
            for line in hung(f"  {checks.get(item, 'open'):<5} {item:<16} ", question):
                click.echo(line)
    done, total = answered(checks)
    click.echo(f"{done} of {counted(total, 'question')} answered.")


@experiment_.command()
@_ID
@pass_options
def freeze(options: Options, name: str) -> None:
    """Freeze the plan now. Otherwise its first run or its first result does. Later edits make verdicts exploratory."""
    from planner.experiments.plans import freeze_by_hand

    _change(options, name, lambda workspace, db, number: freeze_by_hand(db, workspace.person, number)[1])


@experiment_.command()
@_ID
@click.option("--plan", "version", type=click.IntRange(1), metavar="N", help="Print the frozen plan of version N.")
@pass_options
def versions(options: Options, name: str, version: int | None) -> None:
    """The frozen plans of EXPERIMENT, with what each version changed."""
    from planner.experiments.plans import differences
    from planner.experiments.plans import versions as read

    with options.open(create=False) as workspace:
        today = workspace.clock.today()
        found = workspace.store.read(lambda db: read(db, store.find(db, EXPERIMENT, name))).result()
    if version is not None:
        chosen = next((each for each in found if each.version == version), None)
        if chosen is None:
            raise UsageError(f"There is no version {version}.", mend=f"There are {len(found)}.")
        if options.json:
            print_json(preregistration_record(chosen, whole=True))
        else:
            click.echo(json.dumps(chosen.plan, ensure_ascii=False, indent=2, sort_keys=True))
        return
    if options.json:
        print_list([preregistration_record(each) for each in found])
        return
    for place, each in enumerate(found):
        click.echo("\n".join(hung("", version_line(each, today))))
        for change in differences(found[place - 1].plan, each.plan) if place else ():
            before, after = (json.dumps(value, ensure_ascii=False) for value in (change.before, change.after))
            click.echo("\n".join(hung(f"    {change.field}: ", f"{before} → {after}")))
    if not found:
        click.echo("The plan is not frozen yet.")


@experiment_.command()
@_ID
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="A file instead of the terminal.")
@pass_options
def plan(options: Options, name: str, output: Path | None) -> None:
    """Write the research proposal as Markdown, from the record. What is not known is said to be unknown."""
    from planner.experiments.proposal import proposal

    with options.open(create=False) as workspace:
        today, stale_days = workspace.clock.today(), workspace.settings.programme.stale_baseline_days
        text = workspace.store.read(
            lambda db: proposal(db, store.find(db, EXPERIMENT, name), today=today, stale_days=stale_days)
        ).result()
    if output is not None:
        try:
            with replacing(output, mode=0o666) as file:
                file.write(text.encode())
        except OSError as error:
            raise LabtopError(f"{output} cannot be written: {error.strerror}.", mend="Choose another place.") from error
    if options.json:
        print_json({"file": str(output.absolute()) if output else None, "markdown": None if output else text})
    else:
        click.echo(f"{output}: written" if output else text, nl=output is not None)


@experiment_.command()
@_ID
@click.option("--sigma", type=float, metavar="S", help="Standard deviation of the paired difference.")
@click.option("--seeds", type=click.IntRange(1, 10_000), metavar="N", help="How many seeds (default: as planned).")
@pass_options
def power(options: Options, name: str, sigma: float | None, seeds: int | None) -> None:
    """What the plan can find out: the interval's width and the chance of each verdict, by number of seeds."""
    from planner.experiments.prospecting import power_record, power_table

    with options.open(create=False) as workspace:
        found = workspace.store.read(
            lambda db: power_table(db, store.find(db, EXPERIMENT, name), sigma=sigma, seeds=seeds)
        ).result()
    if options.json:
        print_json(power_record(found))
        return
    unit = f" {found.unit}" if found.unit else ""
    head = f"{found.metric}: δ {found.delta:g}{unit}, σ {found.sigma:.4g} ({found.sigma_from}), α {found.at.alpha:.3g}"
    for line in (*hung("", head), "", "seeds  interval ±   80 % find  no effect:  effect δ:  effect 2δ:  GPU-hours"):
        click.echo(line)
    click.echo("                   an effect of    refuted  supported   supported")
    for row in found.table:
        hours = None if found.gpu_hours_per_seed is None else row.n * found.gpu_hours_per_seed
        mark = "▸" if row.n == found.at.n else " "
        half, finds = ("—" if each is None else f"{each:.4g}" for each in (row.half_width, row.detectable))
        click.echo(
            f"{mark}{row.n:>4}  {half:>11} {finds:>11}  {row.if_nothing.refuted:>9.0%}  "
            f"{row.if_delta.supported:>9.0%}  {row.if_twice.supported:>10.0%}  {number(hours):>9}"
        )
    click.echo("")
    for line in hung("", f"{found.at.summary} {found.looks}".strip()):
        click.echo(line)


@experiment_.command()
@_ID
@pass_options
def cost(options: Options, name: str) -> None:
    """What like runs took, as an offer for the plan's GPU-hours. Nothing is filled in by itself."""
    from planner.experiments.costs import estimate

    with options.open(create=False) as workspace:
        number_ = workspace.store.read(lambda db: store.find(db, EXPERIMENT, name)).result()
        found = workspace.store.read(lambda db: estimate(db, number_)).result()
    label = EXPERIMENT.label(number_)
    if options.json:
        print_json(
            {
                "id": label,
                "alike": None if found is None else list(found.alike),
                "experiments": [] if found is None else [f"E-{each}" for each in found.experiments],
                "runs": 0 if found is None else found.runs,
                "median": None if found is None else found.median,
                "low": None if found is None else found.low,
                "high": None if found is None else found.high,
                "arms": None if found is None else found.arms,
                "gpu_hours_per_seed": None if found is None else found.spread,
            }
        )
    elif found is None:
        click.echo("No like run says what it took.")
    else:
        for line in hung("", f"{found.said}."):
            click.echo(line)
        click.echo(f"To take it over: labtop experiment set {label} gpu_hours_per_seed={found.spread}")


@experiment_.command("rerun-baseline")
@_ID
@click.option("--arm", metavar="NAME", help="Which baseline, where there are several.")
@pass_options
def rerun_baseline(options: Options, name: str, arm: str | None) -> None:
    """Plan to measure a baseline again: a new experiment that comes before EXPERIMENT."""
    from planner.experiments.baselines import rerun

    _change(options, name, lambda workspace, db, number: rerun(db, workspace.person, number, arm=arm)[1])


for _verb in (results, judge, verdicts, verdict, tasks, ratings):
    experiment_.add_command(_verb)


def _answers(given: Sequence[str]) -> dict[str, str]:
    found = pairs(given)
    return {item: str(answer) for item, answer in found.items()}
