"""`labtop export decision` and `incident`: a document of one's own, as Markdown or as one HTML page."""

import sys
from pathlib import Path
from typing import Any

import click

from library.atomic import write_atomic
from library.errors import LabtopError, UsageError
from library.records import store
from planner.decisions.incidents import incident as read_incident
from planner.decisions.incidents import postmortem
from planner.decisions.kind import INCIDENT, MEMO
from planner.decisions.page import memo_page
from tui.options import Options, pass_options
from tui.output import print_json

_FORMAT = click.option(
    "--format", "format_name", type=click.Choice(["markdown", "html"]), default="markdown", show_default=True
)
_OUTPUT = click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help='A file, or "-".')
_FORCE = click.option("--force", is_flag=True, help="Write over a file that is there.")


@click.command()
@click.argument("name", metavar="DECISION")
@_FORMAT
@_OUTPUT
@click.option("--version", type=int, metavar="N", help="An earlier version, as it was proposed.")
@_FORCE
@pass_options
def decision(
    options: Options, name: str, format_name: str, output: Path | None, version: int | None, force: bool
) -> None:
    """Write a decision memo: where it stands, then its text as it was proposed."""

    def read(db: Any) -> tuple[str, str, str]:
        number = store.find(db, MEMO, name)
        title, markdown, _ = memo_page(db, number, version)
        return MEMO.label(number), title, markdown

    _export(options, read, format_name, output, force)


@click.command()
@click.argument("name", metavar="INCIDENT")
@_FORMAT
@_OUTPUT
@_FORCE
@pass_options
def incident(options: Options, name: str, format_name: str, output: Path | None, force: bool) -> None:
    """Write an incident with its postmortem."""

    def read(db: Any) -> tuple[str, str, str]:
        number = store.find(db, INCIDENT, name)
        return INCIDENT.label(number), read_incident(db, number)[0].title, postmortem(db, number)

    _export(options, read, format_name, output, force)


def _export(options: Options, read: Any, format_name: str, output: Path | None, force: bool) -> None:
    with options.open(create=False) as workspace:
        label, title, text = workspace.store.read(read).result()
    if format_name == "html":
        from library.html import page

        text = page(title, text)
    to_file = output if output is not None and str(output) != "-" else None
    if to_file is not None:
        write_new(to_file, text, force=force)
    if options.json:
        where = str(to_file.absolute()) if to_file is not None else None
        print_json({"id": label, "file": where, "format": format_name, "text": text if to_file is None else None})
    elif to_file is not None:
        click.echo(f"{to_file}: {label}")
    else:
        sys.stdout.write(text)


def write_new(path: Path, text: str, *, force: bool) -> None:
    """Write a file whole or not at all. Raises UsageError for one that is there (without `force`), LabtopError."""
    if path.exists() and not force:
        raise UsageError(f"{path} is there already.", mend="Choose another name, or add --force to write over it.")
    try:
        write_atomic(path, text, mode=0o666)  # as private as the user's other files
    except OSError as error:
        raise LabtopError(f"{path} cannot be written: {error.strerror}.", mend="Choose another place.") from error
