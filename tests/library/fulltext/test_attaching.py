"""A paper's full text: fetched or handed in, found and quoted, taken off, undone; and everything that can go wrong."""

import os
import stat
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from library.arxiv.limiter import Limiter
from library.arxiv.problems import ArxivProblem, BadAnswer, Offline, Refused, Throttled
from library.arxiv.transport import Transport
from library.db import journal
from library.errors import LabtopError, NotFound, ReadOnly, UsageError
from library.fulltext.attaching import WrongPaper, attach, take_off
from library.fulltext.stored import full_text_of, page_of
from library.jobs import Cancelled, CancelToken, Progress
from library.papers import queries
from library.papers.adding import add_document
from library.papers.commands import add_note
from library.papers.ingest import store_drafts
from library.paths import user_state
from library.purge.run import purge
from library.sentences.queries import sentences_of
from library.sentences.quotes import locate
from library.sentences.splitting import any_waiting, split_waiting
from library.sources.pdf_text import PdfText
from library.workspace import Workspace
from planner.workspace import open_workspace
from tests.library.arxiv.server import FakeArxiv, Reply
from tests.library.fulltext.conftest import PAPER
from tests.library.fulltext.pdfs import FIRST, SECOND, THIRD, TITLE, pdf, pictures

KEY = PAPER.key
STAMPED = pdf(stamp="arXiv:2604.00001v2  [cs.IR]  1 Apr 2026")
PDF = (("Content-Type", "application/pdf"),)


def paper_id(workspace: Workspace, key: str = KEY) -> int:
    return workspace.store.read(lambda db: queries.find_id(db, key)).result()


def body(workspace: Workspace, key: str = KEY) -> str:
    sql = "SELECT body FROM paper WHERE key = ?"
    return str(workspace.store.read(lambda db: db.execute(sql, (key,)).fetchone()[0]).result())


def hits(workspace: Workspace, word: str) -> list[str]:
    sql = "SELECT key FROM paper_fts JOIN paper ON paper.id = paper_fts.rowid WHERE paper_fts MATCH ?"
    return workspace.store.read(lambda db: [row[0] for row in db.execute(sql, (word,))]).result()


def undo(workspace: Workspace) -> str:
    return workspace.store.write(lambda db: journal.undo(db, "ada")).result().summary


def files(workspace: Workspace) -> list[str]:
    folder = workspace.paths.documents
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def given(tmp_path: Path, content: bytes, name: str = "paper.pdf") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


# What works.


def test_a_pdf_is_fetched_found_and_quoted_with_its_page(
    desk: Workspace, arxiv: FakeArxiv, transport: Transport
) -> None:
    arxiv.on("pdf", Reply(STAMPED, headers=PDF))
    told: list[Progress] = []
    done = attach(desk, KEY, transport=transport, progress=told.append)
    assert (done.state, done.key, done.notices) == ("added", KEY, ())
    stored = done.full_text
    assert (stored.source, stored.version, stored.pages, stored.pages_read) == ("arxiv", 2, 3, 3)
    assert arxiv.asked[-1].path == f"/pdf/{KEY}v2"
    assert hits(desk, "quixotic") == [KEY]
    assert told
    (name,) = files(desk)
    path = desk.paths.documents / name
    assert name == f"{stored.sha256}.pdf"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes() == STAMPED
    found = desk.store.read(lambda db: locate(db, done.paper_id, "gains 1.8 points")).result()
    assert found is not None
    assert (found.source, found.version) == ("body", 2)
    assert desk.store.read(lambda db: page_of(db, done.paper_id, found.start)).result() == 2


def test_its_sentences_are_split_in_the_background(desk: Workspace, tmp_path: Path) -> None:
    split_waiting(desk)
    assert not desk.store.read(any_waiting).result()
    attach(desk, KEY, given(tmp_path, STAMPED))
    assert desk.store.read(any_waiting).result()
    split_waiting(desk)
    assert not desk.store.read(any_waiting).result()
    said = desk.store.read(lambda db: sentences_of(db, paper_id(desk), ("body",))).result()
    assert any(each.name == "b3" for each in said)


def test_what_is_there_is_not_fetched_again_unless_asked(
    desk: Workspace, arxiv: FakeArxiv, transport: Transport
) -> None:
    arxiv.on("pdf", Reply(STAMPED))
    attach(desk, KEY, transport=transport)
    assert attach(desk, KEY, transport=transport).state == "unchanged"
    assert arxiv.count("pdf") == 1
    again = attach(desk, KEY, again=True, transport=transport)
    assert (again.state, again.journal_id, arxiv.count("pdf")) == ("unchanged", None, 2)


