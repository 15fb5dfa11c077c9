"""The threshold line: where it lies, and how often what stood above it was wanted.

Only papers that a person decided one at a time count, each by the score that it had when it was decided. What was
picked to explore is shown above the line, so it counts there, whatever its score: leaving it out would flatter. What
was skipped in bulk was never looked at, so it says nothing of the line.
"""

import sqlite3
from dataclasses import dataclass
from typing import Final

from library.db.changes import Change
from library.db.journal import Recorder, record
from library.errors import UsageError
from library.proportions import wilson

WINDOW: Final = 200  # the newest decisions that count
FEW: Final = 30  # below so many a share says little, and is shown as such
_DECIDED: Final = (
    "SELECT decision, explored FROM decision WHERE person = ? AND NOT bulk AND {where}"
    " ORDER BY decided_at DESC, paper_id DESC LIMIT ?"
)
_ABOVE: Final = "(score >= ? OR (explored AND score IS NOT NULL))"
_BELOW: Final = "score < ? AND NOT explored"


@dataclass(frozen=True, slots=True)
class Line:
    """A person's line. `score`: where it lies; None where nothing is ranked. `laid`: by the person themselves, else
    `share` percent of the recent papers lie above it.

    Of the last `n` papers decided one at a time that stood above it, `kept` were wanted (kept, starred or put off):
    `precision` with its 95 % interval by Wilson; None where there are none. `known`: n is 30 or more. `explored` of
    the n were picked to explore. `below_kept` of `below_n`: the same of what stood below, so that a line that lies too
    high is noticed.
    """

    score: float | None
    laid: bool
    share: int | None
    precision: float | None
    kept: int
    n: int
    low: float
    high: float
    known: bool
    explored: int
    below_kept: int
    below_n: int
    window: int = WINDOW


def line(db: sqlite3.Connection, person: str) -> Line:
    """Where the line of `person` lies, and its precision so far."""
    laid = db.execute("SELECT score FROM ranking_line WHERE person = ?", (person,)).fetchone()
    ranking = db.execute(
        "SELECT line, share FROM ranking WHERE person = ? ORDER BY id DESC LIMIT 1", (person,)
    ).fetchone()
    score = laid[0] if laid is not None else ranking[0] if ranking is not None else None
    share = ranking[1] if laid is None and ranking is not None else None
    if score is None:
        return Line(None, False, share, None, 0, 0, *wilson(0, 0), False, 0, 0, 0)
    kept, n, explored = _wanted(db, person, score, _ABOVE)
    below_kept, below_n, _ = _wanted(db, person, score, _BELOW)
    low, high = wilson(kept, n)
    precision = kept / n if n else None
    known = n >= FEW
    return Line(score, laid is not None, share, precision, kept, n, low, high, known, explored, below_kept, below_n)


def lay(db: sqlite3.Connection, person: str, score: float | None) -> Change:
    """Lay the line of `person` at `score` (0 to 1); None lets it follow the share of the settings again.

    Raises UsageError for a score that is none.
    """
    if score is not None and not 0 <= score <= 1:
        raise UsageError("The line lies between 0 and 1, as scores do.", mend="Such as 0.6.")

    def write(recorder: Recorder) -> None:
        if score is None:
            recorder.delete("ranking_line", {"person": person})
        else:
            recorder.put("ranking_line", {"person": person}, {"score": float(score)})

    said = "laid the line by the share of the settings" if score is None else f"laid the line at {score:.2f}"
    _, journal_id = record(db, person=person, action="triage.line", summary=said, write=write)
    return Change("ranking", (), journal_id, said if journal_id else "nothing to change")


def lay_or_lift(db: sqlite3.Connection, person: str, score: float) -> Change:
    """Lay the line at `score`; where the person laid it just there, let it follow the share of the settings again."""
    laid = db.execute("SELECT score FROM ranking_line WHERE person = ?", (person,)).fetchone()
    return lay(db, person, None if laid is not None and laid[0] == score else score)


def at_share(scores: list[float], share: int) -> float | None:
    """The score at which `share` percent of `scores` (at least one of them) lie at or above; None where there are none.

    Equal scores are not told apart: all of them lie above.
    """
    if not scores:
        return None
    above = max(1, len(scores) * share // 100)
    return sorted(scores, reverse=True)[above - 1]


def _wanted(db: sqlite3.Connection, person: str, score: float, where: str) -> tuple[int, int, int]:
    """(wanted, decided, picked to explore) among the newest decisions on one side of the line."""
    rows = db.execute(_DECIDED.format(where=where), (person, score, WINDOW)).fetchall()
    return sum(row[0] != "skip" for row in rows), len(rows), sum(bool(row[1]) for row in rows)
