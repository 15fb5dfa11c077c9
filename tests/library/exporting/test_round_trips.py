"""Out of one workspace and into another: what comes back is what was there."""

import html
import json
import os
import re
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from library.exporting.choosing import everything
from library.exporting.tabular import LONGEST
from library.exporting.writing import export
from library.papers import queries
from library.papers.importing import FileReport, import_file
from library.papers.ingest import add_drafts
from library.papers.model import Announcement, Author, Paper, PaperDraft, Version
from library.text import one_line
from library.workspace import Workspace
from planner.workspace import open_workspace
from tests.library.exporting.nasty import PEOPLE, TITLES
from tests.library.exporting.parsing import csv_rows, exported, ris_records

_TABLES = {
    "paper": "SELECT * FROM paper ORDER BY key",
    "authors": "SELECT p.key, pa.position, a.name, a.family, a.given FROM paper_author pa JOIN paper p ON p.id ="
    " pa.paper_id JOIN author a ON a.id = pa.author_id ORDER BY p.key, pa.position",
    "categories": "SELECT p.key, c.position, c.category FROM paper_category c JOIN paper p ON p.id = c.paper_id"
    " ORDER BY p.key, c.position",
    "announcements": "SELECT p.key, a.category, a.type, a.day FROM announcement a JOIN paper p ON p.id = a.paper_id"
    " ORDER BY 1, 2, 3, 4",
    "versions": "SELECT p.key, v.version, v.submitted_at, v.title, v.abstract, v.text_hash FROM paper_version v"
    " JOIN paper p ON p.id = v.paper_id ORDER BY 1, 2",
    "tags": "SELECT p.key, t.tag FROM tag t JOIN paper p ON p.id = t.paper_id ORDER BY 1, 2",
}
_NOT_OF_THE_PAPER = ("id", "notes_text")


