"""What people do to sessions: plan, move, put papers on, cancel, hold."""

import sqlite3
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from library.clock import stamp
from library.club.guard import refuse_repeat
from library.club.kind import SESSION
from library.club.model import Session
from library.club.proposals import pending
from library.club.queries import proposal, session, sessions
from library.club.turns import due, part, put_session
from library.club.writing import changed_fields, journalled
from library.club.zones import day_there, own_zone
from library.db.changes import Change
from library.db.journal import Recorder
from library.errors import NotFound, UsageError
from library.records.kind import to_row
from library.records.store import checked
from library.text import clean, counted, one_line, shortened

Papers = Sequence[tuple[int, int | None]]  # (paper, the proposal it comes from)


def usual(db: sqlite3.Connection, now: datetime) -> dict[str, str]:
    """What a new session probably is: as the last one, as long after it as that came after the one before.

    Without any session: in a week, at 16:00 in this machine's zone, for an hour.
    """
    held = [each for each in sessions(db) if each.state != "cancelled"]
    if not held:
        zone = own_zone()
        in_a_week = day_there(now, zone) + timedelta(days=7)
        return {"day": in_a_week.isoformat(), "time": "16:00", "zone": zone, "length": "60"}
    last = held[-1]
    gap = last.start.date() - held[-2].start.date() if len(held) > 1 else timedelta(days=7)
    step, day = gap if gap > timedelta(0) else timedelta(days=7), last.start.date()
    today = day_there(now, last.zone)
    day += step * max(1, -((day - today) // step))
    values = {"day": day.isoformat(), "time": last.time, "zone": last.zone, "length": str(last.length)}
    return values | {"place": last.place or "", "link": last.link or ""}


def plan(
    db: sqlite3.Connection,
    person: str,
    raw: Mapping[str, Any],
    papers: Papers = (),
    *,
    rotate: bool = True,
    presenter: int | None = None,
    backup: int | None = None,
    again: bool = False,
) -> tuple[int, Change]:
    """Plan a session; (its number, what changed). `rotate`: presenter and backup come by rotation where not named.

    Raises RecordError, AlreadyDiscussed (without `again`), UsageError.
    """
    values = checked(db, SESSION, raw)
    chosen = _checked_papers(db, papers, again=again)
    first, second = presenter, backup
    if rotate or presenter is not None:
        by_turn = due(db, values["day"], presenter=presenter)
        first, second = by_turn[0], backup if backup is not None else by_turn[1]
    if first is not None and first == second:
        raise UsageError("Presenter and backup are two people.", mend="Name another backup.")
    now = stamp()
    row = {
        **to_row(SESSION, values),
        **{"uid": f"{uuid.uuid4()}@labtop", "state": "planned"},
        **{"presenter_id": first, "due_id": first, "backup_id": second},
        **{"created_by": person, "created_at": now, "updated_at": now},
    }

    def write(recorder: Recorder) -> int:
        number = recorder.insert("club_session", row)
        _insert_slots(recorder, number, chosen, start=0)
        # A new event begins at 0, however many papers it has.
        recorder.connection.execute("UPDATE club_calendar SET sequence = 0 WHERE uid = ?", (row["uid"],))
        return number

    summary = f"planned a session on {values['day']} at {values['time']} {values['zone']}{_with(db, chosen)}"
    number, change = journalled(db, person, "schedule", summary, write)
    return int(number), Change(change.topic, (), change.journal_id, f"S-{number}: {summary}")


def revise(db: sqlite3.Connection, person: str, number: int, raw: Mapping[str, Any]) -> Change:
    """Change day, time, zone, place, link, topic, agenda. Raises RecordError, NotFound, UsageError (cancelled)."""
    found = session(db, number)
    _refuse_cancelled(found)
    after, columns = changed_fields(db, SESSION, number, raw)
    moved = {"day", "time", "zone"} & columns.keys()
    names = ", ".join(SESSION.field(name).label.lower() for name in columns if name != "updated_at")
    summary = (
        f"moved {found.label} from {found.day} {found.time} to {after['day']} {after['time']} {after['zone']}"
        if moved
        else f"changed {found.label}: {names}"
    )

    def write(recorder: Recorder) -> None:
        if columns:
            recorder.put("club_session", {"id": number}, columns)

    return journalled(db, person, "move" if moved else "session", summary, write, f"{found.label} is as it was")[1]


def add_papers(db: sqlite3.Connection, person: str, number: int, papers: Papers, *, again: bool = False) -> Change:
    """Put papers on a session, behind those that it has. Raises AlreadyDiscussed (without `again`), UsageError."""
    found = session(db, number)
    _refuse_cancelled(found)
    there = {slot.paper_id for slot in found.slots}
    chosen = _checked_papers(db, [each for each in papers if each[0] not in there], again=again)
    summary = f"put {_papers(db, chosen)} on {found.label} of {found.day}"

    def write(recorder: Recorder) -> None:
        held = 1 if found.state == "held" else None
        _insert_slots(recorder, number, chosen, start=len(found.slots), discussed=held)

    return journalled(db, person, "papers", summary, write, f"{found.label} has it already")[1]


def remove_paper(db: sqlite3.Connection, person: str, number: int, paper_id: int) -> Change:
    """Take a paper off a session; its proposal is open again. Raises NotFound."""
    found = session(db, number)
    row = db.execute("SELECT id FROM club_slot WHERE session_id = ? AND paper_id = ?", (number, paper_id)).fetchone()
    if row is None:
        raise NotFound(f"{found.label} does not have that paper.", mend=f"labtop club show {found.label} lists them.")
    summary = f"took {_papers(db, [(paper_id, None)])} off {found.label} of {found.day}"
    return journalled(db, person, "papers", summary, lambda recorder: recorder.delete("club_slot", {"id": row["id"]}))[
        1
    ]


def cancel(db: sqlite3.Connection, person: str, number: int, reason: str = "") -> Change:
    """Cancel a session; its proposals are open again. Raises UsageError for one that was held, NotFound."""
    found = session(db, number)
    if found.state == "held":
        raise UsageError(f"{found.label} was held on {found.day}: what took place cannot be cancelled.")
    why = one_line(reason)[:500] or None

    def write(recorder: Recorder) -> None:
        if found.state != "cancelled":
            put_session(recorder, found, {"state": "cancelled", "reason": why})

    summary = f"cancelled {found.label} of {found.day}{f': {shortened(why)}' if why else ''}"
    return journalled(db, person, "cancel", summary, write, f"{found.label} is cancelled already")[1]


def hold(
    db: sqlite3.Connection,
    person: str,
    number: int,
    *,
    presenter: int | None = None,
    not_discussed: Collection[int] = (),
) -> Change:
    """Note that a session took place. `presenter`: who really presented; `not_discussed`: papers that had no time.

    Raises UsageError (cancelled, or without a paper of that number), NotFound.
    """
    found = session(db, number)
    _refuse_cancelled(found)
    unknown = set(not_discussed) - {slot.paper_id for slot in found.slots}
    if unknown:
        raise NotFound(f"{found.label} does not have that paper.", mend=f"labtop club show {found.label} lists them.")

    def write(recorder: Recorder) -> None:
        write_held(recorder, found, presenter=presenter, not_discussed=not_discussed)

    talked = len(found.slots) - len(set(not_discussed))
    summary = f"held {found.label} of {found.day}: {counted(talked, 'paper')} discussed"
    return journalled(db, person, "hold", summary, write, f"{found.label} is held already")[1]


def write_held(
    recorder: Recorder, found: Session, *, presenter: int | None = None, not_discussed: Collection[int] = ()
) -> None:
    """Part of the caller's journal entry: the session is held, its papers are discussed."""
    values: dict[str, Any] = {"state": "held"}
    if presenter is not None and presenter != found.presenter_id:
        values |= {"presenter_id": presenter, "swapped_with": None}
        values |= {"backup_id": None} if presenter == found.backup_id else {}
        part(recorder, found)
    put_session(recorder, found, values)
    rows = recorder.connection.execute(
        "SELECT id, paper_id, discussed FROM club_slot WHERE session_id = ?", (found.id,)
    ).fetchall()
    for row in rows:
        discussed = int(row["paper_id"] not in not_discussed)
        if row["discussed"] != discussed and (row["discussed"] is None or not_discussed):
            recorder.put("club_slot", {"id": row["id"]}, {"discussed": discussed})


def _checked_papers(db: sqlite3.Connection, papers: Papers, *, again: bool) -> tuple[tuple[int, int | None], ...]:
    """Each paper once, with its proposal; refused where it was discussed or stands on another session."""
    found: dict[int, int | None] = {}
    for paper_id, number in papers:
        if number is None:
            waiting = pending(db, paper_id)
            number = waiting.id if waiting is not None and waiting.paper_id == paper_id else None
        if number is not None:
            wanted = proposal(db, number)
            if wanted.state != "open":
                where = f" on S-{wanted.session_id}" if wanted.session_id else ""
                raise UsageError(
                    f"{wanted.label} “{shortened(wanted.title)}” is {wanted.state}{where}.",
                    mend="Take it off there first, or propose it anew.",
                )
            if not (again or wanted.again):
                refuse_repeat(db, paper_id)
        elif not again:
            _refuse_planned(db, paper_id)
            refuse_repeat(db, paper_id)
        found.setdefault(paper_id, number)
    return tuple(found.items())


def _refuse_planned(db: sqlite3.Connection, paper_id: int) -> None:
    row = db.execute(
        "SELECT s.id, s.day, p.key FROM club_slot l JOIN club_session s ON s.id = l.session_id"
        " JOIN paper p ON p.id = l.paper_id WHERE l.paper_id = ? AND s.state = 'planned'",
        (paper_id,),
    ).fetchone()
    if row is not None:
        raise UsageError(f"{row['key']} stands on S-{row['id']} of {row['day']}.", mend="Take it off there first.")


def _insert_slots(recorder: Recorder, number: int, papers: Papers, *, start: int, discussed: int | None = None) -> None:
    for place, (paper_id, proposal_id) in enumerate(papers, start + 1):
        values = {"session_id": number, "position": place, "paper_id": paper_id, "proposal_id": proposal_id}
        recorder.insert("club_slot", {**values, "discussed": discussed})


def _refuse_cancelled(found: Session) -> None:
    if found.state == "cancelled":
        raise UsageError(
            f"{found.label} of {found.day} is cancelled.", mend="Undo that, or plan another: labtop club schedule DAY."
        )


def _papers(db: sqlite3.Connection, papers: Papers) -> str:
    if len(papers) != 1:
        return counted(len(papers), "paper")
    row = db.execute("SELECT key, title FROM paper WHERE id = ?", (papers[0][0],)).fetchone()
    if row is None:
        raise NotFound("That paper is no longer here.")
    return f"“{shortened(row['title'] or row['key'])}” ({row['key']})"


def _with(db: sqlite3.Connection, papers: Papers) -> str:
    return f" with {_papers(db, papers)}" if papers else ""


def text_of(text: str) -> str | None:
    """Several lines as they are stored; None for an empty text."""
    return clean(text).strip() or None
