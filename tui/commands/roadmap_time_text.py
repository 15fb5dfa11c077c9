"""Weeks, boards, timelines, budgets and changes as lines of text, 80 columns wide."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from library.text import counted
from planner.experiments.model import State
from planner.roadmap.budgets import QuarterBudget
from planner.roadmap.candidates import label
from planner.roadmap.changes import Changes, Event
from planner.roadmap.queries import Card
from planner.roadmap.timeline import Bar, Timeline
from planner.roadmap.weeks import WeekPlan
from tui.commands.roadmap_text import hours, notice_lines
from tui.plain import WIDTH, fit, hung, wrap

_BAR = 34  # columns of the quarter on the timeline


def week_lines(week: WeekPlan) -> list[str]:
    """A week's pick, and what waits."""
    free = "" if week.free_gpu_hours is None else f" of {week.free_gpu_hours:,.4g}"
    days = (
        ""
        if week.free_people_days is None
        else f", {week.people_days:,.3g} of {week.free_people_days:,.3g} people-days"
    )
    lines = [f"{week.week}  ({week.quarter})  {week.gpu_hours:,.4g}{free} GPU-h{days}"]
    signs = {"carried": "↻ carried", "picked": "● picked", "waiting": "○ waits"}
    for item in week.items:
        text = f"{signs[item.place]:<10} {item.id:<6}{fit(item.title, 24)} {hours(item.gpu_hours):>8}  {item.why}"
        lines.append(fit(text, WIDTH).rstrip())
    if not week.items:
        lines.append("Nothing of the plan is left.")
    for notice in week.notices:
        lines += notice_lines(notice)
    return lines


def board_lines(columns: Mapping[State, Sequence[Card]]) -> list[str]:
    """Experiments by state."""
    lines = []
    for state, cards in columns.items():
        lines.append(f"{state} ({len(cards)})")
        lines += [line for card in cards for line in _card(card)]
    return lines


def _card(card: Card) -> list[str]:
    facts = [
        *card.quarters[-1:],
        card.headline,
        counted(card.blockers, "blocker") if card.blockers else "",
        card.owner or "",
    ]
    tail = " · ".join(fact for fact in facts if fact)
    return hung(f"  {card.id:<6}{fit(card.title, 30)} {hours(card.gpu_hours):>8}  ", tail)


def timeline_lines(line: Timeline) -> list[str]:
    """The quarter's days as bars; critical ones are solid, a ! marks what ends after the quarter."""
    lines = [f"{line.quarter}  {line.first} to {line.last}" + (f"  today {line.today}" if line.today else "")]
    if not line.bars:
        return [*lines, "There is no plan of this quarter, or nothing in it."]
    lines += [_bar(bar, line) for bar in line.bars]
    if line.today is not None:
        lines.append(f"{'':{31 + _column(line.today, line)}}▲ today")
    if line.critical_path:
        path = " → ".join(label(number) for number in line.critical_path)
        lines += wrap(f"Critical path: {path}, until {line.end}.")
    if line.unknown:
        lines += wrap(f"Nobody said how long these take: {', '.join(label(number) for number in line.unknown)}.")
    return lines


def _bar(bar: Bar, line: Timeline) -> str:
    columns = [" "] * _BAR
    begin = None if bar.start is None else _column(bar.start, line)
    end = None if bar.finish is None else _column(bar.finish, line)
    if begin is not None and end is not None:
        for place in range(max(0, begin), min(_BAR - 1, end) + 1):
            columns[place] = "█" if bar.critical else ("▒" if bar.state in ("done", "dropped") else "░")
    elif begin is not None and 0 <= begin < _BAR:
        columns[begin] = "?"
    needs = f"←{' '.join(label(number) for number in bar.prerequisites)}" if bar.prerequisites else ""
    late = "! " if bar.late else ""
    return fit(f"{bar.id:<6}{fit(bar.title, 24)} {''.join(columns)} {late}{needs}", WIDTH).rstrip()


def _column(day: date, line: Timeline) -> int:
    return (day - line.first).days * _BAR // ((line.last - line.first).days + 1)


def budget_lines(found: QuarterBudget) -> list[str]:
    """A bar of used and planned, and the figures."""
    if found.total is None:
        return [f"{found.quarter} has no plan, and so no budget. {found.used:,.4g} GPU-h were used."]
    width, whole = 40, found.total or 1.0
    used = min(width, round(width * found.used / whole))
    planned = min(width - used, round(width * found.planned / whole))
    left = found.left or 0.0
    lines = [
        f"{found.quarter}  {'▇' * used}{'▒' * planned}{'▁' * (width - used - planned)}  of {found.total:,g} GPU-h",
        f"used {found.used:,.4g} · still planned {found.planned:,.4g} · "
        + (f"left {left:,.4g}" if left >= 0 else f"over by {-left:,.4g}"),
    ]
    if found.expected_now is not None:
        lines.append(f"An even use of the plan comes to {found.expected_now:,.4g} GPU-h by now.")
    if found.unplanned:
        lines.append(f"{found.unplanned:,.4g} of the used were not in the plan.")
    if found.unknown_runs:
        lines.append(f"▲ {counted(found.unknown_runs, 'run')} did not say what they used.")
    if found.unknown_plans:
        lines.append(f"▲ {counted(found.unknown_plans, 'experiment')} in the plan without a known cost.")
    return lines


def changes_lines(found: Changes) -> list[str]:
    """What changed since the last review."""
    lines = [f"{found.quarter}, changed since {found.since[:16].replace('T', ' ')}"]
    lines += [fit(f"  + {entry.id:<6}{fit(entry.title, 30)} {entry.why}", WIDTH).rstrip() for entry in found.entered]
    lines += [f"  − {entry.id:<6}{entry.title}" for entry in found.left]
    for one in found.reranked:
        before, after = ("?" if rank is None else str(rank) for rank in (one.before, one.after))
        lines.append(f"  ↕ {one.id:<6}{fit(one.title, 30)} rank {before} → {after}")
    for heading, events in (("Verdicts", found.verdicts), ("Moves", found.moves), ("Locks and vetoes", found.locks)):
        if events:
            lines += [heading, *_events(events)]
    return lines if len(lines) > 1 else [*lines, "  Nothing."]


def _events(events: Iterable[Event]) -> list[str]:
    return [fit(f"  {event.id:<6}{fit(event.title, 24)} {event.what}: {event.why}", WIDTH).rstrip() for event in events]