def stored(workspace: Workspace) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of papers, without numbers that mean nothing outside."""

    def read(db: sqlite3.Connection) -> dict[str, list[tuple[Any, ...]]]:
        return {
            name: [
                tuple(row[column] for column in row.keys() if column not in _NOT_OF_THE_PAPER)  # noqa: SIM118
                for row in db.execute(sql).fetchall()
            ]
            for name, sql in _TABLES.items()
        }

    return workspace.store.read(read).result()


def bring_in(workspace: Workspace, path: Path, text: str) -> FileReport:
    path.write_bytes(text.encode())
    return import_file(workspace, str(path))


@contextmanager
def another(tmp_path: Path) -> Iterator[Workspace]:
    with open_workspace(tmp_path / "another", person="bob") as workspace:
        yield workspace


def papers(workspace: Workspace) -> list[Paper]:
    def read(db: sqlite3.Connection) -> list[Paper]:
        return [queries.paper(db, paper_id, "ada") for paper_id in queries.ids_newest_first(db)]

    return workspace.store.read(read).result()


NASTY = [
    *(
        PaperDraft(
            key=f"2611.{number:05}",
            kind="arxiv",
            source="atom",
            title=one_line(title)[:2_000] or "t",
            abstract=f"One. {one_line(title)}\n\nTwo paragraphs.",
            authors=PEOPLE[number % len(PEOPLE) :][:3],
            authors_truncated=number == 3,
            categories=("cs.LG", "stat.ML"),
            version=2,
            versions=(Version(1, "2026-11-01T09:00:00Z"), Version(2, "2026-11-02T09:00:00Z")),
            submitted_at="2026-11-01T09:00:00Z",
            updated_at="2026-11-02T09:00:00Z",
            first_listed="2026-11-02",
            announcements=(Announcement("cs.LG", "new", "2026-11-02"), Announcement("stat.ML", "cross", "2026-11-02")),
            comment="withdrawn by the author" if number == 5 else "12 pages",
            license="http://creativecommons.org/licenses/by/4.0/",
            tags=("kv-cache", "naïve-بحث"),
        )
        for number, title in enumerate(TITLES)
    ),
    PaperDraft(key="doi:10.1000/a", kind="reference", source="ris", title="A year", published="2017", doi="10.1000/a"),
    PaperDraft(key="ref:m", kind="reference", source="bibtex", title="A month", published="2017-06", text_kind="none"),
    PaperDraft(key="json:own", kind="reference", source="json", title="Undated", url="https://example.org/a?b=(c)"),
    PaperDraft(key="doc:abc123", kind="document", source="document", title="Memo", body="All of\n\n  the text."),
    PaperDraft(key="ref:s", kind="reference", source="manual", title="Typed", text_kind="summary", abstract="Ours."),
]
EARLIER = PaperDraft(key="2611.00000", kind="arxiv", source="atom", title="Before", abstract="Before.", version=1)


@pytest.fixture
def full(workspace: Workspace) -> Workspace:
    """A workspace with one of everything, one text of an earlier version, and a day on which it came in."""
    workspace.store.write(lambda db: add_drafts(db, NASTY, at="2026-01-05T06:07:08Z")).result()
    workspace.store.write(lambda db: add_drafts(db, [EARLIER], at="2026-01-06T06:07:08Z")).result()
    return workspace


def test_json_lines_make_the_same_workspace(full: Workspace, tmp_path: Path) -> None:
    text = exported(full, "jsonl")
    with another(tmp_path) as other:
        report = bring_in(other, tmp_path / "all.jsonl", text)
        assert (report.added, report.quarantined) == (len(NASTY), 0)
        ours, theirs = stored(full), stored(other)
        assert ours.keys() == theirs.keys()
        for name, rows in ours.items():
            assert theirs[name] == rows, name
        assert len(ours["versions"]) > len(NASTY)
        again = bring_in(other, tmp_path / "again.jsonl", exported(other, "jsonl"))
        assert (again.added, again.changed) == (0, 0)
        assert stored(other) == ours
    assert sorted(text.splitlines()) == sorted(exported(full, "jsonl").splitlines())


def test_json_lines_do_not_believe_what_they_are_told(workspace: Workspace, tmp_path: Path) -> None:
    good = {"labtop": 1, "id": "2611.01234", "kind": "arxiv", "title": "\x1b[31mT\u202e", "source": "atom"}
    bad = [
        {**good, "labtop": 2},
        {**good, "kind": "secret"},
        {**good, "id": "2611.01234v3"},
        {**good, "kind": "reference"},
        {**good, "title": "", "abstract": ""},
    ]
    odd = {
        **good,
        **{"version": -4, "versions": "no", "authors": [1, {"name": ""}], "categories": [["x"]], "extra": [1]},
        **{"announcements": [{"day": "soon"}], "first_listed": "today", "tags": ["A Tag", 3], "body": 7},
    }
    report = bring_in(workspace, tmp_path / "x.jsonl", "\n".join(json.dumps(each) for each in [*bad, odd]))
    assert (report.added, report.quarantined) == (1, len(bad))
    (paper,) = papers(workspace)
    assert (paper.title, paper.tags, paper.version, paper.authors, paper.announcements) == (
        "T",
        ("a-tag",),
        None,
        (),
        (),
    )


@pytest.mark.parametrize("format_name", ["bibtex", "ris", "csl"])
def test_other_formats_bring_back_the_same_papers(full: Workspace, tmp_path: Path, format_name: str) -> None:
    before = stored(full)
    report = bring_in(full, tmp_path / f"back.{format_name}", exported(full, format_name))
    assert report.quarantined == 0
    known = {row[0] for row in before["paper"]}
    added = {row[0] for row in stored(full)["paper"]} - known
    assert all(not key[0].isdigit() and not key.startswith("doi:") for key in added), added  # own keys are labtop's
    assert len(added) <= 4


# Twice out is once out: what was imported from a file of labtop's is written as that file was.

KINDS: list[dict[str, Any]] = [
    {"id": "web", "type": "webpage", "title": "A page", "URL": "https://example.org/a;b=1"},
    {"id": "soft", "type": "software", "title": "Software", "author": [{"family": "A", "given": "B"}]},
    {"id": "data", "type": "dataset", "title": "Data", "publisher": "Zenodo", "DOI": "10.5281/zenodo.1"},
    {"id": "patent", "type": "patent", "title": "Patent", "number": "US1"},
    {"id": "edited", "type": "book", "title": "Edited", "editor": [{"family": "Zhang", "given": "Kun"}]},
    {
        "id": "sici",
        "type": "article-journal",
        "title": "Old",
        "DOI": "10.1002/(sici)1097(199009)41:6<391::aid>3.0.co;2-9",
    },
    {
        "id": "pre",
        "type": "article",
        "title": "T",
        "DOI": "10.48550/arXiv.2506.22935",
        "note": "Code: 10.5281/zenodo.2",
    },
    {"id": "words", "type": "article-journal", "title": "W", "keyword": "Aged, 80 and over", "container-title": "J"},
]
PUBLISHED = replace(NASTY[3], doi="10.1000/b", submitted_at="2026-11-02T09:00:00Z", authors_truncated=False)


@pytest.mark.parametrize("format_name", ["bibtex", "ris", "csl", "jsonl"])
def test_what_was_imported_is_written_as_it_was(workspace: Workspace, tmp_path: Path, format_name: str) -> None:
    bring_in(workspace, tmp_path / "kinds.json", json.dumps(KINDS))
    workspace.store.write(lambda db: add_drafts(db, [PUBLISHED], at="2026-01-05T00:00:00Z"))
    first = exported(workspace, format_name)
    with another(tmp_path) as other:
        assert bring_in(other, tmp_path / f"first.{format_name}", first).quarantined == 0
        assert records(exported(other, format_name), format_name) == records(first, format_name)


def records(text: str, format_name: str) -> list[str]:
    """In an order of their own: papers of one day come back the other way round."""
    apart = {"bibtex": "\n\n", "ris": "\r\n\r\n"}.get(format_name, "\n")
    return sorted(record.rstrip(",\n") for record in text.split(apart) if record.strip())


def test_kinds_keep_what_they_are(workspace: Workspace, tmp_path: Path) -> None:
    bring_in(workspace, tmp_path / "kinds.json", json.dumps(KINDS))
    csl = {item["id"]: item for item in json.loads(exported(workspace, "csl"))}
    assert {key: item["type"] for key, item in csl.items()} == {item["id"]: item["type"] for item in KINDS}
    assert csl["sici"]["DOI"] == KINDS[5]["DOI"]
    assert csl["pre"]["DOI"] == "10.48550/arXiv.2506.22935"
    types = {record["ID"][0]: record["TY"][0] for record in ris_records(exported(workspace, "ris"))}
    assert (types["web"], types["soft"], types["data"], types["patent"]) == ("ELEC", "COMP", "DATA", "PAT")
    bibtex = exported(workspace, "bibtex")
    assert "@online" not in bibtex
    edited = bibtex[bibtex.index("@book{edited") :].split("\n\n")[0]
    assert "author" not in edited


def test_json_lines_give_the_same_citation_keys(workspace: Workspace, tmp_path: Path) -> None:
    twins = [replace(NASTY[0], key=f"2611.2000{number}") for number in range(3)]
    workspace.store.write(lambda db: add_drafts(db, twins, at="2026-01-05T00:00:00Z")).result()
    text = exported(workspace, "jsonl", everything(workspace, as_added=True).ids)
    with another(tmp_path) as other:
        bring_in(other, tmp_path / "all.jsonl", text)
        assert exported(other, "jsonl", everything(other, as_added=True).ids) == text


# Real bibliographies.

FILES = (
    "bibtex/talesa__probmlbib/bibliography.bib",
    "csl_json",
    "ris_review_stages/ESHackathon__CiteSource/wos_278.ris.gz",
    "ris",
)


def facts(paper: Paper) -> tuple[Any, ...]:
    """What every format carries."""
    people = tuple(re.sub(r"[\s,.]+", "", author.name) for author in paper.authors)
    return re.sub(r"\W+", "", paper.title).casefold(), people, paper.year, paper.doi, paper.key.split(":")[0]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Iterator[Workspace]:
    """Some 900 real references of all formats."""
    folder = shared_data / "bibliography"
    paths = [
        path for name in FILES for path in ([folder / name] if (folder / name).is_file() else _under(folder / name))
    ]
    with open_workspace(tmp_path_factory.mktemp("real") / "home", person="ada") as workspace:
        for path in paths:
            import_file(workspace, str(path))
        yield workspace


def _under(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in ("index.json", "README.md"))


@pytest.mark.realdata
def test_real_json_lines(library: Workspace, tmp_path: Path) -> None:
    with another(tmp_path) as other:
        report = bring_in(other, tmp_path / "all.jsonl", exported(library, "jsonl"))
        ours, theirs = stored(library), stored(other)
        assert (report.added, report.quarantined) == (len(ours["paper"]), 0)
        for name, rows in ours.items():
            assert theirs[name] == rows, name


@pytest.mark.realdata
@pytest.mark.parametrize("format_name", ["bibtex", "ris", "csl"])
def test_real_references(library: Workspace, tmp_path: Path, format_name: str) -> None:
    before = papers(library)
    with another(tmp_path) as other:
        report = bring_in(other, tmp_path / f"all.{format_name}", exported(library, format_name))
        assert report.quarantined == 0
        after = papers(other)
    assert len(after) >= len(before) - 1
    # CSL has markup in texts (<i>, <sup>), so that titles with marks of their own come back without them.
    wrong = Counter(map(facts, map(unmarked, before))) - Counter(map(facts, map(unmarked, after)))
    assert sum(wrong.values()) <= 3, list(wrong)


def unmarked(paper: Paper) -> Paper:
    return replace(paper, title=html.unescape(re.sub(r"</?[a-z]+>", "", paper.title)))


@pytest.mark.realdata
def test_real_rows_and_records(library: Workspace) -> None:
    before = papers(library)
    rows = csv_rows(exported(library, "csv"))
    assert [row["title"] for row in rows] == [paper.title for paper in before]
    assert [row["abstract"] for row in rows] == [
        paper.abstract if len(paper.abstract) <= LONGEST else f"{paper.abstract[: LONGEST - 1]}…" for paper in before
    ]
    records = ris_records(exported(library, "ris"))
    assert [record["TI"] for record in records] == [[" ".join(paper.title.split())] for paper in before]


# The file itself.


def test_a_file_is_whole_or_not_there(full: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "papers.ris"
    path.write_text("before")
    real: Callable[..., Any] = queries.papers

    def fails(db: sqlite3.Connection, ids: Any, person: str) -> Any:
        raise RuntimeError("in the middle") if path.exists() else real(db, ids, person)

    monkeypatch.setattr("library.exporting.reading.queries.papers", fails)
    with pytest.raises(RuntimeError):
        export(full, everything(full), "ris", path)
    assert path.read_text() == "before"
    assert [each.name for each in tmp_path.iterdir() if each.name.endswith(".tmp")] == []


def test_devices_pipes_and_links_stay_what_they_are(full: Workspace, tmp_path: Path) -> None:
    link, target, pipe = tmp_path / "link.ris", tmp_path / "target.ris", tmp_path / "pipe"
    target.write_text("before")
    link.symlink_to(target)
    assert export(full, everything(full), "ris", link).papers == len(NASTY)
    assert link.is_symlink()
    assert target.read_text().startswith("TY  - ")
    os.mkfifo(pipe)
    found: list[bytes] = []
    reader = threading.Thread(target=lambda: found.append(pipe.read_bytes()))
    reader.start()
    export(full, everything(full), "ris", pipe)
    reader.join(10)
    assert found == [target.read_bytes()]
    assert pipe.is_fifo()


def test_zoteros_addresses_are_no_citation_keys(workspace: Workspace, tmp_path: Path) -> None:
    item = {"id": "http://zotero.org/users/1/items/ABC", "type": "article-journal", "title": "On growth"}
    bring_in(workspace, tmp_path / "a.json", json.dumps([item]))
    assert "@article{anongrowth," in exported(workspace, "bibtex")


def test_authors_and_titles_of_nasty_papers_are_all_there(full: Workspace) -> None:
    rows = csv_rows(exported(full, "csv"))
    assert {row["title"] for row in rows} == {draft.title for draft in NASTY}
    assert Author("Plato") in PEOPLE
