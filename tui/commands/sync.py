"""`labtop sync`: bring in what arXiv announced, say why a day is empty, search arXiv ad hoc."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import click

from library.arxiv import ledger
from library.arxiv.ledger import LedgerEntry
from library.clock import iso
from tui.options import Options, pass_options
from tui.output import ProgressLine, print_list

if TYPE_CHECKING:
    from library.arxiv.schedule import NextAsk
    from planner.workspace import Workspace

_MARKS = {"complete": "●", "quiet": "●", "no mailing": "●", "not out yet": "◌", "stale": "◌", "throttled": "▲"}


@click.command()
@click.argument("categories", nargs=-1)
@click.option("--days", type=int, metavar="N", help="Look back N days (default: to the first day not settled).")
@click.option("--query", metavar="QUERY", help='Search arXiv instead: --query "ti:retrieval AND cat:cs.IR".')
@click.option(
    "--max", "most", type=int, default=100, show_default=True, metavar="N", help="With --query: at most N papers."
)
@click.option("--status", is_flag=True, help="Show the ledger; ask nobody.")
@click.option("--resume", is_flag=True, help="Ask again although arXiv refused (403), once its cause is dealt with.")
@pass_options
def sync(
    options: Options,
    categories: tuple[str, ...],
    days: int | None,
    query: str | None,
    most: int,
    status: bool,
    resume: bool,
) -> int:
    """Bring in what arXiv announced: today's batch of each category and every day that was missed.

    Without CATEGORIES those of the workspace are synced. Each day ends as complete, not out yet, quiet, no mailing,
    stale, throttled, offline or parse error, with its reason.
    """
    if query is not None and (categories or days is not None or status):
        raise click.UsageError("--query stands alone; put categories into it: --query 'cat:cs.IR AND …'.")
    with options.open(create=bool(categories or query) and not status) as workspace:
        if status:
            return _show_status(options, workspace, categories, days)
        from library.arxiv.limiter import Limiter
        from library.paths import user_state

        if resume and Limiter(user_state()).forget_refusal():
            click.echo("arXiv's refusal is forgotten; asking again.", err=True)
        if query is not None:
            return _search(options, workspace, query, most)
        return _sync(options, workspace, categories, days)


def _sync(options: Options, workspace: "Workspace", categories: tuple[str, ...], days: int | None) -> int:
    from library.arxiv.sync import SyncBusy
    from library.arxiv.sync import sync as sync_with_arxiv

    with ProgressLine() as progress:
        try:
            report = sync_with_arxiv(workspace, categories=categories, days=days, progress=progress, patience=0.0)
        except SyncBusy:
            click.echo("Another sync of this workspace is at work; waiting for it.", err=True)
            report = sync_with_arxiv(workspace, categories=categories, days=days, progress=progress)
    if options.json:
        print_list(
            [_as_record(entry) for entry in report.entries],
            added=report.added,
            changed=report.changed,
            requests=report.requests,
            notes=report.notes,
            next=_next_record(report.next),
        )
        return report.exit_code
    _print_days(report.entries)
    click.echo(f"{report.added:,} papers added, {report.changed:,} updated.")
    for note in report.notes:
        click.echo(f"labtop: {note}", err=True)
    return report.exit_code


def _search(options: Options, workspace: "Workspace", query: str, most: int) -> int:
    from library.arxiv.adhoc import search_and_store

    with ProgressLine():
        report = search_and_store(workspace, query, most=most)
    if options.json:
        print_list(
            [{"id": key} for key in report.ids],
            total=report.total,
            added=report.added,
            changed=report.changed,
            notes=report.notes,
            query=query,
        )
        return report.exit_code
    click.echo(
        f"arXiv counts {report.total:,}; brought in {len(report.ids):,}: "
        f"{report.added:,} new here, {report.changed:,} updated, {report.unchanged:,} known."
    )
    for note in report.notes:
        click.echo(f"labtop: {note}", err=True)
    return report.exit_code


def _show_status(options: Options, workspace: "Workspace", categories: tuple[str, ...], days: int | None) -> int:
    from library.arxiv.limiter import Limiter
    from library.arxiv.sync import when_next
    from library.paths import user_state

    since = workspace.clock.today() - timedelta(days=14 if days is None else days)
    wanted = categories or None
    entries = workspace.store.read(lambda db: ledger.days(db, wanted, since)).result()
    hold = Limiter(user_state()).hold()
    upcoming = when_next(workspace)
    if options.json:
        held = {"kind": hold.kind, "until": iso(hold.until), "message": hold.message} if hold else None
        print_list([_as_record(entry) for entry in entries], hold=held, next=_next_record(upcoming))
        return 0
    if entries:
        _print_days(entries)
    else:
        click.echo(f"Nothing was synced since {since}. Begin with labtop sync CATEGORY, such as labtop sync cs.IR.")
    if hold is not None:
        click.echo(f"▲ {hold.message} Nothing is asked before {hold.until.astimezone():%a %d %b %H:%M}.")
    if upcoming is not None:
        when = "now" if upcoming.now else f"{upcoming.at.astimezone():%a %d %b %H:%M}"
        click.echo(f"Next: {when} ({upcoming.why}).")
    return 0


def _print_days(entries: tuple[LedgerEntry, ...]) -> None:
    width = max((len(entry.category) for entry in entries), default=0)
    for entry in entries:
        day = date.fromisoformat(entry.day)
        mark = _MARKS.get(entry.state, "✗")
        click.echo(
            f"{mark} {f'{day:%a %d %b %Y}'}  {entry.category:<{width}}  {entry.state:<11}  {_why(entry)}".rstrip()
        )


def _why(entry: LedgerEntry) -> str:
    """The reason, without saying the state's name twice."""
    why = ledger.reason(entry)
    if why == entry.state:
        return ""
    for opening in (f"{entry.state}: ", f"{entry.state} "):
        if why.startswith(opening):
            return why.removeprefix(opening)
    return why


def _as_record(entry: LedgerEntry) -> dict[str, Any]:
    return {
        "id": f"{entry.category}/{entry.day}",
        "category": entry.category,
        "day": entry.day,
        "state": entry.state,
        "count": entry.count,
        "reason": ledger.reason(entry),
        "source": entry.source,
        "until": entry.until,
        "checked_at": entry.checked_at or None,
        "evidence": entry.evidence,
    }


def _next_record(upcoming: "NextAsk | None") -> dict[str, Any] | None:
    return {"at": iso(upcoming.at), "why": upcoming.why, "now": upcoming.now} if upcoming is not None else None
