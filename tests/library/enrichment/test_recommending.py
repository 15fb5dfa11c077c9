"""Recommendations: a list to look through, from ids that a person kept and skipped; never silently in the library."""

from dataclasses import replace

import pytest

from library.arxiv.problems import ArxivProblem
from library.enrichment import ledger
from library.enrichment.recommending import ask_for_recommendations, recommendations
from library.enrichment.services import OpenTransport
from library.errors import UsageError
from library.papers.commands import decide
from library.papers.ingest import store_drafts
from library.purge.run import purge
from library.workspace import Workspace
from tests.library.arxiv.server import Reply
from tests.library.enrichment.conftest import A, B, C, D, every
from tests.library.enrichment.server import FakeServices, s2

NEW = s2("2605.00009", title="A New One", authors=[{"name": "Grace Hopper"}, {"name": None}, "x"])
LIST = {"recommendedPapers": [s2(A.key, title="The seed itself"), NEW, s2(doi="10.1000/new", title="Elsewhere"),
                              s2(title="Without an id"), {"title": "\x1b[1m"}, NEW]}  # fmt: skip


def test_ids_of_decisions_go_out_and_a_list_comes_back(
    desk: Workspace, services: FakeServices, opener: OpenTransport
) -> None:
    ids = every(desk)
    desk.store.write(lambda db: decide(db, "ada", ids[2:3], "skip")).result()
    desk.store.write(lambda db: decide(db, "ada", ids[3:4], "skip", bulk=True)).result()
    desk.store.write(lambda db: decide(db, "bob", ids[3:4], "keep")).result()
    services.on("recommendations", LIST)
    before = desk.store.read(lambda db: db.execute("SELECT count(*) FROM paper").fetchone()[0]).result()
    found = ask_for_recommendations(desk, most=20, opener=opener)
    (asked,) = services.of("recommendations")
    assert sorted(asked.body["positivePaperIds"]) == [f"ARXIV:{A.key}", f"ARXIV:{B.key}"]
    assert asked.body["negativePaperIds"] == [f"ARXIV:{C.key}"]  # not the one that was skipped unseen
    assert asked.query["limit"] == ["20"]
    assert [(each.key, each.title, each.authors) for each in found.papers] == [
        ("2605.00009", "A New One", "Grace Hopper"),
        ("doi:10.1000/new", "Elsewhere", ""),
    ]
    after = desk.store.read(lambda db: db.execute("SELECT count(*) FROM paper").fetchone()[0]).result()
    assert before == after
    assert desk.store.read(lambda db: recommendations(db, "bob")).result().papers == ()


def test_it_is_asked_once_a_day_and_what_was_added_leaves_the_list(
    desk: Workspace, services: FakeServices, opener: OpenTransport
) -> None:
    services.on("recommendations", LIST)
    ask_for_recommendations(desk, opener=opener)
    store_drafts(desk.store, [replace(A, key="2605.00009", title="A New One")], at="2026-05-01T00:00:00Z")
    assert [each.key for each in ask_for_recommendations(desk, opener=opener).papers] == ["doi:10.1000/new"]
    assert len(services.of("recommendations")) == 1
    ask_for_recommendations(desk, again=True, opener=opener)
    assert len(services.of("recommendations")) == 2


def test_a_failure_leaves_the_earlier_list(desk: Workspace, services: FakeServices, opener: OpenTransport) -> None:
    services.on("recommendations", LIST, Reply("<html>", 200))
    ask_for_recommendations(desk, opener=opener)
    with pytest.raises(ArxivProblem, match="instead of JSON"):
        ask_for_recommendations(desk, again=True, opener=opener)
    kept = desk.store.read(lambda db: recommendations(db, "ada")).result()
    assert len(kept.papers) == 2
    assert kept.fetched_at is not None
    assert desk.store.read(ledger.latest).result()["semantic-scholar"].state == "parse error"


def test_it_needs_something_kept(desk: Workspace, services: FakeServices, opener: OpenTransport) -> None:
    with pytest.raises(UsageError, match="kept no paper"):
        ask_for_recommendations(replace(desk, person="bob"), opener=opener)
    assert not services.asked


def test_what_was_purged_stays_out_of_it(desk: Workspace, services: FakeServices, opener: OpenTransport) -> None:
    services.on("recommendations", LIST)
    ask_for_recommendations(desk, opener=opener)
    store_drafts(desk.store, [replace(D, key="doi:10.1000/new", doi="10.1000/new", title="Elsewhere")], at="2026-05-01")
    assert purge(desk, ["doi:10.1000/new"], "asked for").left_out == ()
    rows = desk.store.read(lambda db: db.execute("SELECT key FROM recommendation").fetchall()).result()
    assert [row[0] for row in rows] == ["2605.00009"]
    found = ask_for_recommendations(desk, again=True, opener=opener)
    assert [each.key for each in found.papers] == ["2605.00009"]
