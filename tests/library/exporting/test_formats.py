"""What is written is read back by readers that know nothing of labtop, and equals what went in."""

import html
import io
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import bibtexparser
import pytest
import rispy
from hypothesis import example, given
from jsonschema import Draft7Validator
from pybtex.database import parse_string

from library.exporting.csl import csl_item
from library.exporting.formats import FORMATS, format_of
from library.exporting.model import About, Item
from library.exporting.names import particle_of, split, suffix_of
from library.exporting.tabular import guarded, listed, unguarded, unlisted
from library.papers.model import Author, Paper
from library.sources import Record
from library.sources.csl import draft_of_csl
from library.sources.formats import detect, reader_of
from library.text import one_line
from tests.library.exporting.csl_schema import CSL_DATA
from tests.library.exporting.nasty import PEOPLE, TITLES, people, titles, words
from tests.library.exporting.parsing import PAPER, csv_rows, json_lines, markdown_items, ris_records


def written(format_name: str, papers: Sequence[Paper], about: About | None = None, **more: Any) -> str:
    items = (Item(paper, f"key{number}", **more) for number, paper in enumerate(papers))
    return "".join(format_of(format_name).write(items, about or About()))


def read_back(format_name: str, text: str) -> list[Any]:
    """By labtop's own reader."""
    name = {"csl": "json"}.get(format_name, format_name)
    assert detect(text.encode(), f"x{format_of(format_name).suffix}") == name
    found = list(reader_of(name)(io.BytesIO(text.encode())))
    assert all(isinstance(item, Record) for item in found), found
    return [item.draft for item in found if isinstance(item, Record)]


def without_commas(text: str) -> str:
    return one_line(text.replace(",", " "))


# BibTeX


def letters(text: str) -> str:
    """What is left without what BibTeX itself means: braces, backslashes, blanks."""
    return re.sub(r"[{}\\\s]", "", text)


@given(titles, people)
def test_bibtex(title: str, authors: tuple[Author, ...]) -> None:
    text = written("bibtex", [replace(PAPER, title=title, authors=authors), replace(PAPER, title="After")])
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    first, second = (dict(entry.items()) for entry in library.entries)
    assert second["title"] == "After"
    assert letters(first.get("title", "")) == letters(title)
    assert (first["eprint"], first["archivePrefix"], first["primaryClass"]) == ("2611.01234", "arXiv", "cs.LG")
    entry, _ = parse_string(text, "bibtex").entries.values()
    assert letters(entry.fields.get("title", "")) == letters(title)
    people = entry.persons.get("author", [])
    named = [author for author in authors if letters(author.name)]
    assert len(people) == len(named)
    for person, author in zip(people, named, strict=True):
        parts = (*person.first_names, *person.middle_names, *person.prelast_names, *person.last_names)
        told = letters("".join((*parts, *person.lineage_names)))
        assert sorted(told.replace("~", "")) == sorted(letters(author.name).replace("~", ""))


# RIS


@given(titles, people, words)
def test_ris(title: str, authors: tuple[Author, ...], comment: str) -> None:
    paper = replace(PAPER, title=title, authors=authors, abstract=title, comment=comment or None)
    text = written("ris", [paper, replace(PAPER, title="After")])
    first, second = ris_records(text)
    assert second["TI"] == ["After"]
    assert first.get("TI", [""]) == [title]
    assert first.get("AB", [""]) == [title]
    assert (first["PY"], first["DA"]) == (["2026"], ["2026/11/01/"])
    assert first.get("N1", []) == ([comment] if comment else [])
    printed = [" ".join(reversed(name.split(", ", 1))) if ", " in name else name for name in first.get("AU", [])]
    assert [name.removesuffix(",").strip() for name in printed] == [
        without_commas(author.name) for author in authors if without_commas(author.name)
    ]


