"""Where a paper appeared, told alike to every format: from the entry it came with, else from what arXiv says."""

import re
from collections.abc import Mapping
from typing import Any, Final

from library.exporting.model import Publication
from library.papers.citation import MEETING
from library.papers.identity import arxiv_id
from library.papers.model import Paper
from library.sources.latex import latex_to_text
from library.sources.names import authors_of

_ARXIV_PLACE: Final = re.compile(r"\s*(?:arxiv\b|corr\b|abs/)", re.IGNORECASE)
_LOOSE: Final = frozenset({"misc", "unpublished", "online", "electronic", "preprint"})
_PLACES: Final = ("journal", "journaltitle", "booktitle", "school", "institution", "howpublished")
_KEPT: Final = (
    *("volume", "number", "pages", "publisher", "address", "edition", "isbn", "issn", "language", "series", "type"),
    *("school", "institution"),
)


def publication(paper: Paper) -> Publication:
    """Where `paper` appeared, as far as it is known."""
    entry = paper.extra.get("entry")
    if isinstance(entry, Mapping):
        return _of_entry(paper, entry)
    if paper.kind == "document":
        return Publication("document")
    if paper.journal_ref or paper.doi:
        place = paper.journal_ref or ""
        return Publication("inproceedings" if MEETING.search(place) else "article", place)
    return Publication("preprint" if arxiv_id(paper.key) else "misc")


def _of_entry(paper: Paper, entry: Mapping[str, Any]) -> Publication:
    is_latex = bool(entry.get("latex"))
    stored = {str(name).lower(): str(value) for name, value in dict(entry.get("fields") or {}).items()}
    text = {name: latex_to_text(value) if is_latex else value for name, value in stored.items() if name != "editor"}
    kind = str(entry.get("type") or "misc").lower()
    container = next((text[name] for name in _PLACES if text.get(name) and text[name] != paper.title), "")
    if arxiv_id(paper.key) and (_ARXIV_PLACE.match(container) or (kind in _LOOSE and not paper.doi)):
        return Publication("preprint")
    editors = authors_of(stored.get("editor", ""))[0]
    edited = bool(editors) and [one.name for one in editors] == [one.name for one in paper.authors]
    kept = {name: text[name] for name in _KEPT if text.get(name)}
    if "issue" in text and "number" not in kept:
        kept["number"] = text["issue"]
    if "location" in text:
        kept.setdefault("address", text["location"])
    return Publication(kind, container, () if edited else editors, edited, kept)
