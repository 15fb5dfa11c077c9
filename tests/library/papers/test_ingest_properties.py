"""Folding, whatever the records and their order: idempotent, order-independent where it should be, nothing lost."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from library.papers import commands, ingest
from library.papers.ingest import Ingested, add_drafts
from library.papers.model import Announcement, Author, PaperDraft, Version
from library.workspace import Workspace
from planner.workspace import open_workspace

AT = "2026-04-13T08:00:00Z"
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """One database in memory: each example runs in a savepoint that is rolled back."""
    home: Path = tmp_path_factory.mktemp("ingest")
    with open_workspace(home, person="ada") as workspace:
        pass
    file = sqlite3.connect(workspace.paths.database)
    memory = sqlite3.connect(":memory:", isolation_level=None)
    file.backup(memory)
    file.close()
    memory.row_factory = sqlite3.Row
    memory.execute("PRAGMA foreign_keys = ON")
    yield memory
    memory.close()


@contextmanager
def fresh(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    db.execute("BEGIN")
    try:
        yield db
    finally:
        db.execute("ROLLBACK")


def state(db: sqlite3.Connection) -> dict[str, Any]:
    """All that folding decides, by key."""
    papers = db.execute(
        "SELECT key, kind, title, abstract, text_kind, text_hash, authors, version, updated_at, submitted_at,"
        " first_listed, day, year FROM paper ORDER BY key"
    )
    linked = (
        "SELECT p.key, x.category FROM paper_category x JOIN paper p ON p.id = x.paper_id ORDER BY 1, 2",
        "SELECT p.key, x.category, x.type, x.day FROM announcement x JOIN paper p ON p.id = x.paper_id"
        " ORDER BY 1, 2, 3, 4",
        "SELECT p.key, x.version, x.submitted_at FROM paper_version x JOIN paper p ON p.id = x.paper_id ORDER BY 1, 2",
    )
    return {
        "papers": [tuple(row) for row in papers],
        **{sql: [tuple(row) for row in db.execute(sql)] for sql in linked},
    }


def put(db: sqlite3.Connection, drafts: list[PaperDraft]) -> Ingested:
    return add_drafts(db, drafts, at=AT)


authors = st.lists(st.sampled_from([Author("Ada Lovelace", "Lovelace", "Ada"), Author("Alan Turing")]), max_size=2)
categories = st.lists(st.sampled_from(["cs.IR", "cs.CL", "stat.ML"]), min_size=1, max_size=3, unique=True).map(tuple)
days = st.sampled_from(["2025-01-02", "2025-01-03", "2025-02-01"])
drafts = st.builds(
    PaperDraft,
    key=st.sampled_from(["2501.00001", "2501.00002", "doi:10.1000/a", "ref:x"]),
    kind=st.just("arxiv"),
    source=st.sampled_from(["json", "atom", "oai"]),
    title=st.sampled_from(["On growth", "On growth, again"]),
    abstract=st.sampled_from(["", "Words.", "More words."]),
    authors=authors.map(tuple),
    categories=categories,
    categories_complete=st.booleans(),
    version=st.sampled_from([None, 1, 2, 3]),
    updated_at=st.sampled_from([None, "2025-01-02", "2025-01-02T10:00:00Z", "2025-03-01T10:00:00Z"]),
    submitted_at=st.sampled_from([None, "2025-01-01", "2025-01-01T09:00:00Z"]),
    first_listed=st.one_of(st.none(), days),
    announcements=st.lists(
        st.builds(Announcement, category=st.sampled_from(["cs.IR", "cs.CL"]), type=st.just("new"), day=days), max_size=2
    ).map(tuple),
    doi=st.sampled_from([None, "10.1000/a", "10.1000/B"]),
    comment=st.sampled_from([None, "withdrawn by the author"]),
).map(lambda draft: draft if draft.key[0] == "2" else replace(draft, kind="reference"))
drafts = drafts.map(lambda draft: replace(draft, doi=draft.key[4:]) if draft.key.startswith("doi:") else draft)


@quick
@given(st.lists(drafts, max_size=6))
def test_records_again_in_the_same_order_end_the_same_from_the_second_time_on(
    db: sqlite3.Connection, records: list[PaperDraft]
) -> None:
    with fresh(db):
        put(db, records)
        put(db, records)
        before = state(db)
        assert put(db, records).added == ()
        assert state(db) == before


@quick
@given(drafts)
def test_one_record_twice_changes_nothing(db: sqlite3.Connection, record: PaperDraft) -> None:
    with fresh(db):
        (added,) = put(db, [record]).added
        before = state(db)
        assert put(db, [record]) == Ingested(unchanged=(added,))
        assert state(db) == before


@quick
@given(st.lists(drafts, max_size=8), st.integers(1, 4))
def test_how_records_are_cut_into_chunks_does_not_matter(
    db: sqlite3.Connection, records: list[PaperDraft], size: int
) -> None:
    with fresh(db):
        put(db, records)
        whole = state(db)
    with fresh(db), pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest, "CHUNK", size)
        for start in range(0, len(records), size):
            put(db, records[start : start + size])
        assert state(db) == whole


@quick
@given(st.lists(drafts, max_size=6))
def test_nothing_that_was_known_is_lost(db: sqlite3.Connection, records: list[PaperDraft]) -> None:
    with fresh(db):
        for record in records:
            put(db, [record])
            known = state(db)
            put(db, [replace(record, abstract="", authors=(), categories=(), announcements=(), comment=None)])
            after = state(db)
            assert [row[:3] for row in after["papers"]] == [row[:3] for row in known["papers"]]
            for old, new in zip(known["papers"], after["papers"], strict=True):
                assert bool(new[3]) >= bool(old[3])
                assert bool(new[6]) >= bool(old[6])
            assert {key: value for key, value in after.items() if key != "papers"} == {
                key: value for key, value in known.items() if key != "papers"
            }


def version(number: int, **more: Any) -> PaperDraft:
    return PaperDraft(
        key="2501.00001",
        kind="arxiv",
        source="atom",
        title=f"Title {number}",
        abstract=f"Abstract {number}.",
        authors=(Author("Ada Lovelace"),),
        categories=("cs.IR", "cs.CL"),
        version=number,
        versions=(Version(number, f"2025-01-0{number}T00:00:00Z"),),
        updated_at=f"2025-01-0{number}T00:00:00Z",
        submitted_at="2025-01-01T00:00:00Z",
        first_listed=f"2025-01-0{number + 1}",
        announcements=(Announcement("cs.IR", "new" if number == 1 else "replace", f"2025-01-0{number + 1}"),),
        **more,
    )


@quick
@given(st.permutations([version(1), version(2), version(3)]), st.booleans())
def test_versions_fold_the_same_in_any_order(db: sqlite3.Connection, records: list[PaperDraft], together: bool) -> None:
    with fresh(db):
        for part in [records] if together else [[record] for record in records]:
            put(db, part)
        (row,) = db.execute("SELECT title, version, first_listed, updated_at, day FROM paper")
        assert tuple(row) == ("Title 3", 3, "2025-01-02", "2025-01-03T00:00:00Z", "2025-01-02")
        texts = db.execute("SELECT version, submitted_at, title FROM paper_version ORDER BY version").fetchall()
        assert [tuple(text) for text in texts] == [
            (1, "2025-01-01T00:00:00Z", "Title 1"),
            (2, "2025-01-02T00:00:00Z", "Title 2"),
            (3, "2025-01-03T00:00:00Z", None),
        ]
        assert db.execute("SELECT count(*) FROM announcement").fetchone()[0] == 3


@quick
@given(st.permutations(["cs.IR", "cs.CL", "stat.ML"]))
def test_cross_lists_fold_onto_one_paper(db: sqlite3.Connection, order: list[str]) -> None:
    with fresh(db):
        for category in order:
            kind = "new" if category == "cs.IR" else "cross"
            seen = (Announcement(category, kind, "2025-01-02"),)
            put(db, [replace(version(1), categories=(category,), categories_complete=False, announcements=seen)])
        put(db, [replace(version(1), categories=("cs.IR", "cs.CL", "stat.ML"))])
        (row,) = db.execute("SELECT categories, categories_complete FROM paper")
        assert (set(row[0].split()), row[0].split()[0], row[1]) == ({"cs.IR", "cs.CL", "stat.ML"}, "cs.IR", 1)
        types = dict(db.execute("SELECT category, type FROM announcement").fetchall())
        assert types == {"cs.IR": "new", "cs.CL": "cross", "stat.ML": "cross"}


REFERENCE = PaperDraft(
    key="doi:10.1000/x",
    kind="reference",
    source="bibtex",
    title="Title 1",
    doi="10.1000/x",
    extra={"entry": {"key": "k"}},
)


@pytest.mark.parametrize("reference_first", [True, False])
@pytest.mark.parametrize("together", [True, False])
def test_a_reference_and_the_arxiv_paper_of_its_doi_are_one(
    db: sqlite3.Connection, reference_first: bool, together: bool
) -> None:
    paper = version(1, doi="10.1000/X")
    records = [REFERENCE, paper] if reference_first else [paper, REFERENCE]
    with fresh(db):
        for part in [records] if together else [[record] for record in records]:
            put(db, part)
        (row,) = db.execute("SELECT key, kind, doi, abstract, extra FROM paper")
        assert tuple(row) == ("2501.00001", "arxiv", "10.1000/x", "Abstract 1.", '{"entry": {"key": "k"}}')
        assert put(db, records).added == ()


def test_chapters_that_carry_their_books_doi_stay_apart(db: sqlite3.Connection) -> None:
    chapters = [replace(REFERENCE, title=title) for title in ("Growth of lichens", "Decay in ferns", "Of mosses")]
    with fresh(db):
        assert len(put(db, chapters).added) == 3
        assert len(put(db, list(reversed(chapters))).unchanged) == 3


def test_what_people_wrote_survives_every_fold(workspace: Workspace) -> None:
    write = workspace.store.write
    first = write(lambda db: add_drafts(db, [REFERENCE], at=AT)).result().added
    write(lambda db: commands.tag(db, "ada", first, "read")).result()
    write(lambda db: commands.add_note(db, "ada", first[0], "mine")).result()
    write(lambda db: commands.decide(db, "ada", first, "keep")).result()
    for draft in (version(1, doi="10.1000/x"), version(2), replace(version(3), comment="withdrawn")):
        done = write(lambda db, draft=draft: add_drafts(db, [draft], at=AT)).result()
        assert done.changed == first
    sql = (
        "SELECT (SELECT group_concat(tag) FROM tag), (SELECT body FROM note), (SELECT decision FROM decision),"
        " notes_text, key, withdrawn FROM paper"
    )
    (row,) = workspace.store.read(lambda db: db.execute(sql).fetchall()).result()
    assert tuple(row) == ("read", "mine", "keep", "mine", "2501.00001", 1)
