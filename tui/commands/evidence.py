"""`labtop evidence`: sentences, verdicts and runs that speak for or against a hypothesis."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from library.db.changes import Change
from library.errors import UsageError
from library.papers.queries import find_id
from library.records import store
from library.records.field import record_number
from library.text import counted
from planner.hypotheses import evidence as commands
from planner.hypotheses.balance import all_evidence, evidence_by_id, evidence_of, evidence_on_paper
from planner.hypotheses.kind import HYPOTHESIS
from planner.hypotheses.model import Evidence
from planner.hypotheses.record import evidence_record
from tui.commands.hypothesis_text import evidence_lines
from tui.options import Options, common_options, pass_options
from tui.output import print_change, print_json, print_list

F = TypeVar("F", bound=Callable[..., Any])


@click.group(invoke_without_command=True)
@common_options
@click.pass_context
def evidence(ctx: click.Context) -> None:
    """What speaks for and against hypotheses: sentences of papers, verdicts, runs."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


def _marks(function: F) -> F:
    """The options that say what a piece of evidence says."""
    for decorate in (
        click.option("--note", metavar="TEXT", help="What to bear in mind when reading it."),
        click.option("--indirect", "directness", flag_value="indirect", help="It bears on the claim through others."),
        click.option("--direct", "directness", flag_value="direct", help="It is about this very claim."),
        click.option(
            "--scale",
            metavar="STEP",
            help="How strongly: −5 explicit contradiction … 0 lack of evidence … 5 explicit agreement, or in words.",
        ),
        click.option("--context", "stance", flag_value="context", help="It speaks neither for nor against."),
        click.option("--against", "stance", flag_value="against", help="It speaks against."),
        click.option("--for", "stance", flag_value="for", help="It speaks for."),
    ):
        function = decorate(function)
    return function


@evidence.command()
@click.argument("name", metavar="HYPOTHESIS")
@click.argument("paper", required=False)
@click.option("--sentence", metavar="N", help="Its number in labtop sentences PAPER: 3, b17, n5.2; or title.")
@click.option("--quote", metavar="TEXT", help="Words of the sentence, as they stand there.")
@click.option("--verdict", metavar="V-N", help="A verdict instead of a paper.")
@click.option("--run", metavar="ID", help="A run instead of a paper.")
@_marks
@pass_options
def add(
    options: Options,
    name: str,
    paper: str | None,
    sentence: str | None,
    quote: str | None,
    verdict: str | None,
    run: str | None,
    **marks: str | None,
) -> None:
    """Put a sentence of PAPER, a verdict or a run beside HYPOTHESIS: for, against, or as context.

    The same sentence added again revises what was said of it.
    """
    if sum(each is not None for each in (paper, verdict, run)) != 1:
        raise UsageError("Evidence is of a paper, a verdict or a run: name one of them.")
    if paper is None and (sentence is not None or quote is not None):
        raise UsageError("--sentence and --quote are of a paper.", mend="Name the paper behind the hypothesis.")
    given = _given(marks)

    def write(db: Any, person: str) -> tuple[int, Change]:
        number = store.find(db, HYPOTHESIS, name)
        if verdict is not None:
            return commands.add_verdict(db, person, number, record_number("V", verdict, "verdict"), given)
        if run is not None:
            return commands.add_run(db, person, number, run, given)
        paper_id = find_id(db, paper or "")
        if sentence is None and quote is None:
            raise UsageError("Which sentence?", mend=f"labtop sentences {paper} numbers them; or give --quote.")
        return commands.add_evidence(db, person, number, paper_id, given, sentence=sentence, quote=quote)

    with options.open(create=False) as workspace:
        made, change = workspace.store.write(lambda db: write(db, workspace.person)).result()
        found = workspace.store.read(lambda db: evidence_by_id(db, [made])).result()
    if options.json:
        print_json(evidence_record(found[0]))
    else:
        click.echo(f"{change.summary} (evidence {made})")


@evidence.command("list")
@click.argument("name", metavar="[HYPOTHESIS]", required=False)
@click.option("--paper", metavar="PAPER", help="Only what this paper says.")
@pass_options
def list_(options: Options, name: str | None, paper: str | None) -> None:
    """Evidence with its quotes: of one hypothesis, or of all."""
    with options.open(create=False) as workspace:
        found = workspace.store.read(lambda db: _found(db, name, paper)).result()
        today = workspace.clock.today()
    if options.json:
        print_list([evidence_record(each) for each in found])
        return
    for each in found:
        click.echo("\n".join(evidence_lines(each, today)))
    if not found:
        click.echo("No evidence is recorded. Add some: labtop evidence add H-… PAPER --sentence 3 --for")


@evidence.command("set")
@click.argument("number", metavar="EVIDENCE", type=click.IntRange(1))
@_marks
@pass_options
def set_(options: Options, number: int, **marks: str | None) -> None:
    """Change what is said of a piece of evidence; --scale "" and --note "" empty it."""
    given = _given(marks)
    if not given:
        raise UsageError("Nothing is to be changed.", mend="Such as: labtop evidence set 12 --against --scale -3.")
    with options.open(create=False) as workspace:
        change = workspace.store.write(lambda db: commands.set_evidence(db, workspace.person, number, given)).result()
    print_change(change, json_wanted=options.json)


@evidence.command()
@click.argument("number", metavar="EVIDENCE", type=click.IntRange(1))
@pass_options
def remove(options: Options, number: int) -> None:
    """Take a piece of evidence away; labtop undo brings it back."""
    with options.open(create=False) as workspace:
        change = workspace.store.write(lambda db: commands.remove_evidence(db, workspace.person, number)).result()
    print_change(change, json_wanted=options.json)


@evidence.command()
@click.argument("name", metavar="[HYPOTHESIS]", required=False)
@pass_options
def check(options: Options, name: str | None) -> None:
    """Whether each quote still stands in its paper, and each verdict still counts."""
    with options.open(create=False) as workspace:
        found = workspace.store.read(lambda db: _found(db, name, None)).result()
        today = workspace.clock.today()
    stale = [each for each in found if each.stale]
    quotes = [each for each in found if each.kind == "paper"]
    counts = {name: sum(each.standing == name for each in quotes) for name in ("current", "older version", "gone")}
    withdrawn = sum(each.withdrawn for each in quotes)
    if options.json:
        print_list(
            [evidence_record(each) for each in stale],
            checked=len(found),
            current=counts["current"],
            older_version=counts["older version"],
            gone=counts["gone"],
            withdrawn=withdrawn,
        )
        return
    for each in stale:
        click.echo("\n".join(evidence_lines(each, today)))
    told = ", ".join(f"{number} {what}" for what, number in (*counts.items(), ("withdrawn", withdrawn)) if number)
    click.echo(f"{counted(len(found), 'piece')} of evidence; quotes: {told or 'none'}; {len(stale)} stale")


def _found(db: Any, name: str | None, paper: str | None) -> tuple[Evidence, ...]:
    if name is not None:
        found = evidence_of(db, store.find(db, HYPOTHESIS, name))
    elif paper is not None:
        return evidence_on_paper(db, find_id(db, paper))
    else:
        found = all_evidence(db)
    paper_id = find_id(db, paper) if paper is not None else None
    return tuple(each for each in found if paper_id is None or each.paper_id == paper_id)


def _given(marks: dict[str, str | None]) -> dict[str, str]:
    return {mark: value for mark, value in marks.items() if value is not None}
