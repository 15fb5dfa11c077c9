"""Several records of one paper become one paper, whatever order they come in, and the best of each is kept."""

from dataclasses import replace
from typing import Any

import pytest

from library.papers.commands import untag
from library.papers.ingest import Ingested, add_drafts
from library.papers.model import Author, PaperDraft
from library.workspace import Workspace

AT = "2026-04-13T08:00:00Z"
PAPER = PaperDraft(
    key="2501.01234",
    kind="arxiv",
    source="atom",
    title="A title of a paper",
    abstract="The abstract.",
    authors=(Author("Ada Lovelace"),),
    categories=("cs.IR",),
)
SUMMARY = replace(PAPER, source="sample", abstract="What it says, in our words.", text_kind="summary")
REFERENCE = PaperDraft(key="doi:10.1/x", kind="reference", source="bibtex", title="A Title of a Paper", doi="10.1/x")


def put(workspace: Workspace, *drafts: PaperDraft) -> Ingested:
    return workspace.store.write(lambda db: add_drafts(db, drafts, at=AT)).result()


def rows(workspace: Workspace, sql: str = "SELECT * FROM paper") -> list[dict[str, Any]]:
    return workspace.store.read(lambda db: [dict(row) for row in db.execute(sql)]).result()


@pytest.mark.parametrize("abstract", [PAPER, replace(PAPER, version=1, updated_at="2026-01-01T00:00:00Z")])
@pytest.mark.parametrize("version", [None, 1])
@pytest.mark.parametrize("summary_first", [True, False])
def test_an_abstract_beats_a_summary(
    workspace: Workspace, abstract: PaperDraft, version: int | None, summary_first: bool
) -> None:
    summary = replace(SUMMARY, version=version)
    for draft in (summary, abstract) if summary_first else (abstract, summary):
        put(workspace, draft)
    (row,) = rows(workspace)
    assert (row["abstract"], row["text_kind"]) == ("The abstract.", "abstract")


def test_an_abstract_of_a_later_version_is_not_lost_to_a_later_summary(workspace: Workspace) -> None:
    put(workspace, replace(PAPER, source="json", version=1))
    put(workspace, replace(SUMMARY, source="json", version=2))
    (row,) = rows(workspace)
    assert (row["abstract"], row["text_kind"], row["version"]) == ("The abstract.", "abstract", 2)


def test_a_corrected_summary_replaces_the_summary(workspace: Workspace) -> None:
    put(workspace, SUMMARY)
    put(workspace, replace(SUMMARY, abstract="Better words."))
    (row,) = rows(workspace)
    assert (row["abstract"], row["text_kind"]) == ("Better words.", "summary")


def test_an_older_file_of_the_same_version_does_not_bring_old_text_back(workspace: Workspace) -> None:
    first = replace(PAPER, version=1, updated_at="2025-01-02T00:00:00Z")
    put(workspace, first)
    put(workspace, replace(PAPER, source="oai", abstract="New text.", updated_at="2025-03-01"))
    put(workspace, first)
    assert rows(workspace)[0]["abstract"] == "New text."
    (kept,) = rows(workspace, "SELECT version, abstract FROM paper_version")
    assert kept == {"version": 1, "abstract": "The abstract."}


def test_an_older_version_does_not_number_newer_text(workspace: Workspace) -> None:
    put(workspace, replace(PAPER, source="oai", abstract="New text.", updated_at="2025-03-01"))
    put(workspace, replace(PAPER, version=1, updated_at="2025-01-02T00:00:00Z"))
    (row,) = rows(workspace)
    assert (row["abstract"], row["version"]) == ("New text.", None)
    put(workspace, replace(PAPER, abstract="New text.", version=2, updated_at="2025-03-01T09:00:00Z"))
    assert rows(workspace)[0]["version"] == 2


def test_a_reference_folds_onto_a_paper_whose_doi_came_just_before(workspace: Workspace) -> None:
    put(workspace, PAPER)
    put(workspace, replace(PAPER, doi="10.1/x", version=2), REFERENCE)
    assert [row["key"] for row in rows(workspace)] == ["2501.01234"]


