"""Files that are either the old one or the new one, never half of it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast


@contextmanager
def replacing(path: Path, *, mode: int = 0o600, to_disk: bool = True) -> Iterator[BinaryIO]:
    """A new file beside `path`, renamed into its place at the end. Where that is not reached `path` is untouched.

    `to_disk`: flushed to the disk before the renaming, which a file that can be made again does not need.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "w+b") as file:
            yield cast(BinaryIO, file)
            file.flush()
            if to_disk:
                os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_atomic(path: Path, content: bytes | str, *, mode: int = 0o600) -> None:
    """Put `content` in the place of what `path` holds."""
    with replacing(path, mode=mode) as file:
        file.write(content.encode() if isinstance(content, str) else content)
