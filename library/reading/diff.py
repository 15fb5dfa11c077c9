"""Two texts, word by word: what stayed, what went, what came. Pure."""

import difflib
import re
from dataclasses import dataclass
from typing import Final, Literal

Op = Literal["same", "removed", "added"]
_EXACT: Final = 4_000  # tokens: beyond it, frequent words are left out of the comparison, which would take seconds
# Words with the space behind them; scripts without spaces between words letter by letter.
_UNSPACED: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\u0e00-\u0e7f"
_TOKEN: Final = re.compile(rf"\s+|[{_UNSPACED}]\s*|[^\s{_UNSPACED}]+\s*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text. All that is not "added" makes the text before, all that is not "removed" the one after."""

    op: Op
    text: str


def compared(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces of both texts in order, what went before what came; no two neighbours are of one kind."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=len(old) + len(new) > _EXACT)
    pieces: list[Piece] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            _append(pieces, "same", "".join(old[i1:i2]))
            continue
        _append(pieces, "removed", "".join(old[i1:i2]))
        _append(pieces, "added", "".join(new[j1:j2]))
    return tuple(pieces)


def _append(pieces: list[Piece], op: Op, text: str) -> None:
    if text:
        pieces.append(Piece(op, text))


def words_changed(pieces: tuple[Piece, ...]) -> tuple[int, int]:
    """How many words went, and how many came."""
    removed = sum(len(_TOKEN.findall(piece.text.strip())) for piece in pieces if piece.op == "removed")
    added = sum(len(_TOKEN.findall(piece.text.strip())) for piece in pieces if piece.op == "added")
    return removed, added
