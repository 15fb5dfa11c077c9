"""`P` in a list of papers: fetched behind the screen, taken from a file, taken off, and what goes wrong said."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from library.papers.ingest import store_drafts
from library.papers.queries import find_id
from library.settings import Settings, save_settings
from library.workspace import Workspace
from planner.workspace import open_workspace
from tests.library.arxiv.server import FakeArxiv, Reply
from tests.library.fulltext.conftest import OTHERS, PAPER
from tests.library.fulltext.pdfs import FIRST, SECOND, pdf
from tests.tui.screens.driving import app_of, library, opened, settled, stored
from tui.app import LabtopApp
from tui.widgets.detail import Detail

PDF = pdf(stamp="arXiv:2604.00001v2  [cs.IR]  1 Apr 2026")
OTHER = pdf([("Sparse Autoencoders Explain Protein Folding", *FIRST[3:]), SECOND])


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


def one(workspace: Workspace, key: str = PAPER.key) -> int:
    return workspace.store.read(lambda db: find_id(db, key)).result()


async def to(pilot: object, app: LabtopApp, paper_id: int) -> None:
    library(app).show_paper(paper_id)
    await settled(pilot)  # type: ignore[arg-type]


def told(app: LabtopApp) -> str:
    return " | ".join(f"{note.title}: {note.message}" for note in app._notifications)


async def test_it_is_fetched_behind_the_screen_and_shown(desk: Workspace, arxiv: FakeArxiv) -> None:
    arxiv.on("pdf", Reply(PDF))
    app = opened(desk)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await to(pilot, app, one(desk))
        await pilot.press("P")
        await settled(pilot)
        assert "3 pages can be searched and quoted." in told(app)
        assert "full text of v2, 3 pages, arXiv" in app.screen.query_one(Detail).content.plain
        await pilot.press("P")
        await settled(pilot)
        assert len(app.screen_stack) == 2  # it is there: what now?
        await pilot.press("o", "f", "f", "enter")
        await settled(pilot)
        assert stored(desk, one(desk)).full_text is None
        await pilot.press("u")
        await settled(pilot)
        assert stored(desk, one(desk)).full_text is not None
    assert arxiv.count("pdf") == 1


async def test_several_are_fetched_one_after_the_other(desk: Workspace, arxiv: FakeArxiv) -> None:
    arxiv.on("pdf/2604.00001v2", Reply(PDF))
    arxiv.on("pdf/2604.00002v1", Reply(OTHER))
    app = opened(desk)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await pilot.press("asterisk", "P")
        await settled(pilot)
        assert "2 full texts can be searched" in told(app)
    assert arxiv.most_open == 1


async def test_a_file_of_another_paper_is_taken_when_one_insists(desk: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "o.pdf"
    path.write_bytes(OTHER)
    app = opened(desk)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await to(pilot, app, one(desk, "doi:10.1145/1"))
        await pilot.press("P")
        await settled(pilot)
        await pilot.press(*str(path))
        await pilot.press("enter")
        await settled(pilot)
        assert "does not look like" in told(app)
        assert "P on the paper takes it all the same" in told(app)
        await pilot.press("P")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
    assert stored(desk, one(desk, "doi:10.1145/1")).full_text is not None


async def test_what_goes_wrong_is_said_and_x_stops(desk: Workspace, arxiv: FakeArxiv) -> None:
    arxiv.on("pdf", Reply("gone", 404), Reply(PDF + b" " * (4 << 20), drip=0.2))
    app = opened(desk)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await to(pilot, app, one(desk))
        await pilot.press("P")
        await settled(pilot)
        assert "arXiv has no PDF of 2604.00001v2" in told(app)
        await pilot.press("P")
        for _ in range(500):
            await pilot.pause(0.01)
            if "fetching" in app_of(pilot).status.work:
                break
        assert "fetching, KB" in app.status.work
        await pilot.press("x")
        await settled(pilot)
    assert stored(desk, one(desk)).full_text is None
    assert not list(desk.paths.documents.iterdir())


async def test_read_only_it_is_refused(desk: Workspace, arxiv: FakeArxiv) -> None:
    with open_workspace(desk.paths.home, person="ada", read_only=True) as closed:
        app = opened(closed)
        async with app.run_test(size=(140, 40)) as pilot:
            await settled(pilot)
            await pilot.press("P")
            await settled(pilot)
            assert "read-only" in told(app)
    assert not arxiv.asked
