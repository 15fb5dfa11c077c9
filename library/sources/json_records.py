"""One JSON object to one paper: arXiv snapshot lines and plain records here, CSL and Zotero items in their modules.

Plain records have id (an arXiv id, a DOI or one's own), title, abstract, authors (list or text), categories (list or
text) and dates (published, updated, first_listed); _id and text, as test collections write them, do as well, and
a record with an abstract needs no title. What arXiv announced is read from `announce`:

| record                                  | announcement rows                                                      |
|-----------------------------------------|------------------------------------------------------------------------|
| announce "new", first_listed D          | day D: `new` in the primary category, `cross` in every other one       |
| announce "replaced", first_listed D     | day D: `replace` in the primary category, `replace-cross` in the others|
| relisted [E, …]                         | days E: as for "replaced"                                              |
| listing_inferred true                   | none: D is the day of submission, no listing was seen                  |

The primary category is `primary_category`, else the first one. arXiv says `new` only in the primary category of a
paper; in every other listing the same paper is a cross-list.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from library.papers.identity import arxiv_id, doi, paper_key
from library.papers.model import Announcement, AnnounceType, Author, PaperDraft, Version
from library.sources.dates import iso_moment, partial_date
from library.sources.reference import (
    ABSTRACT_LIMIT,
    AUTHOR_LIMIT,
    TITLE_LIMIT,
    Unusable,
    known,
    person,
    printed,
)
from library.text import one_line

_DAY = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
_CATEGORY = re.compile(r"[A-Za-z-]+(?:\.[A-Za-z-]+)?")


def draft_of(value: Any) -> PaperDraft:
    """The paper that a JSON value means, by the fields it has. Raises Unusable with the reason."""
    if not isinstance(value, dict):
        raise Unusable(f"a JSON object was expected, but this is {_kind(value)}")
    if "labtop" in value:
        from library.sources.labtop_record import draft_of_labtop, is_labtop_record

        if is_labtop_record(value):
            return draft_of_labtop(value)
    if isinstance(value.get("data"), dict) and "itemType" in value["data"]:
        value = value["data"]
    if "itemType" in value:
        from library.sources.zotero import draft_of_item

        return draft_of_item(value)
    if "authors_parsed" in value or _has_versions(value):
        return _snapshot(value)
    if ("type" in value or "issued" in value) and _is_csl(value):
        from library.sources.csl import draft_of_csl

        return draft_of_csl(value)
    return _plain(value)


def _has_versions(value: Mapping[str, Any]) -> bool:
    versions = value.get("versions")
    return isinstance(versions, list) and bool(versions) and isinstance(versions[0], dict) and "created" in versions[0]


def _is_csl(value: Mapping[str, Any]) -> bool:
    return not ("categories" in value or "first_listed" in value or isinstance(value.get("authors"), (list, str)))


def _snapshot(value: Mapping[str, Any]) -> PaperDraft:
    """A line of arXiv's metadata snapshot. `update_date` is when the metadata changed, not the text: not a version."""
    identifier = arxiv_id(_text(value, "id"))
    if identifier is None:
        raise Unusable(f"“{_text(value, 'id')[:60]}” is not an arXiv id")
    versions = tuple(_versions(value.get("versions")))
    dates = [version.submitted_at for version in versions if version.submitted_at]
    parsed = value.get("authors_parsed")
    authors = known(_parsed_name(name) for name in parsed) if isinstance(parsed, list) else ()
    authors = authors or _authors(value)
    return PaperDraft(
        key=identifier.base,
        kind="arxiv",
        source="snapshot",
        title=_title(value),
        abstract=one_line(_text(value, "abstract"))[:ABSTRACT_LIMIT],
        authors=authors[:AUTHOR_LIMIT],
        categories=_categories(value.get("categories")),
        version=max((version.number for version in versions), default=identifier.version),
        versions=versions,
        submitted_at=dates[0] if dates and versions[0].number == 1 else None,
        updated_at=dates[-1] if dates else _moment(value.get("update_date")),
        doi=_optional(value, "doi"),
        journal_ref=_optional(value, "journal-ref", "journal_ref"),
        comment=_optional(value, "comments", "comment"),
        license=_optional(value, "license"),
        extra={"report-no": report} if (report := _optional(value, "report-no")) else {},
    )


