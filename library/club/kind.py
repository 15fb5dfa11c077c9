"""What is kept of a session, of a member and of a decision: forms, options and the guide's tables come from it."""

import sqlite3
from collections.abc import Iterable

from library.club.model import DECISION_KINDS
from library.club.names import member_name, name_key
from library.club.zones import is_skipped, read_time, read_zone
from library.errors import UsageError
from library.records.field import Field
from library.records.kind import Kind, Values


def _check_session(_db: sqlite3.Connection, values: Values, _number: int | None) -> Iterable[tuple[str, str]]:
    readable = True
    for name, read in (("time", read_time), ("zone", read_zone)):
        try:
            values[name] = read(values[name])
        except UsageError as error:
            readable = False
            yield name, str(error)
    if readable and is_skipped(values["day"], values["time"], values["zone"]):
        yield "time", f"does not come on that day: the clocks in {values['zone']} are put forward over it"


def _check_member(db: sqlite3.Connection, values: Values, number: int | None) -> Iterable[tuple[str, str]]:
    try:
        values["name"] = member_name(values["name"])
    except UsageError as error:
        yield "name", error.message
        return
    row = db.execute(
        "SELECT name FROM club_member WHERE name_key = ? AND id IS NOT ?", (name_key(values["name"]), number)
    ).fetchone()
    if row is not None:
        yield "name", f"is that of a member already ({row['name']})"
    if values["left_on"] is not None and values["left_on"] < values["joined_on"]:
        yield "left_on", "is before they joined"


SESSION = Kind(
    "session",
    "sessions",
    "club_session",
    "S",
    "day",
    (
        Field("day", "day", "Day", "On which day", required=True),
        Field("time", "line", "Time", "When it begins, by the clock there, such as 16:00", required=True),
        Field("zone", "line", "Time zone", "Whose clock that is, such as Europe/Berlin", required=True),
        Field("length", "whole", "Minutes", "How long it takes", required=True, default=60, minimum=5, maximum=1440),
        Field("topic", "line", "Topic", "What it is about; empty: its papers"),
        Field("place", "line", "Place", "The room"),
        Field("link", "line", "Link", "Where to join from elsewhere"),
        Field("agenda", "text", "Agenda", "What else there is to talk about; lines with a hyphen become a list"),
    ),
    check=_check_session,
)
MEMBER = Kind(
    "member",
    "members",
    "club_member",
    "",
    "name",
    (
        Field("name", "line", "Name", "How the group calls them", required=True),
        Field("joined_on", "day", "Joined on", "From when on they take their turn", required=True),
        Field("left_on", "day", "Left on", "The first day on which they are no longer there"),
        Field("note", "line", "Note", "What to bear in mind, such as only on Thursdays"),
    ),
    check=_check_member,
)
ABSENCE = Kind(
    "absence",
    "absences",
    "club_absence",
    "",
    "first_day",
    (
        Field("first_day", "day", "First day", "Away from", required=True),
        Field("last_day", "day", "Last day", "Away to, that day included; empty: one day"),
        Field("reason", "line", "Why", "If the others should know"),
    ),
)
DECISION = Kind(
    "minute",
    "minutes",
    "club_decision",
    "M",
    "text",
    (
        Field("text", "line", "What", "What was decided", required=True),
        Field(
            "kind",
            "choice",
            "Kind",
            "An action for somebody, an experiment to plan, or evidence to put beside a hypothesis",
            default="action",
            choices=DECISION_KINDS,
        ),
        Field("owner", "line", "Owner", "Who sees to it"),
        Field("paper", "line", "Paper", "Which paper it rests on: its id; empty with one paper: that one"),
    ),
)
