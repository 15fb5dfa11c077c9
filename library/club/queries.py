"""Reading the club: members, proposals, sessions. A club has hundreds of rows, not millions: all is read at once."""

import re
import sqlite3
from collections.abc import Iterable
from datetime import datetime

from library.clock import iso
from library.club.model import Absence, Decision, Member, Proposal, Session, Slot
from library.club.names import name_key
from library.club.zones import starts_at
from library.errors import NotFound, UsageError
from library.text import one_line, shortened

_LABEL = re.compile(r"(?:([SPM])-?)?(\d{1,12})", re.IGNORECASE)
_WHATS = {
    "S": ("club_session", "session", "labtop club sessions lists them."),
    "P": ("club_proposal", "proposal", "labtop club proposals lists them."),
    "M": ("club_decision", "decision", "labtop club history lists them."),
}


def find(db: sqlite3.Connection, prefix: str, name: str) -> int:
    """The number that "S-4", "s4" or "4" means; prefix S, P or M. Raises UsageError, NotFound."""
    table, noun, mend = _WHATS[prefix]
    said = shortened(one_line(name))
    match = _LABEL.fullmatch(said)
    if match is None or (match[1] or prefix).upper() != prefix:
        raise UsageError(f"“{said}” names no {noun}: these are called {prefix}-4.", mend=mend)
    if db.execute(f"SELECT 1 FROM {table} WHERE id = ?", (int(match[2]),)).fetchone() is None:
        raise NotFound(f"There is no {noun} {prefix}-{int(match[2])}.", mend=mend)
    return int(match[2])


def find_member(db: sqlite3.Connection, name: str) -> int:
    """The member of that name, in any capitals. Raises NotFound naming near ones."""
    key = name_key(name)
    rows = db.execute("SELECT id, name, name_key FROM club_member").fetchall()
    found = next((row["id"] for row in rows if row["name_key"] == key), None)
    if found is not None:
        return int(found)
    import difflib

    near = difflib.get_close_matches(key, [row["name_key"] for row in rows], 1)
    hint = next((f"Did you mean {row['name']}? " for row in rows if near and row["name_key"] == near[0]), "")
    said = shortened(one_line(name))
    raise NotFound(f"“{said}” is no member of the club.", mend=f"{hint}labtop club join NAME adds one.")


def member_of(db: sqlite3.Connection, person: str) -> int | None:
    """The member that `person` is; None where they are none."""
    row = db.execute("SELECT id FROM club_member WHERE name_key = ?", (name_key(person),)).fetchone()
    return int(row["id"]) if row is not None else None


def members(db: sqlite3.Connection, now: datetime) -> tuple[Member, ...]:
    """Everybody, those who left among them, in the order in which they were added."""
    away: dict[int, list[Absence]] = {}
    for row in db.execute("SELECT * FROM club_absence ORDER BY first_day, id").fetchall():
        away.setdefault(row["member_id"], []).append(
            Absence(row["id"], row["first_day"], row["last_day"], row["reason"])
        )
    held: dict[int, list[str]] = {}
    ahead: dict[int, list[str]] = {}
    rows = db.execute(
        "SELECT presenter_id, day, time, zone, state FROM club_session WHERE state != 'cancelled'"
        " AND presenter_id IS NOT NULL ORDER BY day, time, id"
    ).fetchall()
    for row in rows:
        if row["state"] == "held":
            held.setdefault(row["presenter_id"], []).append(row["day"])
        elif starts_at(row["day"], row["time"], row["zone"]) > now:
            ahead.setdefault(row["presenter_id"], []).append(row["day"])
    return tuple(
        Member(
            row["id"],
            row["name"],
            row["joined_on"],
            row["left_on"],
            row["note"],
            tuple(away.get(row["id"], ())),
            len(held.get(row["id"], ())),
            next(reversed(held.get(row["id"], ())), None),
            next(iter(ahead.get(row["id"], ())), None),
        )
        for row in db.execute("SELECT * FROM club_member ORDER BY id").fetchall()
    )


