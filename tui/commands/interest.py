"""`labtop interest`: what ranking looks for on your behalf."""

from collections.abc import Callable
from typing import Any

import click

from library import interests
from library.db.changes import Change
from library.interests import InterestRow
from tui.options import Options, common_options, pass_options
from tui.output import print_change, print_json, print_list
from tui.plain import hung

_NUMBER = click.argument("number", type=int, metavar="ID")


@click.group("interest", invoke_without_command=True)
@common_options
@click.pass_context
def interest_(ctx: click.Context) -> None:
    """What you look for: topics in your own words, tags, saved searches, and every hypothesis that is alive."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@interest_.command("list")
@pass_options
def list_(options: Options) -> None:
    """Your interests and everybody's, in the order they were added."""
    with options.open(create=False) as workspace:
        found = workspace.store.read(lambda db: interests.interests(db, workspace.person)).result()
    if options.json:
        print_list(found)
        return
    for row in found:
        click.echo("\n".join(_lines(row)))
    if not found:
        click.echo('Nothing is looked for yet. Say what you look for: labtop interest add "late interaction"')


@interest_.command()
@click.argument("words", nargs=-1, required=True)
@pass_options
def add(options: Options, words: tuple[str, ...]) -> None:
    """Look for a topic, in plain words."""
    _add(options, lambda db, person: interests.add_topic(db, person, " ".join(words)))


@interest_.command()
@click.argument("name")
@pass_options
def tag(options: Options, name: str) -> None:
    """Look for papers like those with the tag NAME, now and later."""
    _add(options, lambda db, person: interests.add_tag(db, person, name))


@interest_.command()
@click.argument("name")
@pass_options
def search(options: Options, name: str) -> None:
    """Look for what your saved search NAME looks for."""
    _add(options, lambda db, person: interests.add_search(db, person, name))


@interest_.command()
@_NUMBER
@pass_options
def rest(options: Options, number: int) -> None:
    """Stop looking for the interest ID; it stays, to be woken."""
    _change(options, lambda db, person: interests.rest(db, person, number))


@interest_.command()
@_NUMBER
@pass_options
def wake(options: Options, number: int) -> None:
    """Look for the interest ID again."""
    _change(options, lambda db, person: interests.wake(db, person, number))


@interest_.command()
@_NUMBER
@pass_options
def remove(options: Options, number: int) -> None:
    """Remove the interest ID; labtop undo brings it back."""
    _change(options, lambda db, person: interests.remove(db, person, number))


def _add(options: Options, write: Callable[[Any, str], tuple[int, Change]]) -> None:
    with options.open(create=False) as workspace:
        number, change = workspace.store.write(lambda db: write(db, workspace.person)).result()
        row = workspace.store.read(lambda db: interests.interest(db, workspace.person, number)).result()
    if options.json:
        print_json(row)
        return
    click.echo(change.summary)
    if row.problem:
        click.echo(f"So far it finds nothing: {row.problem}.", err=True)


def _change(options: Options, write: Callable[[Any, str], Change]) -> None:
    with options.open(create=False) as workspace:
        change = workspace.store.write(lambda db: write(db, workspace.person)).result()
    print_change(change, json_wanted=options.json)


def _lines(row: InterestRow) -> list[str]:
    said = [row.text] if row.kind != "tag" else [row.reference or row.text]
    said += [f"({row.papers:,} papers)"] if row.papers else []
    said += ["· resting"] if not row.active else []
    said += [f"· {row.problem}"] if row.problem else []
    name = row.reference or "" if row.kind == "hypothesis" else row.kind
    return hung(f"{row.id:>4}  {name:<7} ", " ".join(said))
