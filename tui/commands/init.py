"""`labtop init`: a workspace of one's own."""

from collections.abc import Callable
from typing import TypeVar

import click

from library.errors import LabtopError, ReadOnly, UsageError
from library.init import Choices, interests_in, interests_of, set_up
from library.preferences import categories as read_categories
from library.preferences import contact as read_contact
from library.preferences import days as read_days
from library.text import one_line
from library.workspace import Workspace
from tui.commands.asking import human_bytes, on_terminal
from tui.options import Options, pass_options
from tui.output import ProgressLine, print_json

T = TypeVar("T")


@click.command()
@click.option("--category", "-c", "categories", multiple=True, metavar="CODE", help="An arXiv category to follow.")
@click.option("--contact", metavar="ADDRESS", help="E-mail address or web page that arXiv can reach you by.")
@click.option(
    "--interest", "-i", "interests", multiple=True, metavar="WORDS", help="What you look for, in plain words."
)
@click.option("--days", metavar="N", help="How many days back to fetch (0 to 90).")
@click.option("--name", metavar="NAME", help="What to call the workspace.")
@click.option("--no-model", is_flag=True, help="Do not convert the encoder now; labtop index does it later.")
@click.option("--no-input", is_flag=True, help="Ask nothing, also on a terminal.")
@pass_options
def init(
    options: Options,
    categories: tuple[str, ...],
    contact: str | None,
    interests: tuple[str, ...],
    days: str | None,
    name: str | None,
    no_model: bool,
    no_input: bool,
) -> None:
    """Set up a workspace of your own. Everything can be skipped, changed later, and done again."""
    if options.read_only:
        raise ReadOnly("This makes or changes a workspace.", mend="Run it again without --read-only.")
    given = Choices(
        name=one_line(name)[:60] if name is not None else None,
        categories=read_categories(categories) if categories else None,
        contact=read_contact(contact) if contact is not None else None,
        days=read_days(days) if days is not None else None,
        interests=tuple(dict.fromkeys(part for text in interests for part in interests_in(text))),
    )
    with options.open() as workspace:
        if workspace.demo:
            raise UsageError(
                f"{workspace.paths.home} is the sample workspace.", mend="Name another folder with --home DIR."
            )
        asking = on_terminal() and not no_input and not options.json
        workspace = set_up(workspace, _ask(workspace, given) if asking else given)
        if not no_model:
            _convert(workspace)
        _say(options, workspace)


def _ask(workspace: Workspace, given: Choices) -> Choices:
    """Ask for what no option gave; enter keeps what is there."""
    arxiv = workspace.settings.arxiv
    click.echo("Enter keeps what is in brackets; everything can be changed later.\n", err=True)
    return Choices(
        name=given.name,
        categories=given.categories
        if given.categories is not None
        else _answer("arXiv categories to follow, such as cs.IR cs.CL", " ".join(arxiv.categories), read_categories),
        contact=given.contact
        if given.contact is not None
        else _answer(
            "Contact for arXiv (e-mail or web page; it goes along with every request)", arxiv.contact, read_contact
        ),
        days=given.days if given.days is not None else _answer("Days back to fetch", str(arxiv.days), read_days),
        interests=given.interests
        or _answer("What do you look for? In plain words, several between semicolons", "", interests_in),
    )


def _answer(question: str, default: str, read: Callable[[str], T]) -> T:
    while True:
        text = click.prompt(question, default=default, show_default=bool(default), err=True)
        try:
            return read(text)
        except UsageError as error:
            click.echo(f"  {error}", err=True)


def _convert(workspace: Workspace) -> None:
    """The one-time step that search by meaning needs, shown with what it costs."""
    from library.vectors.conversion import convert
    from library.vectors.model import model_status

    status = model_status(workspace.settings)
    if status.converted is not None:
        return
    click.echo(
        f"Converting the encoder {status.name} for this machine, once: 10 to 40 s, about 90 MB on disk.", err=True
    )
    try:
        with ProgressLine() as progress:
            converted = convert(workspace.settings, progress=progress)
        click.echo(f"Done ({human_bytes(converted.graph_bytes)}).", err=True)
    except LabtopError as error:
        click.echo(f"Search by meaning is off for now: {error}", err=True)


def _say(options: Options, workspace: Workspace) -> None:
    arxiv = workspace.settings.arxiv
    looked_for = workspace.store.read(lambda db: interests_of(db, workspace.person)).result()
    if options.json:
        found = {"id": str(workspace.paths.home), "name": workspace.name, "categories": arxiv.categories}
        print_json({**found, "contact": arxiv.contact or None, "days": arxiv.days, "interests": looked_for})
        return
    click.echo(f"Workspace   {workspace.paths.home}")
    click.echo(
        f"Follows     {' '.join(arxiv.categories) or 'no arXiv category yet: labtop settings arxiv.categories …'}"
    )
    click.echo(f"Contact     {arxiv.contact or 'none yet: labtop settings arxiv.contact …'}")
    click.echo(f"Interests   {'; '.join(looked_for) or 'none yet'}")
    if arxiv.categories and arxiv.days:
        click.echo(f"\nNext: labtop sync fetches the last {arxiv.days} days; labtop opens the dashboard.")
    else:
        click.echo("\nNext: labtop import FILE… brings in what you have; labtop opens the dashboard.")
