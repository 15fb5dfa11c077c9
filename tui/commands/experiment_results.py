"""`labtop experiment results`: values of runs, from files and by hand, and what does not count."""

import sys
from typing import Any

import click

from library.db.changes import Change
from library.errors import PartlyDone, UsageError
from library.records import store
from library.text import counted
from planner.experiments.kind import EXPERIMENT
from planner.experiments.record import result_record
from planner.workspace import Workspace
from tui.commands.experiment_text import number
from tui.options import Options, common_options, pass_options
from tui.output import print_change, print_json, print_list

_ID = click.argument("name", metavar="EXPERIMENT")
_PHASE = click.option("--phase", type=click.Choice(["offline", "online"]), help="Where they were measured.")


@click.group()
@common_options
def results() -> None:
    """Results: one value for each arm, seed, metric and slice."""


@results.command("import")
@_ID
@click.argument("file", metavar="FILE")
@click.option("--map", "mapping", multiple=True, metavar="COLUMN=FIELD", help="What a column holds; may be repeated.")
@click.option("--arm", "arms", multiple=True, metavar="[FILE'S=]PLAN'S", help="The arm of all rows, or another name.")
@click.option("--metric", metavar="NAME", help="The metric of all rows (default: the primary one).")
@_PHASE
@click.option("--replace", "replacing", is_flag=True, help="Put values in place of stored ones that differ.")
@click.option("--skip-bad", is_flag=True, help="Leave lines out that cannot be taken; otherwise nothing is stored.")
@click.option("--ratings", is_flag=True, help="FILE holds ratings: item, rater, arm, score.")
@click.option("--encoding", metavar="NAME", help="Of a file that is neither UTF-8 nor UTF-16.")
@pass_options
def import_(
    options: Options,
    name: str,
    file: str,
    mapping: tuple[str, ...],
    arms: tuple[str, ...],
    metric: str | None,
    phase: str | None,
    replacing: bool,
    skip_bad: bool,
    ratings: bool,
    encoding: str | None,
) -> None:
    """Bring results in from CSV or JSON lines ("-" is standard input), also gzipped.

    Columns: arm, seed, metric, slice, value, status (ok, nan, crashed), reason, gpu_hours, phase, run; or a column for
    each metric instead of metric and value. FIELD is one of these, or metric:NAME. The first result freezes the plan.
    A file is taken whole or not at all, and importing it again changes nothing.
    """
    with options.open(create=False) as workspace:
        workspace.refuse_if_read_only()
        experiment_id = workspace.store.read(lambda db: store.find(db, EXPERIMENT, name)).result()
        if ratings:
            if arms or phase:
                raise UsageError("--ratings takes its arms from the file; --arm and --phase do not go with it.")
            _import_ratings(options, workspace, experiment_id, file, mapping, metric, replacing, skip_bad, encoding)
        else:
            _import(
                options, workspace, experiment_id, file, mapping, arms, metric, phase, replacing, skip_bad, encoding
            )


