"""Agenda, minutes and history as Markdown, from which the HTML pages are made."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime

from library.clock import iso
from library.club.guard import told
from library.club.model import Decision, Session
from library.club.queries import session, sessions
from library.markdown import Marked, bullets, code, document, escape, heading, prose, quote, strong, table
from library.ranking.why_text import shown_parts, shown_score, shown_sum
from library.text import counted, one_line, shortened
from planner.club.prep import Prep, preps
from planner.club.stats import stats, stats_lines

_TITLE = 300  # characters of a title in a table: a row stays a row


def agenda_page(db: sqlite3.Connection, person: str, number: int) -> tuple[str, str]:
    """(title, Markdown) of a session's agenda with the prep pack of each paper. Raises NotFound."""
    found = session(db, number)
    title = f"Paper club of {found.day}"
    packs = preps(db, person, found)
    parts: list[str] = [heading(1, title), _facts(found)]
    if found.agenda:
        parts += [heading(2, "Agenda"), written(found.agenda)]
    if not packs:
        parts.append(escape("No paper is chosen yet."))
    for place, pack in enumerate(packs, 1):
        parts += _pack(pack, place, len(packs))
    return title, document(parts)


def prep_page(pack: Prep) -> tuple[str, str]:
    """(title, Markdown) of one paper's prep pack."""
    return pack.title or pack.key, document([heading(1, "Prep pack"), *_pack(pack, 1, 1)])


def minutes_page(db: sqlite3.Connection, number: int) -> tuple[str, str]:
    """(title, Markdown) of a session's minutes and decisions. Raises NotFound."""
    found = session(db, number)
    title = f"Minutes of the paper club of {found.day}"
    parts: list[str] = [heading(1, title), _facts(found)]
    parts += [heading(2, "Papers"), bullets(_discussed(found))] if found.slots else []
    parts.append(heading(2, "Minutes"))
    parts.append(written(found.minutes) if found.minutes else escape("Nobody has written them yet."))
    if found.decisions:
        parts += [heading(2, "Decisions"), bullets(Marked(_decision(each)) for each in found.decisions)]
    return title, document(parts)


def history_page(db: sqlite3.Connection, group: str, now: datetime) -> tuple[str, str]:
    """(title, Markdown) of all sessions: what was discussed when, who presented, what was decided."""
    title = f"{one_line(group)}: the paper club's sessions"
    rows = [_row(each) for each in reversed(sessions(db))]
    parts: list[str] = [heading(1, title)]
    parts.append(bullets(stats_lines(stats(db, now))))
    parts.append(
        table(("day", "session", "state", "papers", "presenter", "decisions"), rows)
        if rows
        else escape("There was none yet.")
    )
    return title, document(parts)


def written(text: str) -> Marked:
    """What people wrote, in their own Markdown as far as headings, lists and lines go; the rest reads as it stands."""
    parts: list[str] = []
    run: list[str] = []

    def flush() -> None:
        if run:
            parts.append(prose("\n".join(run)))
            run.clear()

    for line in text.split("\n"):
        words = line.lstrip("#")
        level = len(line) - len(words)
        if 0 < level <= 6 and words.startswith(" ") and words.strip():
            flush()
            parts.append(heading(min(6, level + 2), words.strip()))
        else:
            run.append(line)
    flush()
    return Marked("\n\n".join(part for part in parts if part.strip()))


def _facts(found: Session) -> Marked:
    """When, where and who."""
    start, end = found.start, found.end
    hours = f"{start:%A} {start.day} {start:%B %Y}, {found.time} to {end:%H:%M}"
    lines = [f"{strong(hours)} {escape(found.zone)} ({iso(start)})"]
    if found.state == "cancelled":
        lines.append(f"{strong('Cancelled')}{f': {escape(found.reason)}' if found.reason else ''}")
    elif found.state == "held":
        lines.append(escape("Held"))
    lines += [f"Topic: {escape(found.topic)}"] if found.topic else []
    lines += [f"Place: {escape(found.place)}"] if found.place else []
    lines += [f"Link: {escape(found.link)}"] if found.link else []
    instead = f" (it was {escape(found.due)}’s turn)" if found.due else ""
    lines.append(f"Presenter: {escape(found.presenter or 'nobody yet')}{instead}")
    if found.state == "planned" or found.backup:
        lines.append(f"Backup: {escape(found.backup or 'nobody yet')}")
    lines += [escape(f"{' and '.join(found.conflicts)} cannot be there that day")] if found.conflicts else []
    return bullets(Marked(line) for line in lines)


