"""What the sample's people read: their queues, critiques and quotes, stored by the functions that a command calls."""

import sqlite3
import tomllib
from collections.abc import Mapping
from typing import Any

from library.clock import stamped
from library.reading.critiques import write_critique
from library.reading.quotes import take_quote
from library.sample import sample_directory

FILE = "reading.toml"
_ENTRY = ("state", "progress", "due", "started_at", "finished_at")
_OTHERS = frozenset({"paper", "person", "at", "effects"})


def reading() -> Mapping[str, Any]:
    """What the made-up people wrote."""
    return tomllib.loads((sample_directory() / FILE).read_text(encoding="utf-8"))


def fill_reading(db: sqlite3.Connection, papers: Mapping[str, int], claims: Mapping[str, int]) -> None:
    """Queues, critiques and quotes on the papers that are there; `claims`: numbers of hypotheses by their key."""
    written = reading()
    for place, one in enumerate(written["queue"]):
        if one["paper"] in papers:
            columns = {name: one.get(name) for name in _ENTRY}
            _insert(db, one["person"], papers[one["paper"]], {"position": place, "added_at": one["at"], **columns})
    for one in written["critiques"]:
        if one["paper"] in papers:
            raw = {name: value for name, value in one.items() if name not in _OTHERS}
            raw["effects"] = [{**each, "hypothesis": claims[each["hypothesis"]]} for each in one.get("effects", ())]
            with stamped(one["at"]):
                write_critique(db, one["person"], papers[one["paper"]], raw)
    for one in written["quotes"]:
        if one["paper"] in papers:
            with stamped(one["at"]):
                take_quote(db, one["person"], papers[one["paper"]], words=one["quote"], remark=one.get("remark"))


def _insert(db: sqlite3.Connection, person: str, paper_id: int, columns: Mapping[str, Any]) -> None:
    names = ", ".join(columns)
    db.execute(
        f"INSERT INTO queue_entry (person, paper_id, version, {names})"
        f" SELECT ?, id, version, {', '.join('?' * len(columns))} FROM paper WHERE id = ?",
        (person, *columns.values(), paper_id),
    )
