"""A paper in full, as literal content: the detail pane's text."""

import re
from collections.abc import Sequence
from datetime import date

from textual.content import Content

from library.enrichment.model import TITLES
from library.enrichment.words import facts_line, proposal_line
from library.papers.links import page_url, pdf_url
from library.papers.model import Announcement, Note, Paper
from library.reading.model import Entry, Quote
from library.reading.page import Written
from library.text import counted
from planner.hypotheses.model import Evidence
from tui.dates import long_day, shown_day
from tui.safe import line, literal
from tui.widgets.frame import clickable
from tui.widgets.reading_text import banner, entry_facts, quoted, written_blocks
from tui.widgets.text_parts import hung

MANY_AUTHORS = 12
STATES = {"keep": "● kept", "star": "★ starred", "skip": "– skipped", "later": "◔ put off"}
_TYPES = {"new": "new", "cross": "cross-list", "replace": "replaced", "replace-cross": "replaced, cross-list"}
_TOKEN = re.compile(r"\w+")


LABEL = 9  # cells


def paper_content(
    paper: Paper,
    today: date,
    *,
    width: int,
    found: str = "",
    words: Sequence[str] = (),
    linked: Sequence[Evidence] = (),
    written: Written | None = None,
    entry: Entry | None = None,
) -> Content:
    """Everything stored of `paper`, its facts broken to `width` cells.

    `found` says where a search put it, `words` of the query are marked, `linked` are its sentences that are evidence,
    `written` are critiques and quotes. With an `entry` of the queue, what people wrote comes before the paper's text.
    """
    facts = _facts(paper, today, found, width, entry_facts(entry, today) if entry is not None else ())
    top = [_head(paper, words), facts]
    if written is not None and written.outdated is not None:
        top.insert(0, banner(written.outdated, width))
    text = [_text(paper, words, written.quotes if written is not None else ()), links(paper)]
    text += [Content("\n").join(evidence_lines(linked, width))] if linked else []
    people = written_blocks(written, today, width) if written is not None else []
    people += [note_content(note, today, paper.version) for note in paper.notes]
    blocks = [*top, *people, *text] if entry is not None else [*top, *text, *people]
    return Content("\n\n").join([block for block in blocks if block])


def _head(paper: Paper, words: Sequence[str]) -> Content:
    title = mark(literal(line(paper.title) or "(no title)", "bold"), words)
    return Content.assemble(title, "\n", (authors(paper), "$quiet"))


def authors(paper: Paper) -> str:
    """Names, the first dozen of them, and how many more there are."""
    names = [line(author.name) for author in paper.authors]
    if not names:
        return "no author is recorded"
    text = ", ".join(names[:MANY_AUTHORS])
    if len(names) > MANY_AUTHORS:
        text += f" + {len(names) - MANY_AUTHORS}"
    return f"{text} and others (the source does not list them)" if paper.authors_truncated else text


def _facts(paper: Paper, today: date, found: str, width: int, first: Sequence[tuple[str, Content]] = ()) -> Content:
    rows: list[tuple[str, Content]] = [*first]
    if found:
        rows.append(("found", Content(found)))
    said = [STATES[paper.decision]] if paper.decision else []
    said += [f"#{line(tag)}" for tag in paper.tags]
    if paper.withdrawn:
        said.append("✗ withdrawn by its authors")
    if said:
        rows.append(("state", Content.styled("  ".join(said), "$accent")))
    kinds = "  ".join(line(category) for category in paper.categories)
    if kinds:
        rows.append(("category", Content(kinds if paper.categories_complete else f"{kinds}  (perhaps more)")))
    rows.append(("listed" if paper.announcements else "day", Content(_listed(paper, today))))
    if paper.version:
        rows.append(("version", Content(_versions(paper))))
    for label, value in (("comment", paper.comment), ("journal", paper.journal_ref), ("doi", paper.doi)):
        if value:
            rows.append((label, literal(line(value))))
    rows += _from_others(paper, today)
    if paper.has_body:
        rows.append(("text", literal(full_text_line(paper, today))))
    rows.append(("id", literal(f"{line(paper.key)}  from {line(paper.source)}")))
    return Content("\n").join([_fact(label, value, width) for label, value in rows])


def _from_others(paper: Paper, today: date) -> list[tuple[str, Content]]:
    """Facts with their source and day, and DOIs that are proposed."""
    rows = []
    for said in paper.enrichment:
        if said.found:
            source = f"  {TITLES[said.source]}, {shown_day(said.fetched_at[:10], today)}"
            label = "votes" if said.source == "hf-daily" else "cited"
            rows.append((label, Content.assemble(line(facts_line(said)), (source, "$quiet"))))
    for proposed in paper.proposals:
        source = f"  says {TITLES[proposed.source]}: D accepts or refuses"
        rows.append(("doi?", Content.assemble(line(proposal_line(proposed, 80)), (source, "$quiet"))))
    return rows


