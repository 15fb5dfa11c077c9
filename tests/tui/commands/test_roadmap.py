"""`labtop roadmap …` as a person or a script calls it."""

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from planner.workspace import open_workspace
from tests.planner.roadmap.oracle import evsi, power
from tests.planner.roadmap.programme import experiment, hypothesis, in_state, result, state_of, verdict
from tui.cli import run

QUARTER = ("--quarter", "2027Q1")


@pytest.fixture
def at(tmp_path: Path) -> tuple[str, ...]:
    """A programme of five: E-3 needs E-1, E-4 needs input, E-5 goes by bits."""
    home = tmp_path / "home"
    with open_workspace(home, person="ada") as workspace:
        belongs = hypothesis(workspace, prior=0.38, payoff=17, loss=8)
        experiment(workspace, belongs, hours=60, title="An index for late interaction", reach=10, impact=2)
        experiment(workspace, belongs, hours=400, title="A bigger encoder, twice as wide and as deep as ours")
        experiment(workspace, belongs, hours=50, title="Distil it [bold]", prerequisites=[1], kind="transfer-ready")
        experiment(workspace, belongs, hours=None, title="Query rewriting", sigma=None)
        experiment(workspace, hypothesis(workspace, payoff=None, loss=None), hours=10, title="晚交互 late interaction")
    return ("--home", str(home), "--as", "ada")


