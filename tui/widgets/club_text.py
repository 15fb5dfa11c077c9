"""A session, a proposal or a member in full, as literal content: the detail pane's text."""

from collections.abc import Sequence
from datetime import date, datetime

from textual.content import Content

from library.club.guard import told
from library.club.model import Decision, Member, Proposal, Session
from library.club.reminders import days_until
from library.club.rotation import Standing
from library.ranking.why_text import shown_parts, shown_score
from library.text import counted
from planner.club.prep import Prep
from planner.hypotheses.model import Evidence
from tui.dates import long_day, shown_day
from tui.safe import line, literal
from tui.widgets.club_row import PROPOSED, session_sign
from tui.widgets.text_parts import headed, hung, joined, labelled

LABEL = 11  # cells
_TONES = {"good": "$success", "warn": "$warning", "bad": "$error", "accent": "$accent", "quiet": "$quiet", "": ""}
LONGEST = 110  # cells of a line


def session_content(each: Session, packs: Sequence[Prep], now: datetime, *, width: int) -> Content:
    """When, where, who; then the papers with their prep packs; what was minuted and decided."""
    width = min(width, LONGEST)
    lines = [*_when(each, now, width), *_who(each, width)]
    if each.state == "held":
        lines += headed("Minutes", _written(each.minutes, width) or _quiet("Nobody has written them: m does.", width))
        lines += headed("Decisions", [text for one in each.decisions for text in _decision(one, width)])
    lines += headed("Agenda", _written(each.agenda, width))
    if each.state != "held":
        lines += headed("Decisions", [text for one in each.decisions for text in _decision(one, width)])
        lines += headed("Minutes so far", _written(each.minutes, width))
    if not packs and each.state == "planned":
        lines += headed("Papers", _quiet("None yet: > on a proposal puts one on it.", width))
    for place, pack in enumerate(packs):
        slot = each.slots[place] if place < len(each.slots) else None
        lines += _pack(pack, width, discussed=slot.discussed if slot else None, ahead=each.state == "planned")
    return Content("\n").join(lines)


def proposal_content(each: Proposal, pack: Prep, today: date, *, width: int) -> Content:
    """What is proposed, by whom, who wants it; then its prep pack."""
    width = min(width, LONGEST)
    sign, tone = PROPOSED[each.state]
    state = Content.styled(f"{sign} {each.state}", _TONES[tone])
    facts: list[Content | str] = [state, counted(len(each.votes), "vote"), f"proposed by {line(each.proposed_by)}"]
    facts.append(shown_day(each.proposed_at[:10], today))
    facts += [f"S-{each.session_id} of {each.session_day}"] if each.session_id is not None else []
    lines = hung(Content.styled(f"{each.label}  ", "$quiet"), joined(facts), width)
    return Content("\n").join([*lines, *_pack(pack, width)])


def member_content(
    each: Member, standing: Sequence[Standing], sessions: Sequence[Session], today: date, now: datetime, *, width: int
) -> Content:
    """Where a member stands in the order of turns and why; absences; what they presented."""
    width = min(width, LONGEST)
    day = today.isoformat()
    lines: list[Content] = [literal(line(each.name), "bold"), Content("")]
    lines += labelled("turn", _turn(each, standing, day), width, room=LABEL)
    lines += labelled("here since", long_day(each.joined_on, today), width, room=LABEL)
    if each.left_on is not None:
        lines += labelled("left" if each.left_on <= day else "leaves", long_day(each.left_on, today), width, room=LABEL)
    lines += labelled("note", line(each.note), width, room=LABEL) if each.note else []
    away = []
    for one in each.absences:
        days = one.first_day if one.first_day == one.last_day else f"{one.first_day} to {one.last_day}"
        said = Content.assemble(days, (f"  {line(one.reason)}" if one.reason else "", "$quiet"))
        away += hung(" ", said if one.last_day >= day else said.stylize("$quiet"), width)
    lines += headed("Away", away)
    own = [s for s in sessions if each.id in (s.presenter_id, s.backup_id) and s.state != "cancelled"]
    lines += headed("Sessions", [text for s in reversed(own) for text in _own(s, each, now, width)])
    return Content("\n").join(lines)


