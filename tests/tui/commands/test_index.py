"""`labtop index` as a person runs it: what it prints, how it stops, what it refuses."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from library.papers.ingest import add_drafts
from library.papers.model import PaperDraft
from library.settings import load_settings
from library.vectors.model import ConvertedModel, find_source
from library.workspace import Workspace
from tui.cli import run

WORDS = "retrieval of long documents with sparse attention over graphs and proteins " * 6


def add_papers(workspace: Workspace, count: int) -> None:
    drafts = [PaperDraft(key=f"t:{n}", kind="reference", source="t", title=f"{n} {WORDS}") for n in range(count)]
    workspace.store.write(lambda db: add_drafts(db, drafts, at="2026-04-14T06:00:00Z")).result()


def labtop(workspace: Workspace, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run(["--home", str(workspace.paths.home), "index", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.model
def test_it_encodes_says_so_and_then_has_nothing_to_do(
    workspace: Workspace, converted_model: ConvertedModel, capsys: pytest.CaptureFixture[str]
) -> None:
    add_papers(workspace, 3)
    code, out, err = labtop(workspace, capsys, "--limit", "2")
    assert (code, err) == (0, "")
    assert "Encoded 2 texts" in out
    assert "1 paper has no vector yet" in out
    code, out, _ = labtop(workspace, capsys, "--json")
    report = json.loads(out)
    assert (code, report["encoded"], report["waiting"], report["indexed"]) == (0, 1, 0, 3)
    assert report["runtime"].startswith("OpenVINO")
    assert labtop(workspace, capsys)[1] == "Every paper has its vector.\n"


@pytest.mark.model
def test_another_model_takes_over_once_it_is_complete(
    workspace: Workspace, converted_model: ConvertedModel, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    add_papers(workspace, 1)
    source = find_source("all-MiniLM-L6-v2")
    assert source is not None
    elsewhere = tmp_path / "my-model"
    elsewhere.symlink_to(source)
    code, out, _ = labtop(workspace, capsys, "--model", str(elsewhere))
    assert code == 0
    assert "from now on" in out
    assert load_settings(workspace.paths.settings).encoder.model == str(elsewhere)
    assert labtop(workspace, capsys, "--prune")[1] == "Deleted 0 vectors; the index holds 1 paper.\n"


@pytest.mark.model
def test_converting_alone_needs_no_workspace(
    converted_model: ConvertedModel, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(["--home", str(tmp_path / "none"), "index", "--convert-only"]) == 0
    assert "is ready in" in capsys.readouterr().out
    assert run(["--home", str(tmp_path / "none"), "index", "--convert-only", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["file_hash"] == converted_model.file_hash
    assert not (tmp_path / "none").exists()


def test_what_it_refuses(workspace: Workspace, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["--home", str(tmp_path / "none"), "index"]) == 3
    assert "labtop init" in capsys.readouterr().err
    code, _, err = labtop(workspace, capsys, "--prune", "--rebuild")
    assert (code, "exclude each other" in err) == (2, True)
    code, _, err = labtop(workspace, capsys, "--device", "abacus")
    assert (code, "no device abacus" in err) == (2, True)
    code, _, err = labtop(workspace, capsys, "--batch-size", "0")
    assert code == 2
    code, _, err = labtop(workspace, capsys, "--read-only")
    assert (code, "read-only" in err) == (1, True)


@pytest.mark.model
def test_ctrl_c_stops_it_politely(workspace: Workspace, converted_model: ConvertedModel) -> None:
    add_papers(workspace, 80)
    command = [sys.executable, "-m", "tui", "--home", str(workspace.paths.home), "index"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not psutil.Process(process.pid).children():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    (child,) = psutil.Process(process.pid).children()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "")
    assert "Stopped; what was encoded is stored. Run labtop index again to go on." in out
    assert not child.is_running()
