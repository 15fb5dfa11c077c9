"""Records that could not be read: kept word for word, mended, tried again, dropped and brought back."""

from pathlib import Path

import pytest

from library.db import journal
from library.errors import NotFound
from library.papers import quarantine, queries
from library.papers.importing import import_file
from library.papers.quarantine import Quarantined
from library.workspace import Workspace

BROKEN = '{"id": "2507.00002", "title": "Zymurgy"'


@pytest.fixture
def broken(workspace: Workspace, tmp_path: Path) -> Quarantined:
    path = tmp_path / "a.jsonl"
    path.write_text(BROKEN + "\n", encoding="utf-8")
    import_file(workspace, str(path))
    return workspace.store.read(quarantine.listed).result()[0]


def retry(workspace: Workspace, record_id: int, mended: str | None = None) -> quarantine.Retried:
    return workspace.store.write(lambda db: quarantine.retry(db, "ada", record_id, mended)).result()


def test_what_is_kept(workspace: Workspace, broken: Quarantined) -> None:
    assert (broken.raw, broken.line, broken.format, broken.resolved_at) == (BROKEN, 1, "jsonl", None)
    assert broken.reason.startswith("not valid JSON: ")
    assert workspace.store.read(queries.counts).result().quarantined == 1


def test_a_mended_record_goes_in(workspace: Workspace, broken: Quarantined) -> None:
    assert retry(workspace, broken.id).reason == broken.reason
    result = retry(workspace, broken.id, BROKEN + "}")
    assert (len(result.paper_ids), result.reason) == (1, "")
    assert workspace.store.read(lambda db: queries.find_id(db, "2507.00002")).result() == result.paper_ids[0]
    assert workspace.store.read(quarantine.listed).result() == ()
    (resolved,) = workspace.store.read(lambda db: quarantine.listed(db, resolved=True)).result()
    assert resolved.resolved_at is not None


def test_a_mend_that_does_not_do_yet_is_not_lost(workspace: Workspace, broken: Quarantined) -> None:
    half = BROKEN.replace("Zymurgy", "Better") + ", }"
    assert "not valid JSON" in retry(workspace, broken.id, half).reason
    assert workspace.store.read(lambda db: quarantine.one(db, broken.id)).result().raw == half
    workspace.store.write(lambda db: journal.undo(db, "ada")).result()
    assert workspace.store.read(lambda db: quarantine.one(db, broken.id)).result().raw == BROKEN


def test_a_dropped_record_comes_back_by_undo(workspace: Workspace, broken: Quarantined) -> None:
    workspace.store.write(lambda db: quarantine.drop(db, "ada", [broken.id])).result()
    assert workspace.store.read(quarantine.listed).result() == ()
    workspace.store.write(lambda db: journal.undo(db, "ada")).result()
    assert workspace.store.read(quarantine.listed).result() == (broken,)
    with pytest.raises(NotFound):
        workspace.store.write(lambda db: quarantine.drop(db, "ada", [999])).result()


def test_several_records_in_one_mend(workspace: Workspace, broken: Quarantined) -> None:
    two = BROKEN + '}\n{"id": "2507.00003", "title": "Two"}'
    assert len(retry(workspace, broken.id, two).paper_ids) == 2


def test_records_without_text_are_told_by_their_file(workspace: Workspace, tmp_path: Path) -> None:
    for name in ("a.xml", "b.xml"):
        (tmp_path / name).write_text('<!DOCTYPE f [<!ENTITY x "y">]><feed xmlns="http://www.w3.org/2005/Atom"/>')
        import_file(workspace, str(tmp_path / name))
        import_file(workspace, str(tmp_path / name))
    files = [Path(kept.file).name for kept in workspace.store.read(quarantine.listed).result()]
    assert files == ["a.xml", "b.xml"]
