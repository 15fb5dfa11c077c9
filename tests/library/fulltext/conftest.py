"""A workspace with the paper that the PDFs are of, and a host that plays arXiv's."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from library.arxiv.limiter import Limiter
from library.arxiv.transport import Transport
from library.papers.ingest import store_drafts
from library.papers.model import Author, PaperDraft
from library.paths import user_state
from library.settings import Settings, save_settings
from library.sources.pdf_text import PdfText, read_pdf
from library.workspace import Workspace
from planner.workspace import open_workspace
from tests.library.arxiv.server import FakeArxiv
from tests.library.fulltext.pdfs import TITLE

PAPER = PaperDraft(
    key="2604.00001",
    kind="arxiv",
    source="test",
    title=TITLE,
    abstract="We show that late interaction beats distillation.",
    authors=(Author("Ada Lovelace", "Lovelace", "Ada"),),
    categories=("cs.IR",),
    version=2,
    submitted_at="2026-04-01T00:00:00Z",
)
OTHERS = (
    replace(PAPER, key="2604.00002", title="Sparse Autoencoders Explain Protein Folding", abstract="", version=1),
    replace(
        PAPER, key="doi:10.1145/1", kind="reference", title="A Reference of Dense Retrieval", abstract="", version=None
    ),
)


_READ: dict[bytes, PdfText] = {}


@pytest.fixture(autouse=True)
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each different file is read in a real child process once: starting one takes half a second."""

    def read(path: Path, **asked: Any) -> PdfText:
        content = path.read_bytes()
        if content not in _READ:
            _READ[content] = read_pdf(path, **asked)
        return _READ[content]

    monkeypatch.setattr("library.fulltext.attaching.read_pdf", read)


@pytest.fixture
def arxiv() -> Iterator[FakeArxiv]:
    with FakeArxiv() as fake:
        yield fake


@pytest.fixture
def desk(arxiv: FakeArxiv, tmp_path: Path) -> Iterator[Workspace]:
    home = tmp_path / "home"
    home.mkdir()
    save_settings(home / "settings.toml", replace(Settings(), arxiv=arxiv.settings()))
    with open_workspace(home, person="ada") as workspace:
        store_drafts(workspace.store, (PAPER, *OTHERS), at="2026-04-13T12:00:00Z")
        yield workspace


@pytest.fixture
def transport(desk: Workspace) -> Iterator[Transport]:
    """An impatient one."""
    limiter = Limiter(user_state(), sleep=lambda _: None)
    with Transport(desk.settings.arxiv, limiter, attempts=2, read_seconds=0.5) as opened:
        yield opened
