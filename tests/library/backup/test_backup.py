"""Backups are whole though others write; restoring checks first, sets aside what was, and never half happens."""

import json
import os
import stat
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from library.backup.archive import SUFFIX, read_manifest
from library.backup.make import list_backups, make_backup
from library.backup.restore import restore
from library.clock import stamp
from library.db.journal import entries, undo
from library.errors import LabtopError, NotFound, UsageError, WorkspaceBusy, WorkspaceDamaged
from library.jobs import Cancelled, CancelToken, Progress
from library.papers.commands import add_note
from library.papers.ingest import add_drafts
from library.papers.model import PaperDraft
from library.paths import WorkspacePaths
from library.settings import ArxivSettings, Settings, load_settings, save_settings
from library.workspace import Workspace
from planner.workspace import MIGRATIONS, open_workspace
from tests.library.db.processes import finish, start


def _add(workspace: Workspace, *keys: str) -> None:
    drafts = [
        PaperDraft(key=key, kind="arxiv", source="test", title=f"Title of {key}", abstract="Text.") for key in keys
    ]
    workspace.store.write(lambda db: add_drafts(db, drafts, at=stamp())).result()


def _keys(home: Path) -> list[str]:
    with open_workspace(home, create=False) as workspace:
        rows = workspace.store.read(lambda db: db.execute("SELECT key FROM paper ORDER BY key").fetchall()).result()
    return [row[0] for row in rows]


@pytest.fixture
def filled(tmp_path: Path) -> WorkspacePaths:
    """A closed workspace with a paper, a note, settings and a document."""
    with open_workspace(tmp_path / "home", person="ada") as workspace:
        _add(workspace, "2501.00001")
        workspace.store.write(lambda db: add_note(db, "ada", 1, "mine")).result()
        save_settings(workspace.paths.settings, Settings(name="lab", arxiv=ArxivSettings(categories=("cs.IR",))))
        workspace.paths.documents.mkdir()
        (workspace.paths.documents / "memo.md").write_text("memo")
        return workspace.paths


def _restore(paths: WorkspacePaths, backup: Path) -> Path | None:
    return restore(paths, backup, person="ada", migrations=MIGRATIONS).set_aside


def test_there_and_back(filled: WorkspacePaths) -> None:
    backup = make_backup(filled)
    assert (backup.papers, backup.notes, backup.name) == (1, 1, "lab")
    assert stat.S_IMODE(backup.path.stat().st_mode) == 0o600
    with open_workspace(filled.home, person="ada") as workspace:
        _add(workspace, "2501.00002")
    save_settings(filled.settings, Settings(name="changed"))
    (filled.documents / "memo.md").write_text("changed")
    (filled.documents / "later.md").write_text("later")
    filled.vectors.mkdir()
    (filled.vectors / "m.faiss").write_text("old")

    aside = _restore(filled, backup.path)

    assert _keys(filled.home) == ["2501.00001"]
    assert load_settings(filled.settings).name == "lab"
    assert {path.name: path.read_text() for path in filled.documents.iterdir()} == {"memo.md": "memo"}
    assert not list(filled.vectors.iterdir())
    with open_workspace(filled.home, person="ada") as workspace:
        newest = workspace.store.read(entries).result()[0]
        assert newest.action == "restore"
        assert workspace.store.write(lambda db: undo(db, "ada")).result().ids == (1,)  # undo skips the restore
    assert aside is not None
    _restore(filled, aside)  # and forward again
    assert _keys(filled.home) == ["2501.00001", "2501.00002"]
    assert (filled.documents / "later.md").read_text() == "later"
    assert not list(filled.home.rglob(".staging*"))


def test_a_backup_is_one_moment_while_others_write(workspace: Workspace) -> None:
    """A pair of rows is always written in one transaction: no copy may hold half a pair."""
    code = """
with open_workspace(home, person=name) as workspace:
    sql = "INSERT INTO interest (text, kind, created_at) VALUES (?, 'topic', 'now')"
    print("ready", flush=True)
    for number in range(150):
        workspace.store.write(lambda db: [db.execute(sql, ("x" * 2000,)) for _ in range(2)]).result()
"""
    writer = start(code, workspace.paths.home)
    assert writer.stdout is not None
    writer.stdout.readline()
    backups = []
    while writer.poll() is None and len(backups) < 4:
        backups.append(make_backup(workspace.paths).path)
    finish(writer)
    for number, backup in enumerate(backups):
        home = workspace.paths.home.with_name(f"copy{number}")
        _restore(WorkspacePaths(home), backup)
        with open_workspace(home, create=False) as copy:
            count = copy.store.read(lambda db: db.execute("SELECT count(*) FROM interest").fetchone()[0]).result()
        assert count % 2 == 0


