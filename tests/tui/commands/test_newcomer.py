"""What a person types who does not know the commands yet: slips, empty values, files of the wrong kind."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from library.papers.ingest import add_drafts
from library.papers.model import PaperDraft
from planner.workspace import open_workspace
from tui.cli import run


@pytest.fixture
def home(tmp_path: Path) -> Path:
    draft = PaperDraft(key="2501.00001", kind="arxiv", source="test", title="On growth", abstract="Words.")
    with open_workspace(tmp_path / "lab", person="ada") as workspace:
        workspace.store.write(lambda db: add_drafts(db, [draft], at="2025-02-01T00:00:00Z")).result()
    return tmp_path / "lab"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["add", ""], 2, "no arXiv id, DOI, address or file"),
        (["add", " "], 2, "no arXiv id, DOI, address or file"),
        (["import", ""], 2, "No file is named"),
        (["import", "nothing.bib"], 3, "There is no file"),
        (["keep", "x" * 3000], 3, "xx…' in this workspace"),
        (["note", "2501.00001"], 2, "Nobody is there to write in an editor"),
        (["settings", "theme", "purple"], 2, "labtop-dark"),
        (["settings", "encoder.model", " "], 2, "needs a name"),
        (["settings", "--default"], 2, "--default stands for a value"),
        (["journal", "--limit", "0"], 2, "--limit"),
        (["quarantine", "retry", "7", "--file", "nothing.json"], 3, "There is no record 7"),
        (["restore", "nothing"], 3, "labtop backup --list"),
        (["keep", "2501.00001", "--as", " "], 2, "needs a name of 1 to 60"),
        (["keep", "2501.00001", "--as", "\x1b[31m"], 2, "needs a name of 1 to 60"),
        (["serch", "growth"], 2, "Did you mean search?"),
    ],
)
def test_a_slip_is_explained(
    home: Path, words: list[str], code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--home", str(home), *words]) == code
    out, err = capsys.readouterr()
    assert says in err
    assert out == ""
    assert len(err) < 600


def test_an_editor_that_does_not_start_is_explained(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EDITOR", "no-such-editor")
    assert run(["--home", str(home), "note", "2501.00001"]) == 1
    assert "Set EDITOR" in capsys.readouterr().err


def test_what_goes_into_the_journal_under_a_name_is_clean(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--home", str(home), "--as", "\x1b]0;kim\x07\x1b[31mkim \u202e lee", "star", "2501.00001"]) == 0
    assert run(["--home", str(home), "journal", "--json"]) == 0
    out = capsys.readouterr().out
    assert json.loads(out[out.index("{") :])["results"][0]["person"] == "kim lee"


def test_options_stand_before_and_after_the_verb_of_a_group(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ["--home", str(home), "--json"]
    for words in (["quarantine", *at], [*at, "quarantine"], ["quarantine", *at, "list"], ["quarantine", "list", *at]):
        assert run(words) == 0
        assert json.loads(capsys.readouterr().out) == {"total": 0, "results": []}
    assert run(["searches", *at]) == 0
    assert json.loads(capsys.readouterr().out)["total"] == 0


def test_totals_count_everything(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ["--home", str(home), "--json"]
    for verb in ("keep", "skip", "star"):
        assert run([verb, "2501.00001", *at]) == 0
    (tmp_path / "bad.jsonl").write_text("one\ntwo\n")
    assert run(["import", str(tmp_path / "bad.jsonl"), *at]) == 4
    for words in (["journal", "--limit", "1"], ["quarantine", "list", "--limit", "1"]):
        capsys.readouterr()
        assert run([*words, *at]) == 0
        found = json.loads(capsys.readouterr().out)
        assert (len(found["results"]), found["total"] > 1) == (1, True)


@pytest.mark.parametrize(
    ("name", "content", "words", "code", "says"),
    [
        ("empty.txt", b"", [], 2, "is empty"),
        ("blank.txt", b" \n\n", [], 2, "is empty"),
        ("empty.bib", b"", [], 0, "No record was found"),
        ("refs.bib", b"@article{a, title={X}, year=2024}", ["--format", "ris"], 4, "No record was found"),
        ("noise.bib", b"\xff\xfe\x00", [], 4, "No record was found"),
    ],
)
def test_a_file_without_records_is_not_passed_over_in_silence(
    home: Path,
    tmp_path: Path,
    name: str,
    content: bytes,
    words: list[str],
    code: int,
    says: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / name).write_bytes(content)
    assert run(["--home", str(home), "import", str(tmp_path / name), *words]) == code
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [["search", "growth", "--mode", "keyword"], ["export", "library"], ["show", "2501.00001"]]
)
def test_a_reader_that_goes_away_is_no_failure(home: Path, words: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        command = [sys.executable, "-m", "tui", "--home", str(home), *words]
        ended = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, timeout=60)
    finally:
        os.close(write)
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_naming_the_paper_of_a_note_does_not_overwrite_the_note(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--home", str(home), "--as", "ada"]

    def body() -> str:
        capsys.readouterr()
        assert run([*at, "show", "2501.00001", "--json"]) == 0
        return str(json.loads(capsys.readouterr().out)["notes"][0]["body"])

    assert run([*at, "note", "2501.00001", "a thought"]) == 0
    assert run([*at, "note", "arXiv:2501.00001v2", "--edit", "1"]) == 2  # nobody is there to write in an editor
    assert body() == "a thought"
    monkeypatch.setenv("EDITOR", "true")
    assert run([*at, "note", "2501.00001", "--edit", "1"]) == 2  # the editor saved nothing
    assert run([*at, "note", "--delete", "1", "--edit", "1"]) == 2
    assert run([*at, "note", "2501.00001", "text", "--delete", "1"]) == 2
    assert body() == "a thought"
    assert run([*at, "note", "--edit", "1", "a better one"]) == 0
    assert body() == "a better one"
    assert run([*at, "note", "2501.00001", "--edit", "1", "the best"]) == 0
    assert body() == "the best"


def test_a_reason_is_clean(home: Path) -> None:
    assert (
        run(["--home", str(home), "--as", "ada", "skip", "2501.00001", "--reason", "\x1b[31mnot \u202e ours\x07"]) == 0
    )
    with open_workspace(home) as workspace:
        stored = workspace.store.read(lambda db: db.execute("SELECT reason FROM decision").fetchone()[0]).result()
    assert stored == "not ours"


@pytest.mark.parametrize(
    "words", [["purge", "2501.00001", "--list"], ["purge", "--list", "--finish"], ["backup", "--list", "-o", "x"]]
)
def test_what_does_not_go_together_is_refused(home: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--home", str(home), *words]) == 2
    assert "--list" in capsys.readouterr().err


def test_an_export_says_how_its_query_was_read(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--home", str(home), "export", "library", 'title:"on growth']) == 0
    assert "never closed" in capsys.readouterr().err
