"""A paper's note: what it is, what speaks for or against which hypothesis, what was said of it."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from library.exporting.dates import issued
from library.exporting.model import Item
from library.exporting.vault.note import Note, plain, wikilink
from library.exporting.vault.properties import Value
from library.markdown import Marked, bullets, document, heading
from library.papers.identity import arxiv_id
from library.papers.links import page_url, pdf_url, web_url
from library.papers.model import Paper
from library.reading.critiques import critiques_of
from library.reading.model import Critique
from library.reading.quotes import quotes_of
from library.reading.template import CRITIQUE
from library.text import clean
from planner.hypotheses.balance import evidence_on_paper
from planner.hypotheses.model import Evidence
from planner.hypotheses.scale import shown_step

FOLDER: Final = "Papers"
RETIRED: Final = (
    "hypotheses",
    "decision",
    "queue",
    "due",
    "verdict",
    "doi",
    "url",
    "pdf",
    "venue",
    "year",
    "published",
    "demo",
)
NameOf = Callable[[str], str | None]
_RELATED: Final = 8


def paper_id(key: str) -> str:
    """What a paper's note is known by."""
    return f"paper/{key}"


def paper_mark(paper_key: str, citation_key: str) -> str:
    """What stands in brackets behind the title: an arXiv id, else the citation key."""
    return paper_key.replace("/", "-") if arxiv_id(paper_key) else citation_key.replace("/", "-")


def paper_note(db: sqlite3.Connection, item: Item, person: str, name_of: NameOf, *, demo: bool) -> Note:
    """The note of one paper. `name_of`: the file of another note by its id, None where there is none."""
    paper = item.paper
    evidence = evidence_on_paper(db, paper.id)
    critiques = critiques_of(db, paper.id)
    queued = db.execute(
        "SELECT state, due FROM queue_entry WHERE person = ? AND paper_id = ?", (person, paper.id)
    ).fetchone()
    mine = next((each for each in critiques if each.person == person), None)
    verdict = mine.values["verdict"] if mine is not None else None
    return Note(
        id=paper_id(paper.key),
        folder=FOLDER,
        name=paper.title,
        properties={**_properties(item, queued, verdict, demo=demo), **_hypotheses(evidence, name_of)},
        body=document(_body(db, paper, evidence, critiques, name_of, demo=demo)),
        tags=[tag for word in paper.tags if (tag := _tag(word))],
        retired=RETIRED,
    )


def _tag(word: str) -> str:
    """As Obsidian takes tags: letters, digits, _ - and /, not digits alone."""
    tag = "".join(c if c.isalnum() or c in "_-/" else "-" for c in word).strip("-/")
    return tag if tag and not tag.isdigit() else f"t-{tag}" if tag else ""


def _properties(item: Item, queued: Any, verdict: int | None, *, demo: bool) -> dict[str, Value]:
    paper = item.paper
    identifier = arxiv_id(paper.key)
    values: dict[str, Value | None] = {
        "title": paper.title or "(no title)",
        "citekey": item.key,
        "authors": [author.name for author in paper.authors],
        "year": paper.year,
        "published": issued(paper),
        "arxiv": f"arXiv:{identifier.base}" if identifier else None,
        "categories": list(paper.categories),
        "doi": paper.doi,
        "venue": paper.journal_ref,
        "url": page_url(paper) or web_url(paper.url),
        "decision": paper.decision,
        "queue": queued["state"] if queued else None,
        "due": queued["due"] if queued else None,
        "verdict": verdict,
        "demo": True if demo else None,
    }
    return {name: value for name, value in values.items() if value is not None and value != ""}


def _hypotheses(evidence: Sequence[Evidence], name_of: NameOf) -> dict[str, Value]:
    """Links, which Obsidian follows in properties, too."""
    numbers = dict.fromkeys(piece.hypothesis_id for piece in evidence)
    links = [str(hypothesis_link(number, name_of)) for number in numbers]
    return {"hypotheses": links} if links else {}


