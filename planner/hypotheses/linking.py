"""What is offered to whoever puts a paper's sentence beside a hypothesis: which hypotheses, which sentences."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from library.records import store
from library.sentences.model import SOURCES
from library.sentences.queries import sentences_of
from planner.hypotheses.balance import evidence_on_paper
from planner.hypotheses.duplicates import alike_by_words
from planner.hypotheses.kind import HYPOTHESIS
from planner.hypotheses.quotes import TITLE
from planner.hypotheses.scale import Stance
from planner.hypotheses.states import State

_PLACES: Final[Mapping[str, int]] = {"testing": 0, "active": 0, "draft": 3}  # what is decided comes between


@dataclass(frozen=True, slots=True)
class Target:
    """A hypothesis that evidence can be put beside."""

    id: int
    statement: str
    state: State


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of the paper: what evidence calls it, where it stands ("title", "abstract", "body" or "note").

    `likeness`: how alike it is to the statement by its words, from 0 to 1. `stance`: what it is linked as already.
    """

    name: str
    source: str
    text: str
    likeness: float
    stance: Stance | None


def targets(db: sqlite3.Connection, person: str, paper_id: int | None = None) -> tuple[Target, ...]:
    """Hypotheses that are not retired: the one that `person` last linked a paper to, then what is under way.

    Of equal ones, those first whose statement is most like the title of `paper_id`, else the newest.
    """
    last = db.execute(
        "SELECT hypothesis_id FROM evidence WHERE person = ? AND paper_id IS NOT NULL ORDER BY id DESC LIMIT 1",
        (person,),
    ).fetchone()
    rows = db.execute(
        "SELECT id, statement, state FROM hypothesis WHERE state != 'retired' ORDER BY updated_at DESC, id DESC"
    ).fetchall()
    paper = db.execute("SELECT title FROM paper WHERE id = ?", (paper_id,)).fetchone()
    if paper is not None and paper["title"]:
        rows.sort(key=lambda row: -alike_by_words(paper["title"], row["statement"]))
    rows.sort(key=lambda row: _PLACES.get(row["state"], 2))
    if last is not None:
        rows.sort(key=lambda row: row["id"] != last["hypothesis_id"])
    return tuple(Target(row["id"], row["statement"], row["state"]) for row in rows)


def candidates(db: sqlite3.Connection, hypothesis_id: int, paper_id: int) -> tuple[Candidate, ...]:
    """The title and every sentence of a paper, in their order, measured against the statement. Raises NotFound."""
    statement = store.row_of(db, HYPOTHESIS, hypothesis_id)["statement"]
    linked: dict[tuple[str | None, int | None, str | None], Stance] = {
        (each.source, each.note_id, each.quote): each.stance
        for each in evidence_on_paper(db, paper_id)
        if each.hypothesis_id == hypothesis_id
    }
    row = db.execute("SELECT title FROM paper WHERE id = ?", (paper_id,)).fetchone()
    title = row["title"] if row is not None else ""
    said: list[tuple[str, str, int | None, str]] = [(TITLE, TITLE, None, title)] if title else []
    said += [(each.name, each.source, each.note_id, each.text) for each in sentences_of(db, paper_id, SOURCES)]
    return tuple(
        Candidate(name, source, text, alike_by_words(statement, text), linked.get((source, note_id, text)))
        for name, source, note_id, text in said
    )


def best(found: tuple[Candidate, ...]) -> int:
    """The place of the sentence that is most like the statement; a title or a note only where there is nothing else."""
    return max(
        range(len(found)),
        key=lambda place: (found[place].source in ("abstract", "body"), found[place].likeness, -place),
        default=0,
    )
