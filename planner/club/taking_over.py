"""Decisions of the minutes taken over by the programme: as an experiment to plan, or as evidence on a hypothesis.

The decision names the record that it became, and the record can be asked where it comes from (`origin`). One action in
the journal holds both, so that undo takes both back.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from library.club.minutes import untaken
from library.club.model import Decision
from library.club.queries import decision, session
from library.db.changes import Change
from library.db.journal import Recorder
from library.errors import UsageError
from library.records import store
from library.text import one_line
from planner.experiments.kind import EXPERIMENT
from planner.hypotheses.evidence import add_evidence


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record comes from: decision M-5 of session S-3 on `day`."""

    decision_id: int
    session_id: int
    day: str
    text: str


def as_experiment(db: sqlite3.Connection, person: str, number: int, raw: Mapping[str, Any]) -> tuple[int, Change]:
    """A draft experiment from a decision; (its number, what changed). `raw` fills in more of its fields.

    The title is the decision's text where `raw` has none, its question says where it comes from. Raises NotFound,
    RecordError, UsageError where it was taken over already.
    """
    found = untaken(db, number)
    filled = {**proposed(db, found), **{name: value for name, value in raw.items() if value not in (None, "")}}

    def more(recorder: Recorder, made: int) -> None:
        _take(recorder, found, "experiment", made)

    made, change = store.create(db, person, EXPERIMENT, filled, more=more)
    return made, _told(found, change, f"E-{made}")


def proposed(db: sqlite3.Connection, found: Decision) -> dict[str, Any]:
    """What an experiment from a decision begins with."""
    held = session(db, found.session_id)
    paper = f" on {found.key}" if found.key else ""
    values = {
        "title": found.text,
        "question": f"From the paper club of {held.day} ({held.label}, {found.label}){paper}.",
    }
    return values | ({"owner": one_line(found.owner)} if found.owner else {})


def as_evidence(
    db: sqlite3.Connection,
    person: str,
    number: int,
    hypothesis_id: int,
    marks: Mapping[str, Any],
    *,
    paper_id: int | None = None,
    sentence: str | None = None,
    quote: str | None = None,
) -> tuple[int, Change]:
    """Evidence from a decision: a sentence of its paper beside a hypothesis; (its number, what changed).

    Sentence and stance are the person's choice. Raises NotFound, UsageError (no paper, no sentence, no stance, taken
    over already).
    """
    found = untaken(db, number)
    paper = paper_id if paper_id is not None else found.paper_id
    if paper is None:
        raise UsageError(f"{found.label} names no paper.", mend="Say which paper the sentence is of.")
    noted = f"{found.text} ({found.label}, paper club S-{found.session_id})"
    marked = {**marks, "note": marks.get("note") or noted}

    def more(recorder: Recorder, made: int) -> None:
        _take(recorder, found, "evidence", made)

    made, change = add_evidence(db, person, hypothesis_id, paper, marked, sentence=sentence, quote=quote, more=more)
    return made, _told(found, change, f"evidence {made}")


def origin(db: sqlite3.Connection, kind: str, number: int) -> Origin | None:
    """Which decision an experiment ("experiment") or a piece of evidence ("evidence") comes from."""
    row = db.execute(
        "SELECT d.id, d.session_id, s.day, d.text FROM club_decision d JOIN club_session s ON s.id = d.session_id"
        " WHERE d.taken_kind = ? AND d.taken_id = ? ORDER BY d.id LIMIT 1",
        (kind, number),
    ).fetchone()
    return Origin(*row) if row is not None else None


def is_gone(db: sqlite3.Connection, number: int) -> bool:
    """Whether the record that a decision became is no longer there (evidence that somebody removed)."""
    found = decision(db, number)
    if found.taken is None:
        return False
    table, made = (
        ("experiment", found.taken[2:]) if found.taken.startswith("E-") else ("evidence", found.taken.split()[1])
    )
    return db.execute(f"SELECT 1 FROM {table} WHERE id = ?", (int(made),)).fetchone() is None


def _take(recorder: Recorder, found: Decision, kind: str, made: int) -> None:
    recorder.put("club_decision", {"id": found.id}, {"taken_kind": kind, "taken_id": made})


def _told(found: Decision, change: Change, label: str) -> Change:
    """All rooms may show it: the decision is the club's, the record the programme's."""
    return Change("rows", (), change.journal_id, f"{found.label} is {label}: {change.summary}")
