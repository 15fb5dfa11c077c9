"""A local file (PDF, Markdown, plain text) as text: what it says, what it is called, what could not be read."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from library.errors import LabtopError, UsageError
from library.sources.encoding import decode
from library.sources.pdf_text import MAX_BODY, read_pdf
from library.text import clean, one_line

MAX_PDF: Final = 300 << 20  # bytes
MAX_TEXT: Final = 20 << 20
_MEDIA: Final = {
    ".pdf": "application/pdf",
    **dict.fromkeys((".md", ".markdown", ".mdown"), "text/markdown"),
    **dict.fromkeys((".txt", ".text", ".rst", ".org", ".tex", ""), "text/plain"),
}
_NO_TITLE = re.compile(r"untitled|microsoft (?:word|powerpoint)|\.(?:dvi|docx?|tex|pdf|indd|ps)$|^\W*$", re.IGNORECASE)
_OPENING: Final = 1_500  # characters of a document that stand where a paper has its abstract


@dataclass(frozen=True, slots=True)
class DocumentText:
    """What was read. `problem`: why there is no text (then it needs a title from a person); `notices`: what was cut."""

    media_type: str
    title: str
    authors: tuple[str, ...] = ()
    body: str = ""
    pages: int | None = None
    problem: str = ""
    notices: tuple[str, ...] = ()
    page_starts: tuple[int, ...] = ()  # of a PDF: where its pages begin in the body


def media_type_of(path: Path) -> str | None:
    """By the first bytes, else by the name; None for what is no document that can be read."""
    with path.open("rb") as file:
        head = file.read(1024)
    if b"%PDF-" in head:
        return "application/pdf"
    return _MEDIA.get(path.suffix.lower())


def read_document(path: Path) -> DocumentText:
    """Read `path`. Raises UsageError for another kind of file, LabtopError for one that is too big or unreadable."""
    try:
        size = path.stat().st_size
        kind = media_type_of(path)
    except OSError as error:
        raise LabtopError(f"{path} cannot be read: {error.strerror}.") from error
    if kind is None:
        raise UsageError(
            f"{path} is neither a PDF nor Markdown nor plain text.",
            mend="Files of references (.bib, .ris, .json) come in with labtop import.",
        )
    limit = MAX_PDF if kind == "application/pdf" else MAX_TEXT
    if size > limit:
        raise LabtopError(f"{path} has {size >> 20} MB; up to {limit >> 20} MB are read.")
    return _read_pdf(path) if kind == "application/pdf" else _read_text(path, kind)


def opening(body: str) -> str:
    """The first words of a document, as they stand there: its abstract where one is marked, else its beginning."""
    head = body[:40_000]
    marked = re.search(r"^\W*abstract\W*\n?", head, re.IGNORECASE | re.MULTILINE)
    start = marked.end() if marked else 0
    text = one_line(re.split(r"\n\s*(?:\d+\.?\s+)?introduction\b", head[start:], maxsplit=1, flags=re.IGNORECASE)[0])
    if not text:
        text = one_line(head)
    if len(text) <= _OPENING:
        return text
    cut = text[:_OPENING]
    end = max(cut.rfind(mark) for mark in (". ", "! ", "? "))
    return cut[: end + 1] if end > _OPENING // 2 else cut.rsplit(" ", 1)[0]


def _read_text(path: Path, kind: str) -> DocumentText:
    data = path.read_bytes()
    text, encoding = decode(data)
    if "\0" in text:
        raise UsageError(f"{path} is not a text.", mend="Only PDF, Markdown and plain text can be added.")
    body = clean(text).strip()
    notices = () if encoding.startswith("utf-8") else (f"read as {encoding}",)
    if len(body) > MAX_BODY:
        body, notices = body[:MAX_BODY], (*notices, f"only the first {MAX_BODY:,} characters are searched")
    problem = "" if body else f"{path} is empty"
    return DocumentText(kind, _heading(body, path), (), body, None, problem, notices)


def _heading(body: str, path: Path) -> str:
    """A title in YAML front matter, else the first heading, else the file's name."""
    front = re.match(r"---\n(.*?)\n---\n", body, re.DOTALL)
    named = re.search(r"^title:\s*(.+)$", front[1], re.MULTILINE) if front else None
    if named:
        return one_line(named[1]).strip("\"'")[:500]
    heading = re.search(r"^#{1,2}\s+(.+?)\s*#*$", body[:20_000], re.MULTILINE)
    if heading:
        return one_line(heading[1])[:500]
    underlined = re.match(r"\s*(\S.{2,200})\n[=\-]{3,}\n", body)
    return one_line(underlined[1])[:500] if underlined else _name(path)


def _name(path: Path) -> str:
    return one_line(re.sub(r"[_\s]+", " ", path.stem)) or "document"


def _read_pdf(path: Path) -> DocumentText:
    found = read_pdf(path)
    problems = {
        "encrypted": f"{path} is encrypted, so its text cannot be read",
        "empty": f"{path} holds no text (scanned pages, it seems), so only its title can be searched",
        "broken": f"{path} is damaged, so its text cannot be read ({found.reason})",
    }
    authors = tuple(name for name in re.split(r"\s*;\s*|\s+and\s+", found.author) if name)
    notices = []
    if found.state == "text" and found.pages_read != found.pages:
        notices.append(f"the text of {found.pages_read:,} of {found.pages or 0:,} pages was read")
    stamp = re.search(r"arXiv:(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})", found.body[:6_000])
    if stamp:
        notices.append(
            f"it is arXiv:{stamp[1]}, it seems: labtop add {stamp[1]} adds the paper itself, labtop pdf its text"
        )
    return DocumentText(
        media_type="application/pdf",
        title=_name(path) if _NO_TITLE.search(found.title) or len(found.title) < 5 else found.title[:500],
        authors=authors[:100],
        body=found.body,
        pages=found.pages,
        problem=problems.get(found.state, ""),
        notices=tuple(notices),
        page_starts=found.page_starts,
    )
