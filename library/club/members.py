"""What people do to the list of members: add, change, leave, note when somebody is away."""

import sqlite3
from collections.abc import Mapping
from datetime import date
from typing import Any

from library.clock import stamp
from library.club.kind import ABSENCE, MEMBER
from library.club.names import name_key
from library.club.writing import changed_fields, journalled
from library.db.changes import Change
from library.db.journal import Recorder
from library.errors import NotFound, UsageError
from library.records.field import FieldError
from library.records.kind import read_values
from library.records.store import RecordError, checked


def join(db: sqlite3.Connection, person: str, raw: Mapping[str, Any], *, today: date) -> tuple[int, Change]:
    """Add a member, from today where nothing else is said; whoever left before comes back. Raises RecordError."""
    there = db.execute("SELECT * FROM club_member WHERE name_key = ?", (name_key(str(raw.get("name", ""))),)).fetchone()
    since = raw.get("joined_on") or today.isoformat()
    if there is not None and there["left_on"] is not None:
        back = {**raw, "name": there["name"], "joined_on": since, "left_on": None}
        return int(there["id"]), revise(db, person, there["id"], back, done="is back in the club")
    values = checked(db, MEMBER, {**raw, "joined_on": since})
    now = stamp()

    def write(recorder: Recorder) -> int:
        row = {**values, "name_key": name_key(values["name"])}
        return recorder.insert("club_member", {**row, "created_by": person, "created_at": now, "updated_at": now})

    number, change = journalled(db, person, "join", f"added {values['name']} to the club", write)
    return int(number), change


def revise(db: sqlite3.Connection, person: str, number: int, raw: Mapping[str, Any], *, done: str = "") -> Change:
    """Change what is kept of a member. Raises RecordError, NotFound."""
    after, columns = changed_fields(db, MEMBER, number, raw)

    def write(recorder: Recorder) -> None:
        if columns:
            recorder.put("club_member", {"id": number}, {**columns, "name_key": name_key(after["name"])})

    said = f"{after['name']} {done}" if done else f"changed the member {after['name']}"
    return journalled(db, person, "member", said, write, f"{after['name']} is as before")[1]


def leave(db: sqlite3.Connection, person: str, number: int, day: date) -> Change:
    """A member takes part no more from `day` on; what they presented stays. Raises NotFound, RecordError."""
    return revise(db, person, number, {"left_on": day.isoformat()}, done=f"leaves the club on {day}")


def absent(db: sqlite3.Connection, person: str, number: int, raw: Mapping[str, Any]) -> tuple[int, Change]:
    """Note that a member is away, both days included. Raises RecordError, NotFound."""
    values, problems = read_values(ABSENCE, raw)
    if not problems and not values.get("first_day"):
        problems = (FieldError("first_day", "is needed"),)
    first = values.get("first_day")
    last = values.get("last_day") or first
    if first is not None and last is not None and last < first:
        problems = (FieldError("last_day", "is before the first"),)
    if problems:
        raise RecordError("absence", tuple(problems))
    name = _name(db, number)
    row = {"member_id": number, "first_day": first, "last_day": last, "reason": values.get("reason")}

    def write(recorder: Recorder) -> int:
        return recorder.insert("club_absence", {**row, "person": person, "at": stamp()})

    days = f"on {first}" if first == last else f"from {first} to {last}"
    found, change = journalled(db, person, "absent", f"{name} is away {days}", write)
    return int(found), change


def present(db: sqlite3.Connection, person: str, number: int, day: str) -> Change:
    """Take back an absence of a member: the one that `day` falls into. Raises NotFound."""
    name = _name(db, number)
    row = db.execute(
        "SELECT id, first_day, last_day FROM club_absence WHERE member_id = ? AND ? BETWEEN first_day AND last_day"
        " ORDER BY id DESC",
        (number, day),
    ).fetchone()
    if row is None:
        raise NotFound(f"{name} is not noted as away on {day}.", mend="labtop club members says who is away when.")
    summary = f"{name} is not away from {row['first_day']} to {row['last_day']}"
    return journalled(
        db, person, "present", summary, lambda recorder: recorder.delete("club_absence", {"id": row["id"]})
    )[1]


def _name(db: sqlite3.Connection, number: int) -> str:
    row = db.execute("SELECT name FROM club_member WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise UsageError(f"There is no member with the number {number}.")
    return str(row["name"])
