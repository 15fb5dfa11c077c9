"""`labtop club schedule`, `move`, `set`, `paper`, `cancel`, `assign`, `swap`, `hold`: sessions, and who presents."""

from typing import Any

import click

from library.club import proposals, sessions, turns
from library.club.kind import SESSION
from library.club.queries import find, find_member, session
from library.club.record import session_record
from library.errors import UsageError
from library.papers.queries import find_id, find_ids
from planner.workspace import Workspace
from tui.commands.club_proposals import find_proposal
from tui.commands.records import field_help, pairs
from tui.options import Options, pass_options
from tui.output import print_change, print_json

_NAME = click.argument("name", metavar="SESSION")
_AGAIN = click.option("--again", is_flag=True, help="Although it was discussed before.")
_BACKUP = click.option("--backup", metavar="NAME", help="Who stands by (default: the next in turn).")


@click.command()
@click.argument("day", metavar="[DAY]", required=False)
@click.argument("time", metavar="[TIME]", required=False)
@click.option("--zone", metavar="ZONE", help="Whose clock TIME is by, such as Europe/Berlin.")
@click.option("--minutes", "length", metavar="N", help="How long it takes.")
@click.option("--place", metavar="TEXT", help="The room.")
@click.option("--link", metavar="URL", help="Where to join from elsewhere.")
@click.option("--topic", metavar="TEXT", help="What it is about (default: its papers).")
@click.option("--agenda", metavar="TEXT", help="What else there is to talk about.")
@click.option("--paper", "papers", multiple=True, metavar="PAPER", help="Put this paper on it (may be repeated).")
@click.option("--proposal", "chosen", multiple=True, metavar="P-…", help="Put this proposal on it (may be repeated).")
@click.option("--top", type=click.IntRange(0), metavar="N", help="Put the N most wanted proposals on it.")
@click.option("--presenter", metavar="NAME", help="Who presents (default: whose turn it is).")
@_BACKUP
@click.option("--no-assign", is_flag=True, help="Leave open who presents.")
@_AGAIN
@pass_options
def schedule(
    options: Options,
    day: str | None,
    time: str | None,
    papers: tuple[str, ...],
    chosen: tuple[str, ...],
    top: int | None,
    presenter: str | None,
    backup: str | None,
    no_assign: bool,
    again: bool,
    **fields: str | None,
) -> None:
    """Plan a session on DAY at TIME. What is left out is as in the last one, as long after it as that was.

    Without --paper, --proposal and --top the most wanted proposal is put on it.
    """
    given = {name: value for name, value in {"day": day, "time": time, **fields}.items() if value is not None}
    with options.open() as workspace:
        workspace.refuse_if_read_only()

        def write(db: Any) -> Any:
            raw = {**sessions.usual(db, workspace.clock.now()), **given}
            wanted: list[tuple[int, int | None]] = [(paper, None) for paper in find_ids(db, papers)]
            wanted += [(_paper_of(db, each), each) for each in (find_proposal(db, name) for name in chosen)]
            count = top if top is not None else 0 if wanted else 1
            there = {paper for paper, _ in wanted}
            found = [each for each in proposals.top(db, count + len(wanted)) if each.paper_id not in there]
            wanted += [(each.paper_id, each.id) for each in found[:count]]
            return sessions.plan(
                db,
                workspace.person,
                raw,
                wanted,
                rotate=not no_assign,
                presenter=find_member(db, presenter) if presenter else None,
                backup=find_member(db, backup) if backup else None,
                again=again,
            )

        number, change = workspace.store.write(write).result()
        _planned(options, workspace, number, change.summary)


def _paper_of(db: Any, number: int) -> int:
    return int(db.execute("SELECT paper_id FROM club_proposal WHERE id = ?", (number,)).fetchone()[0])


def _planned(options: Options, workspace: Workspace, number: int, summary: str) -> None:
    found = workspace.store.read(lambda db: session(db, number)).result()
    if options.json:
        print_json(session_record(found))
        return
    click.echo(summary)
    if found.presenter:
        click.echo(f"{found.presenter} presents{f', backup {found.backup}' if found.backup else ''}.")
    else:
        click.echo(f"Nobody presents yet: labtop club assign {found.label}")


@click.command()
@_NAME
@click.argument("day", metavar="DAY")
@click.argument("time", metavar="[TIME]", required=False)
@click.option("--zone", metavar="ZONE", help="Another time zone.")
@pass_options
def move(options: Options, name: str, day: str, time: str | None, zone: str | None) -> None:
    """Move SESSION to DAY, and TIME. Calendars that have it follow when they are given it again."""
    raw = {key: value for key, value in (("day", day), ("time", time), ("zone", zone)) if value is not None}
    with options.open(create=False) as workspace:
        change = workspace.store.write(
            lambda db: sessions.revise(db, workspace.person, find(db, "S", name), raw)
        ).result()
        if not options.json:
            _warn(workspace, name)
    print_change(change, json_wanted=options.json)


