"""`labtop why`: what a paper's score is made of."""

import math
import textwrap
from dataclasses import asdict
from typing import Any

import click

from library.papers import queries
from library.ranking.stored import Why
from tui.commands.stopping import STOPPED, ctrl_c
from tui.options import Options, pass_options
from tui.output import ProgressLine, print_json


@click.command()
@click.argument("paper")
@pass_options
def why(options: Options, paper: str) -> int | None:
    """Why PAPER has its score: the interest, the sentence, what you kept, and every part of the sum.

    A paper that is not ranked is ranked for this once, which takes some seconds.
    """
    from library.jobs import Cancelled
    from library.ranking.refresh import explain
    from library.ranking.stored import scores
    from library.ranking.why_text import why_lines

    with options.open(create=False) as workspace:
        paper_id = workspace.store.read(lambda db: queries.find_id(db, paper)).result()
        stored = bool(workspace.store.read(lambda db: scores(db, workspace.person, [paper_id])).result())
        try:
            with ProgressLine() as line, ctrl_c() as cancel:
                found = explain(workspace, paper_id, progress=line, cancel=cancel)
        except Cancelled:
            click.echo("Stopped.", err=True)
            return STOPPED
    if options.json:
        print_json(why_record(found, stored=stored))
        return None
    for text in why_lines(found):
        indent = " " * (len(text) - len(text.lstrip()))
        click.echo(textwrap.fill(text, 100, initial_indent="", subsequent_indent=indent + "  ") if text else "")
    if not stored:
        click.echo("Ranked for this once: it is not in your inbox, or was decided on before it had a score.", err=True)
    return None


def why_record(found: Why, *, stored: bool) -> dict[str, Any]:
    """A Why as scripts see it. `sum` is that of the parts; `stored`: the score is the one that lists show."""
    record = asdict(found)
    for part in record["parts"]:
        part["detail"] = [{"what": what, "value": value} for what, value in part["detail"]]
    for near in record["nearest"]:
        del near["paper_id"]
        near["id"] = near.pop("key")
    del record["paper_id"]
    key = record.pop("key")
    return {"id": key, "stored": stored, **record, "sum": math.fsum(part.value for part in found.parts)}
