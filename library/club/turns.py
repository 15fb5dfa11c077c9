"""Who presents a session: by rotation, by name, by exchanging two turns."""

import sqlite3
from collections.abc import Mapping
from typing import Any

from library.clock import iso, stamp
from library.club.model import Session
from library.club.queries import session
from library.club.rotation import Person, Standing, Turn, available, order
from library.club.writing import journalled
from library.club.zones import starts_at
from library.db.changes import Change
from library.db.journal import Recorder
from library.errors import NotFound, UsageError


def people(db: sqlite3.Connection) -> tuple[Person, ...]:
    """The members, as the rotation sees them."""
    away: dict[int, list[tuple[str, str]]] = {}
    for row in db.execute("SELECT member_id, first_day, last_day FROM club_absence ORDER BY id").fetchall():
        away.setdefault(row["member_id"], []).append((row["first_day"], row["last_day"]))
    rows = db.execute("SELECT id, joined_on, left_on FROM club_member ORDER BY id").fetchall()
    return tuple(Person(row["id"], row["joined_on"], row["left_on"], tuple(away.get(row["id"], ()))) for row in rows)


def turns(db: sqlite3.Connection, *, without: int | None = None) -> tuple[Turn, ...]:
    """Turns that were taken or are planned, all sessions but the cancelled ones and `without`.

    Two that were exchanged count as if they had not been: each gave one and got one, and the order stays as it was.
    That holds as long as both sessions stand; where one was cancelled, whoever really presents has had the turn.
    """
    rows = {
        row["id"]: row
        for row in db.execute(
            "SELECT id, day, time, zone, presenter_id, swapped_with FROM club_session"
            " WHERE state != 'cancelled' AND presenter_id IS NOT NULL"
        ).fetchall()
    }
    found = []
    for row in rows.values():
        if row["id"] == without:
            continue
        other = rows.get(row["swapped_with"])
        exchanged = other is not None and other["swapped_with"] == row["id"]
        member = other["presenter_id"] if exchanged and other is not None else row["presenter_id"]
        found.append(Turn(member, iso(starts_at(row["day"], row["time"], row["zone"]))))
    return tuple(found)


def standing(db: sqlite3.Connection, day: str, *, without: int | None = None) -> tuple[Standing, ...]:
    """The order in which those who are there on `day` are due."""
    return order(people(db), turns(db, without=without), day)


def due(
    db: sqlite3.Connection, day: str, *, presenter: int | None = None, without: int | None = None
) -> tuple[int | None, int | None]:
    """(presenter, backup) of a session on `day`; with `presenter` given, only the backup is by rotation."""
    ranked = [each.member for each in standing(db, day, without=without)]
    first = presenter if presenter is not None else next(iter(ranked), None)
    return first, next((member for member in ranked if member != first), None)


def assign(
    db: sqlite3.Connection,
    person: str,
    number: int,
    *,
    presenter: int | None = None,
    backup: int | None = None,
) -> Change:
    """Say who presents and who stands by: by rotation where nobody is named.

    Raises UsageError (cancelled or held, nobody is there, one person twice), NotFound.
    """
    found = _planned(db, number)
    first, second = due(db, found.day, presenter=presenter, without=number)
    if first is None:
        raise UsageError(
            f"Nobody is there to present {found.label} on {found.day}.", mend="labtop club join NAME adds a member."
        )
    second = backup if backup is not None else second
    if first == second:
        raise UsageError("Presenter and backup are two people.", mend="Name another backup.")
    values: dict[str, Any] = {"presenter_id": first, "due_id": first, "backup_id": second}
    how = "" if presenter is not None else " (by rotation)"
    beside = f", backup {_name(db, second)}" if second is not None else ""
    away = _away(db, found.day, first, second)
    summary = f"{_name(db, first)} presents {found.label} on {found.day}{how}{beside}{away}"

    def write(recorder: Recorder) -> None:
        changed_hands = first != found.presenter_id
        put_session(recorder, found, {**values, "swapped_with": None} if changed_hands else values)
        if changed_hands:
            part(recorder, found)

    same = f"{_name(db, first)} presents {found.label} already{beside}{away}"
    return journalled(db, person, "assign", summary, write, same)[1]


