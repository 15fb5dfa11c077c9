"""What a person does to papers from the shell: exit codes, JSON shapes, options on both sides of the verb."""

import json
from pathlib import Path

import pytest

from library.papers.ingest import add_drafts
from library.papers.model import Author, PaperDraft
from planner.workspace import open_workspace
from tui.cli import run


@pytest.fixture
def home(tmp_path: Path) -> Path:
    draft = PaperDraft(
        key="2501.00001",
        kind="arxiv",
        source="test",
        title="Late interaction, [/early] payoff",
        abstract="We measure things.",
        authors=(Author("Ada Lovelace", "Lovelace", "Ada"),),
        categories=("cs.IR",),
        version=1,
    )
    with open_workspace(tmp_path / "w", person="ada") as workspace:
        workspace.store.write(lambda db: add_drafts(db, [draft], at="2025-02-01T00:00:00Z")).result()
    return tmp_path / "w"


def labtop(home: Path, *arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = run(["--home", str(home), "--as", "ada", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def shown(home: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    record: dict[str, object] = json.loads(labtop(home, "show", "2501.00001", "--json", capsys=capsys)[1])
    return record


def test_decide_tag_note_and_undo(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        ("keep", "arXiv:2501.00001v1", "--reason", "our task"),
        ("tag", "Late Interaction", "2501.00001"),
        ("note", "2501.00001", "check the ablation"),
    ):
        code, out, err = labtop(home, *arguments, capsys=capsys)
        assert (code, err) == (0, "")
        assert "2501.00001" in out
    record = shown(home, capsys)
    assert (record["id"], record["decision"], record["tags"]) == ("2501.00001", "keep", ["late-interaction"])
    assert record["url"] == "https://arxiv.org/abs/2501.00001"
    (note,) = record["notes"]  # type: ignore[misc]
    assert labtop(home, "note", "--edit", str(note["id"]), "done", capsys=capsys)[0] == 0
    assert labtop(home, "note", "--delete", str(note["id"]), capsys=capsys)[0] == 0
    for _ in range(5):
        assert labtop(home, "undo", capsys=capsys)[0] == 0
    record = shown(home, capsys)
    assert (record["decision"], record["tags"], record["notes"]) == (None, [], [])
    assert labtop(home, "undo", capsys=capsys)[0] == 3


def test_show_carries_what_was_written_while_reading(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = shown(home, capsys)
    assert (record["critiques"], record["quotes"]) == ([], [])
    for arguments in (
        ("critique", "write", "2501.00001", "Thin", "--verdict", "2"),
        ("quote", "add", "2501.00001", "1"),
    ):
        assert labtop(home, *arguments, capsys=capsys)[0] == 0
    assert run(["--home", str(home), "--as", "Kim", "critique", "write", "2501.00001", "Fine", "--json"]) == 0
    capsys.readouterr()
    record = shown(home, capsys)
    for verb, name in (("critique", "critiques"), ("quote", "quotes")):
        listed = json.loads(labtop(home, verb, "list", "--json", capsys=capsys)[1])["results"]
        assert sorted(listed, key=str) == sorted(record[name], key=str)  # type: ignore[call-overload]
    assert [each["line"] for each in record["critiques"]] == ["Thin", "Fine"]  # type: ignore[attr-defined]
    (quote,) = record["quotes"]  # type: ignore[misc]
    assert quote["quote"] == "We measure things."


def test_exit_codes_name_what_is_wrong(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = labtop(home, "keep", "2501.99999", capsys=capsys)
    assert (code, out) == (3, "")
    assert "2501.99999" in err
    assert labtop(home, "keep", capsys=capsys)[0] == 2
    assert labtop(home, "note", capsys=capsys)[0] == 2
    code, _, err = labtop(home, "--read-only", "keep", "2501.00001", capsys=capsys)
    assert code == 1
    assert "read-only" in err
    assert labtop(home / "nowhere", "show", "2501.00001", capsys=capsys)[0] == 3


def test_plain_text_shows_titles_as_they_are(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = labtop(home, "show", "2501.00001", capsys=capsys)
    assert code == 0
    assert out.startswith("Late interaction, [/early] payoff\nAda Lovelace\n2501.00001 · v1 · cs.IR")
    assert labtop(home, "tags", capsys=capsys)[1].startswith("No paper has a tag")


def test_options_are_taken_on_both_sides_of_the_verb(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["tag", "x", "2501.00001", "--home", str(home), "--as", "kim", "--json"])
    assert code == 0
    assert json.loads(capsys.readouterr().out)["changed"] is True
    journal = json.loads(labtop(home, "journal", "--json", capsys=capsys)[1])
    assert (journal["total"], journal["results"][0]["person"]) == (1, "kim")


def test_the_environment_says_who_acts_unless_the_command_does(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABTOP_AS", "kim")
    assert run(["tag", "x", "2501.00001", "--home", str(home)]) == 0
    assert run(["--as", "ada", "tag", "y", "2501.00001", "--home", str(home)]) == 0
    capsys.readouterr()
    journal = json.loads(labtop(home, "journal", "--json", capsys=capsys)[1])
    assert [entry["person"] for entry in journal["results"]] == ["ada", "kim"]
