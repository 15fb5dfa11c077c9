"""Small inboxes: papers of a few days, and rankings written by hand, so that no model is needed."""

import sqlite3
from collections.abc import Mapping, Sequence

from library.papers.ingest import add_drafts
from library.papers.model import Announcement, Author, PaperDraft
from library.workspace import Workspace

AT = "2026-04-13T06:00:00Z"
MONDAY, FRIDAY, THURSDAY = "2026-04-13", "2026-04-10", "2026-04-09"


def paper(key: str, *listings: tuple[str, str, str], title: str = "", **more: object) -> PaperDraft:
    """A paper; `listings` are (category, type, day)."""
    categories = tuple(dict.fromkeys(category for category, _, _ in listings)) or ("cs.IR",)
    days = [day for _, kind, day in listings if kind in ("new", "cross")]
    values: dict[str, object] = {
        "kind": "arxiv",
        "source": "test",
        "title": title or f"Paper {key}",
        "abstract": f"We study {key}. It works well. Nothing else is known.",
        "authors": (Author("Ada Writer", "Writer", "Ada"),),
        "categories": categories,
        "version": 1,
        "first_listed": min(days) if days else None,
        "announcements": tuple(Announcement(*listing) for listing in listings),  # type: ignore[arg-type]
    }
    return PaperDraft(key=key, **{**values, **more})  # type: ignore[arg-type]


def add(workspace: Workspace, *drafts: PaperDraft) -> tuple[int, ...]:
    """Add them; returns their ids, in their order."""
    return workspace.store.write(lambda db: add_drafts(db, drafts, at=AT)).result().added


def day_of(count: int, day: str = MONDAY, *, first: int = 1, category: str = "cs.IR") -> list[PaperDraft]:
    """`count` new papers of a day."""
    return [paper(f"2604.{number:05}", (category, "new", day)) for number in range(first, first + count)]


def rank(
    db: sqlite3.Connection,
    scores: Mapping[int, float],
    *,
    person: str = "ada",
    line: float = 0.5,
    explored: Sequence[int] = (),
    hypothesis: str | None = "H-4",
    model: str = "m1",
) -> None:
    """Rankings as stored: the score of each paper for one interest, and the line."""
    interest = None
    if hypothesis is not None:
        found = db.execute("SELECT id FROM interest WHERE reference = ?", (hypothesis,)).fetchone()
        interest = found[0] if found is not None else db.execute(
            "INSERT INTO interest (person, text, kind, reference, created_at) VALUES (NULL, ?, 'hypothesis', ?, ?)",
            ("Late interaction beats distillation", hypothesis, AT),
        ).lastrowid  # fmt: skip
    ranking = db.execute(
        "INSERT INTO ranking (person, regime, labels, model_hash, inputs, papers, without_vector, without_sentences,"
        " share, line, ranked_at) VALUES (?, 'interests', 0, ?, 'x', ?, 0, 0, 10, ?, ?)",
        (person, model, len(scores), line, AT),
    ).lastrowid
    for paper_id, score in scores.items():
        detail = '{"parts": [["interest", 1.0, []]], "sentence": null, "cosine": null, "nearest": [], "terms": [],'
        detail += ' "checks": [], "lacks": null, "text": null}'
        db.execute(
            "INSERT OR REPLACE INTO ranked (person, paper_id, ranking_id, score, log_odds, interest_id, detail)"
            " VALUES (?, ?, ?, ?, 1.0, ?, ?)",
            (person, paper_id, ranking, score, interest, detail),
        )
    for paper_id in explored:
        day = db.execute("SELECT day FROM paper WHERE id = ?", (paper_id,)).fetchone()[0]
        db.execute("INSERT INTO exploration VALUES (?, ?, ?, 'far')", (person, day, paper_id))
