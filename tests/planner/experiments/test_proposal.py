"""The proposal: written from the record, the same each time, with nothing invented and nothing that acts as markup."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from library.errors import NotFound
from library.papers.ingest import add_drafts
from library.papers.model import PaperDraft
from library.records.store import RecordError
from library.workspace import Workspace
from planner.experiments import commands
from planner.experiments.plans import newest
from planner.experiments.proposal import proposal
from planner.obstacles import commands as obstacles
from planner.register import commands as register
from tests.planner.experiments.making import TODAY, bring_in, csv_of, judged, planned, read, write

MARKDOWN = MarkdownIt("commonmark").enable("table")


def text_of(workspace: Workspace, number: int, today: date = TODAY) -> str:
    found: str = read(workspace, proposal, number, today=today)
    return found


def shown(markdown: str) -> str:
    """What a reader sees: all text of the rendered document, one piece a line."""
    tokens = [inner for token in MARKDOWN.parse(markdown) for inner in token.children or [token]]
    return "\n".join(token.content for token in tokens if token.type in ("text", "code_inline"))


def kinds(markdown: str) -> set[str]:
    return {inner.type for token in MARKDOWN.parse(markdown) for inner in (token, *(token.children or ()))}


def test_an_empty_plan_says_what_is_unknown(workspace: Workspace) -> None:
    number = write(workspace, commands.add, {"title": "Just an idea"})[0]
    text = text_of(workspace, number)
    assert text.startswith("# E-1 Just an idea\n")
    for line in (
        "The question: unknown.",
        "It tests no hypothesis.",
        "What is compared: unknown.",
        "The plan names no data.",
        "Success criterion: unknown.",
        "No like run says what it took.",
        "The plan is not frozen yet.",
    ):
        assert line in text
    assert "| GPU-hours a seed, all arms | unknown |" in text
    assert "Unknown: What E-1 can find out cannot be reckoned: its plan has no metric" in text
    assert " 0 " not in text.split("## Cost")[1].split("##")[0]  # an unknown cost is no cost of nothing


def test_a_full_plan_tells_everything_that_is_recorded(workspace: Workspace, tmp_path: Path) -> None:
    write(workspace, register.add, {"name": "MS MARCO", "version": "2.1", "licence": "MIT", "sensitivity": "public",
                                    "biases": "English only", "content_hash": "ab" * 32})  # fmt: skip
    write(workspace, register.approve, 1, person="kim", today=TODAY, until="2027-06-30")
    number = planned(workspace, datasets="DS-1", sigma="1.5", question="Does it help?", success="It ships.",
                     exclusions="- node failed", guardrails="latency | decrease | 2",
                     slices="long | fairness", rating="1 to 5 | 3 | double | 0.67", command="train.py --seed {seed}",
                     checks="power=yes")  # fmt: skip
    write(workspace, obstacles.add, {"what": "No GPUs", "on_whom": "kim", "experiment_id": "E-1"}, today=TODAY)
    bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.0, 2.0, 3.0], "dense": [2.0, 4.0, 3.5]}))
    judged(workspace, number)
    text = text_of(workspace, number)
    seen = shown(text)
    for piece in (
        "Late interaction beats distillation",
        "H-1, held to be true with probability 0.4",
        "approved by kim until 2027-06-30",
        "DS-1, known biases: English only",
        "abababababababab",
        "train.py --seed {seed}",
        "node failed",
        "No GPUs",
        "1 of 19 questions answered.",
        read(workspace, newest, number).hash,
        "V-1",
    ):
        assert piece in seen, piece
    assert "## What it can find out" in text
    assert "As seen" not in text  # σ was stated
    assert "(as planned)" in text


def test_evidence_is_quoted_with_its_source(workspace: Workspace) -> None:
    draft = PaperDraft("2501.00001", "arxiv", "test", "Late [interaction]", "It helps *much*.", version=1)
    number = planned(workspace)
    workspace.store.write(lambda db: add_drafts(db, [draft], at="2025-02-01T00:00:00Z")).result()
    workspace.store.write(
        lambda db: db.execute(
            'INSERT INTO evidence (hypothesis_id, stance, paper_id, source, version, start, "end", text_hash, quote, '
            "quote_hash, person, at) VALUES (1, 'for', 1, 'abstract', 1, 0, 16, 'x', 'It helps *much*.', 'y', 'ada', "
            "'2026-01-01T00:00:00Z')"
        )
    ).result()
    text = text_of(workspace, number)
    assert "> It helps \\*much\\*.\n>\n> — Late \\[interaction\\] (2501.00001)" in text
    assert text.count("None is recorded.") == 2  # evidence against, obstacles


def test_the_same_record_gives_the_same_text(workspace: Workspace) -> None:
    number = planned(workspace, sigma="1")
    assert text_of(workspace, number) == text_of(workspace, number)
    other = text_of(workspace, number, date(2027, 1, 1))
    assert other.replace("2027-01-01", "2026-11-25") == text_of(workspace, number)


HOSTILE = [
    "# heading", "<script>alert(1)</script>", "[a](javascript:x)", "![x](http://a/b)", "| a | b |", "**b** _i_ `c`",
    "1. one", "- item", "> quote", "&lt;", "\x1b[31mred", "a\u202eb", "```\nfence", "---", "\\", "~~x~~", "$x$",
]  # fmt: skip


@given(st.lists(st.sampled_from(HOSTILE) | st.text(max_size=20), min_size=8, max_size=8))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_that_people_wrote_is_markup(workspace: Workspace, texts: list[str]) -> None:
    given_ = [" ".join(text.split()) or "x" for text in texts]
    raw: dict[str, Any] = {
        "title": given_[0] if given_[0].isprintable() else "x",
        "question": given_[1],
        "success": given_[2],
        "exclusions": given_[3],
        "guardrails": [{"metric": given_[4], "direction": "decrease"}],
        "arms": [{"name": f"a{given_[5]}", "role": "baseline", "set": given_[6]}, {"name": "b", "role": "treatment"}],
        "metric": given_[7],
    }
    try:
        number = planned(workspace, **raw)
    except RecordError:  # a text of which cleaning left nothing
        reject()
    markdown = text_of(workspace, number)
    assert not kinds(markdown) & {"html_block", "html_inline", "link_open", "image", "em_open", "fence", "hr"}
    seen = shown(markdown)
    stored = read(workspace, lambda db: db.execute("SELECT * FROM experiment WHERE id = ?", (number,)).fetchone())
    assert f"E-{number} {stored['title']}" in seen
    assert "\x1b" not in markdown
    headings = [token for token in MARKDOWN.parse(markdown) if token.type == "heading_open" and token.tag == "h1"]
    assert len(headings) == 1


def test_what_is_not_there_has_no_proposal(workspace: Workspace) -> None:
    with pytest.raises(NotFound):
        text_of(workspace, 3)
