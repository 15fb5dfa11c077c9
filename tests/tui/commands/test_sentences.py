"""`labtop sentences` as a person runs it, and the splitting behind `labtop index` and the dashboard."""

import json
from pathlib import Path

import pytest

from library.papers.adding import Typed, add_document
from library.papers.commands import add_note
from library.papers.ingest import add_drafts
from library.papers.model import PaperDraft
from library.sentences.splitting import any_waiting
from library.vectors.model import ConvertedModel
from library.workspace import Workspace
from tests.tui.screens.driving import drafts, fill
from tests.tui.test_background import until
from tui.app import LabtopApp
from tui.cli import run

ABSTRACT = "We keep half, cf. Fig. 3, of [/all] tokens. Is it enough? It is."


@pytest.fixture
def filled(workspace: Workspace, tmp_path: Path) -> Workspace:
    draft = PaperDraft(key="2501.00001", kind="arxiv", source="t", title="Half", abstract=ABSTRACT, version=2)
    workspace.store.write(lambda db: add_drafts(db, [draft], at="2026-04-14T06:00:00Z")).result()
    workspace.store.write(lambda db: add_note(db, "ada", 1, "I doubt it. Ask Kim.")).result()
    memo = tmp_path / "memo.md"
    memo.write_text("# Memo\n\nWe met. Nobody came.\n")
    add_document(workspace, memo, Typed())
    return workspace


def labtop(workspace: Workspace, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = run(["--home", str(workspace.paths.home), *words])
    out, err = capsys.readouterr()
    return code, out, err


def test_sentences_are_numbered(filled: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = labtop(filled, capsys, "sentences", "arXiv:2501.00001v2", "--read-only")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "Half (2501.00001)",
        "1  We keep half, cf. Fig. 3, of [/all] tokens.",
        "2  Is it enough?",
        "3  It is.",
    ]
    everything = labtop(filled, capsys, "sentences", "2501.00001", "--all")[1].splitlines()
    assert everything[1:] == [
        "   1  We keep half, cf. Fig. 3, of [/all] tokens.",
        "   2  Is it enough?",
        "   3  It is.",
        "n1.1  I doubt it.",
        "n1.2  Ask Kim.",
    ]


def test_words_narrow_the_list(filled: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert labtop(filled, capsys, "sentences", "2501.00001", "--find", "IT  is")[1].splitlines()[1:] == ["3  It is."]
    code, out, _ = labtop(filled, capsys, "sentences", "2501.00001", "--find", "nothing of it")
    assert (code, out.splitlines()[1:]) == (0, ["No sentence has these words."])


def test_json_gives_places_and_hashes(filled: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    listed = json.loads(labtop(filled, capsys, "sentences", "2501.00001", "--all", "--json")[1])
    assert (listed["total"], listed["paper"], listed["text_kind"]) == (5, "2501.00001", "abstract")
    first, last = listed["results"][0], listed["results"][-1]
    assert (first["id"], first["name"], first["version"], first["note_id"]) == ("2501.00001#1", "1", 2, None)
    assert ABSTRACT[first["start"] : first["end"]] == first["text"]
    assert (last["id"], last["source"], last["note_id"]) == ("2501.00001#n1.2", "note", "1")
    assert len(first["hash"]) == len(first["text_hash"]) == 64


def test_a_document_has_its_full_text(filled: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    key = filled.store.read(lambda db: db.execute("SELECT key FROM paper WHERE id = 2").fetchone()[0]).result()
    listed = json.loads(labtop(filled, capsys, "sentences", key, "--all", "--find", "nobody", "--json")[1])
    assert [(record["name"], record["text"]) for record in listed["results"]][-1] == ("b3", "Nobody came.")


def test_an_unknown_paper_and_one_without_text(filled: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert labtop(filled, capsys, "sentences", "2501.99999")[0] == 3
    bare = PaperDraft(key="t:1", kind="reference", source="t", title="Bare")
    filled.store.write(lambda db: add_drafts(db, [bare], at="2026-04-14T06:00:00Z")).result()
    out = labtop(filled, capsys, "sentences", "t:1")[1]
    assert out.splitlines() == ["Bare (t:1)", "No abstract is known.", "It has no sentences."]


@pytest.mark.model
def test_index_splits_what_is_new(
    filled: Workspace, converted_model: ConvertedModel, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "Split 2 papers into" in labtop(filled, capsys, "index")[1]
    report = json.loads(labtop(filled, capsys, "index", "--json")[1])
    assert report["split"] == 0
    assert not filled.store.read(any_waiting).result()


@pytest.mark.model
async def test_the_dashboard_catches_up_behind_the_screens(
    workspace: Workspace, converted_model: ConvertedModel
) -> None:
    fill(workspace, drafts(8))
    app = LabtopApp(workspace, start="library")

    def vectors() -> list[int]:
        query = "SELECT DISTINCT paper_id FROM sentence_embedding ORDER BY paper_id"
        return workspace.store.read(lambda db: [row[0] for row in db.execute(query)]).result()

    async with app.run_test(size=(100, 24)):
        assert app.background is not None
        await until(lambda: not workspace.store.read(_no_paper_vector).result() and not app.status.work)
        app.background.look()
        await until(lambda: len(vectors()) == 3)  # those of the newest day
        await until(lambda: not app.status.work)
    assert not workspace.store.read(any_waiting).result()
    assert vectors() == [1, 2, 3]


def _no_paper_vector(db: object) -> bool:
    return db.execute("SELECT count(*) FROM embedding").fetchone()[0] < 8  # type: ignore[attr-defined, no-any-return]