_PROPOSALS = """
SELECT q.*, p.key, p.title, p.day, s.id AS session, s.day AS session_day, s.state AS session_state
FROM club_proposal q JOIN paper p ON p.id = q.paper_id
LEFT JOIN club_session s ON s.id = (
  SELECT s2.id FROM club_slot l JOIN club_session s2 ON s2.id = l.session_id
  WHERE l.proposal_id = q.id AND s2.state != 'cancelled' AND l.discussed IS NOT 0
  ORDER BY s2.state = 'held' DESC, s2.day, s2.id LIMIT 1)
"""


def proposals(db: sqlite3.Connection, *, paper_id: int | None = None) -> tuple[Proposal, ...]:
    """All proposals: open ones by votes, then scheduled, discussed (the newest first) and withdrawn ones.

    `paper_id`: only those of one paper. Open ones with as many votes: the earlier proposed first.
    """
    votes = _votes(db)
    rows = db.execute(f"{_PROPOSALS} WHERE ?1 IS NULL OR q.paper_id = ?1 ORDER BY q.id", (paper_id,)).fetchall()
    found = [_proposal(row, votes.get(row["id"], ())) for row in rows]
    opened = sorted((each for each in found if each.state == "open"), key=lambda each: (-len(each.votes), each.id))
    ahead = sorted(
        (each for each in found if each.state == "scheduled"), key=lambda each: (each.session_day or "", each.id)
    )
    done = sorted(
        (each for each in found if each.state == "discussed"),
        key=lambda each: (each.session_day or "", each.id),
        reverse=True,
    )
    return (*opened, *ahead, *done, *(each for each in found if each.state == "withdrawn"))


def proposal(db: sqlite3.Connection, number: int) -> Proposal:
    """One of them. Raises NotFound."""
    row = db.execute(f"{_PROPOSALS} WHERE q.id = ?", (number,)).fetchone()
    if row is None:
        raise NotFound(f"There is no proposal P-{number}.", mend=_WHATS["P"][2])
    return _proposal(row, _votes(db).get(number, ()))


def _proposal(row: sqlite3.Row, votes: tuple[str, ...]) -> Proposal:
    if row["withdrawn_at"] is not None:
        state = "withdrawn"
    else:
        state = {None: "open", "planned": "scheduled", "held": "discussed"}[row["session_state"]]
    return Proposal(
        row["id"],
        row["paper_id"],
        row["key"],
        row["title"],
        row["day"],
        row["why"],
        bool(row["again"]),
        row["proposed_by"],
        row["proposed_at"],
        state,  # type: ignore[arg-type]
        votes,
        row["session"] if state != "withdrawn" else None,
        row["session_day"] if state != "withdrawn" else None,
    )


def _votes(db: sqlite3.Connection) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for row in db.execute("SELECT proposal_id, voter FROM club_vote ORDER BY at, voter_key").fetchall():
        found[row["proposal_id"]] = (*found.get(row["proposal_id"], ()), row["voter"])
    return found


def sessions(db: sqlite3.Connection) -> tuple[Session, ...]:
    """Every session, the earliest first."""
    return _sessions(db, db.execute("SELECT * FROM club_session").fetchall())


def session(db: sqlite3.Connection, number: int) -> Session:
    """One of them. Raises NotFound."""
    rows = db.execute("SELECT * FROM club_session WHERE id = ?", (number,)).fetchall()
    if not rows:
        raise NotFound(f"There is no session S-{number}.", mend=_WHATS["S"][2])
    return _sessions(db, rows)[0]


def next_session(db: sqlite3.Connection, now: datetime) -> Session | None:
    """The planned session that has not ended yet and begins first."""
    ahead = [each for each in sessions(db) if each.state == "planned" and not each.over(now)]
    return min(ahead, key=lambda each: each.start, default=None)


