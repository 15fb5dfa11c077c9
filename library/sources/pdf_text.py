"""The text of a PDF file, page by page: read in a child process, made readable again, joined, its pages remembered.

pypdf gives the text in the order in which the file draws it. For most papers that is the order of reading, two columns
included; tables, formulas and rotated text come out as they are drawn.
"""

import json
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from library.jobs import Cancelled, CancelToken, Pace, ReportProgress
from library.text import clean, one_line

MAX_BODY: Final = 4_000_000  # characters that are stored and searched
SECONDS: Final = 120.0
_POLL: Final = 0.1
_LIGATURES: Final = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_BROKEN_WORD: Final = re.compile(r"(?<![^\W\d_])([^\W\d_]{2,})[-\u2010\u00ad][ \t]*\n[ \t]*([^\W\d_]{2,})")
_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_PROGRESS: Final = re.compile(rb"^(\d+) (\d+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PdfText:
    """What was read. `state`: text, empty (no text layer), encrypted, broken (`reason`).

    `body`: the pages' texts, a blank line between two; `page_starts`: where each of the pages that were read begins in
    it, in code points. `pages`: how many the file has, None where unknown; `unreadable`: pages that could not be read.
    """

    state: str
    body: str = ""
    page_starts: tuple[int, ...] = ()
    pages: int | None = None
    unreadable: int = 0
    title: str = ""
    author: str = ""
    reason: str = ""

    @property
    def pages_read(self) -> int:
        """Pages whose text is in the body."""
        return len(self.page_starts) - self.unreadable


def read_pdf(path: Path, *, cancel: CancelToken | None = None, progress: ReportProgress | None = None) -> PdfText:
    """Read a file; never fails but for Cancelled. Two minutes at most."""
    found = _ask_child(path, cancel, Pace("reading pages", None, progress))
    texts = found.get("texts")
    pages = found.get("pages")
    body, starts = joined([str(text) for text in texts] if isinstance(texts, list) else [])
    state = str(found.get("state"))
    if state == "text" and not body.strip():
        state = "empty"  # nothing but what is not kept
    return PdfText(
        state if state in ("text", "empty", "encrypted") else "broken",
        body,
        starts,
        pages if isinstance(pages, int) else None,
        int(found.get("unreadable") or 0),
        one_line(str(found.get("title", ""))),
        one_line(str(found.get("author", ""))),
        one_line(str(found.get("reason", ""))),
    )


def joined(pages: Sequence[str]) -> tuple[str, tuple[int, ...]]:
    """(body, where each page begins in it): cleaned and mended, at most MAX_BODY characters."""
    mended = mend([clean(page) for page in pages])
    parts: list[str] = []
    starts: list[int] = []
    size = 0
    for text in mended:
        gap = 2 if text and size else 0
        if size + gap + len(text) > MAX_BODY:
            text = text[: max(MAX_BODY - size - gap, 0)]
            if not text:
                break
        starts.append(size + gap)
        if text:
            parts.append(text)
            size += gap + len(text)
    return "\n\n".join(parts), tuple(starts)


def mend(pages: Sequence[str]) -> list[str]:
    """Pages with letters for ligatures, words whole that a line's end had broken, no trailing blanks.

    A word is put together without its hyphen, unless the document writes it with one elsewhere.
    """
    plain = [page.translate(_LIGATURES) for page in pages]
    written: set[str] = set()
    for page in plain:
        if "-\n" in page or "\u00ad" in page or "\u2010" in page or "- \n" in page:
            break
    else:
        return [_trimmed(page) for page in plain]
    for page in plain:
        written.update(word.casefold() for word in _WORD.findall(page))

    def whole(match: re.Match[str]) -> str:
        one, other = match[1], match[2]
        if match[0][len(one)] == "\u00ad":
            return one + other
        if (one + other).casefold() in written:
            return one + other
        if f"{one}-{other}".casefold() in written or not other[0].islower():
            return f"{one}-{other}"
        return one + other

    return [_trimmed(_BROKEN_WORD.sub(whole, page).replace("\u00ad", "")) for page in plain]


def _trimmed(page: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+$", "", page, flags=re.MULTILINE)).strip()


def _ask_child(path: Path, cancel: CancelToken | None, pace: Pace) -> dict[str, Any]:
    """The child's answer. It is started by file path, so that no module of the user's can take its place."""
    command = [sys.executable, "-P", str(Path(__file__).with_name("pdf_child.py")), str(path)]
    end = time.monotonic() + SECONDS
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as child:
        kept_open, child.stdin = child.stdin, None  # communicate would close it, and its end is the child's
        try:
            while True:
                if cancel is not None:
                    cancel.check()
                try:
                    said, _ = child.communicate(timeout=_POLL)
                    break
                except subprocess.TimeoutExpired as waiting:
                    _tell(pace, waiting.stderr or b"")
                if time.monotonic() > end:
                    child.kill()
                    return {"state": "broken", "reason": f"reading it took more than {SECONDS:.0f} s"}
        except Cancelled:
            child.kill()
            raise
        finally:
            if kept_open is not None:
                kept_open.close()
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        return {"state": "broken", "reason": "reading it took more time or memory than a document needs"}
    return found if isinstance(found, dict) else {"state": "broken"}


def _tell(pace: Pace, said: bytes) -> None:
    found = _PROGRESS.findall(said[-200:])
    if found:
        pace.total = int(found[-1][1])
        pace.at(int(found[-1][0]))
