"""`labtop club minutes`, `decide`, `decisions`, `done`, `drop`, `take-over`: what came of a session."""

import sys
from typing import Any

import click

from library.club import minutes as commands
from library.club.model import DECISION_KINDS, Decision
from library.club.queries import decision, find, session, sessions
from library.club.record import decision_record, session_record
from library.errors import UsageError
from library.papers.queries import find_id
from library.records import store
from planner.club.taking_over import as_evidence, as_experiment
from planner.hypotheses.kind import HYPOTHESIS
from tui.commands.asking import edited
from tui.commands.club_choosing import chosen
from tui.commands.club_text import decision_lines
from tui.commands.records import pairs
from tui.options import Options, pass_options
from tui.output import print_change, print_json, print_list

_NUMBER = click.argument("name", metavar="DECISION")


@click.command()
@click.argument("name", metavar="[SESSION]", required=False)
@click.argument("text", metavar="[TEXT]", required=False)
@click.option("--edit", "editing", is_flag=True, help="Write them in $EDITOR (the default without TEXT).")
@click.option("--held/--not-held", default=None, help="Whether it took place (default: whether it has begun).")
@pass_options
def minutes(options: Options, name: str | None, text: str | None, editing: bool, held: bool | None) -> None:
    """Write the minutes of SESSION (without a name: of the last one); "-" reads standard input.

    A line such as "- experiment: try it on our index @kim" becomes a decision: action, experiment or evidence, what,
    and whose it is.
    """
    with options.open(create=False) as workspace:
        workspace.refuse_if_read_only()
        found = chosen(workspace, name, past=True)
        if text is None or editing:
            before = text or found.minutes or commands.template(found)
            said = edited(before, ".md")
            if said is None or commands.is_template(found, said):
                raise UsageError("Nothing was saved in the editor, so nothing was minuted.")
        else:
            said = sys.stdin.read() if text == "-" else text
        change = workspace.store.write(
            lambda db: commands.write_minutes(
                db, workspace.person, found.id, said, now=workspace.clock.now(), held=held
            )
        ).result()
        after = workspace.store.read(lambda db: session(db, found.id)).result()
    if options.json:
        print_json(session_record(after))
        return
    click.echo(change.summary)
    for each in after.decisions[len(found.decisions) :]:
        click.echo("\n".join(decision_lines(each)))


@click.command()
@click.argument("name", metavar="SESSION")
@click.argument("text")
@click.option("--kind", type=click.Choice(DECISION_KINDS), default="action", show_default=True, help="What it becomes.")
@click.option("--owner", metavar="NAME", help="Who sees to it.")
@click.option("--paper", metavar="PAPER", help="Which paper it rests on (default: the session's, where it has one).")
@pass_options
def decide(options: Options, name: str, text: str, kind: str, owner: str | None, paper: str | None) -> None:
    """Add a decision to the minutes of SESSION."""
    raw = {"text": text, "kind": kind, "owner": owner, "paper": paper}
    with options.open(create=False) as workspace:
        number, change = workspace.store.write(
            lambda db: commands.decide(db, workspace.person, find(db, "S", name), raw)
        ).result()
        found = workspace.store.read(lambda db: decision(db, number)).result()
    if options.json:
        print_json(decision_record(found))
    else:
        click.echo(change.summary)


@click.command()
@click.option("--all", "everything", is_flag=True, help="Also what is done or taken over.")
@pass_options
def decisions(options: Options, everything: bool) -> None:
    """What minutes decided and is still to be done or taken over."""
    with options.open(create=False) as workspace:
        known = workspace.store.read(sessions).result()
    found = [(each, one) for each in known for one in each.decisions if everything or one.open]
    if options.json:
        print_list([decision_record(one) for _, one in found])
        return
    for each, one in found:
        click.echo("\n".join([*decision_lines(one), f"       {each.label} of {each.day}"]))
    if not found:
        click.echo("Nothing that was decided is left to be done.")


@click.command()
@_NUMBER
@click.option("--reopen", is_flag=True, help="It was not, after all.")
@pass_options
def done(options: Options, name: str, reopen: bool) -> None:
    """DECISION was carried out."""
    with options.open(create=False) as workspace:
        change = workspace.store.write(
            lambda db: commands.done(db, workspace.person, find(db, "M", name), again_open=reopen)
        ).result()
    print_change(change, json_wanted=options.json)


@click.command()
@_NUMBER
@pass_options
def drop(options: Options, name: str) -> None:
    """Take DECISION out of the minutes; labtop undo brings it back."""
    with options.open(create=False) as workspace:
        change = workspace.store.write(lambda db: commands.drop(db, workspace.person, find(db, "M", name))).result()
    print_change(change, json_wanted=options.json)


@click.command("take-over")
@_NUMBER
@click.option(
    "--becomes", "kind", type=click.Choice(["experiment", "evidence"]), help="What (default: as was decided)."
)
@click.option("--hypothesis", metavar="H-…", help="Which claim it is about; evidence needs one.")
@click.option("--paper", metavar="PAPER", help="Evidence: which paper (default: the decision's).")
@click.option("--sentence", metavar="N", help="Evidence: which sentence, as labtop sentences numbers them.")
@click.option("--quote", metavar="WORDS", help="Evidence: words of the sentence.")
@click.option("--stance", type=click.Choice(["for", "against", "context"]), help="Evidence: what it says of the claim.")
@click.option("--scale", metavar="N", help="Evidence: how strongly, from -5 to 5.")
@click.option(
    "--set", "settings", multiple=True, metavar="FIELD=VALUE", help="Experiment: fill in a field (repeatable)."
)
@pass_options
def take_over(
    options: Options,
    name: str,
    kind: str | None,
    hypothesis: str | None,
    paper: str | None,
    sentence: str | None,
    quote: str | None,
    stance: str | None,
    scale: str | None,
    settings: tuple[str, ...],
) -> None:
    """Make DECISION a draft experiment, or evidence on a hypothesis. Each names the other; undo takes both back."""

    def write(db: Any, person: str) -> Any:
        number = find(db, "M", name)
        as_what = kind or decision(db, number).kind
        if as_what == "evidence":
            if hypothesis is None:
                raise UsageError("Evidence on which claim?", mend="Name it: --hypothesis H-4.")
            if sentence is None and quote is None:
                raise UsageError("Which sentence?", mend="labtop sentences PAPER numbers them; or give --quote.")
            return as_evidence(
                db,
                person,
                number,
                store.find(db, HYPOTHESIS, hypothesis),
                {"stance": stance, "scale": scale},
                paper_id=find_id(db, paper) if paper else None,
                sentence=sentence,
                quote=quote,
            )
        return as_experiment(db, person, number, {"hypothesis_id": hypothesis, **pairs(settings)})

    with options.open(create=False) as workspace:
        _, change = workspace.store.write(lambda db: write(db, workspace.person)).result()
        found: Decision = workspace.store.read(lambda db: decision(db, find(db, "M", name))).result()
    if options.json:
        print_json(decision_record(found))
    else:
        click.echo(change.summary)


VERBS = (minutes, decide, decisions, done, drop, take_over)
