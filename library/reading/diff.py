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
    """The pieces of both texts in order, what went before what came; no two neighbours are of one kind.

    Words are the same whatever white space follows them; where that differs, it goes and comes by itself.
    """
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    words = [token.strip() for token in old], [token.strip() for token in new]
    matcher = difflib.SequenceMatcher(None, *words, autojunk=len(old) + len(new) > _EXACT)
    pieces: list[Piece] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal":
            _append(pieces, "removed", "".join(old[i1:i2]))
            _append(pieces, "added", "".join(new[j1:j2]))
            continue
        for one, other in zip(old[i1:i2], new[j1:j2], strict=True):
            word = one if one == other else one.rstrip()
            _append(pieces, "same", word)
            _append(pieces, "removed", one[len(word) :])
            _append(pieces, "added", "" if one == other else other[len(word) :])
    return tuple(pieces)


def _append(pieces: list[Piece], op: Op, text: str) -> None:
    if not text:
        return
    if op == "removed" and len(pieces) > 1 and (pieces[-2].op, pieces[-1].op) == ("removed", "added"):
        pieces[-2] = Piece(op, pieces[-2].text + text)  # what goes stands before what comes
    elif pieces and pieces[-1].op == op:
        pieces[-1] = Piece(op, pieces[-1].text + text)
    elif op == "removed" and pieces and pieces[-1].op == "added":
        pieces.insert(-1, Piece(op, text))
    else:
        pieces.append(Piece(op, text))


def words_changed(pieces: tuple[Piece, ...]) -> tuple[int, int]:
    """How many words went, and how many came."""
    removed = sum(len(_TOKEN.findall(piece.text.strip())) for piece in pieces if piece.op == "removed")
    added = sum(len(_TOKEN.findall(piece.text.strip())) for piece in pieces if piece.op == "added")
    return removed, added
