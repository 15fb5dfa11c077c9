"""After a purge no byte of the paper is left in any file of the workspace, and it stays out."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from library.backup.make import make_backup
from library.backup.restore import restore
from library.clock import stamp
from library.db.journal import entries, next_undo, undo
from library.errors import NotFound, ReadOnly, UsageError
from library.papers.commands import add_note, decide, edit_note, tag
from library.papers.drafts import draft_path, keep_draft
from library.papers.ingest import add_drafts
from library.papers.model import Announcement, Author, PaperDraft, Version
from library.purge.content import read_tombstones
from library.purge.run import finish, purge
from library.workspace import Workspace
from planner.workspace import MIGRATIONS, open_workspace
from tests.library.db.processes import finish as end
from tests.library.db.processes import start

SECRET = PaperDraft(
    key="2501.00666",
    kind="arxiv",
    source="test",
    title="Xylophonic Quasicrystals Considered Harmful for Zweihander Retrieval",
    abstract="We withdraw everything: the bandersnatch data were made up by a vorpal coauthor.",
    authors=(Author("Jabberwock Tulgey", "Tulgey", "Jabberwock"), Author("Ada Lovelace", "Lovelace", "Ada")),
    categories=("cs.IR",),
    version=1,
    versions=(Version(1, "2025-01-02T00:00:00Z"),),
    announcements=(Announcement("cs.IR", "new", "2025-01-03"),),
    doi="10.1234/secret.666",
    body="Full text with a frumious appendix. " * 400,
)
OTHER = PaperDraft(
    key="2501.00001",
    kind="arxiv",
    source="test",
    title="Harmless Retrieval",
    abstract="We keep this.",
    authors=(Author("Ada Lovelace", "Lovelace", "Ada"),),
)
NOTE = "My own sharp words about the slithy toves in section four"
PROBES = (
    *("Xylophonic", "xylophon", "Quasicrystal", "bandersnatch", "vorpal", "Tulgey", "frumious"),
    *("slithy", "toves", "2501.00666", "secret.666"),
)


def _count(workspace: Workspace, sql: str) -> int:
    return int(workspace.store.read(lambda db: db.execute(f"SELECT count(*) FROM {sql}").fetchone()[0]).result())


def _fill(workspace: Workspace) -> None:
    write = workspace.store.write
    write(lambda db: add_drafts(db, [SECRET, OTHER], at=stamp())).result()
    later = replace(SECRET, version=2, title=SECRET.title + " Again", abstract=SECRET.abstract + " Really.")
    write(lambda db: add_drafts(db, [later], at=stamp())).result()
    write(lambda db: tag(db, "ada", [1, 2], "both")).result()
    write(lambda db: decide(db, "kim", [1], "star")).result()
    write(lambda db: add_note(db, "ada", 1, NOTE + " (draft)")).result()
    write(lambda db: edit_note(db, "ada", 1, NOTE)).result()
    write(lambda db: undo(db, "ada")).result()
    write(lambda db: add_note(db, "ada", 2, "a harmless note")).result()
    raw = json.dumps({"id": "2501.00666", "title": SECRET.title, "abstract": 7})
    write(
        lambda db: db.execute(
            "INSERT INTO quarantine (file, format, reason, raw, record_hash, first_seen, last_seen)"
            " VALUES ('a.jsonl', 'jsonl', 'no abstract', ?, 'h', 'now', 'now')",
            (raw,),
        )
    ).result()
    write(lambda db: db.execute("INSERT INTO encoder_model VALUES (1, 'm', 'h', 4, 'now')")).result()
    write(
        lambda db: db.execute(
            "INSERT INTO embedding (model_id, text_hash, vector) SELECT 1, text_hash, zeroblob(8) FROM paper"
        )
    ).result()
    write(
        lambda db: db.execute(
            "INSERT INTO document VALUES (1, '/home/ada/x.pdf', 'secret.pdf', 'ff', 'application/pdf', 9, 'now', NULL)"
        )
    ).result()
    for name, text in (("documents/secret.pdf", "the frumious pdf"), ("documents/other.pdf", "fine")):
        path = workspace.paths.home / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    for person in ("ada", "kim"):
        keep_draft(draft_path(workspace.paths, person, SECRET.key), f"{person} begins: the slithy toves")
    workspace.paths.vectors.mkdir()
    (workspace.paths.vectors / "m.faiss").write_bytes(b"2501.00666")
    workspace.paths.logs.mkdir()
    (workspace.paths.logs / "labtop.log").write_text(f"opened {SECRET.title}\nsaw 2501.00666\nall well\n")


def _everything(home: Path) -> dict[str, bytes]:
    """The bytes of every file, those packed in backups included."""
    found = {}
    for path in home.rglob("*"):
        if path.is_file():
            found[str(path)] = path.read_bytes()
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    found |= {f"{path}!{name}": archive.read(name) for name in archive.namelist()}
    return found


def _left(home: Path) -> list[tuple[str, str]]:
    return [(name, probe) for name, data in _everything(home).items() for probe in PROBES if probe.encode() in data]


def test_no_byte_is_left_anywhere(workspace: Workspace) -> None:
    _fill(workspace)
    backup = make_backup(workspace.paths)
    unrelated = workspace.paths.backups / "note.txt"
    unrelated.write_text("mine")
    before = _left(workspace.paths.home)
    assert {probe for _, probe in before} >= set(PROBES)  # the search finds each where it is

    done = purge(workspace, ["arXiv:2501.00666v2"], "made-up data")

    assert _left(workspace.paths.home) == []
    assert done.left_out == ()
    assert (done.papers, done.backups) == (1, 1)
    assert done.rows["paper"] == done.rows["note"] == done.rows["embedding"] == done.rows["quarantine"] == 1
    assert done.rows["author"] == 1
    assert not (workspace.paths.documents / "secret.pdf").exists()
    assert (workspace.paths.documents / "other.pdf").read_text() == "fine"
    assert (workspace.paths.logs / "labtop.log").read_text() == "all well\n"
    assert unrelated.read_text() == "mine"
    # The rest is as it was, and whole.
    assert _count(workspace, "paper") == _count(workspace, "author") == _count(workspace, "embedding") == 1
    assert _count(workspace, "note") == 1
    assert _count(workspace, "paper_fts WHERE paper_fts MATCH 'harmless'") == 1
    check = "INSERT INTO paper_fts (paper_fts, rank) VALUES ('integrity-check', 1)"
    workspace.store.write(lambda db: db.execute(check)).result()
    # The backup can still be restored, without the paper.
    workspace.close()
    restored = restore(workspace.paths, backup.path, person="ada", migrations=MIGRATIONS)
    assert restored.kept_out == 0
    assert restored.manifest.papers == 1
    assert _left(workspace.paths.home) == []


def test_the_journal_keeps_who_when_and_what_kind(workspace: Workspace) -> None:
    _fill(workspace)
    before = [(entry.id, entry.at, entry.person, entry.action) for entry in workspace.store.read(entries).result()]
    purge(workspace, ["2501.00666"], "made-up data")
    after = workspace.store.read(entries).result()
    assert [(entry.id, entry.at, entry.person, entry.action) for entry in after[1:]] == before
    assert after[0].summary == "purged 1 paper: made-up data"
    # Undo goes on with what is left of one's own: the tag on the other paper, then nothing of the purged one.
    workspace.store.write(lambda db: undo(db, "ada")).result()
    workspace.store.write(lambda db: undo(db, "ada")).result()
    assert _count(workspace, "tag") == _count(workspace, "note") == 0
    assert workspace.store.read(lambda db: next_undo(db, "ada")).result() is None
    assert workspace.store.read(lambda db: next_undo(db, "kim")).result() is None
    with pytest.raises(Exception, match="append-only"):
        workspace.store.write(lambda db: db.execute("DELETE FROM journal")).result()


def test_it_stays_out_under_its_key_and_its_doi(workspace: Workspace) -> None:
    _fill(workspace)
    purge(workspace, ["2501.00666"], "made-up data")
    again = replace(SECRET, key="doi:10.1234/secret.666", kind="reference")
    ingested = workspace.store.write(lambda db: add_drafts(db, [SECRET, again, OTHER], at=stamp())).result()
    assert ingested.refused == (SECRET.key, again.key)
    stones = workspace.store.read(read_tombstones).result()
    assert {(stone.person, stone.reason) for stone in stones} == {("ada", "made-up data")}
    assert all(len(stone.subject) == 64 for stone in stones)


def test_a_backup_made_elsewhere_does_not_bring_it_back(workspace: Workspace, tmp_path: Path) -> None:
    _fill(workspace)
    elsewhere = make_backup(workspace.paths, tmp_path / "usb.labtop-backup").path
    purge(workspace, ["2501.00666"], "made-up data")
    workspace.close()
    restored = restore(workspace.paths, elsewhere, person="ada", migrations=MIGRATIONS)
    assert restored.kept_out == 1
    assert _left(workspace.paths.home) == []
    with open_workspace(workspace.paths.home) as again:
        assert _count(again, "paper") == 1
        assert _count(again, "tombstone") == 2


def test_a_shared_text_keeps_its_vector(workspace: Workspace) -> None:
    twin = replace(SECRET, key="2501.00667", doi=None)
    workspace.store.write(lambda db: add_drafts(db, [SECRET, twin], at=stamp())).result()
    workspace.store.write(lambda db: db.execute("INSERT INTO encoder_model VALUES (1, 'm', 'h', 4, 'now')")).result()
    copy = "INSERT INTO embedding (model_id, text_hash, vector) SELECT DISTINCT 1, text_hash, x'00' FROM paper"
    workspace.store.write(lambda db: db.execute(copy)).result()
    done = purge(workspace, ["2501.00666"], "twin")
    assert _count(workspace, "embedding") == 1
    assert any("still quotes" in line for line in done.left_out)


def test_nothing_happens_without_a_reason_or_a_paper(workspace: Workspace) -> None:
    _fill(workspace)
    with pytest.raises(UsageError, match="reason"):
        purge(workspace, ["2501.00666"], " \n")
    with pytest.raises(NotFound):
        purge(workspace, ["2501.00666", "2501.99999"], "both or none")
    with open_workspace(workspace.paths.home, read_only=True) as reading, pytest.raises(ReadOnly):
        purge(reading, ["2501.00666"], "no")
    assert _count(workspace, "paper") == 2
    assert _count(workspace, "tombstone") == 0


def test_a_reader_in_another_process_delays_the_last_bytes_and_it_says_so(workspace: Workspace) -> None:
    _fill(workspace)
    code = """
