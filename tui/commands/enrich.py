"""`labtop enrich`: what other services know of papers, where the person lets labtop ask them."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from library.db.changes import Change
from library.enrichment.model import SOURCE_IDS, TITLES, Proposal, SourceId
from library.enrichment.words import proposal_line
from library.errors import UsageError
from library.jobs import Cancelled
from library.papers.queries import find_id, find_ids, ids_of_day
from library.papers.record import proposal_record
from library.text import counted, shortened
from planner.workspace import Workspace
from tui.cli import LazyGroup
from tui.commands.stopping import STOPPED, ctrl_c
from tui.options import Options, common_options, pass_options
from tui.output import ProgressLine, as_json, print_change, print_list

if TYPE_CHECKING:
    from library.enrichment.asking import Report, SourceReport

VERBS = {
    "papers": ("tui.commands.enrich:papers", "Ask about papers: citations, votes, where they were published."),
    "status": ("tui.commands.enrich:status", "Which services are on, and how each answered last."),
    "proposals": ("tui.commands.enrich:proposals_", "Published DOIs that wait for your yes or no."),
    "accept": ("tui.commands.enrich:accept", "Give a paper the DOI that is proposed for it."),
    "refuse": ("tui.commands.enrich:refuse", "Say that a proposed DOI is not the paper's."),
    "recommend": ("tui.commands.enrich:recommend", "Papers that Semantic Scholar recommends from what you kept."),
}
SIGNS = {"ok": "●", "throttled": "▲", "offline": "▲", "key missing": "▲", "refused": "✗", "parse error": "✗"}
_ONE = click.Choice([*SOURCE_IDS, "all"])


class PapersFirst(LazyGroup):
    """A group whose verb `papers` need not be written."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click's, with `papers` put before what names no verb."""
        named = any(arg in self.verbs or arg in ("-h", "--help") for arg in args)
        return super().parse_args(ctx, args if named else ["papers", *args])


@click.group(cls=PapersFirst, verbs=VERBS)
@common_options
def enrich() -> None:
    """What other services know of papers. All are off until you let labtop ask them, and only ids are sent.

    labtop enrich [PAPER…] asks about papers; without any, about those that you kept, starred or queued.
    """


@click.command()
@click.argument("paper", nargs=-1, metavar="[PAPER…]")
@click.option("--queue", is_flag=True, help="Those on your reading queue.")
@click.option("--day", metavar="DAY", help="Those of a day, YYYY-MM-DD or today; of Hugging Face that day's list.")
@click.option("--source", "source", type=_ONE, default="all", show_default=True, help="Ask this service alone.")
@click.option("--again", is_flag=True, help="Also what was asked a short while ago.")
@click.option("--resume", is_flag=True, help="Ask again although a service refused (403), once its cause is known.")
@pass_options
def papers(
    options: Options, paper: tuple[str, ...], queue: bool, day: str | None, source: str, again: bool, resume: bool
) -> int:
    """Ask about papers: those named, or those that you kept, starred or queued. Only their ids are sent."""
    from library.enrichment.asking import enrich as ask
    from library.enrichment.services import limiter_of

    chosen = _sources(source)
    with options.open(create=False) as workspace:
        for name in (chosen or SOURCE_IDS) if resume else ():
            if limiter_of(name).forget_refusal():
                click.echo(f"{TITLES[name]}'s refusal is forgotten; asking again.", err=True)
        wanted_day = _day(workspace, day) if day else None
        ids = workspace.store.read(lambda db: _ids(db, workspace.person, paper, queue, wanted_day)).result()
        with ctrl_c() as token, ProgressLine() as progress:
            try:
                report = ask(
                    workspace,
                    ids,
                    sources=chosen,
                    days=(wanted_day,) if wanted_day else (),
                    again=again,
                    progress=progress,
                    cancel=token,
                )
            except Cancelled:
                click.echo("Stopped. What was answered is stored.", err=True)
                return STOPPED
        if options.json:
            _print_report(workspace, report)
            return report.exit_code
    if not ids and not wanted_day:
        click.echo("There is no paper to ask about: keep or queue some, or name them.")
    for each in report.sources:
        click.echo(f"{SIGNS[each.state]} {TITLES[each.source]:<17} {_told(each)}")
    if any(each.proposed for each in report.sources):
        click.echo("Published DOIs are proposed: labtop enrich proposals")
    return report.exit_code


