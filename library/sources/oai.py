"""OAI-PMH records of arXiv: metadataPrefix arXiv, arXivRaw and oai_dc.

https://info.arxiv.org/help/oa/index.html · http://www.openarchives.org/OAI/openarchivesprotocol.html
A record's datestamp is the day on which its metadata was last changed (by authors or by arXiv's staff), not the day
it was submitted or announced.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO, Final, cast

from lxml import etree

from library.papers.identity import abs_url, arxiv_id, doi
from library.papers.model import Author, PaperDraft, Version
from library.sources import BadRecord, Record
from library.sources.arxiv_atom import creators
from library.sources.dates import iso_moment
from library.sources.xml_stream import Broken, all_text, child_text, child_texts, elements, local_name
from library.text import one_line

_PARTS: Final = frozenset({"record", "header", "resumptionToken", "error", "responseDate"})
_AND: Final = re.compile(r",?\s+and\s+(?=[^()]*(?:\(|$))")
_TEX: Final = re.compile(r"[\\{}]")
_CATEGORY: Final = re.compile(r"[a-z][a-z-]+(?:\.[A-Za-z-]{2,})?")


@dataclass(frozen=True, slots=True)
class OaiRecord:
    """One record with what its header says. `datestamp`: YYYY-MM-DD, the last change of its metadata."""

    record: Record | BadRecord
    identifier: str
    datestamp: str | None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class OaiPage:
    """One answer. `token` is None on the last page; `errors` holds (code, message)."""

    records: tuple[OaiRecord, ...]
    token: str | None = None
    errors: tuple[tuple[str, str], ...] = ()
    response_date: str | None = None
    is_oai: bool = False
    broken: str | None = None


@dataclass(slots=True)
class _Rest:
    token: str | None = None
    errors: list[tuple[str, str]] = field(default_factory=list)
    response_date: str | None = None
    is_oai: bool = False
    broken: Broken | None = None


def read_oai(stream: BinaryIO) -> Iterator[Record | BadRecord]:
    """The records of an answer (or of a bare `<record>`), one at a time.

    Deleted records and protocol errors come as `BadRecord`; `noRecordsMatch` is a normal answer and gives nothing.
    """
    rest = _Rest()
    for found in _records(stream, rest):
        yield found.record
    for code, message in rest.errors:
        if code != "noRecordsMatch":
            yield BadRecord(f"the OAI-PMH server answered {code}: {message}", "")
    if rest.broken is not None:
        yield BadRecord(rest.broken.reason, "", rest.broken.line)


def read_page(stream: BinaryIO) -> OaiPage:
    """A whole answer: its records, resumption token and errors. Never raises for bad XML: see `broken`."""
    rest = _Rest()
    records = tuple(_records(stream, rest))
    reason = rest.broken.reason if rest.broken else None
    return OaiPage(records, rest.token, tuple(rest.errors), rest.response_date, rest.is_oai, reason)


def _records(stream: BinaryIO, rest: _Rest) -> Iterator[OaiRecord]:
    for element in elements(stream, _PARTS):
        if isinstance(element, Broken):
            rest.broken = element
            return
        root = element.getroottree().getroot()
        rest.is_oai = rest.is_oai or (root is not None and local_name(root) in ("OAI-PMH", "record"))
        name = local_name(element)
        if name == "record":
            yield _record(element)
        elif name == "resumptionToken":
            rest.token = (element.text or "").strip() or None
        elif name == "error":
            rest.errors.append((element.get("code") or "unknown", one_line(all_text(element))))
        elif name == "responseDate":
            rest.response_date = one_line(all_text(element)) or None


def _record(record: etree._Element) -> OaiRecord:
    header = next((child for child in record if local_name(child) == "header"), None)
    identifier = one_line(child_text(header, "identifier") or "") if header is not None else ""
    datestamp = _day(child_text(header, "datestamp")) if header is not None else None
    line = cast("int | None", record.sourceline)

    def bad(reason: str) -> BadRecord:
        return BadRecord(reason, etree.tostring(record, encoding="unicode", with_tail=False), line)

    if header is not None and header.get("status") == "deleted":
        return OaiRecord(bad(f"{identifier or 'the record'} was deleted at its source"), identifier, datestamp, True)
    metadata = next((child for child in record if local_name(child) == "metadata"), None)
    body = next((child for child in metadata if local_name(child)), None) if metadata is not None else None
    if body is None:
        return OaiRecord(bad(f"{identifier or 'the record'} has no metadata"), identifier, datestamp)
    reader = _FORMATS.get(local_name(body))
    if reader is None:
        return OaiRecord(bad(f"metadata of the format {local_name(body)!r} is not known"), identifier, datestamp)
    sets = child_texts(header, "setSpec") if header is not None else []
    found = arxiv_id(identifier) or arxiv_id(child_text(body, "id") or "")
    if found is None:
        found = next((one for text in child_texts(body, "identifier") if (one := arxiv_id(text))), None)
    if found is None:
        return OaiRecord(bad(f"there is no arXiv identifier in {identifier!r}"), identifier, datestamp)
    if not one_line(child_text(body, "title") or ""):
        return OaiRecord(bad(f"{found.base} has no title"), identifier, datestamp)
    return OaiRecord(Record(reader(body, found.base, sets), line), identifier, datestamp)


def _arxiv(body: etree._Element, base: str, _: list[str]) -> PaperDraft:
    created, updated = _day(child_text(body, "created")), _day(child_text(body, "updated"))
    holder = next((child for child in body if local_name(child) == "authors"), None)
    authors = tuple(
        person
        for author in (holder if holder is not None else ())
        if local_name(author) == "author" and (person := _person(author)) is not None
    )
    return _draft(body, base, authors, versions=(Version(1, created),) if created else (), updated=updated or created)


def _arxiv_raw(body: etree._Element, base: str, _: list[str]) -> PaperDraft:
    versions = []
    for element in body:
        number = (element.get("version") or "").removeprefix("v")
        if local_name(element) == "version" and number.isascii() and number.isdigit():
            versions.append(Version(int(number), iso_moment(child_text(element, "date"))))
    versions.sort(key=lambda version: version.number)
    line = _AND.sub(", ", one_line(child_text(body, "authors") or ""))
    authors = tuple(Author(_plain(author.name)) for author in creators(line))
    return _draft(
        body, base, authors, versions=tuple(versions), updated=versions[-1].submitted_at if versions else None
    )


def _draft(
    body: etree._Element,
    base: str,
    authors: tuple[Author, ...],
    *,
    versions: tuple[Version, ...],
    updated: str | None,
) -> PaperDraft:
    known = (("report-no", "report_no"), ("msc-class", "msc_class"), ("acm-class", "acm_class"))
    extra = {column: value for name, column in known if (value := _text(body, name))}
    # The `arXiv` format knows only the first date; `arXivRaw` knows every version.
    number = versions[-1].number if versions and local_name(body) == "arXivRaw" else None
    return PaperDraft(
        key=base,
        kind="arxiv",
        source="arxiv-oai",
        title=one_line(child_text(body, "title") or ""),
        abstract=one_line(child_text(body, "abstract") or ""),
        authors=authors,
        categories=tuple(dict.fromkeys(one_line(child_text(body, "categories") or "").split())),
        version=number,
        versions=versions,
        submitted_at=versions[0].submitted_at if versions and versions[0].number == 1 else None,
        updated_at=updated,
        doi=_first_doi(child_texts(body, "doi")),
        journal_ref=_text(body, "journal-ref"),
        comment=_text(body, "comments"),
        license=_text(body, "license"),
        url=abs_url(base),
        extra=extra,
    )


def _dublin_core(body: etree._Element, base: str, sets: list[str]) -> PaperDraft:
    from library.arxiv.categories import code_of  # names of categories instead of codes: only here

    dates = [day for text in child_texts(body, "date") if (day := _day(text))]
    notes = [one_line(text) for text in child_texts(body, "description")]
    comment = next((note.partition(":")[2].strip() for note in notes if note.startswith("Comment:")), None)
    codes = tuple(dict.fromkeys(code for text in child_texts(body, "subject") if (code := code_of(one_line(text)))))
    archives = tuple(
        dict.fromkeys(spec.rpartition(":")[2] for spec in sets if _CATEGORY.fullmatch(spec.rpartition(":")[2]))
    )
    others = [one_line(text) for text in child_texts(body, "identifier") if arxiv_id(text) is None]
    return PaperDraft(
        key=base,
        kind="arxiv",
        source="arxiv-oai",
        title=one_line(child_text(body, "title") or ""),
        abstract=next((note for note in notes if not note.startswith("Comment:")), ""),
        authors=tuple(_inverted(text) for text in child_texts(body, "creator")),
        categories=codes or archives,
        categories_complete=bool(codes),
        versions=(Version(1, min(dates)),) if dates else (),
        submitted_at=min(dates, default=None),
        updated_at=max(dates, default=None),
        doi=_first_doi(others),
        journal_ref=next((text for text in others if doi(text) is None and "://" not in text), None),
        comment=comment or None,
        license=_text(body, "rights"),
        url=abs_url(base),
    )


_FORMATS: Final[dict[str, Callable[[etree._Element, str, list[str]], PaperDraft]]] = {
    "arXiv": _arxiv,
    "arXivRaw": _arxiv_raw,
    "dc": _dublin_core,
}


def _person(author: etree._Element) -> Author | None:
    family = _plain(one_line(child_text(author, "keyname") or ""))
    given = _plain(one_line(child_text(author, "forenames") or ""))
    suffix = _plain(one_line(child_text(author, "suffix") or ""))
    if not family:
        return Author(given) if given else None
    return Author(" ".join(part for part in (given, family, suffix) if part), f"{family} {suffix}".strip(), given)


def _inverted(text: str) -> Author:
    """ "Family, Given" as Dublin Core writes people; a group has no comma."""
    family, comma, given = (one_line(part) for part in one_line(text).partition(","))
    return Author(f"{given} {family}".strip(), family, given) if comma and given else Author(family)


def _plain(name: str) -> str:
    r"""A name without TeX: "\'Edgar Rold\'an" is what older records hold."""
    if not _TEX.search(name):
        return name
    from pylatexenc.latex2text import LatexNodes2Text

    try:
        return one_line(LatexNodes2Text().latex_to_text(name)) or name
    except Exception:  # it raises whatever its parser trips over; a name with TeX in it is still a name
        return name


def _first_doi(texts: list[str]) -> str | None:
    """Records of papers published twice hold several DOIs in one element."""
    return next((found for text in texts for part in text.split() if (found := doi(part))), None)


def _text(body: etree._Element, name: str) -> str | None:
    return one_line(child_text(body, name) or "") or None


def _day(text: str | None) -> str | None:
    """YYYY-MM-DD where `text` starts with a real date, else None."""
    try:
        return date.fromisoformat((text or "").strip()[:10]).isoformat()
    except ValueError:
        return None