def _import(
    options: Options,
    workspace: Workspace,
    experiment_id: int,
    file: str,
    mapping: tuple[str, ...],
    arms: tuple[str, ...],
    metric: str | None,
    phase: str | None,
    replacing: bool,
    skip_bad: bool,
    encoding: str | None,
) -> None:
    from planner.experiments.columns import choices_of
    from planner.experiments.importing import import_results, known_names
    from planner.experiments.reading import read_results

    known = workspace.store.read(lambda db: known_names(db, experiment_id)).result()
    choices = choices_of(known, columns=mapping, arms=arms, metric=metric, phase=phase)
    read = read_results(file, known, choices, stdin=sys.stdin.buffer if file == "-" else None, encoding=encoding)
    report, change = workspace.store.write(
        lambda db: import_results(db, workspace.person, experiment_id, read, replacing=replacing, skip_bad=skip_bad)
    ).result()
    if options.json:
        print_json(
            {
                "id": EXPERIMENT.label(experiment_id),
                "file": report.source,
                "rows": report.rows,
                "added": report.added,
                "replaced": report.replaced,
                "filled": report.filled,
                "same": report.same,
                "failed": report.failed,
                "skipped": [{"line": each.line, "why": each.why} for each in report.skipped],
                "unused": list(report.unused),
                "warnings": list(report.warnings),
                "journal": change.journal_id,
            }
        )
    else:
        counts = {
            "added": report.added,
            "replaced": report.replaced,
            "filled in": report.filled,
            "as before": report.same,
        }
        told = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count) or "nothing"
        failed = f" ({report.failed:,} without a value)" if report.failed else ""
        click.echo(
            f"{EXPERIMENT.label(experiment_id)}, {counted(report.rows, 'row')} of {report.source}: {told}{failed}"
        )
        if report.unused:
            click.echo(f"▲ Not used: {', '.join(report.unused)}", err=True)
        for line in report.warnings:
            click.echo(f"▲ {line}", err=True)
    if report.skipped:
        raise PartlyDone("Not everything came in.", left_out=tuple(str(each) for each in report.skipped))


def _import_ratings(
    options: Options,
    workspace: Workspace,
    experiment_id: int,
    file: str,
    mapping: tuple[str, ...],
    metric: str | None,
    replacing: bool,
    skip_bad: bool,
    encoding: str | None,
) -> None:
    from planner.experiments.columns import choices_of
    from planner.experiments.importing import known_names
    from planner.experiments.ratings import agreements, import_ratings, read_ratings
    from planner.experiments.traced import agreement_record

    known = workspace.store.read(lambda db: known_names(db, experiment_id)).result()
    read = read_ratings(
        file,
        known,
        metric=metric,
        stdin=sys.stdin.buffer if file == "-" else None,
        encoding=encoding,
        columns=choices_of(known, columns=mapping).columns,
    )
    count, change = workspace.store.write(
        lambda db: import_ratings(db, workspace.person, experiment_id, read, replacing=replacing, skip_bad=skip_bad)
    ).result()
    found = workspace.store.read(lambda db: agreements(db, experiment_id)).result()
    if options.json:
        print_json(
            {
                "id": EXPERIMENT.label(experiment_id),
                "file": read.source,
                "rows": read.rows,
                "added": count,
                "skipped": [{"line": each.line, "why": each.why} for each in read.bad],
                "agreement": [agreement_record(each) for each in found],
                "journal": change.journal_id,
            }
        )
    else:
        click.echo(change.summary)
        for each in found:
            click.echo(f"{'▲ ' if each.below else ''}{each.metric}: {each.said}")
    if read.bad:
        raise PartlyDone("Not everything came in.", left_out=tuple(str(each) for each in read.bad))


@results.command("add")
@_ID
@click.option("--arm", required=True, metavar="NAME", help="Which arm.")
@click.option("--seed", required=True, metavar="SEED", help="Which seed.")
@click.option("--value", metavar="NUMBER", help="What was measured.")
@click.option("--metric", metavar="NAME", help="Of what (default: the primary metric).")
@click.option("--slice", "slice_", metavar="NAME", help="On which part of the data.")
@click.option("--status", type=click.Choice(["ok", "nan", "crashed"]), help="Where there is no value: why.")
@click.option("--gpu-hours", metavar="HOURS", help="What the run took.")
@click.option("--run", metavar="ID", help="Which run it was.")
@click.option("--reason", metavar="TEXT", help="What happened, where there is no value.")
@_PHASE
@click.option("--replace", "replacing", is_flag=True, help="Put it in place of a stored value that differs.")
@pass_options
def add(
    options: Options,
    name: str,
    arm: str,
    seed: str,
    value: str | None,
    metric: str | None,
    slice_: str | None,
    status: str | None,
    gpu_hours: str | None,
    run: str | None,
    reason: str | None,
    phase: str | None,
    replacing: bool,
) -> None:
    """Store one value by hand."""
    from planner.experiments.importing import add_result

    given = {
        "arm": arm,
        "seed": seed,
        "value": value,
        "metric": metric,
        "slice": slice_,
        "status": status,
        "gpu_hours": gpu_hours,
        "run": run,
        "reason": reason,
        "phase": phase,
    }
    raw = {field: text for field, text in given.items() if text is not None}
    with options.open(create=False) as workspace:
        report, change = workspace.store.write(
            lambda db: add_result(db, workspace.person, store.find(db, EXPERIMENT, name), raw, replacing=replacing)
        ).result()
    print_change(change, json_wanted=options.json)
    for line in report.warnings:
        click.echo(f"▲ {line}", err=True)


