"""Minutes, and what they decided.

In the minutes a line such as "- experiment: try it on our index @kim" is a decision: its kind (action, experiment or
evidence), what, and whose it is. It becomes a decision of its own when the minutes are stored, once.
"""

import re
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from library.clock import stamp
from library.club.kind import DECISION
from library.club.model import DECISION_KINDS, Decision, Session
from library.club.queries import decision, session
from library.club.sessions import write_held
from library.club.writing import journalled
from library.db.changes import Change
from library.db.journal import Recorder
from library.errors import NotFound, UsageError
from library.records.field import FieldError
from library.records.kind import read_values
from library.records.store import RecordError
from library.text import clean, counted, one_line, shortened

LONGEST: Final = 100_000
_LINE = re.compile(rf"\s*(?:[-*•]\s+)?({'|'.join(DECISION_KINDS)}):\s+(\S.*?)(?:\s+@(\w[^@]*))?\s*", re.IGNORECASE)


def write_minutes(
    db: sqlite3.Connection, person: str, number: int, text: str, *, now: datetime, held: bool | None = None
) -> Change:
    """Store the minutes, and decisions written in them. A session that has begun is held by that.

    `held`: whether it took place, where the clock does not tell. Raises UsageError (cancelled, too long), NotFound.
    """
    found = session(db, number)
    if found.state == "cancelled":
        raise UsageError(f"{found.label} of {found.day} is cancelled: there is nothing to minute.")
    said = clean(text).strip()
    if len(said) > LONGEST:
        raise UsageError(f"Minutes have at most {LONGEST:,} characters; these have {len(said):,}.")
    takes_place = found.state == "planned" and (held if held is not None else found.begun(now))
    new = [each for each in decisions_in(said) if not _there(found, each)]

    def write(recorder: Recorder) -> None:
        if said != (found.minutes or ""):
            values = {"minutes": said or None, "updated_at": stamp()}
            recorder.put("club_session", {"id": number}, values)
        if takes_place:
            write_held(recorder, found)
        for kind, what, owner in new:
            decided = {"kind": kind, "text": what, "owner": owner}
            _insert(recorder, person, number, {**decided, "paper_id": _only_paper(found)})

    more = f", {counted(len(new), 'decision')}" if new else ""
    summary = f"wrote the minutes of {found.label} of {found.day}{more}"
    change = journalled(db, person, "minutes", summary, write, "the minutes are as they were")[1]
    if found.state == "planned" and not takes_place and change.journal_id is not None:
        told = f"{summary}; it is still planned for {found.day}: labtop club hold {found.label} says it took place"
        return Change(change.topic, (), change.journal_id, told)
    return change


def decisions_in(text: str) -> list[tuple[str, str, str | None]]:
    """(kind, what, whose) of the lines that decide something."""
    found = []
    for line in text.split("\n"):
        match = _LINE.fullmatch(line)
        if match is not None:
            owner = one_line(match[3])[:80] if match[3] else None
            found.append((match[1].lower(), one_line(match[2])[:500], owner or None))
    return list(dict.fromkeys(found))


def decide(db: sqlite3.Connection, person: str, number: int, raw: Mapping[str, Any]) -> tuple[int, Change]:
    """Add a decision to a session's minutes; (its number, what changed). `raw`: text, kind, owner, paper.

    Raises RecordError, UsageError (cancelled), NotFound.
    """
    from library.papers.queries import find_id

    found = session(db, number)
    if found.state == "cancelled":
        raise UsageError(f"{found.label} of {found.day} is cancelled: nothing was decided there.")
    values, problems = read_values(DECISION, raw)
    if not problems and not values.get("text"):
        problems = (FieldError("text", "is needed"),)
    if problems:
        raise RecordError("decision", tuple(problems))
    paper = values.get("paper")
    paper_id = find_id(db, paper) if paper else _only_paper(found)
    row = {"kind": values.get("kind") or "action", "text": values["text"], "owner": values.get("owner")}

    def write(recorder: Recorder) -> int:
        return _insert(recorder, person, number, {**row, "paper_id": paper_id})

    summary = f"decided in {found.label}: {row['kind']} “{shortened(row['text'])}”"
    made, change = journalled(db, person, "decide", summary, write)
    return int(made), Change(change.topic, (), change.journal_id, f"M-{made}: {summary}")


def done(db: sqlite3.Connection, person: str, number: int, *, again_open: bool = False) -> Change:
    """Note that a decision was carried out (or that it was not, after all). Raises NotFound."""
    found = decision(db, number)
    at = None if again_open else found.done_at or stamp()

    def write(recorder: Recorder) -> None:
        recorder.put("club_decision", {"id": number}, {"done_at": at})

    state = "open again" if again_open else "done"
    return journalled(db, person, "done", f"{found.label} “{shortened(found.text)}” is {state}", write)[1]


def drop(db: sqlite3.Connection, person: str, number: int) -> Change:
    """Take a decision away (undo brings it back). Raises NotFound, UsageError where it was taken over."""
    found = decision(db, number)
    if found.taken is not None:
        raise UsageError(f"{found.label} was taken over as {found.taken}.", mend="Undo that first.")
    summary = f"removed {found.label} “{shortened(found.text)}”"
    return journalled(db, person, "drop", summary, lambda recorder: recorder.delete("club_decision", {"id": number}))[1]


def untaken(db: sqlite3.Connection, number: int) -> Decision:
    """A decision that nobody took over yet. Raises NotFound, UsageError."""
    found = decision(db, number)
    if found.taken is not None:
        raise UsageError(f"{found.label} was taken over as {found.taken} already.")
    if found.kind == "action":
        raise UsageError(
            f"{found.label} is an action, neither an experiment nor evidence.",
            mend=f"labtop club done {found.label} says that it was carried out.",
        )
    return found


def _insert(recorder: Recorder, person: str, number: int, values: Mapping[str, Any]) -> int:
    row = {"session_id": number, **values, "created_by": person, "created_at": stamp()}
    return recorder.insert("club_decision", row)


def _only_paper(found: Session) -> int | None:
    """The paper that a decision rests on where nobody says which: that of a session with one."""
    talked = [slot.paper_id for slot in found.slots if slot.discussed is not False]
    return talked[0] if len(talked) == 1 else None


def _there(found: Session, each: tuple[str, str, str | None]) -> bool:
    return any((one.kind, one.text) == each[:2] for one in found.decisions)


def template(found: Session) -> str:
    """What minutes that are begun in an editor start with."""
    lines = [f"# {one_line(slot.title) or slot.key}\n\n\n" for slot in found.slots] or [""]
    return "".join(lines)


def is_template(found: Session, text: str) -> bool:
    """Whether nothing was written into it."""
    return clean(text).strip() == template(found).strip()


def decision_or_none(db: sqlite3.Connection, number: int) -> Decision | None:
    """As `decision`; None where it is gone."""
    try:
        return decision(db, number)
    except NotFound:
        return None
