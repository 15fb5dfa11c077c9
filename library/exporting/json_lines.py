"""One JSON object a paper with everything that is stored of it: `labtop import` makes the same paper of it again.

What nobody knows is left out. `labtop` names the version of the form.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from library.exporting.dates import issued
from library.exporting.model import About, Item
from library.papers.model import Paper

FORM: Final = 1
_SAME: Final = (
    *("kind", "source", "title", "abstract", "text_kind", "year", "day", "version", "first_listed", "submitted_at"),
    *("updated_at", "doi", "journal_ref", "comment", "license", "url", "added_at"),
)


def write(items: Iterator[Item], about: About) -> Iterator[str]:
    """A line a paper. A sample workspace says so in each."""
    for item in items:
        value = {**record(item.paper), "citation_key": item.key, **item.whole}
        if item.facts:
            value["queue"] = {name: fact for name, fact in item.facts.items() if fact is not None}
        if about.demo:
            value["demo"] = True
        yield json.dumps(value, ensure_ascii=False) + "\n"


def record(paper: Paper) -> dict[str, Any]:
    """All that `Paper` has but what is a person's own (decision, notes)."""
    value: dict[str, Any] = {
        "labtop": FORM,
        "id": paper.key,
        **{name: getattr(paper, name) for name in _SAME},
        "published": issued(paper),
        "authors": [{"name": one.name, "family": one.family, "given": one.given} for one in paper.authors],
        "authors_truncated": paper.authors_truncated,
        "categories": list(paper.categories),
        "categories_complete": paper.categories_complete,
        "versions": [{"version": one.number, "submitted_at": one.submitted_at} for one in paper.versions],
        "announcements": [{"category": one.category, "type": one.type, "day": one.day} for one in paper.announcements],
        "withdrawn": paper.withdrawn,
        "extra": dict(paper.extra),
        "tags": list(paper.tags),
    }
    return {name: inner for name, inner in value.items() if inner not in (None, "", [], {})}
