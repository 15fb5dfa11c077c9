"""Zotero's own items: exports as "Better BibTeX JSON" and answers of Zotero's local interface."""

from collections.abc import Mapping
from typing import Any

from library.papers.model import Author, PaperDraft
from library.sources.csl import bibtex_name, plain, venue, without_markup
from library.sources.dates import partial_date
from library.sources.reference import Reference, Unusable, draft_of_reference, known, literal, person

_TYPES = {
    **dict.fromkeys(("journalArticle", "magazineArticle", "newspaperArticle"), "article"),
    **dict.fromkeys(("conferencePaper", "presentation"), "inproceedings"),
    **dict.fromkeys(("bookSection", "encyclopediaArticle", "dictionaryEntry"), "incollection"),
    **{"book": "book", "thesis": "phdthesis", "report": "techreport", "manuscript": "unpublished"},
}
_FIELDS = {
    **{"volume": "volume", "issue": "number", "pages": "pages", "publisher": "publisher", "place": "address"},
    **{"series": "series", "edition": "edition", "ISBN": "isbn", "ISSN": "issn", "university": "school"},
    **{"institution": "institution", "reportNumber": "number", "thesisType": "type", "language": "language"},
}
_TITLES = ("title", "caseName", "nameOfAct", "subject", "shortTitle")
_PLACES = (
    "publicationTitle",
    "proceedingsTitle",
    "bookTitle",
    "encyclopediaTitle",
    "dictionaryTitle",
    "conferenceName",
)
_WRITES = (
    *("author", "inventor", "programmer", "artist", "director", "presenter", "podcaster", "cartographer"),
    *("interviewee", "performer", "composer", "contributor", "editor", "sponsor"),
)
_NOT_PAPERS = ("attachment", "note", "annotation")


def draft_of_item(item: Mapping[str, Any]) -> PaperDraft:
    """The paper that a Zotero item means. Raises Unusable, also for attachments and notes on their own."""
    name = str(item.get("itemType", ""))
    if name in _NOT_PAPERS:
        raise Unusable(f"a Zotero {name} on its own, not a reference")
    kind = _TYPES.get(name, "misc")
    extra = item.get("extra")
    notes = [str(line) for line in extra] if isinstance(extra, list) else str(extra or "").splitlines()
    container = next((text for place in _PLACES if (text := plain(item.get(place)))), "")
    fields = {field: text for source, field in _FIELDS.items() if (text := plain(item.get(source)))}
    if container:
        fields[{"article": "journal"}.get(kind, "booktitle")] = container
    creators = item.get("creators")
    people = [one for one in creators if isinstance(one, dict)] if isinstance(creators, list) else []
    roles = [str(one.get("creatorType", "author")) for one in people]
    role = next((role for role in _WRITES if role in roles), None)
    editors = known(_creator(one) for one, its in zip(people, roles, strict=True) if its == "editor")
    if editors and role != "editor":
        fields["editor"] = " and ".join(bibtex_name(editor) for editor in editors)
    tags = item.get("tags")
    cited = next((line.partition(":")[2].strip() for line in notes if line.lower().startswith("citation key:")), "")
    return draft_of_reference(
        Reference(
            source="zotero",
            title=next((text for title in _TITLES if (text := plain(item.get(title)))), ""),
            abstract=without_markup(plain(item.get("abstractNote"))),
            authors=known(_creator(one) for one, its in zip(people, roles, strict=True) if its == role),
            published=partial_date(
                plain(item.get("date")) or plain(item.get("issueDate")) or plain(item.get("dateDecided"))
            ),
            doi=plain(item.get("DOI")) or _from_extra(notes, "doi"),
            url=plain(item.get("url")),
            identifiers=(plain(item.get("archiveID")), plain(item.get("publicationTitle")), *notes),
            venue=venue(container, fields),
            keywords=tuple(word for tag in (tags if isinstance(tags, list) else ()) if (word := _tag(tag))),
            entry={
                "type": kind,
                "key": plain(item.get("citationKey")) or cited,
                "fields": fields,
                "latex": False,
            },
        )
    )


def _creator(creator: Mapping[str, Any]) -> Author | None:
    if creator.get("name") and not creator.get("lastName"):
        return literal(plain(creator["name"]))
    return person(plain(creator.get("lastName")), plain(creator.get("firstName")))


def _tag(tag: object) -> str:
    return plain(tag.get("tag")) if isinstance(tag, dict) else plain(tag)


def _from_extra(lines: list[str], name: str) -> str:
    return next((line.partition(":")[2].strip() for line in lines if line.lower().startswith(f"{name}:")), "")
