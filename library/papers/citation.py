r"""A paper as a BibTeX entry that every BibTeX program reads back.

An arXiv paper is `@misc` with eprint, archivePrefix and primaryClass; with a published DOI it is what was published,
plus the eprint. What came from a bibliography is written back as it was: type, key and fields word for word. `$…$`,
commands and balanced braces stay; of the rest only a bare & % # _ is escaped.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from library.papers.identity import abs_url, arxiv_id
from library.papers.links import web_url
from library.papers.model import Author, Paper

_MATH = re.compile(r"(?<!\\)\$(?:[^$\\]|\\.)+\$")
_BARE = re.compile(r"(?<!\\)([&%#_])")
_LONE_DOLLAR = re.compile(r"(?<!\\)\$")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_:.+/-]*")
MEETING = re.compile(
    r"\b(?:proc(?:eedings|\.)?|conference|conf\.|workshop|symposium|NeurIPS|NIPS|ICML|ICLR|CVPR|ICCV|ECCV|AAAI|IJCAI"
    r"|E?ACL|EMNLP|NAACL|COLING|SIGIR|KDD|WWW|RecSys|CIKM|WSDM|Interspeech|ICASSP|ICRA|IROS|CoRL|AISTATS|UAI)\b",
    re.IGNORECASE,
)
_FIRST, _LAST = ("title", "author", "editor", "year"), ("eprint", "archivePrefix", "primaryClass", "doi", "url")
_AS_WRITTEN = {name.lower(): name for name in _LAST}
_NOT_BIBTEX = ("online", "dataset", "software", "patent")  # BibLaTeX's own: programs without it know @misc
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_SMALL_WORDS = frozenset(
    ("a", "an", "the", "on", "of", "in", "for", "to", "and", "with", "from", "by", "at", "is", "are")
)


def bibtex(paper: Paper, key: str | None = None) -> str:
    """One entry, ending in a newline. `key`: another one than the paper's own (`citation_key`), to be unique."""
    entry = paper.extra.get("entry") if isinstance(paper.extra.get("entry"), Mapping) else None
    kind, fields = _as_it_was(paper, entry) if entry else _made(paper)
    name = key or citation_key(paper.title, paper.authors, paper.year, _own_key(paper.extra))
    lines = [f"  {field} = {{{fields[field]}}}" for field in sorted(fields, key=_rank) if fields[field]]
    return f"@{kind}{{{name},\n" + ",\n".join(lines) + "\n}\n"


def citation_key(title: str, authors: Iterable[Author], year: int | None, own: str = "") -> str:
    """ASCII and stable: the key that the entry came with where it is usable, else "vaswani2017attention"."""
    if _KEY.fullmatch(own):
        return own
    first = next(iter(authors), None)
    family = (first.family or first.name.split()[-1]) if first and first.name.split() else ""
    words = (_ascii(word) for word in re.split(r"[\W_]+", re.sub(_MATH, " ", title)))
    word = next((word for word in words if word and word not in _SMALL_WORDS and not word.isdigit()), "")
    return f"{_ascii(family) or 'anon'}{year or ''}{word}"


def with_suffix(key: str, number: int) -> str:
    """The key of the `number`th further paper that would have `key`: a, b, … z, aa, ab …"""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return key + letters


def _own_key(extra: Mapping[str, Any]) -> str:
    entry = extra.get("entry")
    return str(entry.get("key") or "") if isinstance(entry, Mapping) else ""


def _made(paper: Paper) -> tuple[str, dict[str, str]]:
    """An entry from what is stored, for a paper that did not come from a bibliography."""
    published = paper.doi is not None
    meeting = bool(paper.journal_ref and MEETING.search(paper.journal_ref))
    kind = ("inproceedings" if meeting else "article") if published else "misc"
    fields = {
        "title": latex_safe(paper.title),
        "author": author_field(paper.authors, cut=paper.authors_truncated),
        "year": str(paper.year or ""),
    }
    if published and paper.journal_ref:
        fields["booktitle" if meeting else "journal"] = latex_safe(paper.journal_ref)
    if paper.kind == "document":
        fields["howpublished"] = "Internal document"
    if paper.withdrawn:
        fields["note"] = "Withdrawn"
    return kind, fields | _identifiers(paper)