def _turn(each: Member, standing: Sequence[Standing], day: str) -> str:
    """ "2nd of 5, waiting since 12 Mar": the whole of the rule."""
    place = next((number for number, one in enumerate(standing, 1) if one.member == each.id), None)
    if place is None:
        return "none: not there today" if each.joined_on <= day else "none yet"
    own = standing[place - 1]
    since = own.since[:10]
    how = f"joined {since}, no turn since" if since == each.joined_on and not each.last_on else f"last turn {since}"
    return f"{place} of {len(standing)} ({how})"


def _own(each: Session, member: Member, now: datetime, width: int) -> list[Content]:
    sign, tone = session_sign(each, now)
    role = "" if each.presenter_id == member.id else "  backup"
    head = Content.assemble((f"{sign} ", _TONES[tone]), (f"{each.day}  ", "$quiet"))
    return hung(head, Content.assemble(literal(line(each.heading)), (role, "$quiet")), width)


def _when(each: Session, now: datetime, width: int) -> list[Content]:
    start = each.start
    hours = f"{start:%A} {start.day} {start:%B %Y}, {each.time}–{each.end:%H:%M}"
    title = Content.assemble((f"{each.label}  ", "$quiet"), (hours, "bold"), (f"  {each.zone}", "$quiet"))
    sign, tone = session_sign(each, now)
    state = Content.styled(f"{sign if sign != '▲' else '○'} {each.state}", _TONES[tone] if sign != "▲" else "")
    days = days_until(each, now)
    ahead = ""
    if each.state == "planned":
        ahead = "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days" if days > 0 else ""
    lines = hung("", title, width)
    place = Content.styled(line(each.place), "") if each.place else ""
    lines += hung(
        "", joined((state, ahead, place, Content.styled(line(each.link), "$accent") if each.link else "")), width
    )
    if each.topic:
        lines += hung("", literal(line(each.topic), "bold"), width)
    if each.state == "cancelled" and each.reason:
        lines += hung("", f"because {line(each.reason)}", width)
    if each.state == "planned" and each.over(now):
        lines += hung(_mark("? "), "its time has passed: m writes the minutes, h says that it was held", width)
    return lines


def _who(each: Session, width: int) -> list[Content]:
    if each.state == "cancelled":
        return []
    instead = f"  in {line(each.due)}’s place" if each.due else ""
    swapped = f", exchanged with S-{each.swapped_with}" if each.swapped_with is not None else ""
    nobody = _mark("nobody yet: r asks whose turn it is") if each.state == "planned" else Content("—")
    who = Content(line(each.presenter)) if each.presenter else nobody
    lines = [Content("")]
    lines += labelled("presenter", who + Content.styled(f"{instead}{swapped}", "$quiet"), width, room=LABEL)
    if each.backup:
        lines += labelled("backup", line(each.backup), width, room=LABEL)
    if each.conflicts:
        names = " and ".join(line(name) for name in each.conflicts)
        lines += labelled("", _mark(f"▲ {names} cannot be there: r asks the next"), width, room=LABEL)
    return lines


def _pack(pack: Prep, width: int, *, discussed: bool | None = None, ahead: bool = True) -> list[Content]:
    """A paper: its title, what the record has for whoever presents it (`ahead` of the session), its abstract."""
    lines = [Content(""), *literal(line(pack.title) or "(no title)", "bold").wrap(width)]
    names = ", ".join(line(name) for name in pack.authors[:3]) + (" …" if len(pack.authors) > 3 else "")
    votes = counted(len(pack.proposal.votes), "vote") if pack.proposal else ""
    lines += hung("", joined((line(pack.key), pack.day, names, votes)).stylize("$quiet"), width)
    if discussed is False:
        lines += hung(_mark("▲ "), "there was no time for it", width)
    lines.append(Content(""))
    lines += _labelled("picked", _picked(pack), width)
    lines += _labelled("bears on", _bears_on(pack), width)
    if ahead:
        lines += _labelled("ask", _questions(pack), width)
        lines += _labelled("related", _related(pack), width)
    lines += _labelled("critique", _critiques(pack), width)
    if pack.abstract:
        label = "summary" if pack.summary else "abstract"
        lines += _labelled(label, [literal(pack.abstract)], width)
    return lines


def _questions(pack: Prep) -> list[Content]:
    """The questions, and what made them: once, where it was the same for all."""
    bases = list(dict.fromkeys(each.basis for each in pack.questions))
    found = []
    for number, each in enumerate(pack.questions, 1):
        basis = f"  ({line(each.basis)})" if len(bases) > 1 else ""
        found.append(Content.assemble(f"{number}. {line(each.text)}", (basis, "$quiet")))
    why = f": {line(bases[0])}" if len(bases) == 1 else ""
    return [*found, Content.styled(f"made from the record by templates{why}", "$quiet")]


