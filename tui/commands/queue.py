"""`labtop queue`: one's reading queue, from what waits to what is read."""

from collections.abc import Callable
from typing import Any

import click

from library.db.changes import Change
from library.errors import UsageError
from library.papers.queries import find_id, find_ids
from library.reading import doing
from library.reading.doing import read_progress
from library.reading.due import read_day
from library.reading.model import ORDERS, STATES, Order, State
from library.reading.order import STEPS, Step
from library.reading.queue import counts, queue
from library.reading.record import entry_record
from planner.workspace import Workspace
from tui.commands.reading_text import entry_lines, queue_head
from tui.options import Options, common_options, pass_options
from tui.output import print_change, print_list

_PAPERS = click.argument("papers", nargs=-1, required=True, metavar="PAPER…")
_OVER = click.option("--over", is_flag=True, help="Also beyond the limit of reading.in_progress.")
_Write = Callable[[Workspace, Any, tuple[int, ...]], Change]


@click.group("queue", invoke_without_command=True)
@common_options
@click.pass_context
def queue_(ctx: click.Context) -> None:
    """What you read now and what waits, in your own order, with age and the day it is due."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@queue_.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only these; may be repeated.")
@click.option("--all", "everything", is_flag=True, help="Also what is read or dropped.")
@click.option("--sort", "order", type=click.Choice(ORDERS), default="hand", help="By hand, score, day due, or age.")
@pass_options
def list_(options: Options, states: tuple[State, ...] = (), everything: bool = False, order: Order = "hand") -> None:
    """What you read now, then what waits."""
    wanted: tuple[State, ...] = STATES if everything else states or ("reading", "queued")
    with options.open(create=False) as workspace:
        found = workspace.store.read(lambda db: queue(db, workspace.person, wanted, order=order)).result()
        numbers = workspace.store.read(lambda db: counts(db, workspace.person)).result()
        today, limit = workspace.clock.today(), workspace.settings.reading.in_progress
    if options.json:
        print_list([entry_record(entry, today) for entry in found], counts=numbers, limit=limit or None)
        return
    click.echo(queue_head(numbers, limit))
    state = ""
    for entry in found:
        if entry.state != state:
            state = entry.state
            click.echo(f"\n{state.capitalize()}")
        click.echo("\n".join(entry_lines(entry, today)))
    if not found:
        click.echo("\nNothing stands there. labtop keep and labtop queue add put papers on it.")


@queue_.command()
@_PAPERS
@click.option("--front", is_flag=True, help="Before everything that waits.")
@pass_options
def add(options: Options, papers: tuple[str, ...], front: bool) -> None:
    """Queue papers, in the order given."""
    _change(options, papers, lambda workspace, db, ids: doing.add(db, workspace.person, ids, front=front))


@queue_.command()
@_PAPERS
@_OVER
@pass_options
def start(options: Options, papers: tuple[str, ...], over: bool) -> None:
    """Begin to read papers. More at once than reading.in_progress is refused unless you say --over."""
    _put(options, papers, "reading", over=over)


@queue_.command()
@_PAPERS
@pass_options
def finish(options: Options, papers: tuple[str, ...]) -> None:
    """You have read papers, whether they stood on the queue or not."""
    _put(options, papers, "read")


@queue_.command()
@_PAPERS
@pass_options
def drop(options: Options, papers: tuple[str, ...]) -> None:
    """Take papers off the queue unread."""
    _put(options, papers, "dropped")


@queue_.command()
@_PAPERS
@pass_options
def back(options: Options, papers: tuple[str, ...]) -> None:
    """Let papers wait again: what is being read, was read or dropped."""
    _put(options, papers, "queued")


@queue_.command()
@click.argument("paper")
@click.argument("where", metavar="up|down|top|bottom|PLACE")
@pass_options
def move(options: Options, paper: str, where: str) -> None:
    """Move a paper in the order by hand, among those of its state: a step, to an end, or to a place from 1."""
    target: Step | int
    step = next((each for each in STEPS if each == where), None)
    if step is not None:
        target = step
    elif where.isascii() and where.isdigit():
        target = int(where)
    else:
        raise UsageError(f"“{where}” is no place in the queue.", mend="Say up, down, top, bottom or a place from 1.")
    _change(options, (paper,), lambda workspace, db, ids: doing.move(db, workspace.person, ids[0], target))


@queue_.command()
@click.argument("day")
@_PAPERS
@pass_options
def due(options: Options, day: str, papers: tuple[str, ...]) -> None:
    """Say by which DAY papers should be read: 2026-12-01, today, fri, +3d, 1 dec; none takes it away."""

    def write(workspace: Workspace, db: Any, ids: tuple[int, ...]) -> Change:
        return doing.set_due(db, workspace.person, ids, read_day(day, workspace.clock.today()))

    _change(options, papers, write)


@queue_.command()
@click.argument("paper")
@click.argument("share", metavar="PERCENT|PAGE/PAGES")
@pass_options
def progress(options: Options, paper: str, share: str) -> None:
    """Say how far you are in: 40, or page 12/30; none takes it away."""
    said = read_progress(share)
    with options.open(create=False) as workspace:
        change = workspace.store.write(
            lambda db: doing.set_progress(db, workspace.person, find_id(db, paper), said)
        ).result()
    print_change(change, json_wanted=options.json)


def _put(options: Options, papers: tuple[str, ...], state: State, *, over: bool = False) -> None:
    def write(workspace: Workspace, db: Any, ids: tuple[int, ...]) -> Change:
        limit = workspace.settings.reading.in_progress
        return doing.put(db, workspace.person, ids, state, limit=limit, over=over)

    _change(options, papers, write)


def _change(options: Options, papers: tuple[str, ...], write: _Write) -> None:
    with options.open(create=False) as workspace:
        change = workspace.store.write(lambda db: write(workspace, db, find_ids(db, papers))).result()
    print_change(change, json_wanted=options.json)
