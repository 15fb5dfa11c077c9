"""Metadata of one DOI from DataCite or Crossref, as JSON. Independent of arXiv's servers.

https://support.datacite.org/docs/api-get-doi · https://www.crossref.org/documentation/retrieve-metadata/rest-api/
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from library.arxiv.problems import BadAnswer
from library.arxiv.transport import Transport
from library.papers.identity import abs_url, arxiv_id, doi
from library.papers.model import Author, PaperDraft, Version
from library.sources.csl import venue, without_markup
from library.sources.dates import iso_date
from library.text import one_line

_ABSTRACT_LABEL: Final = re.compile(r"^\s*Abstract[:.]?\s+", re.IGNORECASE)
_SUBJECT: Final = re.compile(r"\(([a-z][a-z-]+(?:\.[A-Za-z-]{2,})?)\)\s*$")


def datacite(transport: Transport, text: str) -> PaperDraft | None:
    """What DataCite knows of a DOI; None where it has none. arXiv's own DOIs give arXiv papers."""
    url = f"{transport.settings.datacite_url.rstrip('/')}/{quote(text, safe='/')}"
    record = _json(transport, url)
    data = record.get("data") if record else None
    facts = data.get("attributes") if isinstance(data, Mapping) else None
    if not isinstance(facts, Mapping):
        return None
    title = _title(facts)
    if not title:
        return None
    paper = arxiv_id(text)
    dates = [
        (str(item.get("dateInformation") or ""), str(item["date"])[:20])
        for item in _items(facts, "dates")
        if item.get("dateType") in ("Submitted", "Updated") and item.get("date")
    ]
    submitted = next((when for which, when in dates if which in ("v1", "")), None)
    subjects = [str(item.get("subject") or "") for item in _items(facts, "subjects")]
    year = str(facts.get("publicationYear") or "")[:4]
    version = str(facts.get("version") or "").removeprefix("v")
    return PaperDraft(
        key=paper.base if paper else f"doi:{doi(text) or text.lower()}",
        kind="arxiv" if paper else "reference",
        source="datacite",
        title=title,
        abstract=_abstract(_described(facts)),
        authors=tuple(author for item in _items(facts, "creators") if (author := _creator(item)) is not None),
        categories=tuple(dict.fromkeys(match[1] for one in subjects if (match := _SUBJECT.search(one)))),
        categories_complete=bool(paper),
        version=int(version) if paper and version.isascii() and version.isdigit() else None,
        versions=(Version(1, submitted),) if paper and submitted else (),
        submitted_at=submitted if paper else None,
        updated_at=max((when for _, when in dates), default=None) if paper else None,
        published=year if year.isdigit() and not paper else None,
        doi=_published_doi(facts) if paper else doi(text),
        license=next(
            (one_line(str(item["rightsUri"])) for item in _items(facts, "rightsList") if item.get("rightsUri")), None
        ),
        url=abs_url(paper.base) if paper else one_line(str(facts.get("url") or "")) or None,
    )


def crossref(transport: Transport, text: str) -> PaperDraft | None:
    """What Crossref knows of a DOI; None where it has none."""
    url = f"{transport.settings.crossref_url.rstrip('/')}/{quote(text, safe='')}"
    record = _json(transport, url)
    facts = record.get("message") if record else None
    if not isinstance(facts, Mapping):
        return None
    title = _plain(_first(facts, "title"))
    if not title:
        return None
    journal = _plain(_first(facts, "container-title"))
    known = ("volume", "issue", "page", "publisher", "type", "ISSN", "ISBN")
    extra: dict[str, Any] = {name: facts[name] for name in known if facts.get(name)}
    if journal:
        extra["journal"] = journal
    return PaperDraft(
        key=f"doi:{doi(text) or text.lower()}",
        kind="reference",
        source="crossref",
        title=title,
        abstract=_abstract(str(facts.get("abstract") or "")),
        authors=tuple(author for item in _items(facts, "author") if (author := _creator(item)) is not None),
        published=_published(facts),
        doi=doi(text),
        journal_ref=_journal_line(journal, facts),
        license=next((one_line(str(item["URL"])) for item in _items(facts, "license") if item.get("URL")), None),
        url=f"https://doi.org/{doi(text) or text}",
        extra=extra,
    )


def _json(transport: Transport, url: str) -> Mapping[str, Any] | None:
    answer = transport.get(url, polite=False, also=frozenset({404}))
    if answer.status == 404:
        return None
    try:
        record = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise BadAnswer(f"The answer of {url} is not JSON.", evidence={"url": url}) from error
    return record if isinstance(record, Mapping) else None


def _items(facts: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = facts.get(name)
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _first(facts: Mapping[str, Any], name: str) -> str:
    value = facts.get(name)
    return str(value[0]) if isinstance(value, Sequence) and not isinstance(value, str) and value else str(value or "")


def _title(facts: Mapping[str, Any]) -> str:
    return next((title for item in _items(facts, "titles") if (title := _plain(str(item.get("title") or "")))), "")


def _described(facts: Mapping[str, Any]) -> str:
    found = (item for item in _items(facts, "descriptions") if item.get("descriptionType") == "Abstract")
    return next((str(item.get("description") or "") for item in found), "")


def _published_doi(facts: Mapping[str, Any]) -> str | None:
    """The DOI under which an arXiv paper was published elsewhere."""
    for item in _items(facts, "relatedIdentifiers"):
        found = doi(str(item.get("relatedIdentifier") or ""))
        if item.get("relationType") in ("IsVersionOf", "IsPreprintOf") and found and arxiv_id(found) is None:
            return found
    return None


def _creator(item: Mapping[str, Any]) -> Author | None:
    """Crossref says given and family, DataCite givenName and familyName, groups only name."""
    given = one_line(str(item.get("given") or item.get("givenName") or ""))
    family = one_line(str(item.get("family") or item.get("familyName") or ""))
    name = f"{given} {family}".strip() or one_line(str(item.get("name") or ""))
    return Author(name, family, given) if name else None


def _abstract(text: str) -> str:
    return _ABSTRACT_LABEL.sub("", _plain(text), count=1)


def _plain(text: str) -> str:
    return one_line(without_markup(text))


def _published(facts: Mapping[str, Any]) -> str | None:
    for name in ("published-print", "published-online", "issued", "created"):
        value = facts.get(name)
        parts = value.get("date-parts") if isinstance(value, Mapping) else None
        first = parts[0] if isinstance(parts, list) and parts else None
        found = iso_date(*first[:3]) if isinstance(first, list) and first else None
        if found is not None:
            return found
    return None


def _journal_line(journal: str, facts: Mapping[str, Any]) -> str | None:
    fields = {"volume": "volume", "issue": "number", "page": "pages"}
    return venue(journal, {field: one_line(str(facts.get(name) or "")) for name, field in fields.items()}) or None