def _as_it_was(paper: Paper, entry: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """The entry that the paper came in with; title and authors are today's where they were changed since."""
    from library.sources.latex import latex_to_text
    from library.sources.names import authors_of, readable_names

    stored = {str(name): str(value) for name, value in dict(entry.get("fields") or {}).items()}
    is_latex = bool(entry.get("latex"))
    fields = {
        _AS_WRITTEN.get(name.lower(), name): _balanced(" ".join(value.split())) if is_latex else latex_safe(value)
        for name, value in stored.items()
        if re.fullmatch(r"[A-Za-z][A-Za-z0-9_:.+-]*", name)
    }
    own_title = latex_to_text(stored.get("title", "")) if is_latex else ""
    if not own_title or not paper.title.startswith(own_title):
        fields = {"title": latex_safe(paper.title), **{name: fields[name] for name in fields if name != "title"}}
    if paper.authors and not (is_latex and _same_people(authors_of(stored.get("author", ""))[0], paper.authors)):
        edited = "author" not in stored and "editor" in stored
        edited = edited and (is_latex or _same_people(authors_of(stored["editor"])[0], paper.authors))
        if not edited:
            fields["author"] = author_field(paper.authors, cut=paper.authors_truncated)
    for role in ("author", "editor"):
        if is_latex and role in fields and role in stored:
            fields[role] = readable_names(fields[role])
    if paper.year and not fields.get("year") and not fields.get("date"):
        fields["year"] = str(paper.year)
    identifiers = _identifiers(paper)
    if "eprint" in fields or re.search(r"arxiv|\bcorr\b", fields.get("journal", ""), re.IGNORECASE):
        for name in ("eprint", "archivePrefix", "primaryClass"):
            identifiers.pop(name, None)
    if "doi" in fields or (arxiv_id(paper.key) is not None and paper.doi is None):
        identifiers.pop("doi", None)
    for name, value in identifiers.items():
        fields.setdefault(name, value)
    kind = str(entry.get("type") or "misc").lower()
    if kind in _NOT_BIBTEX and not is_latex:
        kind = "misc"
    return kind if re.fullmatch(r"[a-z]+", kind) and kind not in ("comment", "string", "preamble") else "misc", fields


def _identifiers(paper: Paper) -> dict[str, str]:
    fields: dict[str, str] = {}
    identifier = arxiv_id(paper.key)
    if identifier is not None:
        fields["eprint"] = identifier.base
        fields["archivePrefix"] = "arXiv"
        fields["primaryClass"] = paper.categories[0] if paper.categories else ""
        fields["doi"] = paper.doi or f"10.48550/arXiv.{identifier.base}"
        fields["url"] = abs_url(identifier.base)
    else:
        fields["doi"] = paper.doi or ""
        fields["url"] = web_url(paper.url) or ""
    fields["doi"], fields["url"] = _verbatim(fields["doi"]), _verbatim(fields["url"])
    return fields


def _rank(field: str) -> int:
    """Who and what, then where in the order that it came in, then identifiers."""
    if field in _FIRST:
        return _FIRST.index(field)
    return len(_FIRST) + 1 + _LAST.index(field) if field in _LAST else len(_FIRST)


def author_field(authors: Iterable[Author], *, cut: bool = False) -> str:
    """Names joined by " and ": "Family, Given", bodies in braces, names that nobody split as they are printed."""
    names = [name for author in authors if (name := _name(author)).strip("{} ")]
    return " and ".join([*names, "others"] if cut and names else names)


def _name(author: Author) -> str:
    family, given = (latex_safe(part) for part in (author.family, author.given))
    if family and given:
        return f"{_guarded(family)}, {_guarded(given)}"
    whole = latex_safe(author.name)
    if author.family:  # a body, or a name of one word
        return f"{{{whole}}}" if re.search(r"[\s,]", whole) else _guarded(whole)
    return _guarded(whole)


def _guarded(part: str) -> str:
    """Braces around what BibTeX would take apart: a comma, or the word "and", outside braces."""
    return f"{{{part}}}" if "," in part or re.search(r"(?:^|\s)(?:and|others)(?:\s|$)", part, re.IGNORECASE) else part


def latex_safe(text: str) -> str:
    r"""Text as a BibTeX value: `$…$`, commands and balanced braces stay, a bare & % # _ outside math is escaped."""
    text = _balanced(" ".join(text.split())).strip()
    parts: list[str] = []
    start = 0
    for match in _MATH.finditer(text):
        parts += [_escaped(text[start : match.start()]), match.group()]
        start = match.end()
    return "".join([*parts, _escaped(text[start:])])


def _escaped(text: str) -> str:
    return _LONE_DOLLAR.sub(r"\\$", _BARE.sub(r"\\\1", text))


def _verbatim(text: str) -> str:
    """An identifier or address: as it is, but for braces, which would end the value."""
    return text.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")


def _balanced(text: str) -> str:
    r"""`text` if its braces match for readers that count `\{` as a brace and for those that do not; else without them.

    A backslash at the end would escape the value's own closing brace.
    """
    text = text.rstrip("\\ ")
    if _matches(text) and _matches(re.sub(r"\\[{}]", "", text)):
        return text
    return " ".join(re.sub(r"\\?[{}]", "", text).split()).rstrip("\\ ")


def _matches(text: str) -> bool:
    level = 0
    for character in text:
        level += (character == "{") - (character == "}")
        if level < 0:
            return False
    return level == 0


def _same_people(ours: Iterable[Author], theirs: Iterable[Author]) -> bool:
    return [author.name for author in ours] == [author.name for author in theirs]


def _ascii(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(character for character in folded if character in "abcdefghijklmnopqrstuvwxyz0123456789")
