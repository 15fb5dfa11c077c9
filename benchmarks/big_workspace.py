"""Stored workspaces of a given size, made once under .labtop/bench from real papers.

Every paper comes from the shared data; where more are wanted than it holds, altered copies of real papers top it up.
A copy is marked as one: its title begins with "Altered copy", its source is `altered`, it has the tag `altered`.
Vectors: the ready ones where the data has them, else one derived from the nearest ready paper in the list, marked in
the table `workspace` by their number. They measure time, never quality.
"""

import gzip
import json
import os
import random
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from library.accents import with_letters
from library.papers.ingest import CHUNK, add_drafts
from library.papers.model import Announcement, Author, PaperDraft, encoded_text, text_hash
from library.vectors.model import model_status
from library.workspace import Workspace
from planner.workspace import open_workspace

ROOT = Path(__file__).parent.parent
BENCH = ROOT / ".labtop" / "bench"
DATA = Path(os.environ.get("LABTOP_SHARED_DATA", ROOT.parent / "shared" / "data"))
_AT = "2026-04-14T06:00:00Z"
_FORMAT = 1  # raise it where the builder changes what it makes


def big_workspace(papers: int = 100_000) -> Path | None:
    """The home of a workspace with `papers` papers and as many vectors; None where the real data is absent."""
    if not (DATA / "arxiv" / "dev").is_dir():
        print(f"  the real data is not in {DATA}: set LABTOP_SHARED_DATA")
        return None
    home = BENCH / f"papers-{papers}-{_FORMAT}"
    if (home / "complete").exists():
        return home
    if home.exists():
        shutil.rmtree(home)
    print(f"  making {home.relative_to(ROOT)} (once)", flush=True)
    with open_workspace(home, person="bench") as workspace:
        _add_papers(workspace, papers)
        _add_vectors(workspace)
    (home / "complete").touch()
    return home


def real_drafts() -> Iterator[PaperDraft]:
    """Every real paper, the oldest files first."""
    folder = DATA / "arxiv"
    files = [folder / "history" / "papers_labelled_before_window.jsonl.gz"]
    files += sorted((folder / "dev").glob("papers_*.jsonl.gz"))
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield _draft(json.loads(line))


def _draft(record: dict) -> PaperDraft:
    day = record.get("first_listed")
    category = record.get("primary_category") or (record["categories"] or [""])[0]
    kind = "replace" if record.get("announce") == "replaced" else "new"
    return PaperDraft(
        key=record["id"],
        kind="arxiv",
        source="bench",
        title=record["title"],
        abstract=record.get("abstract", ""),
        authors=tuple(_author(name) for name in record.get("authors", [])),
        authors_truncated=bool(record.get("authors_truncated")),
        categories=tuple(record.get("categories", [])),
        categories_complete=bool(record.get("categories_complete", True)),
        version=record.get("version"),
        submitted_at=record.get("published"),
        updated_at=record.get("updated"),
        first_listed=day,
        announcements=(Announcement(category, kind, day),) if day and category else (),
        comment=record.get("comment"),
        doi=record.get("doi"),
        journal_ref=record.get("journal_ref"),
    )


def _author(name: str) -> Author:
    given, _, family = name.rpartition(" ")
    return Author(name, family, given)


def altered(drafts: list[PaperDraft], number: int) -> Iterator[PaperDraft]:
    """`number` marked copies with their sentences in another order."""
    shuffle = random.Random(7)
    for index in range(number):
        draft = drafts[shuffle.randrange(len(drafts))]
        sentences = draft.abstract.split(". ")
        shuffle.shuffle(sentences)
        yield PaperDraft(
            key=f"altered:{index}",
            kind="reference",
            source="altered",
            title=f"Altered copy {index}: {draft.title}",
            abstract=". ".join(sentences),
            authors=draft.authors,
            categories=draft.categories,
            first_listed=draft.first_listed,
            tags=("altered",),
        )


def _add_papers(workspace: Workspace, papers: int) -> None:
    drafts = list(real_drafts())[-papers:]  # the newest ones, where fewer are wanted: those have ready vectors
    drafts += altered(drafts, papers - len(drafts)) if papers > len(drafts) else []
    for part in _parts(drafts, CHUNK * 4):
        workspace.store.write(lambda db, part=part: add_drafts(db, part, at=_AT)).result()
    workspace.store.write(lambda db: db.execute("INSERT INTO paper_fts (paper_fts) VALUES ('optimize')")).result()


def ready_vectors() -> tuple[dict[str, int], NDArray[np.float16]]:
    """Ready vectors of real papers: row by arXiv id, and the matrix (n, 384)."""
    rows: dict[str, int] = {}
    blocks = []
    for file in sorted((DATA / "arxiv" / "vectors").glob("vec_*.npy")):
        for key in file.with_suffix(".ids").read_text().split():
            rows[key] = len(rows)
        blocks.append(np.load(file))
    return rows, np.concatenate(blocks)


def _add_vectors(workspace: Workspace) -> None:
    rows, matrix = ready_vectors()
    noise = np.random.default_rng(7)
    papers = workspace.store.read(
        lambda db: db.execute("SELECT key, title, abstract FROM paper ORDER BY id").fetchall()
    ).result()
    made = 0

    def values() -> Iterator[tuple[str, bytes]]:
        nonlocal made
        for number, paper in enumerate(papers):
            row = rows.get(paper["key"])
            if row is None:  # a neighbour's direction, moved by about as much as a related paper differs
                made += 1
                vector = matrix[number % len(matrix)].astype(np.float32)
                vector = vector + noise.normal(0, 0.03, vector.shape).astype(np.float32)
                vector /= np.linalg.norm(vector)
            else:
                vector = matrix[row]
            text = encoded_text(with_letters(paper["title"]), with_letters(paper["abstract"]))
            yield text_hash(text), vector.astype(np.float16).tobytes()

    put_vectors(workspace, values())
    workspace.store.write(
        lambda db: db.execute("INSERT INTO workspace VALUES ('derived_vectors', ?)", (str(made),))
    ).result()


def put_vectors(workspace: Workspace, vectors: Iterable[tuple[str, bytes]]) -> None:
    """Store (text hash, float16 vector) pairs as vectors of the workspace's model, as encoding would."""
    status = model_status(workspace.settings)
    assert status.file_hash, status.problem

    def model_id(db: sqlite3.Connection) -> int:
        db.execute(
            "INSERT INTO encoder_model (name, file_hash, dimension, created_at) VALUES (?, ?, 384, ?) "
            "ON CONFLICT (name, file_hash) DO NOTHING",
            (status.name, status.file_hash, _AT),
        )
        return db.execute("SELECT id FROM encoder_model WHERE file_hash = ?", (status.file_hash,)).fetchone()[0]

    model = workspace.store.write(model_id).result()
    for part in _parts(list(vectors), 5_000):
        workspace.store.write(
            lambda db, part=part: db.executemany(
                "INSERT INTO embedding (model_id, text_hash, vector) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                [(model, key, vector) for key, vector in part],
            )
        ).result()


def _parts(items: list, size: int) -> Iterable[list]:
    return (items[start : start + size] for start in range(0, len(items), size))


if __name__ == "__main__":
    print(big_workspace())
