"""What the club asks of a person now: to prepare, to vote, to write minutes, to take over what was decided."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from library.club.model import Decision, Proposal, Session
from library.club.names import name_key
from library.club.queries import proposals, sessions
from library.club.zones import day_there
from library.text import counted, one_line, shortened

AHEAD_DAYS: Final = 7
BACK_DAYS: Final = 30  # after that nobody will write them any more
_SOON_DAYS: Final = 1

Tone = Literal["bad", "warn", "info"]


@dataclass(frozen=True, slots=True)
class Reminder:
    """A line of Today, and the command that does what it asks for."""

    tone: Tone
    text: str
    command: str


def reminders(db: sqlite3.Connection, person: str, now: datetime) -> tuple[Reminder, ...]:
    """The nearest session first, then votes, minutes and decisions."""
    known = sessions(db)
    if not known and db.execute("SELECT 1 FROM club_proposal LIMIT 1").fetchone() is None:
        return ()
    me = name_key(person)
    return (
        *_ahead(known, me, now),
        *_minutes(known, now),
        *_votes(proposals(db), me),
        *_decisions([one for each in known for one in each.decisions if one.open], me),
    )


def days_until(each: Session, now: datetime) -> int:
    """Days by the calendar where the session is: 0 is today there."""
    return (each.start.date() - day_there(now, each.zone)).days


def when(each: Session, now: datetime) -> str:
    """ "today 16:00", "Thu 26 Mar 16:00", with the zone: the reader may sit in another one."""
    days = days_until(each, now)
    day = "today" if days == 0 else "tomorrow" if days == 1 else f"{each.start:%a} {each.start.day} {each.start:%b}"
    if each.start.year != day_there(now, each.zone).year:
        day += f" {each.start.year}"
    return f"{day} {each.time} {each.zone}"


def _ahead(known: tuple[Session, ...], me: str, now: datetime) -> list[Reminder]:
    found = []
    for each in known:
        days = days_until(each, now)
        if each.state != "planned" or each.over(now) or days > AHEAD_DAYS:
            continue
        mine = name_key(each.presenter or "") == me
        backup = name_key(each.backup or "") == me
        label = each.label
        if each.presenter is None:
            tone, task, command = "warn", "nobody presents yet", f"labtop club assign {label}"
        elif each.conflicts:
            who = " and ".join(each.conflicts)
            tone, task, command = "warn", f"{who} cannot be there", f"labtop club assign {label}"
        elif mine or backup:
            task = "you present" if mine else f"you are the backup of {each.presenter}"
            tone, command = "warn" if mine and days <= _SOON_DAYS else "info", f"labtop club prep {label}"
        else:
            tone, task, command = "info", f"{each.presenter} presents", f"labtop club show {label}"
        # What is asked comes first: a title may be cut off.
        text = f"{when(each, now)}, {task}: “{shortened(one_line(each.heading))}”"
        found.append(Reminder("warn" if tone == "warn" else "info", text, command))
    return found


def _minutes(known: tuple[Session, ...], now: datetime) -> list[Reminder]:
    found = []
    for each in known:
        if each.state == "cancelled" or each.minutes or not each.over(now) or -days_until(each, now) > BACK_DAYS:
            continue
        ask = "was it held? Its minutes are missing" if each.state == "planned" else "its minutes are missing"
        day = f"{each.start:%a} {each.start.day} {each.start:%b}"
        found.append(Reminder("warn", f"{each.label} of {day}: {ask}", f"labtop club minutes {each.label}"))
    return found


def _votes(known: tuple[Proposal, ...], me: str) -> list[Reminder]:
    waiting = [each for each in known if each.state == "open"]
    lacking = [each for each in waiting if me not in {name_key(name) for name in each.votes}]
    if not lacking:
        return []
    voted = len(waiting) - len(lacking)
    said = f", you voted for {voted}" if voted else ", you have not voted yet"
    return [Reminder("info", f"{counted(len(waiting), 'paper')} proposed{said}", "labtop club proposals")]


def _decisions(open_: list[Decision], me: str) -> list[Reminder]:
    found = []
    to_take = [one for one in open_ if one.kind != "action"]
    if len(to_take) == 1:
        one = to_take[0]
        text = f"{one.label} {one.kind} “{shortened(one.text)}” waits to be taken over"
        found.append(Reminder("info", text, f"labtop club take-over {one.label}"))
    elif to_take:
        text = f"{len(to_take)} decisions of the minutes wait to be taken over"
        found.append(Reminder("info", text, "labtop club decisions"))
    mine = [one for one in open_ if one.kind == "action" and name_key(one.owner or "") == me]
    found += [
        Reminder("info", f"{one.label} “{shortened(one.text)}” is yours", f"labtop club done {one.label}")
        for one in mine[:2]
    ]
    if len(mine) > 2:
        found.append(Reminder("info", f"and {len(mine) - 2} more actions are yours", "labtop club decisions"))
    return found