def _plain(value: Mapping[str, Any]) -> PaperDraft:
    if isinstance(value.get("id"), float):
        raise Unusable(f"the id {value['id']} is a number and may have lost a zero at its end: write it as text")
    own = one_line(_text(value, "id", "_id", "arxiv_id", "key"))
    doi_text = _text(value, "doi", "DOI")
    identifier = next((found for text in (own, doi_text, _text(value, "url")) if (found := arxiv_id(text))), None)
    bare_doi = doi(own) or doi(doi_text)
    if identifier is None and not bare_doi and not own:
        raise Unusable("no id: an arXiv id, a DOI or a name of one's own")
    inferred = value.get("listing_inferred") is True
    listed = _day(value.get("first_listed"))
    published = _text(value, "published", "date", "year", "submitted")
    categories = _categories(value.get("categories"))
    primary = _categories(value.get("primary_category"))[:1]
    if primary:
        categories = (*primary, *(name for name in categories if name not in primary))
    version = value.get("version") if isinstance(value.get("version"), int) else None
    if version is not None and not 1 <= version <= 999:
        raise Unusable(f"version {version} is not a version of a paper")
    submitted = _moment(published) if identifier else None
    abstract = one_line(_text(value, "abstract", "summary", "text"))[:ABSTRACT_LIMIT]
    title = one_line(_text(value, "title"))[:TITLE_LIMIT]
    if not title and not abstract:
        raise Unusable("no title and no abstract")
    url = one_line(_text(value, "url"))
    return PaperDraft(
        key=paper_key(arxiv=identifier.base if identifier else None, doi_text=bare_doi, source="json", source_key=own),
        kind="arxiv" if identifier else "reference",
        source="json",
        title=title,
        abstract=abstract,
        text_kind="summary" if value.get("text_kind") == "summary" else "abstract",
        authors=_authors(value)[:AUTHOR_LIMIT],
        authors_truncated=value.get("authors_truncated") is True,
        categories=categories,
        categories_complete=value.get("categories_complete") is not False and bool(categories),
        version=version if version is not None else identifier.version if identifier else None,
        submitted_at=submitted or (listed if inferred else None),
        updated_at=_moment(value.get("updated")),
        published=None if identifier else partial_date(published),
        first_listed=None if inferred else listed,
        announcements=() if inferred or not listed else tuple(_announced(value, categories, listed)),
        doi=bare_doi or _optional(value, "doi"),
        journal_ref=_optional(value, "journal_ref", "journal"),
        comment=_optional(value, "comment", "comments"),
        license=_optional(value, "license"),
        url=url if url.startswith(("http://", "https://")) and not arxiv_id(url) else None,
    )


def _announced(value: Mapping[str, Any], categories: Sequence[str], listed: str) -> Iterator[Announcement]:
    """See the table above."""
    kind = value.get("announce")
    if kind == "new":
        yield from _day_of(categories, listed, "new", "cross")
    elif kind in ("replaced", "replace"):
        yield from _day_of(categories, listed, "replace", "replace-cross")
    relisted = value.get("relisted")
    for day in relisted if isinstance(relisted, list) else ():
        if (again := _day(day)) is not None:
            yield from _day_of(categories, again, "replace", "replace-cross")


def _day_of(categories: Sequence[str], day: str, own: AnnounceType, other: AnnounceType) -> Iterator[Announcement]:
    for position, category in enumerate(categories):
        yield Announcement(category, other if position else own, day)


def _title(value: Mapping[str, Any]) -> str:
    title = one_line(_text(value, "title"))[:TITLE_LIMIT]
    if not title:
        raise Unusable("no title")
    return title


def _authors(value: Mapping[str, Any]) -> tuple[Author, ...]:
    """A list of names or of {name} or {family, given}; a text with "and" or semicolons or commas between names."""
    given = value.get("authors", value.get("author"))
    if isinstance(given, str):
        separator = r"\s+and\s+" if " and " in given and "," not in given else r"\s*;\s*" if ";" in given else None
        if separator is None:
            separator = r",\s*(?:and\s+)?|\s+and\s+"
        return known(printed(name) for name in re.split(separator, given))
    if not isinstance(given, list):
        return ()
    return known(_name(name) for name in given)


def _name(name: object) -> Author | None:
    if isinstance(name, str):
        return printed(name)
    if isinstance(name, dict):
        if name.get("family"):
            return person(str(name["family"]), str(name.get("given") or ""))
        return printed(str(name.get("name") or ""))
    return None


def _parsed_name(name: object) -> Author | None:
    """[family, given, suffix], as the snapshot has them."""
    if not isinstance(name, list):
        return None
    parts = [part if isinstance(part, str) else "" for part in name[:3]] + ["", "", ""]
    return person(*parts[:3])


def _versions(value: object) -> Iterator[Version]:
    for item in value if isinstance(value, list) else ():
        number = re.fullmatch(r"v?([1-9]\d{0,2})", str(item.get("version", ""))) if isinstance(item, dict) else None
        if number:
            yield Version(int(number[1]), _moment(item.get("created")))


def _moment(value: object) -> str | None:
    """UTC ISO 8601; a day stays a day. Understands ISO and "Mon, 2 Apr 2007 19:18:42 GMT"; None for anything else."""
    text = value.strip() if isinstance(value, str) else ""
    return text if _DAY.fullmatch(text) else iso_moment(text)


def _day(value: object) -> str | None:
    text = value.strip()[:10] if isinstance(value, str) else ""
    return text if _DAY.fullmatch(text) else None


def _categories(value: object) -> tuple[str, ...]:
    names = value.split() if isinstance(value, str) else value if isinstance(value, list) else []
    clean = (one_line(name).strip(",;") for name in names if isinstance(name, str))
    return tuple(dict.fromkeys(name for name in clean if _CATEGORY.fullmatch(name)))


def _text(value: Mapping[str, Any], *names: str) -> str:
    """The first of these fields that holds a text (or a number)."""
    for name in names:
        found = value.get(name)
        if isinstance(found, str) and found.strip():
            return found
        if isinstance(found, (int, float)) and not isinstance(found, bool):
            return str(found)
    return ""


def _optional(value: Mapping[str, Any], *names: str) -> str | None:
    return one_line(_text(value, *names)) or None


def _kind(value: object) -> str:
    names = {list: "a list", str: "a text", int: "a number", float: "a number", bool: "true or false"}
    return names.get(type(value), "null")
