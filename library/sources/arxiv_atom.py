"""arXiv's Atom: answers of the API, and the daily announcement feed, which uses the same words differently.

https://info.arxiv.org/help/api/user-manual.html#response · https://info.arxiv.org/help/rss.html
In the API `published` is the first version's date; in the announcement feed it is midnight of the day announced.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, cast, get_args

from lxml import etree

from library.papers.identity import abs_url, arxiv_id, doi
from library.papers.model import AnnounceType, Author, PaperDraft, Version
from library.sources import BadRecord, Record
from library.sources.dates import iso_moment
from library.sources.xml_stream import Broken, all_text, child_text, child_texts, elements, local_name
from library.text import clean, one_line

ANNOUNCE_TYPES: Final[tuple[str, ...]] = get_args(AnnounceType)
_ENTRY: Final = frozenset({"entry"})
_HEADER: Final = frozenset({"totalResults", "startIndex", "itemsPerPage", "title", "updated", "id", "entry"})
_FEED_PREAMBLE: Final = re.compile(r"^\s*arXiv:\S+\s+Announce Type:\s*\S+\s*(?:Abstract:)?\s*", re.IGNORECASE)
_PARENTHESES: Final = re.compile(r"\([^()]*\)")


@dataclass(frozen=True, slots=True)
class AtomHeader:
    """What a feed says of itself. `total` is None where there is no opensearch:totalResults: not an API answer."""

    is_feed: bool
    total: int | None = None
    start: int | None = None
    title: str = ""
    updated: str | None = None
    entries: int = 0
    error: str | None = None  # the summary of arXiv's error entry
    broken: str | None = None


def read_atom(stream: BinaryIO) -> Iterator[Record | BadRecord]:
    """The entries of a feed, one at a time. Error entries and unreadable ones come as `BadRecord`."""
    for element in elements(stream, _ENTRY):
        if isinstance(element, Broken):
            yield BadRecord(element.reason, "", element.line)
            continue
        line = cast("int | None", element.sourceline)
        found = entry_draft(element)
        if isinstance(found, str):
            yield BadRecord(found, etree.tostring(element, encoding="unicode", with_tail=False), line)
        else:
            yield Record(found, line)


def read_header(stream: BinaryIO) -> AtomHeader:
    """What the feed says of itself, and how many entries it holds. Never raises for bad XML: see `broken`."""
    facts: dict[str, str] = {}
    count, error, is_feed = 0, None, False
    for element in elements(stream, _HEADER):
        if isinstance(element, Broken):
            return _header(facts, count, error, element.reason, is_feed=is_feed)
        root = element.getroottree().getroot()
        is_feed = is_feed or (root is not None and local_name(root) == "feed")
        if local_name(element) == "entry":
            count += 1
            error = error or _error_of(element)
        else:
            facts.setdefault(local_name(element), all_text(element))
    return _header(facts, count, error, None, is_feed=is_feed)


def _header(facts: dict[str, str], count: int, error: str | None, broken: str | None, *, is_feed: bool) -> AtomHeader:
    return AtomHeader(
        is_feed,
        _number(facts.get("totalResults")),
        _number(facts.get("startIndex")),
        one_line(facts.get("title", "")),
        iso_moment(facts.get("updated")),
        count,
        error,
        broken,
    )


def entry_draft(entry: etree._Element) -> PaperDraft | str:
    """One `<entry>` as a draft, or why it is none."""
    if (error := _error_of(entry)) is not None:
        return f"arXiv answered with an error: {error}"
    identifier = child_text(entry, "id") or ""
    found = arxiv_id(identifier)
    if found is None:
        return f"there is no arXiv identifier in {identifier!r}" if identifier else "the entry has no identifier"
    title = one_line(child_text(entry, "title") or "")
    if not title:
        return f"{found.base} has no title"
    announced = child_text(entry, "announce_type") is not None
    published = None if announced else iso_moment(child_text(entry, "published"))
    updated = None if announced else iso_moment(child_text(entry, "updated"))
    versions = [Version(1, published)] if published else []
    if found.version and found.version > 1:
        versions.append(Version(found.version, updated))
    return PaperDraft(
        key=found.base,
        kind="arxiv",
        source="arxiv-feed" if announced else "arxiv-api",
        title=title,
        abstract=one_line(_FEED_PREAMBLE.sub("", clean(child_text(entry, "summary") or ""), count=1)),
        authors=_authors(entry),
        categories=_categories(entry),
        version=found.version,
        versions=tuple(versions),
        submitted_at=published,
        updated_at=updated,
        doi=_doi(entry),
        journal_ref=_text(entry, "journal_ref") or _text(entry, "journal_reference"),
        comment=_text(entry, "comment"),
        license=_text(entry, "rights"),
        url=abs_url(found.base),
        extra=_affiliations(entry),
    )


def announce_type(entry: etree._Element) -> AnnounceType | None:
    """How the announcement feed lists it; None in an API answer, or for a kind that is not of interest."""
    said = (child_text(entry, "announce_type") or "").strip().lower()
    return cast("AnnounceType", said) if said in ANNOUNCE_TYPES else None


def creators(line: str) -> tuple[Author, ...]:
    """Authors of one comma-joined line, such as "Ada Lovelace (Analytical Society, London), Alan Turing"."""
    line, before = one_line(line), None
    while before != line:  # affiliations hold commas, and parentheses of their own
        before, line = line, _PARENTHESES.sub(" ", line)
    return tuple(Author(name) for part in line.split(",") if (name := one_line(part)))


def _error_of(entry: etree._Element) -> str | None:
    identifier = child_text(entry, "id") or ""
    if "/api/errors" in identifier or (child_text(entry, "title") or "").strip() == "Error":
        return one_line(child_text(entry, "summary") or identifier or "no reason given")
    return None


def _authors(entry: etree._Element) -> tuple[Author, ...]:
    people = tuple(
        Author(name)
        for author in entry
        if local_name(author) == "author" and (name := one_line(child_text(author, "name") or ""))
    )
    if people:
        return people
    return tuple(author for line in child_texts(entry, "creator") for author in creators(line))


def _affiliations(entry: etree._Element) -> dict[str, object]:
    known = {
        one_line(child_text(author, "name") or ""): [one_line(text) for text in child_texts(author, "affiliation")]
        for author in entry
        if local_name(author) == "author" and child_texts(author, "affiliation")
    }
    return {"affiliations": known} if known else {}


def _categories(entry: etree._Element) -> tuple[str, ...]:
    """The primary first, then as listed, each once."""
    primary = [child.get("term") for child in entry if local_name(child) == "primary_category"]
    listed = [child.get("term") for child in entry if local_name(child) == "category"]
    terms = (one_line(str(term)) for term in (*primary, *listed) if term)
    return tuple(dict.fromkeys(term for term in terms if term and " " not in term))


def _doi(entry: etree._Element) -> str | None:
    for name in ("doi", "DOI"):
        for text in child_texts(entry, name):
            if (found := doi(text.split()[0])) is not None:
                return found
    return None


def _text(entry: etree._Element, name: str) -> str | None:
    return one_line(child_text(entry, name) or "") or None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else None
