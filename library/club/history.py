"""All sessions as a table for spreadsheets: a line a paper, and one for a session without any."""

import csv
import io
import sqlite3
from typing import Final

from library.clock import iso
from library.club.model import Session, Slot
from library.club.queries import sessions
from library.exporting.tabular import guarded, listed

COLUMNS: Final = (
    *("session", "state", "day", "time", "zone", "starts_at", "minutes_long", "topic", "place", "link", "presenter"),
    *("due", "backup", "paper", "title", "votes", "discussed", "decisions", "minutes", "reason", "uid"),
)


def history_csv(db: sqlite3.Connection) -> str:
    """UTF-8, RFC 4180, every cell in quotes, the earliest session first. No cell is one that a spreadsheet runs."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each in sessions(db):
        for slot in each.slots or (None,):
            writer.writerow([guarded(cell) for cell in _cells(each, slot)])
    return out.getvalue()


def _cells(each: Session, slot: Slot | None) -> list[str]:
    discussed = "" if slot is None or slot.discussed is None else "yes" if slot.discussed else "no"
    texts = (
        *(each.label, each.state, each.day, each.time, each.zone, iso(each.start), str(each.length)),
        *(each.topic, each.place, each.link, each.presenter, each.due, each.backup),
        *((slot.key, slot.title, listed(slot.votes)) if slot is not None else ("", "", "")),
        discussed,
        listed(f"{one.kind}: {one.text}" for one in each.decisions),
        *(each.minutes, each.reason, each.uid),
    )
    return [text or "" for text in texts]
