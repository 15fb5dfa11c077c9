"""CSL-JSON, as citation processors (citeproc, pandoc, Zotero) read it.

Valid against https://resource.citationstyles.org/schema/latest/input/json/csl-data.json, which allows no other names
than its own. An arXiv paper is an `article` with its number and arXiv as publisher; once it is published it is what it
was published as, with arXiv as the archive that holds it.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from library.exporting.dates import issued, parts
from library.exporting.model import About, Item
from library.exporting.names import particle_of, split, suffix_of
from library.exporting.publication import publication
from library.exporting.words import keywords
from library.papers.identity import arxiv_id
from library.papers.links import page_url, web_url
from library.papers.model import Author, Paper
from library.text import one_line

_TYPES: Final = {
    **{"article": "article-journal", "inproceedings": "paper-conference", "conference": "paper-conference"},
    **{"incollection": "chapter", "inbook": "chapter", "book": "book", "proceedings": "book", "preprint": "article"},
    **{"phdthesis": "thesis", "mastersthesis": "thesis", "thesis": "thesis", "techreport": "report"},
    **{"report": "report", "unpublished": "manuscript", "document": "document", "online": "webpage"},
    **{"electronic": "webpage", "patent": "patent", "dataset": "dataset", "software": "software"},
}
_FIELDS: Final = {
    **{"volume": "volume", "pages": "page", "publisher": "publisher", "address": "publisher-place"},
    **{"series": "collection-title", "edition": "edition", "isbn": "ISBN", "issn": "ISSN", "type": "genre"},
    **{"language": "language"},
}


def write(items: Iterator[Item], about: About) -> Iterator[str]:
    """One array, an item a line."""
    before = "[\n"
    for item in items:
        value = csl_item(item.paper, item.key)
        if about.demo:
            value["custom"] = {"demo": True, "source": "labtop's sample workspace"}
        yield before + json.dumps(value, ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def csl_item(paper: Paper, key: str) -> dict[str, Any]:
    """One item. What is not known is not there."""
    place = publication(paper)
    identifier = arxiv_id(paper.key)
    people = [_name(author) for author in paper.authors]
    issue = "issue" if place.kind == "article" else "number"
    date = parts(issued(paper))
    value: dict[str, Any] = {
        "id": key,
        "type": _TYPES.get(place.kind, "document"),
        "title": paper.title,
        "editor" if place.edited else "author": people,
        **({"editor": [_name(editor) for editor in place.editors]} if place.editors else {}),
        "issued": {"date-parts": [date]} if date else None,
        "container-title": place.container,
        **{name: place.fields.get(field) for field, name in _FIELDS.items()},
        issue: place.fields.get("number"),
        "abstract": paper.abstract,
        "DOI": paper.doi or (f"10.48550/arXiv.{identifier.base}" if identifier else None),
        "URL": page_url(paper) if identifier else web_url(paper.url) or page_url(paper),
        "keyword": ", ".join(one_line(word.replace(",", " ")) for word in keywords(paper)),
        "note": paper.comment,
    }
    if identifier and place.kind == "preprint":
        value |= {"number": f"arXiv:{identifier.base}", "publisher": "arXiv"}
    elif identifier:
        value |= {"archive": "arXiv", "archive_location": identifier.base}
    return {name: inner for name, inner in value.items() if inner}


def _name(author: Author) -> dict[str, str]:
    family, given = split(author)
    if not family:
        return {"literal": author.name}
    family, suffix = suffix_of(family)
    particle, family = particle_of(family)
    value = {"family": family, "given": given, "non-dropping-particle": particle, "suffix": suffix}
    return {name: text for name, text in value.items() if text}
