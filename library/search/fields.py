"""The fields of the query language: their names, what they search, and how their values are read."""

import difflib
import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from library.errors import QueryError
from library.papers.identity import arxiv_id, doi
from library.reading.folding import folded
from library.search.query import And, Between, Fact, Like, Node, Phrase, TextField, Word, join
from library.text import tag_label

TEXT_FIELDS: Final[dict[str, TextField]] = {
    "title": "title",
    "abstract": "abstract",
    "author": "authors",
    "note": "notes_text",
    "text": "body",
}
DAY_FIELDS: Final = ("date", "added", "announced", "due")
FACT_FIELDS: Final = ("category", "tag", "status", "is", "id", "doi", "source", "queue", "critique")
FIELDS: Final = (*TEXT_FIELDS, *FACT_FIELDS, *DAY_FIELDS, "year", "verdict", "like")
_ALIASES: Final = {
    **{"ti": "title", "titles": "title", "abs": "abstract", "abstracts": "abstract", "summary": "abstract"},
    **{"au": "author", "authors": "author", "by": "author", "notes": "note", "body": "text", "full": "text"},
    **{"cat": "category", "categories": "category", "tags": "tag", "has": "is", "key": "id", "arxiv": "id"},
    **{"day": "date", "years": "year", "since": "date"},
}
# Named by the language as a whole; what they search does not exist yet.
LATER: Final = {
    "hyp": "hypotheses",
    "hypothesis": "hypotheses",
    "club": "the paper club",
    "presenter": "the paper club",
    "score": "triage scores",
}
STATUSES: Final = ("keep", "skip", "star", "later", "undecided", "new")
STATES: Final = (
    *("starred", "kept", "skipped", "later", "undecided", "new", "noted", "tagged", "critiqued", "quoted"),
    *("arxiv", "reference", "document", "published", "withdrawn", "fulltext"),
)
QUEUES: Final = ("any", "queued", "reading", "read", "dropped")
_STATUS_ALIASES: Final = {"kept": "keep", "skipped": "skip", "starred": "star", "none": "undecided"}
_STATE_ALIASES: Final = {
    **{"star": "starred", "keep": "kept", "skip": "skipped", "note": "noted", "notes": "noted", "tag": "tagged"},
    **{"tags": "tagged", "doc": "document", "unread": "undecided"},
}
_UPPER_ARCHIVES: Final = frozenset({"cs", "math", "stat", "eess", "econ", "q-bio", "q-fin", "nlin"})
_SINCE: Final = re.compile(r"(\d{1,4})([dwmy])", re.IGNORECASE)
_DAY: Final = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_COMPARED: Final = re.compile(r"(<=|>=|<|>)(.*)", re.DOTALL)


def field_name(written: str) -> str | None:
    """The field that `written` names, in one of its spellings; None for none."""
    name = written.lower()
    name = _ALIASES.get(name, name)
    return name if name in FIELDS else None


def near_field(written: str) -> str | None:
    """The field name that `written` is probably a slip of."""
    near = difflib.get_close_matches(written.lower(), [*FIELDS, *_ALIASES, *LATER], 1, cutoff=0.79)
    return near[0] if near else None


def has_token(text: str) -> bool:
    """Whether the index would see a word in `text` at all: a letter or a digit."""
    return any(unicodedata.category(character)[0] in "LN" for character in text)


def identifier(text: str) -> Fact | None:
    """The paper that is meant where `text` is an arXiv id or a DOI in some spelling, and nothing else."""
    found = arxiv_id(text)
    if found is not None:
        return Fact("id", found.base, 1)
    bare = doi(text)
    return Fact("doi", bare, 1) if bare else None


def fielded(name: str, value: str, *, quoted: bool, column: int, today: date) -> Node:
    """The leaf (or small tree) for `name:value`. Raises QueryError naming what `name` takes."""
    if name in TEXT_FIELDS:
        return _text(name, value, quoted=quoted, column=column)
    if name == "like" and value.strip():
        return Like(value.strip(), column)
    if name in DAY_FIELDS:
        return _between(name, value, column, lambda text: _days(text, today), f"{name}: {_DAYS}")
    if name == "year":
        return _between(name, value, column, _years, "a year or a range of years: 2024, 2024..2026, ..2024")
    if name == "verdict":
        return _between(name, value, column, _verdicts, "a verdict from 1 to 5, or a range: 4, >=4, 2..3")
    if not value.strip("* "):
        raise QueryError(f"{name}: needs a value.", column=column, expected=f"a value for {name}:")
    return Fact(name, _fact(name, value.strip(), column), column)


def word(text: str, column: int, field: TextField | None = None) -> Word | None:
    """A word, or a prefix where it ends in `*`. None where the index would see nothing in it."""
    stem = text.rstrip("*")
    if stem != text and has_token(stem):
        if sum(has_token(character) for character in stem) < 3:
            raise QueryError(
                f"{text} is too short: a beginning of a word needs three letters.",
                column=column,
                expected=f"three letters or more before the *, or the word {stem} itself",
            )
        return Word(stem, column, field, prefix=True)
    return Word(text, column, field) if has_token(text) else None


