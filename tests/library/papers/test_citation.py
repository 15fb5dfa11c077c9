"""BibTeX that is written is read back by bibtexparser and pybtex alike, with nothing lost or made up."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.papers import queries
from library.papers.citation import bibtex, citation_key, latex_safe, with_suffix
from library.papers.importing import import_file
from library.papers.ingest import add_drafts
from library.papers.model import Author, Paper, PaperDraft
from library.sources import Record
from library.sources.bibtex import read_bibtex
from library.workspace import Workspace
from tests.library.exporting.parsing import exported

PAPER = Paper(
    id=1,
    key="2611.01234",
    kind="arxiv",
    day="2026-11-02",
    year=2026,
    title="Learning $\\ell_1$ norms with {LSTM}s & 5% of data_sets #1",
    abstract="",
    text_kind="none",
    authors=(Author("Ada Lovelace", "Lovelace", "Ada"), Author("Jürgen Müller", "", "")),
    authors_truncated=False,
    categories=("cs.LG", "cs.AI"),
    categories_complete=True,
    version=1,
    versions=(),
    first_listed=None,
    submitted_at=None,
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


def with_bibtexparser(text: str) -> list[dict[str, Any]]:
    import bibtexparser

    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    return [{"ENTRYTYPE": entry.entry_type, "ID": entry.key, **dict(entry.items())} for entry in library.entries]


def with_pybtex(text: str) -> dict[str, Any]:
    from pybtex.database import parse_string

    return dict(parse_string(text, "bibtex").entries.items())


def test_an_arxiv_paper() -> None:
    assert bibtex(PAPER) == (
        "@misc{lovelace2026learning,\n"
        "  title = {Learning $\\ell_1$ norms with {LSTM}s \\& 5\\% of data\\_sets \\#1},\n"
        "  author = {Lovelace, Ada and Jürgen Müller},\n"
        "  year = {2026},\n"
        "  eprint = {2611.01234},\n"
        "  archivePrefix = {arXiv},\n"
        "  primaryClass = {cs.LG},\n"
        "  doi = {10.48550/arXiv.2611.01234},\n"
        "  url = {https://arxiv.org/abs/2611.01234}\n"
        "}\n"
    )


@pytest.mark.parametrize(
    ("journal", "kind", "place"),
    [
        ("Phys. Rev. D 76 (2007) 013009", "article", "journal"),
        ("Proceedings of EMNLP 2025", "inproceedings", "booktitle"),
        ("ICML 2025", "inproceedings", "booktitle"),
        (None, "article", None),
    ],
)
def test_what_was_published_is_cited_as_that_plus_the_eprint(journal: str | None, kind: str, place: str | None) -> None:
    (entry,) = with_bibtexparser(bibtex(replace(PAPER, doi="10.1000/x_y", journal_ref=journal)))
    assert entry["ENTRYTYPE"] == kind
    assert (entry["doi"], entry["eprint"], entry["archivePrefix"]) == ("10.1000/x_y", "2611.01234", "arXiv")
    assert place is None or entry[place] == journal
    assert "arxiv" not in entry.get("journal", "").lower()


@pytest.mark.parametrize(
    ("authors", "people"),
    [
        ([Author("Ada Lovelace"), Author("Alan Turing")], [("Lovelace", "Ada"), ("Turing", "Alan")]),
        ([Author("World Health Organization", "World Health Organization")], [("World Health Organization", "")]),
        ([Author("Procter and Gamble", "Procter and Gamble")], [("Procter and Gamble", "")]),
        ([Author("Barnes and Noble, Inc.")], [("Barnes and Noble, Inc.", "")]),
        ([Author("Martin King Jr.", "King Jr.", "Martin")], [("King Jr.", "Martin")]),
        ([Author("Øystein von Ölander", "von Ölander", "Øystein")], [("von Ölander", "Øystein")]),
        ([Author("A {B", "{B", "A")], [("B", "A")]),
    ],
)
def test_names_come_back_as_they_were(authors: list[Author], people: list[tuple[str, str]]) -> None:
    text = bibtex(replace(PAPER, authors=tuple(authors)))
    (found,) = [item.draft for item in read_bibtex(io.BytesIO(text.encode())) if isinstance(item, Record)]
    assert [(author.family, author.given) for author in found.authors] == people
    (entry,) = with_pybtex(text).values()
    assert len(entry.persons["author"]) == len(people)
    assert len(with_bibtexparser(text)) == 1


def test_cut_author_lists_and_withdrawn_papers_say_so() -> None:
    text = bibtex(replace(PAPER, authors_truncated=True, withdrawn=True))
    assert "and Jürgen Müller and others}" in text
    assert "note = {Withdrawn}" in text


ORIGINAL = r"""@InCollection{Smith:2020a,
  title = {A {\'E}tude on {LSTM}s in $L_2$},
  author = {Garc{\'\i}a, Jos{\'e} and {The Team}},
  booktitle = {Studies \& Essays},
  pages = {1--9},
  editor = {Too, Many, Commas, In, This},
  year = 2020,
  eprint = {2001.00001}
}"""


def test_what_came_from_a_bibliography_goes_back_word_for_word(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "a.bib"
    path.write_text(ORIGINAL, encoding="utf-8")
    import_file(workspace, str(path))
    text = exported(workspace, "bibtex")
    (entry,) = with_bibtexparser(text)
    assert (entry["ENTRYTYPE"], entry["ID"]) == ("incollection", "Smith:2020a")
    assert entry["title"] == r"A {\'E}tude on {LSTM}s in $L_2$"
    assert entry["author"] == r"Garc{\'\i}a, Jos{\'e} and {The Team}"
    assert entry["booktitle"] == r"Studies \& Essays"
    assert (entry["pages"], entry["year"], entry["eprint"]) == ("1--9", "2020", "2001.00001")
    assert len(with_pybtex(text)["Smith:2020a"].persons["editor"]) == 1
    before = workspace.store.read(lambda db: queries.paper(db, 1, "ada")).result()
    path.write_text(text, encoding="utf-8")
    assert import_file(workspace, str(path)).added == 0
    after = workspace.store.read(lambda db: queries.paper(db, 1, "ada")).result()
    assert (after.title, after.authors, after.key) == (before.title, before.authors, before.key)


def test_a_title_corrected_since_is_the_one_exported() -> None:
    entry = {"type": "misc", "key": "k", "fields": {"title": "{Old}", "author": "A, B"}, "latex": True}
    text = bibtex(replace(PAPER, title="New & better", extra={"entry": entry}))
    assert r"title = {New \& better}" in text
    assert "author = {Lovelace, Ada and Jürgen Müller}" in text


def test_keys_are_ascii_unique_and_stable(workspace: Workspace) -> None:
    assert citation_key("On the $x$ Growth", [Author("Łukasz Søndergård")], 2020) == "sondergard2020growth"
    assert citation_key("深度学习", [Author("王小明")], None) == "anon"
    assert citation_key("T", [], 2020, own="Smith:2020") == "Smith:2020"
    assert citation_key("Title", [], 2020, own="has blank") == "anon2020title"
    assert [with_suffix("k", n) for n in (0, 1, 26, 27, 52, 53)] == ["k", "ka", "kz", "kaa", "kaz", "kba"]
    drafts = [
        PaperDraft(key=f"json:{n}", kind="reference", source="json", title=f"Growth {n}", published="2020")
        for n in range(30)
    ]
    put = workspace.store.write(lambda db: add_drafts(db, drafts, at="2026-01-01T00:00:00Z")).result()
    keys = {entry["title"]: entry["ID"] for entry in with_bibtexparser(exported(workspace, "bibtex"))}
    assert len(set(keys.values())) == 30
    assert (keys["Growth 0"], keys["Growth 1"], keys["Growth 27"]) == (
        "anon2020growth",
        "anon2020growtha",
        "anon2020growthaa",
    )
    (alone,) = with_bibtexparser(exported(workspace, "bibtex", put.added[5:6]))
    assert alone["ID"] == keys["Growth 5"]


def test_a_sample_workspace_says_so(workspace: Workspace) -> None:
    assert not exported(workspace, "bibtex")
    assert "DEMO" in exported(replace(workspace, demo=True), "bibtex")


titles = st.text(alphabet=st.sampled_from("ab{}\\$%&#_^~\"'@,= é—中\n"), max_size=40)


@given(titles, titles, titles)
def test_any_text_is_read_back_by_both(title: str, family: str, given_name: str) -> None:
    authors = [Author(f"{given_name} {family}".strip(), family.strip(), given_name.strip()), Author("Alan Turing")]
    authors = [author for author in authors if author.name]
    text = bibtex(replace(PAPER, title=title, authors=tuple(authors)), key="k")
    other = bibtex(replace(PAPER, title="After"), key="after")
    both = with_bibtexparser(text + "\n" + other)
    assert [entry["ID"] for entry in both] == ["k", "after"]
    assert list(with_pybtex(text + "\n" + other)) == ["k", "after"]


@given(titles)
def test_escaping_twice_changes_nothing(text: str) -> None:
    assert latex_safe(latex_safe(text)) == latex_safe(text)
