"""A paper of the inbox in full: what it is, why it stands where it stands, its abstract with the sentence marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from textual.content import Content

from library.papers.model import Paper
from library.ranking.stored import Why
from library.ranking.why_text import ShownPart, explored_text, made_of, shown_parts, shown_score
from library.text import shortened, signed
from library.triage.inbox import Item
from planner.hypotheses.model import Evidence
from tui.safe import line, literal
from tui.widgets.paper_text import STATES, authors, evidence_lines, links, note_content
from tui.widgets.text_parts import hung, joined

LABEL = 9  # cells
_SHOWN_PARTS = 4
_NEAREST = 3
_LONGEST_PART = 32  # a topic's words stand below in full


@dataclass(frozen=True, slots=True)
class Card:
    """All that is shown of a paper. `why` None: it has no score."""

    paper: Paper
    linked: tuple[Evidence, ...]
    why: Why | None


def card_content(card: Card, item: Item | None, today: date, *, width: int) -> Content:
    """The card, its facts broken to `width` cells."""
    paper, why = card.paper, card.why
    blocks = [
        Content.assemble(literal(line(paper.title) or "(no title)", "bold"), "\n", (authors(paper), "$quiet")),
        _facts(paper, item),
        Content("\n").join(_why(why, item, width)),
        _abstract(paper, why),
        Content("\n").join(_beside(why, width)),
        Content("\n").join(evidence_lines(card.linked, width)) if card.linked else Content(""),
        *(note_content(note, today, paper.version) for note in paper.notes),
        links(paper),
        Content("\n").join(_made_of(why, width)),
    ]
    return Content("\n\n").join([block for block in blocks if block])


def _facts(paper: Paper, item: Item | None) -> Content:
    """ "cs.IR new · also cs.CL · v2 · 12 pages, code"; what was decided."""
    parts: list[Content | str] = []
    if item is not None and item.category:
        how = item.listing if item.announced else "as imported"
        parts.append(f"{line(item.category)} {how}")
        others = [line(category) for category in paper.categories if category != item.category]
        parts += [f"also {' '.join(others)}"] if others else []
    if paper.version:
        parts.append(f"v{paper.version}")
    parts.append(line(paper.key))
    if paper.comment:
        parts.append(literal(line(paper.comment)))
    facts = Content.styled(joined(parts).plain, "$quiet")
    said: list[Content | str] = []
    decision = item.decision if item is not None else paper.decision
    if decision:
        because = f": {line(item.reason)}" if item is not None and item.reason and decision == "skip" else ""
        unseen = ", unseen with the rest" if item is not None and item.bulk else ""
        said.append(Content.styled(f"{STATES[decision]}{because}{unseen}", "$accent"))
    said += [Content.styled(f"#{line(tag)}", "$accent") for tag in paper.tags]
    if paper.withdrawn:
        said.append(Content.styled("✗ withdrawn by its authors", "$warning"))
    return Content.assemble(facts, "\n", joined(said, "  ")) if said else facts


def _why(why: Why | None, item: Item | None, width: int) -> list[Content]:
    if why is None:
        return [Content.styled("Not ranked: its score is unknown.", "$quiet")]
    parts = shown_parts(why)
    named = [part for part in parts if part.name != "base"]
    told = joined([*(_part(part) for part in named[:_SHOWN_PARTS]), *_rest(named[_SHOWN_PARTS:], parts)])
    score = shown_score(why.score if item is None or item.score is None else item.score)
    lines = hung(Content.assemble(("why ", "$quiet"), (f"{score:<5}", "bold $accent")), told, width)
    if why.explored:
        lines += hung(Content.styled(f"{'◇':<{LABEL}}", "$accent"), explored_text(why), width)
    if why.interest is not None:
        lines += hung(
            Content.styled(f"{'matches':<{LABEL}}", "$quiet"),
            Content.assemble((line(why.interest.label), "bold"), _in_full(why)),
            width,
        )
    if why.terms:
        lines += hung(Content.styled(f"{'words':<{LABEL}}", "$quiet"), line(", ".join(why.terms)), width)
    return lines


def _part(part: ShownPart) -> Content:
    tone = "$success" if part.hundredths > 0 else "$error"
    return Content.assemble(f"{shortened(line(part.name), _LONGEST_PART)} ", (part.value, tone))


def _rest(others: Sequence[ShownPart], parts: Sequence[ShownPart]) -> list[Content | str]:
    """What is not named one by one, so that what is shown adds up."""
    rest: list[Content | str] = []
    if others:
        value = signed(sum(part.hundredths for part in others) / 100, ".2f")
        rest.append(Content.styled(f"{len(others)} others {value}", "$quiet"))
    rest += [Content.styled(f"base {part.value}", "$quiet") for part in parts if part.name == "base"]
    return rest


def _in_full(why: Why) -> str:
    """The interest's own words, where its label does not say them."""
    if why.interest is None or why.interest.kind == "topic":
        return ""
    return f"  {line(why.interest.text)}"


def _abstract(paper: Paper, why: Why | None) -> Content:
    """The abstract; the sentence that is nearest to the interest marked."""
    if paper.text_kind == "none" or not paper.abstract:
        return Content.styled("No abstract is stored.", "$quiet")
    heading = "summary, not the authors' words" if paper.text_kind == "summary" else "abstract"
    text = Content(paper.abstract)
    sentence = why.sentence if why is not None else None
    safe = literal(paper.abstract)
    if sentence is not None and safe.plain == paper.abstract:  # else its places are others
        safe = text.stylize("$hit bold", sentence.start, sentence.end)
        heading += f" · sentence {sentence.number} marked"
    return Content.assemble((heading, "$quiet"), "\n", safe)


def _beside(why: Why | None, width: int) -> list[Content]:
    """What it is near to, and what it is to be checked against: whether it speaks for or against is the reader's."""
    if why is None:
        return []
    lines: list[Content] = []
    for place, near in enumerate(why.nearest[:_NEAREST]):
        label = "you kept" if place == 0 else ""
        head = Content.assemble((f"{label:<{LABEL}}", "$quiet"), (f"{shown_score(near.cosine)} ", "$quiet"))
        lines += hung(head, line(near.title) or near.key, width)
    for check in why.to_check:
        head = Content.styled(f"to check against {line(check.label)}  ", "$accent")
        lines += _hung_below(head, line(check.text), width)
    return lines


def _hung_below(head: Content, text: str, width: int) -> list[Content]:
    return [
        one if place == 0 else Content(" " * LABEL) + one
        for place, one in enumerate(Content.assemble(head, text).wrap(max(16, width - LABEL)))
    ]


def _made_of(why: Why | None, width: int) -> list[Content]:
    if why is None:
        return []
    return [part.stylize("$quiet") for text in made_of(why) for part in Content(line(text)).wrap(max(16, width))]


def full_why(texts: Sequence[str], width: int) -> Content:
    """Lines as `why_lines` gives them, further lines set in below their own beginning."""
    found: list[Content] = []
    for text in texts:
        indent = " " * (len(text) - len(text.lstrip()))
        found += hung(indent, literal(text.strip()), width) if text else [Content("")]
    return Content("\n").join(found)