@results.command("list")
@_ID
@click.option("--arm", metavar="NAME", help="Only this arm.")
@click.option("--metric", metavar="NAME", help="Only this metric.")
@_PHASE
@click.option("--limit", default=1_000, show_default=True, type=click.IntRange(1), help="How many.")
@pass_options
def list_(options: Options, name: str, arm: str | None, metric: str | None, phase: Any, limit: int) -> None:
    """The stored values, in the order in which they came."""
    from planner.experiments.storing import results as read

    with options.open(create=False) as workspace:
        found = workspace.store.read(
            lambda db: read(db, store.find(db, EXPERIMENT, name), arm=arm, metric=metric, phase=phase)
        ).result()
    if options.json:
        print_list([result_record(row) for row in found[:limit]], total=len(found))
        return
    for row in found[:limit]:
        value = number(row.value) if row.status == "ok" else f"{row.status}{f' ({row.reason})' if row.reason else ''}"
        where = f"{row.metric}{f' on {row.slice}' if row.slice else ''}{' online' if row.phase == 'online' else ''}"
        hours = "" if row.gpu_hours is None else f"  {row.gpu_hours:g} GPU-h"
        click.echo(f"{row.arm}  seed {row.seed}  {where}  {value}{hours}")
    if len(found) > limit:
        click.echo(f"… {len(found) - limit:,} more; --limit shows them", err=True)
    if not found:
        click.echo("None is so." if arm or metric or phase else "No result is stored.")


@results.command()
@_ID
@click.option("--arm", required=True, metavar="NAME", help="Which arm.")
@click.option("--seed", required=True, metavar="SEED", help="Which seed.")
@click.option("--reason", required=True, metavar="TEXT", help="Why it does not count.")
@click.option("--rule", type=click.IntRange(1), metavar="N", help="Under which exclusion rule of the frozen plan.")
@click.option("--metric", metavar="NAME", help="Only this metric of the run.")
@_PHASE
@pass_options
def exclude(
    options: Options, name: str, arm: str, seed: str, reason: str, rule: int | None, metric: str | None, phase: Any
) -> None:
    """Leave a run out of verdicts. Without a rule that was fixed beforehand, verdicts become exploratory."""
    from planner.experiments.exclusions import exclude as leave_out

    _change(
        options,
        lambda workspace, db: leave_out(
            db,
            workspace.person,
            store.find(db, EXPERIMENT, name),
            arm=arm,
            seed=seed,
            reason=reason,
            rule=rule,
            metric=metric,
            phase=phase,
        ),
    )


@results.command()
@_ID
@click.option("--arm", required=True, metavar="NAME", help="Which arm.")
@click.option("--seed", required=True, metavar="SEED", help="Which seed.")
@_PHASE
@pass_options
def include(options: Options, name: str, arm: str, seed: str, phase: Any) -> None:
    """Take a run back in that was left out."""
    from planner.experiments.exclusions import include as take_in

    _change(
        options,
        lambda workspace, db: take_in(
            db, workspace.person, store.find(db, EXPERIMENT, name), arm=arm, seed=seed, phase=phase
        ),
    )


def _change(options: Options, write: Any) -> None:
    with options.open(create=False) as workspace:
        change: Change = workspace.store.write(lambda db: write(workspace, db)).result()
    print_change(change, json_wanted=options.json)
