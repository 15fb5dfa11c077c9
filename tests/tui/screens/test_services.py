"""What other services say, on the screen: facts with source and day, a proposed DOI answered, failures in words."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from library.enrichment.asking import enrich
from library.enrichment.stored import proposals
from library.papers.commands import decide
from library.papers.ingest import store_drafts
from library.papers.queries import find_id
from library.settings import Settings, save_settings
from library.workspace import Workspace
from planner.workspace import open_workspace
from tests.library.arxiv.server import Reply
from tests.library.enrichment.conftest import A, B
from tests.library.enrichment.server import FakeServices, as_json, daily, s2, work
from tests.tui.screens.driving import library, opened, settled, stored
from tui.app import LabtopApp
from tui.services import services_state
from tui.widgets.detail import Detail

DOI = "10.1145/99"


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServices]:
    for name in ("S2_API_KEY", "OPENALEX_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with FakeServices() as fake:
        hostile = "[b]\x1b[31mTOIS\u202e[/b]"
        fake.on(
            "batch",
            lambda asked: as_json([s2(A.key, venue=hostile) if A.key in one else None for one in asked.body["ids"]]),
        )
        fake.on("works", {"results": [work(A.key, doi=DOI, venue=hostile)]})
        fake.on("daily", [daily(A.key)])
        yield fake


@pytest.fixture
def desk(services: FakeServices, tmp_path: Path) -> Iterator[Workspace]:
    home = tmp_path / "home"
    home.mkdir()
    save_settings(home / "settings.toml", replace(Settings(), enrichment=services.settings()))
    with open_workspace(home, person="ada") as workspace:
        store_drafts(workspace.store, (A, B), at="2026-04-13T12:00:00Z")
        yield workspace


def one(workspace: Workspace) -> int:
    return workspace.store.read(lambda db: find_id(db, A.key)).result()


def told(app: LabtopApp) -> str:
    return " | ".join(f"{note.title}: {note.message}" for note in app._notifications)


async def test_asked_shown_and_the_doi_accepted(desk: Workspace) -> None:
    app = opened(desk)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        library(app).show_paper(one(desk))
        await settled(pilot)
        await pilot.press("D")
        await settled(pilot)
        assert "No published DOI is proposed" in told(app)
        await pilot.press("I")
        await settled(pilot)
        assert "Semantic Scholar knows 1, OpenAlex knows 1" in told(app)
        text = " ".join(app.screen.query_one(Detail).content.plain.split())
        assert "cited 41 citations, 3 influential Semantic Scholar," in text
        assert "votes 25 upvotes, 4 comments, daily papers of 2026-04-10 Hugging Face," in text
        assert f"doi? {DOI}, [b]TOIS[/b] (2026) says OpenAlex: D accepts or refuses" in text
        await pilot.press("I")
        await settled(pilot)
        assert "a short while ago" in told(app)
        await pilot.press("D")
        await settled(pilot)
        assert len(app.screen_stack) == 2
        await pilot.press("enter")
        await settled(pilot)
        assert stored(desk, one(desk)).doi == DOI
        assert "doi?" not in app.screen.query_one(Detail).content.plain
        await pilot.press("u")
        await settled(pilot)
        assert stored(desk, one(desk)).doi is None
        await pilot.press("D")
        await settled(pilot)
        await pilot.press("r", "e", "f", "enter")
        await settled(pilot)
    assert desk.store.read(lambda db: proposals(db, decided=True)).result()[0].state == "refused"


async def test_nobody_is_asked_where_nothing_is_on(desk: Workspace, services: FakeServices) -> None:
    off = replace(desk, settings=Settings())
    app = opened(off)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await pilot.press("I")
        await settled(pilot)
        assert "labtop settings enrichment.semantic_scholar true" in told(app)
        await app.services.look()
        await settled(pilot)
    assert not services.asked


async def test_ones_own_papers_are_asked_about_behind_the_screens_and_trouble_is_told(
    desk: Workspace, services: FakeServices
) -> None:
    desk.store.write(lambda db: decide(db, "ada", (one(desk),), "keep")).result()
    services.on("batch", Reply("<html><title>Down</title></html>"))
    app = opened(desk)
    async with app.run_test(size=(160, 40)) as pilot:
        await settled(pilot)
        await app.services.look()
        await settled(pilot)
        assert app.status.services is not None
        assert "Semantic Scholar parse error" in app.status.services.text
        asked = len(services.asked)
        await app.services.look()  # not again within the half hour, and the others are fresh
        await settled(pilot)
        assert len(services.asked) == asked
    assert services_state(desk)[1] == ()
    assert stored(desk, one(desk)).enrichment[0].source == "openalex"


async def test_x_stops_it(desk: Workspace, services: FakeServices) -> None:
    services.on("batch", Reply("[]", stall=20))
    desk.store.write(lambda db: decide(db, "ada", (one(desk),), "keep")).result()
    app = opened(desk)
    async with app.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        library(app).show_paper(one(desk))
        await settled(pilot)
        await pilot.press("I")
        for _ in range(300):
            await pilot.pause(0.01)
            if services.asked:
                break
        await pilot.press("x")
        services._closing.set()
        await settled(pilot)
        assert app.services._stopped
        await app.services.look()
        await settled(pilot)
    assert not services.of("works")


def test_facts_say_their_day_whatever_the_width(desk: Workspace) -> None:
    from datetime import date

    from tui.widgets.paper_text import paper_content

    enrich(desk, (one(desk),))
    paper = stored(desk, one(desk))
    for width in (20, 60, 120):
        plain = paper_content(paper, date(2026, 12, 1), width=width).plain
        assert "41 citations" in " ".join(plain.split())
        assert "\x1b" not in plain