def test_a_newer_version_of_the_paper_brings_its_text(desk: Workspace, arxiv: FakeArxiv, transport: Transport) -> None:
    first = pdf(stamp="arXiv:2604.00001v1 [cs.IR] 1 Apr 2026")
    old = attach(desk, KEY, given(desk.paths.home, first))
    assert old.full_text.version == 1
    assert "v1, the paper is at v2" in " ".join(old.notices)
    arxiv.on("pdf", Reply(STAMPED))
    new = attach(desk, KEY, transport=transport)
    assert (new.state, new.full_text.version) == ("changed", 2)
    undo(desk)
    stored = desk.store.read(lambda db: full_text_of(db, new.paper_id)).result()
    assert stored is not None
    assert stored.version == 1


def test_arxiv_says_the_version_where_the_file_does_not(
    desk: Workspace, arxiv: FakeArxiv, transport: Transport
) -> None:
    desk.store.write(lambda db: db.execute("UPDATE paper SET version = NULL")).result()
    named = ("Content-Disposition", 'inline; filename="2604.00001v7.pdf"')
    arxiv.on("pdf", Reply(pdf(), headers=(*PDF, named)))
    assert attach(desk, KEY, transport=transport).full_text.version == 7
    assert arxiv.asked[-1].path == f"/pdf/{KEY}"


def test_redirects_within_arxiv_are_followed(desk: Workspace, arxiv: FakeArxiv, transport: Transport) -> None:
    arxiv.on("pdf", Reply(STAMPED))
    arxiv.on(f"pdf/{KEY}v2", Reply(status=301, headers=(("Location", f"/pdf/{KEY}v2.pdf"),)))
    assert attach(desk, KEY, transport=transport).state == "added"


def test_undo_takes_it_off_and_does_it_again(desk: Workspace, tmp_path: Path) -> None:
    attach(desk, KEY, given(tmp_path, STAMPED))
    kept = body(desk)
    assert undo(desk).startswith("undid: took the full text of")
    assert (body(desk), hits(desk, "quixotic")) == ("", [])
    newest = desk.store.read(lambda db: journal.entries(db, limit=1)).result()[0].id
    desk.store.write(lambda db: journal.undo(db, "ada", newest)).result()
    assert body(desk) == kept
    assert hits(desk, "quixotic") == [KEY]


def test_taking_off_is_undone_as_well(desk: Workspace, tmp_path: Path) -> None:
    attach(desk, KEY, given(tmp_path, STAMPED))
    kept = body(desk)
    change = desk.store.write(lambda db: take_off(db, "ada", paper_id(desk))).result()
    assert change.ids == (paper_id(desk),)
    assert body(desk) == ""
    with pytest.raises(NotFound, match="no full text"):
        desk.store.write(lambda db: take_off(db, "ada", paper_id(desk))).result()
    undo(desk)
    assert body(desk) == kept


def test_the_journal_does_not_hold_the_text(desk: Workspace, tmp_path: Path) -> None:
    attach(desk, KEY, given(tmp_path, STAMPED))
    (entry,) = desk.store.read(lambda db: journal.entries(db, limit=1)).result()
    assert "Quixotic" not in str(entry.changes)


