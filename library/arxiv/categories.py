"""arXiv's categories: which exist, what they are called, and the OAI-PMH set each belongs to."""

import difflib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from library.errors import UsageError
from library.paths import reference_data


@dataclass(frozen=True, slots=True)
class Category:
    """One category. `oai_set` is group:archive:CATEGORY, as arXiv's OAI-PMH server names it."""

    code: str
    name: str
    archive: str
    oai_set: str


@lru_cache(maxsize=1)
def categories() -> dict[str, Category]:
    """All categories by code. https://arxiv.org/category_taxonomy"""
    table = _table()
    found: dict[str, Category] = {}
    for code, name in table["categories"].items():
        archive = code.partition(".")[0]
        group = table["archives"][archive]["group"]
        # An archive that is its own group is still named twice: cs:cs:LG.
        found[code] = Category(code, name, archive, f"{group}:{archive}:{code.partition('.')[2]}")
    for archive, facts in table["archives"].items():
        if not any(category.archive == archive for category in found.values()):
            found[archive] = Category(archive, facts["name"], archive, f"{facts['group']}:{archive}")
    return found


def find_category(code: str) -> Category:
    """The category called `code`, in any case. Raises UsageError naming the nearest one."""
    by_lower = {known.lower(): category for known, category in categories().items()}
    found = by_lower.get(code.strip().lower())
    if found is not None:
        return found
    inside = [category.code for category in categories().values() if category.archive == code.strip().lower()]
    if inside:
        raise UsageError(
            f"{code} is a whole archive; arXiv cuts off its list when it is long.",
            mend=f"Name its categories one by one: {', '.join(inside[:6])}{' …' if len(inside) > 6 else ''}.",
        )
    near = difflib.get_close_matches(code.strip().lower(), by_lower, 1)
    hint = f"Did you mean {by_lower[near[0]].code}?" if near else "See https://arxiv.org/category_taxonomy."
    raise UsageError(f"arXiv has no category {code!r}.", mend=hint)


def find_categories(codes: Iterable[str]) -> tuple[Category, ...]:
    """Each category once, in the order given. Raises UsageError for one that does not exist."""
    return tuple({category.code: category for category in map(find_category, codes)}.values())


def code_of(subject: str) -> str | None:
    """The code of a category that Dublin Core calls "Mathematics - Combinatorics" or "Nuclear Experiment"."""
    return _codes_by_subject().get(subject)


@lru_cache(maxsize=1)
def _codes_by_subject() -> dict[str, str]:
    archives = _table()["archives"]
    found = {}
    for category in categories().values():
        archive = str(archives[category.archive]["name"])
        name = category.name if category.code == category.archive else f"{archive} - {category.name}"
        found[name] = category.code
    return found


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, Any]]:
    path = reference_data() / "arxiv" / "categories.toml"
    table: dict[str, dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))
    return table
