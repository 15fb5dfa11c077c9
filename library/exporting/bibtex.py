"""A .bib file, entry by entry. How one entry is made: library.papers.citation."""

from collections.abc import Iterator

from library.exporting.model import About, Item
from library.papers.citation import bibtex

_DEMO = "@comment{DEMO: exported from labtop's sample workspace, whose summaries are not the authors' abstracts}\n\n"


def write(items: Iterator[Item], about: About) -> Iterator[str]:
    """Entries with a blank line between them. A sample workspace says in a comment that it is one."""
    if about.demo:
        yield _DEMO
    for item in items:
        yield bibtex(item.paper, item.key) + "\n"