from contextlib import closing
with closing(connect_reader(home / "labtop.db")) as reader:
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM paper").fetchone()
    print("reading", flush=True)
    sys.stdin.readline()
"""
    other = start(code, workspace.paths.home)
    assert other.stdout is not None
    other.stdout.readline()
    done = purge(workspace, ["2501.00666"], "made-up data")
    assert any("purge --finish" in line for line in done.left_out)
    assert _count(workspace, "paper") == 1
    end(other)
    assert finish(workspace).left_out == ()
    assert _left(workspace.paths.home) == []


def test_a_broken_backup_is_named_and_left(workspace: Workspace) -> None:
    _fill(workspace)
    workspace.paths.backups.mkdir()
    broken = workspace.paths.backups / "old.labtop-backup"
    broken.write_bytes(b"half a zip")
    done = purge(workspace, ["2501.00666"], "made-up data")
    assert [line for line in done.left_out if str(broken) in line and "delete it yourself" in line]
    assert broken.read_bytes() == b"half a zip"


def test_a_purged_chapter_stays_out_and_the_others_of_its_book_stay_in(workspace: Workspace) -> None:
    book = PaperDraft(key="doi:10.1234/book", kind="reference", source="bibtex", title="A Handbook", doi="10.1234/book")
    chapters = [replace(book, title=title) for title in ("Weather in the Alps", "Fish of cold seas")]

    def put() -> None:
        workspace.store.write(lambda db: add_drafts(db, [book, *chapters], at=stamp())).result()

    def titles() -> list[str]:
        found = workspace.store.read(lambda db: [tuple(row) for row in db.execute("SELECT title, key FROM paper")])
        return sorted(title for title, _ in found.result())

    put()
    weather = workspace.store.read(
        lambda db: db.execute("SELECT key FROM paper WHERE title LIKE 'Weather%'").fetchone()[0]
    ).result()
    backup = make_backup(workspace.paths)
    purge(workspace, [weather], "asked by the author")
    assert titles() == ["A Handbook", "Fish of cold seas"]
    put()
    assert titles() == ["A Handbook", "Fish of cold seas"]
    workspace.close()
    restore(workspace.paths, backup.path, person="ada", migrations=MIGRATIONS)
    with open_workspace(workspace.paths.home, person="ada") as again:
        kept = again.store.read(lambda db: [row[0] for row in db.execute("SELECT title FROM paper ORDER BY title")])
        assert kept.result() == ["A Handbook", "Fish of cold seas"]


@pytest.mark.parametrize(
    "point", ["library.purge.run.remove_documents", "library.purge.run.scrub", "library.purge.run.pack"]
)
def test_a_purge_killed_half_way_can_be_gone_on_with(workspace: Workspace, point: str) -> None:
    _fill(workspace)
    make_backup(workspace.paths)
    module, name = point.rsplit(".", 1)
    code = f"""
import os, signal, {module}
from library.purge.run import purge
{module}.{name} = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
with open_workspace(home, person=name) as workspace:
    purge(workspace, ["2501.00666"], "made-up data")
"""
    victim = start(code, workspace.paths.home)
    victim.communicate(timeout=30)
    assert victim.returncode == -9
    if _count(workspace, "tombstone"):
        assert finish(workspace).left_out == ()
    else:
        assert _count(workspace, "paper") == 2
        purge(workspace, ["2501.00666"], "made-up data")
    assert _left(workspace.paths.home) == []
