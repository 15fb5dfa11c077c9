"""The day or the week as a document: what was announced, the best of it with why, and the reason of empty days.

The same inbox gives the same bytes: no moment of writing stands in it, and nothing that papers say is markup.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from library.markdown import Marked, bullets, document, escape, heading, strong
from library.papers import queries
from library.papers.identity import abs_url, arxiv_id
from library.papers.model import PaperRow
from library.ranking import stored
from library.ranking.stored import Line, Why
from library.ranking.why_text import explored_text, shown_parts, shown_score, shown_sum
from library.text import counted, one_line, shortened, signed
from library.triage.inbox import ABOVE, EXPLORE, InboxDay, Item, inbox_day

WEEK: Final = 7  # days, the last one included
_UNRANKED: Final = 30  # papers of a day that are listed where nothing says which are the best
_LONGEST_TITLE: Final = 300
_STRONGEST: Final = 4  # parts of a score that are named
_STATES: Final = {"star": "★ starred", "keep": "● kept", "later": "◔ put off", "skip": "– skipped"}


@dataclass(frozen=True, slots=True)
class Digest:
    """A document in Markdown, of `days` (the newest first)."""

    title: str
    markdown: str
    days: tuple[InboxDay, ...]


def digest(db: sqlite3.Connection, person: str, day: date, *, days: int = 1) -> Digest:
    """The `days` days up to `day`, with what ranking has stored for `person`."""
    found = tuple(inbox_day(db, person, (day - timedelta(days=back)).isoformat()) for back in range(days))
    title = f"Papers of {_named(found[0].day)}"
    if days > 1:
        title = f"Papers of {_named(found[-1].day)} to {_named(found[0].day)}"
    full, empty = [each for each in found if each.announced], [each for each in found if not each.announced]
    parts: list[str] = [heading(1, title), _standing(db, person)]
    for each in full:
        parts += _day(db, person, each, alone=days == 1)
    if empty:
        parts += [heading(2, "Days without papers")] if full else []
        parts.append(bullets(f"{_named(each.day)}: {each.reason}" for each in empty))
    return Digest(title, document(parts), found)


def _standing(db: sqlite3.Connection, person: str) -> str:
    """For whom, and by what it is ordered."""
    state, line = stored.state(db, person), stored.line(db, person)
    if state.regime is None:
        return escape(f"For {person}. Not ranked yet: papers stand in the order of their numbers.")
    by = f"{counted(state.labels, 'decision')}" if state.regime == "learned" else "interests alone"
    return escape(f"For {person}, ranked by {by}. {_precision(line)}".strip())


def _precision(line: Line) -> str:
    if line.score is None:
        return ""
    told = f"The line lies at {line.score:.2f}"
    if line.precision is None:
        return f"{told}; how good it is, is not known yet."
    return (
        f"{told}; of the last {counted(line.n, 'paper')} above it {line.precision:.0%} were wanted "
        f"[{line.low:.0%}, {line.high:.0%}]{'' if line.known else ', too few to tell'}."
    )


def _day(db: sqlite3.Connection, person: str, day: InboxDay, *, alone: bool) -> list[str]:
    best = [item for item in day.items if item.place in (ABOVE, EXPLORE) and item.decision != "skip"]
    ranked = any(item.score is not None for item in day.items)
    parts: list[str] = [] if alone else [heading(2, _named(day.day))]
    parts.append(escape(_counts(day, ranked=ranked)))
    shown = best if ranked else [item for item in day.items if item.counts][:_UNRANKED]
    rows = {row.id: row for row in queries.rows(db, [item.id for item in shown], person)}
    for item in shown:
        row = rows.get(item.id)
        if row is not None:
            parts += _paper(item, row, stored.why(db, person, item.id), level=2 if alone else 3)
    rest = day.announced - len(shown)
    if not ranked and rest > 0:
        parts.append(escape(f"… and {counted(rest, 'more paper')}."))
    return parts


def _counts(day: InboxDay, *, ranked: bool) -> str:
    told = [f"{day.count(listing='new'):,} new", f"{day.count(listing='cross'):,} cross-listed"]
    replaced = len(day.items) - day.announced
    told += [f"{replaced:,} replaced"] if replaced else []
    if ranked:
        above, explored = day.count(place=ABOVE), day.count(place=EXPLORE)
        told.append(f"{above:,} above the line")
        told += [f"{explored:,} to explore"] if explored else []
        told.append(f"{day.announced - above - explored:,} below")
    else:
        told.append("not ranked yet")
    return ", ".join(told) + "."


def _paper(item: Item, row: PaperRow, why: Why | None, *, level: int) -> list[str]:
    title = shortened(one_line(row.title), _LONGEST_TITLE) or "(no title)"
    head = title if item.score is None else f"{item.score:.2f} {title}"
    others = f" and {counted(row.author_count - 1, 'other')}" if row.author_count > 1 else ""
    identifier = arxiv_id(item.key)
    facts = [
        f"{one_line(row.first_author)}{others}" if row.first_author else "",
        f"{item.category} {item.listing}" if item.announced else f"{item.category} as imported",
        abs_url(identifier.base) if identifier is not None else item.key,
        _STATES[item.decision] if item.decision else "",
    ]
    parts: list[str] = [heading(level, head), escape(" · ".join(fact for fact in facts if fact))]
    told = _why(item, why)
    return [*parts, bullets(told)] if told else parts


def _why(item: Item, why: Why | None) -> list[str]:
    told: list[str] = []
    if item.explored:
        how = explored_text(why).partition(": ")[2] if why is not None else ""
        told.append(_said("To explore", how or "picked to test habits."))
    if why is None:
        return told
    if why.interest is not None:
        label = why.interest.kind if why.interest.kind == "topic" else why.interest.label
        told.append(_said(f"Matches {label}", shortened(why.interest.text, 200)))
    if why.sentence is not None:
        told.append(_said(f"Sentence {why.sentence.number}", f"“{why.sentence.text}”"))
    told.append(_said("Score", f"{shown_score(why.score)}, in log-odds {shown_sum(why)}: {_parts(why)}"))
    if why.nearest:
        near = "; ".join(f"“{shortened(each.title, 80)}” ({each.key})" for each in why.nearest[:2])
        told.append(_said("Near what you kept", near))
    checks = ", ".join(each.label for each in why.to_check)
    if checks:
        told.append(_said("To check against", checks))
    return told


def _parts(why: Why) -> str:
    """The strongest parts, the others together, and the base: what is shown adds up."""
    parts = [part for part in shown_parts(why) if part.name != "base"]
    base = [part for part in shown_parts(why) if part.name == "base"]
    rest = sum(part.hundredths for part in parts[_STRONGEST:]) / 100
    told = [f"{shortened(part.name, 60)} {part.value}" for part in parts[:_STRONGEST]]
    told += [f"{len(parts) - _STRONGEST} others {signed(rest, '.2f')}"] if len(parts) > _STRONGEST else []
    return ", ".join([*told, *(f"base {part.value}" for part in base)])


def _said(label: str, text: str) -> Marked:
    return Marked(f"{strong(label)}: {escape(text)}")


def _named(day: str) -> str:
    """ "Monday 13 April 2026"."""
    then = date.fromisoformat(day)
    return f"{_WEEKDAYS[then.weekday()]} {then.day} {_MONTHS[then.month - 1]} {then.year}"


# Not by strftime: the words of a document are not those of the reader's locale.
_WEEKDAYS: Final[Sequence[str]] = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final[Sequence[str]] = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
