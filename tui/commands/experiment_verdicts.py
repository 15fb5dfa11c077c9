"""`labtop experiment judge`, `verdicts`, `verdict` and `ratings`: what results say, by the rule fixed beforehand."""

from collections.abc import Mapping
from typing import Any

import click

from library.errors import UsageError
from library.records import store
from library.records.field import FieldError, record_number
from library.text import counted
from planner.experiments.kind import EXPERIMENT
from planner.experiments.model import VerdictDetail
from planner.experiments.verdicts import outdated, verdict_record, verdict_row_record
from planner.experiments.verdicts import verdict as read_verdict
from planner.experiments.verdicts import verdicts as read_verdicts
from tui.commands.experiment_text import number, verdict_text
from tui.options import Options, pass_options
from tui.output import print_json, print_list
from tui.plain import hung, part

_ID = click.argument("name", metavar="EXPERIMENT")


@click.command()
@_ID
@click.option("--treatment", metavar="ARM", help="Which treatment, where there are several.")
@click.option("--baseline", metavar="ARM", help="Against which baseline, where there are several.")
@click.option("--phase", type=click.Choice(["offline", "online"]), default="offline", show_default=True,
              help="On which results.")  # fmt: skip
@pass_options
def judge(options: Options, name: str, treatment: str | None, baseline: str | None, phase: Any) -> None:
    """Judge EXPERIMENT by its frozen plan and store the verdict. Results as they were give the same one again."""
    from planner.experiments.verdicts import judge as decide

    with options.open(create=False) as workspace:
        programme, today = workspace.settings.programme, workspace.clock.today()
        number_, change = workspace.store.write(
            lambda db: decide(
                db,
                workspace.person,
                store.find(db, EXPERIMENT, name),
                treatment=treatment,
                baseline=baseline,
                phase=phase,
                today=today,
                stale_days=programme.stale_baseline_days,
                fiscal_month=programme.fiscal_month,
            )
        ).result()
        found = workspace.store.read(lambda db: read_verdict(db, number_)).result()
    if options.json:
        print_json({**verdict_record(found), "new": change.journal_id is not None})
        return
    if change.journal_id is None:
        click.echo("Results are as they were.")
    click.echo("\n".join(verdict_lines(found)))


@click.command()
@click.argument("name", metavar="[EXPERIMENT]", required=False)
@pass_options
def verdicts(options: Options, name: str | None) -> None:
    """The verdicts on EXPERIMENT, or all; the newest first."""

    def read(db: Any) -> Any:
        return read_verdicts(db, store.find(db, EXPERIMENT, name) if name is not None else None)

    with options.open(create=False) as workspace:
        found = workspace.store.read(read).result()
    if options.json:
        print_list([verdict_row_record(row) for row in found])
        return
    for row in found:
        click.echo("\n".join(hung(f"{row.name:<5} ", f"E-{row.experiment_id}: {verdict_text(row)}")))
    if not found:
        click.echo("There is no verdict yet. labtop experiment judge E-… makes one.")


@click.command()
@click.argument("name", metavar="VERDICT")
@pass_options
def verdict(options: Options, name: str) -> None:
    """One verdict with everything that it rests on: rule, numbers, guardrails, family, warnings."""
    try:
        number_ = record_number("V", name, "verdict")
    except FieldError:
        raise UsageError(f"“{name}” names no verdict: these are called V-4.") from None
    with options.open(create=False) as workspace:
        found = workspace.store.read(lambda db: read_verdict(db, number_)).result()
    if options.json:
        print_json(verdict_record(found))
    else:
        click.echo("\n".join(verdict_lines(found)))


@click.command()
@_ID
@pass_options
def ratings(options: Options, name: str) -> None:
    """How far the people agree who rated EXPERIMENT, beyond chance."""
    from planner.experiments.ratings import agreements
    from planner.experiments.traced import agreement_record

    with options.open(create=False) as workspace:
        found = workspace.store.read(lambda db: agreements(db, store.find(db, EXPERIMENT, name))).result()
    if options.json:
        print_list([{"id": each.metric, **agreement_record(each)} for each in found])
        return
    for each in found:
        click.echo("\n".join(hung("▲ " if each.below else "", f"{each.metric}: {each.said}")))
    if not found:
        click.echo("Nobody rated it, or each item was rated by one person alone.")


@click.command()
@_ID
@click.option("--treatment", metavar="ARM", help="Which treatment, where there are several.")
@click.option("--baseline", metavar="ARM", help="Against which baseline, where there are several.")
@click.option("--phase", type=click.Choice(["offline", "online"]), default="offline", show_default=True,
              help="On which results.")  # fmt: skip