def last_session(db: sqlite3.Connection, now: datetime) -> Session | None:
    """The one that began last and was not cancelled."""
    begun = [each for each in sessions(db) if each.state != "cancelled" and each.begun(now)]
    return max(begun, key=lambda each: each.start, default=None)


def _sessions(db: sqlite3.Connection, rows: Iterable[sqlite3.Row]) -> tuple[Session, ...]:
    people = {row["id"]: row for row in db.execute("SELECT * FROM club_member").fetchall()}
    away: dict[int, list[tuple[str, str]]] = {}
    for row in db.execute("SELECT member_id, first_day, last_day FROM club_absence").fetchall():
        away.setdefault(row["member_id"], []).append((row["first_day"], row["last_day"]))
    sequences = dict(db.execute("SELECT uid, sequence FROM club_calendar").fetchall())
    slots, decisions = _slots(db), _decisions(db)

    def name(member: int | None) -> str | None:
        return people[member]["name"] if member is not None else None

    def conflicts(row: sqlite3.Row) -> tuple[str, ...]:
        if row["state"] != "planned":
            return ()
        found = []
        for member in dict.fromkeys((row["presenter_id"], row["backup_id"])):
            if member is not None:
                person, day = people[member], row["day"]
                gone = person["left_on"] is not None and day >= person["left_on"]
                if gone or any(first <= day <= last for first, last in away.get(member, ())):
                    found.append(person["name"])
        return tuple(found)

    found = [
        Session(
            **{part: row[part] for part in _SAME},
            sequence=sequences.get(row["uid"], 0),
            presenter=name(row["presenter_id"]),
            due=name(row["due_id"]) if row["due_id"] != row["presenter_id"] else None,
            backup=name(row["backup_id"]),
            slots=slots.get(row["id"], ()),
            decisions=decisions.get(row["id"], ()),
            conflicts=conflicts(row),
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda each: (iso(each.start), each.id)))


_SAME = (
    *("id", "uid", "topic", "day", "time", "zone", "length", "place", "link", "state", "reason", "presenter_id"),
    *("backup_id", "swapped_with", "agenda", "minutes", "created_by", "created_at", "updated_at"),
)


def _slots(db: sqlite3.Connection) -> dict[int, tuple[Slot, ...]]:
    votes = _votes(db)
    found: dict[int, tuple[Slot, ...]] = {}
    rows = db.execute(
        "SELECT l.*, p.key, p.title FROM club_slot l JOIN paper p ON p.id = l.paper_id ORDER BY l.position, l.id"
    )
    for row in rows.fetchall():
        discussed = None if row["discussed"] is None else bool(row["discussed"])
        voters = votes.get(row["proposal_id"], ()) if row["proposal_id"] is not None else ()
        slot = Slot(row["paper_id"], row["key"], row["title"], row["proposal_id"], discussed, voters)
        found[row["session_id"]] = (*found.get(row["session_id"], ()), slot)
    return found


def decision(db: sqlite3.Connection, number: int) -> Decision:
    """What minutes decided, by its number. Raises NotFound."""
    for each in _decisions(db).values():
        for one in each:
            if one.id == number:
                return one
    raise NotFound(f"There is no decision M-{number}.", mend=_WHATS["M"][2])


_DECIDED = ("id", "session_id", "kind", "text", "owner", "paper_id", "key", "done_at", "created_by", "created_at")


def _decisions(db: sqlite3.Connection) -> dict[int, tuple[Decision, ...]]:
    found: dict[int, tuple[Decision, ...]] = {}
    rows = db.execute("SELECT d.*, p.key FROM club_decision d LEFT JOIN paper p ON p.id = d.paper_id ORDER BY d.id")
    for row in rows.fetchall():
        taken = None
        if row["taken_kind"] is not None:
            taken = f"E-{row['taken_id']}" if row["taken_kind"] == "experiment" else f"evidence {row['taken_id']}"
        one = Decision(**{name: row[name] for name in _DECIDED}, taken=taken)
        found[row["session_id"]] = (*found.get(row["session_id"], ()), one)
    return found