def _sources(name: str) -> tuple[SourceId, ...] | None:
    return None if name == "all" else tuple(each for each in SOURCE_IDS if each == name)


def _day(workspace: Workspace, text: str) -> str:
    if text == "today":
        return workspace.clock.today().isoformat()
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise UsageError(f"{text!r} is no day.", mend="Write it as 2026-04-13, or today.") from None


def _ids(db: Any, person: str, named: tuple[str, ...], queue: bool, day: str | None) -> tuple[int, ...]:
    from library.enrichment.choosing import own_papers, queued_papers

    if not (named or queue or day):
        return own_papers(db, person)
    found = [*find_ids(db, named), *(queued_papers(db, person) if queue else ()), *(ids_of_day(db, day) if day else ())]
    return tuple(dict.fromkeys(found))


def _told(each: "SourceReport") -> str:
    if each.state != "ok":
        return each.message if each.message.startswith(each.state) else f"{each.state}: {each.message}"
    if each.source == "hf-daily":
        said = [f"{counted(each.asked, 'paper')} listed, {each.found:,} of them here"] if each.requests else []
        said += [f"{counted(each.fresh, 'day')} asked for a short while ago"] if each.fresh else []
    else:
        said = [f"knows {each.found:,} of {counted(each.asked, 'paper')}"] if each.asked else []
        said += [f"{counted(each.fresh, 'paper')} asked about a short while ago"] if each.fresh else []
        said += [f"proposes {counted(each.proposed, 'DOI')}"] if each.proposed else []
    return " · ".join(said) or "nothing to ask about"


def _print_report(workspace: Workspace, report: "Report") -> None:
    sql = "SELECT key FROM paper WHERE id = ?"
    keys = workspace.store.read(lambda db: [db.execute(sql, (one,)).fetchone()[0] for one in report.papers]).result()
    records = [{"id": (record := as_json(each)).pop("source"), **record} for each in report.sources]
    print_list(records, papers=keys)


@click.command()
@pass_options
def status(options: Options) -> None:
    """Which services may be asked, and how each answered last. Asks nobody."""
    with options.open(create=False) as workspace:
        records = _status(workspace)
    if options.json:
        print_list(records)
        return
    for each in records:
        sign = SIGNS.get(each["state"] or "", "·") if each["on"] else "·"
        click.echo(f"{sign} {each['title']:<17} {_status_line(each)}")


def _status(workspace: Workspace) -> list[dict[str, Any]]:
    from library.enrichment import ledger
    from library.enrichment.services import SERVICES, hold_of, is_on, key_of

    settings = workspace.settings.enrichment
    last = workspace.store.read(ledger.latest).result()
    sql = "SELECT source, count(*) FROM enrichment WHERE found GROUP BY source"
    counts: dict[str, int] = dict(workspace.store.read(lambda db: [tuple(row) for row in db.execute(sql)]).result())
    records = []
    for source, service in SERVICES.items():
        there, hold = last.get(source), hold_of(source)
        held = hold is not None and hold.kind != "pause"
        records.append(
            {
                "id": source,
                "title": service.title,
                "on": is_on(settings, source),
                "key": bool(key_of(settings, source)) if service.variable else None,
                "state": there.state if there else None,
                "reason": ledger.in_words(there) if there else None,
                "asked_for": there.subject if there else None,
                "checked_at": there.checked_at if there else None,
                "answered_at": there.answered_at if there else None,
                "held_until": f"{hold.until:%Y-%m-%dT%H:%M:%SZ}" if hold is not None and held else None,
                "papers": counts.get(source, 0),
                "evidence": there.evidence if there else None,
            }
        )
    return records


def _status_line(each: dict[str, Any]) -> str:
    setting = f"labtop settings enrichment.{each['id'].replace('-', '_')} true"
    if not each["on"]:
        return f"off ({setting})"
    key = "" if each["key"] is None else ", with your key" if each["key"] else ", without a key"
    if each["state"] is None:
        return f"on{key}, not asked yet"
    if each["state"] == "ok":
        return f"on{key}, answered {each['answered_at']}, knows {counted(each['papers'], 'paper')}"
    since = each["evidence"].get("since")
    return f"on{key}, {each['reason']}" + (f" (since {since})" if since else "")


