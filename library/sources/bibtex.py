"""BibTeX and BibLaTeX as people keep them: @string, crossref, duplicate keys, LaTeX accents, missing fields.

bibtexparser finds the blocks; their meaning is made here. What an entry said is kept word for word in
`extra["entry"]` (type, key and fields), so that an export writes it back as it was.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from library.papers.model import Author
from library.sources import BadRecord, Record
from library.sources.dates import iso_date, month_number, partial_date
from library.sources.encoding import decode
from library.sources.latex import latex_to_paragraphs, latex_to_text
from library.sources.names import authors_of
from library.sources.reference import Reference, Unusable, draft_of_reference
from library.sources.whole import read_whole

MAX_BIBTEX = 64 << 20  # bytes: bibtexparser holds about thirty times a file's size
_TITLE_FIELDS = (
    *("title", "booktitle", "maintitle", "shorttitle", "titleaddon", "eventtitle", "journal", "journaltitle"),
)
# An entry without a key, as EndNote writes them at times.
_NO_KEY = re.compile(r"^([ \t]*@[ \t]*[A-Za-z]+[ \t]*[{(]\s*)(?=[A-Za-z][\w-]*\s*=\s*[{\"])", re.MULTILINE)
_PLACE_FIELDS = ("journal", "journaltitle", "booktitle", "school", "institution", "howpublished", "publisher")
_SEARCHED = ("note", "howpublished", "journal", "journaltitle", "volume", "number", "pages", "archive", "eid", "annote")
_NOT_KEPT = ("abstract", "file", "local-url", "bdsk-file-1", "bdsk-file-2", "crossref", "xdata", "xref", "groups")
_OTHER_ARCHIVES = ("jstor", "pubmed", "pmid", "hdl", "googlebooks", "hal", "ssrn", "iacr", "medrxiv", "biorxiv")
# What a crossref hands on under another name. https://ctan.org/pkg/biblatex, appendix B
_INHERITED = {"title": "booktitle", "subtitle": "booksubtitle", "titleaddon": "booktitleaddon"}
_NOT_INHERITED = (
    "crossref",
    "xref",
    "entryset",
    "ids",
    "label",
    "shorttitle",
    "keywords",
    "abstract",
    "author",
    "note",
)


@dataclass
class _Entry:
    type: str
    key: str
    fields: dict[str, str]
    raw: str
    line: int | None


def read_bibtex(stream: BinaryIO) -> Iterator[Record | BadRecord]:
    """Every entry, and every block that cannot be read as one, in the order of the file."""
    text, _ = decode(read_whole(stream, MAX_BIBTEX))
    entries, bad = _blocks(text.replace("\r\n", "\n").replace("\r", "\n"))
    parents = {entry.key.lower(): entry for entry in reversed(entries) if entry.key}
    yield from bad
    for entry in entries:
        try:
            inherited = _with_parent(entry, parents)
            yield Record(draft_of_reference(_reference(entry, inherited)), entry.line)
        except Unusable as error:
            yield BadRecord(str(error), entry.raw, entry.line)


def _blocks(text: str) -> tuple[list[_Entry], list[BadRecord]]:
    from bibtexparser import model
    from bibtexparser.entrypoint import parse_string

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # failed blocks are reported by us, with their line
    library = parse_string(_NO_KEY.sub(_with_key, text), parse_stack=[])
    strings = {key.lower(): string.value for key, string in library.strings_dict.items()}
    for key, string in list(strings.items()):
        strings[key] = _joined(string, strings)
    entries: list[_Entry] = []
    bad: list[BadRecord] = []
    for found in library.blocks:
        twice = isinstance(found, (model.DuplicateBlockKeyBlock, model.DuplicateFieldKeyBlock))
        block = found.ignore_error_block if isinstance(found, model.ParsingFailedBlock) and twice else found
        if isinstance(block, model.Entry):
            entries.append(_entry(block, strings))
        elif isinstance(block, model.ParsingFailedBlock):
            reason = getattr(block.error, "abort_reason", None) or str(block.error)
            bad.append(BadRecord(f"not readable BibTeX: {reason}", block.raw or "", _line(block.start_line)))
    return entries, bad


def _with_key(match: re.Match[str]) -> str:
    return match[1] if re.search(r"@\s*string\b", match[1], re.IGNORECASE) else f"{match[1]}unnamed, "


def _entry(block: Any, strings: Mapping[str, str]) -> _Entry:
    fields: dict[str, str] = {}
    for item in block.fields:
        value = _joined(str(item.value), strings)
        if value.strip():  # of a field that is given twice the first, as BibTeX does
            fields.setdefault(item.key.strip().lower(), value)
    return _Entry(block.entry_type.strip().lower(), block.key.strip(), fields, block.raw or "", _line(block.start_line))


def _line(start: int | None) -> int | None:
    return None if start is None else start + 1


_PIECE = re.compile(r'\s*("(?:[^"{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*"|[^\s#{}",]+|#)', re.DOTALL)


def _joined(value: str, strings: Mapping[str, str]) -> str:
    """A value without its enclosing, @string names replaced, `a # " b"` joined."""
    value = value.strip()
    inner = value[1:-1]
    if value.startswith("{") and (("{" not in inner and "}" not in inner) or _closes_at(value) == len(value) - 1):
        return inner
    pieces: list[str] = []
    position = 0
    while position < len(value):
        if value[position].isspace() or value[position] == "#":
            position += 1
        elif value[position] == "{":
            end = _closes_at(value[position:]) + position
            pieces.append(value[position + 1 : end])
            position = end + 1
        else:
            match = _PIECE.match(value, position)
            if match is None:  # not a list of pieces after all: keep what stands there
                pieces.append(value[position:].strip('"'))
                break
            piece = match[1]
            if piece.startswith('"'):
                pieces.append(piece[1:-1])
            else:
                pieces.append(strings.get(piece.lower(), piece))  # a number, a month, or a name nobody defined
            position = match.end()
    return "".join(pieces)


def _closes_at(value: str) -> int:
    """Where the brace that `value` starts with is closed; its last character where it never is."""
    level = 0
    escaped = False
    for position, character in enumerate(value):
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == "{":
            level += 1
        elif character == "}":
            level -= 1
            if level == 0:
                return position
    return len(value) - 1


def _with_parent(entry: _Entry, parents: Mapping[str, _Entry]) -> dict[str, str]:
    """The entry's fields and what its crossref (and that one's, at most four up) hands on."""
    fields = dict(entry.fields)
    seen = {entry.key.lower()}
    name = fields.get("crossref", "") or fields.get("xdata", "").split(",")[0]
    for _ in range(4):
        parent = parents.get(name.strip().lower())
        if parent is None or parent.key.lower() in seen:
            break
        seen.add(parent.key.lower())
        for field, value in parent.fields.items():
            if parent.type == "xdata":
                fields.setdefault(field, value)
            elif field not in _NOT_INHERITED:
                fields.setdefault(_INHERITED.get(field, field), value)
        name = parent.fields.get("crossref", "")
    return fields


def _reference(entry: _Entry, fields: dict[str, str]) -> Reference:
    if entry.type == "xdata":
        raise Unusable("@xdata only lends its fields to other entries")
    text = {
        name: latex_to_text(fields[name]) for name in (*_TITLE_FIELDS, *_PLACE_FIELDS, *_SEARCHED) if name in fields
    }
    title = next((text[name] for name in _TITLE_FIELDS if text.get(name)), "")
    if text.get("title") and fields.get("subtitle"):
        title = f"{title}: {latex_to_text(fields['subtitle'])}"
    own = "author" if fields.get("author") else "editor"
    authors, truncated = authors_of(fields.get(own, ""))
    if not authors:
        body = latex_to_text(fields.get("organization", "") or fields.get("institution", ""))
        authors = (Author(body, body, ""),) if body and entry.type in ("misc", "manual", "techreport", "online") else ()
    place = next((text[name] for name in _PLACE_FIELDS if text.get(name) and text[name] != title), "")
    eprint = _eprint(fields)
    primary = latex_to_text(fields.get("primaryclass", "") or fields.get("eprintclass", ""))
    kept = {name: value for name, value in fields.items() if name not in _NOT_KEPT}
    return Reference(
        source="bibtex",
        title=title,
        abstract=latex_to_paragraphs(fields.get("abstract", "")),
        authors=authors,
        authors_truncated=truncated,
        published=_published(fields),
        doi=_link(fields.get("doi", "")),
        eprint=eprint,
        url=_link(fields.get("url", "")),
        identifiers=tuple(text[name] for name in _SEARCHED if text.get(name)),
        categories=(primary,) if re.fullmatch(r"[A-Za-z-]+(?:\.[A-Za-z-]+)?", primary) else (),
        venue=_venue(place, fields),
        comment=text.get("note", ""),
        keywords=tuple(_keywords(fields)),
        entry={"type": entry.type, "key": entry.key, "fields": kept, "latex": True},
    )


def _eprint(fields: Mapping[str, str]) -> str:
    """The arXiv id in eprint, unless another archive is named; old ids may have their archive beside them."""
    number = _link(fields.get("eprint", "")) or _link(fields.get("arxivid", "")) or _link(fields.get("arxiv", ""))
    archive = latex_to_text(fields.get("archiveprefix", "") or fields.get("eprinttype", "")).lower()
    if archive in _OTHER_ARCHIVES:
        return ""
    if re.fullmatch(r"\d{7}(?:v\d+)?", number):
        named = latex_to_text(fields.get("primaryclass", "") or fields.get("eprintclass", "")) or archive
        return f"{named.split('.')[0]}/{number}"
    return number


def _link(value: str) -> str:
    """An identifier or address: LaTeX's backslashes taken off, nothing else touched."""
    value = re.sub(r"\\(?:url|href|path)\b", "", value)
    return re.sub(r"\\(?=[_%&#~$])|[{}\s]|\\textasciitilde", "", value).removeprefix("<").removesuffix(">")


def _published(fields: Mapping[str, str]) -> str | None:
    for name in ("date", "year", "eventdate", "origdate"):
        found = partial_date(latex_to_text(fields.get(name, ""))) if fields.get(name) else None
        if found is None:
            continue
        if name == "year" and len(found) == 4:
            return iso_date(found, month_number(latex_to_text(fields.get("month", ""))), fields.get("day"))
        return found
    return None


def _venue(place: str, fields: Mapping[str, str]) -> str:
    from library.sources.csl import venue

    names = ("volume", "number", "issue", "pages")
    return venue(place, {name: latex_to_text(fields[name]) for name in names if name in fields})


def _keywords(fields: Mapping[str, str]) -> Iterator[str]:
    seen = set()
    for name in ("keywords", "keyword", "mendeley-tags"):
        for word in re.split(r"[;,]", latex_to_text(fields.get(name, ""))):
            if (word := word.strip()) and word.lower() not in seen:
                seen.add(word.lower())
                yield word
