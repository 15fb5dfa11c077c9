"""The doctor looks at broken things and never breaks; every fault has a finding that says how to mend it."""

import json
import sys
from pathlib import Path

import pytest

from library.backup.make import make_backup
from library.clock import stamp
from library.doctor import Finding, examine, machine, workspace
from library.doctor.mend import mend
from library.doctor.model import in_a_process, looked
from library.errors import LabtopError
from library.papers.ingest import add_drafts
from library.papers.model import PaperDraft
from library.paths import WorkspacePaths, private_directory
from library.settings import Settings
from library.vectors.faiss_cache import cache_path
from library.workspace import Workspace
from planner.workspace import MIGRATIONS
from tui.cli import run


@pytest.fixture
def paths(workspace: Workspace) -> WorkspacePaths:
    draft = PaperDraft(key="2501.00001", kind="arxiv", source="test", title="A title", abstract="Text.")
    workspace.store.write(lambda db: add_drafts(db, [draft], at=stamp())).result()
    workspace.close()
    return workspace.paths


@pytest.fixture
def no_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks at the machine cost seconds and are tried once, in their own test."""
    for name in ("faiss", "onnx_runtime", "openvino", "gpu"):
        monkeypatch.setattr(machine, name, lambda name=name: Finding("machine", name, "good", ""))
    monkeypatch.setattr(machine, "model", lambda _: Finding("machine", "model", "good", ""))
    monkeypatch.setattr(machine, "torch", lambda *, deep: Finding("machine", "torch", "good", ""))


def _found(paths: WorkspacePaths, **options: bool) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine(paths, migrations=MIGRATIONS, **options)}


def test_this_machine_can_run_labtop(capsys: pytest.CaptureFixture[str], paths: WorkspacePaths) -> None:
    assert run(["doctor", "--home", str(paths.home), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    states = {each["id"]: each["state"] for each in shown["results"]}
    assert shown["total"] == len(states)
    assert shown["bad"] == 0
    for part in ("Python", "SQLite", "FAISS", "ONNX Runtime", "OpenVINO", "torch"):
        assert states[f"machine.{part}"] == "good"


@pytest.mark.usefixtures("no_machine")
def test_a_healthy_workspace(paths: WorkspacePaths) -> None:
    make_backup(paths)
    found = _found(paths, deep=True)
    for name in (
        "settings",
        "database",
        "schema",
        "word index",
        "quarantine",
        "privacy",
        "disk",
        "backups",
        "requests",
    ):
        assert found[name].state == "good", found[name]
    assert found["vectors"].mend == "labtop index"
    assert found["arXiv"].mend == "labtop init"


@pytest.mark.usefixtures("no_machine")
@pytest.mark.parametrize("content", [b"", b"garbage" * 2000, b"SQLite format 3\0" + b"\xff" * 9000])
def test_a_broken_database_is_a_finding_and_not_a_failure(
    paths: WorkspacePaths, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    paths.database.write_bytes(content)
    assert run(["doctor", "--home", str(paths.home)]) == 1
    out = capsys.readouterr().out
    assert "Traceback" not in out
    assert "✗" in out
    assert paths.database.read_bytes() == content


@pytest.mark.usefixtures("no_machine")
def test_each_fault_has_its_finding(paths: WorkspacePaths, workspace: Workspace) -> None:
    paths.settings.write_text("theem = 1")
    paths.settings.chmod(0o644)
    paths.backups.mkdir()
    (paths.backups / "x.labtop-backup").write_bytes(b"half")
    found = _found(paths)
    assert found["settings"].state == "bad"
    assert "theem" in found["settings"].text
    assert "others can read" in found["privacy"].text
    assert "x.labtop-backup" in found["backups"].text


@pytest.mark.usefixtures("no_machine")
def test_mending_closes_files_and_builds_the_word_index_anew(
    paths: WorkspacePaths, capsys: pytest.CaptureFixture[str]
) -> None:
    from contextlib import closing

    from library.db.store import connect_writer

    with closing(connect_writer(paths.database)) as db:
        db.execute("INSERT INTO paper_fts (paper_fts) VALUES ('delete-all')")
    paths.database.chmod(0o644)
    found = _found(paths)
    assert found["word index"].state == "bad"
    assert run(["doctor", "--home", str(paths.home), "--mend"]) == 0
    assert "word index anew" in capsys.readouterr().err
    found = _found(paths, deep=True)
    assert found["word index"].state == found["privacy"].state == "good"
    assert run(["doctor", "--home", str(paths.home), "--mend", "--read-only"]) == 1
    assert mend(paths, tuple(found.values()), MIGRATIONS) == ()


@pytest.mark.usefixtures("no_machine")
def test_no_workspace_is_no_fault(tmp_path: Path) -> None:
    found = _found(WorkspacePaths(tmp_path / "none"))
    assert found["workspace"].mend == "labtop init"
    assert all(finding.state != "bad" for finding in found.values())


def test_a_word_that_is_only_in_the_index_is_found_by_the_deep_look(paths: WorkspacePaths) -> None:
    from contextlib import closing

    from library.db.store import connect_writer

    with closing(connect_writer(paths.database)) as db:
        db.execute("DROP TRIGGER paper_fts_update")
        db.execute("UPDATE paper SET title = 'Behind the back of the index'")
    assert workspace.search_index(paths, deep=False, read_only=False).state == "good"
    assert workspace.search_index(paths, deep=True, read_only=False).state == "bad"


def test_looks_survive_anything() -> None:
    def fall_over() -> Finding:
        raise RuntimeError("out of\x1b[31m luck")

    finding = looked("g", "n", fall_over)
    assert (finding.state, finding.text) == ("bad", "RuntimeError: out of luck")
    assert in_a_process("import os; os.abort()")[0] is False
    assert in_a_process("import time; time.sleep(9)", patience=0.3) == (False, "no answer in 0 s")
    assert in_a_process("print('a'); print('b')") == (True, "b")


def test_a_model_that_is_not_there(tmp_path: Path) -> None:
    from dataclasses import replace

    settings = Settings()
    nowhere = replace(settings, encoder=replace(settings.encoder, model=str(tmp_path / "no-model")))
    assert machine.model(nowhere).state == "bad"
    assert machine.python().text.startswith(f"{sys.version_info[0]}.")


def test_a_database_that_cannot_be_read_is_said_once(tmp_path: Path) -> None:
    paths = WorkspacePaths(tmp_path)
    paths.database.write_bytes(b"garbage")
    found = [finding for finding in examine(paths, migrations=MIGRATIONS) if finding.group == "workspace"]
    (database,) = [finding for finding in found if finding.state == "bad"]
    assert "labtop restore" in database.mend
    assert "doctor" not in database.mend
    assert {finding.name for finding in found if "see database" in finding.text} >= {"schema", "word index", "vectors"}


@pytest.mark.parametrize("in_the_way", ["file", "folder"])
def test_an_index_that_cannot_be_read_is_said_in_words(paths: WorkspacePaths, in_the_way: str) -> None:
    model = "0123456789abcdef0123"
    if in_the_way == "file":
        paths.vectors.write_text("not a folder", encoding="utf-8")
        with pytest.raises(LabtopError, match="is a file where a folder should be") as caught:
            private_directory(paths.vectors)
        assert caught.value.mend
    else:
        cache_path(paths.vectors, model).mkdir(parents=True)
    assert "every search makes it anew" in workspace._cache(paths, model)
