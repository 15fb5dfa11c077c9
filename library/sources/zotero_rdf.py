"""Zotero RDF, as Zotero's own export writes it: each reference becomes one of Zotero's items and is read as that.

The document is read whole: a journal, a collection or a note may stand anywhere in it. Document types are refused.
"""

import io
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final

from lxml import etree

from library.sources import RAW_KEPT, BadRecord, Record
from library.sources.reference import Unusable
from library.sources.whole import read_whole
from library.sources.xml_stream import Broken, all_text, child_text, child_texts, elements, local_name
from library.sources.zotero import draft_of_item

MAX_RDF: Final = 128 << 20  # bytes
_RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_PEOPLE: Final = {
    **{"authors": "author", "editors": "editor", "contributors": "contributor", "presenters": "presenter"},
    **{"directors": "director", "inventors": "inventor", "programmers": "programmer", "artists": "artist"},
    **{"interviewees": "interviewee", "seriesEditors": "seriesEditor", "translators": "translator"},
}
_FIELDS: Final = {
    **{
        "title": "title",
        "abstract": "abstractNote",
        "date": "date",
        "language": "language",
        "shortTitle": "shortTitle",
    },
    **{"pages": "pages", "edition": "edition", "volume": "volume", "number": "issue", "description": "extra"},
    **{"type": "thesisType", "archive": "archive"},
}
_PLACES: Final = {
    **{"Journal": "publicationTitle", "Periodical": "publicationTitle", "Newspaper": "publicationTitle"},
    **{"Proceedings": "proceedingsTitle", "Book": "bookTitle", "Series": "series", "CourtReporter": "publicationTitle"},
}


def read_zotero_rdf(stream: BinaryIO) -> Iterator[Record | BadRecord]:
    """Every reference, and every one that cannot be read, in the order of the file. Notes and files stay out."""
    data = read_whole(stream, MAX_RDF)
    for found in elements(io.BytesIO(data), frozenset({"RDF"})):
        if isinstance(found, Broken):
            yield BadRecord(found.reason, data[:RAW_KEPT].decode("utf-8", "replace"), found.line)
            return
        yield from _records(found)


def _records(root: etree._Element) -> Iterator[Record | BadRecord]:
    by_id = {about: element for element in root if (about := element.get(f"{_RDF}about"))}
    for element in root:
        kind = child_text(element, "itemType")
        if (
            kind is None
            or kind in ("attachment", "note", "annotation")
            or local_name(element) in ("Attachment", "Memo")
        ):
            continue
        line = element.sourceline if isinstance(element.sourceline, int) else None
        try:
            yield Record(draft_of_item(_item(element, kind, by_id)), line)
        except Unusable as error:
            yield BadRecord(str(error), etree.tostring(element, encoding="unicode")[:RAW_KEPT], line)


def _item(element: etree._Element, kind: str, by_id: Mapping[str, etree._Element]) -> dict[str, Any]:
    item: dict[str, Any] = {"itemType": kind, "creators": [], "tags": []}
    for child in element:
        name = local_name(child)
        if name in _FIELDS and (text := all_text(child)):
            item.setdefault(_FIELDS[name], text)
        elif name in _PEOPLE:
            item["creators"] += [person for each in child.iter() if (person := _person(each, _PEOPLE[name]))]
        elif name == "subject":
            item["tags"] += [{"tag": text}] if (text := all_text(child)) else []
        elif name == "identifier":
            _identify(item, child)
        elif name == "isPartOf":
            _part_of(item, _resolved(child, by_id))
        elif name == "publisher":
            _published(item, child)
        elif name == "presentedAt":
            item["conferenceName"] = all_text(child)
    about = element.get(f"{_RDF}about") or ""
    if about.startswith(("http://", "https://")):
        item.setdefault("url", about)
    return item


def _person(element: etree._Element, role: str) -> dict[str, str] | None:
    if local_name(element) != "Person":
        return None
    family = child_text(element, "surname") or ""
    given = child_text(element, "givenName") or child_text(element, "givenname") or ""
    if not family:
        return {"creatorType": role, "name": child_text(element, "name") or given}
    if not given:
        return {"creatorType": role, "name": family}
    return {"creatorType": role, "lastName": family, "firstName": given}


def _identify(item: dict[str, Any], element: etree._Element) -> None:
    """ "DOI 10.1000/x", "ISBN …", "ISSN …", or an address inside <dcterms:URI>."""
    text = all_text(element)
    scheme, _, value = text.partition(" ")
    if scheme in ("DOI", "ISBN", "ISSN") and value:
        item.setdefault(scheme, value.strip())
    elif text.startswith(("http://", "https://")):
        item.setdefault("url", text)


def _resolved(element: etree._Element, by_id: Mapping[str, etree._Element]) -> etree._Element | None:
    target = element.get(f"{_RDF}resource")
    return by_id.get(target) if target else next(iter(element), None)


def _part_of(item: dict[str, Any], container: etree._Element | None) -> None:
    if container is None:
        return
    titles = child_texts(container, "title")
    if titles:
        item.setdefault(_PLACES.get(local_name(container), "publicationTitle"), titles[0])
    for name, field in (("volume", "volume"), ("number", "issue")):
        if text := child_text(container, name):
            item[field] = text
    for child in container:
        if local_name(child) == "identifier":
            _identify(item, child)


def _published(item: dict[str, Any], element: etree._Element) -> None:
    """A vCard of an organization: its name, its place."""
    for each in element.iter():
        if local_name(each) == "name" and (text := all_text(each)):
            item.setdefault("publisher", text)
        elif local_name(each) == "locality" and (text := all_text(each)):
            item.setdefault("place", text)
