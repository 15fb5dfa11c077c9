"""`labtop enrich` from a shell: what it prints, in words and as JSON, and its exit codes."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from library.enrichment import ledger, recommending
from library.enrichment.model import STATES
from library.enrichment.services import SERVICES
from library.papers.ingest import store_drafts
from library.settings import Settings, load_settings, save_settings
from library.sources.document import MAX_PDF
from library.sources.pdf_child import MAX_CHARACTERS, MAX_PAGES
from planner.workspace import open_workspace
from tests.contracts.guide import GUIDE, commands, rows
from tests.contracts.test_json_shapes import answer, broken_rules, differences, examples, write
from tests.library.arxiv.server import Reply
from tests.library.enrichment.conftest import A, B, D
from tests.library.enrichment.server import FakeServices, as_json, daily, s2, work
from tui.cli import run

KEY = A.key
DOI = "10.1145/99"


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServices]:
    for name in ("S2_API_KEY", "OPENALEX_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with FakeServices() as fake:
        fake.on(
            "batch", lambda asked: as_json([s2(KEY, doi=DOI) if KEY in each else None for each in asked.body["ids"]])
        )
        fake.on("works", {"results": [work(KEY, doi=DOI)]})
        fake.on("daily", [daily(KEY)])
        yield fake


@pytest.fixture
def home(services: FakeServices, tmp_path: Path) -> Path:
    home = tmp_path / "home"  # the one that LABTOP_HOME names
    home.mkdir()
    save_settings(home / "settings.toml", replace(Settings(), enrichment=services.settings()))
    with open_workspace(home, person="ada") as workspace:
        store_drafts(workspace.store, (A, B, D), at="2026-04-13T12:00:00Z")
    return home


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> tuple[str, str]:
    capsys.readouterr()
    found = run(list(words))
    out, err = capsys.readouterr()
    assert found == code, (out, err)
    return out, err


def told(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Any:
    return json.loads(said(capsys, *words, "--json", code=code)[0])


@pytest.mark.usefixtures("home")
def test_from_asking_to_a_published_doi(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = said(capsys, "enrich", KEY, B.key)
    assert "● Semantic Scholar  knows 1 of 2 papers · proposes 1 DOI" in out
    assert "● Hugging Face      2 papers listed" in out
    assert "labtop enrich proposals" in out
    again = told(capsys, "enrich", "papers", KEY)
    assert [(each["id"], each["fresh"], each["requests"]) for each in again["results"]] == [
        ("semantic-scholar", 1, 0),
        ("openalex", 1, 0),
        ("hf-daily", 1, 0),
    ]
    shown = told(capsys, "show", KEY)
    assert [each["source"] for each in shown["enrichment"]] == ["semantic-scholar", "openalex", "hf-daily"]
    assert (shown["enrichment"][0]["citations"], shown["doi"]) == (41, None)
    page, _ = said(capsys, "show", KEY)
    assert "41 citations, 3 influential" in page
    assert f"Published as?: {DOI}, SIGIR (2026), says Semantic Scholar" in page
    (proposal,) = told(capsys, "enrich", "proposals")["results"]
    assert (proposal["paper"], proposal["doi"], proposal["state"]) == (KEY, DOI, "open")
    assert DOI in said(capsys, "enrich", "proposals")[0]
    assert told(capsys, "enrich", "accept", KEY)["changed"]
    assert told(capsys, "show", KEY)["doi"] == DOI
    said(capsys, "undo")
    assert told(capsys, "show", KEY)["doi"] is None
    said(capsys, "enrich", "refuse", KEY, "--doi", DOI)
    assert told(capsys, "enrich", "proposals") == {"total": 0, "results": []}
    assert told(capsys, "enrich", "proposals", "--all")["results"][0]["state"] == "refused"
    said(capsys, "enrich", "accept", KEY, code=3)


@pytest.mark.usefixtures("home")
def test_ones_own_papers_a_day_and_one_service(services: FakeServices, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no paper to ask about" in said(capsys, "enrich")[0]
    assert not services.asked
    said(capsys, "keep", B.key)
    said(capsys, "enrich", "--source", "semantic-scholar")
    assert services.of("batch")[0].body == {"ids": [f"ARXIV:{B.key}"]}
    said(capsys, "enrich", "--day", "2026-04-10", "--source", "hf-daily")
    assert services.of("daily")[0].query["date"] == ["2026-04-10"]
    assert "no day" in said(capsys, "enrich", "--day", "someday", code=2)[1]
    said(capsys, "enrich", "--queue", "--source", "openalex")


@pytest.mark.usefixtures("home")
def test_status_tells_of_every_service(services: FakeServices, capsys: pytest.CaptureFixture[str]) -> None:
    assert [each["state"] for each in told(capsys, "enrich", "status")["results"]] == [None, None, None]
    services.on("batch", Reply("no", 403))
    report = told(capsys, "enrich", KEY, code=4)
    assert report["results"][0]["state"] == "refused"
    one, two, three = told(capsys, "enrich", "status")["results"]
    assert (one["state"], two["state"], three["state"]) == ("refused", "ok", "ok")
    assert one["held_until"]
    assert one["evidence"]["status"] == 403
    assert (one["key"], two["key"], three["key"]) == (False, True, None)
    out, _ = said(capsys, "enrich", "status")
    assert "✗ Semantic Scholar  on, without a key, refused until" in out
    services.on("batch", [s2(KEY)])
    assert "refused" in said(capsys, "enrich", KEY, "--source", "semantic-scholar", code=1)[0]
    out, err = said(capsys, "enrich", KEY, "--source", "semantic-scholar", "--resume")
    assert "refusal is forgotten" in err
    assert "knows 1 of 1 paper" in out


@pytest.mark.usefixtures("home")
def test_doctor_and_today_tell_of_what_fails(services: FakeServices, capsys: pytest.CaptureFixture[str]) -> None:
    services.on("batch", Reply("<html>down</html>"))
    said(capsys, "enrich", KEY, code=4)
    findings = {each["name"]: each for each in told_any(capsys, "doctor")["results"]}
    assert findings["Semantic Scholar"]["state"] == "bad"
    assert "an HTML page" in findings["Semantic Scholar"]["text"]
    assert findings["OpenAlex"]["state"] == "good"
    texts = [each["text"] for each in told(capsys, "today")["notices"]]
    assert any(text.startswith("Semantic Scholar: parse error") for text in texts)
    assert any("1 published DOI" in text for text in texts)


def told_any(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    capsys.readouterr()
    run([*words, "--json"])
    return json.loads(capsys.readouterr().out)


def test_nothing_is_asked_unless_it_is_on(
    home: Path, services: FakeServices, capsys: pytest.CaptureFixture[str]
) -> None:
    path = home / "settings.toml"
    save_settings(
        path,
        replace(
            load_settings(path), enrichment=services.settings(semantic_scholar=False, openalex=False, hf_daily=False)
        ),
    )
    assert "labtop settings enrichment.semantic_scholar true" in said(capsys, "enrich", KEY, code=2)[1]
    assert "off (labtop settings enrichment.openalex true)" in said(capsys, "enrich", "status")[0]
    assert "Semantic Scholar" not in {each["name"] for each in told_any(capsys, "doctor")["results"]}
    assert not services.asked


@pytest.mark.usefixtures("home")
def test_recommendations_are_a_list(services: FakeServices, capsys: pytest.CaptureFixture[str]) -> None:
    assert "kept no paper" in said(capsys, "enrich", "recommend", code=2)[1]
    assert "Nothing was asked for yet" in said(capsys, "enrich", "recommend", "--stored")[0]
    said(capsys, "keep", KEY)
    listed = {"recommendedPapers": [s2("2605.00009", title="A \x1b[31mNew One", authors=[{"name": "Grace Hopper"}])]}
    services.on("recommendations", listed)
    (one,) = told(capsys, "enrich", "recommend", "--limit", "5")["results"]
    assert (one["id"], one["title"], one["authors"]) == ("2605.00009", "A New One", "Grace Hopper")
    out, _ = said(capsys, "enrich", "recommend", "--stored")
    assert out.startswith("2605.00009  A New One\n    Grace Hopper  2026 · SIGIR · 41 citations")
    assert told(capsys, "search", "Hopper", "--mode", "keyword")["total"] == 0
    assert len(services.of("recommendations")) == 1


def test_states_and_numbers_are_those_of_the_guide() -> None:
    assert [cells[0] for cells in rows(GUIDE / "enrichment.md", "state")] == list(STATES)
    page = " ".join((GUIDE / "enrichment.md").read_text(encoding="utf-8").split())
    texts = " ".join((GUIDE / "fulltext.md").read_text(encoding="utf-8").split())
    for words, holds in (
        ("500 papers a request", SERVICES["semantic-scholar"].batch == 500),
        ("50 papers a request, one a second, at most 500 a day", SERVICES["openalex"].batch == 50),
        ("`enrichment.days`, 14", Settings().enrichment.days == 14),
        ("after half an hour", ledger.FIRST.total_seconds() == 1800),
        ("last hundred papers", recommending.SEEDS == 100),
    ):
        assert words in page, words
        assert holds, words
    assert all(service.seconds == 1 for service in SERVICES.values())
    assert "over 300 MB" in texts
    assert MAX_PDF == 300 << 20
    assert "first 2,000 pages and 4 million characters" in texts
    assert (MAX_PAGES, MAX_CHARACTERS) == (2_000, 4_000_000)


@pytest.mark.usefixtures("home")
def test_it_prints_what_the_guide_shows(services: FakeServices, capsys: pytest.CaptureFixture[str]) -> None:
    """`LABTOP_WRITE_DOCS=1` writes the examples anew."""
    both = (s2(KEY, doi=DOI), s2(B.key, doi="10.1145/100"))
    services.on("batch", list(both))
    services.on("works", {"results": []})
    author = {"name": "Grace Hopper"}
    services.on("recommendations", {"recommendedPapers": [s2("2605.00009", title="A New One", authors=[author])]})
    said(capsys, "keep", KEY)
    anew, problems = [], []
    for block, example, nullable in examples(GUIDE / "scripting-services.md"):
        for command in commands(block) if "services" in block.info.split() else ():
            actual = answer(command, capsys)
            anew.append((example, actual))
            if example.text.strip():
                problems += differences(json.loads(example.text), actual, nullable)
            problems += broken_rules(actual)
    if os.environ.get("LABTOP_WRITE_DOCS"):
        write(anew)
    assert len(anew) == 7
    assert not problems
