"""Bytes to text, whatever program wrote them."""

import codecs

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = ("gb18030", "big5", "shift_jis", "euc_jp", "euc_kr", "cp932", "cp949", "koi8_r", "cp1251", "cp1253")


def bom_encoding(data: bytes) -> str | None:
    """The encoding that a byte order mark names."""
    return next((name for mark, name in _BOMS if data.startswith(mark)), None)


def wide_encoding(head: bytes) -> str | None:
    """The encoding of text whose characters are wider than a byte, by its mark or its zero bytes; None elsewhere."""
    marked = bom_encoding(head)
    if marked is not None:
        return None if marked == "utf-8-sig" else marked
    sample = head[:4096]
    if sample.count(0) <= len(sample) // 4:
        return None
    return "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"


def decode(data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding: what the mark says, else UTF-8, else UTF-16 by its zero bytes, else a
    guess (charset-normalizer) among the world's scripts, else Windows-1252, which reads any byte.

    A file that is UTF-8 but for a few stray bytes keeps its UTF-8; only the strays are read as Windows-1252.
    """
    marked = bom_encoding(data)
    if marked:
        return data.decode(marked, errors="replace"), marked
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    wide = wide_encoding(data)
    if wide is not None:
        return data.decode(wide, errors="replace"), wide
    if _mostly_utf8(data):
        return data.decode("utf-8", errors="labtop-windows"), "utf-8 with stray bytes"
    from charset_normalizer import from_bytes

    best = from_bytes(data[: 1 << 20]).best()
    if best is not None and best.encoding in _WIDE:
        try:
            return data.decode(best.encoding), best.encoding
        except UnicodeDecodeError:
            pass
    return _as_windows(data), "windows-1252"


def _mostly_utf8(data: bytes) -> bool:
    """Whether ten characters beyond ASCII read as UTF-8 for each stray byte."""
    text = data.decode("utf-8", errors="replace")
    strays = text.count("\ufffd")
    return sum(character > "\x7f" for character in text) - strays >= 10 * strays


def _stray(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return _as_windows(error.object[error.start : error.end]), error.end


codecs.register_error("labtop-windows", _stray)


def _as_windows(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")
