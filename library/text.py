"""Text from outside, made safe to store and show.

Titles, abstracts, notes and file names come from strangers. A terminal obeys escape sequences wherever they
stand, and bidirectional overrides make one text read as another, so both go before anything is stored.
"""

import re
import unicodedata

_ESCAPE_SEQUENCE = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # OSC: set title, hyperlinks, clipboard
    r"|\x1b[PX^_][^\x1b]*(?:\x1b\\)?"  # DCS, SOS, PM, APC
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # CSI: colours, cursor moves
    r"|\x1b[@-Z\\-_]?"  # two-byte sequences and a lone ESC
)
# C0 but tab and newline, DEL, C1, bidi embeddings, overrides and isolates, interlinear marks, BOM, tag characters.
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ufeff\U000e0000-\U000e007f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACE = re.compile(r"\s+")


def clean(text: str) -> str:
    """NFC text without terminal escapes, control characters (tab and newline stay) or bidi overrides."""
    if text.isascii() and text.isprintable():  # nothing to take out: nine texts of ten, at a tenth of the cost
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _ESCAPE_SEQUENCE.sub("", text)
    text = _HIDDEN.sub("", text)
    text = _SURROGATE.sub("\ufffd", text)
    return unicodedata.normalize("NFC", text)


def one_line(text: str) -> str:
    """Cleaned text with every run of white space made one blank."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return _SPACE.sub(" ", clean(text)).strip()


def shortened(text: str, width: int = 60) -> str:
    """At most `width` characters, the last of them an ellipsis where something was cut off."""
    return text if len(text) <= width else f"{text[: width - 1].rstrip()}…"


def counted(number: int, noun: str) -> str:
    """ "1 paper", "1,204 papers"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def signed(number: float, form: str = "g") -> str:
    """ "+1.8", "−0.3": a number with its sign, formatted as `form` says."""
    return f"{number:+{form}}".replace("-", "−")


def tag_label(text: str) -> str:
    """A tag as it is stored: lower case, hyphens for blanks. What stands for no tag gives an empty text."""
    return "-".join(one_line(text).lower().split())
