"""What BibTeX, RIS, CSL-JSON and Zotero have in common: a reference, and which paper it is.

Its key is the arXiv id that it names anywhere, else its DOI, else title, first author and year: two exports of one
library fold onto each other, while equal citation keys of two people do not.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from library.papers.identity import arxiv_id, doi, paper_key
from library.papers.model import Author, PaperDraft
from library.text import clean, one_line

TITLE_LIMIT, ABSTRACT_LIMIT, AUTHOR_LIMIT = 2_000, 200_000, 10_000  # what no real record exceeds

_ARXIV_IN_TEXT = re.compile(
    r"(?:arxiv\s*(?:preprint|e-?print|id|identifier)?\s*:?\s*|arxiv\.org/(?:abs|pdf|html)/|\babs/)"
    r"((?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z-]{2,})?/\d{7})(?:v\d+)?)",
    re.IGNORECASE,
)
# Old DOIs have a place in angle brackets, "41:6<391::AID-ASI1>3.0.CO;2-9" (ANSI/NISO Z39.56); marks look otherwise.
_DOI_IN_TEXT = re.compile(r"\b(10\.\d{4,9}/(?:[^\s\"<>{}|\\^`]|<[a-z]?\d[^\s<>\":]*:[^\s<>\"]*>)+)", re.IGNORECASE)


class Unusable(Exception):
    """A record that cannot become a paper; its text is the reason, for a person."""


@dataclass
class Reference:
    """One entry of a bibliography, decoded to plain text. `identifiers`: wherever an arXiv id or DOI may stand."""

    source: str
    title: str = ""
    abstract: str = ""
    authors: tuple[Author, ...] = ()
    authors_truncated: bool = False
    published: str | None = None
    doi: str = ""
    eprint: str = ""
    url: str = ""
    identifiers: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    venue: str = ""
    comment: str = ""
    keywords: tuple[str, ...] = ()
    entry: Mapping[str, Any] = field(default_factory=dict)


_PREPRINT = re.compile(r"\s*(?:arxiv|corr)\b", re.IGNORECASE)  # a "journal" that is arXiv itself: nowhere published yet


def draft_of_reference(reference: Reference) -> PaperDraft:
    """The paper that a reference means. Raises Unusable for one without title and without identifier."""
    title = one_line(reference.title)[:TITLE_LIMIT]
    arxiv = _arxiv(reference)
    bare_doi = _doi(reference)
    if not title:
        identifier = arxiv or bare_doi
        if not identifier:
            raise Unusable("no title, and no arXiv id or DOI to know it by")
        title = f"(no title) {identifier}"
    key = paper_key(arxiv=arxiv, doi_text=bare_doi, source="ref", source_key=_content_key(title, reference))
    is_arxiv = arxiv_id(key) is not None
    extra: dict[str, Any] = {"entry": dict(reference.entry)} if reference.entry else {}
    if reference.keywords:
        extra["keywords"] = list(reference.keywords)
    abstract = _paragraphs(reference.abstract)[:ABSTRACT_LIMIT]
    url = one_line(reference.url)
    return PaperDraft(
        key=key,
        kind="arxiv" if is_arxiv else "reference",
        source=reference.source,
        title=title,
        abstract=abstract,
        text_kind="abstract" if abstract else "none",
        authors=reference.authors[:AUTHOR_LIMIT],
        authors_truncated=reference.authors_truncated,
        categories=reference.categories if is_arxiv else (),
        categories_complete=not (is_arxiv and reference.categories),
        published=reference.published,
        doi=bare_doi,
        journal_ref=None if is_arxiv and _PREPRINT.match(reference.venue) else one_line(reference.venue) or None,
        comment=one_line(reference.comment) or None,
        url=url if re.match(r"https?://", url, re.IGNORECASE) and not arxiv_id(url) else None,
        extra=extra,
    )


_SUFFIX = re.compile(r"(?:Jr|Sr)\.?|I{2,3}|IV")
_OF_A_BODY = re.compile(r"^(?:Inc|Ltd|LLC|GmbH|Corp)\b|\b(?:Collaboration|Consortium|Team|Group)$", re.IGNORECASE)


def person(family: str, given: str = "", suffix: str = "") -> Author | None:
    """An author from the parts of a name; None where nothing is left of it."""
    family, given, suffix = one_line(family).strip(" ,"), one_line(given).strip(" ,"), one_line(suffix).strip(" ,")
    name = " ".join(part for part in (given, family, suffix) if part)
    return Author(name, f"{family} {suffix}".strip(), given) if name else None


def literal(name: str) -> Author | None:
    """A body, or a name that must not be split: all of it is the family name."""
    whole = one_line(name)
    return Author(whole, whole, "") if whole else None


def printed(name: str) -> Author | None:
    """A name as printed. "Family, Given" and "Family, Given, Jr." say their parts; a name without a comma, and a body
    with one ("Barnes and Noble, Inc."), is left unsplit."""
    whole = one_line(name).strip(" ,;")
    match [part.strip() for part in whole.split(",")]:
        case [family, given] if not _OF_A_BODY.search(given):
            return person(family, given)
        case [family, given, suffix] if _SUFFIX.fullmatch(suffix):
            return person(family, given, suffix)
        case [family, suffix, given] if _SUFFIX.fullmatch(suffix):
            return person(family, given, suffix)
    return Author(whole) if whole else None


def known(authors: Iterable[Author | None]) -> tuple[Author, ...]:
    """Without the empty ones."""
    return tuple(author for author in authors if author is not None)


def _arxiv(reference: Reference) -> str | None:
    for text in (reference.eprint, reference.doi, reference.url, *reference.identifiers):
        if not text:
            continue
        found = arxiv_id(text)
        if found is not None:
            return found.base
    for text in (reference.url, *reference.identifiers):
        match = _ARXIV_IN_TEXT.search(text) if text else None
        found = arxiv_id(match[1]) if match else None
        if found is not None:
            return found.base
    return None


def _doi(reference: Reference) -> str | None:
    """The published DOI; arXiv's own DOI is the arXiv id said otherwise, and what notes name is then another work."""
    elsewhere = () if arxiv_id(reference.doi) is not None else reference.identifiers
    for text in (reference.doi, reference.url, *elsewhere):
        match = _DOI_IN_TEXT.search(text) if text else None
        found = doi(match[1].split("?")[0] if text is reference.url else match[1]) if match else None
        if found and arxiv_id(found) is None:
            return found.rstrip(")]") if found.count("(") < found.count(")") else found
    return None


def _content_key(title: str, reference: Reference) -> str:
    """ "vaswani2017-3f2a91c04d": readable, and the same for the same work in every format."""
    first = reference.authors[0] if reference.authors else None
    family = (first.family or first.name.split()[-1]) if first and first.name.split() else ""
    year = (reference.published or "")[:4]
    facts = "|".join(("".join(re.findall(r"\w+", _folded(title))), _folded(family), year))
    slug = "".join(re.findall(r"[a-z0-9]+", _folded(family)))[:20]
    return f"{slug or 'anon'}{year}-{hashlib.sha256(facts.encode()).hexdigest()[:10]}"


def _folded(text: str) -> str:
    """Lower case without accents, dollars and braces."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _paragraphs(text: str) -> str:
    """Cleaned, with blank lines between paragraphs kept and everything else on one line."""
    return "\n\n".join(part for part in (one_line(piece) for piece in re.split(r"\n\s*\n", clean(text))) if part)
