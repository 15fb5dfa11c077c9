"""Where a critique that was begun and not yet stored lives."""

import hashlib
from pathlib import Path

from library.paths import WorkspacePaths


def critique_draft(paths: WorkspacePaths, person: str, key: str) -> Path:
    """The draft of `person` on the paper `key`. Names come from outside, so the file is named by hash."""
    digest = hashlib.sha256(f"{person}\0critique\0{key}".encode()).hexdigest()[:24]
    return paths.home / "drafts" / f"critique-{digest}.json"