def test_a_reference_takes_a_file_and_needs_one(desk: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not an arXiv paper"):
        attach(desk, "doi:10.1145/1")
    done = attach(desk, "doi:10.1145/1", given(tmp_path, pdf([("A Reference of Dense Retrieval", *FIRST)])))
    assert (done.state, done.full_text.version, done.notices) == ("added", None, ())


def test_a_local_document_is_its_own_text(desk: Workspace, tmp_path: Path) -> None:
    added = add_document(desk, given(tmp_path, pdf([("Minutes of a meeting", "We decided nothing.")], title="Minutes")))
    with pytest.raises(UsageError, match="a local document"):
        attach(desk, added.key, given(tmp_path, STAMPED, "other.pdf"))
    assert desk.store.read(lambda db: page_of(db, added.paper_id, 3)).result() == 1


def test_one_file_may_serve_two_papers_and_a_purge_leaves_the_others(desk: Workspace, tmp_path: Path) -> None:
    path = given(tmp_path, pdf())
    attach(desk, KEY, path)
    attach(desk, "doi:10.1145/1", path, agreed=lambda _: True)
    purge(desk, ["doi:10.1145/1"], "a mistake")
    assert len(files(desk)) == 1
    assert hits(desk, "quixotic") == [KEY]
    purge(desk, [KEY], "another")
    assert files(desk) == []
    left = desk.store.read(lambda db: db.execute("SELECT count(*) FROM extracted_text").fetchone()[0]).result()
    assert left == 0


def test_a_purge_leaves_nothing_of_a_text_that_was_taken_off(desk: Workspace, tmp_path: Path) -> None:
    attach(desk, KEY, given(tmp_path, STAMPED))
    undo(desk)
    assert purge(desk, [KEY], "asked for").left_out == ()
    assert files(desk) == []
    assert not [path for path in desk.paths.home.rglob("*.db") if b"Quixotic" in path.read_bytes()]


def test_adding_a_paper_is_not_undone_under_its_text(desk: Workspace, tmp_path: Path) -> None:
    from library.papers.adding import Typed, add_typed

    added = add_typed(desk, Typed(title=f"{TITLE} again", date="2024"))
    attach(desk, added.key, given(tmp_path, pdf()))
    with pytest.raises(LabtopError, match="1 full text hang"):
        desk.store.write(lambda db: journal.undo(db, "ada", added.journal_id)).result()


# Files that are not what they should be.


@pytest.mark.parametrize(
    ("content", "why", "mend"),
    [
        (pdf(password="secret"), "is encrypted", "qpdf"),
        (pictures(), "no text layer: its 2 pages are pictures", "ocrmypdf"),
        (STAMPED[:900], "cut off in the middle", "Get it again"),
        (b"%PDF-1.7\nhello\n%%EOF", "is damaged", "Get it again"),
        (b"<html>login</html>", "is not a PDF", "labtop add"),
    ],
    ids=["encrypted", "pictures", "cut off", "nonsense", "html"],
)
def test_a_file_without_text_is_refused_and_nothing_is_lost(
    desk: Workspace, tmp_path: Path, content: bytes, why: str, mend: str
) -> None:
    attach(desk, KEY, given(tmp_path, STAMPED))
    before, kept = body(desk), files(desk)
    with pytest.raises(LabtopError, match=why) as caught:
        attach(desk, KEY, given(tmp_path, content, "other.pdf"))
    assert mend in caught.value.mend
    assert (body(desk), files(desk)) == (before, kept)


def test_five_thousand_pages_say_how_many_are_searched(
    desk: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts = tuple(range(0, 2_000 * 200, 200))
    text = PdfText("text", (TITLE + ". ") * 8_000, starts, pages=5_000)  # as the child reads such a file
    monkeypatch.setattr("library.fulltext.attaching.read_pdf", lambda *_, **__: text)
    done = attach(desk, KEY, given(tmp_path, STAMPED))
    assert (done.full_text.pages, done.full_text.pages_read) == (5_000, 2_000)
    assert any("2,000 of 5,000 pages" in notice for notice in done.notices)


_LONG = FIRST + ("It holds on all five collections, whatever the length of their documents.",) * 2


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ((FIRST, (), ()), "2 of 3 pages have no text, so nothing of them is searched"),
        ((FIRST, (), (), ("",)), "3 of 4 pages have no text, so nothing of them is searched"),
        (((TITLE,), (), ("9",)), "1 of 3 pages has no text, so nothing of it is searched"),
        (((TITLE,), ("8",), ("9",)), "it has few characters for its pages: 22 a page"),
        ((_LONG, _LONG, _LONG), ""),
    ],
)
def test_little_text_is_said_by_what_is_known(
    desk: Workspace, tmp_path: Path, pages: tuple[tuple[str, ...], ...], said: str
) -> None:
    done = attach(desk, KEY, given(tmp_path, pdf(pages)), agreed=lambda _: True)
    assert [notice for notice in done.notices if "pages" in notice] == ([said] if said else [])