def test_a_backup_into_a_named_file_never_overwrites(filled: WorkspacePaths, tmp_path: Path) -> None:
    target = tmp_path / "mine.labtop-backup"
    assert make_backup(filled, target).path == target
    with pytest.raises(UsageError, match="there already"):
        make_backup(filled, target)
    with pytest.raises(UsageError, match="no folder"):
        make_backup(filled, tmp_path / "nowhere" / "x")
    assert make_backup(filled, tmp_path).path.parent == tmp_path
    with pytest.raises(NotFound):
        make_backup(WorkspacePaths(tmp_path / "none"))


def test_the_list_is_newest_first_and_names_what_is_broken(filled: WorkspacePaths) -> None:
    first, second = make_backup(filled), make_backup(filled)
    assert first.path != second.path
    (filled.backups / f"broken{SUFFIX}").write_bytes(b"no zip")
    listed = list_backups(filled)
    assert [backup.path for backup in listed][-1].name == f"broken{SUFFIX}"
    assert "not a whole labtop backup" in listed[-1].problem
    assert {listed[0].path, listed[1].path} == {first.path, second.path}


def test_progress_is_reported_and_a_cancelled_backup_leaves_nothing(filled: WorkspacePaths) -> None:
    seen: list[Progress] = []
    make_backup(filled, report=seen.append)
    assert seen
    assert seen[-1].done == seen[-1].total
    before = set(filled.backups.iterdir())
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        make_backup(filled, cancel=token)
    assert set(filled.backups.iterdir()) == before


