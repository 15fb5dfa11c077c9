"""Exports from the shell: which papers, in which format, into which file, and what is said of it."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rispy

from library.exporting.choosing import of_queue
from library.papers import commands
from library.papers.ingest import add_drafts
from library.papers.model import Author, PaperDraft
from library.search.saved import save
from planner.workspace import open_workspace
from tests.library.sources.zotero_server import FakeZotero, item
from tui.cli import run


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Five papers: two kept, one starred; tags; a queue; a saved search."""
    place = tmp_path / "home"
    with open_workspace(place, person="ada") as workspace:
        drafts = [
            PaperDraft(
                key=f"2611.0000{number}",
                kind="arxiv",
                source="test",
                title=f"Growth number {number}",
                abstract="What grows.",
                authors=(Author("Ada Lovelace", "Lovelace", "Ada"),),
                submitted_at=f"2026-11-0{number}T00:00:00Z",
                tags=("kv-cache",) if number < 3 else (),
            )
            for number in range(1, 6)
        ]

        def write(db: Any) -> None:
            ids = add_drafts(db, drafts, at="2026-11-30T00:00:00Z").added
            commands.decide(db, "ada", ids[:2], "keep")
            commands.decide(db, "ada", ids[2:3], "star")
            commands.add_note(db, "ada", ids[0], "mine")
            save(db, "ada", "Growing", "growth -tag:kv-cache", today=workspace.clock.today())
            db.execute("UPDATE queue_entry SET due = '2026-12-24' WHERE paper_id = ?", (ids[0],))

        workspace.store.write(write).result()
    return place


def labtop(home: Path, capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> tuple[str, str]:
    assert run(["--home", str(home), "--as", "ada", *arguments]) == code, capsys.readouterr()
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    return shown.out, shown.err


def titles(text: str) -> list[str]:
    return [row["title"] for row in csv.DictReader(io.StringIO(text, newline=""))]


@pytest.mark.parametrize(
    ("arguments", "numbers"),
    [
        ([], [5, 4, 3, 2, 1]),
        (["--tag", "kv-cache"], [2, 1]),
        (["--decision", "keep", "--decision", "star"], [3, 2, 1]),
        (["--decision", "star", "--tag", "kv-cache"], None),
        (["--search", "growing"], [5, 4, 3]),
        (["--search", "growing", "--decision", "star"], [3]),
        (["number", "OR", "nothing", "--tag", "kv-cache"], [2, 1]),
        (["--ids", "2611.00004", "--ids", "arXiv:2611.00001v2", "--ids", "2611.00004"], [4, 1]),
        (["--ids", "2611.00004", "--ids", "2611.00001", "tag:kv-cache"], [1]),
        (["-tag:kv-cache"], [5, 4, 3]),
    ],
)
def test_which_papers(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], numbers: list[int] | None
) -> None:
    if numbers is None:
        assert "no paper" in labtop(home, capsys, "export", "library", *arguments, code=3)[1].lower()
        return
    out, _ = labtop(home, capsys, "export", "library", "--format", "csv", *arguments)
    assert titles(out) == [f"Growth number {number}" for number in numbers]


def test_ids_from_a_pipe(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("2611.00002\n2611.00003\n"))
    out, _ = labtop(home, capsys, "export", "library", "--format", "csv", "--ids", "-")
    assert titles(out) == ["Growth number 2", "Growth number 3"]
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    labtop(home, capsys, "export", "library", "--ids", "-", code=2)
    assert "2699.00001" in labtop(home, capsys, "export", "library", "--ids", "2699.00001", code=3)[1]
    assert "saved search" in labtop(home, capsys, "export", "library", "--search", "nope", code=3)[1]


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("x.bib", "@misc{"),
        ("x.ris", "TY  - UNPB"),
        ("x.json", "["),
        ("x.csv", '"id"'),
        ("x.md", "# Papers"),
        ("x.txt", "@"),
    ],
)
def test_the_name_of_the_file_says_the_format(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, begins: str
) -> None:
    path = tmp_path / name
    out, _ = labtop(home, capsys, "export", "library", "-o", str(path))
    assert out == f"{path}: 5 papers\n"
    assert path.read_text().startswith(begins)
    told = json.loads(labtop(home, capsys, "export", "library", "-o", str(path), "--json")[0])
    assert (told["papers"], told["file"], told["text"], told["demo"]) == (5, str(path), None, False)
    assert json.loads(labtop(home, capsys, "export", "library", "--json")[0])["text"].startswith("@misc")


