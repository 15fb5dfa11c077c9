"""One JSON object a line, in constant memory."""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from library.sources import RAW_KEPT, BadRecord, Record
from library.sources.encoding import bom_encoding
from library.sources.json_records import draft_of
from library.sources.reference import Unusable

MAX_LINE = 16 << 20  # bytes: far above any record (3,000 authors are 200 kB), far below what hurts


def read_json_lines(stream: BinaryIO) -> Iterator[Record | BadRecord]:
    """arXiv snapshot lines and plain records, told apart line by line. UTF-8; UTF-16 where a mark says so."""
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
    encoding: str | None = None
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        if number == 1:
            encoding = bom_encoding(line)
            if encoding and encoding != "utf-8-sig":
                yield from _wide_lines(line + stream.read(MAX_LINE), encoding)
                return
            line = line.removeprefix(b"\xef\xbb\xbf")
        if len(line) > MAX_LINE:
            size = len(line) + _skip_line(stream) if not line.endswith(b"\n") else len(line)
            reason = f"a line of {size / 1e6:,.0f} MB; a record may have {MAX_LINE >> 20} MB"
            yield number, BadRecord(reason, raw_text(line[:RAW_KEPT]), number)
            continue
        yield number, line


def _wide_lines(data: bytes, encoding: str) -> Iterator[tuple[int, bytes]]:
    """UTF-16 text: its line ends are not single bytes, so it is read whole (up to MAX_LINE)."""
    for number, line in enumerate(data.decode(encoding, errors="replace").splitlines(), 1):
        yield number, line.encode()


def _skip_line(stream: BinaryIO) -> int:
    skipped = 0
    while part := stream.readline(1 << 20):
        skipped += len(part)
        if part.endswith(b"\n"):
            break
    return skipped
