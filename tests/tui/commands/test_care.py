"""The verbs that set up and look after a workspace, as a person or a script calls them."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from library.clock import stamp
from library.papers.ingest import add_drafts
from library.papers.model import PaperDraft
from planner.workspace import open_workspace
from tui.cli import run


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A workspace with two papers."""
    place = tmp_path / "home"
    with open_workspace(place, person="ada") as workspace:
        drafts = [
            PaperDraft(key=f"2501.0000{number}", kind="arxiv", source="test", title=f"Title number {number} of two")
            for number in (1, 2)
        ]
        workspace.store.write(lambda db: add_drafts(db, drafts, at=stamp())).result()
    return place


def _json(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    assert run([*arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def _text(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> tuple[str, str]:
    assert run(list(arguments)) == code
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    return shown.out, shown.err


def test_backup_and_restore(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ("--home", str(home))
    made = _json(capsys, "backup", *at)
    assert made["id"].endswith(".labtop-backup")
    assert made["papers"] == 2
    listed = _json(capsys, "backup", "--list", *at)
    assert [each["id"] for each in listed["results"]] == [made["id"]]
    assert made["id"] in _text(capsys, "backup", "--list", *at)[0]
    _, err = _text(capsys, "restore", made["id"], *at, code=2)
    assert "--yes" in err
    restored = _json(capsys, "restore", made["id"], "--yes", *at)
    assert restored["papers"] == 2
    assert Path(restored["set_aside"]).exists()
    _, err = _text(capsys, "restore", "nothing", *at, code=3)
    assert "backup --list" in err
    assert run(["restore", made["id"], "--yes", "--read-only", *at]) == 1
    target = home.parent / "usb.labtop-backup"
    assert run(["backup", "-o", str(target), *at]) == 0
    assert run(["backup", "-o", str(target), *at]) == 2
    assert run(["backup", "--home", str(home / "none")]) == 3


def test_purge(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ("--home", str(home), "--as", "kim")
    _, err = _text(capsys, "purge", "2501.00001", "--reason", "withdrawn", *at, code=2)
    assert "Title number 1" in err
    assert "--yes" in err
    assert run(["purge", *at]) == 2
    assert run(["purge", "2501.00001", "--yes", *at]) == 2
    assert run(["purge", "2501.09999", "--reason", "x", "--yes", *at]) == 3
    out, _ = _text(capsys, "purge", "2501.00001", "--reason", "withdrawn", "--yes", *at)
    assert out.startswith("Purged 1 paper")
    listed = _json(capsys, "purge", "--list", *at)
    assert [(each["person"], each["reason"]) for each in listed["results"]] == [("kim", "withdrawn")]
    assert "withdrawn" in _text(capsys, "purge", "--list", *at)[0]
    assert "Nothing is left" in _text(capsys, "purge", "--finish", *at)[0]
    (home / "backups").mkdir()
    (home / "backups" / "x.labtop-backup").write_bytes(b"half")
    assert _json(capsys, "purge", "2501.00002", "--reason", "x", "--yes", *at, code=4)["papers"] == 1


def test_init_and_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ("--home", str(tmp_path / "own"))
    made = _json(
        capsys,
        "init",
        "-c",
        "cs.ir,cs.CL",
        "--contact",
        "a@b.org",
        "-i",
        "late interaction",
        "--days",
        "3",
        "--no-model",
        *at,
    )
    assert made["categories"] == ["cs.IR", "cs.CL"]
    assert made["interests"] == ["late interaction"]
    again = _json(capsys, "init", "--no-model", *at)
    assert again["categories"] == ["cs.IR", "cs.CL"]
    assert "cs.IR" in _text(capsys, "init", "-c", "cs.IIR", *at, code=2)[1]
    assert _text(capsys, "settings", "arxiv.days", *at)[0] == "3\n"
    assert _json(capsys, "settings", "arxiv.days", "5", *at) == {"id": "arxiv.days", "value": 5, "default": 7}
    assert _text(capsys, "settings", "arxiv.days", "--default", *at)[0] == "arxiv.days = 7\n"
    assert run(["settings", "arxiv.days", "5", "--read-only", *at]) == 1
    shown = _json(capsys, "settings", *at)
    assert {each["id"] for each in shown["results"]} >= {"theme", "arxiv.contact", "encoder.model"}
    assert "* arxiv.categories" in _text(capsys, "settings", *at)[0]
    assert run(["settings", "them", *at]) == 2


def test_init_asks_on_a_terminal_until_the_answer_is_right(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    home = tmp_path / "own"
    asked = subprocess.Popen(
        [sys.executable, "-m", "tui", "init", "--no-model", "--home", str(home)],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm"},
        text=True,
    )
    os.close(theirs)
    os.write(ours, b"cs.IRR\ncs.IR cs.CL\nnot an address\na@b.org\n\nlate interaction; reranking\n")
    out, _ = asked.communicate(timeout=30)
    said = os.read(ours, 65536).decode()
    os.close(ours)
    assert asked.returncode == 0
    assert "Did you mean cs.IR?" in said
    assert "is no contact" in said
    assert "Follows     cs.IR cs.CL" in out
    assert "late interaction; reranking" in out


def test_demo_without_a_terminal_prints_todays_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ("--home", str(tmp_path / "demo"))
    out, err = _text(capsys, "demo", "--no-model", *at)
    assert "DEMO" in out.splitlines()[0]
    assert "made a sample workspace" in err
    out, err = _text(capsys, "demo", "--no-open", "--no-model", *at)
    assert "DEMO" in out
    assert not err
    assert "DEMO" in _text(capsys, "journal", *at)[1]  # any other verb says so, too
    page = _json(capsys, "today", *at)
    assert page["demo"] is True
    assert page["newest"][0]["id"]
    assert run(["init", *at]) == 2


def test_demo_goes_beside_ones_own_workspace(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABTOP_HOME", str(home))
    assert run(["demo", "--no-open", "--no-model"]) == 0
    assert (home.parent / "home-demo" / "labtop.db").exists()
    assert run(["demo", "--no-open", "--no-model", "--home", str(home)]) == 2


@pytest.mark.model
@pytest.mark.usefixtures("converted_model")
def test_the_samples_papers_are_found_by_meaning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ("--home", str(tmp_path / "demo"))
    _text(capsys, "demo", "--no-open", "--no-model", *at)
    with open_workspace(tmp_path / "demo") as workspace:  # forty of them: encoding all takes ten seconds
        few = "DELETE FROM paper WHERE id NOT IN (SELECT id FROM paper ORDER BY day DESC, id LIMIT 40)"
        workspace.store.write(lambda db: db.execute(few)).result()
    out, _ = _text(capsys, "demo", "--no-open", *at)
    assert "all searchable by meaning" in out
    found = _json(capsys, "search", "making answers cite their sources", "--mode", "semantic", "--limit", "3", *at)
    assert found["results"]


def test_today_without_a_workspace_says_how_to_begin(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, err = _text(capsys, "today", "--home", str(tmp_path / "none"), code=3)
    assert "labtop init" in err
    assert "labtop demo" in err
