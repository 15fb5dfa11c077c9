"""Which of two records of one paper is believed on what. Pure: stored row and draft in, new column values out.

A later version (or the same one with a later date) replaces text; a correction from the source that brought the
paper in replaces its own; everything else only fills what was empty. What a person typed is never replaced.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from library.papers.identity import arxiv_id, arxiv_month, doi
from library.papers.model import Author, PaperDraft, encoded_text, text_hash
from library.text import clean

Standing = Literal["later", "same", "earlier"]
TYPED = "manual"  # the source of records that a person typed in

_REPLACED_BY_LATER = ("doi", "journal_ref", "comment", "license", "url")
_WORD = re.compile(r"\w+")


def standing(row: Mapping[str, Any], draft: PaperDraft) -> Standing:
    """How the draft's version stands to the stored one: by number, else by date; known beats unknown."""
    if draft.version and row["version"] and draft.version != row["version"]:
        return "later" if draft.version > row["version"] else "earlier"
    if draft.updated_at and row["updated_at"]:
        shared = min(len(draft.updated_at), len(row["updated_at"]))  # a day compares with a moment as days
        ours, theirs = draft.updated_at[:shared], row["updated_at"][:shared]
        if ours != theirs:
            return "later" if ours > theirs else "earlier"
    unnumbered = draft.updated_at and not (draft.version or row["updated_at"])
    if unnumbered and row["version"] == 1 and str(draft.updated_at)[:10] >= str(row["first_listed"] or "9"):
        # A feed's first version has no date, but was submitted before it was listed: this is another one.
        return "later"
    knows, known = (draft.version or 0, draft.updated_at or ""), (row["version"] or 0, row["updated_at"] or "")
    if bool(knows[0]) != bool(known[0]):
        return "later" if knows[0] else "earlier"
    if not knows[0] and bool(knows[1]) != bool(known[1]):
        return "later" if knows[1] else "earlier"
    return "same"


def merged_columns(row: Mapping[str, Any], draft: PaperDraft) -> dict[str, Any]:
    """The columns of `row` that change when `draft` is folded into it, with their new values."""
    new: dict[str, Any] = {}
    place = standing(row, draft)
    if row["source"] == TYPED:
        replaces = draft.source == TYPED
    else:
        replaces = place == "later" or (place == "same" and draft.source == row["source"])
    for name in _REPLACED_BY_LATER:
        value = getattr(draft, name)
        if value and (not row[name] or replaces):
            new[name] = value
    _merge_dates(row, draft, new)
    if place != "earlier" and (draft.version or 0) > (row["version"] or 0):
        new["version"] = draft.version
    if place == "later" and draft.version is None and replaces:
        new["version"] = None  # text of a later version whose number is not known: the old number would be wrong
    if draft.title and (replaces or not row["title"]):
        new["title"] = draft.title
    if draft.abstract and _takes_text(row, draft, place, replaces=replaces):
        new["abstract"], new["text_kind"] = draft.abstract, draft.text_kind
    if draft.body and (replaces or not row["body"]):
        new["body"] = draft.body
    _merge_authors(row, draft, new, replaces=replaces)
    _merge_categories(row, draft, new, replaces=replaces)
    if draft.extra:
        stored = json.loads(row["extra"]) if row["extra"] else {}
        merged = {**stored, **draft.extra} if replaces else {**draft.extra, **stored}
        new["extra"] = as_json(merged) if merged != stored else row["extra"]
    new = {name: value for name, value in new.items() if value != row[name]}
    if "comment" in new and is_withdrawn(new["comment"]) != bool(row["withdrawn"]):
        new["withdrawn"] = int(is_withdrawn(new["comment"]))
    if new.keys() & {"title", "abstract"}:
        text = encoded_text(new.get("title", row["title"]), new.get("abstract", row["abstract"]))
        new["text_hash"] = text_hash(text)
    if new.keys() & {"first_listed", "submitted_at"} or (draft.published and row["year"] is None):
        after = {**row, **new}
        new["day"], new["year"] = sort_day(after, draft.published, row["added_at"]), sort_year(after, draft.published)
        new = {name: value for name, value in new.items() if value != row[name]}
    return new


def _takes_text(row: Mapping[str, Any], draft: PaperDraft, place: Standing, *, replaces: bool) -> bool:
    """The authors' abstract beats somebody's summary, whichever came first; of one kind the later one."""
    if not row["abstract"]:
        return True
    if row["text_kind"] == draft.text_kind:
        return replaces
    return draft.text_kind == "abstract" and (place != "earlier" or draft.version is None)


