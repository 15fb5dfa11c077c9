"""`labtop club members`, `join`, `leave`, `member`, `absent`, `present`: who takes part, and whose turn it is."""

from typing import Any

import click

from library.club import members
from library.club.kind import MEMBER
from library.club.model import Member
from library.club.queries import find_member
from library.club.queries import members as read_members
from library.club.record import member_record
from library.club.rotation import Standing
from library.club.turns import standing
from library.quarter import read_day
from tui.commands.club_text import member_lines, turn_of
from tui.commands.records import field_help, pairs
from tui.options import Options, pass_options
from tui.output import print_change, print_json, print_list

_NAME = click.argument("name")


@click.command("members")
@click.option("--on", "day", metavar="DAY", help="Whose turn it would be on that day (default: today).")
@pass_options
def members_(options: Options, day: str | None) -> None:
    """Who takes part, in the order of turns: whoever has waited longest is first."""
    with options.open(create=False) as workspace:
        today = read_day(day).isoformat() if day else workspace.clock.today().isoformat()

        def read(db: Any) -> tuple[tuple[Member, ...], tuple[Standing, ...]]:
            return read_members(db, workspace.clock.now()), standing(db, today)

        found, turns = workspace.store.read(read).result()
    places, waiting = turn_of(turns)
    ordered = sorted(found, key=lambda each: (places.get(each.id, len(found) + 1), each.left_on is not None, each.id))
    if options.json:
        print_list([member_record(each, places, waiting) for each in ordered])
        return
    for each in ordered:
        click.echo("\n".join(member_lines(each, places.get(each.id), waiting.get(each.id), today)))
    if not found:
        click.echo("Nobody is in the club yet. Add people: labtop club join NAME")


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME…")
@click.option("--on", "day", metavar="DAY", help="From which day on (default: today).")
@click.option("--note", metavar="TEXT", help="What to bear in mind, such as only on Thursdays.")
@pass_options
def join(options: Options, names: tuple[str, ...], day: str | None, note: str | None) -> None:
    """Add members, by name; nobody needs an account. Whoever left before comes back."""
    raw = {"joined_on": day, "note": note} if note is not None else {"joined_on": day}
    with options.open() as workspace:
        workspace.refuse_if_read_only()
        changes = [
            workspace.store.write(
                lambda db, name=name: members.join(  # type: ignore[misc]
                    db, workspace.person, {"name": name, **raw}, today=workspace.clock.today()
                )
            ).result()[1]
            for name in names
        ]
    if options.json:
        print_json({"id": changes[-1].journal_id, "summary": "; ".join(c.summary for c in changes), "changed": True})
        return
    for change in changes:
        click.echo(change.summary)


@click.command()
@_NAME
@click.option("--on", "day", metavar="DAY", help="The first day on which they are no longer there (default: today).")
@pass_options
def leave(options: Options, name: str, day: str | None) -> None:
    """NAME takes part no more; what they presented stays."""
    with options.open(create=False) as workspace:
        last = read_day(day) if day else workspace.clock.today()
        change = workspace.store.write(
            lambda db: members.leave(db, workspace.person, find_member(db, name), last)
        ).result()
    print_change(change, json_wanted=options.json)


@click.command(help=f"Change what is kept of a member.\n\n{field_help(MEMBER)}")
@_NAME
@click.argument("settings", nargs=-1, required=True, metavar="FIELD=VALUE…")
@pass_options
def member(options: Options, name: str, settings: tuple[str, ...]) -> None:
    """Change what is kept of a member."""
    raw = pairs(settings)
    with options.open(create=False) as workspace:
        change = workspace.store.write(
            lambda db: members.revise(db, workspace.person, find_member(db, name), raw)
        ).result()
    print_change(change, json_wanted=options.json)


@click.command()
@_NAME
@click.argument("first", metavar="DAY")
@click.argument("last", metavar="[LAST]", required=False)
@click.option("--reason", metavar="TEXT", help="If the others should know.")
@pass_options
def absent(options: Options, name: str, first: str, last: str | None, reason: str | None) -> None:
    """NAME is away on DAY, or from DAY to LAST: turns pass them by meanwhile."""
    raw = {"first_day": first, "last_day": last, "reason": reason}
    with options.open(create=False) as workspace:
        _, change = workspace.store.write(
            lambda db: members.absent(db, workspace.person, find_member(db, name), raw)
        ).result()
    print_change(change, json_wanted=options.json)


@click.command()
@_NAME
@click.argument("day", metavar="DAY")
@pass_options
def present(options: Options, name: str, day: str) -> None:
    """NAME is there after all: the absence that DAY falls into is taken back."""
    with options.open(create=False) as workspace:
        when = read_day(day).isoformat()
        change = workspace.store.write(
            lambda db: members.present(db, workspace.person, find_member(db, name), when)
        ).result()
    print_change(change, json_wanted=options.json)


VERBS = (members_, join, leave, member, absent, present)
