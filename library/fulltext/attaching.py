"""Giving a paper its full text, and taking it off again. Both are one action that undo takes back.

Nothing is stored unless there is text: a broken, encrypted or scanned file, a cut connection and a full disk leave
everything as it was, an earlier full text included.
"""

import json
import sqlite3
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from library.arxiv.transport import Transport
from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder, record
from library.errors import LabtopError, NotFound, UsageError
from library.fulltext.fetching import Fetched, fetch, open_pdf_transport
from library.fulltext.files import Arriving, arriving, copy_in
from library.fulltext.judging import doubt, stamp_of, too_little
from library.fulltext.model import Attached, FullText, State
from library.fulltext.stored import full_text_of
from library.jobs import CancelToken, ReportProgress
from library.papers.identity import arxiv_id
from library.papers.queries import find_id
from library.sources.document import MAX_PDF
from library.sources.pdf_text import MAX_BODY, PdfText, read_pdf
from library.text import one_line, shortened
from library.workspace import Workspace


class WrongPaper(LabtopError):
    """The file does not look like the paper; a person may know better. `why`: in words."""

    def __init__(self, why: str, title: str) -> None:
        super().__init__(
            f"This does not look like “{shortened(title)}”: {why}. Nothing was changed.",
            mend="If it is the right file all the same: --yes.",
        )
        self.why = why


@dataclass(frozen=True, slots=True)
class _Paper:
    id: int
    key: str
    kind: str
    title: str
    version: int | None
    withdrawn: bool
    has: FullText | None


def attach(
    workspace: Workspace,
    paper: str | int,
    file: Path | None = None,
    *,
    again: bool = False,
    agreed: Callable[[WrongPaper], bool] = lambda _: False,
    progress: ReportProgress | None = None,
    cancel: CancelToken | None = None,
    transport: Transport | None = None,
) -> Attached:
    """Give a paper (its key, or its number here) the text of `file`, or of its PDF on arXiv.

    What is there already is not fetched again unless `again`, or an earlier version's. `agreed` is asked about a file
    that does not look like the paper. Raises UsageError, NotFound, WrongPaper, LabtopError for a file without text,
    the transport's problems, Cancelled; nothing is changed then.
    """
    workspace.refuse_if_read_only()
    about = workspace.store.read(lambda db: _about(db, paper)).result()
    if about.kind == "document":
        raise UsageError(
            f"“{shortened(about.title)}” is a local document: its own text is searched already.",
            mend="labtop add FILE takes a changed file in.",
        )
    if file is None and about.has is not None and not again and _is_of_now(about):
        return _unchanged(workspace, about)
    if file is not None and not file.is_file():
        raise NotFound(f"There is no file {file}.")
    if file is None and workspace.demo:
        raise UsageError(
            "This is the demo workspace: nothing is fetched for it.", mend="labtop pdf PAPER FILE takes a file."
        )
    if file is None and arxiv_id(about.key) is None:
        raise UsageError(
            f"{about.key} is not an arXiv paper, and labtop fetches PDFs from arXiv alone.",
            mend=f"Hand the file in: labtop pdf {about.key} FILE.",
        )
    with arriving(workspace.paths, "fetching, KB" if file is None else "copying, KB", MAX_PDF, progress) as target:
        fetched = _bring(workspace, about, file, target, transport, cancel)
        target.flush()
        text = read_pdf(target.path, cancel=cancel, progress=progress)
        _refuse_without_text(text, file or Path(f"The PDF of {about.key}"), target)
        why = doubt(about.key, about.title, text.body)
        if why and not agreed(wrong := WrongPaper(why, about.title)):
            raise wrong
        if cancel is not None:
            cancel.check()
        seen = stamp_of(text.body)
        version = seen.version if seen and seen.base == about.key else None
        if version is None and fetched is not None:
            version = fetched.version
        values = {
            "sha256": target.sha256,
            "bytes": target.bytes,
            "stored_as": target.keep(".pdf"),
            "version": version,
            "source": "file" if file else "arxiv",
            "origin": one_line(str(file.absolute())) if file else fetched.url if fetched else "",
        }
    done = workspace.store.write(lambda db: _store(db, workspace.person, about.id, text, values)).result()
    return Attached(done.paper_id, done.key, done.title, done.state, done.full_text, done.journal_id, (
        *_notices(about, text, done.full_text), *([f"{why}; taken all the same"] if why else []),
    ))  # fmt: skip


def take_off(db: sqlite3.Connection, person: str, paper_id: int) -> Change:
    """Take the full text off a paper; undo puts it on again. Raises NotFound where it has none."""
    about = _about(db, paper_id)
    if about.has is None:
        raise NotFound(f"“{shortened(about.title)}” has no full text to take off.")
    summary = f"took the full text off “{shortened(about.title)}” ({about.key})"
    _, journal_id = record(
        db,
        person=person,
        action="fulltext.remove",
        summary=summary,
        write=lambda recorder: recorder.delete("full_text", {"paper_id": paper_id}),
    )
    return Change("papers", (paper_id,), journal_id, summary)