def _pack(pack: Prep, place: int, of: int) -> list[str]:
    number = f"{place}. " if of > 1 else ""
    byline = [", ".join(one_line(name) for name in pack.authors[:8]) + (" and others" if len(pack.authors) > 8 else "")]
    byline += [pack.key, pack.day]
    parts: list[str] = [heading(2, f"{number}{one_line(pack.title) or '(no title)'}")]
    parts.append(escape(" · ".join(part for part in byline if part)))
    parts += [heading(3, "Why it was picked"), bullets(_picked(pack))]
    if pack.claims or pack.evidence:
        parts += [heading(3, "What it bears on"), bullets(_bears_on(pack))]
        for each in pack.evidence:
            parts.append(quote(each.quote or "", f"{each.stance}, H-{each.hypothesis_id}, linked by {each.person}"))
    parts.append(heading(3, "Three questions"))
    asked = (f"{n}. {escape(each.text)} ({escape(each.basis)})" for n, each in enumerate(pack.questions, 1))
    parts.append(Marked("\n".join(asked)))
    parts.append(escape("They were made from the record by templates, not by anybody who read the paper."))
    parts += [heading(3, "Related papers you know"), _related(pack)]
    parts += [heading(3, "The critique so far"), _critiques(pack)]
    parts += [heading(3, "Summary (not the authors' words)" if pack.summary else "Abstract")]
    parts.append(prose(pack.abstract) if pack.abstract else escape("No abstract is known."))
    return parts


def _picked(pack: Prep) -> Iterable[str]:
    if pack.proposal is not None:
        said = f": {one_line(pack.proposal.why)}" if pack.proposal.why else ", without saying why"
        yield f"{pack.proposal.proposed_by} proposed it ({pack.proposal.label}){said}"
        votes = pack.proposal.votes
        yield f"{counted(len(votes), 'vote')}{': ' if votes else ''}{', '.join(votes)}"
    else:
        yield "Nobody proposed it: it was put on the session"
    if pack.why is not None:
        yield pack.picked
        parts = ", ".join(f"{part.name} {part.value}" for part in shown_parts(pack.why))
        yield f"{parts}: {shown_sum(pack.why)} in log-odds, a score of {shown_score(pack.why.score)}"
        if pack.why.sentence is not None:
            yield f"sentence {pack.why.sentence.number}: “{one_line(pack.why.sentence.text)}”"
    else:
        yield f"It is not ranked for {pack.whose}"
    if pack.before:
        yield told(pack.before)


def _bears_on(pack: Prep) -> Iterable[str]:
    for claim in pack.claims:
        linked = f"linked as {' and '.join(sorted(claim.here))}" if claim.here else "to check"
        yield f"{claim.label} {one_line(claim.statement)} ({linked})"


def _related(pack: Prep) -> str:
    if pack.related is None:
        return escape("It has no vector yet, so nobody knows: labtop index gives it one.")
    if not pack.related:
        return escape("None of what you read or kept, nor of what was discussed, has a vector.")
    return bullets(
        f"{one_line(each.title) or '(no title)'} ({each.key}), cosine {shown_score(each.cosine)}, {each.how}"
        for each in pack.related
    )


def _critiques(pack: Prep) -> str:
    if not pack.critiques and not pack.taken_down:
        return escape("Nobody has written one yet.")
    lines = []
    for each in pack.critiques:
        lines.append(f"{each.person}: {each.line or 'a critique without a line'}")
        said = ((name, each.values.get(name)) for name in ("threats", "baselines", "applicability"))
        lines += [f"{each.person} on {name}: {one_line(text)}" for name, text in said if text]
    lines += [f"{person} took down: “{one_line(said)}”" for person, said in pack.taken_down[:5]]
    return bullets(lines)


def _discussed(found: Session) -> list[str]:
    lines = []
    for slot in found.slots:
        state = "" if slot.discussed is not False else ", there was no time for it"
        lines.append(f"{one_line(slot.title) or '(no title)'} ({slot.key}){state}")
    return lines


def _decision(each: Decision) -> str:
    owner = f", {escape(each.owner)}" if each.owner else ""
    became = f", taken over as {escape(each.taken)}" if each.taken else ", done" if each.done_at else ""
    return f"{code(each.label)} {escape(each.kind)}: {escape(each.text)}{owner}{became}"


def _row(each: Session) -> Sequence[str]:
    papers = "; ".join(
        f"{shortened(one_line(slot.title) or '(no title)', _TITLE)} ({slot.key})"
        for slot in each.slots
        if slot.discussed is not False
    )
    who = f"{each.presenter or '—'}{f' (for {each.due})' if each.due else ''}"
    return each.day, each.label, each.state, papers or "—", who, str(len(each.decisions))
