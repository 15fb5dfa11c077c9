"""`labtop diff`: what another version changed in title and abstract."""

import re

import click

from library.errors import UsageError
from library.papers.queries import find_id, paper
from library.reading.changes import difference, look
from library.reading.record import difference_record
from tui.commands.reading_text import difference_lines
from tui.options import Options, pass_options
from tui.output import print_json
from tui.plain import hung


@click.command()
@click.argument("name", metavar="PAPER")
@click.option("--from", "before", metavar="V", help="The earlier version: 1 or v1.")
@click.option("--to", "after", metavar="V", help="The later one; by default the present one.")
@click.option("--seen", is_flag=True, help="You know it now: nothing points it out any more.")
@pass_options
def diff(options: Options, name: str, before: str | None, after: str | None, seen: bool) -> None:
    """What changed in title and abstract since you queued PAPER or wrote about it, else since the version before.

    What went stands in [-…-], what came in {+…+}.
    """
    old, new = _version(before), _version(after)
    with options.open(create=False) as workspace:
        person = workspace.person
        paper_id = workspace.store.read(lambda db: find_id(db, name)).result()
        found = workspace.store.read(lambda db: difference(db, person, paper_id, old, new)).result()
        about = workspace.store.read(lambda db: paper(db, paper_id, person)).result()
        if seen:
            workspace.store.write(lambda db: look(db, person, paper_id)).result()
    if options.json:
        print_json(difference_record(about.key, found))
        return
    click.echo("\n".join([*hung("", f"{about.title or '(no title)'} ({about.key})"), *difference_lines(found)]))


def _version(text: str | None) -> int | None:
    if text is None:
        return None
    match = re.fullmatch(r"v?(\d{1,6})", text.strip(), re.IGNORECASE | re.ASCII)
    if match is None:
        raise UsageError(f"“{text[:40]}” is no version.", mend="Versions are 1, 2, … or v1, v2, …")
    return int(match[1])
