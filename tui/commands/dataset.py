"""`labtop dataset`: the register of data, benchmarks and label requests."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from library.records import store
from planner.experiments.queries import today_of
from planner.register import commands
from planner.register.kind import APPROVALS, DATASET
from planner.register.model import DatasetRow
from planner.register.queries import dataset, dataset_record, datasets
from tui.commands.records import Writing, add_writing_verbs, changing
from tui.options import Options, common_options, pass_options
from tui.output import ProgressLine, print_json, print_list
from tui.plain import hung, part

_ID = click.argument("name", metavar="DATASET")
_change = changing(DATASET)


@click.group("dataset", invoke_without_command=True)
@common_options
@click.pass_context
def dataset_(ctx: click.Context) -> None:
    """Data, benchmarks and label requests: what they are, who may use them, until when, who approved it."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


def _record(db: Any, number: int) -> Mapping[str, Any]:
    return dataset_record(dataset(db, number, today_of(db)))


def _notes(db: Any, number: int) -> Sequence[str]:
    found = dataset(db, number, today_of(db))
    return [f"It {problem}." for problem in found.problems]


add_writing_verbs(dataset_, Writing(DATASET, commands.add, commands.revise, _record, notes=_notes))


@dataset_.command("list")
@click.option("--kind", type=click.Choice(["dataset", "benchmark", "labels"]), help="Only these.")
@click.option("--approval", type=click.Choice(APPROVALS), help="Only with this approval.")
@click.option("--problems", is_flag=True, help="Only where something speaks against using it today.")
@pass_options
def list_(options: Options, kind: str | None, approval: str | None, problems: bool) -> None:
    """The register, with what speaks against using each entry today."""
    with options.open(create=False) as workspace:
        today = workspace.clock.today()
        found = [
            row
            for row in workspace.store.read(lambda db: datasets(db, today)).result()
            if (kind is None or row.dataset.kind == kind)
            and (approval is None or row.dataset.approval == approval)
            and (row.problems or not problems)
        ]
    if options.json:
        print_list([dataset_record(row) for row in found])
        return
    for row in found:
        click.echo("\n".join(_row_lines(row)))
    if not found:
        narrowed = kind or approval or problems
        click.echo("None is so." if narrowed else 'The register is empty. Add to it: labtop dataset add "…"')


@dataset_.command()
@_ID
@pass_options
def show(options: Options, name: str) -> None:
    """One entry: what is known of it, its approval, what speaks against it, who uses it."""
    with options.open(create=False) as workspace:
        today = workspace.clock.today()
        found = workspace.store.read(lambda db: dataset(db, store.find(db, DATASET, name), today)).result()
    if options.json:
        print_json(dataset_record(found))
    else:
        click.echo("\n".join(_page_lines(found)))


@dataset_.command()
@_ID
@click.option("--until", metavar="DAY", help="The last day on which it may be used.")
@click.option("--reason", metavar="TEXT", help="Under what conditions.")
@click.option("--not-needed", is_flag=True, help="Public data under a known licence: nobody has to approve it.")
@pass_options
def approve(options: Options, name: str, until: str | None, reason: str | None, not_needed: bool) -> None:
    """Approve the use of DATASET. Nobody approves what they registered or own."""
    if not_needed:
        _change(
            options, name, lambda workspace, db, number: commands.need_none(db, workspace.person, number, reason=reason)
        )
        return
    _change(
        options,
        name,
        lambda workspace, db, number: commands.approve(
            db,
            workspace.person,
            number,
            today=workspace.clock.today(),
            until=until,
            reason=reason,
            authority=workspace.settings.programme.data_authority,
        ),
    )


@dataset_.command()
@_ID
@click.option("--reason", required=True, metavar="TEXT", help="Why it may not be used.")
@pass_options
def refuse(options: Options, name: str, reason: str) -> None:
    """Refuse the use of DATASET. Plans that use it say so."""
    _change(
        options,
        name,
        lambda workspace, db, number: commands.refuse(
            db,
            workspace.person,
            number,
            today=workspace.clock.today(),
            reason=reason,
            authority=workspace.settings.programme.data_authority,
        ),
    )


@dataset_.command("hash")
@_ID
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Keep it in place of another hash; the approval lapses.")
@pass_options
def hash_(options: Options, name: str, path: Path, replace: bool) -> None:
    """Hash the file or folder PATH, and keep the hash or compare it with the one that is kept.

    A folder's hash is the sha256 of what sha256sum prints for its files, sorted by path.
    """
    from planner.register.hashing import content_hash

    with options.open(create=False) as workspace:
        number = workspace.store.read(lambda db: store.find(db, DATASET, name)).result()
        with ProgressLine() as progress:
            content = content_hash(path, report=progress)
        change = workspace.store.write(
            lambda db: commands.pin(db, workspace.person, number, content, replace=replace)
        ).result()
    if options.json:
        print_json(
            {
                "id": DATASET.label(number),
                "sha256": content.sha256,
                "files": content.files,
                "bytes": content.size,
                "stored": change.journal_id is not None,
            }
        )
    else:
        click.echo(change.summary)


def _row_lines(row: DatasetRow) -> list[str]:
    found = row.dataset
    used = f"used by {', '.join(f'E-{number}' for number in row.experiments)}" if row.experiments else ""
    facts = [found.kind, found.approval, found.sensitivity, found.licence or "licence ?", found.owner or "", used]
    lines = hung(f"{found.label:<6} ", found.title)
    lines += hung(" " * 7, " · ".join(fact for fact in facts if fact))
    lines += [line for problem in row.problems for line in hung(" " * 7 + "▲ ", problem)]
    return lines


def _page_lines(row: DatasetRow) -> list[str]:
    found = row.dataset
    until = f" until {found.approved_until}" if found.approved_until else ""
    who = f" by {found.approved_by}, {found.approved_at}" if found.approved_by else ""
    facts = {
        "Approval": f"{found.approval}{until}{who}{f': {found.approval_reason}' if found.approval_reason else ''}",
        "Sensitivity": found.sensitivity,
        "Licence": found.licence or "?",
        "Owner": found.owner or "?",
        "Content hash": found.content_hash or "?",
        "Keep until": found.retention_until or "?",
        "Known biases": found.biases or "?",
        "Contamination": found.contamination or "?",
        "Registered": f"by {found.created_by}, {found.created_at}",
    }
    if found.kind == "labels":
        wanted = "?" if found.wanted is None else f"{found.wanted:,}"
        facts["Labels"] = f"{found.delivered or 0:,} of {wanted} delivered, due {found.due or '?'}"
    parts = [
        hung(f"{found.label:<6} ", found.title),
        hung(" " * 7, f"{found.kind}{f': {found.about}' if found.about else ''}"),
        ["", *(line for label, text in facts.items() for line in hung(f"  {label + ':':<15} ", text))],
        part("▲ Against using it", [line for problem in row.problems for line in hung("  it ", problem)]),
        part("Used by", [f"  {', '.join(f'E-{number}' for number in row.experiments)}"] if row.experiments else []),
    ]
    return [line for each in parts for line in each]
