"""What stands beside a paper that is read: the banner of another version, critiques, quotes, its place on the queue."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from textual.content import Content

from library.reading.changes import Difference, Outdated
from library.reading.diff import Piece
from library.reading.model import Critique, Entry, Quote, State
from library.reading.page import Written
from library.reading.template import CRITIQUE
from library.text import counted
from tui.dates import long_day, shown_day
from tui.safe import line, literal
from tui.widgets.frame import clickable
from tui.widgets.text_parts import hung, joined, labelled

STATES: Final[dict[State, tuple[str, str]]] = {
    "reading": ("◑", "accent"),
    "queued": ("○", "quiet"),
    "read": ("●", "good"),
    "dropped": ("–", "quiet"),
}
_STYLES: Final = {
    "accent": "$accent",
    "quiet": "$quiet",
    "good": "$success",
    "warn": "$warning",
    "bad": "$error",
    "": "",
}
_SHORT: Final = {
    "change_mind": "would need",
    "compute": "compute",
    "reproducibility": "reproducing",
    "baselines": "baselines",
    "applicability": "for us",
}
_STANDINGS: Final = {
    "older version": ("◌ only an earlier version says so", "$warning"),
    "gone": ("✗ nothing that is stored says so now", "$error"),
}
_EFFECTS: Final = {"supports": ("+", "$success"), "weakens": ("−", "$error"), "neutral": ("·", "$quiet")}
_PIECES: Final = {"same": "", "removed": "$error strike", "added": "bold underline $success"}


def banner(found: Outdated, width: int) -> Content:
    """ "▲ v2 changed the abstract since you queued it (v1)", and the key that shows how."""
    text = Content.assemble((line(found.said), "$warning"), "  ", ("v", "bold $accent"), (" shows what", "$quiet"))
    mark = Content.styled("▲ ", "bold $warning")
    return Content("\n").join(hung(mark, text.stylize(clickable("screen.changed")), width))


def entry_facts(entry: Entry, today: date) -> tuple[tuple[str, Content], ...]:
    """How the paper stands on one's queue, as labelled facts."""
    sign, tone = STATES[entry.state]
    said = {
        "queued": f"{sign} waits since {long_day(entry.added_at, today)}",
        "reading": f"{sign} reading since {long_day(entry.started_at or entry.added_at, today)}",
        "read": f"{sign} read {long_day(entry.finished_at or entry.added_at, today)}",
        "dropped": f"{sign} dropped {long_day(entry.finished_at or entry.added_at, today)}",
    }[entry.state]
    facts = [("queue", Content.styled(said, _STYLES[tone]))]
    if entry.progress is not None and entry.state == "reading":
        facts.append(("read", progress_bar(entry.progress, 10)))
    text, tone = due(entry, today)
    if text:
        facts.append(("due", Content.styled(f"{long_day(entry.due or '', today)}: {text}", _STYLES[tone])))
    if entry.score is not None:
        facts.append(("score", Content(f"{entry.score:.2f}")))
    return tuple(facts)


def due(entry: Entry, today: date) -> tuple[str, str]:
    """ "▲ today", "✗ 3 d late", "in 5 d", and its tone; empty without a day."""
    left = entry.days_left(today)
    if left is None:
        return "", ""
    if left < 0:
        return f"✗ {-left} d late", "bad"
    if left <= 1:
        return ("▲ today" if left == 0 else "▲ tomorrow"), "warn"
    return (f"in {left} d", "") if left < 100 else (shown_day(entry.due or "", today), "quiet")


def progress_bar(share: int, width: int) -> Content:
    """ "▇▇▇▁▁ 60 %"."""
    full = min(width, round(share / 100 * width))
    return Content.assemble(("▇" * full, "$accent"), ("▁" * (width - full), "$quiet"), f" {share} %")


def written_blocks(written: Written, today: date, width: int) -> list[Content]:
    """Everybody's critiques, then what was quoted."""
    blocks = [critique_content(each, today, width) for each in written.critiques]
    return [*blocks, quotes_content(written.quotes, today, width)] if written.quotes else blocks


