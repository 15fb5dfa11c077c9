"""Bytes in, drafts out: one module a format. No reader touches the database or a screen.

A reader is a generator over a binary stream. It holds one record at a time, cleans all text, and yields `BadRecord`
for what it cannot read instead of stopping.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from library.papers.model import PaperDraft

RAW_KEPT: Final = 256 << 10  # characters of a bad record that are kept to be mended


@dataclass(frozen=True, slots=True)
class Record:
    """A record that was understood. `line`: where it starts, from 1; None where the format has no lines."""

    draft: PaperDraft
    line: int | None = None


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that was not: why (for a person), and its raw text, so that it can be mended and tried again."""

    reason: str
    raw: str
    line: int | None = None


Reader = Callable[[BinaryIO], Iterator[Record | BadRecord]]