def _rezip(backup: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    with zipfile.ZipFile(backup) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(backup, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def _manifest_with(**fields: object) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        members["manifest.json"] = json.dumps({**json.loads(members["manifest.json"]), **fields}).encode()

    return change


def _escape(members: dict[str, bytes]) -> None:
    manifest = json.loads(members["manifest.json"])
    manifest["files"]["documents/../../evil"] = [4, "x"]
    members["documents/../../evil"] = b"evil"
    members["manifest.json"] = json.dumps(manifest).encode()


DAMAGE: dict[str, Callable[[Path], object]] = {
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-200]),
    "half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "empty": lambda path: path.write_bytes(b""),
    "foreign": lambda path: path.write_bytes(b"%PDF-1.7 hello"),
    "byte flipped": lambda path: path.write_bytes(
        path.read_bytes()[:3000] + bytes([path.read_bytes()[3000] ^ 255]) + path.read_bytes()[3001:]
    ),
    "another zip": lambda path: _rezip(path, lambda members: members.pop("manifest.json")),
    "no database": lambda path: _rezip(path, lambda members: members.pop("labtop.db")),
    "more files": lambda path: _rezip(path, lambda members: members.update({"x.sh": b"rm"})),
    "outside": lambda path: _rezip(path, _escape),
    "other database": lambda path: _rezip(path, lambda members: members.update({"labtop.db": b"SQLite format 3"})),
    "broken manifest": lambda path: _rezip(path, lambda members: members.update({"manifest.json": b"[1"})),
    "strange manifest": lambda path: _rezip(path, _manifest_with(files=7)),
    "newer": lambda path: _rezip(path, _manifest_with(format=99)),
    "missing": lambda path: path.unlink(),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_backup_changes_nothing(filled: WorkspacePaths, tmp_path: Path, damage: str) -> None:
    backup = make_backup(filled, tmp_path / f"b{SUFFIX}").path
    DAMAGE[damage](backup)
    before = {path: path.read_bytes() for path in filled.home.rglob("*") if path.is_file()}
    with pytest.raises(LabtopError) as caught:
        _restore(filled, backup)
    assert str(backup) in str(caught.value)
    assert {path: path.read_bytes() for path in filled.home.rglob("*") if path.is_file()} == before
    assert not (tmp_path / "evil").exists()


def test_restoring_is_refused_while_another_process_has_the_workspace_open(filled: WorkspacePaths) -> None:
    backup = make_backup(filled).path
    code = """
workspace = open_workspace(home, person=name)
workspace.store.read(lambda db: db.execute("SELECT count(*) FROM paper").fetchone()).result()
print("open", flush=True)
sys.stdin.readline()
workspace.close()
"""
    other = start(code, filled.home)
    assert other.stdout is not None
    assert other.stdout.readline() == "open\n"
    with pytest.raises(WorkspaceBusy, match=rf"\({other.pid}\).*Nothing was changed"):
        _restore(filled, backup)
    finish(other)
    _restore(filled, backup)


def test_restoring_over_a_damaged_workspace_keeps_its_files(filled: WorkspacePaths) -> None:
    backup = make_backup(filled).path
    filled.database.write_bytes(b"garbage" * 1000)
    (filled.documents / "later.md").write_text("only here")
    aside = _restore(filled, backup)
    assert aside is not None
    assert (aside / "labtop.db").read_bytes() == b"garbage" * 1000
    assert (aside / "documents" / "later.md").read_text() == "only here"
    assert _keys(filled.home) == ["2501.00001"]
    assert stat.S_IMODE(filled.database.stat().st_mode) == 0o600


def test_restoring_where_there_is_nothing(filled: WorkspacePaths, tmp_path: Path) -> None:
    backup = make_backup(filled).path
    assert _restore(WorkspacePaths(tmp_path / "elsewhere"), backup) is None
    assert _keys(tmp_path / "elsewhere") == ["2501.00001"]


def test_a_damaged_database_is_not_backed_up_as_if_it_were_whole(filled: WorkspacePaths) -> None:
    with filled.database.open("r+b") as file:
        file.seek(8192)
        file.write(os.urandom(20_000))
    with pytest.raises(WorkspaceDamaged):
        make_backup(filled)
    assert not list(filled.backups.glob(f"*{SUFFIX}"))


def test_a_backup_of_an_older_schema_is_brought_up_to_date(tmp_path: Path) -> None:
    from contextlib import closing

    from library.db.store import connect_writer

    old = tmp_path / "old"
    old.mkdir()
    with closing(connect_writer(old / "labtop.db")) as db:
        db.executescript((Path(__file__).parents[1] / "db" / "schema_1.sql").read_text(encoding="utf-8"))
    backup = make_backup(WorkspacePaths(old)).path
    _restore(WorkspacePaths(tmp_path / "new"), backup)
    assert _keys(tmp_path / "new") == ["2501.01234"]


def test_broken_settings_do_not_stop_a_backup_and_are_refused_on_the_way_back(filled: WorkspacePaths) -> None:
    filled.settings.write_text("theem = 'x'")
    backup = make_backup(filled)
    assert read_manifest(backup.path) == replace(read_manifest(backup.path), name="home")
    with pytest.raises(UsageError, match=r"no setting theem.*Nothing was changed"):
        _restore(filled, backup.path)


@pytest.mark.parametrize(
    "point", ["_set_aside", "_note", "_put_in_place", "copy_database", "write_atomic", "delete_index", "make_backup"]
)
def test_a_restore_killed_half_way_leaves_the_old_or_the_new_and_can_be_done_again(
    filled: WorkspacePaths, point: str
) -> None:
    backup = make_backup(filled).path
    with open_workspace(filled.home, person="ada") as workspace:
        _add(workspace, "2501.00002")
    code = f"""
import os, signal
from library.backup import restore
from planner.workspace import MIGRATIONS
restore.{point} = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
restore.restore(WorkspacePaths(home), Path({str(backup)!r}), person="kim", migrations=MIGRATIONS)
"""
    victim = start(code, filled.home)
    victim.communicate(timeout=30)
    assert victim.returncode == -9
    assert _keys(filled.home) in (["2501.00001"], ["2501.00001", "2501.00002"])
    _restore(filled, backup)
    assert _keys(filled.home) == ["2501.00001"]
    assert (filled.documents / "memo.md").read_text() == "memo"
    assert not list(filled.home.rglob(".staging*"))


def test_no_room_for_a_backup_is_explained_and_leaves_nothing(filled: WorkspacePaths, small_disk: Path) -> None:
    with open_workspace(filled.home) as workspace:
        noise = os.urandom(400_000).hex()
        sql = "INSERT INTO interest (text, kind, created_at) VALUES (?, 'topic', 'now')"
        workspace.store.write(lambda db: db.executemany(sql, [(noise,)] * 6)).result()
    with pytest.raises(LabtopError, match="no room"):
        make_backup(filled, small_disk)
    assert list(small_disk.iterdir()) == []


def test_a_workspace_on_a_read_only_disk_can_be_backed_up_elsewhere(small_disk: Path, tmp_path: Path) -> None:
    import subprocess

    with open_workspace(small_disk / "home") as workspace:
        paths = workspace.paths
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    assert make_backup(paths, tmp_path / "copy.labtop-backup").papers == 0
    with pytest.raises(LabtopError):
        make_backup(paths)
