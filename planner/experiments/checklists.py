"""The questions that a plan answers: experiment design, reproducibility, responsible AI."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from library.paths import reference_data


@dataclass(frozen=True, slots=True)
class Checklist:
    """`items`: (name, question)."""

    id: str
    title: str
    items: tuple[tuple[str, str], ...]


@lru_cache(1)
def checklists() -> tuple[Checklist, ...]:
    """Those that ship with labtop, in the order of the file."""
    tables = tomllib.loads((reference_data() / "programme" / "checklists.toml").read_text(encoding="utf-8"))
    return tuple(
        Checklist(name, table["title"], tuple((item, question) for item, question in table["items"]))
        for name, table in tables.items()
    )


def items() -> tuple[tuple[str, str], ...]:
    """(name, question) of all lists."""
    return tuple(item for each in checklists() for item in each.items)


def answered(checks: Mapping[str, str] | None) -> tuple[int, int]:
    """(items with an answer, items there are): what documentation completeness counts."""
    known = [name for name, _ in items()]
    return sum(name in (checks or {}) for name in known), len(known)


def complete(checklist: Checklist, checks: Mapping[str, str] | None) -> bool:
    """Whether every item of a list is answered with yes or n/a."""
    return all((checks or {}).get(name) in ("yes", "n/a") for name, _ in checklist.items)