@given(titles, people)
def test_ris_by_rispy(title: str, authors: tuple[Author, ...]) -> None:
    text = written("ris", [replace(PAPER, title=title, authors=authors), replace(PAPER, title="After")])
    first, second = rispy.loads(text)
    assert second["title"] == "After"
    assert first.get("title", "") == title
    assert len(first.get("authors", [])) == len([1 for author in authors if without_commas(author.name)])
    assert first["doi"] == "10.48550/arXiv.2611.01234"
    assert first["urls"] == ["https://arxiv.org/abs/2611.01234"]


@pytest.mark.parametrize("author", PEOPLE, ids=lambda author: author.name[:20])
def test_names_come_back_from_ris(author: Author) -> None:
    (draft,) = read_back("ris", written("ris", [replace(PAPER, authors=(author,))]))
    (found,) = draft.authors
    assert found.name == without_commas(author.name)
    if author.family and "," not in author.name:
        assert (found.family, found.given) == (
            author.family if author.given or " " in author.name else "",
            author.given,
        )


# CSL-JSON


@given(titles, people, words)
@example("x", (Author("Ludwig van Beethoven", "van Beethoven", "Ludwig"),), "12 pages")
def test_csl(title: str, authors: tuple[Author, ...], comment: str) -> None:
    paper = replace(PAPER, title=title, authors=authors, comment=comment or None, tags=("a-tag",))
    text = written("csl", [paper, replace(PAPER, title="After")])
    value = json.loads(text)
    Draft7Validator(CSL_DATA).validate(value)
    first, second = value
    assert second["title"] == "After"
    assert first.get("title", "") == title
    assert first.get("note", "") == comment
    assert (first["type"], first["number"], first["publisher"]) == ("article", "arXiv:2611.01234", "arXiv")
    assert (first["DOI"], first["URL"]) == ("10.48550/arXiv.2611.01234", "https://arxiv.org/abs/2611.01234")
    assert first["issued"] == {"date-parts": [[2026, 11, 1]]}
    assert first["keyword"] == "a-tag"
    assert [csl_printed(name) for name in first.get("author", [])] == [author.name for author in authors]


def csl_printed(name: dict[str, str]) -> str:
    if "literal" in name:
        assert name.keys() == {"literal"}
        return name["literal"]
    parts = ("given", "dropping-particle", "non-dropping-particle", "family", "suffix")
    return " ".join(name[part] for part in parts if part in name)


@given(people)
def test_names_come_back_from_csl(authors: tuple[Author, ...]) -> None:
    names = [html.unescape(re.sub(r"</?(?:i|b|p)\b[^>]*>", "", author.name)) for author in authors]
    if names == [author.name for author in authors] and not any("<" in name or "&" in name for name in names):
        found = draft_of_csl(csl_item(replace(PAPER, authors=authors), "k")).authors
        assert [author.name for author in found] == names


@pytest.mark.parametrize(
    ("author", "name"),
    [
        (PEOPLE[0], {"family": "Lovelace", "given": "Ada"}),
        (PEOPLE[1], {"family": "Beethoven", "given": "Ludwig", "non-dropping-particle": "van"}),
        (PEOPLE[2], {"family": "Waals", "given": "Johannes Diderik", "non-dropping-particle": "van der"}),
        (PEOPLE[3], {"family": "De Vries", "given": "Pierre"}),
        (PEOPLE[4], {"family": "King", "given": "Martin", "suffix": "Jr."}),
        (PEOPLE[6], {"literal": "Plato"}),
        (PEOPLE[7], {"literal": "World Health Organization"}),
        (PEOPLE[9], {"family": "Müller", "given": "Jürgen"}),
        (Author("Benjamin Van Durme"), {"family": "Durme", "given": "Benjamin Van"}),
        (Author("Vincent van Gogh"), {"family": "Gogh", "given": "Vincent", "non-dropping-particle": "van"}),
        (Author("Robert Downey Jr."), {"family": "Downey", "given": "Robert", "suffix": "Jr."}),
        (Author("LIGO Scientific Collaboration"), {"literal": "LIGO Scientific Collaboration"}),
        (Author("Team 42"), {"literal": "Team 42"}),
    ],
)
def test_how_csl_takes_names_apart(author: Author, name: dict[str, str]) -> None:
    assert csl_item(replace(PAPER, authors=(author,)), "k")["author"] == [name]


