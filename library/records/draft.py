"""What was typed into a record's form and not yet stored: one private file for each person and record."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from library.papers.drafts import drop_draft, keep_draft, read_draft
from library.paths import WorkspacePaths
from library.records.kind import Kind

__all__ = ["drop_draft", "keep_typed", "read_typed", "record_draft"]


def record_draft(paths: WorkspacePaths, person: str, kind: Kind, number: int | None) -> Path:
    """Where it lives; `number` is None for a new record."""
    key = f"{person}\0{kind.noun}\0{'new' if number is None else number}"
    return paths.home / "drafts" / f"{kind.noun}-{hashlib.sha256(key.encode()).hexdigest()[:24]}.json"


def keep_typed(path: Path, typed: Mapping[str, str]) -> None:
    """Keep the texts by field (0600); nothing typed drops the draft."""
    keep_draft(path, json.dumps(dict(typed), ensure_ascii=False, indent=1) if typed else "")


def read_typed(path: Path) -> dict[str, str]:
    """The texts by field; empty where there is no draft, or one that cannot be read."""
    try:
        found = json.loads(read_draft(path) or "{}")
    except ValueError:
        return {}
    return {str(name): text for name, text in found.items() if isinstance(text, str)} if isinstance(found, dict) else {}