@pass_options
def tasks(options: Options, name: str, treatment: str | None, baseline: str | None, phase: Any) -> None:
    """What the slices of EXPERIMENT say together, each of them a task; scores have to be on one scale.

    Interquartile mean and probability of improvement, with bootstrap intervals. No verdict rests on them.
    """
    from planner.experiments.across import across_record, across_tasks

    with options.open(create=False) as workspace:
        found = workspace.store.read(
            lambda db: across_tasks(
                db, store.find(db, EXPERIMENT, name), treatment=treatment, baseline=baseline, phase=phase
            )
        ).result()
    if options.json:
        print_json(across_record(found))
        return
    runs = f"{found.runs[0]} and {found.runs[1]} runs" if found.runs[0] != found.runs[1] else f"{found.runs[0]} runs"
    head = f"{found.metric} over {len(found.tasks)} tasks: {found.treatment} against {found.baseline}, {runs}"
    click.echo("\n".join(hung("", head)))
    for label, each in (
        (f"interquartile mean, {found.baseline}", found.iqm_baseline),
        (f"interquartile mean, {found.treatment}", found.iqm_treatment),
        ("improvement", found.difference),
        ("probability of improvement", found.probability),
    ):
        between = "" if each.low is None else f" [{number(each.low)}, {number(each.high)}]"
        click.echo("\n".join(hung("  ", f"{label}: {number(each.value)}{between}")))
    for line in found.left_out:
        click.echo("\n".join(hung("▲ ", f"Left out: {line}")))
    if found.approximate:
        few = min(found.runs) < 3
        click.echo(
            f"▲ {'Fewer than 3 runs give no' if few else 'Approximate: fewer than 10 runs give too short an'} interval."
        )


def verdict_lines(found: VerdictDetail) -> list[str]:
    """A verdict as a page."""
    row, details = found.row, found.details
    rule: Mapping[str, Any] = details["rule"]
    values = counted(len(details["results"]), "value")
    parts = [
        hung(f"{row.name:<5} ", f"on E-{row.experiment_id}: {row.treatment} against {row.baseline}"),
        hung(" " * 6, verdict_text(row)),
        hung("▲     ", outdated(row, found.changed_since)) if found.changed_since else [],
        part("Why it confirms nothing", [line for each in details["exploratory"] for line in hung("  ", each)]),
        part("▲ To know", [line for each in details["warnings"] for line in hung("  ", each)]),
        part("Rule", _rule(rule, details)),
        part("Numbers", _numbers(row.method, details)),
        part("Guardrails and slices", [line for each in details["guardrails"] for line in hung("  ", each["summary"])]),
        part("Ablations", [line for each in details["ablations"] for line in hung("  ", each["summary"])]),
        part("Judged together", _family(details["family"])),
        part("Raters", [line for each in details["agreement"] for line in hung("  ", _agreement(each))]),
        ["", *hung("", f"From {values}, sha256 {found.results_hash}; by {row.person}, {row.at}")],
    ]
    return [line for each in parts for line in each]


def _rule(rule: Mapping[str, Any], details: Mapping[str, Any]) -> list[str]:
    looks = rule["looks"] if isinstance(rule["looks"], str) else ", ".join(map(str, rule["looks"]))
    frozen = details["preregistration"]
    text = (
        f"{rule['metric']} should {rule['direction']} by δ {rule['delta']:g}; α {rule['alpha']:g}, pairing "
        f"{rule['pairing']}, {rule['planned_n'] or '?'} seeds, looks {looks}; version {frozen['version']} of the plan, "
        f"sha256 {frozen['sha256'][:16]}…"
    )
    return hung("  ", text)


def _numbers(method: str, details: Mapping[str, Any]) -> list[str]:
    numbers = details["numbers"]
    lines = [f"  method             {method}"]
    shown = (
        ("effect", "effect"),
        ("interval", None),
        ("raw interval", None),
        ("σ of a difference", "sd"),
        ("p against 0", "p"),
        ("adjusted", "p_adjusted"),
        ("p against δ", "p_delta"),
        ("adjusted", "p_delta_adjusted"),
        ("sign-flip p", "p_signflip"),
        ("e-value", "e_value"),
        ("shrunk effect", "shrunk"),
    )
    for label, name in shown:
        if name is None:
            prefix = "raw_" if label.startswith("raw") else ""
            low, high = numbers[f"{prefix}low"], numbers[f"{prefix}high"]
            if low is not None and high is not None:
                lines.append(f"  {label:<19}[{number(low)}, {number(high)}]")
        elif numbers[name] is not None:
            lines.append(f"  {label:<19}{number(numbers[name])}")
    if details["power"] is not None:
        lines.append(f"  {'power at δ':<19}{number(details['power'])}")
    for arm in details["arms"]:
        told = f"{arm['usable']} usable, {arm['crashed']} crashed, {arm['nan']} without a value"
        told += f", {arm['excluded']} left out"
        lines += hung(f"  {arm['arm']}: ", told)
    return lines


def _family(family: Mapping[str, Any] | None) -> list[str]:
    if family is None:
        return []
    lines = hung("  ", f"{family['name']}: {family['size']} comparisons, {family['kind']}")
    for each in family["members"]:
        told = f"{each['treatment']} against {each['baseline']}: p {number(each['p'])}"
        told += f", adjusted {number(each['p_adjusted'])}"
        lines += hung(f"  {each['experiment']:<6}", told)
    return lines


def _agreement(each: Mapping[str, Any]) -> str:
    between = "" if each["low"] is None else f" [{each['low']:.2f}, {each['high']:.2f}]"
    value = "undefined" if each["value"] is None else f"{each['value']:.2f}"
    wanted = "" if each["wanted"] is None else f"; wanted at least {each['wanted']:g}"
    return f"{each['name']} {value}{between}, {each['raters']} raters, {each['items']} items{wanted}"
