"""The sample's programme: its quotes are the papers' sentences, and what follows from it is reckoned, not written."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from library.paths import WorkspacePaths
from library.sample import sample_drafts
from library.workspace import Workspace
from planner.agenda import agenda
from planner.sample import make_demo, programme
from planner.sample_reading import reading
from planner.workspace import open_workspace


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    home = tmp_path_factory.mktemp("sample") / "demo"
    assert make_demo(WorkspacePaths(home))[0]
    with open_workspace(home) as workspace:
        yield workspace


def ask(sample: Workspace, sql: str) -> list[sqlite3.Row]:
    return sample.store.read(lambda db: db.execute(sql).fetchall()).result()


def test_every_quote_is_a_sentence_of_a_sample_paper() -> None:
    texts = {draft.key: draft.abstract for draft in sample_drafts()}
    for one in programme()["evidence"]:
        assert one["quote"] in texts[one["paper"]]


def test_there_are_hypotheses_with_evidence_on_both_sides_and_twenty_experiments(sample: Workspace) -> None:
    assert len(ask(sample, "SELECT * FROM experiment")) == 20
    stances = {row[0] for row in ask(sample, "SELECT stance FROM evidence WHERE paper_id IS NOT NULL")}
    assert stances == {"for", "against", "context"}
    assert len(ask(sample, "SELECT * FROM evidence WHERE paper_id IS NOT NULL")) == len(programme()["evidence"])


def test_the_verdicts_are_the_known_ones(sample: Workspace) -> None:
    found = ask(
        sample,
        "SELECT e.title, v.state, v.label, v.blocked_by IS NOT NULL AND v.blocked_by != '[]' AS blocked"
        " FROM verdict v JOIN experiment e ON e.id = v.experiment_id ORDER BY e.id",
    )
    verdicts = {row["title"].split()[0]: (row["state"], row["label"], bool(row["blocked"])) for row in found}
    assert verdicts == {
        "Distil": ("supported", None, False),
        "Late": ("supported", None, True),
        "Rewrite": ("refuted", "equivalent", False),
        "Pick": ("inconclusive", None, False),
        "Keep": ("refuted", "harmful", False),
    }


def test_a_quarter_is_planned_and_kept_within_its_budget(sample: Workspace) -> None:
    (plan,) = ask(sample, "SELECT * FROM roadmap WHERE state = 'adopted'")
    chosen = ask(sample, "SELECT * FROM roadmap_entry WHERE chosen")
    assert plan["optimal"]
    assert sum(row["gpu_hours"] for row in chosen) <= plan["gpu_hours"]
    assert all(row["stays"] is not None for row in chosen)
    left = ask(
        sample, "SELECT e.title FROM roadmap_entry r JOIN experiment e ON e.id = r.experiment_id WHERE NOT chosen"
    )
    assert left, "a budget under which everything fits teaches nothing"


def test_nobody_is_there_to_undo_it(sample: Workspace) -> None:
    assert not ask(sample, "SELECT * FROM journal")


def test_nothing_happened_after_the_day_on_which_it_stands_still(sample: Workspace) -> None:
    for table, column in (
        ("hypothesis", "updated_at"),
        ("experiment", "updated_at"),
        ("verdict", "at"),
        ("roadmap", "at"),
    ):
        assert max(row[0] for row in ask(sample, f'SELECT "{column}" FROM "{table}"'))[:10] <= "2026-04-13"


def test_today_says_what_it_asks(sample: Workspace) -> None:
    items = sample.store.read(
        lambda db: agenda(db, sample.settings.programme, sample.person, sample.clock.today())
    ).result()
    assert [item.label for item in items] == sorted(
        (item.label for item in items),
        key=["Decide", "Verdicts", "In the way", "Week", "Budget"].index,
    )
    assert any("blocked by latency p95" in item.text for item in items) or any("more" in item.text for item in items)


def test_made_again_it_adds_nothing(sample: Workspace, tmp_path: Path) -> None:
    home = tmp_path / "again"
    make_demo(WorkspacePaths(home))
    assert make_demo(WorkspacePaths(home))[0] is False
    with open_workspace(home) as workspace:
        assert len(ask(workspace, "SELECT * FROM hypothesis")) == len(programme()["hypotheses"])


def test_people_read_and_say_what_they_think(sample: Workspace) -> None:
    states = {row[0]: row[1] for row in ask(sample, "SELECT state, count(*) FROM queue_entry GROUP BY state")}
    assert set(states) == {"reading", "queued", "read", "dropped"}
    assert len(ask(sample, "SELECT DISTINCT person FROM queue_entry")) == 2
    written = reading()
    assert len(ask(sample, "SELECT * FROM critique")) == len(written["critiques"])
    assert len(ask(sample, "SELECT * FROM quote")) == len(written["quotes"])
    assert ask(sample, "SELECT count(*) FROM queue_entry WHERE due < '2026-04-13'")[0][0] == 1, "one is late"
