"""`labtop export`: what leaves the workspace as a file."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from library.atomic import replacing
from library.errors import LabtopError, NotFound
from library.papers.exporting import bibtex_lines
from library.text import counted
from planner.workspace import Workspace
from tui.commands.export_decision import decision, incident
from tui.commands.query import QueryCommand
from tui.options import Options, common_options, pass_options
from tui.output import ProgressLine, print_json


@click.group()
@common_options
def export() -> None:
    """Write papers, a decision or an incident to a file."""


export.add_command(decision)
export.add_command(incident)


@export.command(name="library", cls=QueryCommand)
@click.argument("query", nargs=-1, metavar="[QUERY]")
@click.option("--format", "format_name", type=click.Choice(["bibtex"]), default="bibtex", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help='A file, or "-" (the default).')
@pass_options
def library_(options: Options, query: tuple[str, ...], format_name: str, output: Path | None) -> None:
    """Write papers as BibTeX: all of them, or those that QUERY finds (as labtop search --mode keyword).

    Citation keys are unique, and stay the same whatever else is exported.
    """
    from tui.commands.search import query_text

    with options.open(create=False) as workspace, ProgressLine() as progress:
        ids = _found(workspace, query_text(query)) if query else None
        lines = bibtex_lines(workspace, ids, progress=progress)
        to_file = output if output is not None and str(output) != "-" else None
        text = ""
        if to_file is not None:
            count = _write_file(to_file, lines)
        elif options.json:
            entries = list(lines)
            text, count = "".join(entries), sum(_written(0, entry) for entry in entries)
        else:
            count = sum(_written(sys.stdout.write(line), line) for line in lines)
    if options.json:
        where = str(to_file.absolute()) if to_file is not None else None
        print_json({"papers": count, "file": where, "format": format_name, "text": text})
    elif to_file is not None:
        click.echo(f"{to_file}: {counted(count, 'paper')}")


def _found(workspace: Workspace, text: str) -> Sequence[int]:
    from library.search.run import MAX_LISTED, search

    result = search(
        workspace.store,
        text,
        meaning=None,
        person=workspace.person,
        today=workspace.clock.today(),
        mode="keyword",
        sort="date",
        limit=MAX_LISTED,
    )
    for notice in result.notices:
        click.echo(f"labtop: {notice}", err=True)
    if not result.hits:
        raise NotFound(f"No paper here matches {text!r}, so nothing was written.")
    return [hit.paper_id for hit in result.hits]


def _write_file(path: Path, lines: Iterable[str]) -> int:
    try:
        with replacing(path, mode=0o666) as file:  # as private as the user's other files
            return sum(_written(file.write(line.encode()), line) for line in lines)
    except OSError as error:
        raise LabtopError(f"{path} cannot be written: {error.strerror}.", mend="Choose another place.") from error


def _written(_: int, line: str) -> int:
    """1 for an entry, 0 for a comment."""
    return 0 if line.startswith("@comment") else 1