@given(people)
def test_names_are_split_without_losing_a_letter(authors: tuple[Author, ...]) -> None:
    for author in authors:
        family, given_name = split(author)
        assert not family or f"{given_name} {family}" == author.name
        stem, suffix = suffix_of(author.family)
        assert author.family.replace(",", "") == f"{stem} {suffix}".strip().replace(",", "")
        particle, rest = particle_of(author.family)
        assert f"{particle} {rest}".split() == author.family.split()


# CSV


@given(titles, people, words)
def test_csv(title: str, authors: tuple[Author, ...], tag: str) -> None:
    paper = replace(PAPER, title=title, authors=authors, comment=title, tags=(tag, "b;c") if tag else ())
    about = About(columns=("state", "position"))
    first, second = csv_rows(
        written("csv", [paper, replace(PAPER, title="After")], about, facts={"state": title, "position": 1})
    )
    assert second["title"] == "After"
    assert (first["title"], first["comment"], first["state"]) == (title, title, title)
    assert unlisted(first["tags"]) == list(paper.tags)
    assert [name.replace(", ", ",") for name in unlisted(first["authors"])] == [
        f"{author.family},{author.given}".replace(", ", ",")
        if author.given and author.family
        else author.name.replace(", ", ",")
        for author in authors
    ]
    assert (first["id"], first["citation_key"], first["position"]) == ("2611.01234", "key0", "1")


@given(titles)
def test_a_guarded_cell_says_the_same(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] not in ("=", "+", "-", "@")
    assert not text or unlisted(listed([text, text])) == [text, text]


# JSON lines


@given(titles, people, words)
def test_json_lines(title: str, authors: tuple[Author, ...], comment: str) -> None:
    paper = replace(PAPER, title=title, authors=authors, comment=comment or None)
    text = written("jsonl", [paper, replace(PAPER, title="After")])
    first, second = json_lines(text)
    assert second["title"] == "After"
    assert first.get("title", "") == title
    assert [(one["name"], one["family"], one["given"]) for one in first.get("authors", [])] == [
        (author.name, author.family, author.given) for author in authors
    ]
    if title:
        draft = read_back("jsonl", text)[0]
        assert (draft.title, draft.comment) == (title[:2_000], comment or None)
        assert draft.authors == tuple(author for author in authors if author.name.strip())


# Markdown


@given(titles, people)
def test_markdown(title: str, authors: tuple[Author, ...]) -> None:
    text = written("markdown", [replace(PAPER, title=title, authors=authors), replace(PAPER, title="After")])
    (linked, whole), (second, _) = markdown_items(text)
    assert second == "After"
    assert linked == (title if len(title) <= 500 else f"{title[:499].rstrip()}…") or (
        not title and "no title" in linked
    )
    for author in authors[:6]:
        assert one_line(author.name) in whole
    assert "arXiv:2611.01234" in whole


# All of them


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("title", TITLES, ids=lambda title: repr(title[:12]))
def test_no_format_lets_a_terminal_sequence_or_an_override_through(format_name: str, title: str) -> None:
    text = written(format_name, [replace(PAPER, title=one_line(title))])
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


@pytest.mark.parametrize("format_name", FORMATS)
def test_nothing_is_a_file_as_well(format_name: str) -> None:
    text = written(format_name, [])
    assert text == {"csl": "[]\n", "csv": text, "markdown": "# Papers\n\nNo papers.\n"}.get(format_name, "")
    assert len(text.splitlines()) == {"csl": 1, "csv": 1, "markdown": 3}.get(format_name, 0)


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_sample_workspace_is_marked_in_every_format(format_name: str) -> None:
    text = written(format_name, [PAPER], About(demo=True))
    assert "demo" in text.lower()
    assert "demo" not in written(format_name, [PAPER]).lower()