def _text(name: str, value: str, *, quoted: bool, column: int) -> Node:
    field = TEXT_FIELDS[name]
    if not has_token(value):
        raise QueryError(
            f"{name}: needs a word, and there is none in {value!r}.", column=column, expected=f"a word after {name}:"
        )
    if quoted and field == "authors" and "," in value:  # "Hinton, Geoffrey": the index holds "Geoffrey Hinton"
        names = [part for part in re.split(r"[\s,]+", value) if has_token(part)]
        whole = [part for part in names if sum(has_token(character) for character in part) > 1] or names
        node = join(And, [Word(part, column, field) for part in whole])
        if node is not None:
            return node
    if quoted:
        return Phrase(value, column, field)
    found = word(value, column, field)
    assert found is not None
    return found


def _fact(name: str, value: str, column: int) -> str:
    if name == "status":
        return _one_of(name, _STATUS_ALIASES.get(value.lower(), value.lower()), STATUSES, column)
    if name == "is":
        return _one_of(name, _STATE_ALIASES.get(value.lower(), value.lower()), STATES, column)
    if name == "queue":
        return _one_of(name, value.lower(), QUEUES, column)
    if name == "critique":
        return _folded(value, column)
    if name == "category":
        return category(value)
    if name == "tag":
        return tag_label(value)
    if name == "doi":
        return doi(value) or value.lower()
    if name == "id":
        identifier = arxiv_id(value)
        bare = doi(value)
        return identifier.base if identifier else f"doi:{bare}" if bare else value
    return value.lower()


def _one_of(name: str, value: str, known: tuple[str, ...], column: int) -> str:
    if value in known:
        return value
    near = difflib.get_close_matches(value, known, 1)
    hint = f" Did you mean {name}:{near[0]}?" if near else ""
    raise QueryError(f"{name}:{value} is nothing that labtop knows.{hint}", column=column, expected=", ".join(known))


def category(text: str) -> str:
    """As arXiv writes it: cs.cl → cs.CL, COND-MAT.mtrl-sci → cond-mat.mtrl-sci. Other labels stay as they are."""
    archive, dot, subject = text.partition(".")
    if not dot or subject == "*":
        return archive.lower() + dot + subject
    upper = archive.lower() in _UPPER_ARCHIVES
    return f"{archive.lower()}.{subject.upper() if upper else subject.lower()}"


_DAYS: Final = "a day, month, year or a range of them: 2026-01-05, 2026-01, 2026, 2026-01.., ..2025-12, today, 7d"
_Span = tuple[str | None, str | None]


def _between(name: str, value: str, column: int, span: Callable[[str], _Span | None], expected: str) -> Between:
    text = value.strip()
    if not text:
        raise QueryError(f"{name}: needs a value.", column=column, expected=expected)
    start: str | None
    stop: str | None
    compared = _COMPARED.fullmatch(text)
    if compared:
        first = last = _read(name, compared[2].strip(), column, span, expected)
        start = {">=": first[0], ">": first[1]}.get(compared[1])
        stop = {"<=": last[1], "<": last[0]}.get(compared[1])
    else:
        from_text, dots, to_text = text.partition("..")
        to_text = to_text.lstrip(".")
        if dots and not (from_text or to_text):
            raise QueryError(f"{name}:.. has neither beginning nor end.", column=column, expected=expected)
        first = _read(name, from_text, column, span, expected) if from_text else (None, None)
        last = first if not dots else _read(name, to_text, column, span, expected) if to_text else (None, None)
        start, stop = first[0], last[1]
    if start is not None and stop is not None and start >= stop:
        raise QueryError(f"{name}:{text} ends before it begins.", column=column, expected="the earlier end first")
    return Between(name, start, stop, text, column)


def _read(name: str, text: str, column: int, span: Callable[[str], _Span | None], expected: str) -> _Span:
    found = span(text)
    if found is None:
        raise QueryError(f"{name}: cannot be {text!r}.", column=column, expected=expected)
    return found


def _years(text: str) -> _Span | None:
    if not re.fullmatch(r"[0-9]{4}", text):
        return None
    return text, f"{int(text) + 1:04}"


def _verdicts(text: str) -> _Span | None:
    return (text, str(int(text) + 1)) if re.fullmatch(r"[1-5]", text) else None


def _folded(value: str, column: int) -> str:
    """The beginning of a word, or words in a row, as critiques keep them."""
    words = folded(value.rstrip("*"))
    if not words:
        raise QueryError(f"critique: needs a word, and there is none in {value!r}.", column=column, expected="a word")
    return words


def _days(text: str, today: date) -> _Span | None:
    """The half-open span of days that `text` names; "7d" and its like have no end."""
    word = text.lower()
    if word in ("today", "yesterday"):
        day = today - timedelta(days=int(word == "yesterday"))
        return day.isoformat(), _next(day)
    since = _SINCE.fullmatch(text)
    try:
        if since:
            days = {"d": 1, "w": 7, "m": 30, "y": 365}[since[2].lower()]
            return (today - timedelta(days=days * int(since[1]))).isoformat(), None
        match = _DAY.fullmatch(text)
        if match is None or not text.isascii():
            return None
        year, month, day_number = int(match[1]), match[2], match[3]
        if month is None:
            return f"{year:04}-01-01", f"{year + 1:04}-01-01"
        first = date(year, int(month), int(day_number or 1))
        if day_number:
            return first.isoformat(), _next(first)
        last = date(year + first.month // 12, first.month % 12 + 1, 1) if year < 9999 else date.max
        return first.isoformat(), last.isoformat()
    except (ValueError, OverflowError):
        return None


def _next(day: date) -> str:
    return (day + timedelta(days=1)).isoformat() if day < date.max else "9999-12-32"