def _body(
    db: sqlite3.Connection,
    paper: Paper,
    evidence: Sequence[Evidence],
    critiques: Sequence[Critique],
    name_of: NameOf,
    *,
    demo: bool,
) -> Iterator[str]:
    yield Marked(f"# {plain(paper.title) or '(no title)'}")
    if demo:
        yield Marked("> [!warning] DEMO\n> From labtop's sample workspace.")
    yield plain(_people(paper))
    yield Marked(" · ".join(_links(paper)))
    if paper.withdrawn:
        yield Marked("> [!warning] Withdrawn")
    if paper.abstract:
        yield heading(2, "Abstract" if paper.text_kind == "abstract" else "Summary (not the authors' words)")
        yield _quoted(paper.abstract)
    yield from _evidence(evidence, name_of)
    related = [
        wikilink(name, title) for key, title in _related(db, paper.id) if (name := name_of(paper_id(key))) is not None
    ]
    if related:
        yield heading(2, "Related")
        yield bullets(related)
    for critique in critiques:
        yield from _critique(critique, name_of)
    quotes = quotes_of(db, paper.id)
    if quotes:
        yield heading(2, "Quotes")
        for quote in quotes:
            where = f"{quote.source}{f' of v{quote.version}' if quote.version else ''}, {quote.person}"
            yield Marked(f"{_quoted(quote.quote)}\n> — {plain(where)}")
            if quote.remark:
                yield plain(quote.remark)
    if paper.notes:
        yield heading(2, "Notes")
        for note in paper.notes:
            on = f" on v{note.version}" if note.version else ""
            yield heading(3, plain(f"{note.person}, {note.updated_at[:10]}{on}"))
            yield Marked(clean(note.body).strip())


def _people(paper: Paper) -> str:
    names = ", ".join(author.name for author in paper.authors) or "unknown authors"
    cut = " and others" if paper.authors_truncated else ""
    return f"{names}{cut}{f' ({paper.year})' if paper.year else ''}"


def _links(paper: Paper) -> Iterator[str]:
    page, pdf = page_url(paper), pdf_url(paper)
    identifier = arxiv_id(paper.key)
    if page:
        yield f"[{plain(f'arXiv:{identifier.base}' if identifier else 'page')}](<{_address(page)}>)"
    if pdf:
        yield f"[PDF](<{_address(pdf)}>)"
    if paper.doi and identifier:
        yield f"[{plain(f'doi:{paper.doi}')}](<{_address(f'https://doi.org/{paper.doi}')}>)"
    if paper.journal_ref:
        yield plain(paper.journal_ref)
    if paper.categories:
        yield plain(" ".join(paper.categories))


def _address(url: str) -> str:
    return url.replace("\\", "%5C").replace("<", "%3C").replace(">", "%3E")


def _quoted(text: str) -> Marked:
    return Marked("\n>\n".join(f"> {plain(part)}" for part in clean(text).split("\n\n") if part.strip()))


def _evidence(evidence: Sequence[Evidence], name_of: NameOf) -> Iterator[str]:
    if not evidence:
        return
    yield heading(2, "What it says of our hypotheses")
    for piece in evidence:
        step = f", {shown_step(piece.scale)}" if piece.scale is not None else ""
        directness = f", {piece.directness}" if piece.directness else ""
        stale = f" ({'; '.join(piece.stale)})" if piece.stale else ""
        yield Marked(
            f"{plain(piece.stance.capitalize())} {hypothesis_link(piece.hypothesis_id, name_of)}"
            f"{plain(f'{step}{directness}{stale}, {piece.person}')}:"
        )
        yield _quoted(piece.quote or "")
        if piece.note:
            yield plain(piece.note)


def hypothesis_link(number: int, name_of: NameOf) -> Marked:
    """[[H-4 …|H-4]], or its number alone where it has no note."""
    name = name_of(f"hypothesis/H-{number}")
    return wikilink(name, f"H-{number}") if name else plain(f"H-{number}")


def _critique(critique: Critique, name_of: NameOf) -> Iterator[str]:
    about = f" on v{critique.version}" if critique.version else ""
    yield heading(2, plain(f"Critique {critique.label} by {critique.person}{about}"))
    if critique.line:
        yield Marked(f"**{plain(critique.line)}**")
    lines = []
    for field in CRITIQUE.fields:
        value = critique.values.get(field.name)
        if field.name in ("line", "verdict") or value in (None, (), ""):
            continue
        if field.name == "effects":
            lines += [_effect(effect, name_of) for effect in value]
        else:
            lines.append(Marked(f"**{plain(field.label)}**: {plain(str(value))}"))
    if lines:
        yield bullets(lines)


def _effect(effect: Mapping[str, Any], name_of: NameOf) -> Marked:
    strength = f" ({effect['strength']})" if effect.get("strength") else ""
    return Marked(f"{plain(effect['effect'])} {hypothesis_link(effect['hypothesis'], name_of)}{plain(strength)}")


def _related(db: sqlite3.Connection, number: int) -> list[tuple[str, str]]:
    """Papers that bear on the same hypotheses, those with most of them first."""
    rows = db.execute(
        "SELECT p.key, p.title, count(DISTINCT o.hypothesis_id) AS shared FROM evidence e"
        " JOIN evidence o ON o.hypothesis_id = e.hypothesis_id AND o.paper_id != e.paper_id"
        " JOIN paper p ON p.id = o.paper_id WHERE e.paper_id = ? GROUP BY p.id ORDER BY shared DESC, p.key LIMIT ?",
        (number, _RELATED),
    )
    return [(row["key"], row["title"]) for row in rows]
