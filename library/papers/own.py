"""Decisions and notes that an export brought along: taken where the importing person has none of their own yet."""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any, Final, get_args

from library.clock import stamp
from library.db.journal import Recorder, record
from library.papers import commands
from library.papers.model import Decision, PaperDraft
from library.sources.dates import iso_moment
from library.text import clean, counted, one_line

DECISIONS: Final[tuple[Decision, ...]] = get_args(Decision)
_LONGEST: Final = 100_000  # characters of a note


def take_own(db: sqlite3.Connection, person: str, drafts: Iterable[PaperDraft]) -> int:
    """Decisions as `person`'s, where they had not decided; notes under their writers' names, each once.

    Returns how many were taken. One journal entry a kind of decision and one for the notes, which undo takes back.
    """
    decisions: dict[tuple[Decision, bool], list[int]] = {}
    notes: list[dict[str, Any]] = []
    for draft in drafts:
        if not draft.own:
            continue
        row = db.execute("SELECT id FROM paper WHERE key = ?", (draft.key,)).fetchone()
        if row is None:
            continue
        wanted = next((each for each in DECISIONS if each == draft.own.get("decision")), None)
        if wanted is not None and not _decided(db, person, row["id"]):
            decisions.setdefault((wanted, draft.own.get("bulk") is True), []).append(row["id"])
        given = draft.own.get("notes")
        notes += [note for each in (given if isinstance(given, list) else ()) if (note := _note(db, row["id"], each))]
    for (decision, bulk), ids in decisions.items():
        commands.decide(db, person, ids, decision, bulk=bulk)
    if notes:

        def write(recorder: Recorder) -> None:
            for note in notes:
                recorder.insert("note", note)

        record(db, person=person, action="note.import", summary=f"imported {counted(len(notes), 'note')}", write=write)
    return sum(map(len, decisions.values())) + len(notes)


def _decided(db: sqlite3.Connection, person: str, paper_id: int) -> bool:
    found = db.execute("SELECT 1 FROM decision WHERE person = ? AND paper_id = ?", (person, paper_id)).fetchone()
    return found is not None


def _note(db: sqlite3.Connection, paper_id: int, given: object) -> dict[str, Any] | None:
    if not isinstance(given, Mapping):
        return None
    body = clean(str(given.get("body") or "")).strip()[:_LONGEST]
    writer = one_line(str(given.get("person") or ""))[:60]
    there = "SELECT 1 FROM note WHERE paper_id = ? AND person = ? AND body = ?"
    if not body or not writer or db.execute(there, (paper_id, writer, body)).fetchone():
        return None
    version = given.get("version")
    created = iso_moment(str(given.get("created_at") or "")) or stamp()
    return {
        "paper_id": paper_id,
        "version": version if isinstance(version, int) and 1 <= version <= 999 else None,
        "person": writer,
        "body": body,
        "created_at": created,
        "updated_at": iso_moment(str(given.get("updated_at") or "")) or created,
    }
