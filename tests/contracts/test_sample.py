"""The sample library keeps what its README promises: real facts, our own words, made-up people that fit the papers."""

import gzip
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from library.papers.identity import arxiv_id
from library.sample import SOURCE, sample_directory, sample_drafts, sample_workspace
from library.sources import Record
from library.sources.json_lines import read_json_lines
from library.text import one_line

FACTS = ("title", "authors", "categories", "first_listed", "announce", "published", "updated", "version")
FIELDS = {"id", "categories_complete", "topic", "text_kind", "summary", *FACTS}
LONGEST_SHARED_RUN = 7  # words in a row that a summary may share with its abstract or title
SHARED_FOUR_WORDS = 0.15  # the part of a summary's four-word runs that its abstract may hold
END_OF_SENTENCE = re.compile(r"[.!?](?=\s+[A-Z0-9]|$)")


def records() -> list[dict[str, Any]]:
    lines = (sample_directory() / "papers.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[start : start + length]) for start in range(len(found) - length + 1)}


def test_there_is_enough_to_look_at() -> None:
    papers = records()
    days = Counter(paper["first_listed"] for paper in papers)
    topics = Counter(paper["topic"] for paper in papers)
    assert len(papers) >= 150
    assert len([day for day in days if day >= "2026-03-17"]) >= 12
    assert max(days) == sample_workspace().as_of
    assert len(topics) >= 8
    assert min(topics.values()) >= 10
    assert sum(len(paper["categories"]) > 1 for paper in papers) >= 40
    assert sum(paper["announce"] == "replaced" for paper in papers) >= 2


def test_identifiers_and_fields_are_well_formed() -> None:
    papers = records()
    assert len({paper["id"] for paper in papers}) == len(papers)
    for paper in papers:
        found = arxiv_id(paper["id"])
        assert found is not None
        assert found.base == paper["id"]
        assert paper["id"] >= "2501", "older than 2025"
        assert set(paper) <= FIELDS, "an unknown field, or an abstract"
        assert paper["text_kind"] == "summary"
        assert paper["announce"] in {"new", "replaced"}
        assert date.fromisoformat(paper["first_listed"]).weekday() < 5
        assert paper["authors"]
        assert len(set(paper["categories"])) == len(paper["categories"]) > 0


@pytest.mark.parametrize("paper", records(), ids=lambda paper: paper["id"])
def test_a_summary_is_short_plain_text(paper: dict[str, Any]) -> None:
    summary = paper["summary"]
    assert len(END_OF_SENTENCE.findall(summary)) in {2, 3}
    assert 150 <= len(summary) <= 480
    for text in (summary, paper["title"], paper["topic"], *paper["authors"]):
        assert text == one_line(text)
        assert not re.search(r"[\\$]|[{}]|https?:", text)
        assert all(unicodedata.category(character) not in {"Cc", "Cf", "Co", "Cs"} for character in text)
    assert not runs(summary, LONGEST_SHARED_RUN + 1) & runs(paper["title"], LONGEST_SHARED_RUN + 1)


def test_no_two_summaries_follow_a_template() -> None:
    openings = Counter(tuple(words(paper["summary"])[:4]) for paper in records())
    assert openings.most_common(1)[0][1] <= 2


def test_import_reads_the_file_as_the_sample_does() -> None:
    with (sample_directory() / "papers.jsonl").open("rb") as stream:
        found = list(read_json_lines(stream))
    drafts = sample_drafts()
    assert len(found) == len(drafts)
    for record, draft in zip(found, drafts, strict=True):
        assert isinstance(record, Record)
        assert record.draft.key == draft.key
        assert record.draft.abstract == draft.abstract
        assert record.draft.text_kind == draft.text_kind == "summary"
        assert record.draft.announcements == draft.announcements != ()
        assert draft.source == SOURCE
        assert draft.extra["topic"]


def test_what_the_made_up_people_did_fits_the_papers() -> None:
    workspace = sample_workspace()
    papers = {paper["id"]: paper for paper in records()}
    topics = {paper["topic"] for paper in papers.values()}
    assert "made up" in workspace.notice
    assert len(workspace.people) >= 2
    assert 3 <= len(workspace.interests) <= 8
    assert {interest.topic for interest in workspace.interests} <= topics
    assert 2 <= len(workspace.saved_searches) <= 5
    done = (*workspace.tags, *workspace.notes, *workspace.decisions)
    assert {item.person for item in (*done, *workspace.interests, *workspace.saved_searches)} <= set(workspace.people)
    for item in done:
        assert papers[item.paper]["first_listed"] <= item.at[:10] <= workspace.as_of, item
    decided = Counter((item.person, item.paper) for item in workspace.decisions)
    assert max(decided.values()) == 1
    assert len({(item.paper, item.tag) for item in workspace.tags}) == len(workspace.tags)


def test_the_ledger_agrees_with_the_papers() -> None:
    workspace = sample_workspace()
    counts = Counter((name, paper["first_listed"]) for paper in records() for name in paper["categories"])
    rows = {(row.category, row.day): row for row in workspace.ledger}
    assert len(rows) == len(workspace.ledger)
    assert {row.state for row in rows.values()} == {"complete", "quiet", "no mailing", "not out yet"}
    first = date.fromisoformat(min(row.day for row in rows.values()))
    last = date.fromisoformat(workspace.as_of) + timedelta(days=1)
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        for category in workspace.categories:
            row = rows.pop((category, day.isoformat()))
            if day == last:
                assert (row.state, row.count) == ("not out yet", None)
            elif day.weekday() >= 5:
                assert (row.state, row.count) == ("no mailing", None)
            else:
                count = counts[category, day.isoformat()]
                assert (row.state, row.count) == ("complete" if count else "quiet", count)
            assert row.message
            assert row.checked_at[:10] <= workspace.as_of
    assert not rows


def archive(shared_data: Path, wanted: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((shared_data / "arxiv" / "dev").glob("papers_*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            for line in stream:
                if line[8:18] in wanted:  # {"id": "2604.01193", …
                    yield line[8:18], json.loads(line)


@pytest.mark.realdata
def test_every_fact_is_arxivs_and_every_summary_is_ours(shared_data: Path) -> None:
    papers = {paper["id"]: paper for paper in records()}
    originals = dict(archive(shared_data, set(papers)))
    assert set(originals) == set(papers)
    for key, original in originals.items():
        paper = papers[key]
        for fact in FACTS:
            assert paper.get(fact) == original.get(fact), (key, fact)
        assert paper["categories_complete"] is original.get("categories_complete", False)
        assert not original.get("authors_truncated")
        assert not original.get("listing_inferred")
        assert original["abstract"] not in json.dumps(paper, ensure_ascii=False)
        summary, abstract = paper["summary"], original["abstract"]
        copied = runs(summary, LONGEST_SHARED_RUN + 1) & runs(abstract, LONGEST_SHARED_RUN + 1)
        assert not copied, (key, copied)
        four = runs(summary, 4)
        assert len(four & runs(abstract, 4)) <= SHARED_FOUR_WORDS * len(four), key
