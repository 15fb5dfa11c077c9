"""One JSON object a line, in constant memory."""

import codecs
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from library.sources import RAW_KEPT, BadRecord, Record
from library.sources.encoding import wide_encoding
from library.sources.json_records import draft_of
from library.sources.reference import Unusable

MAX_LINE = 16 << 20  # bytes: far above any record (3,000 authors are 200 kB), far below what hurts
_PART = 1 << 20


def read_json_lines(stream: BinaryIO) -> Iterator[Record | BadRecord]:
    """arXiv snapshot lines and plain records, told apart line by line. UTF-8, or UTF-16 and UTF-32."""
    for number, line in _lines(stream):
        if isinstance(line, BadRecord):
            yield line
        elif line.strip():
            yield _record(line, number)


def parse_object(data: bytes | str) -> Any:
    """A JSON value. Raises Unusable with a reason for a person."""
    try:
        return json.loads(data)
    except UnicodeDecodeError as error:
        raise Unusable(f"not UTF-8 at byte {error.start + 1}") from None
    except json.JSONDecodeError as error:
        raise Unusable(f"not valid JSON: {error.msg} at column {error.colno}") from None
    except RecursionError:
        raise Unusable("nested too deeply") from None
    except ValueError as error:  # a number of thousands of digits
        raise Unusable(f"not usable JSON: {error}") from None


def raw_text(data: bytes | str) -> str:
    """What the quarantine keeps: the text, undecodable bytes as \\xNN; cut where it is endless."""
    text = data if isinstance(data, str) else data.decode("utf-8", errors="backslashreplace")
    return text[:RAW_KEPT].rstrip("\r\n")


def _record(line: bytes, number: int) -> Record | BadRecord:
    try:
        return Record(draft_of(parse_object(line.rstrip())), number)
    except Unusable as error:
        return BadRecord(str(error), raw_text(line), number)


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | BadRecord]]:
    number = 0
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        if number == 1:
            wide = wide_encoding(line)
            if wide is not None:
                yield from _wide_lines(line, stream, wide)
                return
            line = line.removeprefix(b"\xef\xbb\xbf")
        if len(line) > MAX_LINE:
            size = len(line) + _skip_line(stream) if not line.endswith(b"\n") else len(line)
            yield number, _too_long(line, size, number)
            continue
        yield number, line


def _too_long(line: bytes | str, size: int, number: int) -> BadRecord:
    reason = f"a line of {size / 1e6:,.0f} MB; a record may have {MAX_LINE >> 20} MB"
    return BadRecord(reason, raw_text(line[:RAW_KEPT]), number)


def _wide_lines(first: bytes, stream: BinaryIO, encoding: str) -> Iterator[tuple[int, bytes | BadRecord]]:
    """Lines of UTF-16 or UTF-32, whose line ends are not single bytes. `first`: what was read already."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    number, start, skipped = 1, "", 0
    part = first
    while part:
        *whole, rest = (start + decoder.decode(part)).split("\n")
        for line in whole:
            yield number, _too_long(line, skipped + len(line), number) if skipped else line.encode()
            number, skipped = number + 1, 0
        if len(rest) > MAX_LINE:  # its start is enough to show; go on to where it ends
            skipped, rest = skipped + len(rest) - RAW_KEPT, rest[:RAW_KEPT]
        start = rest
        part = stream.read(_PART)
    if start := start + decoder.decode(b"", final=True):
        yield number, _too_long(start, skipped + len(start), number) if skipped else start.encode()


def _skip_line(stream: BinaryIO) -> int:
    skipped = 0
    while part := stream.readline(1 << 20):
        skipped += len(part)
        if part.endswith(b"\n"):
            break
    return skipped
