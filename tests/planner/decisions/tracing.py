"""Holding a memo against its facts, and its facts against the database."""

import json
import re
import sqlite3
from collections.abc import Sequence

from markdown_it import MarkdownIt

from planner.decisions.facts import Fact

NUMBER = re.compile(r"[+−]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]\d+)?")
SOURCES = "## Appendix: where each number was read"


def untraced(markdown: str, facts: Sequence[Fact]) -> list[str]:
    """Numbers of the text that no fact accounts for.

    Words of people and papers, ids and days are taken out as the facts hold them; what is left of digits must be a
    number that a fact shows, in full.
    """
    text, _, appendix = markdown.partition(SOURCES)
    told = {fact.shown for fact in facts if fact.sort != "number" and any(letter.isdigit() for letter in fact.shown)}
    for shown in sorted(told, key=len, reverse=True):
        text = re.sub(rf"(?<![\d.,]){re.escape(shown)}(?![.,]?\d)", "\0", text)
    text = text.replace("sha256", "")  # the name of a function, not a number
    numbers = {fact.shown for fact in facts if fact.sort == "number"}
    return [*(found for found in NUMBER.findall(text) if found not in numbers), *_appendix(appendix, facts)]


def _appendix(markdown: str, facts: Sequence[Fact]) -> list[str]:
    """Rows of the last table that are not those of the facts."""
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    cells = ["".join(each.content for each in token.children or ()) for token in tokens if token.type == "inline"]
    rows = [tuple(cells[place : place + 4]) for place in range(4, len(cells), 4)]
    known = {
        (fact.key, fact.shown, " ".join(fact.unit.split()), fact.source)
        for fact in facts
        if fact.sort in ("number", "day")
    }
    return [" | ".join(row) for row in rows if row not in known]


def misread(db: sqlite3.Connection, facts: Sequence[Fact]) -> list[str]:
    """Facts that do not say what stands in their row. Those reckoned from several are left to other tests."""
    wrong = []
    for fact in facts:
        if fact.how or fact.column == "details" or "," in fact.column:
            continue
        assert fact.rows, fact
        for row in fact.rows:
            stored = db.execute(f'SELECT * FROM "{fact.table}" WHERE id = ?', (row,)).fetchone()
            assert stored is not None, f"{fact.source}: there is no such row"
            if fact.sort == "id":
                assert fact.key.split("-")[1] == str(row)
            elif not _agrees(fact, stored[fact.column]):
                wrong.append(f"{fact.key}: {fact.value!r}, stored {stored[fact.column]!r}")
    return wrong


def _agrees(fact: Fact, stored: object) -> bool:
    if fact.sort == "number" or stored is None:
        return fact.value == stored
    said, there = " ".join(str(fact.value).split()), " ".join(str(stored).split())
    if said == there:
        return True
    if len(fact.rows) > 1:  # a list over several rows, such as seeds
        return there in said
    return _in_json(said, json.loads(str(stored)))


def _in_json(said: str, stored: object) -> bool:
    """Whether a list says this, joined, or one of its tables holds it."""
    assert isinstance(stored, list)
    if all(isinstance(each, str) for each in stored):
        return said == " ".join(", ".join(stored).split())
    return any(said == value for each in stored for value in each.values())
