"""Hugging Face's daily papers: which papers of a day people voted for. Only the day is sent."""

from collections.abc import Mapping
from typing import Any, Final

from library.arxiv.transport import Transport
from library.enrichment.model import Facts
from library.enrichment.reading import arxiv_base, items, number, parsed, part

MOST: Final = 100  # papers of a day that it lists at once
_PAGE: Final = "https://huggingface.co/papers/"


def ask(transport: Transport, url: str, day: str) -> dict[str, Facts]:
    """By arXiv base id, what it says of the papers of a day (YYYY-MM-DD)."""
    answer = transport.get(f"{url.rstrip('/')}?date={day}&limit={MOST}")
    found: dict[str, Facts] = {}
    for record in items(parsed(answer, list)):
        base = arxiv_base(part(record, "paper", "id"))
        if base is not None:
            found[base] = _facts(record, base, day)
    return found


def _facts(record: Mapping[str, Any], base: str, day: str) -> Facts:
    return Facts(
        upvotes=number(part(record, "paper", "upvotes")),
        comments=number(record.get("numComments")),
        day=day,
        url=f"{_PAGE}{base}",
    )