def _merge_dates(row: Mapping[str, Any], draft: PaperDraft, new: dict[str, Any]) -> None:
    """The earliest listing and submission, the latest update; of one day the more exact moment."""
    for name in ("first_listed", "submitted_at"):
        ours, theirs = getattr(draft, name), row[name]
        if ours and (not theirs or ours[:10] < theirs[:10] or (ours[:10] == theirs[:10] and len(ours) > len(theirs))):
            new[name] = ours
    if draft.updated_at and draft.updated_at > (row["updated_at"] or ""):
        new["updated_at"] = draft.updated_at


def _merge_authors(row: Mapping[str, Any], draft: PaperDraft, new: dict[str, Any], *, replaces: bool) -> None:
    if not draft.authors or (draft.authors_truncated and row["authors"] and not row["authors_truncated"]):
        return
    line = author_line(draft.authors)
    completes = bool(row["authors_truncated"]) and not draft.authors_truncated and row["source"] != TYPED
    if line != row["authors"] and (replaces or completes or not row["authors"]):
        new["authors"], new["authors_truncated"] = line, int(draft.authors_truncated)


def _merge_categories(row: Mapping[str, Any], draft: PaperDraft, new: dict[str, Any], *, replaces: bool) -> None:
    """Categories add up. The order, and with it the primary category, is that of the record that is believed."""
    stored = row["categories"].split()
    fresh = [name for name in draft.categories if name not in stored]
    if not draft.categories:
        return
    if draft.categories_complete:
        leads = replaces or not row["categories_complete"] or not stored
        others = (name for name in stored if name not in draft.categories)
        new["categories"] = " ".join([*draft.categories, *others] if leads else [*stored, *fresh])
        new["categories_complete"] = 1
    elif fresh:
        new["categories"] = " ".join([*stored, *fresh])
        new["categories_complete"] = row["categories_complete"] if stored else 0


def as_json(extra: Mapping[str, Any]) -> str | None:
    """`extra` as stored: null where there is nothing, no terminal escapes in any of its texts."""
    return json.dumps(_cleaned(extra), ensure_ascii=False, sort_keys=True) if extra else None


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(str(name)): _cleaned(inner) for name, inner in value.items()}
    return [_cleaned(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def plain_doi(text: str | None) -> str | None:
    """The published DOI, bare and lower case; None for arXiv's own, which its id already says."""
    if not text or arxiv_id(text) is not None:
        return None
    return doi(text.split()[0]) or text.strip() if text.strip() else None


def same_work(one: str, other: str) -> bool:
    """Whether two titles under one DOI can be the same work: chapters often carry the DOI of their book."""
    ours, theirs = _telling_words(one), _telling_words(other)
    if not ours or not theirs:
        return True
    return len(ours & theirs) >= 0.5 * min(len(ours), len(theirs))


def _telling_words(title: str) -> set[str]:
    words = set(_WORD.findall(title.casefold()))
    return {word for word in words if len(word) > 3} or words


def author_line(authors: Iterable[Author]) -> str:
    """ "Ada Lovelace, Alan Turing": what lists show and search reads. A comma within a name keeps it together."""
    return ", ".join(author.name.replace(", ", ",\u00a0") for author in authors)


def is_withdrawn(comment: str | None) -> bool:
    """arXiv says it only in the comment: "This paper has been withdrawn by the author"."""
    return bool(comment) and "withdrawn" in str(comment).lower()


def sort_day(values: Mapping[str, Any], published: str | None, at: str) -> str:
    """Announced, else submitted, else published, else the id's month, else the day it was added."""
    for candidate in (values["first_listed"], values["submitted_at"], published):
        if candidate:
            return f"{candidate}-01-01"[:10] if len(str(candidate)) == 4 else f"{candidate}-01"[:10]
    if values["kind"] == "arxiv" and arxiv_id(values["key"]):
        return f"{arxiv_month(values['key'])}-01"
    return at[:10]


def sort_year(values: Mapping[str, Any], published: str | None) -> int | None:
    """The year of publication, else of submission, else of the id; None where none is known."""
    for candidate in (published, values["submitted_at"], values["first_listed"]):
        if candidate and str(candidate)[:4].isdigit():
            return int(str(candidate)[:4])
    if values["kind"] == "arxiv" and arxiv_id(values["key"]):
        return int(arxiv_month(values["key"])[:4])
    return None
