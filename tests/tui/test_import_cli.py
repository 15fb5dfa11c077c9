"""labtop import, quarantine, add and export from the shell: counts, exit codes, JSON shapes, pipes and terminals."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tui.cli import run

GOOD = '{"id": "2507.00001", "title": "On zymurgy", "abstract": "Words.", "categories": ["cs.LG"]}\n'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "w"


def labtop(home: Path, *arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = run(["--home", str(home), "--as", "ada", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def write(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_counts_and_exit_codes(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "a.jsonl", GOOD)
    code, out, err = labtop(home, "import", path, capsys=capsys)
    assert (code, err) == (0, "")
    assert out.startswith(f"{path} (jsonl): 1 record: 1 added, 0 changed, 0 unchanged")
    code, out, err = labtop(home, "import", write(tmp_path / "b.jsonl", GOOD + "{half"), "--json", capsys=capsys)
    assert code == 4
    found = json.loads(out)
    assert found["counts"] == {
        **{"records": 2, "added": 0, "changed": 0, "unchanged": 1, "refused": 0, "quarantined": 1, "resolved": 0}
    }
    assert (found["total"], found["results"][0]["format"]) == (1, "jsonl")
    assert "labtop quarantine list" in err


@pytest.mark.parametrize(("name", "code"), [("", 2), ("none.bib", 3), ("data.csv", 2)])
def test_what_cannot_be_imported(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, code: int
) -> None:
    write(tmp_path / "data.csv", "a,b\n1,2\n")
    good = write(tmp_path / "a.jsonl", GOOD)
    assert labtop(home, "import", str(tmp_path / name), capsys=capsys)[0] == code
    several, out, err = labtop(home, "import", str(tmp_path / name), good, capsys=capsys)
    assert several == 4
    assert "1 added" in out
    assert "left out" in err


def test_quarantine_from_the_shell(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.jsonl", GOOD.strip()[:-1] + "\n{}\n")
    labtop(home, "import", path, capsys=capsys)
    _, out, _ = labtop(home, "quarantine", "list", "--json", capsys=capsys)
    first, second = json.loads(out)["results"]
    assert (first["line"], second["line"]) == (1, 2)
    assert "not valid JSON" in labtop(home, "quarantine", "list", capsys=capsys)[1]
    assert GOOD.strip()[:-1] in labtop(home, "quarantine", "show", "1", capsys=capsys)[1]
    assert labtop(home, "quarantine", "show", "99", capsys=capsys)[0] == 3
    assert labtop(home, "quarantine", "retry", capsys=capsys)[0] == 4
    assert labtop(home, "quarantine", "retry", "--edit", capsys=capsys)[0] == 2
    editor = write(tmp_path / "editor.py", "import sys; f = open(sys.argv[1], 'a'); f.write('}'); f.close()")
    monkeypatch.setenv("EDITOR", f"{sys.executable} {editor}")
    code, out, _ = labtop(home, "quarantine", "retry", "1", "--edit", capsys=capsys)
    assert (code, "in now" in out) == (0, True)
    mended = write(tmp_path / "mended.json", GOOD.replace("00001", "00002"))
    assert labtop(home, "quarantine", "retry", "2", "--file", mended, capsys=capsys)[0] == 0
    assert "Nothing is in quarantine" in labtop(home, "quarantine", "list", capsys=capsys)[1]
    assert "in since" in labtop(home, "quarantine", "list", "--all", capsys=capsys)[1]
    assert labtop(home, "quarantine", "drop", "1", "2", capsys=capsys)[1] == "dropped 2 records from quarantine\n"
    assert labtop(home, "undo", capsys=capsys)[0] == 0


def test_adding_from_the_shell(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notes = write(tmp_path / "notes.md", "# On growth\n\nWords.\n")
    code, out, _ = labtop(home, "add", notes, capsys=capsys)
    assert (code, out[:16]) == (0, "added: On growth")
    assert labtop(home, "add", notes, capsys=capsys)[1].startswith("here already: On growth")
    typed = ("--title", "By hand", "--author", "Lovelace, Ada", "--year", "1843", "--abstract", "W", "--json")
    record: dict[str, Any] = json.loads(labtop(home, "add", *typed, capsys=capsys)[1])
    assert (record["title"], record["state"]) == ("By hand", "added")
    assert record["id"].startswith("ref:lovelace1843-")
    assert labtop(home, "show", record["id"], capsys=capsys)[0] == 0
    assert labtop(home, "add", capsys=capsys)[0] == 2
    assert labtop(home, "add", notes, notes, "--title", "T", capsys=capsys)[0] == 2
    assert labtop(home, "add", "nonsense", capsys=capsys)[0] == 2
    assert labtop(home, "add", notes, "nonsense", capsys=capsys)[0] == 4
    assert labtop(home, "undo", capsys=capsys)[1] == "undid: added “By hand”\n"


def test_export_from_the_shell(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labtop(home, "import", write(tmp_path / "a.jsonl", GOOD + GOOD.replace("00001", "00002")), capsys=capsys)
    target = tmp_path / "out.bib"
    code, out, _ = labtop(home, "export", "library", "--format", "bibtex", "-o", str(target), capsys=capsys)
    assert (code, out) == (0, f"{target}: 2 papers\n")
    text = target.read_text(encoding="utf-8")
    assert "@misc{anon2025zymurgy,\n" in text
    assert "@misc{anon2025zymurgya,\n" in text
    assert labtop(home, "export", "library", capsys=capsys)[1] == text
    code, out, _ = labtop(home, "export", "library", "zymurgy", "-o", str(target), "--json", capsys=capsys)
    assert json.loads(out)["papers"] == 2
    assert labtop(home, "export", "library", "nothingofthatname", "-o", str(target), capsys=capsys)[0] == 3
    assert labtop(home, "export", "library", "-o", str(tmp_path / "none" / "x.bib"), capsys=capsys)[0] == 1
    assert target.read_text(encoding="utf-8") == text
    assert [path.name for path in tmp_path.glob(".*.tmp")] == []


def test_progress_is_drawn_on_a_terminal_and_never_in_a_pipe(home: Path, tmp_path: Path) -> None:
    lines = "".join(GOOD.replace("00001", f"{n:05}") for n in range(2_500))
    path = write(tmp_path / "many.jsonl", lines)
    command = [sys.executable, "-m", "tui", "--home", str(home), "import", path]
    piped = subprocess.run(command, capture_output=True, check=True)
    assert piped.stderr == b""
    main, terminal = pty.openpty()
    process = subprocess.Popen(
        [*command[:4], str(tmp_path / "other"), *command[5:]], stdout=subprocess.PIPE, stderr=terminal
    )
    os.close(terminal)
    drawn = b""
    try:
        while part := os.read(main, 4096):
            drawn += part
    except OSError:
        pass  # the other side is closed: Linux says so by an error
    finally:
        os.close(main)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert b"importing many.jsonl" in drawn
    assert b"/s" in drawn
    assert b"2,500 added" in out


def test_standard_input(home: Path) -> None:
    command = [sys.executable, "-m", "tui", "--home", str(home), "import", "-"]
    done = subprocess.run(command, input=GOOD.encode(), capture_output=True, check=True)
    assert b"standard input (jsonl): 1 record: 1 added" in done.stdout
