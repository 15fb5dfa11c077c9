"""What the reading queue holds, and what is written while reading."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from library.sentences.quotes import Standing

State = Literal["queued", "reading", "read", "dropped"]
Order = Literal["hand", "score", "due", "age"]
QuotedSource = Literal["abstract", "body"]
STATES: Final[tuple[State, ...]] = ("reading", "queued", "read", "dropped")
ORDERS: Final[tuple[Order, ...]] = ("hand", "score", "due", "age")
LONG: Final = 14  # days: what waits longer is pointed out


@dataclass(frozen=True, slots=True)
class Entry:
    """A paper on somebody's queue. `id` is the paper's number, `key` its key; days YYYY-MM-DD, times UTC ISO 8601.

    `place` counts from 1 among those of its state, by hand. `progress` in per cent, `score` as ranked: None where
    nobody said. `version` is that of the paper when it was queued, `changed` whether the abstract has changed since
    then (or since the person looked at what changed). `remark`: the line that stands for what was written last.
    """

    id: int
    key: str
    title: str
    first_author: str
    author_count: int
    state: State
    place: int
    due: str | None
    progress: int | None
    score: float | None
    version: int | None
    changed: bool
    added_at: str
    started_at: str | None
    finished_at: str | None
    verdict: int | None  # of one's own critique
    notes: int
    critiques: int
    quotes: int
    remark: str

    def age(self, today: date) -> int:
        """Days since it was queued; of what is read or dropped, since then."""
        since = self.finished_at if self.state in ("read", "dropped") and self.finished_at else self.added_at
        return max(0, (today - date.fromisoformat(since[:10])).days)

    def days_left(self, today: date) -> int | None:
        """Days until it is due; negative where that is past, None where it has no such day or is done with."""
        if self.due is None or self.state in ("read", "dropped"):
            return None
        return (date.fromisoformat(self.due) - today).days


@dataclass(frozen=True, slots=True)
class Critique:
    """What one person makes of a paper, written about `version`. `values`: every field of the template, empty None."""

    id: int
    paper_id: int
    paper_key: str
    paper_title: str
    person: str
    version: int | None
    stale: bool  # another version has changed the abstract since
    values: Mapping[str, Any]
    created_at: str
    updated_at: str

    @property
    def label(self) -> str:
        """ "C-3"."""
        return f"C-{self.id}"

    @property
    def line(self) -> str:
        """ "4/5 fair baselines, one dataset": verdict and line, as far as they are there."""
        verdict = self.values["verdict"]
        parts = ([f"{verdict}/5"] if verdict else []) + ([self.values["line"]] if self.values["line"] else [])
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence that somebody took down: its place in code points, its words, and whether the paper still says it.

    `page`: of the file, from 1, on which it stands; None in an abstract, and where it stands at that place no more.
    """

    id: int
    paper_id: int
    paper_key: str
    paper_title: str
    person: str
    source: QuotedSource
    version: int | None
    start: int
    end: int
    quote: str
    remark: str | None
    standing: Standing
    page: int | None
    created_at: str
    updated_at: str
