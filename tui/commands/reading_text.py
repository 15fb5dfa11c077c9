"""The queue, critiques, quotes and differences as lines of text, 80 columns wide."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from library.reading.changes import Difference
from library.reading.critiques import Stats
from library.reading.diff import Piece
from library.reading.model import Critique, Entry, Quote, State
from library.reading.page import Written
from library.reading.template import CRITIQUE
from library.records.field import write_value
from library.text import counted, one_line, shortened
from tui.dates import shown_day
from tui.plain import fit, hung, wrap

LONGEST_TITLE: Final = 240  # characters
STANDINGS: Final = {
    "current": "",
    "older version": "◌ only an earlier version says so",
    "gone": "✗ nothing says so now",
}
_MARKS: Final = {"same": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}


def queue_head(numbers: Mapping[State, int], limit: int) -> str:
    """ "reading 2 of at most 3 · 14 queued · 40 read"."""
    reading = f"reading {numbers['reading']}" + (f" of at most {limit}" if limit else "")
    parts = [reading, f"{numbers['queued']:,} queued", f"{numbers['read']:,} read"]
    return " · ".join([*parts, *([f"{numbers['dropped']:,} dropped"] if numbers["dropped"] else [])])


def entry_lines(entry: Entry, today: date) -> list[str]:
    """A paper of the queue: its place and title, then how it stands."""
    facts = [
        entry.key,
        due_said(entry, today),
        f"{'queued' if entry.state in ('queued', 'reading') else entry.state} {_ago(entry.age(today))}",
        f"{entry.progress} % in" if entry.progress is not None and entry.state == "reading" else "",
        f"score {entry.score:.2f}" if entry.score is not None else "",
        "▲ its abstract changed" if entry.changed else "",
        counted(entry.quotes, "quote") if entry.quotes else "",
    ]
    lines = [
        *hung(f"{entry.place:>4}  ", _title(entry.title)),
        *hung(" " * 6, " · ".join(f for f in facts if f)),
    ]
    return [*lines, *(hung(" " * 6 + "✎ ", entry.remark) if entry.remark else [])]


def _title(text: str) -> str:
    return shortened(one_line(text), LONGEST_TITLE) or "(no title)"


def due_said(entry: Entry, today: date) -> str:
    """ "✗ 2 days late", "▲ due today", "due in 3 days"; empty without a day."""
    left = entry.days_left(today)
    if left is None:
        return ""
    if left < 0:
        return f"✗ {counted(-left, 'day')} late"
    return "▲ due today" if left == 0 else "▲ due tomorrow" if left == 1 else f"due in {counted(left, 'day')}"


def _ago(days: int) -> str:
    return "today" if days == 0 else f"{counted(days, 'day')} ago"


def critique_lines(critique: Critique, today: date, *, paper: bool = True) -> list[str]:
    """A critique: whose it is, then every field that is filled in."""
    on = f" on v{critique.version}" if critique.version else ""
    head = f"{critique.label} by {critique.person}{on}, {shown_day(critique.updated_at[:10], today)}"
    lines = hung("", f"{_title(critique.paper_title)} ({critique.paper_key})") if paper else []
    lines += hung("", f"{head}{'  ◌ another version changed the abstract since' if critique.stale else ''}")
    for field in CRITIQUE.fields:
        value = critique.values[field.name]
        if value in (None, ()):
            continue
        shown = f"{value}/5" if field.name == "verdict" else write_value(field, value)
        for number, line in enumerate(shown.splitlines()):
            lines += hung(f"  {field.label if not number else '':<18} ", line, " " * 21)
    return lines


def critique_row(critique: Critique, today: date) -> list[str]:
    """A critique in two lines."""
    verdict = f"{critique.values['verdict']}/5" if critique.values["verdict"] else "  –"
    said = critique.values["line"] or critique.values["claim"] or ""
    facts = [
        critique.person,
        shown_day(critique.updated_at[:10], today),
        one_line(said),
        "◌ stale" if critique.stale else "",
    ]
    head = hung(f"{critique.label:<6}{verdict}  ", f"{_title(critique.paper_title)} ({critique.paper_key})")
    return [*head, *hung(" " * 11, " · ".join(fact for fact in facts if fact))]


def stats_lines(found: Stats) -> list[str]:
    """Counts of critiques, as small tables."""
    mean = f", {found.mean:.1f} on average" if found.mean is not None else ""
    lines = [
        f"{counted(found.critiques, 'critique')} of {counted(found.papers, 'paper')} by "
        f"{'one person' if found.people == 1 else f'{found.people} people'}{mean}"
    ]
    if found.stale:
        lines.append(f"◌ {found.stale} written before another version changed the abstract")
    lines += ["", "Verdict"]
    most = max((count for _, count in found.verdicts), default=0) or 1
    for verdict, count in found.verdicts:
        bar = "▇" * round(20 * count / most) if count else ""
        lines.append(f"  {f'{verdict}/5' if verdict else 'none':<6}{count:>5}  {bar}".rstrip())
    lines += ["", "Field"]
    labels = {field.name: field.label for field in CRITIQUE.fields}
    lines += [f"  {fit(labels[name], 28)}{count:>5}" for name, count in found.fields]
    if found.hypotheses:
        lines += ["", "Hypothesis    supports  weakens  neutral"]
        lines += [
            f"  {f'H-{number}':<10}{counts.get('supports', 0):>10}{counts.get('weakens', 0):>9}"
            f"{counts.get('neutral', 0):>9}"
            for number, counts in found.hypotheses
        ]
    return lines


def quote_lines(quote: Quote, today: date, *, paper: bool = True) -> list[str]:
    """A quote: its number, its words, what was said of it, and whether the paper still says so."""
    source = {"abstract": "abstract", "body": "full text"}[quote.source]
    version = f" v{quote.version}" if quote.version else ""
    page = f", p. {quote.page}" if quote.page else ""
    where = f"{_title(quote.paper_title)} ({quote.paper_key}){version}" if paper else f"{source}{version}{page}"
    facts = [where, f"{source}{page}" if paper else "", quote.person, shown_day(quote.created_at[:10], today)]
    lines = hung(f"{quote.id:>4}  ", f"“{one_line(quote.quote)}”")
    for line in (quote.remark or "").splitlines():
        lines += hung(" " * 6 + "✎ ", line)
    lines += hung(" " * 6, " · ".join(fact for fact in facts if fact))
    standing = STANDINGS[quote.standing]
    return [*lines, *([" " * 6 + standing] if standing else [])]


def difference_lines(found: Difference) -> list[str]:
    """Two versions: what went as [-…-], what came as {+…+}."""
    removed, added = found.words
    head = f"v{found.before.version} → v{found.after.version}"
    if found.same:
        return [f"{head}: title and abstract are the same."]
    said = f"{counted(removed, 'word')} of the abstract went, {counted(added, 'word')} came"
    if not removed and not added:
        said = "only the title changed"
    return [f"{head}: {said}", "", *wrap(_marked(found.title)), "", *wrap(_marked(found.abstract))]


def written_lines(written: Written, today: date) -> list[str]:
    """What stands beside a paper: what another version changed, critiques, quotes."""
    lines = ["", *hung("▲ ", f"{written.outdated.said}: labtop diff shows what.")] if written.outdated else []
    for each in written.critiques:
        head, *fields = critique_lines(each, today, paper=False)
        lines += ["", f"Critique {head}", *fields]
    quotes = [line for each in written.quotes for line in quote_lines(each, today, paper=False)]
    return [*lines, *(["", "Quotes", *quotes] if quotes else [])]


def _marked(pieces: Sequence[Piece]) -> str:
    parts = []
    for piece in pieces:
        left, right = _MARKS[piece.op]
        text = piece.text.strip()
        before, _, after = piece.text.partition(text) if text else (piece.text, "", "")
        parts.append(f"{before}{left}{text}{right}{after}" if text else before)
    return "".join(parts)
