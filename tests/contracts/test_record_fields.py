"""The guide's tables of fields are those of the records: what each is called, what it holds, how it is written.

A table stands between `<!-- fields: NOUN -->` and `<!-- /fields -->`. `LABTOP_WRITE_DOCS=1` writes it anew.
"""

import os
import re
from pathlib import Path

import pytest

from library.club.kind import MEMBER, SESSION
from library.reading.template import CRITIQUE
from library.records.field import write_value
from library.records.kind import Kind
from library.records.toml import explained
from planner.decisions.kind import INCIDENT, MEMO
from planner.experiments.kind import EXPERIMENT
from planner.hypotheses.kind import HYPOTHESIS
from planner.obstacles.kind import OBSTACLE
from planner.register.kind import DATASET
from tests.contracts.guide import GUIDE, PAGES

KINDS = {
    kind.noun: kind for kind in (HYPOTHESIS, EXPERIMENT, DATASET, OBSTACLE, MEMO, INCIDENT, CRITIQUE, SESSION, MEMBER)
}
MARKED = re.compile(r"(<!-- fields: (\w+) -->\n)(.*?)(<!-- /fields -->)", re.DOTALL)
TABLES = [(page, match[2]) for page in PAGES for match in MARKED.finditer(page.read_text(encoding="utf-8"))]


def field_table(kind: Kind) -> str:
    """The table as Markdown."""
    lines = ["| field | what it is | default |", "|---|---|---|"]
    for field in kind.fields:
        default = f"`{write_value(field, field.default)}`" if field.default is not None else ""
        about = explained(field).replace("|", "\\|")
        lines.append(f"| `{field.name}` | {about} | {default} |")
    return "\n".join(lines)


@pytest.mark.parametrize(("page", "noun"), TABLES, ids=lambda value: value if isinstance(value, str) else value.stem)
def test_the_fields_are_those_of_the_record(page: Path, noun: str) -> None:
    assert noun in KINDS, f"{page.name}: there is no record called {noun}"
    wanted = field_table(KINDS[noun])
    text = page.read_text(encoding="utf-8")
    (match,) = (each for each in MARKED.finditer(text) if each[2] == noun)
    if os.environ.get("LABTOP_WRITE_DOCS"):
        text = f"{text[: match.start(3)]}\n{wanted}\n\n{text[match.end(3) :]}"
        page.write_text(text, encoding="utf-8")
        (match,) = (each for each in MARKED.finditer(text) if each[2] == noun)
    assert match[3].strip() == wanted, "run LABTOP_WRITE_DOCS=1 pytest tests/contracts/test_record_fields.py"


def test_each_record_has_at_most_one_table() -> None:
    nouns = [noun for _, noun in TABLES]
    assert len(nouns) == len(set(nouns))
    assert "hypothesis" in nouns


def test_markers_come_in_pairs() -> None:
    for page in GUIDE.glob("*.md"):
        text = page.read_text(encoding="utf-8")
        assert text.count("<!-- fields:") == text.count("<!-- /fields -->") == len(MARKED.findall(text)), page.name