def _about(db: sqlite3.Connection, paper: str | int) -> _Paper:
    paper_id = find_id(db, paper) if isinstance(paper, str) else paper
    row = db.execute("SELECT id, key, kind, title, version, withdrawn FROM paper WHERE id = ?", (paper_id,)).fetchone()
    if row is None:
        raise NotFound(f"There is no paper with the number {paper_id} here.")
    key, kind, title, version, withdrawn = tuple(row)[1:]
    return _Paper(row["id"], key, kind, title, version, bool(withdrawn), full_text_of(db, paper_id))


def _is_of_now(about: _Paper) -> bool:
    """Whether the text that is there is of the version that is stored, as far as anybody knows."""
    return about.has is None or None in (about.has.version, about.version) or about.has.version == about.version


def _unchanged(workspace: Workspace, about: _Paper) -> Attached:
    assert about.has is not None
    return Attached(about.id, about.key, about.title, "unchanged", about.has)


def _bring(
    workspace: Workspace,
    about: _Paper,
    file: Path | None,
    target: Arriving,
    transport: Transport | None,
    cancel: CancelToken | None,
) -> Fetched | None:
    if file is None:
        with nullcontext(transport) if transport is not None else open_pdf_transport(workspace, cancel) as ours:
            assert ours is not None
            return fetch(ours, about.key, about.version, target, withdrawn=about.withdrawn)
    with file.open("rb") as opened:
        if b"%PDF-" not in opened.read(1024):
            raise UsageError(
                f"{file} is not a PDF.", mend="labtop add FILE takes Markdown and plain text in as a document."
            )
    copy_in(file, target, cancel)
    return None


def _refuse_without_text(text: PdfText, name: Path, target: Arriving) -> None:
    """Raise LabtopError for what has no text to search, saying what can be done about it."""
    if text.state == "encrypted":
        raise LabtopError(
            f"{name} is encrypted, so its text cannot be read. Nothing was changed.",
            mend="Take the encryption off with its password (qpdf --decrypt), and hand in what that makes.",
        )
    if text.state == "empty":
        pages = f"its {text.pages:,} pages are" if text.pages and text.pages > 1 else "its page is"
        raise LabtopError(
            f"{name} has no text layer: {pages} pictures, scanned it seems. Nothing was changed.",
            mend="Give it one (ocrmypdf IN.pdf OUT.pdf), and hand in what that makes.",
        )
    if text.state == "broken":
        with target.path.open("rb") as file:
            file.seek(max(target.bytes - 2048, 0))
            cut = b"%%EOF" not in file.read()
        why = "it is cut off in the middle, it seems" if cut else text.reason or "nobody knows why"
        raise LabtopError(
            f"{name} is damaged, so its text cannot be read: {why}. Nothing was changed.", mend="Get it again."
        )


def _store(db: sqlite3.Connection, person: str, paper_id: int, text: PdfText, values: dict[str, object]) -> Attached:
    """What the file says, and that it is this paper's. The paper's own text follows by a trigger."""
    before = _about(db, paper_id)
    now = stamp()
    db.execute(
        "INSERT INTO extracted_text (sha256, body, page_starts, pages, unreadable, characters, extracted_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            values["sha256"],
            text.body,
            json.dumps(text.page_starts),
            text.pages,
            text.unreadable,
            len(text.body),
            now,
        ),
    )

    def write(recorder: Recorder) -> State:
        same = before.has is not None and (before.has.sha256, before.has.version) == (
            values["sha256"],
            values["version"],
        )
        if same:
            return "unchanged"
        recorder.put("full_text", {"paper_id": paper_id}, {**values, "person": person, "added_at": now})
        return "added" if before.has is None else "changed"

    what = f"“{shortened(before.title)}” ({before.key})"
    summary = f"took the full text of {what} in" if before.has is None else f"changed the full text of {what}"
    state, journal_id = record(db, person=person, action="fulltext.add", summary=summary, write=write)
    stored = full_text_of(db, paper_id)
    assert stored is not None
    return Attached(paper_id, before.key, before.title, state, stored, journal_id)


def _notices(about: _Paper, text: PdfText, stored: FullText) -> tuple[str, ...]:
    """What a person should know before they search in it."""
    said = []
    if text.pages is not None and text.pages_read < text.pages:
        of = f"the text of {text.pages_read:,} of {text.pages:,} pages was read"
        said.append(f"{of} ({text.unreadable:,} are damaged)" if text.unreadable else of)
    if stored.characters >= MAX_BODY:
        said.append(f"only its first {MAX_BODY:,} characters are searched")
    said += too_little(text)
    if stored.version and about.version and stored.version != about.version:
        said.append(f"it is of v{stored.version}, the paper is at v{about.version} here")
    if stored.version is None and arxiv_id(about.key):
        said.append("it does not say which version it is of")
    return tuple(said)