def test_pages_that_could_not_be_read_are_not_called_empty(
    desk: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = PdfText("text", TITLE, (0, len(TITLE), len(TITLE)), pages=3, unreadable=2)
    monkeypatch.setattr("library.fulltext.attaching.read_pdf", lambda *_, **__: text)
    said = " ".join(attach(desk, KEY, given(tmp_path, STAMPED)).notices)
    assert "2 are damaged" in said
    assert "no text" not in said


def test_a_file_beyond_the_limit_is_refused(desk: Workspace, tmp_path: Path) -> None:
    path = given(tmp_path, b"%PDF-1.4\n")
    os.truncate(path, 301 << 20)  # holes: takes no room
    with pytest.raises(LabtopError, match="301 MB; up to 300 MB"):
        attach(desk, KEY, path)
    assert files(desk) == []


def test_another_papers_file_asks_first(desk: Workspace, tmp_path: Path) -> None:
    path = given(tmp_path, pdf([("Sparse Autoencoders Explain Protein Folding", "by others"), SECOND]))
    with pytest.raises(WrongPaper, match="title's words") as caught:
        attach(desk, KEY, path)
    assert "--yes" in caught.value.mend
    assert (body(desk), files(desk)) == ("", [])
    asked: list[str] = []

    def agreed(wrong: WrongPaper) -> bool:
        asked.append(wrong.why)
        return True

    done = attach(desk, KEY, path, agreed=agreed)
    assert done.state == "added"
    assert len(asked) == 1
    assert "taken all the same" in done.notices[-1]


def test_arxivs_stamp_tells_papers_apart_whatever_their_titles(desk: Workspace, tmp_path: Path) -> None:
    same_title = pdf(stamp="arXiv:2604.00077v1 [cs.IR] 1 Apr 2026")
    with pytest.raises(WrongPaper, match=r"it says that it is arXiv:2604\.00077"):
        attach(desk, KEY, given(tmp_path, same_title))
    other_title = pdf([("An Earlier Title", "of it"), THIRD], stamp="arXiv:2604.00001v1 [cs.IR] 1 Mar 2026")
    assert attach(desk, KEY, given(tmp_path, other_title)).full_text.version == 1


# Hosts that do not do what they should.

Failure = Callable[[FakeArxiv], None]


@pytest.mark.parametrize(
    ("reply", "problem", "why"),
    [
        (Reply("<html><title>PDF unavailable</title></html>"), BadAnswer, "an HTML page .“PDF unavailable”"),
        (Reply("Rate exceeded."), BadAnswer, "plain text .“Rate exceeded.”"),
        (Reply("", 200), BadAnswer, "an empty answer"),
        (Reply("no", 404), NotFound, "no PDF of 2604.00001v2 .404"),
        (Reply("no", 403), Refused, "refused the request"),
        (Reply("slow down", 429, (("Retry-After", "900"),)), Throttled, "fewer requests"),
        (Reply(STAMPED, 500), Offline, "out of order"),
        (Reply(STAMPED, stall=3.0), Offline, "did not answer"),
        (Reply(STAMPED, cut=900), Offline, "cannot be reached"),
        (Reply(STAMPED, headers=(("Location", "https://login.example/"),), status=302), BadAnswer, "sent us on"),
        (Reply(STAMPED[:900], length=False), LabtopError, "cut off in the middle"),
        (Reply(pictures()), LabtopError, "no text layer"),
    ],
    ids=["html", "text", "empty", "404", "403", "429", "500", "stall", "truncated", "login", "cut off", "pictures"],
)
def test_what_a_host_does_wrong_is_said_and_nothing_is_lost(
    desk: Workspace,
    arxiv: FakeArxiv,
    transport: Transport,
    tmp_path: Path,
    reply: Reply,
    problem: type[LabtopError],
    why: str,
) -> None:
    attach(desk, KEY, given(tmp_path, pdf([FIRST, SECOND])))
    before, kept = body(desk), files(desk)
    arxiv.on("pdf", reply)
    with pytest.raises(problem, match=why):
        attach(desk, KEY, again=True, transport=transport)
    assert (body(desk), files(desk)) == (before, kept)


def test_a_cooldown_binds_whoever_asks_next(desk: Workspace, arxiv: FakeArxiv, transport: Transport) -> None:
    arxiv.on("pdf", Reply("slow down", 429, (("Retry-After", "900"),)))
    with pytest.raises(Throttled):
        attach(desk, KEY, transport=transport)
    hold = Limiter(user_state()).hold()
    assert hold is not None
    assert hold.kind == "throttled"
    asked = len(arxiv.asked)
    with pytest.raises(Throttled):
        attach(desk, KEY)
    assert len(arxiv.asked) == asked


def test_a_second_attempt_begins_the_file_anew(desk: Workspace, arxiv: FakeArxiv, transport: Transport) -> None:
    arxiv.on("pdf", Reply(STAMPED, cut=900), Reply(STAMPED))
    assert attach(desk, KEY, transport=transport).full_text.bytes == len(STAMPED)
    assert arxiv.count("pdf") == 2


def test_endless_answers_are_not_read(desk: Workspace, arxiv: FakeArxiv, transport: Transport,
                                      monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("library.fulltext.attaching.MAX_PDF", 1 << 20)
    for length in (True, False):
        arxiv.on("pdf", Reply(STAMPED + b"x" * (2 << 20), length=length))
        with pytest.raises(BadAnswer, match="more than 1 MiB"):
            attach(desk, KEY, transport=transport)
    assert files(desk) == []


def test_offline_it_says_so_at_once(desk: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABTOP_OFFLINE", "1")
    with pytest.raises(ArxivProblem, match="stay offline"):
        attach(desk, KEY)


def test_fetching_stops_when_asked(desk: Workspace, arxiv: FakeArxiv) -> None:
    arxiv.on("pdf", Reply(STAMPED + b" " * (4 << 20), drip=0.1))
    token = CancelToken()
    threading.Timer(0.4, token.cancel).start()
    with Transport(desk.settings.arxiv, Limiter(user_state()), cancel=token) as slow, pytest.raises(Cancelled):
        attach(desk, KEY, transport=slow, cancel=token)
    assert files(desk) == []


def test_nothing_is_attached_read_only(desk: Workspace, tmp_path: Path) -> None:
    with open_workspace(desk.paths.home, read_only=True) as closed, pytest.raises(ReadOnly):
        attach(closed, KEY, given(tmp_path, STAMPED))


def test_a_full_disk_is_said_and_nothing_is_lost(desk: Workspace, small_disk: Path, tmp_path: Path) -> None:
    desk.paths.documents.symlink_to(small_disk)
    big = given(tmp_path, STAMPED + b" " * (9 << 20))
    with pytest.raises(LabtopError, match="no room on the disk"):
        attach(desk, KEY, big)
    assert (body(desk), list(small_disk.iterdir())) == ("", [])


def test_a_colleagues_note_and_a_replaced_text_do_not_meet(desk: Workspace, tmp_path: Path) -> None:
    attach(desk, KEY, given(tmp_path, STAMPED))
    desk.store.write(lambda db: add_note(db, "bob", paper_id(desk), "a thought")).result()
    store_drafts(desk.store, [PAPER], at=datetime.now(UTC).isoformat())
    assert hits(desk, "quixotic") == [KEY]


def test_a_query_finds_papers_by_their_full_text(desk: Workspace, tmp_path: Path) -> None:
    from library.search.run import search

    def found(text: str) -> int:
        today = desk.clock.today()
        return search(desk.store, text, meaning=None, person="ada", today=today, mode="keyword").matches

    assert found("is:fulltext") == 0
    attach(desk, KEY, given(tmp_path, STAMPED))
    assert found("is:fulltext quixotic") == 1
    undo(desk)
    assert found("is:fulltext") == 0


def test_a_nasty_file_name_is_stored_as_it_may_be_shown(desk: Workspace, tmp_path: Path) -> None:
    path = given(tmp_path, STAMPED, "x\x1b[31m\u202ey.pdf")
    assert attach(desk, KEY, path).full_text.origin.endswith("/xy.pdf")


def test_the_doctor_misses_a_file_that_is_gone(desk: Workspace, tmp_path: Path) -> None:
    from library.doctor.files import documents

    assert documents(desk.paths).text == "none"
    done = attach(desk, KEY, given(tmp_path, STAMPED))
    assert documents(desk.paths).state == "good"
    (desk.paths.documents / done.full_text.stored_as).unlink()
    assert documents(desk.paths).state == "watch"
    assert KEY in documents(desk.paths).text
    assert hits(desk, "quixotic") == [KEY]  # the text itself is safe


def test_a_backup_has_the_file_and_the_text(desk: Workspace, tmp_path: Path) -> None:
    from library.backup.make import make_backup
    from library.backup.restore import restore
    from planner.workspace import MIGRATIONS

    attach(desk, KEY, given(tmp_path, STAMPED))
    (desk.paths.documents / ".1.00000000.part").write_bytes(b"half")
    backup = make_backup(desk.paths).path
    attach(desk, KEY, given(tmp_path, pdf([FIRST, THIRD]), "other.pdf"), again=True)
    desk.close()
    restore(desk.paths, backup, person="ada", migrations=MIGRATIONS)
    assert len(files(desk)) == 1
    with open_workspace(desk.paths.home, person="ada") as back:
        stored = back.store.read(lambda db: full_text_of(db, paper_id(back))).result()
        assert stored is not None
        assert stored.version == 2
        assert (back.paths.documents / stored.stored_as).read_bytes() == STAMPED
