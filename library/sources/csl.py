"""CSL-JSON items, as citation processors and Zotero write them. https://docs.citationstyles.org"""

import html
import re
from collections.abc import Mapping
from typing import Any

from library.papers.model import Author, PaperDraft
from library.sources.dates import iso_date, partial_date
from library.sources.reference import Reference, draft_of_reference, known, literal, person, printed

# CSL type → BibTeX entry type; anything else is @misc.
_TYPES = {
    **dict.fromkeys(("article-journal", "article-magazine", "article-newspaper", "review", "review-book"), "article"),
    **dict.fromkeys(("paper-conference", "speech"), "inproceedings"),
    **dict.fromkeys(("chapter", "entry", "entry-dictionary", "entry-encyclopedia"), "incollection"),
    **{"book": "book", "thesis": "phdthesis", "report": "techreport", "manuscript": "unpublished"},
    **dict.fromkeys(("webpage", "post", "post-weblog"), "online"),
    **{"dataset": "dataset", "software": "software", "patent": "patent"},
}
_FIELDS = {
    **{"volume": "volume", "issue": "number", "page": "pages", "publisher": "publisher"},
    **{"publisher-place": "address", "collection-title": "series", "edition": "edition", "ISBN": "isbn"},
    **{"ISSN": "issn", "genre": "type", "number": "number", "language": "language", "medium": "howpublished"},
}
_TAG = re.compile(r"</?(?:i|b|sc|sup|sub|span|p|em|strong|br)\b[^>]{0,200}>", re.IGNORECASE)


def draft_of_csl(item: Mapping[str, Any]) -> PaperDraft:
    """The paper that a CSL item means. Raises Unusable."""
    kind = _TYPES.get(str(item.get("type", "")), "misc")
    container = plain(item.get("container-title"))
    place = {"article": "journal", "inproceedings": "booktitle", "incollection": "booktitle"}.get(kind, "howpublished")
    fields = {name: text for source, name in _FIELDS.items() if (text := plain(item.get(source)))}
    if container:
        fields[place] = container
    authors = _names(item.get("author"))
    editors = _names(item.get("editor"))
    others = _names(item.get("contributor")) or _names(item.get("collection-editor")) or _names(item.get("director"))
    if editors:
        fields["editor"] = " and ".join(bibtex_name(editor) for editor in editors)
    note = plain(item.get("note"))
    number = plain(item.get("number"))
    held = plain(item.get("archive_location")) if plain(item.get("archive")).lower() == "arxiv" else ""
    if re.match(r"arxiv:", number, re.IGNORECASE):  # a preprint: number and publisher say no more than its eprint
        fields = {name: text for name, text in fields.items() if name != "number" and text.lower() != "arxiv"}
    return draft_of_reference(
        Reference(
            source="csl",
            title=plain(item.get("title")) or plain(item.get("title-short")) or plain(item.get("shortTitle")),
            abstract=plain(item.get("abstract")),
            authors=authors or editors or others,
            published=_date(item.get("issued")) or _date(item.get("available-date")) or _date(item.get("event-date")),
            doi=plain(item.get("DOI")),
            url=plain(item.get("URL")),
            identifiers=tuple(text for text in (number, held, note, str(item.get("id", ""))) if text),
            venue=venue(container, fields),
            comment=note,
            keywords=tuple(word for part in plain(item.get("keyword")).split(",") if (word := part.strip())),
            entry={
                "type": kind,
                "key": plain(item.get("citation-key")) or _key(plain(item.get("id"))),
                "fields": fields,
                "latex": False,
            },
        )
    )


def _key(own: str) -> str:
    """An id that can be a citation key: Zotero's own exports have addresses there."""
    return "" if own.startswith(("http://", "https://")) else own


def plain(value: object) -> str:
    """The text of a value; markup that CSL allows in text (<i>, <sup>, …) is taken out. Of a list the first."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    text = str(value).strip()
    return html.unescape(_TAG.sub("", text)) if "<" in text or "&" in text else text


def without_markup(text: str) -> str:
    """Text without the HTML and JATS marks that publishers leave in; a "<" that opens no mark stays."""
    return html.unescape(re.sub(r"</?[a-z][^<>]{0,200}>", " ", text, flags=re.IGNORECASE))


def venue(container: str, fields: Mapping[str, str]) -> str:
    """ "Bulletin of Volcanology 62(8), 493–518": where it appeared, on one line; empty where nobody says."""
    if not container:
        return ""
    volume, number, pages = (fields.get(name, "") for name in ("volume", "number", "pages"))
    line = f"{container} {volume}".strip() + (f"({number})" if number and volume else "")
    return f"{line}, {pages}" if pages else line


def bibtex_name(author: Author) -> str:
    """One name as BibTeX reads it back: "Family, Given", a body in braces."""
    if author.given:
        return f"{author.family}, {author.given}"
    return f"{{{author.name}}}" if author.family and " " in author.family else author.name


def _names(value: object) -> tuple[Author, ...]:
    if isinstance(value, dict):
        value = [value]
    if isinstance(value, str):  # not CSL, but written
        value = re.split(r"\s*;\s*|\s+and\s+", value)
    return known(map(_name, value)) if isinstance(value, list) else ()


def _name(name: object) -> Author | None:
    if not isinstance(name, dict):
        return printed(name) if isinstance(name, str) else None
    if name.get("literal"):
        return literal(plain(name["literal"]))
    particle = plain(name.get("non-dropping-particle"))
    dropping = plain(name.get("dropping-particle"))
    family = f"{particle} {plain(name.get('family'))}".strip()
    return person(family, f"{plain(name.get('given'))} {dropping}".strip(), plain(name.get("suffix")))


def _date(value: object) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if not isinstance(value, dict):
        return partial_date(str(value)) if isinstance(value, (str, int)) and not isinstance(value, bool) else None
    parts = value.get("date-parts")
    if isinstance(parts, str):
        return partial_date(parts)
    if isinstance(parts, list) and parts:
        first = parts[0] if isinstance(parts[0], list) else parts
        return iso_date(*first[:3]) if first else None
    return partial_date(plain(value.get("raw")) or plain(value.get("literal")))
