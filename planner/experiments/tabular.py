"""Tables in files, read in a stream: CSV and JSON lines, also gzipped, as rows by the names of their columns.

Text is UTF-8, or UTF-16 with its mark; anything else has to be named, because a guessed encoding would make another
arm of "Grüße".
"""

import csv
import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import IO, Any, Final, Literal

from library.errors import LabtopError, NotFound, UsageError
from library.text import counted, one_line, shortened

Row = Mapping[str, Any]
MOST_BAD: Final = 1_000
LONGEST_LINE: Final = 1_000_000
_DELIMITERS: Final = (",", ";", "\t")


@dataclass(frozen=True, slots=True, order=True)
class BadLine:
    """A line that cannot be taken, and why."""

    line: int
    why: str

    def __str__(self) -> str:
        return f"line {self.line:,}: {self.why}"


@dataclass(slots=True)
class Source:
    """A file while it is read. `sha256` is known at its end; `bad` lists lines that are no rows of it.

    `cut`: its last line has no end, so that a number in it may be half a number.
    """

    name: str
    format: Literal["", "csv", "jsonl"] = ""
    sha256: str = ""
    bad: list[BadLine] = field(default_factory=list)
    cut: bool = False

    def refuse(self, line: int, why: str) -> None:
        """Note a bad line. Raises UsageError where there are too many to be worth listing."""
        self.bad.append(BadLine(line, why))
        if len(self.bad) > MOST_BAD:
            raise UsageError(
                f"More than {MOST_BAD:,} lines of {self.name} cannot be taken; the first: {min(self.bad)}.",
                mend="Is it the right file? labtop experiment results import --help says what it holds.",
            )


def source_of(path: str) -> Source:
    """What a path is called in reports; "-" is standard input."""
    return Source("standard input" if path == "-" else one_line(Path(path).name))


def read_rows(
    path: str, source: Source, *, stdin: IO[bytes] | None = None, encoding: str | None = None
) -> Iterator[tuple[int, Row]]:
    """(line, row) of a file. Raises NotFound, UsageError (no table, wrong encoding), LabtopError (damaged)."""
    if encoding is not None:
        try:
            "".encode(encoding)  # of text: base64 and the like are refused here
        except (LookupError, UnicodeError):
            raise UsageError(f"There is no encoding {encoding}.", mend="Such as utf-8, utf-16 or cp1252.") from None
    try:
        with _opened(path, stdin) as raw:
            hashing = _Hashing(raw)
            yield from _rows(_text(hashing, encoding, source.name), source)
            while hashing.read(1 << 20):
                pass  # what stands behind the last line belongs to the file, too
            source.sha256 = hashing.digest.hexdigest()
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {path}.") from error
    except UnicodeError as error:
        raise UsageError(
            f"{source.name} is not {encoding or 'UTF-8'} text.", mend="Save it as UTF-8, or name its --encoding."
        ) from error
    except (OSError, EOFError, zlib.error) as error:
        raise LabtopError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error


def _rows(text: io.TextIOBase, source: Source) -> Iterator[tuple[int, Row]]:
    lines = _lines(text, source)
    first = next(((number, line) for number, line in lines if line.strip()), None)
    if first is None:
        raise UsageError(f"{source.name} is empty.")
    if first[1].lstrip().startswith("["):
        raise UsageError(
            f"{source.name} is a JSON list.", mend="Write one object a line: jq -c '.[]' results.json > results.jsonl"
        )
    source.format = "jsonl" if first[1].lstrip().startswith("{") else "csv"
    read = _json_rows if source.format == "jsonl" else _csv_rows
    count = 0
    for count, found in enumerate(read(chain((first,), lines), source), 1):  # noqa: B007
        yield found
    if not count and not source.bad:
        raise UsageError(f"{source.name} has a header and no row below it.")


def _lines(text: io.TextIOBase, source: Source) -> Iterator[tuple[int, str]]:
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        source.cut = not line.endswith("\n") and bool(line.strip())
        if len(line) >= LONGEST_LINE:
            raise UsageError(f"Line {number:,} is longer than {LONGEST_LINE:,} characters: this is no table.")
        yield number, line


def _json_rows(lines: Iterator[tuple[int, str]], source: Source) -> Iterator[tuple[int, Row]]:
    for number, line in lines:
        if not line.strip():
            continue
        try:
            row = json.loads(line, object_pairs_hook=_once)
        except (ValueError, RecursionError) as error:
            source.refuse(number, f"is no JSON: {shortened(one_line(str(error)), 80)}")
            continue
        if isinstance(row, dict):
            yield number, row
        else:
            source.refuse(number, "is no JSON object")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands in it twice")
    return found


def _csv_rows(lines: Iterator[tuple[int, str]], source: Source) -> Iterator[tuple[int, Row]]:
    first = next(lines)
    delimiter = max(_DELIMITERS, key=first[1].count)
    place = _Place()
    reader = csv.reader(place.follow(chain((first,), lines)), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    while True:
        start = place.line + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            source.refuse(start, f"is no CSV from here on: {error}")
            return
        if not any(cell.strip() for cell in cells):
            continue
        if header is None:
            header = [one_line(cell) for cell in cells]
            _refuse_twice(header)
        elif len(cells) != len(header):
            hint = "; is one of them a decimal comma?" if delimiter == "," and len(cells) > len(header) else ""
            source.refuse(start, f"has {counted(len(cells), 'cell')} where the header has {len(header)}{hint}")
        else:
            yield start, dict(zip(header, cells, strict=True))


def _refuse_twice(header: list[str]) -> None:
    twice = next((name for place, name in enumerate(header) if name and name in header[:place]), None)
    if twice is not None:
        raise UsageError(f"Two columns are called {twice}.", mend="Rename one of them.")


class _Place:
    """Which line the CSV reader has come to: a quoted cell may hold several."""

    def __init__(self) -> None:
        self.line = 0

    def follow(self, lines: Iterator[tuple[int, str]]) -> Iterator[str]:
        for number, line in lines:
            self.line = number
            yield line


class _Hashing(io.RawIOBase):
    """Bytes on their way past a hash."""

    def __init__(self, inner: IO[bytes]) -> None:
        self._inner = inner
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._inner.read(len(buffer))
        self.digest.update(data)
        buffer[: len(data)] = data
        return len(data)


def _opened(path: str, stdin: IO[bytes] | None) -> AbstractContextManager[IO[bytes]]:
    if path == "-":
        if stdin is None:
            raise UsageError("There is no standard input here.")
        return nullcontext(stdin)
    if Path(path).is_dir():
        raise UsageError(f"{path} is a folder.", mend="Name a file.")
    return Path(path).open("rb")


def _text(raw: io.RawIOBase, encoding: str | None, name: str) -> io.TextIOBase:
    buffered = io.BufferedReader(raw, 1 << 16)
    if buffered.peek(2)[:2] == b"\x1f\x8b":
        buffered = io.BufferedReader(gzip.GzipFile(fileobj=buffered), 1 << 16)  # type: ignore[arg-type]
    start = buffered.peek(512)[:512]
    if encoding is None:
        encoding = "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    if b"\x00" in start and not encoding.replace("_", "-").lower().startswith(("utf-16", "utf-32")):
        raise UsageError(f"{name} is not text.", mend="Export it as CSV in UTF-8, or name its --encoding.")
    return io.TextIOWrapper(buffered, encoding=encoding, newline=None)
