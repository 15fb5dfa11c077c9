"""`labtop club propose`, `proposals`, `vote`, `unvote`, `withdraw`: what the group would like to read."""

import re
from typing import Any

import click

from library.club import proposals
from library.club.guard import Discussed, discussed
from library.club.model import Proposal
from library.club.queries import find, proposal
from library.club.queries import proposals as read_proposals
from library.club.record import proposal_record
from library.errors import NotFound
from library.papers.queries import find_id
from tui.commands.club_text import proposal_lines
from tui.options import Options, pass_options
from tui.output import print_change, print_json, print_list

_NAME = click.argument("name", metavar="PROPOSAL")
_FOR = click.option("--for", "voter", metavar="NAME", help="Whose vote it is, where it is not yours.")


@click.command()
@click.argument("paper")
@click.argument("why", required=False)
@click.option("--again", is_flag=True, help="Although it was discussed before.")
@pass_options
def propose(options: Options, paper: str, why: str | None, again: bool) -> None:
    """Propose PAPER for the club, and say WHY. Where it is proposed already, vote for that."""
    with options.open(create=False) as workspace:
        number, change = workspace.store.write(
            lambda db: proposals.propose(db, workspace.person, find_id(db, paper), why or "", again=again)
        ).result()
        found = workspace.store.read(lambda db: proposal(db, number)).result()
    if options.json:
        print_json(proposal_record(found))
    else:
        click.echo(f"{found.label}: {change.summary}")


@click.command("proposals")
@click.option("--all", "everything", is_flag=True, help="Also those that were discussed or withdrawn.")
@pass_options
def proposals_(options: Options, everything: bool) -> None:
    """What is proposed, the most wanted first."""
    with options.open(create=False) as workspace:

        def read(db: Any) -> list[tuple[Proposal, tuple[Discussed, ...]]]:
            found = [each for each in read_proposals(db) if everything or each.state in ("open", "scheduled")]
            return [(each, discussed(db, each.paper_id)) for each in found]

        found = workspace.store.read(read).result()
    if options.json:
        print_list([proposal_record(each, before) for each, before in found])
        return
    for each, _ in found:
        click.echo("\n".join(proposal_lines(each)))
    if not found:
        click.echo('Nothing is proposed. Propose a paper: labtop club propose PAPER "why"')


@click.command()
@_NAME
@_FOR
@pass_options
def vote(options: Options, name: str, voter: str | None) -> None:
    """Vote for PROPOSAL (P-3, or its paper): one vote a person."""
    with options.open(create=False) as workspace:
        change = workspace.store.write(
            lambda db: proposals.vote(db, workspace.person, find_proposal(db, name), voter)
        ).result()
    print_change(change, json_wanted=options.json)


@click.command()
@_NAME
@_FOR
@pass_options
def unvote(options: Options, name: str, voter: str | None) -> None:
    """Take a vote back."""
    with options.open(create=False) as workspace:
        change = workspace.store.write(
            lambda db: proposals.unvote(db, workspace.person, find_proposal(db, name), voter)
        ).result()
    print_change(change, json_wanted=options.json)


@click.command()
@_NAME
@pass_options
def withdraw(options: Options, name: str) -> None:
    """Take your own PROPOSAL back while it is open."""
    with options.open(create=False) as workspace:
        change = workspace.store.write(
            lambda db: proposals.withdraw(db, workspace.person, find_proposal(db, name))
        ).result()
    print_change(change, json_wanted=options.json)


def find_proposal(db: Any, name: str) -> int:
    """P-3, p3 or 3; else the open or scheduled proposal of a paper. Raises NotFound."""
    if re.fullmatch(r"\s*(?:p-?)?\d{1,12}\s*", name, re.IGNORECASE):
        return find(db, "P", name)
    found = proposals.pending(db, find_id(db, name))
    if found is None:
        raise NotFound("That paper is not proposed.", mend=f"labtop club propose {name}")
    return found.id


VERBS = (propose, proposals_, vote, unvote, withdraw)
