"""The sample workspace: marked, standing still, made once, and never inside a workspace of one's own."""

from datetime import date
from pathlib import Path

import pytest

from library.clock import stamp
from library.demo import demo_home, encode_demo
from library.errors import UsageError
from library.init import Choices, set_up
from library.papers.commands import add_note
from library.papers.ingest import add_drafts
from library.papers.model import PaperDraft
from library.paths import WorkspacePaths
from library.sample import sample_drafts, sample_workspace
from library.settings import load_settings
from planner.sample import make_demo
from planner.workspace import open_workspace


def test_the_sample_is_whole_marked_and_belongs_to_a_made_up_person(tmp_path: Path) -> None:
    paths = WorkspacePaths(tmp_path / "demo")
    assert make_demo(paths) == (True, len(sample_drafts()))
    sample = sample_workspace()
    with open_workspace(paths.home) as workspace:
        assert workspace.demo
        assert workspace.person == sample.people[0]
        assert workspace.clock.today() == date.fromisoformat(sample.as_of)
        assert workspace.name == sample.name

        def count(table: str) -> int:
            return int(
                workspace.store.read(lambda db: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]).result()
            )

        assert count("tag") == len(sample.tags)
        assert count("note") == len(sample.notes)
        assert count("decision") == len(sample.decisions)
        assert count("interest WHERE kind = 'topic'") == len(sample.interests)
        assert count("saved_search") == len(sample.saved_searches)
        assert count("sync_ledger") == len(sample.ledger)
        assert count("paper WHERE text_kind != 'summary'") == 0
        assert count("paper_fts WHERE paper_fts MATCH 'reranking'") > 0
    with open_workspace(paths.home, person="me") as workspace:
        assert workspace.person == "me"


def test_again_changes_nothing_and_keeps_what_one_did_in_it(tmp_path: Path) -> None:
    paths = WorkspacePaths(tmp_path / "demo")
    make_demo(paths)
    with open_workspace(paths.home) as workspace:
        workspace.store.write(lambda db: db.execute("DELETE FROM tag")).result()
    assert make_demo(paths) == (False, len(sample_drafts()))
    with open_workspace(paths.home) as workspace:
        assert workspace.store.read(lambda db: db.execute("SELECT count(*) FROM tag").fetchone()[0]).result() == 0


def test_a_newer_edition_of_the_sample_comes_in_and_what_one_did_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = WorkspacePaths(tmp_path / "demo")
    drafts = sample_drafts()
    tagged = {tag.paper for tag in sample_workspace().tags}
    missing = next(draft.key for draft in reversed(drafts) if draft.key not in tagged)
    make_demo(paths)
    with open_workspace(paths.home) as workspace:
        workspace.store.write(lambda db: db.execute("DELETE FROM paper WHERE key = ?", (missing,))).result()
        workspace.store.write(lambda db: add_note(db, "me", 1, "my own note")).result()
        count = "SELECT (SELECT count(*) FROM note), (SELECT count(*) FROM tag), (SELECT count(*) FROM interest)"
        before = workspace.store.read(lambda db: tuple(db.execute(count).fetchone())).result()
    monkeypatch.setattr("library.demo._edition", lambda: "another")
    assert make_demo(paths) == (False, len(drafts))
    with open_workspace(paths.home) as workspace:
        assert workspace.store.read(lambda db: tuple(db.execute(count).fetchone())).result() == before


def test_settings_that_a_killed_process_did_not_write_come_later(tmp_path: Path) -> None:
    paths = WorkspacePaths(tmp_path / "demo")
    make_demo(paths)
    paths.settings.unlink()
    make_demo(paths)
    assert load_settings(paths.settings).arxiv.categories == sample_workspace().categories


@pytest.mark.parametrize("own", ["papers", "settings", "interests"])
def test_it_never_goes_into_a_workspace_of_ones_own(tmp_path: Path, own: str) -> None:
    with open_workspace(tmp_path / "home", person="ada") as workspace:
        if own == "papers":
            draft = PaperDraft(key="2501.00001", kind="arxiv", source="t", title="Mine")
            workspace.store.write(lambda db: add_drafts(db, [draft], at=stamp())).result()
        elif own == "settings":
            set_up(workspace, Choices(days=3))
        else:
            set_up(workspace, Choices(interests=("late interaction",)))
    with pytest.raises(UsageError, match="of your own"):
        make_demo(WorkspacePaths(tmp_path / "home"))
    with open_workspace(tmp_path / "home") as workspace:
        assert not workspace.demo


def test_its_place_is_beside_ones_own(tmp_path: Path) -> None:
    assert demo_home(tmp_path / "labtop") == tmp_path / "labtop-demo"


def test_without_the_model_there_is_still_a_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABTOP_CACHE", str(tmp_path / "cache"))
    make_demo(WorkspacePaths(tmp_path / "demo"))
    with open_workspace(tmp_path / "demo") as workspace:
        monkeypatch.setattr("library.vectors.model.find_source", lambda name: None)
        monkeypatch.setattr("library.vectors.conversion._fetch", _nothing_to_fetch)
        encoded, problem = encode_demo(workspace)
    assert encoded == 0
    assert problem


def _nothing_to_fetch(*_: object) -> None:
    from library.errors import MissingPart

    raise MissingPart("The model is not on this machine.")
