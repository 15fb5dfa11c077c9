"""`labtop quarantine`: records that could not be read, to look at, mend and try again."""

from pathlib import Path

import click

from library.errors import LabtopError, NotFound, PartlyDone, UsageError
from library.papers import quarantine as kept
from library.papers.quarantine import Quarantined, Retried
from library.papers.queries import rows
from library.text import clean, counted, one_line
from planner.workspace import Workspace
from tui.commands.asking import edited
from tui.options import Options, common_options, pass_options
from tui.output import print_change, print_json, print_list


@click.group(invoke_without_command=True)
@common_options
@click.pass_context
def quarantine(ctx: click.Context) -> None:
    """Records that could not be read: look at them, mend them, try again."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@quarantine.command(name="list")
@click.option("--all", "everything", is_flag=True, help="Also those that came in right since.")
@click.option("--limit", default=1_000, show_default=True, type=click.IntRange(1), help="How many.")
@pass_options
def list_(options: Options, everything: bool, limit: int) -> None:
    """What is in quarantine, and why."""
    with options.open(create=False) as workspace:
        found = workspace.store.read(lambda db: kept.listed(db, resolved=everything, limit=limit)).result()
        total = workspace.store.read(lambda db: kept.count(db, resolved=everything)).result()
    if options.json:
        print_list(found, total=total)
        return
    if not found:
        click.echo("Nothing is in quarantine.")
    for item in found:
        where = f"{item.file}, line {item.line}" if item.line else item.file
        mark = "  (in since)" if item.resolved_at else ""
        click.echo(f"{item.id:>5}  {one_line(where)}: {item.reason}{mark}")


@quarantine.command()
@click.argument("record_id", metavar="ID", type=int)
@pass_options
def show(options: Options, record_id: int) -> None:
    """One record: where it came from, why it could not be read, and its text."""
    with options.open(create=False) as workspace:
        item = workspace.store.read(lambda db: kept.one(db, record_id)).result()
    if options.json:
        print_json(item)
        return
    where = f"{item.file}, line {item.line}" if item.line else item.file
    click.echo(f"{one_line(where)} ({item.format}), first seen {item.first_seen}")
    click.echo(f"{item.reason}{f'; in since {item.resolved_at}' if item.resolved_at else ''}\n")
    click.echo(clean(item.raw))


@quarantine.command()
@click.argument("ids", metavar="[ID…]", nargs=-1, type=int)
@click.option("--edit", is_flag=True, help="Mend one record in $EDITOR first.")
@click.option("--file", "file", type=click.Path(path_type=Path), metavar="FILE", help="One, mended there.")
@pass_options
def retry(options: Options, ids: tuple[int, ...], edit: bool, file: Path | None) -> None:
    """Read records again: all of them, the ones named, or one as it was mended."""
    if (edit or file) and len(ids) != 1:
        raise UsageError("Mending needs exactly one record: labtop quarantine retry ID --edit.")
    with options.open(create=False) as workspace:
        items = _items(workspace, ids)
        mended = _mended(items[0], edit, file) if edit or file else None
        results = [
            workspace.store.write(
                lambda db, item=item: kept.retry(db, workspace.person, item.id, mended)  # type: ignore[misc]
            ).result()
            for item in items
        ]
        papers = [
            workspace.store.read(lambda db, ids=result.paper_ids: rows(db, ids, workspace.person)).result()  # type: ignore[misc]
            for result in results
        ]
    if options.json:
        print_list(
            [
                {"id": result.id, "papers": [row.key for row in found], "reason": result.reason}
                for result, found in zip(results, papers, strict=True)
            ]
        )
    else:
        for result in results:
            click.echo(f"{result.id:>5}  {_outcome(result)}")
        if not results:
            click.echo("Nothing is in quarantine.")
    left = tuple(f"{result.id}: {result.reason}" for result in results if result.reason)
    if left:
        raise PartlyDone(f"{len(left):,} of {len(results):,} still cannot be read.", left_out=left)


@quarantine.command()
@click.argument("ids", metavar="ID…", nargs=-1, type=int, required=True)
@pass_options
def drop(options: Options, ids: tuple[int, ...]) -> None:
    """Take records out of quarantine (labtop undo brings them back)."""
    with options.open(create=False) as workspace:
        change = workspace.store.write(lambda db: kept.drop(db, workspace.person, ids)).result()
    print_change(change, json_wanted=options.json)


def _items(workspace: Workspace, ids: tuple[int, ...]) -> tuple[Quarantined, ...]:
    if not ids:
        return workspace.store.read(lambda db: kept.listed(db, limit=100_000)).result()
    return workspace.store.read(lambda db: tuple(kept.one(db, record_id) for record_id in ids)).result()


def _mended(item: Quarantined, edit: bool, file: Path | None) -> str:
    if file is not None:
        try:
            return file.read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise NotFound(f"There is no file {file}.") from error
        except (OSError, UnicodeDecodeError) as error:
            raise LabtopError(f"{file} cannot be read: {error}.") from error
    suffix = {"bibtex": ".bib", "ris": ".ris", "jsonl": ".json", "json": ".json"}.get(item.format, ".xml")
    text = edited(item.raw, suffix)
    if text is None:
        raise NotFound("Nothing was changed in the editor, so nothing was tried.")
    return text


def _outcome(result: Retried) -> str:
    return result.reason or f"in now ({counted(len(result.paper_ids), 'paper')})"
