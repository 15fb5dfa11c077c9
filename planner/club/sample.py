"""The sample's paper club: `data/sample/club.toml` through the functions that a person's command would call."""

import sqlite3
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from library.clock import stamped
from library.club import members, minutes, proposals, sessions
from library.club.queries import find_member
from library.sample import sample_directory

FILE = "club.toml"


def fill_club(db: sqlite3.Connection, papers: Mapping[str, int]) -> None:
    """Put the club into a sample workspace, in the caller's transaction. `papers`: their numbers by key."""
    written = tomllib.loads((sample_directory() / FILE).read_text(encoding="utf-8"))
    for one in written["members"]:
        with stamped(one["at"]):
            members.join(
                db, one["by"], _fields(one, "name", "joined_on", "note"), today=date.fromisoformat(one["at"][:10])
            )
    for one in written["absences"]:
        with stamped(one["at"]):
            raw = _fields(one, "first_day", "last_day", "reason")
            members.absent(db, one["by"], find_member(db, one["name"]), raw)
    made: dict[str, tuple[int, int]] = {}
    for one in written["proposals"]:
        if one["paper"] in papers:
            with stamped(one["at"]):
                paper = papers[one["paper"]]
                number, _ = proposals.propose(db, one["by"], paper, one.get("why", ""))
                made[one["key"]] = (paper, number)
                for voter in one["votes"]:
                    proposals.vote(db, voter, number)
    for one in written["sessions"]:
        with stamped(one["at"]):
            raw = _fields(one, "day", "time", "zone", "length", "place", "link", "agenda")
            number, _ = sessions.plan(db, one["by"], raw, [made[key] for key in one["proposals"] if key in made])
        if "minutes" in one:
            with stamped(one["minutes_at"]):
                now = datetime.fromisoformat(one["minutes_at"]).astimezone(UTC)
                minutes.write_minutes(db, one["by"], number, one["minutes"], now=now)


def _fields(one: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: one[name] for name in names if name in one}
