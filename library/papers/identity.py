"""Which paper is meant: arXiv identifiers in all their spellings, DOIs, and the canonical key made of them.

The key of a paper is its arXiv base id (no version, no subject class), else `doi:…`, else `source:…`. Versions and
cross-lists therefore fold onto one paper. https://info.arxiv.org/help/arxiv_identifier.html
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from library.text import clean

_NEW = r"(?P<new>\d{2}(?:0[1-9]|1[0-2])\.\d{4,5})"
_OLD = r"(?P<archive>[a-z]+(?:-[a-z]+)?)(?:\.[A-Za-z-]{2,})?/(?P<number>\d{7})"
_VERSION = r"(?:v(?P<version>[1-9]\d{0,2}))?"
_ARXIV_ID = re.compile(rf"(?:{_NEW}|{_OLD}){_VERSION}", re.IGNORECASE)
_ARXIV_PREFIX = re.compile(
    r"^(?:https?://(?:[\w.-]+\.)?arxiv\.org/(?:abs|pdf|html|format|src|e-print)/|oai:arxiv\.org:"
    r"|https?://(?:dx\.)?doi\.org/10\.48550/arxiv\.|doi:\s*10\.48550/arxiv\.|10\.48550/arxiv\.|arxiv:\s*)",
    re.IGNORECASE,
)
_DOI = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ArxivId:
    """An arXiv identifier: `base` without version and subject class, `version` where it was given."""

    base: str
    version: int | None = None


def arxiv_id(text: str) -> ArxivId | None:
    """The arXiv id that `text` is (bare, `arXiv:…`, abs/pdf/html URL, OAI identifier, arXiv DOI), else None."""
    rest = _ARXIV_PREFIX.sub("", unquote(text.strip()))
    rest = re.sub(r"(?:\.pdf)?(?:[?#].*)?$", "", rest).rstrip("/")
    rest = re.sub(r"\s*\[[\w.-]+\]$", "", rest)  # "1501.00001 [cs.LG]", as BibTeX notes write it
    match = _ARXIV_ID.fullmatch(rest)
    if match is None:
        return None
    base = match["new"] or f"{match['archive'].lower()}/{match['number']}"
    return ArxivId(base, int(match["version"]) if match["version"] else None)


def doi(text: str) -> str | None:
    """A bare lower-case DOI (DOIs are case-insensitive), else None."""
    match = _DOI.match(clean(unquote(text)).strip())
    if match is None:
        return None
    return match[1].rstrip(".,;").lower()


def abs_url(base: str) -> str:
    """The page of an arXiv paper."""
    return f"https://arxiv.org/abs/{base}"


def paper_key(*, arxiv: str | None, doi_text: str | None, source: str, source_key: str) -> str:
    """The canonical key: arXiv base id, else `doi:…`, else `source:key`. An arXiv DOI counts as the arXiv id."""
    for candidate in (arxiv, doi_text):
        found = arxiv_id(candidate) if candidate else None
        if found is not None:
            return found.base
    bare = doi(doi_text) if doi_text else None
    return f"doi:{bare}" if bare else f"{source}:{source_key}"


def arxiv_month(base: str) -> str:
    """YYYY-MM that an arXiv id was given in: the day of last resort for a paper without dates."""
    digits = base.split("/")[-1][:4]
    year = int(digits[:2])
    return f"{1900 + year if year > 90 else 2000 + year}-{digits[2:]}"