def full_text_line(paper: Paper, today: date) -> str:
    """ "full text of v1, 12 pages, 13 Apr · the paper is at v2: P fetches it"."""
    text = paper.full_text
    if text is None:
        return "full text stored"
    parts = [f"full text of v{text.version}" if text.version else "full text of a version that nobody knows"]
    if text.pages:
        cut = f"{text.pages_read:,} of {counted(text.pages, 'page')}"
        parts.append(counted(text.pages, "page") if text.pages_read >= text.pages else cut)
    parts.append(("arXiv, " if text.source == "arxiv" else "a file, ") + long_day(text.added_at, today))
    later = text.version and paper.version and text.version < paper.version
    return ", ".join(parts) + (f" · the paper is at v{paper.version}: P fetches that" if later else "")


def _fact(label: str, value: Content, width: int) -> Content:
    """A long value goes on below its own beginning."""
    lines = value.wrap(max(width - LABEL, 16))
    heads = [Content.styled(f"{label:<{LABEL}}", "$quiet"), *[Content(" " * LABEL)] * (len(lines) - 1)]
    return Content("\n").join([head + text for head, text in zip(heads, lines, strict=True)])


def _listed(paper: Paper, today: date) -> str:
    if not paper.announcements:
        return long_day(paper.day, today)
    by_day: dict[str, list[Announcement]] = {}
    for announced in paper.announcements:
        by_day.setdefault(announced.day, []).append(announced)
    parts = []
    for day, group in list(by_day.items())[:4]:
        where = ", ".join(f"{item.category} {_TYPES[item.type]}" for item in group)
        parts.append(f"{long_day(day, today)} ({where})")
    return "; ".join(parts)


def _versions(paper: Paper) -> str:
    dates = [f"v{v.number} {v.submitted_at[:10]}" for v in paper.versions[-4:] if v.submitted_at]
    return f"v{paper.version}" + (f"  ({', '.join(dates)})" if dates else "")


def _text(paper: Paper, words: Sequence[str], quotes: Sequence[Quote]) -> Content:
    if paper.text_kind == "none" or not paper.abstract:
        return Content.styled("No abstract is stored.", "$quiet")
    ours = "summary, not the authors' words"
    heading = ours if paper.text_kind == "summary" else "abstract"
    return Content.assemble((heading, "$quiet"), "\n", mark(quoted(literal(paper.abstract), quotes), words))


def links(paper: Paper) -> Content:
    """Where it is on the web; each can be clicked."""
    parts = []
    page, pdf = page_url(paper), pdf_url(paper)
    if page:
        parts.append(Content.assemble(("o ", "$accent"), literal(page).stylize(clickable("screen.outside"))))
    if pdf:
        parts.append(Content.assemble(("O ", "$accent"), literal(pdf).stylize(clickable("screen.pdf"))))
    return Content("\n").join(parts)


def evidence_lines(linked: Sequence[Evidence], width: int) -> list[Content]:
    """ "+ H-4  “the sentence”", one a line."""
    lines = [Content.styled("evidence", "$quiet")]
    for piece in linked:
        sign, style = {"for": ("+", "$success"), "against": ("−", "$error")}.get(piece.stance, ("·", "$quiet"))
        head = Content.assemble((f"{sign} ", f"bold {style}"), (f"H-{piece.hypothesis_id}  ", "$quiet"))
        lines += hung(head, literal(f"“{line(piece.quote or '')}”"), width)
    return lines


def note_content(note: Note, today: date, version: int | None) -> Content:
    """A note, with the version it was written on where that is another one."""
    old = f", on v{note.version}" if note.version and note.version != version else ""
    heading = f"note  {line(note.person)}, {long_day(note.updated_at, today)}{old}"
    return Content.assemble((heading, "$quiet"), "\n", literal(note.body))


def mark(content: Content, words: Sequence[str]) -> Content:
    """The query's words marked, in the forms that the index takes for the same word (endings differ)."""
    stems = {stem(word) for word in words if word}
    if not stems:
        return content
    for match in _TOKEN.finditer(content.plain):
        if stem(match[0]) in stems:
            content = content.stylize("$hit bold", match.start(), match.end())
    return content


def stem(word: str) -> str:
    """A rough stem, for marking only: search itself uses the index's own."""
    text = word.lower().rstrip("*")
    for ending in ("ization", "ations", "ation", "ings", "ing", "ies", "ed", "es", "s", "e", "y"):
        if text.endswith(ending) and len(text) - len(ending) >= 3:
            return text[: -len(ending)]
    return text
