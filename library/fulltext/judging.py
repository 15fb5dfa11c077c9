"""Whether a PDF is of the paper that it was handed in for, of which version, and whether its text can be all of it."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from library.papers.identity import arxiv_id
from library.sources.pdf_text import PdfText

# What arXiv prints on the first page: "arXiv:2104.01234v2  [cs.IR]  1 Apr 2021". References have no such date.
_STAMP: Final = re.compile(
    r"arXiv:\s?(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})\s?v(\d{1,3})\s*\[[\w.-]+\]\s*\d{1,2}\s+[A-Z][a-z]{2}\s+\d{4}"
)
_HEAD: Final = 8_000  # characters in which a paper says what it is
_WORD: Final = re.compile(r"\w+")
ENOUGH: Final = 0.5  # of the title's words
_SPARSE: Final = 150  # characters a page: less than that, and something is missing


@dataclass(frozen=True, slots=True)
class Stamp:
    """What arXiv's stamp on the first page says."""

    base: str
    version: int


def stamp_of(body: str) -> Stamp | None:
    """arXiv's stamp; None where the text has none, as publishers' PDFs."""
    match = _STAMP.search(body[:_HEAD])
    found = arxiv_id(match[1]) if match else None
    return Stamp(found.base, int(match[2])) if match and found else None


def title_share(title: str, body: str) -> float | None:
    """Which part of the title's telling words the text begins with, 0 to 1; None where the title has too few.

    Blanks do not count: small capitals come out of a PDF as "L ATE I NTERACTION".
    """
    words = {word for word in _WORD.findall(_folded(title)) if len(word) > 3}
    if len(words) < 2:
        return None
    said = "".join(_WORD.findall(_folded(body[:_HEAD])))
    return sum(word in said for word in words) / len(words)


def doubt(key: str, title: str, body: str) -> str:
    """Why this text may not be that of the paper; empty where nothing speaks against it."""
    stamp = stamp_of(body)
    if stamp is not None:
        return "" if stamp.base == key or arxiv_id(key) is None else f"it says that it is arXiv:{stamp.base}"
    share = title_share(title, body)
    if share is None or share >= ENOUGH:
        return ""
    if not share:
        return "its first pages have none of the title's words"
    return f"its first pages have only {share:.0%} of the title's words"


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()


def too_little(text: PdfText) -> tuple[str, ...]:
    """Where pages have next to no text: how many have none at all, else how much there is. Nobody knows why."""
    if not text.pages_read or len(text.body) / text.pages_read >= _SPARSE:
        return ()
    ends = (*text.page_starts[1:], len(text.body))
    pages = zip(text.page_starts, ends, strict=True)
    blank = sum(not text.body[start:end].strip() for start, end in pages) - text.unreadable
    if blank > 0:
        have, them = ("has", "it") if blank == 1 else ("have", "them")
        return (f"{blank:,} of {text.pages_read:,} pages {have} no text, so nothing of {them} is searched",)
    return (f"it has few characters for its pages: {len(text.body) // text.pages_read:,} a page",)
