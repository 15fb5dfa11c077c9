"""`labtop search` and `labtop searches`: what is printed, for people and for scripts."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

from library.papers.ingest import add_drafts
from library.papers.model import Author, PaperDraft
from library.search.show import FoundPaper
from library.vectors import stored, waiting
from library.vectors.conversion import convert
from library.vectors.model import model_status
from library.vectors.question import QuestionEncoder
from planner.workspace import open_workspace
from tests.conftest import REPOSITORY
from tui.cli import run
from tui.commands import found
from tui.commands.search import query_text

TITLES = ("Diffusion models for video", "Pruning language models", "GPT-4 writes C++", "Spam \x9b1mfilters")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "lab"
    drafts = [
        PaperDraft(
            key=f"2601.0000{number}",
            kind="arxiv",
            source="test",
            title=title,
            abstract="Words.",
            authors=(Author("Ada Lovelace", "Lovelace", "Ada"), Author("Alan Turing", "Turing", "Alan")),
            categories=("cs.CL", "cs.LG"),
            first_listed=f"2026-01-0{number + 1}",
        )
        for number, title in enumerate(TITLES)
    ]
    with open_workspace(home, person="ada") as workspace:
        workspace.store.write(lambda db: add_drafts(db, drafts, at="2026-01-09T00:00:00Z")).result()
    return home


def labtop(home: Path, *arguments: str) -> int:
    return run(["--home", str(home), "--as", "ada", *arguments])


def test_results_for_people(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert labtop(home, "search", "models", "--limit", "5") == 0
    lines = capsys.readouterr().out.splitlines()
    assert {line.split()[1] for line in lines[:2]} == {"2601.00000", "2601.00001"}
    assert "Ada Lovelace +1" in lines[0]
    assert "cs.CL" in lines[0]
    assert "k 1 · m –" in lines[0]
    assert lines[-1].startswith("2 papers have all the words") or lines[-1].startswith("2 papers match")
    assert lines[-1].endswith(" ms")


def test_results_for_scripts(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert labtop(home, "search", "pruning", "language", "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["total"] == printed["matches"] == 1
    assert printed["mode"] == "hybrid"
    assert printed["took_ms"] > 0
    assert set(printed["parts_ms"]) == {"words", "encoding", "vectors"}
    assert any("labtop index" in notice for notice in printed["notices"])
    (paper,) = printed["results"]
    assert paper["id"] == "2601.00001"
    assert paper["authors"] == ["Ada Lovelace", "Alan Turing"]
    assert paper["categories"] == ["cs.CL", "cs.LG"]
    assert (paper["day"], paper["keyword_rank"], paper["semantic_rank"]) == ("2026-01-02", 1, None)
    assert paper["score"] > 0


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        (("-video", "models"), ["2601.00001"]),
        (("models", "-video", "--limit", "3"), ["2601.00001"]),
        (("--limit", "1", "--", "--mode", "C++"), ["2601.00002"]),
        (("C++",), ["2601.00002"]),
        (("cat:cs.CL", "--sort", "date", "--limit", "2"), ["2601.00003", "2601.00002"]),
        (("cat:cs.CL", "--offset", "3"), ["2601.00000"]),
    ],
)
def test_words_may_begin_with_a_minus(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], ids: list[str]
) -> None:
    assert labtop(home, "search", "--mode", "keyword", "--json", *arguments) == 0
    assert [paper["id"] for paper in json.loads(capsys.readouterr().out)["results"]] == ids


@pytest.mark.parametrize(
    ("query", "caret_at"), [("models AND", 11), ("tilte:models", 1), ("models (a OR b", 8), ("models date:soon", 13)]
)
def test_a_caret_points_at_what_is_wrong(
    home: Path, capsys: pytest.CaptureFixture[str], query: str, caret_at: int
) -> None:
    assert labtop(home, "search", query) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    message, shown, mark, expected = captured.err.splitlines()
    assert message.startswith("labtop: ")
    assert shown.strip() == query
    assert mark.index("^") == 2 + caret_at - 1
    assert "expected:" in expected


def test_semantic_mode_without_vectors_fails_and_says_what_to_do(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert labtop(home, "search", "models", "--mode", "semantic") == 1
    assert "labtop index" in capsys.readouterr().err


def test_usage_errors(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert labtop(home, "search") == 2
    assert labtop(home, "search", "x", "--mode", "magic") == 2
    assert labtop(home, "search", "x", "--limt", "3") == 2
    assert labtop(tmp_path / "nowhere", "search", "x") == 3
    assert "labtop init" in capsys.readouterr().err


def test_explains(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert labtop(home, "search", "--explain", "title:pruning", "cat:cs.*", "-survey", "tag:x") == 0
    shown = capsys.readouterr().out
    assert "title has “pruning”" in shown
    assert '{title} : "pruning"' in shown
    assert "ti:pruning AND cat:cs.* ANDNOT all:survey" in shown
    assert "https://export.arxiv.org/api/query?search_query=ti%3Apruning" in shown
    assert "left out: tag is x" in shown
    assert labtop(home, "search", "--explain", "--json", "title:pruning") == 0
    assert json.loads(capsys.readouterr().out)["arxiv"]["search_query"] == "ti:pruning"


def test_saved_searches_from_the_shell(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert labtop(home, "searches") == 0
    assert "No saved searches yet" in capsys.readouterr().out
    assert labtop(home, "search", "pruning", "--save", "small") == 0
    assert labtop(home, "searches", "save", "no video", "-video", "models") == 0
    capsys.readouterr()
    assert labtop(home, "searches", "list", "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert [(one["name"], one["query"], one["unread"]) for one in printed["results"]] == [
        ("no video", "-video models", 0),
        ("small", "pruning", 0),
    ]
    assert labtop(home, "searches", "run", "NO VIDEO", "--json") == 0
    assert json.loads(capsys.readouterr().out)["results"][0]["id"] == "2601.00001"
    assert labtop(home, "searches", "rename", "small", "tiny") == 0
    assert labtop(home, "searches", "delete", "tiny") == 0
    assert labtop(home, "searches", "run", "tiny") == 3
    assert labtop(home, "undo") == 0
    assert labtop(home, "--read-only", "searches", "run", "tiny") == 0
    assert labtop(home, "searches", "save", "broken", "(a") == 2
    assert labtop(home, "searches", "save", "tiny", "again") == 2


def test_columns_fit_the_terminal() -> None:
    paper = FoundPaper(
        "2601.00001",
        "深層学習 " * 20,
        ("Ada Lovelace", "Alan Turing"),
        "2026-01-05",
        2026,
        ("cs.CL",),
        "arxiv",
        3,
        None,
        0.1,
        2.0,
        None,
    )
    wide = found.lines((paper,) * 12, first=1, columns=130)
    narrow = found.lines((paper,) * 12, first=1, columns=80)
    assert (len(wide), len(narrow)) == (12, 24)
    assert all(cell_len(line) <= 130 for line in wide)
    assert all(cell_len(line) <= 80 for line in narrow)
    assert all("k 3 · m –" in line for line in (*wide, *narrow[1::2]))
    assert "…" in wide[0]
    assert "…" not in found.lines((paper,), first=1, columns=None)[0]


@pytest.mark.model
def test_a_question_loads_nothing_heavy(home: Path) -> None:
    """Neither training libraries nor the dashboard are on the path of a question."""
    with open_workspace(home, person="ada") as workspace:
        if model_status(workspace.settings).converted is None:
            convert(workspace.settings)
        encoder = QuestionEncoder.open(workspace.settings)
        rows = workspace.store.read(lambda db: db.execute("SELECT text_hash, title FROM paper").fetchall()).result()
        vectors = encoder.encode_documents([row["title"] for row in rows])
        hashes = [row["text_hash"] for row in rows]
        workspace.store.write(
            lambda db: stored.store(db, waiting.register(db, encoder.model), hashes, vectors.astype("float16"))
        ).result()
    script = (
        "import sys; from tui.cli import run; code = run(sys.argv[1:]);"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'sklearn', 'scipy', 'pandas', 'openvino',"
        " 'sqlite_utils', 'textual'} & set(sys.modules); print(sorted(heavy)); sys.exit(code)"
    )
    command = [sys.executable, "-c", script, "--home", str(home), "search", "small models", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, check=True)
    printed, _, heavy = done.stdout.strip().rpartition("\n")
    assert heavy == "[]"
    assert json.loads(printed)["results"][0]["semantic_rank"] is not None


@pytest.mark.parametrize(
    ("arguments", "query"),
    [
        (("graph networks",), "graph networks"),  # a whole query in quotes
        (("graph networks", "pruning"), '"graph networks" pruning'),
        (("title:graph networks", "-au:ada l", "x"), 'title:"graph networks" -au:"ada l" x'),
        (("~less memory", "x"), '~"less memory" x'),
        (("a OR b", "c"), "(a OR b) c"),
        (('"a b" c', "d"), '"a b" c d'),
        (("(a b)", "cat:cs.CL x:y"), "(a b) cat:cs.CL x:y"),
        (("graph", "networks"), "graph networks"),
    ],
)
def test_quotes_that_the_shell_took_are_put_back(arguments: tuple[str, ...], query: str) -> None:
    assert query_text(arguments) == query


def test_an_export_takes_words_that_begin_with_a_minus(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--home", str(home), "export", "library", "--json", "category:cs.CL", "-nosuchword"]) == 0
    assert json.loads(capsys.readouterr().out)["papers"] >= 1
