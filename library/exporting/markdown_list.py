"""A list of papers to read, as a paper club posts it: CommonMark in which nothing that papers say is markup."""

from collections.abc import Iterator
from typing import Final

from library.exporting.model import About, Item
from library.markdown import Marked, code, escape, heading
from library.papers.identity import arxiv_id
from library.papers.links import page_url
from library.papers.model import Paper
from library.text import one_line, shortened

_NAMED: Final = 6  # authors by name; a list is to be read
_LONGEST: Final = 500  # characters of a title
_DONE: Final = ("read", "dropped")


def write(items: Iterator[Item], about: About) -> Iterator[str]:
    """A heading, then a line a paper; what a queue says of it makes it a box to tick."""
    yield f"{heading(1, about.title)}\n\n"
    if about.demo:
        yield "> DEMO: from labtop's sample workspace, whose summaries are not the authors' abstracts.\n\n"
    some = False
    for item in items:
        some = True
        yield f"- {_line(item)}\n"
    if not some:
        yield "No papers.\n"


def link(text: str, address: str | None) -> Marked:
    """A link; the text alone where there is no address."""
    if not address:
        return escape(text)
    safe = address.replace("\\", "%5C").replace("<", "%3C").replace(">", "%3E").replace("\n", "%0A")
    return Marked(f"[{escape(text)}](<{safe}>)")


def _line(item: Item) -> str:
    paper = item.paper
    state = str(item.facts.get("state") or "")
    box = "" if not state else "[x] " if state in _DONE else "[ ] "
    year = f" ({paper.year})" if paper.year else ""
    told = [f"**{link(_title(paper), page_url(paper))}**", escape(f"{_people(paper)}{year}")]
    told += [_place(paper), *_standing(item), *(code(tag) for tag in paper.tags)]
    return f"{box}{' · '.join(part for part in told if part)}"


def _title(paper: Paper) -> str:
    return shortened(one_line(paper.title) or "(no title)", _LONGEST)


def _people(paper: Paper) -> str:
    names = [author.name for author in paper.authors[:_NAMED]]
    more = len(paper.authors) - len(names)
    if more or paper.authors_truncated:
        names.append(f"{more} more" if more else "others")
        return f"{', '.join(names[:-1])} and {names[-1]}"
    return ", ".join(names) or "unknown authors"


def _place(paper: Paper) -> str:
    identifier = arxiv_id(paper.key)
    own = f"arXiv:{identifier.base}" if identifier else f"doi:{paper.doi}" if paper.doi else ""
    said = " · ".join(escape(text) for text in (paper.journal_ref or "", own, *paper.categories[:1]) if text)
    return f"{said} · withdrawn" if paper.withdrawn else said


def _standing(item: Item) -> Iterator[str]:
    state, due = item.facts.get("state"), item.facts.get("due")
    if state:
        yield escape(str(state))
    if due:
        yield escape(f"due {due}")
