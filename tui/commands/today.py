"""`labtop today`: the page that the dashboard opens with, as text or JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import click
from rich.cells import cell_len

from library.papers.model import PaperRow
from library.reading.summary import said
from library.text import counted, one_line, shortened
from library.today import CategoryDay, Day, Today
from library.today import today as read_today
from library.triage.summary import InboxSummary
from planner.agenda import Item, agenda
from planner.workspace import Workspace
from tui.dates import full_day, short_day
from tui.options import Options, pass_options
from tui.output import print_json
from tui.plain import WIDTH, fit, hung, wrap

_SIGNS = {"bad": "✗", "warn": "▲", "info": "·", "good": "●"}
_SHOWN_DAYS, _SHOWN_PAPERS = 7, 8


@click.command()
@pass_options
def today(options: Options) -> None:
    """New papers by day with the reason where there are none, what encoding is doing, and what needs a look."""
    with options.open(create=False, marked=False) as workspace:
        print_today(options, workspace)


def print_today(options: Options, workspace: Workspace) -> None:
    """The page on standard output."""
    page = read_today(workspace)
    items = workspace.store.read(
        lambda db: agenda(
            db,
            workspace.settings.programme,
            workspace.person,
            workspace.clock.today(),
            workspace.clock.now(),
        )
    ).result()
    if options.json:
        print_json(record(page, items))
        return
    for line in lines(page, items):
        click.echo(line)


def record(page: Today, items: Sequence[Item] = ()) -> dict[str, Any]:
    """The page as JSON; papers by their key."""
    programme = [{name: value for name, value in asdict(item).items() if name != "section"} for item in items]
    return {**asdict(page), "newest": [_paper(row) for row in page.newest], "programme": programme}


def lines(page: Today, items: Sequence[Item] = ()) -> list[str]:
    """The page as lines of text."""
    demo = f"  DEMO, as of {page.day}" if page.demo else ""
    found = [f"{page.name}  {full_day(page.day)}{demo}", ""]
    if not page.papers:
        found += ["There are no papers here yet.", ""]
        found += [f"  {command:<22} {what}" for command, what in first_steps(page)]
    else:
        found += _papers(page)
        found += _inbox(page.inbox)
        found.append("")
        found += [line for day in page.days[:_SHOWN_DAYS] for line in _day(day, page.day)]
    reading = said(page.reading)
    if reading:
        found += ["", "Reading"]
        found += [line for tone, text in reading for line in hung(f"  {_SIGNS[tone]} ", text)]
    club = [item for item in items if item.label == "Club"]
    for heading, own in (("The paper club", club), ("The programme", [item for item in items if item not in club])):
        if own:
            found += ["", heading]
            found += [line for item in own for line in _call(item.tone, item.text, _command(item))]
    if page.notices:
        found += ["", "Needs a look"]
        found += [line for notice in page.notices for line in _call(notice.tone, notice.text, notice.mend)]
    found += ["", *wrap(_footer(page))]
    return found


def _call(tone: str, text: str, command: str) -> list[str]:
    """What is said, and the command in one piece: behind it where there is room, else below."""
    lines = hung(f"  {_SIGNS[tone]} ", text)
    if not command:
        return lines
    whole = f"{lines[-1]}  → {command}"
    return [*lines[:-1], whole] if cell_len(whole) <= WIDTH else [*lines, f"      → {command}"]


def _command(item: Item) -> str:
    """The command of what calls for something."""
    return item.command if item.tone in ("warn", "bad") or item.text.startswith("and ") else ""


def _papers(page: Today) -> list[str]:
    day = next((day for day in page.days if day.papers), None)
    if day is None:
        return [f"{counted(page.papers, 'paper')}, all of later days."]
    when = "today" if day.day == page.day else full_day(day.day)
    found = [f"{counted(day.papers, 'paper')} {when}  {by_category(day)}".rstrip()]
    found += [fit(f"  {row.key:<12}  {one_line(row.title)}", WIDTH).rstrip() for row in page.newest[:_SHOWN_PAPERS]]
    if day.papers > _SHOWN_PAPERS:
        found.append(f"  … and {day.papers - min(_SHOWN_PAPERS, len(page.newest)):,} more")
    return found


def about_inbox(inbox: InboxSummary) -> str:
    """ "12 above the line · 3 to check against H-4 “Late interaction …” · 2 put off are due again"."""
    parts = []
    if inbox.waiting:
        parts.append("not ranked yet" if inbox.above is None else f"{inbox.above:,} above the line")
    if inbox.to_check:
        first, *more = inbox.to_check
        parts.append(f"{first.papers:,} to check against {first.reference} “{shortened(one_line(first.text), 40)}”")
        if more:
            others = ", ".join(f"{each.reference} {each.papers:,}" for each in more[:3])
            parts.append(f"{others}{' …' if len(more) > 3 else ''}")
    if inbox.back:
        parts.append(f"{inbox.back:,} put off {'is' if inbox.back == 1 else 'are'} due again")
    return " · ".join(parts)


def _inbox(inbox: InboxSummary) -> list[str]:
    told = about_inbox(inbox)
    if inbox.waiting:
        told = f"{inbox.waiting:,} to triage: {told}"
    return hung("  ", f"{told} → labtop triage") if told else []


def _day(day: Day, today: str) -> list[str]:
    rest = by_category(day) if day.papers else day.reason
    odd = why_not(day) if day.papers else ""
    return hung(f"  {short_day(day.day, today)}{day.papers:>4,}  ", f"{rest}{f' ({odd})' if odd else ''}")


def by_category(day: Day) -> str:
    """ "cs.CL 7 +2 · cs.IR 2": new papers, and cross-lists after the plus."""
    parts = [part for part in day.categories if part.new or part.cross]
    parts.sort(key=lambda part: (-part.new, -part.cross))
    return " · ".join(f"{part.category} {_count(part)}" for part in parts)


def why_not(day: Day) -> str:
    """Categories without a paper, on a day that has some, with the state of each."""
    states: dict[str, list[str]] = {}
    for part in day.categories:
        if not part.new and not part.cross:
            states.setdefault(part.state, []).append(part.category)
    return " · ".join(f"{', '.join(names)} {state}" for state, names in states.items())


def _count(part: CategoryDay) -> str:
    return f"{part.new:,}{f' +{part.cross:,}' if part.cross else ''}"


def first_steps(page: Today) -> list[tuple[str, str]]:
    """What to type in an empty workspace, and what it does."""
    follow = ("labtop init", "follow arXiv categories, and fetch their last days")
    if page.categories:
        follow = ("labtop sync", f"fetch the last days of {', '.join(page.categories)}")
    return [
        follow,
        ("labtop import FILE…", "bring in BibTeX, RIS, JSON lines or arXiv XML"),
        ("labtop demo", "look around in a sample workspace first"),
    ]


def _footer(page: Today) -> str:
    parts = [counted(page.papers, "paper")]
    if page.papers:
        missing = page.encoding.missing
        parts.append(f"{missing:,} without a vector" if missing else "all searchable by meaning")
    if not page.demo:
        parts.append(f"last backup {page.backup_at[:10]}" if page.backup_at else "no backup yet")
    if page.undo:
        parts.append(f"undo: {page.undo}")
    return " · ".join(parts)


def _paper(row: PaperRow) -> dict[str, Any]:
    found = {**asdict(row), "id": row.key}
    del found["key"]
    return found
