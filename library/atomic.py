"""Files that are either the old one or the new one, never half of it."""

import os
from pathlib import Path


def write_atomic(path: Path, content: bytes | str, *, mode: int = 0o600) -> None:
    """Write `content` to a temporary file beside `path`, flush it to disk and rename it into place."""
    data = content.encode() if isinstance(content, str) else content
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
