"""`labtop critique`: what people make of papers, by a template whose every field may stay empty."""

from collections.abc import Mapping
from typing import Any

import click

from library.db.changes import Change
from library.errors import NotFound, UsageError
from library.papers.queries import find_id
from library.reading import critiques as domain
from library.reading.model import Critique
from library.reading.record import critique_record, stats_record
from library.reading.template import CRITIQUE
from library.records.field import record_number
from library.records.kind import read_values
from planner.workspace import Workspace
from tui.commands.asking import confirm, on_terminal
from tui.commands.reading_text import critique_lines, critique_row, stats_lines
from tui.commands.records import Writing, field_help, in_editor, pairs, read_source
from tui.options import Options, common_options, pass_options
from tui.output import print_change, print_json, print_list

_PAPER = click.argument("paper")


@click.group("critique", invoke_without_command=True)
@common_options
@click.pass_context
def critique_(ctx: click.Context) -> None:
    """What you and your colleagues make of papers: a verdict, a line, and as much of the template as you like."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@critique_.command(
    help=f"Write your critique of PAPER, or change it. LINE is what you would say in passing.\n\n{field_help(CRITIQUE)}"
)
@_PAPER
@click.argument("line", required=False)
@click.option("--verdict", metavar="1-5", help="How good it is: short for --set verdict=…")
@click.option("--set", "settings", multiple=True, metavar="FIELD=VALUE", help="Fill in a field; may be repeated.")
@click.option("--from", "source", metavar="FILE", help="Read the fields from a TOML file; - is standard input.")
@click.option("--edit", "editing", is_flag=True, help="Fill it in as TOML in $EDITOR first.")
@pass_options
def write(
    options: Options,
    paper: str,
    line: str | None,
    verdict: str | None,
    settings: tuple[str, ...],
    source: str | None,
    editing: bool,
) -> None:
    """See the help above: it lists the fields of the template."""
    raw: dict[str, Any] = read_source(CRITIQUE, source) if source else {}
    raw |= pairs(settings)
    raw |= {name: value for name, value in (("line", line), ("verdict", verdict)) if value is not None}
    with options.open(create=False) as workspace:
        workspace.refuse_if_read_only()
        paper_id = workspace.store.read(lambda db: find_id(db, paper)).result()
        if editing or (not raw and on_terminal()):
            own = workspace.store.read(lambda db: domain.own_critique(db, workspace.person, paper_id)).result()
            given, problems = read_values(CRITIQUE, raw)
            if problems:
                raise problems[0]
            values = {**(own.values if own else dict.fromkeys(field.name for field in CRITIQUE.fields)), **given}
            in_editor(_writing(paper_id), workspace, options, own.id if own else None, values)
        elif not raw:
            raise UsageError(
                "A critique needs something to say.", mend='labtop critique write PAPER "…" --verdict 4, or --edit.'
            )
        else:
            made, change = workspace.store.write(
                lambda db: domain.write_critique(db, workspace.person, paper_id, raw)
            ).result()
            _done(options, made, change)


@critique_.command()
@click.argument("name", metavar="PAPER|C-N")
@pass_options
def show(options: Options, name: str) -> None:
    """The critiques of a paper, yours and your colleagues'; or one of them."""
    with options.open(create=False) as workspace:
        found = workspace.store.read(lambda db: _named(db, name)).result()
        today = workspace.clock.today()
    if options.json:
        print_list([critique_record(each) for each in found])
        return
    for number, each in enumerate(found):
        click.echo("\n".join([*([""] if number else []), *critique_lines(each, today, paper=not number)]))
    if not found:
        click.echo("Nobody has written a critique of it yet: labtop critique write")


@critique_.command("list")
@click.option("--mine", is_flag=True, help="Only your own.")
@click.option("--hypothesis", metavar="H-…", help="Only those that say something of it.")
@pass_options
def list_(options: Options, mine: bool = False, hypothesis: str | None = None) -> None:
    """Everybody's critiques, the newest first. To find some by words or verdict: labtop search "verdict:>=4"."""
    found, workspace = _found(options, mine, hypothesis)
    if options.json:
        print_list([critique_record(each) for each in found])
        return
    for each in found:
        click.echo("\n".join(critique_row(each, workspace.clock.today())))
    if not found:
        whose = "None is of this kind" if mine or hypothesis else "Nobody has written one yet"
        click.echo(f'{whose}: labtop critique write PAPER "…" --verdict 4')


@critique_.command()
@click.option("--mine", is_flag=True, help="Only your own.")
@click.option("--hypothesis", metavar="H-…", help="Only those that say something of it.")
@pass_options
def stats(options: Options, mine: bool, hypothesis: str | None) -> None:
    """Critiques counted: by verdict, by field that is filled in, by effect on hypotheses."""
    found, _ = _found(options, mine, hypothesis)
    counted = domain.stats(found)
    if options.json:
        print_json(stats_record(counted))
    else:
        click.echo("\n".join(stats_lines(counted)))


@critique_.command("confirm")
@_PAPER
@pass_options
def confirm_(options: Options, paper: str) -> None:
    """Your critique holds of the version that is stored now, too."""
    _change(options, paper, domain.confirm_critique)


@critique_.command()
@_PAPER
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_options
def delete(options: Options, paper: str, yes: bool) -> None:
    """Delete your critique of PAPER; labtop undo brings it back."""
    confirm("Delete your critique of this paper?", yes=yes)
    _change(options, paper, domain.delete_critique)


def _change(options: Options, paper: str, write: Any) -> None:
    with options.open(create=False) as workspace:
        change = workspace.store.write(lambda db: write(db, workspace.person, find_id(db, paper))).result()
    print_change(change, json_wanted=options.json)


def _found(options: Options, mine: bool, hypothesis: str | None) -> tuple[tuple[Critique, ...], Workspace]:
    number = record_number("H", hypothesis, "--hypothesis") if hypothesis else None
    with options.open(create=False) as workspace:
        person = workspace.person if mine else None
        return workspace.store.read(
            lambda db: domain.critiques(db, person=person, hypothesis=number)
        ).result(), workspace


def _named(db: Any, name: str) -> tuple[Critique, ...]:
    try:
        return domain.critiques_of(db, find_id(db, name))
    except NotFound:
        if not name.strip().lower().startswith("c"):
            raise
        return (domain.find_critique(db, name),)


def _writing(paper_id: int) -> Writing:
    """What the editor's loop calls: the one critique that a person has of a paper, made or changed."""

    def add(db: Any, person: str, raw: Mapping[str, Any]) -> tuple[int, Change]:
        made, change = domain.write_critique(db, person, paper_id, raw)
        return made.id, change

    def revise(db: Any, person: str, _number: int, raw: Mapping[str, Any]) -> Change:
        return domain.write_critique(db, person, paper_id, raw)[1]

    return Writing(CRITIQUE, add, revise, lambda db, number: critique_record(domain.critique(db, number)))


def _done(options: Options, made: Critique, change: Change) -> None:
    if options.json:
        print_json(critique_record(made))
    else:
        click.echo(change.summary)
