"""Records out of an XML stream of any size, a hostile one included.

What arXiv and its mirrors have been seen to serve: control characters that XML 1.0 forbids (one of them fails a whole
page), pages cut in the middle, maintenance pages in HTML. So forbidden characters are taken out before parsing, a
document type (where entity bombs and external entities live) is refused at the first element, and what was complete
before a cut still comes through.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, cast

from lxml import etree

_FORBIDDEN: Final = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0D}) + b"\x7f"
_FORBIDDEN_REFERENCE: Final = re.compile(
    rb"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|x0*(?:[0-8bcef]|1[0-9a-f]));", re.IGNORECASE
)
_REFERENCE_START: Final = re.compile(rb"&[#0-9a-fA-FxX]{0,12}$")
_FIRST_READ: Final = (
    1024  # small until the root is seen, so that a document type is refused before it is worked through
)


@dataclass(frozen=True, slots=True)
class Broken:
    """Where and why the XML could not be read any further; everything yielded before it is sound."""

    reason: str
    line: int | None = None


def local_name(element: etree._Element) -> str:
    """The tag without its namespace: records in the wild declare the wrong one, or none."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def all_text(element: etree._Element) -> str:
    """All text inside, stripped: titles in the wild hold stray markup."""
    return "".join(str(part) for part in element.itertext()).strip()


def child_texts(element: etree._Element, name: str) -> list[str]:
    """The text of all direct children called `name`, in order; empty ones left out."""
    return [text for child in element if local_name(child) == name and (text := all_text(child))]


def child_text(element: etree._Element, name: str) -> str | None:
    """The text of the first non-empty direct child called `name`."""
    return next(iter(child_texts(element, name)), None)


def elements(stream: BinaryIO, names: frozenset[str]) -> Iterator[etree._Element | Broken]:
    """Each element whose local name is in `names`, complete, then cleared once the caller asks for the next.

    Memory stays constant. Ends with one `Broken` where the document is cut, malformed or declares a document type.
    """
    source = _Sieve(stream)
    depth = 0  # how many of the wanted elements are open: a wanted one inside another is part of it
    events = etree.iterparse(
        source, events=("start", "end"), no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    root: etree._Element | None = None
    try:
        for event, element in events:
            if root is None:
                root = element
                source.chunk = None
                if cast("Any", root.getroottree().docinfo).doctype:
                    yield Broken("the document declares a document type, which records of papers never need")
                    return
            if local_name(element) not in names:
                if event == "end" and depth == 0 and element is not root:
                    _forget(element)
                continue
            depth += 1 if event == "start" else -1
            if event == "end" and depth == 0:
                yield element
                _forget(element)
    except etree.XMLSyntaxError as error:
        yield Broken(_reason(error, seen=root is not None, ended=source.ended), error.lineno or None)


def _forget(element: etree._Element) -> None:
    """Free an element that has been dealt with, and its elder siblings."""
    element.clear()
    parent = element.getparent()
    if parent is None:
        return
    while element.getprevious() is not None:
        del parent[0]


def _reason(error: etree.XMLSyntaxError, *, seen: bool, ended: bool) -> str:
    message = str(error.msg or error).split(", line ")[0].strip()
    if not seen:
        empty = "Document is empty" in message or "no element found" in message
        return "the document is empty" if empty else f"the document is not XML ({message})"
    return f"the XML is cut off in the middle ({message})" if ended else f"the XML is malformed ({message})"


class _Sieve:
    """A binary stream without the characters that XML 1.0 forbids. UTF-16 and UTF-32 pass untouched."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._wide: bool | None = None
        self._held = b""  # the start of a character reference that may go on in the next chunk
        self.chunk: int | None = _FIRST_READ
        self.ended = False

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes (fewer where something was taken out); empty only at the end."""
        while True:
            data = self._stream.read(self.chunk or size)
            self.ended = not data
            if self._wide is None:
                self._wide = data[:4].startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data[:4]
            if self._wide:
                return data
            if not data:
                held, self._held = self._held, b""
                return held
            data = (self._held + data).translate(None, _FORBIDDEN)
            cut = _REFERENCE_START.search(data)
            data, self._held = (data[: cut.start()], data[cut.start() :]) if cut else (data, b"")
            data = _FORBIDDEN_REFERENCE.sub(b"", data)
            if data:
                return data
