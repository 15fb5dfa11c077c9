"""Single papers by hand: added once, searchable, undone only while nothing hangs on them."""

import stat
from pathlib import Path
from typing import Any

import pytest

from library.arxiv import fetch
from library.db import journal
from library.errors import LabtopError, NotFound, ReadOnly, UsageError
from library.papers import commands, queries
from library.papers.adding import Added, Typed, add, add_typed
from library.papers.ingest import add_drafts
from library.papers.model import Author, PaperDraft
from library.purge.content import erase
from library.workspace import Workspace
from planner.workspace import open_workspace

ARXIV = PaperDraft(
    key="2501.01234",
    kind="arxiv",
    source="atom",
    title="A paper",
    abstract="Its abstract.",
    authors=(Author("Ada Lovelace"),),
    version=1,
)


def pdf(path: Path, *pages: str, title: str = "", author: str = "") -> Path:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path))
    canvas.setTitle(title)
    canvas.setAuthor(author)
    for page in pages:
        for number, line in enumerate(page.splitlines()):
            canvas.drawString(60, 760 - 16 * number, line)
        canvas.showPage()
    canvas.save()
    return path


def hits(workspace: Workspace, word: str) -> list[int]:
    sql = "SELECT rowid FROM paper_fts WHERE paper_fts MATCH ?"
    return workspace.store.read(lambda db: [row[0] for row in db.execute(sql, (word,))]).result()


def paper(workspace: Workspace, added: Added) -> Any:
    return workspace.store.read(lambda db: queries.paper(db, added.paper_id, "ada")).result()


def undo(workspace: Workspace) -> str:
    return workspace.store.write(lambda db: journal.undo(db, "ada")).result().summary


