"""Deciding on papers: keep, skip, star, put off, take back; skip the rest below the line. One journal entry each."""

import sqlite3
from collections.abc import Sequence
from typing import Final

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder
from library.errors import LabtopError
from library.papers.acting import journalled, named, still_there
from library.papers.model import Decision
from library.reading.queue import dequeue_untouched, enqueue
from library.text import counted, one_line
from library.triage.inbox import BELOW, InboxDay, inbox_day
from library.triage.ranked import Standing, standing

_DONE: Final[dict[Decision, str]] = {"keep": "kept", "skip": "skipped", "star": "starred", "later": "put off"}
_QUEUED: Final = ("keep", "star")
_LONGEST_REASON: Final = 300


def decide(
    db: sqlite3.Connection,
    person: str,
    ids: Sequence[int],
    decision: Decision | None,
    *,
    reason: str | None = None,
    bulk: bool = False,
) -> Change:
    """Record a person's decision on papers; None takes it back. A `bulk` decision never trains a ranker, nor counts.

    What is kept or starred goes on the person's reading queue (a star to its front); where that is taken back it comes
    off again, unless they did something with it. What ranking said of the paper is kept with the decision.
    """
    ids = still_there(db, ids)
    why = (one_line(reason)[:_LONGEST_REASON] or None) if reason else None

    def write(recorder: Recorder) -> None:
        _write(recorder, person, ids, decision, why, bulk)

    done = _DONE[decision] if decision else "undecided again:"
    because = f": {why}" if why and decision == "skip" else ""
    return journalled(db, person, ids, "paper.decide", f"{done} {named(db, ids)}{because}", write)


def below_the_line(day: InboxDay) -> tuple[int, ...]:
    """What “skip the rest” means on a day: papers below the line that this person did not decide on yet.

    Not those shown to explore, nor new versions of old papers, nor those without a score: unknown is not low.
    """
    return tuple(item.id for item in day.items if item.place == BELOW and item.decision is None)


def skip_below(db: sqlite3.Connection, person: str, day: str, ids: Sequence[int]) -> Change:
    """Skip the rest of `day` unseen: one action, one undo, nothing that a ranker learns from.

    `ids` is what the person was shown as the rest; what was decided meanwhile stays. Raises LabtopError where nothing
    of `day` is ranked: there is no line then.
    """
    now = inbox_day(db, person, day)
    if not any(item.score is not None for item in now.items):
        raise LabtopError(
            f"Nothing of {day} is ranked yet, so nothing is below the line.", mend="Skip papers one by one, or wait."
        )
    shown = set(ids)
    rest = tuple(paper_id for paper_id in below_the_line(now) if paper_id in shown)
    if not rest:
        return Change("papers", (), None, "nothing is left below the line")

    def write(recorder: Recorder) -> None:
        _write(recorder, person, rest, "skip", None, True)

    summary = f"skipped the rest of {day} below the line, {counted(len(rest), 'paper')}"
    return journalled(db, person, rest, "triage.rest", summary, write)


def _write(
    recorder: Recorder, person: str, ids: Sequence[int], decision: Decision | None, reason: str | None, bulk: bool
) -> None:
    db = recorder.connection
    ranks = standing(db, person, ids) if decision else None
    for paper_id in ids:
        key = {"person": person, "paper_id": paper_id}
        before = db.execute(
            "SELECT decision, reason, bulk, decided_at FROM decision WHERE person = ? AND paper_id = ?",
            (person, paper_id),
        ).fetchone()
        if decision is None or ranks is None:
            recorder.delete("decision", key)
        elif before is None or tuple(before[:3]) != (decision, reason, int(bulk)) or _again(before, decision):
            values = {"decision": decision, "reason": reason, "bulk": int(bulk), "decided_at": stamp()}
            recorder.put("decision", key, {**values, **_shown(ranks, paper_id)})
        if decision in _QUEUED:
            if before is None or before["decision"] != decision:
                enqueue(recorder, person, paper_id, front=decision == "star")
        elif before is not None and before["decision"] in _QUEUED:
            dequeue_untouched(recorder, person, paper_id)


def _again(before: sqlite3.Row, decision: Decision) -> bool:
    """Whether a paper is put off for longer: on another day, putting it off begins anew."""
    return decision == "later" and before["decided_at"][:10] != stamp()[:10]


def _shown(ranks: Standing, paper_id: int) -> dict[str, object]:
    """What ranking said of the paper: empty where it said nothing."""
    rank = ranks.scores.get(paper_id)
    if rank is None:
        return {"score": None, "line": None, "explored": 0, "ranked_by": None}
    return {
        "score": rank.score,
        "line": ranks.line.score,
        "explored": int(rank.explored),
        "ranked_by": ranks.model_hash,
    }
