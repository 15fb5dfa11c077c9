"""A paper's full text as it is stored, and what attaching one came to."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Origin = Literal["arxiv", "file"]
State = Literal["added", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class FullText:
    """A paper's full text. `version` of the paper it is of, None where nobody knows; `origin`: address or path.

    `pages` of the file, `pages_read` of them in the text; `bytes` of the file, `characters` of the text.
    `stored_as`: the file's name under documents/.
    """

    source: Origin
    version: int | None
    pages: int | None
    pages_read: int
    characters: int
    bytes: int
    sha256: str
    stored_as: str
    origin: str
    person: str
    added_at: str


@dataclass(frozen=True, slots=True)
class Attached:
    """What became of it. `notices`: what a person should know of the text."""

    paper_id: int
    key: str
    title: str
    state: State
    full_text: FullText
    journal_id: int | None = None
    notices: tuple[str, ...] = ()


def page_at(starts: Sequence[int], position: int) -> int | None:
    """The page, from 1, on which a place of the body stands; None where no page is known."""
    return bisect_right(starts, position) or None if starts else None
