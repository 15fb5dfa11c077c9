r"""TeX's accents to letters: Schr\"odinger is Schrödinger, for readers and for those who search.

arXiv hands titles and abstracts out as their authors typed them, and shows them with letters; so do we. Only accents
are read, and only outside of math: any other command stays as it is.
"""

import re
import unicodedata
from typing import Final

_MATH: Final = re.compile(r"(?<!\\)(\$(?:[^$\\]|\\.){1,2000}\$)")
_MARKS: Final = {
    **{"`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", ".": "\u0307", '"': "\u0308"},
    **{"u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328", "r": "\u030a", "d": "\u0323"},
}
_LETTERS: Final = {
    **{"ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "o": "ø", "O": "Ø"},
    **{"l": "ł", "L": "Ł"},
}
# \"o  \"{o}  \'\i  \'{\i}, and for marks that are letters \c{c} or \c c; braces around the whole go, too.
_BASE: Final = r"(?:\{\s*(?P<{0}1>\\[ij]|[A-Za-z])\s*\}|(?P<{0}2>\\[ij](?:\s+(?=[a-z])|(?![A-Za-z]))|[A-Za-z]))"
_ACCENT: Final = re.compile(
    r"(?P<open>\{)?\\(?:(?P<sign>[`'^~=.\"])\s*" + _BASE.replace("{0}", "a") + r"|(?P<letter>[uvHckrd])"
    r"(?:\{\s*(?P<b1>\\[ij]|[A-Za-z])\s*\}|\s+(?P<b2>[A-Za-z])(?![A-Za-z])|\s+(?P<b3>[A-Za-z])(?=[a-z]))"
    r")(?(open)\})"
)
_LETTER: Final = re.compile(
    r"\{\\(ss|ae|AE|oe|OE|aa|AA|[oOlL])\s*\}|\\(ss|ae|AE|oe|OE|aa|AA|[oOlL])(?:\{\}|(?![A-Za-z{]))"
)


def with_letters(text: str) -> str:
    """`text` with TeX's accents as letters; what has no letter of its own stays as it is."""
    if "\\" not in text:
        return text
    parts = _MATH.split(text)
    parts[::2] = [_LETTER.sub(_letter, _ACCENT.sub(_accented, part)) for part in parts[::2]]
    return "".join(parts)


def _accented(match: re.Match[str]) -> str:
    base = next(found for name in ("a1", "a2", "b1", "b2", "b3") if (found := match[name])).strip("\\ \t\n")
    composed = unicodedata.normalize("NFC", base + _MARKS[match["sign"] or match["letter"]])
    return composed if len(composed) == 1 else match[0]


def _letter(match: re.Match[str]) -> str:
    return _LETTERS[match[1] or match[2]]
