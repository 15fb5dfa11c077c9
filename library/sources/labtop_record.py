"""Papers as labtop itself writes them (`labtop export library --format jsonl`): taken word for word, yet not on trust.

The file may have passed through other hands: every text is cleaned, every value is what its name says or is left out.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast, get_args

from library.papers.identity import arxiv_id
from library.papers.model import Announcement, AnnounceType, Author, PaperDraft, PaperKind, TextKind, Version
from library.sources.reference import ABSTRACT_LIMIT, AUTHOR_LIMIT, TITLE_LIMIT, Unusable
from library.text import clean, one_line, tag_label

_KEY: Final = re.compile(r"[a-z]{2,20}:\S.{0,500}")
_SOURCE: Final = re.compile(r"[a-z][a-z0-9 _.-]{0,40}")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\dZ)?")
_PARTIAL: Final = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")
_BODY_LIMIT: Final = 4_000_000


def is_labtop_record(value: Mapping[str, Any]) -> bool:
    """Whether labtop wrote it."""
    return isinstance(value.get("labtop"), int) and "kind" in value


def draft_of_labtop(value: Mapping[str, Any]) -> PaperDraft:
    """The paper that was exported. Raises Unusable with the reason."""
    if value["labtop"] != 1:
        raise Unusable(f"written by a newer labtop (form {value['labtop']}): update this one")
    key, kind = _line(value, "id"), _line(value, "kind")
    if kind not in get_args(PaperKind):
        raise Unusable(f"“{kind[:40]}” is no kind of paper")
    identifier = arxiv_id(key)
    if (identifier is None or identifier.base != key) if kind == "arxiv" else not _KEY.fullmatch(key):
        raise Unusable(f"“{key[:60]}” is no id of a paper of the kind {kind}")
    title, abstract = _line(value, "title")[:TITLE_LIMIT], _text(value, "abstract")[:ABSTRACT_LIMIT]
    if not title and not abstract:
        raise Unusable("no title and no abstract")
    source = _line(value, "source")
    text_kind = _line(value, "text_kind")
    versions = tuple(_versions(value.get("versions")))
    extra = value.get("extra")
    return PaperDraft(
        key=key,
        kind=cast(PaperKind, kind),
        source=source if _SOURCE.fullmatch(source) else "labtop",
        title=title,
        abstract=abstract,
        text_kind=cast(TextKind, text_kind) if text_kind in get_args(TextKind) else "abstract",
        authors=tuple(_authors(value.get("authors")))[:AUTHOR_LIMIT],
        authors_truncated=value.get("authors_truncated") is True,
        categories=tuple(dict.fromkeys(_words(value.get("categories")))),
        categories_complete=value.get("categories_complete") is not False,
        version=_number(value.get("version")),
        versions=versions,
        submitted_at=_matching(_MOMENT, value, "submitted_at"),
        updated_at=_matching(_MOMENT, value, "updated_at"),
        published=_matching(_PARTIAL, value, "published"),
        first_listed=_matching(_DAY, value, "first_listed"),
        announcements=tuple(_announcements(value.get("announcements"))),
        doi=_line(value, "doi") or None,
        journal_ref=_line(value, "journal_ref") or None,
        comment=_line(value, "comment") or None,
        license=_line(value, "license") or None,
        url=_line(value, "url") or None,
        extra=extra if isinstance(extra, dict) else {},
        tags=tuple(dict.fromkeys(tag for word in _strings(value.get("tags")) if (tag := tag_label(word)[:60]))),
        body=_text(value, "body")[:_BODY_LIMIT],
        added_at=_matching(_MOMENT, value, "added_at"),
        own=own if isinstance(own := value.get("own"), dict) else {},
    )


def _authors(value: object) -> Iterator[Author]:
    for one in value if isinstance(value, list) else ():
        if isinstance(one, dict) and (name := _line(one, "name")):
            yield Author(name, _line(one, "family"), _line(one, "given"))


def _versions(value: object) -> Iterator[Version]:
    for one in value if isinstance(value, list) else ():
        number = _number(one.get("version")) if isinstance(one, dict) else None
        if number is not None:
            abstract = _text(one, "abstract")[:ABSTRACT_LIMIT]
            has_text = "title" in one or "abstract" in one
            title = _line(one, "title")[:TITLE_LIMIT] if has_text else None
            yield Version(number, _matching(_MOMENT, one, "submitted_at"), title, abstract if has_text else None)


def _announcements(value: object) -> Iterator[Announcement]:
    for one in value if isinstance(value, list) else ():
        if not isinstance(one, dict):
            continue
        category, kind, day = _line(one, "category"), _line(one, "type"), _matching(_DAY, one, "day")
        if category and day and kind in get_args(AnnounceType):
            yield Announcement(category, cast(AnnounceType, kind), day)


def _line(value: Mapping[str, Any], name: str) -> str:
    text = value.get(name)
    return one_line(text) if isinstance(text, str) else ""


def _text(value: Mapping[str, Any], name: str) -> str:
    text = value.get(name)
    return clean(text).strip() if isinstance(text, str) else ""


def _matching(pattern: re.Pattern[str], value: Mapping[str, Any], name: str) -> str | None:
    text = _line(value, name)
    return text if pattern.fullmatch(text) else None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 999 else None


def _strings(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _words(value: object) -> list[str]:
    return [word for text in _strings(value) if (word := "".join(one_line(text).split()))]
