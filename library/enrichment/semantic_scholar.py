"""Semantic Scholar: citations and external ids in batches, recommendations from what a person kept and skipped.

https://api.semanticscholar.org/api-docs — a batch may come back in another order, with nulls, or with a paper that was
not asked for: what is believed is the external ids of each.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from library.arxiv.problems import BadAnswer
from library.arxiv.transport import Transport
from library.enrichment.model import Facts, Wanted
from library.enrichment.reading import address, arxiv_base, items, number, parsed, part, published_doi, words, year
from library.papers.identity import abs_url
from library.text import counted

BATCH: Final = 500
_FIELDS: Final = "externalIds,citationCount,influentialCitationCount,venue,journal,year,url"
_LISTED: Final = "externalIds,title,authors,year,venue,citationCount,url"
_NONE_KNOWN: Final = b"No valid paper ids given"


@dataclass(frozen=True, slots=True)
class Recommended:
    """A paper that is recommended: `key` as it would be added. Not in the library yet."""

    key: str
    title: str
    authors: str
    year: int | None
    venue: str | None
    citations: int | None
    url: str | None


def name_of(paper: Wanted) -> str | None:
    """The id that is sent; None for a paper that has none outside this library."""
    if paper.arxiv:
        return f"ARXIV:{paper.arxiv}"
    return f"DOI:{paper.doi}" if paper.doi else None


def ask(transport: Transport, url: str, papers: Sequence[Wanted]) -> dict[int, Facts]:
    """By paper, what it says; papers that it does not know are left out. At most BATCH of them."""
    names = [name_of(paper) for paper in papers]
    answer = transport.get(
        f"{url.rstrip('/')}/graph/v1/paper/batch?fields={_FIELDS}",
        payload=json.dumps({"ids": names}).encode(),
        also=frozenset({400}),
    )
    if answer.status == 400 and _NONE_KNOWN in answer.body:
        return {}
    if answer.status == 400:
        raise BadAnswer("Semantic Scholar did not understand the question (400).", evidence={"url": answer.url})
    records = parsed(answer, list)
    if len(records) != len(names):  # one a paper, null where it knows none: with more or fewer nobody is "not known"
        raise BadAnswer(
            f"Semantic Scholar sent {counted(len(records), 'record')} for {counted(len(names), 'paper')}.",
            evidence={"url": answer.url, "status": answer.status},
        )
    by_arxiv = {paper.arxiv: paper.id for paper in papers if paper.arxiv}
    by_doi = {paper.doi: paper.id for paper in papers if paper.doi}
    found: dict[int, Facts] = {}
    for place, record in enumerate(records):
        if not isinstance(record, Mapping):
            continue
        base = arxiv_base(part(record, "externalIds", "ArXiv"))
        record_doi = published_doi(part(record, "externalIds", "DOI"))
        paper_id = by_arxiv.get(base) if base else None
        if paper_id is None and record_doi:
            paper_id = by_doi.get(record_doi)
        if paper_id is None and not base and not record_doi:
            paper_id = papers[place].id  # it names no id at all: the place is all there is
        if paper_id is not None:
            found[paper_id] = _facts(record, record_doi)
    return found


def recommend(
    transport: Transport, url: str, liked: Sequence[Wanted], disliked: Sequence[Wanted], most: int
) -> tuple[Recommended, ...]:
    """Papers near the liked ones and far from the others; those without an id to add them by are left out."""
    question = {
        "positivePaperIds": [name for paper in liked if (name := name_of(paper))],
        "negativePaperIds": [name for paper in disliked if (name := name_of(paper))],
    }
    answer = transport.get(
        f"{url.rstrip('/')}/recommendations/v1/papers?fields={_LISTED}&limit={most}",
        payload=json.dumps(question).encode(),
    )
    found = (_recommended(record) for record in items(part(parsed(answer, dict), "recommendedPapers")))
    return tuple({each.key: each for each in found if each is not None}.values())


def _facts(record: Mapping[str, Any], record_doi: str | None) -> Facts:
    return Facts(
        citations=number(record.get("citationCount")),
        influential=number(record.get("influentialCitationCount")),
        doi=record_doi,
        venue=words(part(record, "journal", "name")) or words(record.get("venue")),
        year=year(record.get("year")),
        url=address(record.get("url")),
    )


def _recommended(record: Mapping[str, Any]) -> Recommended | None:
    base = arxiv_base(part(record, "externalIds", "ArXiv"))
    record_doi = published_doi(part(record, "externalIds", "DOI"))
    title = words(record.get("title"), 500)
    if title is None or (base is None and record_doi is None):
        return None
    names = [name for author in items(record.get("authors")) if (name := words(author.get("name"), 100))]
    return Recommended(
        key=base or f"doi:{record_doi}",
        title=title,
        authors=", ".join(names[:30]) + (" and others" if len(names) > 30 else ""),
        year=year(record.get("year")),
        venue=words(record.get("venue")),
        citations=number(record.get("citationCount")),
        url=abs_url(base) if base else address(record.get("url")),
    )
