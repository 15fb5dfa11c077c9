"""Formats that only make sense whole (BibTeX with its @string and crossref, a JSON array), within reason."""

from typing import BinaryIO

from library.errors import LabtopError

MAX_WHOLE = 256 << 20  # bytes


def read_whole(stream: BinaryIO, limit: int = MAX_WHOLE) -> bytes:
    """All of `stream`. Raises LabtopError above `limit` bytes (a small gzip file can hold far more)."""
    data = bytearray()
    while len(data) <= limit and (part := stream.read(1 << 20)):  # one read(limit) would claim that much at once
        data += part
    if len(data) > limit:
        raise LabtopError(
            f"More than {limit >> 20} MB in one file of a format that has to be read whole.",
            mend="Split the file, or convert it to JSON lines, which have no limit.",
        )
    return bytes(data)