@click.command("set", help=f"Change fields of SESSION; an empty value empties the field.\n\n{field_help(SESSION)}")
@_NAME
@click.argument("settings", nargs=-1, required=True, metavar="FIELD=VALUE…")
@pass_options
def set_(options: Options, name: str, settings: tuple[str, ...]) -> None:
    """Change fields of a session."""
    raw = pairs(settings)
    with options.open(create=False) as workspace:
        change = workspace.store.write(
            lambda db: sessions.revise(db, workspace.person, find(db, "S", name), raw)
        ).result()
    print_change(change, json_wanted=options.json)


@click.command()
@_NAME
@click.argument("papers", nargs=-1, required=True, metavar="PAPER…")
@click.option("--remove", is_flag=True, help="Take them off it instead.")
@_AGAIN
@pass_options
def paper(options: Options, name: str, papers: tuple[str, ...], remove: bool, again: bool) -> None:
    """Put papers on SESSION, or take one off it; its proposal is open again then."""
    if remove and len(papers) > 1:
        raise UsageError("One paper at a time is taken off.")

    def write(db: Any, person: str) -> Any:
        number = find(db, "S", name)
        if remove:
            return sessions.remove_paper(db, person, number, find_id(db, papers[0]))
        return sessions.add_papers(db, person, number, [(each, None) for each in find_ids(db, papers)], again=again)

    with options.open(create=False) as workspace:
        change = workspace.store.write(lambda db: write(db, workspace.person)).result()
    print_change(change, json_wanted=options.json)


@click.command()
@_NAME
@click.option("--reason", default="", metavar="TEXT", help="Why; calendars show it.")
@pass_options
def cancel(options: Options, name: str, reason: str) -> None:
    """Cancel SESSION; what was to be discussed is open again."""
    with options.open(create=False) as workspace:
        change = workspace.store.write(
            lambda db: sessions.cancel(db, workspace.person, find(db, "S", name), reason)
        ).result()
    print_change(change, json_wanted=options.json)


@click.command()
@_NAME
@click.argument("presenter", metavar="[NAME]", required=False)
@_BACKUP
@pass_options
def assign(options: Options, name: str, presenter: str | None, backup: str | None) -> None:
    """Say who presents SESSION: NAME, or by rotation whoever has not presented for the longest time."""

    def write(db: Any, person: str) -> Any:
        return turns.assign_by_name(
            db,
            person,
            find(db, "S", name),
            presenter=find_member(db, presenter) if presenter else None,
            backup=find_member(db, backup) if backup else None,
        )

    with options.open(create=False) as workspace:
        change = workspace.store.write(lambda db: write(db, workspace.person)).result()
    print_change(change, json_wanted=options.json)


@click.command()
@_NAME
@click.argument("other", metavar="SESSION")
@pass_options
def swap(options: Options, name: str, other: str) -> None:
    """Exchange the turns of two sessions; again exchanges them back. Nobody gains or loses a turn by it."""
    with options.open(create=False) as workspace:
        change = workspace.store.write(
            lambda db: turns.swap(db, workspace.person, find(db, "S", name), find(db, "S", other))
        ).result()
    print_change(change, json_wanted=options.json)


@click.command()
@_NAME
@click.option("--presented-by", "presenter", metavar="NAME", help="Who presented, where it was somebody else.")
@click.option("--not-discussed", "left", multiple=True, metavar="PAPER", help="There was no time for it (repeatable).")
@pass_options
def hold(options: Options, name: str, presenter: str | None, left: tuple[str, ...]) -> None:
    """SESSION took place: its papers are discussed."""

    def write(db: Any, person: str) -> Any:
        member = find_member(db, presenter) if presenter else None
        return sessions.hold(db, person, find(db, "S", name), presenter=member, not_discussed=find_ids(db, left))

    with options.open(create=False) as workspace:
        change = workspace.store.write(lambda db: write(db, workspace.person)).result()
    print_change(change, json_wanted=options.json)


def _warn(workspace: Workspace, name: str) -> None:
    found = workspace.store.read(lambda db: session(db, find(db, "S", name))).result()
    if found.conflicts:
        click.echo(f"▲ {' and '.join(found.conflicts)} cannot be there: labtop club assign {found.label}", err=True)


VERBS = (schedule, move, set_, paper, cancel, assign, swap, hold)
