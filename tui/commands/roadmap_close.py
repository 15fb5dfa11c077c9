"""`labtop roadmap close | reopen`."""

from collections.abc import Sequence

import click

from library.errors import UsageError
from planner.roadmap import closing, plans
from planner.roadmap.closing import ANSWERS, Answer
from planner.roadmap.model import Entry
from planner.roadmap.record import plan_record
from planner.workspace import Workspace
from tui.commands.asking import on_terminal
from tui.commands.roadmap_asking import experiments_given, quarter_given
from tui.commands.roadmap_text import plan_lines
from tui.options import Options, pass_options
from tui.output import print_change, print_json


@click.command()
@click.argument("quarter")
@click.option(
    "--review", "reviews", multiple=True, metavar="E=ANSWER", help="Such as E-3=carry, E-5=drop, E-7=re-score."
)
@click.option("--learned", help="What the quarter taught, in your words.")
@pass_options
def close(options: Options, quarter: str, reviews: tuple[str, ...], learned: str | None) -> None:
    """Freeze QUARTER's plan beside what became of it, and begin the next quarter's draft.

    Each experiment that was in and is not done needs an answer: carry (locked in for the next quarter), drop, or
    re-score (it has to earn its place again). On a terminal it asks; a script gives --review for each.
    """
    with options.open(create=False) as workspace:
        workspace.refuse_if_read_only()
        named, programme = quarter_given(workspace, quarter), workspace.settings.programme
        answers = _answers(workspace, reviews)
        open_ones = workspace.store.read(lambda db: closing.unfinished(db, named)).result()
        if on_terminal() and not options.json:
            answers |= _asked([entry for entry in open_ones if entry.experiment not in answers])
        change = workspace.store.write(
            lambda db: closing.close(db, workspace.person, programme, named, answers, learned)
        ).result()
        found = workspace.store.read(lambda db: plans.needed(db, named, ("closed",))).result()
    if options.json:
        print_json(plan_record(found))
        return
    click.echo(change.summary)
    for line in plan_lines(found):
        click.echo(line)


@click.command()
@click.argument("quarter")
@click.option("--reason", required=True, help="Why, for those who read the journal.")
@pass_options
def reopen(options: Options, quarter: str, reason: str) -> None:
    """Open a closed QUARTER again: its plan is the adopted one, without outcomes. Experiments stay where they are."""
    with options.open(create=False) as workspace:
        named = quarter_given(workspace, quarter)
        change = workspace.store.write(lambda db: closing.reopen(db, workspace.person, named, reason)).result()
    print_change(change, json_wanted=options.json)


def _answers(workspace: Workspace, reviews: Sequence[str]) -> dict[int, Answer]:
    """ "E-3=carry" → {3: "carry"}. Raises UsageError, NotFound."""
    found: dict[int, Answer] = {}
    for review in reviews:
        name, _, answer = review.partition("=")
        (number,) = experiments_given(workspace, [name.strip()])
        known = next((each for each in ANSWERS if each == answer.strip().lower()), None)
        if known is None:
            raise UsageError(f"“{review}” is no review.", mend=f"Write E-{number}=carry, =drop or =re-score.")
        if found.setdefault(number, known) != known:
            raise UsageError(f"E-{number} has two reviews.", mend="Give one.")
    return found


def _asked(entries: Sequence[Entry]) -> dict[int, Answer]:
    found: dict[int, Answer] = {}
    for entry in entries:
        answer = click.prompt(f"{entry.id} {entry.title} ({entry.state})", type=click.Choice(ANSWERS), err=True)
        found[entry.experiment] = answer
    return found
