"""CSV for spreadsheets: UTF-8, RFC 4180, one line of names, every cell in quotes.

A spreadsheet runs a cell that begins with one of = + - @ (or their wide forms), a tab or a line end, as a formula.
Such a cell, and one that begins with an apostrophe, gets an apostrophe in front; whoever reads the file takes one
leading apostrophe off every cell (`unguarded`) and has the very same values.
https://owasp.org/www-community/attacks/CSV_Injection
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from library.exporting.dates import issued
from library.exporting.model import About, Item
from library.exporting.publication import publication
from library.exporting.words import keywords
from library.papers.identity import arxiv_id
from library.papers.links import page_url, web_url
from library.papers.model import Author, Paper

COLUMNS: Final = (
    *("id", "citation_key", "title", "authors", "year", "published", "venue", "doi", "arxiv", "categories", "url"),
    *("abstract", "abstract_is", "comment", "keywords", "tags", "decision", "version", "first_listed", "withdrawn"),
    *("added_at", "notes"),
)
LONGEST: Final = 32_767  # characters in a cell of Excel, which puts the rest of a longer one into further rows
_RUNS: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "'")


def guarded(text: str) -> str:
    """`text` as a cell that no spreadsheet runs."""
    return f"'{text}" if text.startswith(_RUNS) else text


def unguarded(cell: str) -> str:
    """The value that `guarded` made a cell of."""
    return cell.removeprefix("'")


def listed(values: Iterable[str]) -> str:
    r"""Several values in one cell: "Lovelace, Ada; Turing, Alan". A semicolon inside a value is written \;."""
    return "; ".join(re.sub(r"[\\;]", r"\\\g<0>", value) for value in values)


def unlisted(cell: str) -> list[str]:
    """The values that `listed` joined."""
    values = [re.sub(r"\\(.)", r"\1", part) for part in re.findall(r"(?:\\.|[^\\;])+", cell, re.DOTALL)]
    return [value[1:] if number else value for number, value in enumerate(values)]


def write(items: Iterator[Item], about: About) -> Iterator[str]:
    """The names, then a line a paper. A sample workspace says so in a column of its own."""
    names = (*COLUMNS, *about.columns, *(("demo",) if about.demo else ()))
    yield _line(names)
    for item in items:
        values = {**_values(item.paper, item.key), **item.facts, "demo": "DEMO"}
        yield _line(_cell(values.get(name)) for name in names)


def name_in_cell(author: Author) -> str:
    """ "Lovelace, Ada"; a body or a name that nobody split as it is printed."""
    return f"{author.family}, {author.given}" if author.family and author.given else author.name


def _values(paper: Paper, key: str) -> Mapping[str, Any]:
    identifier = arxiv_id(paper.key)
    return {
        "id": paper.key,
        "citation_key": key,
        "title": paper.title,
        "authors": listed(name_in_cell(author) for author in paper.authors)
        + ("; …" if paper.authors_truncated else ""),
        "year": paper.year,
        "published": issued(paper),
        "venue": paper.journal_ref or publication(paper).container,
        "doi": paper.doi,
        "arxiv": identifier.base if identifier else None,
        "categories": " ".join(paper.categories),
        "url": page_url(paper) if identifier else web_url(paper.url) or page_url(paper),
        "abstract": paper.abstract,
        "abstract_is": paper.text_kind,
        "comment": paper.comment,
        "keywords": listed(word for word in keywords(paper) if word not in paper.tags),
        "tags": listed(paper.tags),
        "decision": paper.decision,
        "version": paper.version,
        "first_listed": paper.first_listed,
        "withdrawn": "yes" if paper.withdrawn else "no",
        "added_at": paper.added_at,
        "notes": len(paper.notes),
    }


def _cell(value: Any) -> str:
    text = "" if value is None else guarded(str(value))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _line(cells: Iterable[str]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(list(cells))
    return text.getvalue()
