"""OpenAlex: where a paper was published. Fifty DOIs a question, which costs a ten-thousandth of a day's free budget.

https://developers.openalex.org — a preprint and its publication are one work where OpenAlex knows that they are: then
the work's DOI is the publication's, and arXiv is one of its locations.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from library.arxiv.transport import Transport
from library.enrichment.model import Facts, Wanted
from library.enrichment.reading import address, arxiv_base, items, number, parsed, part, published_doi, words, year

BATCH: Final = 50
_FIELDS: Final = "id,doi,ids,publication_year,primary_location,locations,cited_by_count"


def name_of(paper: Wanted) -> str | None:
    """The DOI that is sent; None for a paper that has none."""
    if paper.arxiv:
        return f"10.48550/arxiv.{paper.arxiv}"
    usable = paper.doi and not set(paper.doi) & set("|,")  # they would end the value
    return paper.doi if usable else None


def ask(transport: Transport, url: str, papers: Sequence[Wanted]) -> dict[int, Facts]:
    """By paper, what it says; papers that it does not know are left out. At most BATCH of them."""
    names = "|".join(quote(name, safe="/") for paper in papers if (name := name_of(paper)))
    answer = transport.get(f"{url.rstrip('/')}/works?filter=doi:{names}&select={_FIELDS}&per_page=100")
    by_arxiv = {paper.arxiv: paper.id for paper in papers if paper.arxiv}
    by_doi = {paper.doi: paper.id for paper in papers if paper.doi}
    found: dict[int, Facts] = {}
    for record in items(part(parsed(answer, dict), "results")):
        bases = {base for text in _addresses(record) if (base := arxiv_base(text))}
        record_doi = published_doi(record.get("doi"))
        wanted = [by_arxiv[base] for base in sorted(bases) if base in by_arxiv]
        if record_doi in by_doi:
            wanted.append(by_doi[record_doi])
        for paper_id in wanted:
            facts = _facts(record, record_doi)
            known = found.get(paper_id)
            if known is None or (facts.doi and not known.doi):  # preprint and publication may be two works
                found[paper_id] = facts
    return found


def _addresses(record: Mapping[str, Any]) -> Iterator[Any]:
    yield record.get("doi")
    yield part(record, "ids", "doi")
    for place in items(record.get("locations")):
        yield place.get("landing_page_url")
        yield place.get("pdf_url")


def _facts(record: Mapping[str, Any], record_doi: str | None) -> Facts:
    places = [part(record, "primary_location"), *items(record.get("locations"))]
    journals = (part(place, "source") for place in places)
    venue = next(
        (name for s in journals if part(s, "type") != "repository" and (name := words(part(s, "display_name")))), None
    )
    return Facts(
        citations=number(record.get("cited_by_count")),
        doi=record_doi,
        venue=venue if record_doi else None,
        year=year(record.get("publication_year")),
        url=address(record.get("id")),
    )
