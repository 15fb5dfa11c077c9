"""`labtop quote`: sentences taken down from papers, with a remark, and whether the paper still says them."""

import click

from library.errors import UsageError
from library.papers.queries import find_id
from library.reading import quotes as domain
from library.reading.record import quote_record
from tui.commands.reading_text import quote_lines
from tui.options import Options, common_options, pass_options
from tui.output import print_change, print_json, print_list

_NUMBER = click.argument("number", metavar="QUOTE", type=click.IntRange(1))


@click.group("quote", invoke_without_command=True)
@common_options
@click.pass_context
def quote_(ctx: click.Context) -> None:
    """Sentences of papers that you want to keep. They stay when the paper changes, and say so."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@quote_.command()
@click.argument("paper")
@click.argument("sentence", required=False)
@click.option("--words", metavar="TEXT", help="Words of the sentence, as they stand there.")
@click.option("--remark", metavar="TEXT", help="What you think of it.")
@pass_options
def add(options: Options, paper: str, sentence: str | None, words: str | None, remark: str | None) -> None:
    """Take a sentence of PAPER down: 3 of the abstract, b17 of the full text (labtop sentences numbers them)."""
    if (sentence is None) == (words is None):
        raise UsageError(
            "Which sentence?", mend=f"Its number in labtop sentences {paper}, or --words with some of its words."
        )
    with options.open(create=False) as workspace:
        made, change = workspace.store.write(
            lambda db: domain.take_quote(
                db, workspace.person, find_id(db, paper), sentence=sentence, words=words, remark=remark
            )
        ).result()
    if options.json:
        print_json(quote_record(made))
    else:
        click.echo(f"{change.summary} (quote {made.id})")


@quote_.command("list")
@click.argument("paper", required=False, metavar="[PAPER]")
@click.option("--mine", is_flag=True, help="Only your own.")
@pass_options
def list_(options: Options, paper: str | None = None, mine: bool = False) -> None:
    """Quotes of PAPER in the order of its text, or all of them, the newest first."""
    with options.open(create=False) as workspace:
        found = workspace.store.read(
            lambda db: domain.quotes(db) if paper is None else domain.quotes_of(db, find_id(db, paper))
        ).result()
        person, today = workspace.person, workspace.clock.today()
    found = tuple(each for each in found if not mine or each.person == person)
    if options.json:
        print_list([quote_record(each) for each in found])
        return
    for each in found:
        click.echo("\n".join(quote_lines(each, today, paper=paper is None)))
    if not found:
        click.echo("Nothing is quoted yet: labtop quote add PAPER 3")


@quote_.command()
@_NUMBER
@click.argument("text")
@pass_options
def remark(options: Options, number: int, text: str) -> None:
    """Say something else of a quote of yours; an empty text says nothing."""
    with options.open(create=False) as workspace:
        change = workspace.store.write(lambda db: domain.set_remark(db, workspace.person, number, text)).result()
    print_change(change, json_wanted=options.json)


@quote_.command()
@_NUMBER
@pass_options
def remove(options: Options, number: int) -> None:
    """Take a quote of yours away; labtop undo brings it back."""
    with options.open(create=False) as workspace:
        change = workspace.store.write(lambda db: domain.remove_quote(db, workspace.person, number)).result()
    print_change(change, json_wanted=options.json)