@pytest.mark.parametrize(
    ("entry", "ris", "csl"),
    [
        (
            {"type": "article", "fields": {"journal": "Nature", "volume": "5", "number": "2", "pages": "1--9"}},
            "JOUR",
            "article-journal",
        ),
        ({"type": "inproceedings", "fields": {"booktitle": "Proc. of X"}}, "CPAPER", "paper-conference"),
        ({"type": "incollection", "fields": {"booktitle": "Essays", "publisher": "MIT"}}, "CHAP", "chapter"),
        ({"type": "book", "fields": {"publisher": "MIT", "isbn": "1", "edition": "2"}}, "BOOK", "book"),
        ({"type": "phdthesis", "fields": {"school": "MIT"}}, "THES", "thesis"),
        ({"type": "techreport", "fields": {"institution": "MIT", "number": "7"}}, "RPRT", "report"),
        ({"type": "unpublished", "fields": {}}, "UNPB", "manuscript"),
        ({"type": "misc", "fields": {}}, "GEN", "document"),
    ],
)
def test_kinds_of_publication(entry: dict[str, Any], ris: str, csl: str) -> None:
    paper = replace(PAPER, key="ref:x", kind="reference", extra={"entry": {"key": "k", "latex": True, **entry}})
    ((record,), (item,)) = ris_records(written("ris", [paper])), json.loads(written("csl", [paper]))
    Draft7Validator(CSL_DATA).validate([item])
    assert item["type"] == csl
    assert f"TY  - {ris}\r\n" in written("ris", [paper])
    if entry["type"] == "article":
        assert (record["T2"], record["VL"], record["IS"]) == (["Nature"], ["5"], ["2"])
        assert (record["SP"], record["EP"]) == (["1"], ["9"])
        assert (item["container-title"], item["volume"], item["issue"], item["page"]) == ("Nature", "5", "2", "1–9")


def test_a_published_arxiv_paper_is_what_it_was_published_as() -> None:
    paper = replace(PAPER, doi="10.1000/x", journal_ref="Proceedings of EMNLP 2025")
    (item,) = json.loads(written("csl", [paper]))
    Draft7Validator(CSL_DATA).validate([item])
    assert (item["type"], item["container-title"]) == ("paper-conference", "Proceedings of EMNLP 2025")
    assert (item["archive"], item["archive_location"]) == ("arXiv", "2611.01234")
    assert "number" not in item
    assert "publisher" not in item
    (draft,) = read_back("csl", written("csl", [paper]))
    assert (draft.key, draft.doi) == ("2611.01234", "10.1000/x")
    assert "TY  - CPAPER" in written("ris", [paper])


def test_a_preprint_comes_back_from_csl_without_inventions() -> None:
    (draft,) = read_back("csl", written("csl", [PAPER]))
    assert draft.key == "2611.01234"
    assert draft.extra["entry"]["fields"] == {}


@pytest.mark.parametrize(
    ("day", "year", "parts"),
    [
        ("2017-01-01", 2017, [2017]),
        ("2017-06-01", 2017, [2017, 6]),
        ("2017-06-12", 2017, [2017, 6, 12]),
        ("2026-11-02", 2017, [2017]),
        ("2026-11-02", None, None),
    ],
)
def test_dates_say_what_is_known(day: str, year: int | None, parts: list[int] | None) -> None:
    paper = replace(PAPER, key="ref:x", kind="reference", day=day, year=year, submitted_at=None, first_listed=None)
    (item,) = json.loads(written("csl", [paper]))
    assert item.get("issued") == ({"date-parts": [parts]} if parts else None)
