"""`labtop triage`: what waits to be decided on, the best first, and skipping the rest below the line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import click

from library.db.changes import Change
from library.papers import queries
from library.papers.model import PaperRow
from library.quarter import read_day
from library.ranking import stored
from library.ranking.stored import Line, RankState
from library.text import counted, one_line
from library.triage.deciding import below_the_line, skip_below
from library.triage.inbox import InboxDay, Item, inbox_day, inbox_days, put_off
from library.workspace import Workspace
from tui.commands.asking import confirm
from tui.commands.ranking import NO_RANK, rank_if_behind
from tui.commands.triage_text import day_head, item_lines, line_text, ranking_text
from tui.options import Options, pass_options
from tui.output import print_change, print_list

_LISTED = ("new", "cross")


@dataclass(frozen=True, slots=True)
class _Found:
    days: tuple[InboxDay, ...]
    items: tuple[Item, ...]
    rows: dict[int, PaperRow]
    line: Line
    state: RankState


@click.command()
@click.option("--day", metavar="DAY", help="Only this announcement day (2026-11-25), also one before the inbox begins.")
@click.option("--all", "everything", is_flag=True, help="Also what is decided, and new versions of old papers.")
@click.option("--listing", type=click.Choice(["new", "cross", "replaced"]), help="Only papers that were listed so.")
@click.option("--later", is_flag=True, help="What you put off instead, the longest ago first.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="At most so many papers.")
@click.option("--skip-below", is_flag=True, help="Skip what is below the line on DAY (the newest day), unseen.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@NO_RANK
@pass_options
def triage(
    options: Options,
    day: str | None,
    everything: bool,
    listing: str | None,
    later: bool,
    limit: int,
    skip_below: bool,
    yes: bool,
    no_rank: bool,
) -> None:
    """Papers that wait for your decision: those of the last announcement days, each once, the best first.

    Decide with labtop keep, skip, star and later; labtop why says what a score is made of. Nothing becomes read by
    being listed.
    """
    with options.open(create=False) as workspace:
        wanted = read_day(day).isoformat() if day else None
        if skip_below:
            _skip_rest(options, workspace, wanted, yes=yes)
            return
        if not no_rank and not later:
            rank_if_behind(workspace)
        found = workspace.store.read(
            lambda db: _read(db, workspace, wanted, later=later, everything=everything, listing=listing)
        ).result()
        today = workspace.clock.today()
    if options.json:
        shown = found.items[:limit]
        print_list(
            [_record(item, found.rows.get(item.id)) for item in shown],
            total=len(found.items),
            days=[_day_record(each) for each in found.days],
            line=_line_record(found.line),
            ranking=_ranking_record(found.state),
        )
        return
    for line in _lines(found, limit, later=later, today=today):
        click.echo(line)


def _read(
    db: Any, workspace: Workspace, day: str | None, *, later: bool, everything: bool, listing: str | None
) -> _Found:
    person = workspace.person
    days: tuple[InboxDay, ...] = ()
    if later:
        items = put_off(db, person)
    else:
        today, count = workspace.clock.today().isoformat(), workspace.settings.triage.days
        days = (inbox_day(db, person, day),) if day else inbox_days(db, person, today, count)
        items = tuple(item for each in days for item in each.items if everything or item.decision is None)
        kinds = (listing,) if listing else (*_LISTED, "replaced") if everything else _LISTED
        items = tuple(item for item in items if item.listing in kinds)
    rows = {row.id: row for row in queries.rows(db, [item.id for item in items], person)}
    return _Found(days, items, rows, stored.line(db, person), stored.state(db, person))


def _skip_rest(options: Options, workspace: Workspace, day: str | None, *, yes: bool) -> None:
    person, today = workspace.person, workspace.clock.today().isoformat()

    def read(db: Any) -> InboxDay | None:
        if day:
            return inbox_day(db, person, day)
        return next((each for each in inbox_days(db, person, today, 1)), None)

    found = workspace.store.read(read).result()
    rest = below_the_line(found) if found is not None else ()
    if found is None or not rest:
        print_change(Change("papers", summary="nothing waits below the line"), json_wanted=options.json)
        return
    if any(item.score is not None for item in found.items):
        confirm(f"Skip {counted(len(rest), 'paper')} of {found.day} below the line, unseen?", yes=yes)
    change = workspace.store.write(lambda db: skip_below(db, person, found.day, rest)).result()
    print_change(change, json_wanted=options.json)


# Text.


def _lines(found: _Found, limit: int, *, later: bool, today: Any) -> list[str]:
    lines: list[str] = []
    if later:
        lines.append(f"{counted(len(found.items), 'paper')} put off" if found.items else "Nothing is put off.")
        lines += _item_lines(found, found.items[:limit])
    else:
        lines += [line_text(found.line), ranking_text(found.state)]
        left = limit
        for day in found.days:
            shown = [item for item in found.items if item.day == day.day]
            lines += ["", *day_head(day, today), *_item_lines(found, shown[:left])]
            left -= min(left, len(shown))
        if not found.days:
            lines += ["", "Nothing was announced yet: labtop sync fetches the last days."]
    if len(found.items) > limit:
        lines.append(f"  … and {len(found.items) - limit:,} more: --limit shows them")
    return lines


def _item_lines(found: _Found, items: Sequence[Item]) -> list[str]:
    return [
        line
        for item in items
        for line in item_lines(item, found.rows[item.id].title if item.id in found.rows else "", found.line)
    ]


# JSON.


def _record(item: Item, row: PaperRow | None) -> dict[str, Any]:
    return {
        "id": item.key,
        "title": one_line(row.title) if row else None,
        "day": item.day,
        "listing": item.listing,
        "category": item.category,
        "announced": item.announced,
        "place": item.place,
        "score": item.score,
        "interest": item.label,
        "explored": item.explored,
        "decision": item.decision,
        "reason": item.reason,
        "bulk": item.bulk,
        "decided_at": item.decided_at,
    }


def _day_record(day: InboxDay) -> dict[str, Any]:
    return {
        "day": day.day,
        "announced": day.announced,
        "waiting": day.waiting,
        "new": day.count(listing="new"),
        "cross": day.count(listing="cross"),
        "replaced": len(day.items) - day.announced,
        "above": day.count(place="above") if any(item.score is not None for item in day.items) else None,
        "reason": day.reason,
    }


def _line_record(line: Line) -> dict[str, Any]:
    precise = line.n > 0
    return {
        "score": line.score,
        "precision": line.precision,
        "kept": line.kept,
        "n": line.n,
        "low": line.low if precise else None,
        "high": line.high if precise else None,
        "known": line.known,
    }


def _ranking_record(state: RankState) -> dict[str, Any]:
    return {
        "regime": state.regime,
        "labels": state.labels,
        "ranked_at": state.ranked_at,
        "model_hash": state.model_hash,
        "behind": state.behind,
    }
