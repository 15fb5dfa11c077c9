"""File names that every system takes: Windows, macOS, Linux, and Obsidian's links."""

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from library.text import one_line

_FORBIDDEN: Final = re.compile(r"[\\/:*?\"<>|#^\[\]%\x00-\x1f\x7f-\x9f]")
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\..*)?", re.IGNORECASE)
_LONGEST: Final = 140  # bytes of UTF-8: with a number, a suffix and a folder far below 255, and below Windows' 260
_LONGEST_MARK: Final = 60  # of them: a citation key is as long as its author's name


def stem(title: str, mark: str, taken: Callable[[str], bool]) -> str:
    """ "On growth (2604.09492)": a name without .md that is not `taken` (which ignores case).

    `mark`: what tells papers of one title apart, such as an arXiv id; part of the name unless it is empty.
    """
    end = f" ({_cut(_safe(mark), _LONGEST_MARK)})" if mark else ""
    head = _cut(_safe(title), _LONGEST - len(end.encode()))
    name = f"{head}{end}".strip() or "untitled"
    if _RESERVED.fullmatch(name):
        name = f"{name} note"
    number, found = 1, name
    while taken(found):
        number += 1
        found = f"{name} {number}"
    return found


def folded(name: str) -> str:
    """Equal for names that some file system takes for one: case, and how accents are composed."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def _safe(text: str) -> str:
    """Without what a file name may not have; no dots or blanks at its ends, which Windows drops."""
    visible = "".join(c for c in one_line(text) if unicodedata.category(c) not in ("Cf", "Cc", "Cs", "Co", "Cn"))
    return " ".join(_FORBIDDEN.sub(" ", visible).split()).strip(" .")


def _cut(text: str, size: int) -> str:
    """At most `size` bytes, whole words where that loses little, never half a character or an accent alone."""
    if len(text.encode()) <= size:
        return text
    kept = text.encode()[: max(0, size)].decode("utf-8", "ignore")
    at = len(kept)
    while at and at < len(text) and unicodedata.combining(text[at]):
        at -= 1
    kept = kept[:at]
    word = kept.rfind(" ")
    return (kept[:word] if word > len(kept) // 2 else kept).strip(" .")
