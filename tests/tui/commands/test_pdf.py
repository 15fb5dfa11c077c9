"""`labtop pdf` from a shell: what it prints, in words and as JSON, and its exit codes."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from library.papers.ingest import store_drafts
from library.settings import Settings, save_settings
from planner.workspace import open_workspace
from tests.library.arxiv.server import FakeArxiv, Reply
from tests.library.fulltext.conftest import OTHERS, PAPER
from tests.library.fulltext.pdfs import pdf, pictures
from tui.cli import run

PDF = pdf(stamp="arXiv:2604.00001v2  [cs.IR]  1 Apr 2026")
KEY = PAPER.key


@pytest.fixture
def arxiv() -> Iterator[FakeArxiv]:
    with FakeArxiv() as fake:
        yield fake


@pytest.fixture
def home(arxiv: FakeArxiv, tmp_path: Path) -> Path:
    home = tmp_path / "home"  # the one that LABTOP_HOME names
    home.mkdir()
    save_settings(home / "settings.toml", replace(Settings(), arxiv=arxiv.settings()))
    with open_workspace(home, person="ada") as workspace:
        store_drafts(workspace.store, (PAPER, *OTHERS), at="2026-04-13T12:00:00Z")
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
def test_from_fetching_to_quoting_and_back(arxiv: FakeArxiv, capsys: pytest.CaptureFixture[str]) -> None:
    arxiv.on("pdf", Reply(PDF))
    out, _ = said(capsys, "pdf", KEY)
    assert out.startswith("full text taken in: Late Interaction")
    assert "v2 · 3 pages" in out
    assert told(capsys, "pdf", KEY)["state"] == "unchanged"
    shown = told(capsys, "show", KEY)
    assert (shown["has_full_text"], shown["full_text"]["version"], shown["full_text"]["pages"]) == (True, 2, 3)
    assert "Full text: of v2, 3 pages, from http" in said(capsys, "show", KEY)[0]
    (found,) = told(capsys, "sentences", KEY, "--all", "--find", "gains 1.8")["results"]
    assert (found["source"], found["page"], found["version"]) == ("body", 2, 2)
    assert "(p. 2)" in said(capsys, "sentences", KEY, "--all", "--find", "gains 1.8")[0]
    assert told(capsys, "search", "quixotic", "--mode", "keyword")["total"] == 1
    assert told(capsys, "pdf", KEY, "--page", "3")["text"].startswith("3 Limits")
    told(capsys, "quote", "add", KEY, found["id"].partition("#")[2])
    assert told(capsys, "quote", "list", KEY)["results"][0]["page"] == 2
    assert "full text v2, p. 2 · " in said(capsys, "quote", "list", KEY)[0]
    assert "has 3 pages" in said(capsys, "pdf", KEY, "--page", "9", code=3)[1]
    assert told(capsys, "pdf", KEY, "--remove")["changed"]
    assert told(capsys, "show", KEY)["full_text"] is None
    said(capsys, "undo")
    assert told(capsys, "show", KEY)["full_text"]["version"] == 2


@pytest.mark.usefixtures("home")
def test_a_file_that_is_not_the_paper(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(PDF)
    out, err = said(capsys, "pdf", "2604.00002", str(path), code=1)
    assert out == ""
    assert "it says that it is arXiv:2604.00001" in err
    assert "--yes" in err
    assert told(capsys, "pdf", "2604.00002", str(path), "--yes")["notices"][-1].endswith("taken all the same")


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("pdf", "2604.99999"), 3, "no paper"),
        (("pdf", KEY, "nothing.pdf"), 3, "There is no file"),
        (("pdf", "doi:10.1145/1"), 2, "labtop fetches PDFs from arXiv alone"),
        (("pdf", KEY, "--remove"), 3, "no full text to take off"),
        (("pdf", KEY, "--page", "1"), 3, "no full text here"),
        (("pdf", KEY, "--remove", "--again"), 2, "three things"),
        (("pdf", KEY, "scan.pdf"), 1, "no text layer"),
        (("pdf", KEY), 3, "arXiv has no PDF"),
        (("pdf", KEY, "--read-only"), 1, "read-only"),
    ],
)
def test_what_cannot_be_done_says_why(
    words: tuple[str, ...], code: int, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    Path("scan.pdf").write_bytes(pictures())
    out, err = said(capsys, *words, code=code)
    assert out == ""
    assert why in err


def test_nothing_is_fetched_for_the_sample(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    home = str(tmp_path / "sample")
    assert run(["demo", "--home", home, "--no-open", "--no-model"]) == 0
    assert "demo workspace" in said(capsys, "--home", home, "pdf", "2604.09492", code=2)[1]
