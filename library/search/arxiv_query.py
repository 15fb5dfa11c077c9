"""The arXiv API query that a query would become, and what of it arXiv cannot be asked.

https://info.arxiv.org/help/api/user-manual.html: ti au abs cat all, AND OR ANDNOT, parentheses, quoted phrases,
submittedDate:[YYYYMMDDHHMM TO YYYYMMDDHHMM] in GMT. A value of several words must be quoted, or only its first word is
bound to the field. What cannot be said is left out so that the result only grows, never shrinks.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from urllib.parse import urlencode

from library.search.describe import describe
from library.search.query import And, Between, Fact, Node, Not, Or, Phrase, Word, conjuncts

_FIELDS: Final = {None: "all", "title": "ti", "abstract": "abs", "authors": "au"}
_FIRST: Final = "199101010000"
_LAST: Final = "209912312359"


@dataclass(frozen=True, slots=True)
class ArxivQuery:
    """`search_query` as the API takes it ("" for none), `ids` for id_list, the URL (None: nothing to ask) and what
    was left out, one line each."""

    search_query: str
    ids: tuple[str, ...]
    url: str | None
    left_out: tuple[str, ...]


def arxiv_query(node: Node | None, *, api_url: str, max_results: int = 100) -> ArxivQuery:
    """Translate; never fails."""
    wanted: list[str] = []
    unwanted: list[str] = []
    ids: list[str] = []
    left_out: list[str] = []
    for part in conjuncts(node):
        if isinstance(part, Fact) and part.name == "id" and not part.value.startswith("doi:") and "*" not in part.value:
            ids.append(part.value)
        elif isinstance(part, Not):
            _put(unwanted, part.of, part, left_out)
        else:
            _put(wanted, part, part, left_out)
    if unwanted and not wanted:
        left_out += [f"without {text}: arXiv has to be asked for something first" for text in unwanted]
        unwanted = []
    query = " AND ".join(wanted) + "".join(f" ANDNOT {text}" for text in unwanted)
    values: dict[str, str | int] = {"search_query": query} if query else {}
    if ids:
        values["id_list"] = ",".join(ids)
    url = f"{api_url}?{urlencode({**values, 'start': 0, 'max_results': max_results})}" if values else None
    return ArxivQuery(query, tuple(ids), url, tuple(left_out))


def _put(into: list[str], node: Node, whole: Node, left_out: list[str]) -> None:
    text, reason = _said(node)
    if text:
        into.append(f"({text})" if isinstance(node, (And, Or)) or " ANDNOT " in text else text)
    if reason:
        left_out.append(f"{describe(whole)}: {reason}")


def _said(node: Node) -> tuple[str, str]:
    """(what arXiv is asked, why something was left out); either may be empty."""
    match node:
        case And(parts) | Or(parts):
            said = [_said(part) for part in parts if not isinstance(part, Not)]
            without = [_said(part.of) for part in parts if isinstance(part, Not)]
            reason = next((why for text, why in (*said, *without) if why), "")
            if isinstance(node, Or) and (reason or without):
                return "", reason or "arXiv has no “or not”"
            texts = [_grouped(text) for text, _ in said if text]
            if not texts:
                return "", reason or "arXiv has to be asked for something first"
            joined = (" AND " if isinstance(node, And) else " OR ").join(texts)
            return joined + "".join(f" ANDNOT {_grouped(text)}" for text, why in without if text and not why), reason
        case Not():
            return "", "arXiv has no “not” on its own"
        case Word(text=text, field=field, prefix=prefix):
            if prefix:
                return "", "arXiv does not document beginnings of words"
            return _text(text, field)
        case Phrase(text=text, field=field):
            return _text(text, field)
        case Fact(name="category", value=value):
            archive = "." not in value and not value.endswith("*")
            return f"cat:{value}.*" if archive else f"cat:{value}", ""
        case Between():
            return _dates(node)
        case _:
            return "", "only this library knows it"


def _grouped(text: str) -> str:
    return f"({text})" if any(operator in text for operator in (" AND ", " OR ", " ANDNOT ")) else text


def _text(text: str, field: str | None) -> tuple[str, str]:
    if field not in _FIELDS:
        return "", "only this library knows it"
    bare = text.replace('"', " ").strip()
    quoted = bare if bare.isalnum() else f'"{bare}"'
    return f"{_FIELDS[field]}:{quoted}", ""


def _dates(node: Between) -> tuple[str, str]:
    if node.name not in ("date", "year"):
        return "", "arXiv can be asked by submission date only"
    start, stop = (f"{bound}-01-01" if bound and len(bound) == 4 else bound for bound in (node.start, node.stop))
    try:
        first = date.fromisoformat(start).strftime("%Y%m%d0000") if start else _FIRST
        last = (date.fromisoformat(stop) - timedelta(days=1)).strftime("%Y%m%d2359") if stop else _LAST
    except ValueError:
        return "", "arXiv has no papers from then"
    return f"submittedDate:[{first} TO {last}]", ""