def test_a_text_is_added_once_and_its_copy_is_private(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_text("---\ntitle: 'On growth'\n---\n\n# Other\n\nWe grow zymurgy.\n", encoding="utf-8")
    added = add(workspace, str(path))
    assert (added.state, added.title) == ("added", "On growth")
    assert hits(workspace, "zymurgy") == [added.paper_id]
    (copy,) = workspace.paths.documents.iterdir()
    assert copy.read_bytes() == path.read_bytes()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert stat.S_IMODE(workspace.paths.documents.stat().st_mode) == 0o700
    again = add(workspace, str(path))
    assert (again.state, again.paper_id, again.journal_id) == ("unchanged", added.paper_id, None)
    elsewhere = tmp_path / "copy.md"
    elsewhere.write_bytes(path.read_bytes())
    assert add(workspace, str(elsewhere)).paper_id == added.paper_id


def test_an_edited_file_is_the_same_document_and_undo_brings_the_old_text_back(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "plan.txt"
    path.write_text("The first zymurgy.", encoding="utf-8")
    added = add(workspace, str(path))
    workspace.store.write(lambda db: commands.add_note(db, "kim", added.paper_id, "kept")).result()
    path.write_text("The second brewing.", encoding="utf-8")
    changed = add(workspace, str(path))
    assert (changed.state, changed.paper_id) == ("changed", added.paper_id)
    assert (hits(workspace, "zymurgy"), hits(workspace, "brewing")) == ([], [added.paper_id])
    assert [note.body for note in paper(workspace, added).notes] == ["kept"]
    undo(workspace)
    assert (hits(workspace, "zymurgy"), hits(workspace, "brewing")) == ([added.paper_id], [])
    assert add(workspace, str(path)).state == "changed"
    erased = workspace.store.write(lambda db: erase(db, added.paper_id)).result()
    assert set(erased.files) == {file.name for file in workspace.paths.documents.iterdir()}
    assert workspace.store.read(lambda db: db.execute("SELECT changes FROM journal").fetchall()).result()
    everything = workspace.store.read(lambda db: [tuple(row) for row in db.execute("SELECT * FROM journal")]).result()
    assert "zymurgy" not in str(everything)
    assert "brewing" not in str(everything)


def test_a_pdf_is_searched(workspace: Workspace, tmp_path: Path) -> None:
    path = pdf(
        tmp_path / "a_report.pdf", "Abstract\nquixotic engines", "page two", title="A real title", author="A B; C D"
    )
    added = add(workspace, str(path))
    found = paper(workspace, added)
    assert (found.title, [author.name for author in found.authors]) == ("A real title", ["A B", "C D"])
    assert found.kind == "document"
    assert found.abstract.startswith("quixotic engines")
    assert hits(workspace, "quixotic") == [added.paper_id]
    pages = workspace.store.read(lambda db: db.execute("SELECT pages FROM document").fetchone()[0]).result()
    assert pages == 2


def test_pdfs_without_text_need_a_title(workspace: Workspace, tmp_path: Path) -> None:
    from pypdf import PdfReader, PdfWriter

    scanned = pdf(tmp_path / "scan.pdf", "")
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\n" + b"\x00garbage" * 50)
    locked = tmp_path / "locked.pdf"
    writer = PdfWriter(clone_from=PdfReader(pdf(tmp_path / "open.pdf", "secret")))
    writer.encrypt("a password", algorithm="RC4-128")
    writer.write(locked)
    for path, says in ((scanned, "no text"), (broken, "damaged"), (locked, "encrypted")):
        with pytest.raises(LabtopError, match=says) as caught:
            add(workspace, str(path))
        assert "--title" in caught.value.mend
        added = add(workspace, str(path), Typed(title=f"The {says} one", authors=("Lovelace, Ada",)))
        assert added.state == "added"
        assert any(says in notice for notice in added.notices)
        assert paper(workspace, added).authors == (Author("Ada Lovelace", "Lovelace", "Ada"),)


def test_a_pdf_of_an_arxiv_paper_says_so(workspace: Workspace, tmp_path: Path) -> None:
    path = pdf(tmp_path / "x.pdf", "arXiv:2501.01234v2 [cs.LG] 3 Jan 2025", "text")
    assert any("labtop add 2501.01234" in notice for notice in add(workspace, str(path)).notices)


def test_other_files_are_refused(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "a.bib").write_text("@misc{k}", encoding="utf-8")
    (tmp_path / "b.txt").write_bytes(b"\0\1\2\3" * 100)
    (tmp_path / "c.md").write_text("  \n", encoding="utf-8")
    with pytest.raises(UsageError, match="labtop import"):
        add(workspace, str(tmp_path / "a.bib"))
    with pytest.raises(UsageError, match="not a text"):
        add(workspace, str(tmp_path / "b.txt"))
    with pytest.raises(LabtopError, match="empty"):
        add(workspace, str(tmp_path / "c.md"))
    with pytest.raises(UsageError, match="folder"):
        add(workspace, str(tmp_path))


def test_a_typed_record_is_never_overwritten_by_a_source(workspace: Workspace) -> None:
    typed = Typed("My title", ("Lovelace, Ada",), "1843-09", "My words.", "https://example.org/x", "10.1000/X")
    added = add_typed(workspace, typed)
    assert added.key == "doi:10.1000/x"
    draft = PaperDraft(
        key="doi:10.1000/x", kind="reference", source="crossref", title="My title!", abstract="Theirs.", doi="10.1000/x"
    )
    later = PaperDraft(**{**_fields(draft), "version": 3, "updated_at": "2026-01-01", "journal_ref": "J. of X"})
    workspace.store.write(lambda db: add_drafts(db, [draft, later], at="2026-01-01T00:00:00Z")).result()
    found = paper(workspace, added)
    assert (found.title, found.abstract, found.year, found.journal_ref) == ("My title", "My words.", 1843, "J. of X")
    changed = add_typed(
        workspace, Typed("My title", ("Lovelace, Ada",), "1843-09", "My better words.", doi="10.1000/X")
    )
    assert (changed.state, changed.paper_id) == ("changed", added.paper_id)
    undo(workspace)
    assert paper(workspace, added).abstract == "My words."


def _fields(draft: PaperDraft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in draft.__slots__}


@pytest.mark.parametrize(
    "typed", [Typed(abstract="x"), Typed("T", date="soon"), Typed("T", doi="x"), Typed("T", url="javascript:alert(1)")]
)
def test_unusable_typing_is_refused(workspace: Workspace, typed: Typed) -> None:
    with pytest.raises(UsageError):
        add_typed(workspace, typed)


def test_identifiers_are_fetched_once(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def fetch_ids(_: Workspace, ids: list[str]) -> tuple[PaperDraft, ...]:
        asked.extend(ids)
        return (ARXIV,)

    monkeypatch.setattr(fetch, "fetch_ids", fetch_ids)
    monkeypatch.setattr(fetch, "fetch_doi", lambda _, text: fetch_ids(_, [text])[0])
    first = add(workspace, "https://arxiv.org/pdf/2501.01234v2")
    assert (first.state, first.key) == ("added", "2501.01234")
    for spelling in ("2501.01234", "arXiv:2501.01234v1", "10.48550/arXiv.2501.01234"):
        assert add(workspace, spelling).state == "unchanged"
    assert len(asked) == 1
    add(workspace, "https://dl.acm.org/doi/pdf/10.1145/3397271.3401075?download=true")
    assert asked[1] == "10.1145/3397271.3401075"


def test_other_addresses_are_kept_as_they_are(workspace: Workspace) -> None:
    added = add(workspace, "https://example.org/reports/growth/")
    found = paper(workspace, added)
    assert (found.title, found.url) == ("example.org/reports/growth", "https://example.org/reports/growth/")
    assert add(workspace, "https://example.org/reports/growth/").state == "unchanged"
    assert paper(workspace, add(workspace, "https://example.org/z", Typed(title="Named"))).title == "Named"


def test_what_names_nothing(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="no arXiv id"):
        add(workspace, "nonsense")
    with pytest.raises(NotFound, match="no file"):
        add(workspace, "missing/notes.md")


def test_undo_takes_an_added_paper_out_only_while_nothing_hangs_on_it(workspace: Workspace) -> None:
    added = add_typed(workspace, Typed("Growth"))
    workspace.store.write(lambda db: commands.tag(db, "kim", [added.paper_id], "read")).result()
    with pytest.raises(LabtopError, match="1 tag hang"):
        undo(workspace)
    workspace.store.write(lambda db: journal.undo(db, "kim")).result()
    assert undo(workspace) == "undid: added “Growth”"
    assert hits(workspace, "Growth") == []
    with pytest.raises(NotFound):
        paper(workspace, added)
    assert add_typed(workspace, Typed("Growth")).state == "added"


def test_read_only_changes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("words", encoding="utf-8")
    with open_workspace(workspace.paths.home, read_only=True) as reading:
        with pytest.raises(ReadOnly):
            add(reading, str(path))
        with pytest.raises(ReadOnly):
            add_typed(reading, Typed("T"))
    assert not workspace.paths.documents.exists()
