"""Which papers are ranked for a person: what the recent days brought and they have not decided on."""

import json
import sqlite3
from typing import Final

from library.triage.listing import listed_on, newest_days

DAYS: Final = 14  # that brought something, at least: more than an inbox shows, for who looks further back
MOST: Final = 3_000  # papers: ranking them takes some seconds


def inbox(db: sqlite3.Connection, person: str, today: str, days: int = DAYS) -> dict[int, str]:
    """Papers without a decision of `person`, by the newest of the recent days that listed them, newest day first.

    A paper that was decided keeps the score it had: its own decision must not speak for it.
    """
    found: dict[int, str] = {}
    for day in newest_days(db, today, max(days, DAYS)):
        listed = [each.paper_id for each in listed_on(db, day)]
        decided = {
            row[0]
            for row in db.execute(
                "SELECT d.paper_id FROM json_each(?) CROSS JOIN decision d ON d.person = ? AND d.paper_id = value",
                (json.dumps(listed), person),
            )
        }
        for paper_id in listed:
            if paper_id not in decided and paper_id not in found:
                found[paper_id] = day
                if len(found) == MOST:
                    return found
    return found
