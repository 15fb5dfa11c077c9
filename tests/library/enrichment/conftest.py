"""A workspace with papers of every kind, and the services that it asks."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from library.arxiv.limiter import Limiter
from library.arxiv.transport import Transport
from library.enrichment.model import SourceId
from library.enrichment.services import OpenTransport, limiter_of, open_transport
from library.jobs import CancelToken
from library.papers.commands import add_note, decide
from library.papers.ingest import store_drafts
from library.papers.model import Author, PaperDraft
from library.papers.queries import find_id
from library.settings import Settings, save_settings
from library.workspace import Workspace
from planner.workspace import open_workspace
from tests.library.enrichment.server import FakeServices

SECRET_TITLE = "Zweihander Retrieval for Internal Roadmaps"
SECRET_NOTE = "our unpublished plan: beat them by March"
A = PaperDraft(
    key="2604.00001",
    kind="arxiv",
    source="test",
    title=SECRET_TITLE,
    abstract="The bandersnatch abstract.",
    authors=(Author("Ada Lovelace", "Lovelace", "Ada"),),
    categories=("cs.IR",),
    version=1,
    first_listed="2026-04-10",
)
B = replace(A, key="2604.00002", title="Another", abstract="", first_listed="2026-04-09")
C = replace(B, key="math/0309136", title="An Old One", first_listed="2003-09-09")
D = replace(B, key="doi:10.1145/7", kind="reference", title="A Reference", doi="10.1145/7", first_listed=None)
E = replace(B, key="doc:abc", kind="document", title="Minutes of our meeting", first_listed=None)


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServices]:
    for name in ("S2_API_KEY", "OPENALEX_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with FakeServices() as fake:
        yield fake


@pytest.fixture
def desk(services: FakeServices, tmp_path: Path) -> Iterator[Workspace]:
    home = tmp_path / "home"
    home.mkdir()
    save_settings(home / "settings.toml", replace(Settings(), enrichment=services.settings()))
    with open_workspace(home, person="ada") as workspace:
        store_drafts(workspace.store, (A, B, C, D, E), at="2026-04-13T12:00:00Z")
        ids = every(workspace)
        workspace.store.write(lambda db: decide(db, "ada", ids[:2], "keep")).result()
        workspace.store.write(lambda db: add_note(db, "ada", ids[0], SECRET_NOTE)).result()
        yield workspace


@pytest.fixture
def opener() -> OpenTransport:
    """Impatient: no naps, no long waits for an answer."""

    def opened(workspace: Workspace, source: SourceId, cancel: CancelToken | None) -> Transport:
        made = open_transport(workspace, source, cancel)
        limiter = limiter_of(source)
        made.limiter = Limiter(
            limiter._folder, service=source, title=limiter.title, refused_mend=limiter.refused_mend,
            sleep=lambda _: None,
        )  # fmt: skip
        made._read = 0.5
        return made

    return opened


def every(workspace: Workspace) -> tuple[int, ...]:
    """The numbers of all the papers, in their order above."""
    keys = [draft.key for draft in (A, B, C, D, E)]
    return workspace.store.read(lambda db: tuple(find_id(db, key) for key in keys)).result()
