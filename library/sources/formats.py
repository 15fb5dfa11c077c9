"""Which format a file is in, told by what it holds; its name only settles what is left open."""

import importlib
import json
import re
from pathlib import PurePath

from library.errors import UsageError
from library.sources import Reader
from library.sources.encoding import wide_encoding

# format → (module:reader, what it is)
FORMATS: dict[str, tuple[str, str]] = {
    "jsonl": ("library.sources.json_lines:read_json_lines", "JSON lines: arXiv's metadata snapshot, or plain records"),
    "json": ("library.sources.json_document:read_json_document", "CSL-JSON, Zotero items, or a list of plain records"),
    "bibtex": ("library.sources.bibtex:read_bibtex", "BibTeX and BibLaTeX"),
    "ris": ("library.sources.ris:read_ris", "RIS, and Web of Science's field-tagged files"),
    "atom": ("library.sources.arxiv_atom:read_atom", "Atom, as arXiv's API and feeds answer"),
    "oai": ("library.sources.oai:read_oai", "OAI-PMH records (arXiv, arXivRaw)"),
    "rdf": ("library.sources.zotero_rdf:read_zotero_rdf", "Zotero RDF"),
}
_SUFFIXES = {
    **{".bib": "bibtex", ".bibtex": "bibtex", ".biblatex": "bibtex", ".ris": "ris", ".nbib": "ris", ".json": "json"},
    **{".jsonl": "jsonl", ".ndjson": "jsonl", ".atom": "atom", ".ciw": "ris"},
}
_RIS = re.compile(r"^(?:TY  ?-|PT [A-Z]\s*$|FN .*\n?VR )", re.MULTILINE)
_OAI = re.compile(
    r"<(?:\w+:)?(?:OAI-PMH\b|arXiv(?:Raw)?\b[^>]*xmlns|record\b[^>]*>\s*<(?:\w+:)?header\b)",
)
_BIBTEX = re.compile(r"^[ \t]*@[ \t]*[A-Za-z]+[ \t]*[{(]", re.MULTILINE)


def reader_of(name: str) -> Reader:
    """The reader of a format. Raises UsageError for an unknown one."""
    if name not in FORMATS:
        raise UsageError(f"There is no format {name}.", mend=f"Known: {', '.join(FORMATS)}.")
    module, attribute = FORMATS[name][0].split(":")
    reader: Reader = getattr(importlib.import_module(module), attribute)
    return reader


def detect(head: bytes, name: str) -> str | None:
    """The format of a file that starts with `head`; None where it is none that can be imported."""
    text = head.decode(wide_encoding(head) or "utf-8", errors="replace").lstrip("\ufeff").lstrip()
    suffix = _SUFFIXES.get(PurePath(name.lower().removesuffix(".gz")).suffix)
    if text.startswith("<"):
        return _xml(text)
    if text.startswith("["):
        return "json"
    if text.startswith("{"):
        return _json(text, suffix)
    if "\0" in text:
        return None
    if _RIS.search(text):
        return "ris"
    if _BIBTEX.search(text):
        return "bibtex"
    return suffix


def _xml(text: str) -> str | None:
    if _OAI.search(text):
        return "oai"
    if "http://www.zotero.org/namespaces/export#" in text and re.search(r"<(?:\w+:)?RDF\b", text):
        return "rdf"
    if re.search(r"<(?:\w+:)?(?:feed|entry)\b", text):
        return "atom"
    return None


def _json(text: str, suffix: str | None) -> str:
    """Lines where the first line is an object by itself (or the second starts another), else one document."""
    first, separator, rest = text.partition("\n")
    try:
        json.loads(first)
    except RecursionError:
        return "jsonl"
    except ValueError:
        if not separator:  # one endless line: the name decides, and lines are the safer reading
            return suffix if suffix in ("json", "jsonl") else "jsonl"
        return "jsonl" if rest.lstrip("\r\n").startswith("{") or suffix == "jsonl" else "json"
    return "json" if not rest.strip() and suffix == "json" else "jsonl"
