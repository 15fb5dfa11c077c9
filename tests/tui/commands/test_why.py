"""`labtop why` as a person runs it: what a score is made of, and that it adds up."""

import json
import math
from pathlib import Path

import pytest

from library.ranking.refresh import rerank
from library.workspace import Workspace
from tests.library.ranking.making import decide, look_for, papers, put, stand_still
from tui.cli import run


@pytest.fixture
def desk(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Papers that are ranked by words, and an old one that is not."""
    monkeypatch.setenv("LABTOP_CACHE", str(tmp_path / "no-cache"))
    stand_still(workspace)
    put(workspace, [*papers(16), *papers(1, day="2020-01-05", first=90)])
    for number in range(14):
        put(workspace, papers(1, day=f"2026-02-{number + 1:02}", first=100 + number))
    return workspace


def labtop(workspace: Workspace, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = run(["--home", str(workspace.paths.home), "--as", "ada", *words])
    out, err = capsys.readouterr()
    return code, out, err


def test_a_stored_score_is_taken_apart(desk: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    look_for(desk, "late interaction for retrieval")
    rerank(desk)
    code, out, err = labtop(desk, capsys, "why", "2604.00004")
    assert (code, err) == (0, "")
    assert out.startswith("On retrieval, part 4 (2604.00004)\n")
    assert "for topic late interaction for retrieval" in out
    assert "Words in common: " in out
    assert "By your interests alone (0 decisions so far; it learns from 10 on)" in out
    assert "by words alone" in out

    found = json.loads(labtop(desk, capsys, "why", "arXiv:2604.00004v1", "--json")[1])
    assert (found["id"], found["stored"], found["regime"], found["by_words"]) == ("2604.00004", True, "interests", True)
    assert found["sum"] == math.fsum(part["value"] for part in found["parts"])
    assert found["sum"] == pytest.approx(found["log_odds"], abs=1e-9)
    assert found["score"] == pytest.approx(1 / (1 + math.exp(-found["sum"])), abs=1e-4)
    assert found["interest"]["kind"] == "topic"
    shown = [line.split()[0] for line in out.splitlines() if line.startswith(("  +", "  −"))]
    figures = [round(float(text.replace("−", "-")) * 100) for text in shown]
    assert sum(figures[:-1]) == figures[-1]  # to the last digit


def test_a_paper_that_is_not_ranked_is_ranked_for_once(desk: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    look_for(desk, "pruning of networks")
    (old,) = desk.store.read(lambda db: db.execute("SELECT id FROM paper WHERE key = '2604.00090'").fetchone()).result()
    decide(desk, [old], "star")
    code, out, err = labtop(desk, capsys, "why", "2604.00090", "--read-only", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["stored"] is False


def test_where_nothing_is_wanted_it_says_what_to_do(desk: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = labtop(desk, capsys, "why", "2604.00004", "--json")
    assert (code, out) == (1, "")
    assert "nothing to rank by" in err
    assert "labtop interest add" in err
    assert labtop(desk, capsys, "why", "2604.99999")[0] == 3


def test_hostile_titles_stay_text(desk: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    look_for(desk, "[/bold] \u202eretrieval")
    desk.store.write(lambda db: db.execute("UPDATE paper SET title = ?", ("[red]Zeilen\n" + "x" * 10_000,))).result()
    code, out, err = labtop(desk, capsys, "why", "2604.00004")
    assert code == 0
    assert "[red]Zeilen xxx" in out
    assert "\u202e" not in out
    assert "for topic [/bold] retrieval" in out
    assert "Ranked for this once" in err
