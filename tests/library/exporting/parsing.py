"""Independent readers of what is exported, and what they should find."""

import csv
import io
import json
import re
from collections.abc import Sequence
from typing import Any

from library.exporting.choosing import Chosen, everything
from library.exporting.writing import export
from library.papers.model import Author, Paper
from library.workspace import Workspace

PAPER = Paper(
    id=1,
    key="2611.01234",
    kind="arxiv",
    day="2026-11-02",
    year=2026,
    title="Learning $\\ell_1$ norms with {LSTM}s & 5% of data_sets #1",
    abstract="What grows, and why.",
    text_kind="abstract",
    authors=(Author("Ada Lovelace", "Lovelace", "Ada"), Author("Jürgen Müller", "", "")),
    authors_truncated=False,
    categories=("cs.LG", "cs.AI"),
    categories_complete=True,
    version=1,
    versions=(),
    first_listed="2026-11-02",
    submitted_at="2026-11-01T10:00:00Z",
    updated_at=None,
    announcements=(),
    doi=None,
    journal_ref=None,
    comment=None,
    license=None,
    url=None,
    withdrawn=False,
    source="atom",
    added_at="2026-11-02T00:00:00Z",
    extra={},
    decision=None,
    tags=(),
    notes=(),
    has_body=False,
)


def exported(workspace: Workspace, format_name: str, ids: Sequence[int] | None = None, **options: Any) -> str:
    """The text of an export: of everything, or of `ids`."""
    texts: list[str] = []
    export(workspace, everything(workspace) if ids is None else Chosen(ids), format_name, texts.append, **options)
    return "".join(texts)


def ris_records(text: str) -> list[dict[str, list[str]]]:
    """A reader of our own: "XX  - value" and nothing else is a line; TY begins a record and ER ends it."""
    found: list[dict[str, list[str]]] = []
    record: dict[str, list[str]] | None = None
    assert text.count("\n") == text.count("\r\n") == text.count("\r")
    for line in text.split("\r\n"):
        if not line:
            assert record is None, "an empty line within a record"
            continue
        match = re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line)
        assert match is not None, line
        tag, value = match.groups()
        if tag == "TY":
            assert record is None
            record = {}
        assert record is not None, line
        if tag == "ER":
            assert value == ""
            found.append(record)
            record = None
            continue
        assert value.strip()
        record.setdefault(tag, []).append(value)
    assert record is None
    return found


def csv_rows(text: str) -> list[dict[str, str]]:
    """By the standard library; one apostrophe goes off each cell, as the guide says."""
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    for row in rows:
        assert None not in row
        for cell in row.values():
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    return [{name: cell[1:] if cell.startswith("'") else cell for name, cell in row.items()} for row in rows]


def json_lines(text: str) -> list[dict[str, Any]]:
    """One object a line, and nothing but lines."""
    assert text == "" or text.endswith("\n")
    return [json.loads(line) for line in text.split("\n")[:-1]]


def markdown_items(text: str) -> list[tuple[str, str]]:
    """(text of its link, the whole text) of each item, as a CommonMark reader shows them."""
    from markdown_it import MarkdownIt

    found = []
    tokens = MarkdownIt("commonmark").parse(text)
    for number, token in enumerate(tokens):
        if token.type == "list_item_open":
            inline = next(each for each in tokens[number:] if each.type == "inline")
            whole, linked, inside = "", "", False
            for child in inline.children or []:
                inside = child.type == "link_open" or (inside and child.type != "link_close")
                whole += child.content
                linked += child.content if inside else ""
            found.append((linked, whole))
    return found
