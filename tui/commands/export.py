"""`labtop export`: what leaves the workspace as a file."""

import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from library.errors import UsageError
from library.exporting.choosing import Chosen, everything, found, named, queue, saved
from library.exporting.formats import FORMATS
from library.exporting.writing import Exported
from library.text import counted, tag_label
from planner.workspace import Workspace
from tui.commands.club_pages import export_club
from tui.commands.export_decision import decision, incident
from tui.commands.query import QueryCommand
from tui.options import Options, common_options, pass_options
from tui.output import ProgressLine, print_json

VAULT = "vault"


def _format(default: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(
        "--format",
        "format_name",
        type=click.Choice([*FORMATS, VAULT]),
        help=f"What to write (default: as FILE is named, else {default}).",
    )


_OUTPUT = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help='A file (of a vault: its folder), or "-" (the default).',
)
_OWN = click.option("--own", is_flag=True, help="In JSON lines: your decisions, and all notes, too.")
_RENEW = click.option(
    "--renew", is_flag=True, help="In a vault: write over what was edited in labtop's part; the old text is kept aside."
)


@click.group()
@common_options
def export() -> None:
    """Write papers, a reading queue, the paper club, a decision or an incident to a file."""


export.add_command(decision)
export.add_command(incident)
export.add_command(export_club)


@export.command(name="library", cls=QueryCommand)
@click.argument("query", nargs=-1, metavar="[QUERY]")
@_format("BibTeX")
@_OUTPUT
@click.option("--ids", multiple=True, metavar="PAPER", help='Only this paper (may be repeated); "-" reads ids.')
@click.option("--search", metavar="NAME", help="Only what this saved search of yours finds.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="Only papers with this tag (all, if repeated).")
@click.option(
    "--decision",
    "decisions",
    multiple=True,
    type=click.Choice(["keep", "star", "later", "skip"]),
    help="Only what you decided so (any, if repeated).",
)
@_OWN
@_RENEW
@pass_options
def library_(
    options: Options,
    query: tuple[str, ...],
    format_name: str | None,
    output: Path | None,
    ids: tuple[str, ...],
    search: str | None,
    tags: tuple[str, ...],
    decisions: tuple[str, ...],
    own: bool,
    renew: bool,
) -> None:
    """Write papers: all of them, or those that QUERY finds (as labtop search --mode keyword) and the options name.

    Formats: bibtex, ris, csl (CSL-JSON), csv, markdown, jsonl (all that is stored; labtop import reads it back), and
    vault, a folder of notes for Obsidian. Citation keys are unique, and stay the same whatever else is exported.
    """
    from tui.commands.search import query_text

    with options.open(create=False) as workspace:
        text = _query(workspace, query_text(query), search, tags, decisions)
        names = [name for given in ids for name in (sys.stdin.read().split() if given == "-" else [given])]
        if ids and not names:
            raise UsageError("No paper is named.", mend="Give ids, such as --ids 2501.01234.")
        chosen = named(workspace, names) if names else None
        if text:
            chosen = found(workspace, text, within=chosen.ids if chosen is not None else None)
        how = _How(format_name or _by_name(output) or "bibtex", output, own, renew)
        _write(options, workspace, chosen or everything(workspace, as_added=how.format_name == "jsonl"), how)


@export.command(name="queue")
@_format("Markdown")
@_OUTPUT
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice(["queued", "reading", "read", "dropped"]),
    help="Papers in this state (default: reading and queued).",
)
@_OWN
@_RENEW
@pass_options
def queue_(
    options: Options,
    format_name: str | None,
    output: Path | None,
    states: tuple[str, ...],
    own: bool,
    renew: bool,
) -> None:
    """Write your reading queue, in its order (Markdown, unless FILE or --format says otherwise).

    CSV and JSON lines take state, place, due date and progress along; Markdown shows state and due date.
    """
    with options.open(create=False) as workspace:
        chosen = queue(workspace, states or ("reading", "queued"))
        how = _How(format_name or _by_name(output) or "markdown", output, own, renew)
        _write(options, workspace, chosen, how)


@dataclass(frozen=True, slots=True)
class _How:
    format_name: str
    output: Path | None
    own: bool
    renew: bool


def _by_name(output: Path | None) -> str | None:
    """The format that the name of the file says; None where it says none."""
    suffix = output.suffix.lower() if output is not None else ""
    return next((name for name, (_, own, _) in FORMATS.items() if own == suffix), None)


def _query(
    workspace: Workspace, typed: str, search: str | None, tags: tuple[str, ...], decisions: tuple[str, ...]
) -> str:
    """All conditions as one query."""
    parts = [f"({typed})" if typed.strip() else ""]
    if search is not None:
        parts.append(f"({saved(workspace, search)})")
    parts += [f'tag:"{tag_label(tag).replace(chr(34), "")}"' for tag in tags]
    if decisions:
        parts.append(f"({' OR '.join(f'status:{name}' for name in decisions)})")
    parts = [part for part in parts if part]
    return parts[0][1:-1] if len(parts) == 1 and parts[0].startswith("(") else " ".join(parts)


def _write(options: Options, workspace: Workspace, chosen: Chosen, how: _How) -> None:
    for notice in chosen.notices:
        click.echo(f"labtop: {notice}", err=True)
    to_file = how.output if how.output is not None and str(how.output) != "-" else None
    if how.format_name == VAULT:
        from tui.commands.export_vault import write_vault

        write_vault(options, workspace, chosen, to_file, renew=how.renew)
        return
    if how.renew:
        raise UsageError("--renew is for a vault.", mend="Add --format vault.")
    pieces: list[str] = []
    with ProgressLine() as progress:
        done = _export(workspace, chosen, how, to_file or (pieces.append if options.json else _print), progress)
    if options.json:
        print_json({**asdict(done), "text": "".join(pieces) or None})
    elif to_file is not None:
        click.echo(f"{to_file}: {counted(done.papers, 'paper')}{' (DEMO)' if done.demo else ''}")


def _export(workspace: Workspace, chosen: Chosen, how: _How, to: Any, progress: ProgressLine) -> Exported:
    from library.exporting.writing import export as write

    return write(workspace, chosen, how.format_name, to, own=how.own, progress=progress)


def _print(text: str) -> None:
    """As bytes: line ends are the format's own."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
