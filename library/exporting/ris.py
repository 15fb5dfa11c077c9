"""RIS as reference managers read it: UTF-8, CRLF, two letters a line. https://en.wikipedia.org/wiki/RIS_(file_format)

A name without a comma is a body or a name that nobody can split; a body ends in a comma, which says that no given name
follows. RIS has no way to write a comma inside a name: there it goes.
"""

import re
from collections.abc import Iterator
from typing import Final

from library.exporting.dates import issued
from library.exporting.model import About, Item, Publication
from library.exporting.names import split
from library.exporting.publication import publication
from library.exporting.words import keywords
from library.papers.identity import arxiv_id
from library.papers.links import page_url, web_url
from library.papers.model import Author, Paper
from library.sources.ris import CUT, DEMO
from library.text import one_line

_TYPES: Final = {
    **{"article": "JOUR", "inproceedings": "CPAPER", "conference": "CPAPER", "proceedings": "CONF"},
    **{"incollection": "CHAP", "inbook": "CHAP", "book": "BOOK", "phdthesis": "THES", "mastersthesis": "THES"},
    **{"thesis": "THES", "techreport": "RPRT", "report": "RPRT", "unpublished": "UNPB", "preprint": "UNPB"},
    **{"document": "UNPB", "online": "ELEC", "electronic": "ELEC", "patent": "PAT", "dataset": "DATA"},
    "software": "COMP",
}
_FIELDS: Final = {
    **{"volume": "VL", "number": "IS", "publisher": "PB", "address": "CY", "edition": "ET", "language": "LA"},
}
_PAGES: Final = re.compile(r"(\w+)\s*(?:–|--)\s*(\w+)")


def write(items: Iterator[Item], about: About) -> Iterator[str]:
    """Records with a blank line between them. A sample workspace says so in a note of each record."""
    for item in items:
        lines = [*_lines(item.paper, item.key), *([("N1", DEMO)] if about.demo else [])]
        yield "".join(f"{tag}  - {text}\r\n" for tag, text in [*lines, ("ER", "")]) + "\r\n"


def _lines(paper: Paper, key: str) -> Iterator[tuple[str, str]]:
    place = publication(paper)
    date = issued(paper)
    identifier = arxiv_id(paper.key)
    raw: list[tuple[str, str | None]] = [
        ("TY", _TYPES.get(place.kind, "GEN")),
        ("ID", key),
        ("TI", paper.title),
        *(("ED" if place.edited else "AU", _name(author)) for author in paper.authors),
        *(("ED", _name(editor)) for editor in place.editors),
        ("PY", str(paper.year) if paper.year else None),
        ("DA", "/".join([*date.split("-"), "", ""][:4]) if date else None),
        ("T2", place.container),
        *((tag, place.fields.get(name)) for name, tag in _FIELDS.items()),
        *_pages(place),
        ("SN", place.fields.get("issn") or place.fields.get("isbn")),
        ("AB", paper.abstract),
        *(("KW", word) for word in keywords(paper)),
        ("DO", paper.doi or (f"10.48550/arXiv.{identifier.base}" if identifier else None)),
        ("UR", page_url(paper) if identifier else web_url(paper.url) or page_url(paper)),
        ("N1", paper.comment),
        ("N1", CUT if paper.authors_truncated else None),
    ]
    for tag, text in raw:
        if text and (line := one_line(text)):
            yield tag, line


def _name(author: Author) -> str:
    family, given = (_without_commas(part) for part in split(author))
    if family and given:
        return f"{family}, {given}"
    name = _without_commas(author.name)
    return f"{name}," if author.family and " " in name else name


def _without_commas(text: str) -> str:
    return one_line(text.replace(",", " "))


def _pages(place: Publication) -> list[tuple[str, str | None]]:
    pages = place.fields.get("pages", "")
    span = _PAGES.fullmatch(pages)
    return [("SP", span[1]), ("EP", span[2])] if span else [("SP", pages)]
