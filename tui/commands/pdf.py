"""`labtop pdf`: a paper's full text, from arXiv or from a file; taken off again; read page by page."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from library.errors import LabtopError, NotFound, UsageError
from library.fulltext.attaching import WrongPaper, attach, take_off
from library.fulltext.model import Attached
from library.fulltext.stored import page_starts
from library.jobs import Cancelled
from library.papers.queries import find_id
from library.text import shortened
from planner.workspace import Workspace
from tui.commands.stopping import STOPPED, ctrl_c
from tui.options import Options, pass_options
from tui.output import ProgressLine, print_change, print_json

_SAID = {"added": "full text taken in", "changed": "full text changed", "unchanged": "full text is here already"}


@click.command()
@click.argument("paper")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--again/--fetch", "again", default=False, help="Fetch it even where it is here, or only if it is not.")
@click.option("--yes", is_flag=True, help="Take the file even where it does not look like the paper.")
@click.option("--remove", is_flag=True, help="Take the full text off the paper; undo puts it on again.")
@click.option("--page", type=click.IntRange(min=1), metavar="N", help="Print page N of the text that is here.")
@pass_options
def pdf(
    options: Options, paper: str, file: Path | None, again: bool, yes: bool, remove: bool, page: int | None
) -> int | None:
    """Make the full text of PAPER searchable and quotable: from its PDF on arXiv, or from FILE.

    The PDF is fetched politely (one request every three seconds, all of this user's processes together) and kept,
    private, in the workspace. labtop undo takes the text off again. A file that is broken, encrypted, a scan, or of
    another paper is refused, and nothing is lost.
    """
    if remove + (page is not None) + (file is not None or again) > 1:
        raise UsageError("--remove, --page and fetching are three things.", mend="Ask for one of them.")
    with options.open(create=False) as workspace:
        if remove:
            paper_id = workspace.store.read(lambda db: find_id(db, paper)).result()
            change = workspace.store.write(lambda db: take_off(db, workspace.person, paper_id)).result()
            print_change(change, json_wanted=options.json)
            return None
        if page is not None:
            _print_page(options, workspace, paper, page)
            return None
        with ctrl_c() as token, ProgressLine() as progress:
            try:
                done = attach(
                    workspace,
                    paper,
                    file,
                    again=again,
                    agreed=lambda wrong: yes or _agreed(options, progress, wrong),
                    progress=progress,
                    cancel=token,
                )
            except Cancelled:
                click.echo("Stopped. Nothing was changed.", err=True)
                return STOPPED
    for notice in done.notices:
        click.echo(f"labtop: {notice}", err=True)
    if options.json:
        print_json(_record(done))
    else:
        click.echo(f"{_SAID[done.state]}: {shortened(done.title, 80)}  ({_facts(done)})")
    return None


def _agreed(options: Options, progress: ProgressLine, wrong: WrongPaper) -> bool:
    """Ask a person who is there; a script has --yes."""
    if options.json or not sys.stdin.isatty():
        return False
    progress.close()
    click.echo(wrong.message.removesuffix(" Nothing was changed."), err=True)
    return click.confirm("Take it all the same?", default=False, err=True)


def _facts(done: Attached) -> str:
    text = done.full_text
    parts = [done.key, f"v{text.version}" if text.version else "version unknown"]
    if text.pages is not None:
        parts.append(
            f"{text.pages_read:,} of {text.pages:,} pages" if text.pages_read < text.pages else _pages(text.pages)
        )
    return " · ".join([*parts, f"{text.characters:,} characters"])


def _pages(number: int) -> str:
    return "1 page" if number == 1 else f"{number:,} pages"


def _record(done: Attached) -> dict[str, Any]:
    facts = asdict(done.full_text)
    return {
        "id": done.key,
        "title": done.title,
        "state": done.state,
        **facts,
        "notices": list(done.notices),
        "journal_id": done.journal_id,
    }


def _print_page(options: Options, workspace: Workspace, paper: str, page: int) -> None:
    """One page of what is stored, as it was read."""

    def read(db: Any) -> tuple[str, str, tuple[int, ...]]:
        paper_id = find_id(db, paper)
        row = db.execute("SELECT key, body FROM paper WHERE id = ?", (paper_id,)).fetchone()
        return row["key"], row["body"], page_starts(db, paper_id)

    key, body, starts = workspace.store.read(read).result()
    if not body:
        raise NotFound(f"{key} has no full text here.", mend=f"labtop pdf {key} fetches it.")
    if not starts:
        raise LabtopError(f"The text of {key} has no pages.", mend=f"labtop sentences {key} --all shows it.")
    if page > len(starts):
        raise NotFound(f"The text of {key} has {_pages(len(starts))}.")
    end = starts[page] if page < len(starts) else len(body)
    text = body[starts[page - 1] : end].strip()
    if options.json:
        print_json({"id": key, "page": page, "pages": len(starts), "text": text})
    else:
        click.echo(text)
