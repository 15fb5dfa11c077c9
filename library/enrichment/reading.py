"""Answers of services, taken apart: nothing is believed of their shape, and no text comes in uncleaned."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from library.arxiv.problems import BadAnswer, what_came
from library.arxiv.transport import Answer
from library.papers.identity import arxiv_id, doi
from library.papers.links import web_url
from library.text import one_line

_MOST: Final = 10**9


def parsed(answer: Answer, kind: type) -> Any:
    """The JSON of an answer, of the kind that was asked for. Raises BadAnswer."""
    evidence = {"url": answer.url, "status": answer.status}
    host = answer.url.split("/")[2]
    try:
        value = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        came = what_came(answer.body)
        raise BadAnswer(f"{host} sent {came} instead of JSON.", evidence=evidence) from error
    if not isinstance(value, kind):
        raise BadAnswer(f"{host} sent JSON of another kind than it should.", evidence=evidence)
    return value


def items(value: Any) -> Iterator[Mapping[str, Any]]:
    """The objects of a list, whatever else is in it."""
    if isinstance(value, list):
        for each in value:
            if isinstance(each, Mapping):
                yield each


def part(value: Any, *names: str) -> Any:
    """What stands at a path of names; None where the path ends before."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def number(value: Any) -> int | None:
    """A count: a whole number from 0 up; anything else is unknown."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST else None


def year(value: Any) -> int | None:
    """A year of print."""
    found = number(value)
    return found if found is not None and 1500 <= found <= 2200 else None


def words(value: Any, most: int = 300) -> str | None:
    """One line of cleaned text, shortened; None where there is none."""
    return (one_line(value[: 4 * most])[:most].strip() or None) if isinstance(value, str) else None


def published_doi(value: Any) -> str | None:
    """A DOI that is not arXiv's own."""
    if not isinstance(value, str) or len(value) > 300 or arxiv_id(value) is not None:
        return None
    found = doi(value)
    return found if found is not None and not found.startswith("10.48550/") and found.isprintable() else None


def arxiv_base(value: Any) -> str | None:
    """The arXiv base id that a text is, in any spelling."""
    found = arxiv_id(value) if isinstance(value, str) and len(value) < 300 else None
    return found.base if found else None


def address(value: Any) -> str | None:
    """A plain web address."""
    return web_url(value) if isinstance(value, str) and len(value) < 500 else None
