"""Pages over the Roadmap: a week's pick, and what changed since the last review."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from textual.content import Content

from planner.prioritisation.sentence import amount
from planner.roadmap.changes import Changes, Event
from planner.roadmap.model import Entry
from planner.roadmap.weeks import Place, WeekPlan
from tui.dates import shown_day
from tui.safe import line, literal
from tui.widgets.roadmap_row import hours_of
from tui.widgets.text_parts import headed, hung

_PLACES: Final[Mapping[Place, tuple[str, str, str]]] = {
    "carried": ("↻", "$accent", "Carried on"),
    "picked": ("●", "$success", "Picked"),
    "waiting": ("○", "$quiet", "Waits"),
}


def week_content(week: WeekPlan, width: int) -> Content:
    """What is in, what waits and why, and what it uses of what is free."""
    free = "" if week.free_gpu_hours is None else f" of {amount(week.free_gpu_hours)}"
    days = "" if week.free_people_days is None else f" of {amount(week.free_people_days)}"
    told = f"{amount(week.gpu_hours)}{free} GPU-h · {amount(week.people_days)}{days} people-days"
    lines = [*hung("", told, width)]
    for place, (sign, style, heading) in _PLACES.items():
        rows: list[Content] = []
        for item in week.items:
            if item.place == place:
                head = Content.assemble((f"{sign} ", style), (f"{item.id:<6}", "$quiet"))
                text = Content.assemble(
                    literal(line(item.title)), (f"  {hours_of(item.gpu_hours)} h  {line(item.why)}", "$quiet")
                )
                rows += hung(head, text, width)
        lines += headed(heading, rows)
    if not week.items:
        lines += hung("", "Nothing of the plan is left.", width)
    for notice in week.notices:
        lines += [Content(""), *hung(Content.styled("▲ ", "$warning"), line(notice), width)]
    return Content("\n").join(lines)


def changes_content(found: Changes, today: date, width: int) -> Content:
    """What came into the plan, what left it, what changed places, what was found and said."""
    lines: list[Content] = []
    lines += _part("Came in", "+", "$success", found.entered, width)
    lines += _part("Left", "−", "$warning", found.left, width)
    places: list[Content] = []
    for one in found.reranked:
        before, after = ("?" if rank is None else str(rank) for rank in (one.before, one.after))
        head = Content.assemble(("↕ ", "$accent"), (f"{one.id:<6}", "$quiet"))
        places += hung(head, Content.assemble(literal(line(one.title)), (f"  {before} → {after}", "$quiet")), width)
    lines += headed("Changed places", places)
    lines += headed("Verdicts", _events(found.verdicts, today, width))
    lines += headed("Moves", _events(found.moves, today, width))
    lines += headed("Locks and vetoes", _events(found.locks, today, width))
    return Content("\n").join(lines[1:] if lines else [Content.styled("Nothing.", "$quiet")])


def _part(heading: str, sign: str, style: str, entries: Iterable[Entry], width: int) -> list[Content]:
    rows: list[Content] = []
    for entry in entries:
        head = Content.assemble((f"{sign} ", style), (f"{entry.id:<6}", "$quiet"))
        rows += hung(head, Content.assemble(literal(line(entry.title)), (f"  {line(entry.why)}", "$quiet")), width)
    return headed(heading, rows)


def _events(events: Iterable[Event], today: date, width: int) -> list[Content]:
    rows: list[Content] = []
    for event in events:
        head = Content.styled(f"{shown_day(event.at[:10], today):<9}{event.id:<6}", "$quiet")
        text = Content.assemble(
            literal(line(event.title)),
            ": ",
            (line(event.what), "bold"),
            (f"  {line(event.why)}, {line(event.person)}", "$quiet"),
        )
        rows += hung(head, text, width)
    return rows
