"""RIS, as reference managers and databases write it, and Web of Science's two-letter files.

The file is cut into records here, so that a record without its end tag cannot swallow the next one; rispy says what
the tags mean.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from library.papers.model import Author, PaperDraft
from library.sources import RAW_KEPT, BadRecord, Record
from library.sources.csl import bibtex_name, venue, without_markup
from library.sources.dates import partial_date
from library.sources.encoding import decode
from library.sources.reference import Reference, Unusable, draft_of_reference, known, literal, person
from library.sources.whole import read_whole
from library.text import one_line

# What labtop's own files say in a note of a record.
CUT = "The list of authors was cut by the source"
DEMO = "DEMO: exported from labtop's sample workspace"
_LONGEST_COMMENT = 500  # longer notes are somebody's reading notes, or what a database says of itself
_TAG = re.compile(r"^([A-Z][A-Z0-9])(?:[ \t]{1,2}-|\t-)(?:[ \t](.*)|\s*)$", re.DOTALL)
_WOS_TAG = re.compile(r"^([A-Z][A-Z0-9])(?: (.*)|\s*)$")
_TYPES = {
    **dict.fromkeys(("JOUR", "EJOUR", "JFULL", "MGZN", "NEWS", "INPR", "ABST"), "article"),
    **dict.fromkeys(("CONF", "CPAPER"), "inproceedings"),
    **dict.fromkeys(("CHAP", "ECHAP"), "incollection"),
    **dict.fromkeys(("BOOK", "EBOOK", "EDBOOK", "WHOLE"), "book"),
    **{"THES": "phdthesis", "RPRT": "techreport", "UNPB": "unpublished", "MANSCPT": "unpublished"},
    **{"ELEC": "online", "BLOG": "online", "DATA": "dataset", "COMP": "software", "PAT": "patent"},
}
_FIELDS = {
    **{"volume": "volume", "number": "number", "publisher": "publisher", "place_published": "address"},
    **{"edition": "edition", "issn": "issn", "language": "language"},
}
_TITLES = ("title", "primary_title", "translated_title", "short_title", "custom_title")
_PLACES = ("secondary_title", "journal_name", "alternate_title3", "alternate_title2", "tertiary_title")
_DATES = ("date", "publication_year", "year", "date_of_publication")


def read_ris(stream: BinaryIO) -> Iterator[Record | BadRecord]:
    """Every record, and every one that cannot be read, in the order of the file."""
    text, _ = decode(read_whole(stream))
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").split("\n")
    is_wos = any(_WOS_TAG.match(line) and line.startswith("PT ") for line in lines[:50])
    for number, block in _wos_blocks(lines) if is_wos else _blocks(lines):
        try:
            yield Record(_draft(_parsed(block, is_wos=is_wos), is_wos=is_wos), number)
        except Unusable as error:
            yield BadRecord(str(error), "\n".join(block)[:RAW_KEPT], number)


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """(line, lines) of each record, tags in their standard form. What stands between records is not theirs."""
    block: list[str] = []
    start = 0
    for number, line in enumerate(lines, 1):
        match = _TAG.match(line.lstrip() if line.lstrip().startswith("TY") else line)
        tag = match[1] if match else None
        if tag == "TY":
            if block:
                yield start, block
            block, start = [f"TY  - {(match[2] or '').strip() if match else ''}"], number
        elif tag == "ER" and block:
            yield start, [*block, "ER  - "]
            block = []
        elif block:
            block.append(f"{tag}  - {(match[2] or '').strip()}" if match else line)
    if block:
        yield start, block


def _wos_blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    block: list[str] = []
    start = 0
    for number, line in enumerate(lines, 1):
        if line.startswith("PT "):
            if block:
                yield start, block
            block, start = [line], number
        elif line.rstrip() in ("ER", "EF"):
            if block:
                yield start, [*block, "ER"]
            block = []
        elif block:
            block.append(line)
    if block:
        yield start, block


def _parsed(block: list[str], *, is_wos: bool) -> dict[str, Any]:
    from rispy.parser import RisParser, WokParser

    lines = [line for line in block if line.strip()]
    if not is_wos and len(lines) > 1 and _TAG.match(lines[1]) is None:
        del lines[1]  # a continuation of nothing
    if lines[-1][:2] != "ER":
        lines.append("ER" if is_wos else "ER  - ")
    try:
        # Addresses are taken apart here: rispy cuts them at every semicolon, and DOIs have some.
        parser = (WokParser if is_wos else RisParser)(enforce_list_tags=False, delimiter_tags_mapping={})
        found = parser.parse_lines(iter(lines))
    except Exception as error:  # rispy's own failures have no common class
        raise Unusable(f"not readable RIS: {error!r}") from None
    if not found:
        raise Unusable("not readable RIS: no fields")
    return dict(found[0])


def _draft(fields: Mapping[str, Any], *, is_wos: bool) -> PaperDraft:
    type_tag = _first(fields, "type_of_reference", "publication_type").upper()[:6].strip()
    kind = _TYPES.get(type_tag, "article" if is_wos and type_tag == "J" else "misc")
    container = _first(fields, *_PLACES, "publication_name")
    title = _first(fields, *_TITLES, "document_title")
    if not title and type_tag in ("BOOK", "EBOOK", "WHOLE", "SER"):
        title, container = container, ""
    kept = {name: text for source, name in _FIELDS.items() if (text := _first(fields, source))}
    pages = _pages(fields)
    if pages:
        kept["pages"] = pages
    if container and container != title:
        place = {"article": "journal", "inproceedings": "booktitle", "incollection": "booktitle"}
        kept[place.get(kind, "howpublished")] = container
    unknown = fields.get("unknown_tag") or {}
    editors = _people([*_all(unknown, "ED"), *([] if kind == "book" else _all(fields, "secondary_authors"))])
    authors = _people([*_all(fields, "first_authors"), *_all(fields, "authors")])
    if is_wos:
        authors = _people(_all(fields, "author_full_names")) or authors
    if editors:
        kept["editor"] = " and ".join(bibtex_name(editor) for editor in editors)
    said = [*_all(fields, "urls"), *_all(unknown, "L3"), *_all(unknown, "LK")]
    urls = [url for text in said for url in re.split(r"\s*;\s*(?=https?:)", text)]
    notes = [note for text in _all(fields, "notes") if (note := one_line(without_markup(text)))]
    return draft_of_reference(
        Reference(
            source="ris",
            title=title,
            abstract=_first(fields, "abstract", "notes_abstract"),
            authors=authors or editors or _people(_all(fields, "secondary_authors")),
            authors_truncated=CUT in notes,
            published=next((found for name in _DATES if (found := partial_date(_first(fields, name)))), None),
            doi=_first(fields, "doi", "digital_object_identifier"),
            url=next((url for url in urls if url.startswith("http")), ""),
            identifiers=(*urls, *(_first(fields, name) for name in ("note", "custom3", "journal_name", "custom7"))),
            venue=venue(container if container != title else "", kept),
            comment=next((note for note in notes if note not in (CUT, DEMO) and len(note) <= _LONGEST_COMMENT), ""),
            keywords=tuple(dict.fromkeys(word for text in _all(fields, "keywords") for word in _words(text))),
            entry={"type": kind, "key": _first(fields, "id", "label"), "fields": kept, "latex": False},
        )
    )


def _pages(fields: Mapping[str, Any]) -> str:
    start, end = _first(fields, "start_page", "beginning_page"), _first(fields, "end_page", "ending_page")
    return f"{start}–{end}" if start and end and end != start and "-" not in start else start


def _people(names: list[str]) -> tuple[Author, ...]:
    return known(_person(name) for name in names)


def _person(name: str) -> Author | None:
    """RIS writes "Family, Given, Suffix"; without a comma it is a body, or a name nobody can split."""
    parts = [part.strip() for part in one_line(name).split(",")]
    if len(parts) in (2, 3) and parts[0]:
        return person(*parts)
    return literal(name) if len(parts) > 3 else Author(parts[0]) if parts[0] else None


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(";") if word.strip()]


def _first(fields: Mapping[str, Any], *names: str) -> str:
    for name in names:
        for text in _all(fields, name):
            if text:
                return text
    return ""


def _all(fields: Mapping[str, Any], name: str) -> list[str]:
    value = fields.get(name)
    values = value if isinstance(value, list) else [value] if value is not None else []
    return [text for item in values if isinstance(item, str) and (text := one_line(item))]
