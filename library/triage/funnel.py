"""What came of a day: announced, above the line, kept, linked. Stored by person and day, for whoever counts later.

A row is made anew from decisions and evidence in the transaction that changes those, undo included, so it cannot drift.
Where a paper stood when it was decided on is kept with the decision; later rankings do not move it.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any

from library.clock import stamp
from library.triage.listing import day_of, listed_on
from library.triage.ranked import standing


@dataclass(frozen=True, slots=True)
class Funnel:
    """Papers of an announcement day, as of `updated_at`.

    `announced`: new and cross-listed, each once (`cross`: of these, only cross-listed); `replaced` beside them.
    `above`: on or above the line, None where nothing was ranked. `skipped` singly, `bulk_skipped` with the rest below
    the line. `linked`: put beside a hypothesis by this person.
    """

    person: str
    day: str
    announced: int
    cross: int
    replaced: int
    ranked: int
    above: int | None
    explored: int
    kept: int
    starred: int
    later: int
    skipped: int
    bulk_skipped: int
    linked: int
    updated_at: str

    @property
    def decided(self) -> int:
        """Papers that this person decided on, singly or not."""
        return self.kept + self.starred + self.later + self.skipped + self.bulk_skipped


def funnels(db: sqlite3.Connection, person: str | None, since: str, until: str) -> tuple[Funnel, ...]:
    """Stored funnels of a person (None: everybody) from `since` to `until`, the oldest first.

    A day on which a person neither decided nor linked anything has none.
    """
    columns = ", ".join(field.name for field in fields(Funnel))
    rows = db.execute(
        f"SELECT {columns} FROM triage_day WHERE (?1 IS NULL OR person = ?1) AND day BETWEEN ?2 AND ?3"
        " ORDER BY day, person",
        (person, since, until),
    )
    return tuple(Funnel(*row) for row in rows)


def funnel(db: sqlite3.Connection, person: str, day: str) -> Funnel:
    """A day's funnel as it is now; nothing is stored."""
    listed = listed_on(db, day)
    papers = [each for each in listed if each.kind != "replaced"]
    ids = [each.paper_id for each in papers]
    marks = ",".join(map(str, ids))  # numbers of our own
    said = {
        row["paper_id"]: row
        for row in db.execute(
            "SELECT paper_id, decision, bulk, score, line, explored FROM decision"
            f" WHERE person = ? AND paper_id IN ({marks})",
            (person,),
        )
    }
    now = standing(db, person, [paper_id for paper_id in ids if paper_id not in said])
    ranked = [row for row in said.values() if row["score"] is not None]
    above = sum(row["line"] is not None and row["score"] >= row["line"] for row in ranked)
    above += sum(now.above(paper_id) for paper_id in now.scores)
    count = len(ranked) + len(now.scores)
    explored = sum(row["explored"] for row in said.values()) + sum(rank.explored for rank in now.scores.values())
    tally = {"keep": 0, "star": 0, "later": 0, "skip": 0, "bulk": 0}
    for row in said.values():
        tally["bulk" if row["bulk"] and row["decision"] == "skip" else row["decision"]] += 1
    return Funnel(
        person=person,
        day=day,
        announced=len(papers),
        cross=sum(each.kind == "cross" for each in papers),
        replaced=len(listed) - len(papers),
        ranked=count,
        above=above if count else None,
        explored=explored,
        kept=tally["keep"],
        starred=tally["star"],
        later=tally["later"],
        skipped=tally["skip"],
        bulk_skipped=tally["bulk"],
        linked=_linked(db, person, marks),
        updated_at=stamp(),
    )


def recount(db: sqlite3.Connection, person: str, day: str) -> Funnel:
    """Store a day's funnel as it is now, and return it."""
    found = funnel(db, person, day)
    values = asdict(found)
    columns, places = ", ".join(values), ", ".join("?" * len(values))
    db.execute(f"INSERT OR REPLACE INTO triage_day ({columns}) VALUES ({places})", tuple(values.values()))
    return found


def keep_up(db: sqlite3.Connection, changes: Iterable[tuple[str, Any, Any, Any]]) -> None:
    """Count anew the days of papers whose decisions or evidence changed."""
    touched: set[tuple[str, int]] = set()
    for _, key, before, after in changes:
        for row in (before, after):
            whole = {**key, **(row or {})}
            if isinstance(whole.get("paper_id"), int) and whole.get("person"):
                touched.add((whole["person"], whole["paper_id"]))
    for person, day in sorted({(person, day_of(db, paper_id) or "") for person, paper_id in touched}):
        if day:
            recount(db, person, day)


def recount_all(db: sqlite3.Connection) -> None:
    """Count every day anew on which somebody decided on something: for decisions that came in another way."""
    rows = db.execute("SELECT person, paper_id FROM decision").fetchall()
    keep_up(db, [("decision", {"person": row[0], "paper_id": row[1]}, None, {}) for row in rows])


def _linked(db: sqlite3.Connection, person: str, marks: str) -> int:
    """Papers among `marks` that stand as evidence of this person's. The table is the planner's: it may be missing."""
    if db.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'evidence'").fetchone() is None:
        return 0
    row = db.execute(
        f"SELECT count(DISTINCT paper_id) FROM evidence WHERE person = ? AND paper_id IN ({marks})", (person,)
    ).fetchone()
    return int(row[0])
