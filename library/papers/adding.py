"""Single papers by hand: an identifier, an address, a local document, a record typed in.

Each is a user action: journalled, and undone as long as nobody hung anything on the paper. Adding again changes
nothing. A document is known by the sha256 of its file; the same file name with other content is the same document,
changed: its text is replaced, notes and tags stay, and undo brings the old text back (both copies are kept).
"""

import hashlib
import json
import os
import re
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from library.clock import stamp
from library.db.journal import Recorder, record
from library.errors import LabtopError, NotFound, UsageError
from library.papers.identity import arxiv_id, doi
from library.papers.ingest import add_drafts
from library.papers.links import web_url
from library.papers.merging import TYPED
from library.papers.model import PaperDraft, encoded_text, text_hash
from library.papers.queries import find_id
from library.paths import private_directory
from library.sources.dates import partial_date
from library.sources.document import DocumentText, opening, read_document
from library.sources.reference import Reference, Unusable, draft_of_reference, known, printed
from library.text import clean, one_line, shortened
from library.workspace import Workspace

State = Literal["added", "changed", "unchanged"]
_DOI_IN_URL = re.compile(r"/(10\.\d{4,9}/[^\s?#]+)")
_LIKE_A_FILE = re.compile(r"\.(?:pdf|md|markdown|txt|text|rst|org|tex)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person typed of a paper. Empty means not given."""

    title: str = ""
    authors: tuple[str, ...] = ()
    date: str = ""
    abstract: str = ""
    url: str = ""
    doi: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed at all."""
        return self == Typed()


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one thing. `notices`: what a person should know of it."""

    paper_id: int
    key: str
    title: str
    state: State
    journal_id: int | None = None
    notices: tuple[str, ...] = ()


def add(workspace: Workspace, thing: str, typed: Typed = Typed()) -> Added:
    """Add what `thing` names: a file, an arXiv id or DOI in any spelling, a URL. `typed` goes before what it says.

    Raises UsageError for what names nothing, NotFound, PurgedBefore, and the problems of files and of the network.
    """
    if not thing.strip():
        raise _unknown(thing)
    path = Path(thing).expanduser()
    if path.is_dir():
        raise UsageError(f"{thing} is a folder.", mend="Name the files in it.")
    if path.is_file():
        return add_document(workspace, path, typed)
    found_doi = doi(thing) or _doi_in_url(thing)
    if arxiv_id(thing) is None and found_doi is None:
        url = web_url(thing.strip())
        if url is None:
            raise _unknown(thing)
        return add_typed(workspace, replace(typed, url=url, title=typed.title or _title_of(url)))
    return _add_identified(workspace, thing if arxiv_id(thing) else str(found_doi), typed)


def add_typed(workspace: Workspace, typed: Typed) -> Added:
    """A record typed by hand. It is never overwritten by a source, only filled up. Raises UsageError."""
    if not one_line(typed.title) and not typed.doi and not typed.url:
        raise UsageError("A record typed by hand needs at least a title.", mend='Such as: --title "On growth".')
    if typed.date and partial_date(typed.date) is None:
        raise UsageError(f"{typed.date!r} is no date.", mend="Write 2024, 2024-05 or 2024-05-17.")
    if typed.doi and doi(typed.doi) is None:
        raise UsageError(f"{typed.doi!r} is not a DOI.", mend="A DOI looks like 10.1145/3397271.3401075.")
    if typed.url and web_url(typed.url) is None:
        raise UsageError(f"{typed.url!r} is not a web address.", mend="It should start with https://.")
    try:
        draft = draft_of_reference(
            Reference(
                source=TYPED,
                title=typed.title,
                abstract=typed.abstract,
                authors=known(printed(name) for name in typed.authors),
                published=partial_date(typed.date) if typed.date else None,
                doi=typed.doi,
                url=typed.url,
            )
        )
    except Unusable as error:
        raise UsageError(f"This is too little to know a paper by: {error}.", mend="Give it a --title.") from error
    return workspace.store.write(lambda db: _store(db, workspace.person, draft)).result()


def add_document(workspace: Workspace, path: Path, typed: Typed = Typed()) -> Added:
    """A local PDF, Markdown or text file: its text is searched, a private copy is kept.

    Raises UsageError for another kind of file, LabtopError for one whose text cannot be read and that has no typed
    title to be known by.
    """
    read = read_document(path)
    if read.problem and not one_line(typed.title):
        raise LabtopError(f"{read.problem}.", mend='Add it by its title: --title "…".')
    sha256, stored_as = _keep_copy(workspace, path)
    draft = _document_draft(read, sha256, typed)
    notices = (*read.notices, *([read.problem] if read.problem else []))
    values = {
        "path": str(path.absolute()),
        "stored_as": stored_as,
        "sha256": sha256,
        "media_type": read.media_type,
        "pages": read.pages,
        "page_starts": json.dumps(read.page_starts) if read.page_starts else None,
    }

    def write(db: sqlite3.Connection) -> Added:
        same = db.execute("SELECT paper_id FROM document WHERE sha256 = ?", (sha256,)).fetchone()
        if same is not None:
            return replace(_known(db, same[0]), notices=notices)
        older = db.execute("SELECT paper_id FROM document WHERE path = ?", (values["path"],)).fetchone()
        if older is not None:
            changed = _replace_document(db, workspace.person, older[0], draft, values, bool(typed.title))
            return replace(changed, notices=notices)
        return replace(_store(db, workspace.person, draft, document=values), notices=notices)

    return workspace.store.write(write).result()


def _add_identified(workspace: Workspace, identifier: str, typed: Typed) -> Added:
    """A paper whose id or DOI is known to a registry. One that is complete here already is not asked for again."""
    stored = workspace.store.read(lambda db: _complete(db, identifier)).result()
    if stored is not None:
        return stored
    from library.arxiv.fetch import fetch_doi, fetch_ids

    draft = fetch_ids(workspace, [identifier])[0] if arxiv_id(identifier) else fetch_doi(workspace, identifier)
    if typed.title or typed.abstract:
        draft = replace(
            draft, title=one_line(typed.title) or draft.title, abstract=one_line(typed.abstract) or draft.abstract
        )
    return workspace.store.write(lambda db: _store(db, workspace.person, draft)).result()


def _complete(db: sqlite3.Connection, identifier: str) -> Added | None:
    try:
        paper_id = find_id(db, identifier)
    except NotFound:
        return None
    has_text = db.execute("SELECT abstract != '' FROM paper WHERE id = ?", (paper_id,)).fetchone()[0]
    return _known(db, paper_id) if has_text else None


def _known(db: sqlite3.Connection, paper_id: int) -> Added:
    row = db.execute("SELECT key, title FROM paper WHERE id = ?", (paper_id,)).fetchone()
    return Added(paper_id, row["key"], row["title"], "unchanged")


def _store(db: sqlite3.Connection, person: str, draft: PaperDraft, *, document: dict[str, Any] | None = None) -> Added:
    """Fold the draft in; a paper that is new goes into the journal, by as little as undo needs."""
    now = stamp()

    def write(recorder: Recorder) -> tuple[int, State]:
        before = _typed_columns(db, draft) if draft.source == TYPED else None
        done = add_drafts(db, [draft], at=now)
        if done.refused:
            raise LabtopError(
                "This paper was purged from the workspace, and stays out.",
                mend="See labtop purge --list for when and why.",
            )
        paper_id = (*done.added, *done.changed, *done.unchanged)[0]
        if document is not None:
            columns = ", ".join(document)
            marks = ", ".join("?" * len(document))
            db.execute(
                f"INSERT INTO document (paper_id, added_at, {columns}) VALUES (?, ?, {marks})",
                (paper_id, now, *document.values()),
            )
        if done.added:
            key = db.execute("SELECT key FROM paper WHERE id = ?", (paper_id,)).fetchone()[0]
            recorder.note("paper", {"id": paper_id}, None, {"id": paper_id, "key": key})
            return paper_id, "added"
        if before is not None and done.changed:
            recorder.note("paper", {"id": paper_id}, before, _typed_columns(db, draft))
        return paper_id, "changed" if done.changed else "unchanged"

    summary = f"added “{shortened(draft.title)}”"
    (paper_id, state), journal_id = record(db, person=person, action="paper.add", summary=summary, write=write)
    return replace(_known(db, paper_id), state=state, journal_id=journal_id)


def _typed_columns(db: sqlite3.Connection, draft: PaperDraft) -> dict[str, Any] | None:
    row = db.execute(
        "SELECT title, abstract, text_kind, text_hash, doi, url FROM paper WHERE key = ?", (draft.key,)
    ).fetchone()
    return dict(row) if row is not None else None


def _replace_document(
    db: sqlite3.Connection,
    person: str,
    paper_id: int,
    draft: PaperDraft,
    values: dict[str, Any],
    has_title: bool,
) -> Added:
    """The same file name, other content. Raises LabtopError where the document is not one any more."""
    columns = ("title", "abstract", "text_kind", "text_hash", "body")
    row = db.execute(f"SELECT {', '.join(columns)} FROM paper WHERE id = ?", (paper_id,)).fetchone()
    title = draft.title if has_title else row["title"]
    after = {
        "title": title,
        "abstract": draft.abstract,
        "text_kind": draft.text_kind if draft.abstract else "none",
        "text_hash": text_hash(encoded_text(title, draft.abstract)),
        "body": draft.body,
    }

    def write(recorder: Recorder) -> None:
        recorder.put("document", {"paper_id": paper_id}, values)
        db.execute(
            f"UPDATE paper SET {', '.join(f'{name} = ?' for name in columns)} WHERE id = ?",
            (*(after[name] for name in columns), paper_id),
        )
        recorder.note("paper", {"id": paper_id}, dict(row), after)

    summary = f"changed the text of “{shortened(title)}”"
    _, journal_id = record(db, person=person, action="document.change", summary=summary, write=write)
    return replace(_known(db, paper_id), state="changed", journal_id=journal_id)


def _document_draft(read: DocumentText, sha256: str, typed: Typed) -> PaperDraft:
    title = one_line(typed.title) or read.title
    abstract = one_line(typed.abstract) or opening(read.body)
    names = typed.authors or read.authors
    return PaperDraft(
        key=f"doc:{sha256[:16]}",
        kind="document",
        source="document",
        title=title,
        abstract=abstract,
        authors=known(printed(name) for name in names),
        published=partial_date(typed.date) if typed.date else None,
        doi=doi(typed.doi) if typed.doi else None,
        url=web_url(typed.url),
        body=clean(read.body),
    )


def _keep_copy(workspace: Workspace, path: Path) -> tuple[str, str]:
    """(sha256, name of the copy): written beside its place and renamed, private; content that is there is left."""
    workspace.refuse_if_read_only()
    folder = private_directory(workspace.paths.documents)
    temporary = folder / f".{os.getpid()}.{os.urandom(4).hex()}.tmp"
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file, os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as copy:
            while part := file.read(1 << 20):
                digest.update(part)
                copy.write(part)
            copy.flush()
            os.fsync(copy.fileno())
        suffix = path.suffix.lower() if re.fullmatch(r"\.[a-z0-9]{1,10}", path.suffix.lower()) else ""
        name = f"{digest.hexdigest()}{suffix}"
        os.replace(temporary, folder / name)
    except OSError as error:
        raise LabtopError(f"{path} could not be copied into the workspace: {error.strerror}.") from error
    finally:
        temporary.unlink(missing_ok=True)
    return digest.hexdigest(), name


def _doi_in_url(text: str) -> str | None:
    """Publishers' pages carry the DOI in their address: https://dl.acm.org/doi/10.1145/…"""
    if web_url(text.strip()) is None:
        return None
    match = _DOI_IN_URL.search(unquote(urlsplit(text.strip()).path))
    return doi(re.sub(r"(?:\.pdf|/full|/abstract|/meta|/pdf)$", "", match[1])) if match else None


def _title_of(url: str) -> str:
    """The page itself is not asked: its address, without its scheme, is the only name known."""
    parts = urlsplit(url)
    return one_line(f"{parts.netloc}{unquote(parts.path)}".rstrip("/"))


def _unknown(thing: str) -> LabtopError:
    if _LIKE_A_FILE.search(thing) or "/" in thing:
        return NotFound(f"There is no file {thing}, and it is no identifier or address.")
    return UsageError(
        f"{thing!r} is no arXiv id, DOI, address or file.",
        mend='Such as 2501.01234, 10.1145/3397271.3401075, notes.md; or type it in: --title "…" --author "…".',
    )


def add_all(
    workspace: Workspace, things: Sequence[str], typed: Typed, *, told: Callable[[str, Added], None]
) -> tuple[str, ...]:
    """Add one after another, telling of each; returns what failed, a line each. A single failure is raised as it is."""
    failed: list[str] = []
    for thing in things:
        try:
            told(thing, add(workspace, thing, typed))
        except LabtopError as error:
            if len(things) == 1:
                raise
            failed.append(f"{thing}: {error}")
    return tuple(failed)