def critique_content(critique: Critique, today: date, width: int) -> Content:
    """Verdict and line, whose they are, then each field that is filled in."""
    version = f", on v{critique.version}" if critique.version else ""
    head = Content.styled(
        f"critique  {line(critique.person)}, {long_day(critique.updated_at, today)}{version}", "$quiet"
    )
    lines = [head]
    if critique.stale:
        lines += hung("", Content.styled("◌ written before another version changed the abstract", "$warning"), width)
    verdict = critique.values["verdict"]
    said = [verdict_mark(verdict)] if verdict else []
    if critique.values["confidence"]:
        said.append(Content.styled(f"{critique.values['confidence']} confidence", "$quiet"))
    if said:
        lines += hung("", joined(said, "  "), width)
    if critique.values["line"]:
        lines += hung("", literal(line(critique.values["line"]), "bold"), width)
    filled = [
        (_SHORT.get(field.name, field.label.lower()), field.name, critique.values[field.name])
        for field in CRITIQUE.fields
        if critique.values[field.name] not in (None, ()) and field.name not in ("line", "verdict", "confidence")
    ]
    room = max((len(label) for label, *_ in filled), default=0) + 2
    for label, name, value in filled:
        lines += labelled(label, _effects(value) if name == "effects" else literal(value), width, room=room)
    return Content("\n").join(lines)


def verdict_mark(verdict: int) -> Content:
    """ "●●●●○ 4/5"."""
    return Content.assemble(("●" * verdict, "$accent"), ("○" * (5 - verdict), "$quiet"), f" {verdict}/5")


def quotes_content(quotes: Sequence[Quote], today: date, width: int) -> Content:
    """Each with its remark, and whether the paper still says it."""
    lines = [Content.styled("quotes", "$quiet")]
    for quote in quotes:
        lines += hung(Content.styled("“ ", "bold $accent"), literal(f"{line(quote.quote)}”"), width)
        for said in (quote.remark or "").splitlines():
            lines += hung(Content.styled("  ✎ ", "$accent"), literal(line(said)), width)
        place = f"v{quote.version}, " if quote.version else ""
        source = "full text, " if quote.source == "body" else ""
        source += f"p. {quote.page}, " if quote.page else ""
        about = Content.styled(
            f"{place}{source}{line(quote.person)}, {shown_day(quote.created_at[:10], today)}", "$quiet"
        )
        standing = Content.styled(*_STANDINGS[quote.standing]) if quote.standing in _STANDINGS else ""
        lines += hung("  ", joined((about, standing), "  "), width)
    return Content("\n").join(lines)


def quoted(text: Content, quotes: Sequence[Quote]) -> Content:
    """The abstract with the sentences marked that somebody took down, where they still stand at their place."""
    for quote in quotes:
        if quote.source == "abstract" and text.plain[quote.start : quote.end] == quote.quote:
            text = text.stylize("$accent", quote.start, quote.end)
    return text


def difference_content(found: Difference, width: int) -> Content:
    """Title and abstract with what went and what came."""
    removed, added = found.words
    told = f"{counted(removed, 'word')} of the abstract went, {counted(added, 'word')} came"
    if found.same:
        told = "title and abstract are the same"
    elif not removed and not added:
        told = "only the title changed"
    head = Content.assemble(
        (f"v{found.before.version} → v{found.after.version}", "bold"),
        (f"   {told}   ", "$quiet"),
        ("went", _PIECES["removed"]),
        "  ",
        ("came", _PIECES["added"]),
    )
    title = _pieces(found.title).stylize("bold")
    return Content("\n\n").join([Content("\n").join(hung("", head, width)), title, _pieces(found.abstract)])


def _pieces(pieces: Sequence[Piece]) -> Content:
    """Blanks at the end of a piece carry no mark; what came stands apart from what went."""
    content = Content("")
    for place, piece in enumerate(pieces):
        text = piece.text.strip()
        if not text:
            content += Content("" if piece.op == "removed" else piece.text)
            continue
        before, _, after = piece.text.partition(text)
        apart = piece.op == "removed" and not after and place + 1 < len(pieces)
        content += Content(before) + literal(text, _PIECES[piece.op]) + Content(" " if apart else after)
    return content


def _effects(effects: Sequence[dict[str, object]]) -> Content:
    parts = []
    for each in effects:
        sign, style = _EFFECTS[str(each["effect"])]
        strength = f", {each['strength']}" if each.get("strength") else ""
        parts.append(
            Content.assemble((f"{sign} ", f"bold {style}"), f"H-{each['hypothesis']} {each['effect']}{strength}")
        )
    return Content("\n").join(parts)