def test_standard_output_is_the_file_byte_by_byte(
    home: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tmp_path / "x.ris"
    assert run(["--home", str(home), "export", "library", "-o", str(path)]) == 0
    capfdbinary.readouterr()
    assert run(["--home", str(home), "export", "library", "--format", "ris", "-o", "-"]) == 0
    assert capfdbinary.readouterr().out == path.read_bytes()
    assert len(rispy.loads(path.read_text())) == 5


def test_the_reading_queue(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = labtop(home, capsys, "export", "queue")
    lines = [line for line in out.splitlines() if line.startswith("- ")]
    assert out.startswith("# Reading queue of ada\n")
    assert len(lines) == 3
    assert lines[0].startswith("- [ ] **[Growth number 3]")
    assert any("due 2026-12-24" in line for line in lines)
    rows = list(csv.DictReader(io.StringIO(labtop(home, capsys, "export", "queue", "--format", "csv")[0], newline="")))
    assert [(row["position"], row["state"]) for row in rows] == [("1", "queued"), ("2", "queued"), ("3", "queued")]
    first = json.loads(labtop(home, capsys, "export", "queue", "--format", "jsonl")[0].splitlines()[0])
    assert (first["queue"]["state"], first["queue"]["position"]) == ("queued", 1)
    assert "nothing on your reading queue" in labtop(home, capsys, "export", "queue", "--state", "read", code=3)[1]
    assert run(["--home", str(home), "--as", "kim", "export", "queue"]) == 3


def test_a_part_of_the_queue_knows_its_places(home: Path) -> None:
    with open_workspace(home, person="ada") as workspace:
        chosen = of_queue(workspace, [1, 5, 3])
    assert list(chosen.ids) == [1, 5, 3]
    assert {number: facts["position"] for number, facts in chosen.facts.items()} == {1: 2, 3: 1}
    assert chosen.facts[1]["due"] == "2026-12-24"


def test_what_cannot_be_written(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labtop(home, capsys, "export", "library", "-o", str(tmp_path / "none" / "x.bib"), code=1)
    assert "is a folder" in labtop(home, capsys, "export", "library", "-o", str(tmp_path), code=2)[1]
    assert "-o FOLDER" in labtop(home, capsys, "export", "library", "--format", "vault", code=2)[1]
    assert "vault" in labtop(home, capsys, "export", "library", "--renew", code=2)[1]
    assert "jsonl" in labtop(home, capsys, "export", "library", "--own", code=2)[1]


def test_a_vault(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "vault"
    export = ("export", "library", "--format", "vault", "-o", str(root))
    assert "5 notes new" in labtop(home, capsys, *export)[0]
    path = root / "Papers" / "Growth number 1 (2611.00001).md"
    path.write_text(path.read_text().replace("What grows.", "Mine."))
    _, err = labtop(home, capsys, *export, code=4)
    assert "Growth number 1" in err
    assert "--renew" in err
    told = json.loads(labtop(home, capsys, *export, "--renew", "--json", code=4)[0])
    assert (told["papers"], told["updated"], told["unchanged"], told["format"]) == (5, 1, 4, "vault")
    assert told["left"][0]["file"] == "Papers/Growth number 1 (2611.00001).md"
    labtop(home, capsys, *export)


def test_ones_own_goes_along_when_asked_for(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "all.jsonl"
    labtop(home, capsys, "export", "library", "-o", str(path))
    assert "mine" not in path.read_text()
    labtop(home, capsys, "export", "library", "--own", "-o", str(path))
    other = tmp_path / "other"
    labtop(other, capsys, "import", str(path))
    assert json.loads(labtop(other, capsys, "show", "2611.00001", "--json")[0])["decision"] is None
    for _ in range(2):
        labtop(other, capsys, "import", "--own", str(path))
        shown = json.loads(labtop(other, capsys, "show", "2611.00001", "--json")[0])
        assert (shown["decision"], [note["body"] for note in shown["notes"]]) == ("keep", ["mine"])
        assert shown["notes"][0]["person"] == "ada"
    assert json.loads(labtop(other, capsys, "show", "2611.00003", "--json")[0])["decision"] == "star"
    for _ in range(3):
        labtop(other, capsys, "undo")
    shown = json.loads(labtop(other, capsys, "show", "2611.00001", "--json")[0])
    assert (shown["decision"], shown["notes"]) == (None, [])


# Zotero


@pytest.fixture
def zotero() -> Iterator[FakeZotero]:
    with FakeZotero() as server:
        server.items["/users/0"] = [item("A", title="On growth"), item("N", itemType="note"), item("Z", title="")]
        yield server


def test_import_from_zotero(home: Path, capsys: pytest.CaptureFixture[str], zotero: FakeZotero) -> None:
    out, err = labtop(home, capsys, "import", "--zotero", "--zotero-url", zotero.url, code=4)
    assert out.startswith("Zotero, My Library: 2 items: 1 added, 0 changed, 0 unchanged, 1 quarantined · 1 note left")
    assert "quarantine list" in err
    told = json.loads(labtop(home, capsys, "import", "--zotero-url", zotero.url, "--json", code=4)[0])
    assert told["total"] == 1
    assert told["results"][0]["changes_only"] is True
    assert told["counts"]["added"] == 0
    zotero.enabled = False
    assert "Settings → Advanced" in labtop(home, capsys, "import", "--zotero-url", zotero.url, code=1)[1]


def test_zotero_and_files_are_two_things(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labtop(home, capsys, "import", code=2)
    labtop(home, capsys, "import", "--zotero", "x.bib", code=2)
    labtop(home, capsys, "import", "--collection", "a", "x.bib", code=2)
    labtop(home, capsys, "import", "--zotero-url", "nonsense", code=2)