def assign_by_name(
    db: sqlite3.Connection, person: str, number: int, *, presenter: int | None, backup: int | None
) -> Change:
    """As `assign`; where only the backup is named, the presenter stays who it is."""
    if presenter is None and backup is not None:
        presenter = session(db, number).presenter_id
    return assign(db, person, number, presenter=presenter, backup=backup)


def swap(db: sqlite3.Connection, person: str, number: int, other: int) -> Change:
    """Exchange the turns of two planned sessions; again exchanges them back. Nobody gains or loses a turn by it.

    Raises UsageError where there is nothing to exchange, or one of the two is not there on the other day.
    """
    one, two = _planned(db, number), _planned(db, other)
    if one.presenter_id is None or two.presenter_id is None or one.presenter_id == two.presenter_id:
        raise UsageError("Two turns of two people can be exchanged.", mend="Assign both sessions first.")
    back = one.swapped_with == two.id and two.swapped_with == one.id
    for each in (one, two):
        if each.swapped_with is not None and not back:
            raise UsageError(
                f"{each.label} is exchanged with S-{each.swapped_with} already.",
                mend=f"Exchange those back first: labtop club swap {each.label} S-{each.swapped_with}",
            )
    for here, there in ((one, two), (two, one)):
        if _away(db, there.day, here.presenter_id):
            raise UsageError(f"{here.presenter} is not there on {there.day}.", mend="Choose another session.")

    def write(recorder: Recorder) -> None:
        for here, there in ((one, two), (two, one)):
            values: dict[str, Any] = {
                "presenter_id": there.presenter_id,
                "swapped_with": None if back else there.id,
            }
            if here.backup_id == there.presenter_id:
                values["backup_id"] = here.presenter_id  # whoever hands the turn over stands by
            put_session(recorder, here, values)

    summary = f"{two.presenter} presents {one.label} on {one.day}, {one.presenter} {two.label} on {two.day}"
    return journalled(db, person, "swap", f"exchanged turns: {summary}", write)[1]


def put_session(recorder: Recorder, found: Session, values: Mapping[str, Any]) -> None:
    """Write columns of a session, with the time where something differs."""
    row = recorder.connection.execute("SELECT * FROM club_session WHERE id = ?", (found.id,)).fetchone()
    differing = {name: value for name, value in values.items() if row[name] != value}
    if differing:
        recorder.put("club_session", {"id": found.id}, {**differing, "updated_at": stamp()})


def part(recorder: Recorder, found: Session) -> None:
    """The other half of an exchange that no longer holds is a turn like any other."""
    if found.swapped_with is not None:
        row = recorder.connection.execute(
            "SELECT id, swapped_with FROM club_session WHERE id = ?", (found.swapped_with,)
        ).fetchone()
        if row is not None and row["swapped_with"] == found.id:
            recorder.put("club_session", {"id": row["id"]}, {"swapped_with": None, "updated_at": stamp()})


def _planned(db: sqlite3.Connection, number: int) -> Session:
    found = session(db, number)
    if found.state != "planned":
        raise UsageError(f"{found.label} of {found.day} is {found.state}: its turns stand.")
    return found


def _name(db: sqlite3.Connection, member: int | None) -> str:
    row = db.execute("SELECT name FROM club_member WHERE id = ?", (member,)).fetchone()
    if row is None:
        raise NotFound("That member is no longer here.")
    return str(row["name"])


def _away(db: sqlite3.Connection, day: str, *members: int | None) -> str:
    """ "; kim is not there that day": of those who are named."""
    gone = [each.id for each in people(db) if each.id in members and not available(each, day)]
    names = " and ".join(_name(db, member) for member in gone)
    return f"; {names} {'is' if len(gone) == 1 else 'are'} not there that day" if gone else ""
