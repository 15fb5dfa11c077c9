"""`labtop add`: single papers by hand."""

from dataclasses import asdict

import click

from library.errors import PartlyDone, UsageError
from library.papers.adding import Added, Typed, add_all, add_typed
from tui.options import Options, pass_options
from tui.output import print_json, print_list

_SAID = {"added": "added", "changed": "changed", "unchanged": "here already"}


@click.command()
@click.argument("things", nargs=-1, metavar="[THING…]")
@click.option("--title", default="", help="Typed by hand, or instead of what the file says.")
@click.option("--author", "authors", multiple=True, metavar="NAME", help="As printed, or “Family, Given”; repeat it.")
@click.option("--year", "--date", "date", default="", metavar="DATE", help="2024, 2024-05 or 2024-05-17.")
@click.option("--abstract", default="", help="Typed by hand.")
@click.option("--url", default="", help="Where it is.")
@click.option("--doi", default="", help="Its DOI.")
@pass_options
def add(
    options: Options,
    things: tuple[str, ...],
    title: str,
    authors: tuple[str, ...],
    date: str,
    abstract: str,
    url: str,
    doi: str,
) -> None:
    """Add papers: an arXiv id, a DOI, an address, a PDF, a Markdown or text file; or one typed in by options.

    A document's text is searched, and a private copy of the file is kept. Adding again changes nothing; a file that
    was edited since replaces its text. labtop undo takes an added paper out again while nothing hangs on it.
    """
    typed = Typed(title, authors, date, abstract, url, doi)
    if not things and typed.is_empty:
        raise UsageError("Nothing is named.", mend='Such as: labtop add 2501.01234, or labtop add --title "…".')
    if len(things) > 1 and not typed.is_empty:
        raise UsageError("Typed fields belong to one paper, but several are named.", mend="Add them one by one.")
    done: list[Added] = []

    def told(thing: str, added: Added) -> None:
        done.append(added)
        for notice in added.notices:
            click.echo(f"labtop: {thing}: {notice}", err=True)
        if not options.json:
            click.echo(f"{_SAID[added.state]}: {added.title}  ({added.key})")

    failed: tuple[str, ...] = ()
    with options.open() as workspace:
        if things:
            failed = add_all(workspace, things, typed, told=told)
        else:
            told("", add_typed(workspace, typed))
    if options.json:
        records = [_record(added) for added in done]
        if len(things) > 1:
            print_list(records)
        else:
            print_json(records[0])
    if failed:
        raise PartlyDone(f"{len(failed)} of {len(things)} could not be added.", left_out=failed)


def _record(added: Added) -> dict[str, object]:
    record = asdict(added)
    del record["paper_id"]
    return {"id": record.pop("key"), **record}