@pytest.mark.parametrize("together", [True, False])
def test_a_reference_that_became_a_paper_keeps_the_papers_text(workspace: Workspace, together: bool) -> None:
    put(workspace, REFERENCE)
    paper = replace(PAPER, doi="10.1/x", version=2)
    again = replace(REFERENCE, title="A title of a paper (extended)", abstract="Short.")
    for drafts in [(paper, again)] if together else [(paper,), (again,)]:
        put(workspace, *drafts)
    (row,) = rows(workspace)
    assert (row["key"], row["title"], row["abstract"]) == ("2501.01234", "A title of a paper", "The abstract.")


def test_family_names_fill_up(workspace: Workspace) -> None:
    put(workspace, PAPER)
    split = replace(PAPER, source="snapshot", authors=(Author("Ada Lovelace", "Lovelace", "Ada"),))
    assert put(workspace, split).changed
    sql = "SELECT family, given FROM paper_author JOIN author ON author.id = author_id"
    assert rows(workspace, sql) == [{"family": "Lovelace", "given": "Ada"}]
    assert put(workspace, split).unchanged
    assert put(workspace, PAPER).unchanged
    assert rows(workspace, sql) == [{"family": "Lovelace", "given": "Ada"}]


def test_a_later_version_may_move_the_paper_to_another_primary_category(workspace: Workspace) -> None:
    put(workspace, replace(PAPER, categories=("cs.IR", "cs.CL"), version=1))
    put(workspace, replace(PAPER, categories=("cs.CL", "cs.IR"), version=2))
    put(workspace, replace(PAPER, categories=("cs.IR", "cs.CL"), version=1))
    assert rows(workspace)[0]["categories"] == "cs.CL cs.IR"
    sql = "SELECT category FROM paper_category ORDER BY position"
    assert [row["category"] for row in rows(workspace, sql)] == ["cs.CL", "cs.IR"]


def test_a_record_that_is_not_believed_adds_categories_behind(workspace: Workspace) -> None:
    put(workspace, replace(PAPER, categories=("cs.IR",), version=2))
    put(workspace, replace(PAPER, source="json", categories=("cs.CL", "cs.IR"), version=1))
    assert rows(workspace)[0]["categories"] == "cs.IR cs.CL"
    put(workspace, replace(PAPER, source="json", categories=("cs.LG",), categories_complete=False))
    assert rows(workspace)[0]["categories"] == "cs.IR cs.CL cs.LG"


def test_a_reference_by_an_earlier_title_is_still_the_same_paper(workspace: Workspace) -> None:
    put(workspace, replace(PAPER, doi="10.1/x", version=1), REFERENCE)
    put(workspace, replace(PAPER, version=2, title="Renamed beyond recognition"))
    assert not put(workspace, REFERENCE).added
    assert [row["title"] for row in rows(workspace)] == ["Renamed beyond recognition"]


def test_a_tag_that_was_taken_off_does_not_come_back_with_the_next_import(workspace: Workspace) -> None:
    tagged = replace(REFERENCE, tags=("ranking", "search"))
    (paper_id,) = put(workspace, tagged).added
    workspace.store.write(lambda db: untag(db, "ada", [paper_id], "search")).result()
    assert put(workspace, tagged).unchanged
    assert put(workspace, replace(tagged, tags=("ranking", "search", "fresh"))).changed
    assert [row["tag"] for row in rows(workspace, "SELECT tag FROM tag ORDER BY tag")] == ["fresh", "ranking"]


def test_a_date_fills_up_where_none_was_known(workspace: Workspace) -> None:
    put(workspace, REFERENCE)
    assert (rows(workspace)[0]["day"], rows(workspace)[0]["year"]) == (AT[:10], None)
    dated = replace(REFERENCE, source="ris", published="2019-05")
    assert put(workspace, dated).changed
    assert (rows(workspace)[0]["day"], rows(workspace)[0]["year"]) == ("2019-05-01", 2019)
    assert put(workspace, dated).unchanged
    put(workspace, replace(dated, published="2021"))
    assert rows(workspace)[0]["year"] == 2019