@click.command(name="proposals")
@click.option("--all", "everything", is_flag=True, help="Also those that somebody decided.")
@pass_options
def proposals_(options: Options, everything: bool) -> None:
    """Published DOIs that services propose. Nothing changes until you accept one."""
    from library.enrichment.stored import proposals

    with options.open(create=False) as workspace:
        found = workspace.store.read(lambda db: proposals(db, decided=everything)).result()
    if options.json:
        print_list([proposal_record(each) for each in found])
        return
    for each in found:
        click.echo(_proposal_line(each))
    if not found:
        click.echo("No published DOI waits for your yes or no.")


def _proposal_line(each: Proposal) -> str:
    decided = f"  [{each.state} by {each.person}]" if each.state != "open" else ""
    here = f"; it is here as {each.here}" if each.here else ""
    said = f"says {TITLES[each.source]}, {each.proposed_at[:10]}{here}"
    return f"{each.key}  {shortened(each.title, 60)}\n    {proposal_line(each)}, {said}{decided}"


def _answer(options: Options, paper: str, doi: str | None, *, yes: bool) -> None:
    from library.enrichment import proposals as answers

    def write(db: Any, person: str) -> Change:
        found = answers.proposal_named(db, find_id(db, paper), doi)
        return (answers.accept if yes else answers.refuse)(db, person, found.id)

    with options.open(create=False) as workspace:
        change = workspace.store.write(lambda db: write(db, workspace.person)).result()
    print_change(change, json_wanted=options.json)


@click.command()
@click.argument("paper")
@click.option("--doi", help="Which one, where several are proposed.")
@pass_options
def accept(options: Options, paper: str, doi: str | None) -> None:
    """Give PAPER the published DOI that is proposed for it, and the venue where none is known."""
    _answer(options, paper, doi, yes=True)


@click.command()
@click.argument("paper")
@click.option("--doi", help="Which one, where several are proposed.")
@pass_options
def refuse(options: Options, paper: str, doi: str | None) -> None:
    """Say that the DOI proposed for PAPER is not its own: it is not proposed again."""
    _answer(options, paper, doi, yes=False)


@click.command()
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 500), help="How many to ask for.")
@click.option("--again", is_flag=True, help="Ask even if that was done today.")
@click.option("--stored", is_flag=True, help="Show the list that is here; ask nobody.")
@pass_options
def recommend(options: Options, limit: int, again: bool, stored: bool) -> int | None:
    """Papers that Semantic Scholar recommends, from the ids of what you kept, starred and skipped one by one.

    None of them is in the library: labtop add takes one in.
    """
    from library.enrichment.recommending import ask_for_recommendations, recommendations

    with options.open(create=False) as workspace, ctrl_c() as token, ProgressLine() as progress:
        if stored:
            found = workspace.store.read(lambda db: recommendations(db, workspace.person)).result()
        else:
            try:
                found = ask_for_recommendations(workspace, most=limit, again=again, progress=progress, cancel=token)
            except Cancelled:
                click.echo("Stopped.", err=True)
                return STOPPED
    if options.json:
        records = [{"id": (record := as_json(each)).pop("key"), **record} for each in found.papers]
        print_list(records, fetched_at=found.fetched_at)
        return None
    for each in found.papers:
        facts = [str(each.year) if each.year else "", each.venue or ""]
        facts.append(f"{counted(each.citations, 'citation')}" if each.citations is not None else "")
        click.echo(f"{each.key}  {each.title}")
        click.echo(
            f"    {shortened(each.authors, 60) or 'no author is named'}  {' · '.join(f for f in facts if f)}".rstrip()
        )
    if found.papers:
        click.echo(
            f"\nSays Semantic Scholar, {(found.fetched_at or '')[:10]}. labtop add ID takes one into the library."
        )
    else:
        click.echo("Nothing is recommended." if found.fetched_at else "Nothing was asked for yet.")
    return None
