"""Workspaces with papers and vectors, and processes to try things in."""

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from library.papers.ingest import add_drafts
from library.papers.model import PaperDraft
from library.vectors import model as model_module
from library.vectors import stored, waiting
from library.workspace import Workspace

AT = "2026-04-14T06:00:00Z"
DIMENSION = 8
HASH = "ab" * 32


def add_papers(workspace: Workspace, titles: Sequence[str], abstract: str = "", first: int = 0) -> None:
    """Papers with keys t:0, t:1 …, newer ones later."""
    drafts = [
        PaperDraft(
            key=f"t:{first + number}",
            kind="reference",
            source="t",
            title=title,
            abstract=abstract,
            first_listed=f"2026-01-{1 + number % 28:02d}",
        )
        for number, title in enumerate(titles)
    ]
    workspace.store.write(lambda db: add_drafts(db, drafts, at=AT)).result()


def add_vectors(workspace: Workspace, vectors: npt.NDArray[Any], first: int = 0) -> None:
    """A stored vector for papers t:first …, of a small model called toy."""

    def write(db: Any) -> None:
        row = waiting.model_row(db, name="toy", file_hash=HASH)
        model_id = row[0] if row else None
        if model_id is None:
            model_id = db.execute(
                "INSERT INTO encoder_model (name, file_hash, dimension, created_at) VALUES ('toy', ?, ?, ?)",
                (HASH, vectors.shape[1], AT),
            ).lastrowid
        hashes = [
            db.execute("SELECT text_hash FROM paper WHERE key = ?", (f"t:{first + number}",)).fetchone()[0]
            for number in range(len(vectors))
        ]
        stored.store(db, model_id, hashes, vectors.astype(np.float16))

    workspace.store.write(write).result()


def unit_rows(count: int, seed: int = 0, dimension: int = DIMENSION) -> npt.NDArray[np.float32]:
    """Random unit vectors."""
    rows = np.random.default_rng(seed).normal(size=(count, dimension))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def toy_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings' model is one whose vectors have eight numbers; nothing is encoded with it."""
    status = model_module.ModelStatus("toy", None, HASH, None, "no files", "none")
    monkeypatch.setattr("library.vectors.index.model_status", lambda _: status)


@pytest.fixture
def filled(workspace: Workspace, toy_model: None) -> Workspace:
    """Sixty papers with a vector each."""
    add_papers(workspace, [f"paper {number}" for number in range(60)])
    add_vectors(workspace, unit_rows(60))
    return workspace


def run_python(script: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """A script in a process of its own, with this repository's packages."""
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, **environment},
    )
