"""`labtop club agenda`, `prep`, `page`, `history`, `ics`, `stats`, and `labtop export club`: documents and figures."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from library.atomic import write_atomic
from library.club.calendar import calendar
from library.club.history import history_csv
from library.club.queries import find, sessions
from library.club.record import session_record
from library.errors import LabtopError, NotFound
from library.papers.queries import find_id
from planner.club import documents
from planner.club.prep import prep, prep_record
from planner.club.stats import stats, stats_lines, stats_record
from planner.workspace import Workspace
from tui.commands.club_choosing import chosen
from tui.options import Options, pass_options
from tui.output import as_json, print_json, print_list

_SESSION = click.argument("name", metavar="[SESSION]", required=False)
_FORMAT = click.option(
    "--format", "format_name", type=click.Choice(["markdown", "html"]), default="markdown", show_default=True
)
_OUTPUT = click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help='A file, or "-".')
FORMATS = ("markdown", "html", "ics", "csv", "json")


@click.command()
@_SESSION
@_FORMAT
@_OUTPUT
@pass_options
def agenda(options: Options, name: str | None, format_name: str, output: Path | None) -> None:
    """The agenda of SESSION (without a name: the next one) with a prep pack of each paper."""
    with options.open(create=False) as workspace:
        found = chosen(workspace, name)
        title, text = workspace.store.read(lambda db: documents.agenda_page(db, workspace.person, found.id)).result()
    _leave(options, found.label, _formatted(title, text, format_name), format_name, output)


@click.command()
@_SESSION
@_FORMAT
@_OUTPUT
@pass_options
def page(options: Options, name: str | None, format_name: str, output: Path | None) -> None:
    """The minutes of SESSION (without a name: the last one) as a document."""
    with options.open(create=False) as workspace:
        found = chosen(workspace, name, past=True)
        title, text = workspace.store.read(lambda db: documents.minutes_page(db, found.id)).result()
    _leave(options, found.label, _formatted(title, text, format_name), format_name, output)


@click.command("prep")
@click.argument("names", nargs=-1, metavar="[SESSION|PAPER…]")
@pass_options
def prep_(options: Options, names: tuple[str, ...]) -> None:
    """What the record has for whoever presents: of papers, or of those of SESSION (without a name: the next one).

    Why it was picked, what it bears on, three questions by template, related papers you know, the critique so far.
    """

    def read(db: Any, workspace: Workspace) -> list[Any]:
        wanted: list[tuple[int, int | None]] = []
        for name in names:
            try:
                wanted.append((find_id(db, name), None))
            except NotFound:
                found = chosen(workspace, name) if name[:1] in "sS" or name.isdigit() else None
                if found is None:
                    raise
                wanted += [(slot.paper_id, slot.proposal_id) for slot in found.slots]
        return [prep(db, workspace.person, paper, number) for paper, number in wanted]

    with options.open(create=False) as workspace:
        if not names:
            names = (chosen(workspace, None).label,)
        packs = workspace.store.read(lambda db: read(db, workspace)).result()
    if options.json:
        print_list([prep_record(pack) for pack in packs])
        return
    for pack in packs:
        click.echo(documents.prep_page(pack)[1], nl=False)
    if not packs:
        click.echo("That session has no paper yet.")


@click.command()
@click.option("--format", "format_name", type=click.Choice([f for f in FORMATS if f != "ics"]), default="markdown",
              show_default=True)  # fmt: skip
@_OUTPUT
@pass_options
def history(options: Options, format_name: str, output: Path | None) -> None:
    """All sessions: what was discussed when, who presented, what was decided."""
    _export(options, format_name, output)


@click.command()
@click.argument("name", metavar="[SESSION]", required=False)
@_OUTPUT
@pass_options
def ics(options: Options, name: str | None, output: Path | None) -> None:
    """A calendar file of all sessions, or of SESSION. Imported again, it updates and cancels what is there."""
    with options.open(create=False) as workspace:

        def read(db: Any) -> tuple[str, bytes]:
            number = find(db, "S", name) if name is not None else None
            label = "club" if number is None else f"S-{number}"
            return label, calendar(db, workspace.name, now=workspace.clock.now(), number=number)

        label, data = workspace.store.read(read).result()
    _leave(options, label, data, "ics", output)


@click.command("stats")
@pass_options
def stats_(options: Options) -> None:
    """Papers discussed a month, days from announcement to discussion, how many gave a hypothesis evidence."""
    with options.open(create=False) as workspace:
        found = workspace.store.read(lambda db: stats(db, workspace.clock.now())).result()
    if options.json:
        print_json(stats_record(found))
        return
    for line in stats_lines(found):
        click.echo(f"{line}.")


@click.command("club")
@click.option("--format", "format_name", type=click.Choice(FORMATS), default="markdown", show_default=True)
@_OUTPUT
@pass_options
def export_club(options: Options, format_name: str, output: Path | None) -> None:
    """Write all sessions of the paper club: a document, a calendar file, or a table."""
    _export(options, format_name, output)


def _export(options: Options, format_name: str, output: Path | None) -> None:
    with options.open(create=False) as workspace:
        data = workspace.store.read(lambda db: _WRITERS[format_name](db, workspace)).result()
    _leave(options, "club", data, format_name, output)


def _json(db: Any, _workspace: Workspace) -> str:
    found = [session_record(each) for each in sessions(db)]
    record = as_json({"total": len(found), "results": found, "stats": stats_record(stats(db, _workspace.clock.now()))})
    return json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


_WRITERS: dict[str, Callable[[Any, Workspace], str | bytes]] = {
    "markdown": lambda db, workspace: documents.history_page(db, workspace.name, workspace.clock.now())[1],
    "html": lambda db, workspace: _formatted(
        *documents.history_page(db, workspace.name, workspace.clock.now()), "html"
    ),
    "csv": lambda db, _: history_csv(db),
    "json": _json,
    "ics": lambda db, workspace: calendar(db, workspace.name, now=workspace.clock.now()),
}


def _formatted(title: str, text: str, format_name: str) -> str:
    if format_name != "html":
        return text
    from library.html import page as html_page

    return html_page(title, text)


def _leave(options: Options, label: str, data: str | bytes, format_name: str, output: Path | None) -> None:
    """To a file, or to standard output; with --json an object that says where, or holds the text."""
    to_file = output if output is not None and str(output) != "-" else None
    if to_file is not None:
        _write(to_file, data)
    text = data.decode("utf-8") if isinstance(data, bytes) else data
    if options.json:
        where = str(to_file.absolute()) if to_file is not None else None
        print_json({"id": label, "file": where, "format": format_name, "text": text if to_file is None else None})
    elif to_file is not None:
        click.echo(f"{to_file}: {'all sessions' if label == 'club' else label}")
    else:
        sys.stdout.write(text)


def _write(path: Path, data: str | bytes) -> None:
    """A file that is there is written over: it was made from the record, and is again."""
    try:
        write_atomic(path, data, mode=0o666)  # as private as the user's other files
    except OSError as error:
        raise LabtopError(f"{path} cannot be written: {error.strerror}.", mend="Choose another place.") from error


VERBS = (agenda, page, prep_, history, ics, stats_)