def shown(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> tuple[str, str]:
    capsys.readouterr()
    assert run(["roadmap", *arguments]) == code
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    assert all(cell_len(line) <= 80 for line in out.splitlines() if not line.startswith("{")), out
    return out, err


def loaded(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    capsys.readouterr()
    assert run(["roadmap", *arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_a_plan_for_scripts(at: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    plan = loaded(capsys, "plan", *QUARTER, "--gpu-hours", "120", "--explore", "15%", "--draws", "20", *at)
    each = evsi(0.38, 17, 8, power(5, 1, 1))
    assert (plan["quarter"], plan["state"], plan["optimal"]) == ("2027Q1", "draft", True)
    assert plan["chosen"] == ["E-3", "E-1"]
    assert plan["value"] == pytest.approx(2 * each, abs=1e-9)
    assert (plan["gpu_hours"], plan["people_days"], plan["exploration_floor"]) == (120, None, 0.15)
    assert plan["used"] == {"gpu_hours": 110, "people_days": 4, "exploration_share": pytest.approx(60 / 110)}
    assert plan["robustness"] == {"draws": 20, "of": 20, "impossible": 0}
    assert [change["factor"] for change in plan["budgets"]] == [0.8, 1.2]
    entries = {entry["id"]: entry for entry in plan["entries"]}
    assert list(entries) == ["E-3", "E-1", "E-2", "E-5", "E-4"]
    first = entries["E-1"]
    assert (first["rank"], first["chosen"], first["prerequisites"], first["kind"]) == (2, True, [], "exploration")
    assert first["per_1000"] == pytest.approx(1000 * each / 60, abs=1e-6)
    assert entries["E-3"]["prerequisites"] == ["E-1"]
    assert (entries["E-4"]["rank"], entries["E-4"]["missing"], entries["E-4"]["stays"]) == (None, ["sd", "cost"], None)
    assert (entries["E-5"]["basis"], entries["E-5"]["missing"]) == ("bits", ["payoff", "loss"])
    again = loaded(capsys, "plan", *QUARTER, "--gpu-hours", "120", "--explore", "0.15", "--draws", "20", *at)
    assert again["entries"] == plan["entries"]
    shown_ = loaded(capsys, "show", *QUARTER, *at)
    assert shown_["entries"] == plan["entries"]
    assert (shown_["added"], shown_["changed"]) == ([], [])
    assert [one["quarter"] for one in loaded(capsys, "list", *at)["results"]] == ["2027Q1"]


def test_a_plan_for_people(at: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = shown(capsys, "plan", *QUARTER, "--gpu-hours", "120", "--no-robust", *at)
    lines = out.splitlines()
    assert lines[0].startswith("2027Q1  120 GPU-h  (draft, not adopted)")
    assert lines[1].startswith("● in   E-3   Distil it [bold]")
    assert lines[1].endswith("50 h  ←E-1")
    assert "p .38" in lines[1]
    assert lines[3].startswith("○ out  E-2   A bigger encoder, twi…")
    assert lines[3].endswith("390 h short")
    assert " bit " in lines[4]
    assert lines[5] == "? —    E-4   Query rewriting        needs input: σ, GPU-hours"
    assert "Proven optimal." in lines
    assert "−20 % (96 GPU-h): " in out
    shown(capsys, "show", *QUARTER, *at)


def test_a_dry_run_and_a_read_only_one_store_nothing(at: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    for option in ("--dry-run", "--read-only"):
        plan = loaded(capsys, "plan", *QUARTER, "--gpu-hours", "120", "--no-robust", option, *at)
        assert (plan["id"], plan["chosen"]) == (None, ["E-3", "E-1"])
    assert loaded(capsys, "list", *at) == {"total": 0, "results": []}
    assert "Leave one of the two out" in shown(capsys, "plan", *QUARTER, "--dry-run", "--adopt", *at, code=2)[1]
    assert shown(capsys, "show", *QUARTER, *at, code=3)[1].startswith("labtop: 2027Q1 has no plan yet")


def test_budgets_stay_until_others_are_named(at: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert "--gpu-hours" in shown(capsys, "plan", *QUARTER, *at, code=2)[1]
    args = ("--gpu-hours", "120", "--people-days", "9", "--explore", "10%", "--no-robust")
    loaded(capsys, "plan", *QUARTER, *args, *at)
    again = loaded(capsys, "plan", *QUARTER, "--people-days", "3", "--no-robust", *at)
    assert (again["gpu_hours"], again["people_days"], again["exploration_floor"]) == (120, 3, 0.1)
    assert again["chosen"] == ["E-1"]
    for wrong in (("--explore", "x"), ("--explore", "120%"), ("--gpu-hours", "-1")):
        assert run(["roadmap", "plan", *QUARTER, *wrong, *at]) == 2


def test_what_cannot_be_planned_says_why(at: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["roadmap", "lock", "E-2", *QUARTER, "--reason", "promised", *at]) == 0
    _, err = shown(capsys, "plan", *QUARTER, "--gpu-hours", "100", *at, code=2)
    assert "E-2 is locked in; 100 GPU-hours, where 400 are needed. Give up any one of these." in err
    assert run(["roadmap", "unlock", "2", *QUARTER, *at]) == 0
    assert run(["roadmap", "veto", "E-1", *QUARTER, "--reason", "no data", *at]) == 0
    plan = loaded(capsys, "plan", *QUARTER, "--gpu-hours", "500", "--no-robust", *at)
    assert plan["chosen"] == ["E-2"]
    entries = {entry["id"]: entry for entry in plan["entries"]}
    assert (entries["E-1"]["lock"], entries["E-1"]["why"]) == ("out", "vetoed by ada: no data")
    assert entries["E-3"]["why"] == "needs E-1, which is vetoed"
    assert run(["roadmap", "lock", "E-77", *QUARTER, "--reason", "x", *at]) == 3
    assert run(["roadmap", "lock", "E-1", *QUARTER, *at]) == 2


def test_the_ranking_and_its_parts(at: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    found = loaded(capsys, "rank", *at)
    assert [(one["id"], one["rank"]) for one in found["results"]] == [
        *(("E-3", 1), ("E-1", 2), ("E-2", 3), ("E-5", 4), ("E-4", None))
    ]
    out, _ = shown(capsys, "rank", *at)
    assert out.splitlines()[-1].startswith("  ?  E-4   Query rewriting")
    why = loaded(capsys, "why", "e-1", *at)
    assert why["plan"] is None
    assert why["inputs"]["prior"] == {"mode": 0.38, "sigma": 0.5}
    assert why["sentence"].startswith("Today we would adopt. This run costs 60 GPU-h and 2 people-days.")
    loaded(capsys, "plan", *QUARTER, "--gpu-hours", "120", "--no-robust", *at)
    assert loaded(capsys, "why", "E-1", *at)["plan"]["why"].endswith("needed by E-3")
    out, _ = shown(capsys, "why", "E-1", *at)
    assert "chance to change it" in out
    assert "2027Q1, in: worth" in out
    assert "needs input" in shown(capsys, "why", "E-4", *at)[0]
    assert run(["roadmap", "why", "E-99", *at]) == 3


def test_adopting_and_what_waits_for_approval(at: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["settings", "programme.quarter_gpu_hours", "100", *at[:2]]) == 0
    plan = loaded(capsys, "plan", *QUARTER, "--gpu-hours", "120", "--no-robust", "--adopt", *at, code=4)
    assert plan["state"] == "draft"
    _, err = shown(capsys, "adopt", "2027Q1", *at, code=4)
    assert "stays a draft" in err
    assert run(["settings", "programme.quarter_gpu_hours", "0", *at[:2]]) == 0
    out, _ = shown(capsys, "adopt", "2027Q1", *at)
    assert out.startswith("adopted the plan of 2027Q1: 2 experiments in, 2 of them now planned")
    assert run(["roadmap", "adopt", "2027Q1", *at]) == 3
    assert run(["undo", *at]) == 0
    again = loaded(capsys, "plan", *QUARTER, "--no-robust", "--adopt", *at)
    assert (again["state"], again["entries"][0]["state"]) == ("adopted", "planned")


def test_a_quarter_from_week_to_close(at: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    loaded(capsys, "plan", *QUARTER, "--gpu-hours", "120", "--no-robust", "--adopt", *at)
    week = loaded(capsys, "week", "--week", "2027-w5", "--gpu-hours", "70", *at)
    assert (week["id"], week["quarter"]) == ("2027-W05", "2027Q1")
    assert [(item["id"], item["place"]) for item in week["items"]] == [("E-1", "picked"), ("E-3", "waiting")]
    with open_workspace(Path(at[1])) as workspace:
        in_state(workspace, 1, "running")
        result(workspace, 1, "1", 30.0)
        verdict(workspace, 1, "supported")
    out, _ = shown(capsys, "week", "--week", "2027-W06", "--gpu-hours", "70", *at)
    assert "↻ carried  E-1   An index for late inter…     30 h  carried over from 2027-W05" in out
    assert "E-1" in shown(capsys, "week", "--week", "2027-W05", "--show", *at)[0]
    assert run(["roadmap", "week", "--week", "2027-W05", "--read-only", *at]) == 0
    assert run(["roadmap", "week", "--week", "2027-W07", "--dry-run", *at]) == 0
    assert run(["roadmap", "week", "--week", "2027-W07", "--show", *at]) == 2
    budget = loaded(capsys, "budget", *QUARTER, *at)
    assert (budget["id"], budget["used"], budget["planned"], budget["left"]) == ("2027Q1", 30, 80, 10)
    assert "still planned 80" in shown(capsys, "budget", *QUARTER, *at)[0]
    line = loaded(capsys, "timeline", *QUARTER, *at)
    assert [bar["id"] for bar in line["bars"]] == ["E-1", "E-3"]
    assert line["unknown"] == ["E-1", "E-3"]
    assert "Nobody said how long" in shown(capsys, "timeline", *QUARTER, *at)[0]
    board = loaded(capsys, "board", *at)
    assert [card["state"] for card in board["results"]] == [*["ready"] * 3, "planned", "running"]
    assert "planned (1)" in shown(capsys, "board", *at)[0]
    changes = loaded(capsys, "changes", *QUARTER, "--since", "2026-01-01", *at)
    assert [one["id"] for one in changes["entered"]] == ["E-3", "E-1"]
    assert changes["verdicts"][0]["what"] == "supported"
    assert "Verdicts" in shown(capsys, "changes", *QUARTER, "--since", "2026-01-01", *at)[0]
    assert run(["roadmap", "changes", *QUARTER, "--since", "yesterday", *at]) == 2
    _, err = shown(capsys, "close", "2027Q1", "--review", "E-1=carry", *at, code=2)
    assert "E-3 (planned) is not done" in err
    for wrong in ("E-3=keep", "E-3", "E-1=drop"):
        assert run(["roadmap", "close", "2027Q1", "--review", "E-1=carry", "--review", wrong, *at]) == 2
    reviews = ("--review", "E-1=carry", "--review", "E-3=re-score")
    closed = loaded(capsys, "close", "2027Q1", *reviews, "--learned", "Indexing is slow.", *at)
    assert (closed["state"], closed["learned"]) == ("closed", "Indexing is slow.")
    assert {entry["id"]: entry["review"] for entry in closed["entries"][:2]} == {"E-1": "carry", "E-3": "re-score"}
    assert closed["entries"][1]["outcome"]["gpu_hours_spent"] == 30
    out, _ = shown(capsys, "show", *QUARTER, *at)
    assert "→ carry     E-1   An index for late int… 30 h of 60 h    supported" in out
    assert "Planned 110 GPU-h, spent 30." in out
    assert [one["state"] for one in loaded(capsys, "list", *at)["results"]] == ["draft", "closed"]
    assert run(["roadmap", "plan", *QUARTER, "--gpu-hours", "9", *at]) == 1
    assert run(["roadmap", "reopen", "2027Q1", "--reason", "E-3 was forgotten", *at]) == 0
    assert loaded(capsys, "show", *QUARTER, *at)["state"] == "adopted"


def test_closing_asks_on_a_terminal(at: tuple[str, ...]) -> None:
    assert run(["roadmap", "plan", *QUARTER, "--gpu-hours", "120", "--no-robust", "--adopt", *at]) == 0
    ours, theirs = pty.openpty()
    asked = subprocess.Popen(
        [sys.executable, "-m", "tui", "roadmap", "close", "2027Q1", "--review", "E-3=drop", *at],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm"},
        text=True,
    )
    os.close(theirs)
    os.write(ours, b"perhaps\ncarry\n")
    out, _ = asked.communicate(timeout=60)
    assert asked.returncode == 0, out
    assert "E-1 An index for late interaction (planned)" in os.read(ours, 65536).decode()
    assert out.startswith("closed 2027Q1: 2 experiments in, 1 dropped, 1 carried; a draft of 2027Q2 is begun")
    with open_workspace(Path(at[1])) as workspace:
        assert [state_of(workspace, number) for number in (1, 3)] == ["ready", "dropped"]


def test_ctrl_c_keeps_the_plan_and_the_draws_so_far(at: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    ours, theirs = pty.openpty()
    words = ("plan", *QUARTER, "--gpu-hours", "120", "--draws", "100000", *at)
    drawing = subprocess.Popen(
        [sys.executable, "-m", "tui", "roadmap", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    )
    os.close(theirs)
    seen = ""
    while "resampling" not in seen:
        seen += os.read(ours, 65536).decode()
    drawing.send_signal(signal.SIGINT)
    out, _ = drawing.communicate(timeout=60)
    assert drawing.returncode == 130, out
    stored = loaded(capsys, "show", *QUARTER, *at)
    assert stored["chosen"] == ["E-3", "E-1"]
    assert 0 < stored["robustness"]["draws"] < 100_000
    assert stored["entries"][0]["stays"] is not None


def test_the_draft_beside_the_adopted_plan(at: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    loaded(capsys, "plan", *QUARTER, "--gpu-hours", "120", "--no-robust", "--adopt", *at)
    assert run(["roadmap", "show", *QUARTER, "--draft", *at]) == 3
    loaded(capsys, "plan", *QUARTER, "--gpu-hours", "60", "--no-robust", *at)
    assert loaded(capsys, "show", *QUARTER, *at)["gpu_hours"] == 120
    assert loaded(capsys, "show", *QUARTER, "--draft", *at)["gpu_hours"] == 60


def test_an_empty_workspace_teaches(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_workspace(tmp_path / "home"):
        pass
    at = ("--home", str(tmp_path / "home"))
    assert "labtop experiment add" in shown(capsys, "rank", *at)[0]
    assert "labtop roadmap plan" in shown(capsys, "list", *at)[0]
    assert "has no plan" in shown(capsys, "budget", *at)[0]
    assert "no plan" in shown(capsys, "timeline", *at)[0]
    assert "labtop experiment add" in shown(capsys, "plan", *QUARTER, "--gpu-hours", "9", *at)[0]
    assert loaded(capsys, "rank", *at) == {"total": 0, "results": []}
    assert run(["roadmap", "changes", *QUARTER, *at]) == 0
    assert run(["roadmap", "plan", "--quarter", "2027", "--gpu-hours", "9", *at]) == 2