def _labelled(label: str, parts: Sequence[Content], width: int) -> list[Content]:
    """Several facts under one label."""
    lines: list[Content] = []
    for number, each in enumerate(parts):
        lines += labelled("" if number else label, each, width, room=LABEL)
    return lines


def _picked(pack: Prep) -> list[Content]:
    found = []
    if pack.proposal is not None:
        why = f": {line(pack.proposal.why)}" if pack.proposal.why else ", without saying why"
        found.append(Content(f"{line(pack.proposal.proposed_by)}{why}"))
        if pack.proposal.votes:
            found.append(Content.styled(f"votes of {', '.join(line(name) for name in pack.proposal.votes)}", "$quiet"))
    else:
        found.append(Content.styled("nobody proposed it: it was put on the session", "$quiet"))
    if pack.why is not None:
        parts = " · ".join(f"{part.name} {part.value}" for part in shown_parts(pack.why)[:4])
        found.append(Content.assemble(line(pack.picked), (f"  {line(parts)}", "$quiet")))
    if pack.before:
        found.append(_mark(f"▲ {told(pack.before)}"))
    return found


def _bears_on(pack: Prep) -> list[Content]:
    found = []
    for claim in pack.claims:
        how = ", ".join(sorted(claim.here)) if claim.here else "to check"
        found.append(
            Content.assemble((f"{claim.label} ", "$accent"), literal(line(claim.statement)), (f"  {how}", "$quiet"))
        )
    return found + [_linked(each) for each in pack.evidence[:4]]


def _linked(each: Evidence) -> Content:
    sign, style = {"for": ("+ ", "$success"), "against": ("− ", "$error"), "context": ("· ", "$quiet")}[each.stance]
    return Content.assemble(
        (sign, style), literal(f"“{line(each.quote or '')}”"), (f"  H-{each.hypothesis_id}", "$quiet")
    )


def _related(pack: Prep) -> list[Content]:
    if pack.related is None:
        return [Content.styled("it has no vector yet: ^e encodes", "$quiet")]
    if not pack.related:
        return [Content.styled("nothing yet that you read or kept", "$quiet")]
    return [
        Content.assemble((f"{shown_score(each.cosine)} {each.how}: ", "$quiet"), literal(line(each.title)))
        for each in pack.related
    ]


def _critiques(pack: Prep) -> list[Content]:
    found = [
        Content.assemble((f"{line(each.person)}: ", "$quiet"), literal(line(each.line) or "…"))
        for each in pack.critiques
    ]
    found += [
        Content.assemble((f"{line(person)} “", "$quiet"), literal(line(said)), ("”", "$quiet"))
        for person, said in pack.taken_down[:3]
    ]
    return found or [Content.styled("nobody has written one yet", "$quiet")]


def _decision(one: Decision, width: int) -> list[Content]:
    sign, tone = ("○", "") if one.open else ("●", "$success")
    head = Content.assemble((f"{one.label:<5}", "$quiet"), (f"{sign} ", tone), (f"{one.kind:<11}", "$quiet"))
    became = f"  → {one.taken}" if one.taken else "  done" if one.done_at else ""
    owner = f"  {line(one.owner)}" if one.owner else ""
    return hung(head, Content.assemble(literal(line(one.text)), (owner, "$quiet"), (became, "$success")), width)


def _written(text: str | None, width: int) -> list[Content]:
    """What people wrote, line by line; their headings stand out."""
    lines: list[Content] = []
    for each in (text or "").strip("\n").split("\n"):
        words = each.lstrip("#")
        is_heading = 0 < len(each) - len(words) <= 6 and words.startswith(" ")
        item = each.lstrip()[:2] in ("- ", "* ")
        head = " " * (len(each) - len(each.lstrip())) + "· " if item else ""
        body = literal(words.strip(), "$accent") if is_heading else literal(each.lstrip()[2:] if item else each)
        lines += hung(head, body, width) if body else [Content("")]
    return lines if text else []


def _quiet(text: str, width: int) -> list[Content]:
    return hung("", Content.styled(text, "$quiet"), width)


def _mark(text: str) -> Content:
    return Content.styled(line(text), "$warning")
