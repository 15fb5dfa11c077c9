"""`labtop line`: where the threshold line of triage lies, and how good it was lately."""

from dataclasses import asdict
from typing import Any

import click

from library.errors import UsageError
from library.ranking.line import Line, lay, line
from tui.commands.triage_text import line_text
from tui.options import Options, pass_options
from tui.output import print_change, print_json

_AUTO = "auto"


@click.command("line")
@click.argument("score", required=False)
@pass_options
def line_(options: Options, score: str | None) -> None:
    """Your line: above it stands what is worth looking at first. SCORE (0 to 1) lays it, auto lets it follow the share
    of the settings again.

    Without SCORE: where it lies, and how often you wanted what stood above it.
    """
    with options.open(create=False) as workspace:
        if score is not None:
            wanted = _score(score)
            change = workspace.store.write(lambda db: lay(db, workspace.person, wanted)).result()
            print_change(change, json_wanted=options.json)
            return
        found = workspace.store.read(lambda db: line(db, workspace.person)).result()
    if options.json:
        print_json(line_record(found))
        return
    click.echo(line_text(found))
    if found.score is not None:
        click.echo("You laid it." if found.laid else f"{found.share} % of your recent papers lie above it.")
    if found.below_n:
        click.echo(f"Of {found.below_n:,} below it that you decided one at a time, you wanted {found.below_kept:,}.")


def line_record(found: Line) -> dict[str, Any]:
    """A line as scripts see it: without decisions its interval is unknown."""
    unknown: dict[str, Any] = {} if found.n else {"low": None, "high": None}
    return {**asdict(found), **unknown}


def _score(text: str) -> float | None:
    if text.strip().lower() == _AUTO:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise UsageError(f"{text[:20]!r} is no score.", mend="Give a number from 0 to 1, or auto.") from error
