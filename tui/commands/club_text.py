"""The club as lines for a shell."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from library.club.model import Decision, Member, Proposal, Session
from library.club.reminders import days_until
from library.club.rotation import Standing
from library.text import counted, one_line
from tui.plain import hung, part

SIGNS = {"planned": "○", "held": "●", "cancelled": "✗"}
INDENT = " " * 7


def session_line(each: Session, now: datetime) -> list[str]:
    """ "S-4    ○ Thu 26 Mar 2026 16:00 Europe/Berlin  title", and who presents below."""
    late = each.state == "planned" and each.over(now)
    sign = "▲" if late or each.conflicts else SIGNS[each.state]
    head = f"{each.label:<6} {sign} {each.start:%a} {each.start.day:>2} {each.start:%b %Y} {each.time} {each.zone}  "
    lines = hung(head, one_line(each.heading), INDENT)
    said = (
        [f"{each.presenter} presents" if each.presenter else "nobody presents yet"] if each.state != "cancelled" else []
    )
    said += [f"for {each.due}"] if each.due else []
    said += [f"backup {each.backup}"] if each.backup and each.state == "planned" else []
    if each.state == "cancelled":
        said.append(f"cancelled{f': {each.reason}' if each.reason else ''}")
    elif late:
        said.append("its time has passed: was it held?")
    elif each.state == "held" and not each.minutes:
        said.append("no minutes yet")
    waiting = sum(one.open for one in each.decisions)
    said += [f"{counted(waiting, 'decision')} to carry out"] if waiting else []
    said += [f"{' and '.join(each.conflicts)} cannot be there"] if each.conflicts else []
    return [*lines, *hung(INDENT, " · ".join(one_line(text) for text in said))]


def session_lines(each: Session, now: datetime) -> list[str]:
    """All of a session."""
    days = days_until(each, now)
    ahead = (
        ""
        if each.state != "planned"
        else " (today)"
        if days == 0
        else f" (in {counted(days, 'day')})"
        if days > 0
        else ""
    )
    lines = [*session_line(each, now)]
    end = f"{each.end:%H:%M}"
    facts = [("until", f"{end}, {each.length} minutes{ahead}"), ("topic", each.topic), ("place", each.place)]
    facts += [("link", each.link)]
    for label, text in facts:
        lines += hung(f"{INDENT}{label:<7}", text) if text else []
    papers = []
    for slot in each.slots:
        votes = f", {counted(len(slot.votes), 'vote')}: {', '.join(slot.votes)}" if slot.votes else ""
        time = ", no time for it" if slot.discussed is False else ""
        papers += hung("  · ", f"{one_line(slot.title) or '(no title)'} ({slot.key}{votes}{time})")
    lines += part("Papers", papers)
    lines += part(
        "Agenda", [line for text in (each.agenda or "").split("\n") for line in hung("  ", text)] if each.agenda else []
    )
    lines += part(
        "Minutes",
        [line for text in (each.minutes or "").split("\n") for line in hung("  ", text)] if each.minutes else [],
    )
    return lines + part("Decisions", [line for one in each.decisions for line in decision_lines(one)])


def _text(written: str | None) -> list[str]:
    return [line for text in written.split("\n") for line in hung("  ", text)] if written else []


def decision_lines(one: Decision) -> list[str]:
    """ "M-5    ○ experiment  try it  kim"."""
    sign = "○" if one.open else "●"
    became = f" → {one.taken}" if one.taken else ", done" if one.done_at else ""
    owner = f" ({one.owner})" if one.owner else ""
    return hung(f"{one.label:<6} {sign} {one.kind:<10} ", f"{one.text}{owner}{became}", INDENT)


def proposal_lines(each: Proposal) -> list[str]:
    """ "P-3   4 votes  title", why and by whom below."""
    state = (
        "" if each.state == "open" else f"{each.state}{f' for {each.session_day}' if each.state == 'scheduled' else ''}"
    )
    head = f"{each.label:<6} {len(each.votes):>2} {'vote ' if len(each.votes) == 1 else 'votes'}  "
    lines = hung(head, f"{one_line(each.title) or '(no title)'} ({each.key})", INDENT)
    facts = [state, f"proposed by {each.proposed_by}", ", ".join(each.votes) and f"votes of {', '.join(each.votes)}"]
    lines += hung(INDENT, " · ".join(one_line(fact) for fact in facts if fact))
    return lines + (hung(f"{INDENT}why: ", one_line(each.why)) if each.why else [])


def member_lines(each: Member, place: int | None, standing: Standing | None, today: str) -> list[str]:
    """ " 1. kim   presented 3, last on 2026-03-12"."""
    turn = f"{place:>2}." if place is not None else "  –"
    facts = [f"presented {each.presented}" + (f", last on {each.last_on}" if each.last_on else "")]
    facts += [f"presents on {each.next_on}"] if each.next_on else []
    facts += [f"waiting since {standing.since[:10]}"] if standing is not None and not each.next_on else []
    if each.left_on is not None:
        facts.append(f"left on {each.left_on}" if each.left_on <= today else f"leaves on {each.left_on}")
    facts += [f"joins on {each.joined_on}"] if each.joined_on > today else []
    for one in each.absences:
        if one.last_day >= today:
            days = one.first_day if one.first_day == one.last_day else f"{one.first_day} to {one.last_day}"
            facts.append(f"away {days}{f' ({one.reason})' if one.reason else ''}")
    facts += [each.note] if each.note else []
    return hung(f"{turn} {each.name}  ", " · ".join(facts), " " * 6)


def turn_of(standing: Sequence[Standing]) -> tuple[Mapping[int, int], Mapping[int, Standing]]:
    """(place from 1, standing) by member."""
    return (
        {each.member: place for place, each in enumerate(standing, 1)},
        {each.member: each for each in standing},
    )
