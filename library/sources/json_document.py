"""A JSON document of many records: a CSL-JSON array, Zotero's items, an array of plain records."""

import json
import re
from collections.abc import Iterator
from typing import BinaryIO

from library.sources import RAW_KEPT, BadRecord, Record
from library.sources.encoding import decode
from library.sources.json_lines import parse_object, raw_text
from library.sources.json_records import draft_of
from library.sources.reference import Unusable
from library.sources.whole import read_whole

_BETWEEN = re.compile(r"[\s,]*")
_ITEMS = ("items", "results", "references")  # where an object keeps its records (Zotero, labtop, CSL processors)


def read_json_document(stream: BinaryIO) -> Iterator[Record | BadRecord]:
    """The elements of an array one by one, so that those before a damaged one go in; an object's list of items."""
    text, _ = decode(read_whole(stream))
    text = text.removeprefix("\ufeff")
    start = len(text) - len(text.lstrip())
    if text[start : start + 1] == "[":
        yield from _elements(text, start + 1)
        return
    try:
        value = parse_object(text)
    except Unusable as error:
        yield BadRecord(str(error), raw_text(text), 1)
        return
    items = next(
        (value[name] for name in _ITEMS if isinstance(value, dict) and isinstance(value.get(name), list)), None
    )
    if items is None:
        yield _record(value, text, 1)
        return
    for item in items:
        yield _record(item, None, None)


def _elements(text: str, position: int) -> Iterator[Record | BadRecord]:
    decoder = json.JSONDecoder()
    line, counted = 1, 0
    while True:
        position = _skip(text, position)
        line += text.count("\n", counted, position)
        counted = position
        if position >= len(text) or text[position] == "]":
            if position >= len(text):
                yield BadRecord("the file ends in the middle of the list", text[counted - 200 :][:RAW_KEPT], line)
            return
        try:
            value, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else "a value that cannot be read"
            yield BadRecord(f"not valid JSON from here on: {reason}", text[position : position + RAW_KEPT], line)
            return
        yield _record(value, text[position:end], line)
        position = end


def _skip(text: str, position: int) -> int:
    match = _BETWEEN.match(text, position)
    return match.end() if match else position


def _record(value: object, raw: str | None, line: int | None) -> Record | BadRecord:
    try:
        return Record(draft_of(value), line)
    except Unusable as error:
        return BadRecord(str(error), raw_text(raw or json.dumps(value, ensure_ascii=False)), line)
