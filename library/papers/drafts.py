"""Notes that were begun and not yet kept: one private file each, so that neither a crash nor a slip loses words."""

import hashlib
from pathlib import Path

from library.atomic import write_atomic
from library.paths import WorkspacePaths, private_directory


def draft_path(paths: WorkspacePaths, person: str, key: str) -> Path:
    """Where the draft of `person` on the paper `key` lives. Names come from outside, so the file is named by hash."""
    digest = hashlib.sha256(f"{person}\0{key}".encode()).hexdigest()[:24]
    return paths.home / "drafts" / f"note-{digest}.md"


def keep_draft(path: Path, text: str) -> None:
    """Store the draft (0600); an empty one is dropped."""
    if not text.strip():
        drop_draft(path)
        return
    private_directory(path.parent)
    write_atomic(path, text)


def read_draft(path: Path) -> str | None:
    """The draft, or None where there is none (or it cannot be read: a draft must not stand in the way)."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None


def drop_draft(path: Path) -> None:
    """Remove the draft; its words are stored as a note now, or were given up."""
    path.unlink(missing_ok=True)
