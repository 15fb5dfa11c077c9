"""Experiments, data and obstacles from the shell: exit codes, JSON, text of 80 columns, one undo for each action."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.guide import REPOSITORY
from tui.cli import run

RESULTS = """arm,seed,nDCG@10,gpu_hours,note
bm25,1,40.1,1.5,a
bm25,2,39.2,1.5,b
bm25,3,41.0,1.5,
bm25,4,40.4,1.5,
dense,1,42.3,2.5,
dense,2,41.1,2.5,
dense,3,43.2,2.5,
dense,4,42.1,2.5,
"""


class Shell:
    """`labtop` in one workspace."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home, self.capsys = home, capsys

    def __call__(self, *words: str, person: str = "ada", code: int = 0) -> str:
        self.capsys.readouterr()
        found = run(["--home", str(self.home), "--as", person, *words])
        out, self.err = self.capsys.readouterr()
        assert found == code, (words, out, self.err)
        return out

    def json(self, *words: str, **more: Any) -> Any:
        return json.loads(self(*words, "--json", **more))


@pytest.fixture
def labtop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    shell = Shell(tmp_path / "w", capsys)
    shell("hypothesis", "add", "Late interaction beats distillation", "--set", "metric=nDCG@10", "--set", "delta=1",
          "--set", "prior=0.4", "--set", "unit=points")  # fmt: skip
    shell("hypothesis", "activate", "H-1", "--reason", "to be tested")
    shell("experiment", "add", "Distil late interaction", "--set", "hypothesis_id=H-1", "--set", "seeds=4",
          "--set", "arms=bm25|baseline;dense|treatment", "--set", "gpu_hours_per_seed=4")  # fmt: skip
    return shell


@pytest.fixture
def results(tmp_path: Path) -> str:
    file = tmp_path / "results.csv"
    file.write_text(RESULTS)
    return str(file)


def test_from_an_idea_to_a_verdict_and_back(labtop: Shell, results: str) -> None:
    labtop("experiment", "move", "E-1", "ready")
    assert "idea → ready: nothing is missing" in labtop("experiment", "show", "E-1")
    assert "8 added" in labtop("experiment", "results", "import", "E-1", results)
    assert "Not used: note" in labtop.err
    assert "8 as before" in labtop("experiment", "results", "import", "e1", results)
    out = labtop("experiment", "judge", "E-1")
    assert out.startswith("V-1   on E-1: dense against bm25\n      Supported: nDCG@10 improves by 2")
    assert "Results are as they were." in labtop("experiment", "judge", "E-1")
    assert labtop("experiment", "verdict", "V-1") == out
    assert "V-1" in labtop("experiment", "verdicts", "E-1")
    assert "V-1" in labtop("experiment", "verdicts")
    labtop("undo")
    assert "no verdict yet" in labtop("experiment", "verdicts")
    labtop("undo")
    assert "No result is stored." in labtop("experiment", "results", "list", "E-1")
    assert labtop.json("experiment", "show", "E-1")["frozen"] is None


def test_every_page_fits_80_columns(labtop: Shell, results: str) -> None:
    long = (
        "A very long title of an experiment that goes on and on and on, well beyond the edge of any terminal there is"
    )
    labtop("experiment", "set", "E-1", f"title={long}", f"question={long}", "sigma=1")
    labtop("experiment", "results", "import", "E-1", results)
    labtop("experiment", "judge", "E-1")
    labtop("dataset", "add", long, "--set", f"biases={long}")
    labtop("obstacle", "add", long, "--set", "on_whom=kim", "--set", "experiment_id=E-1", "--set", f"next_step={long}")
    for words in (("experiment", "list"), ("experiment", "show", "E-1"), ("experiment", "power", "E-1"),
                  ("experiment", "verdict", "V-1"), ("experiment", "verdicts"), ("experiment", "versions", "E-1"),
                  ("experiment", "cost", "E-1"), ("experiment", "check", "E-1"), ("dataset", "list"),
                  ("dataset", "show", "DS-1"), ("obstacle", "list"), ("obstacle", "show", "B-1")):  # fmt: skip
        out = labtop(*words)
        assert out.strip()
        assert max(map(len, out.splitlines())) <= 80, words


def test_lists_are_filtered_and_counted_by_kind(labtop: Shell) -> None:
    labtop("experiment", "add", "Ship it", "--set", "kind=transfer-ready", "--set", "tags=Ranking, big")
    out = labtop("experiment", "list")
    assert "Exploration: 1 idea" in out
    assert "Transfer-ready: 1 idea" in out
    for words, ids in (
        (("--kind", "transfer-ready"), ["E-2"]),
        (("--hypothesis", "H-1"), ["E-1"]),
        (("--tag", "ranking"), ["E-2"]),
        (("--state", "idea"), ["E-1", "E-2"]),
        (("--state", "done"), []),
    ):
        found = labtop.json("experiment", "list", *words)
        assert [each["id"] for each in found["results"]] == ids
        assert sum(found["counts"]["exploration"].values()) + sum(found["counts"]["transfer-ready"].values()) == len(
            ids
        )
    assert labtop("experiment", "list", "--state", "done") == "None is so.\n"
    labtop("experiment", "list", "--hypothesis", "H-9", code=3)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("experiment", "show", "E-9"), 3, "no experiment E-9"),
        (("experiment", "show", "nine"), 2, "names no experiment: these are called E-4"),
        (("experiment", "add",), 2, "needs its title"),
        (("experiment", "add", "x", "--set", "delta=big"), 2, "delta: is a number"),
        (("experiment", "set", "E-1", "sedes=4"), 2, "did you mean seeds?"),
        (("experiment", "move", "E-1", "done"), 2, "cannot become done"),
        (("experiment", "move", "E-1", "dropped"), 2, "Why does E-1 become dropped"),
        (("experiment", "check", "E-1", "powr=yes"), 2, "Did you mean power"),
        (("experiment", "judge", "E-1"), 3, "has no results yet"),
        (("experiment", "power", "E-1"), 2, "how far seeds differ"),
        (("experiment", "versions", "E-1", "--plan", "1"), 2, "no version 1"),
        (("experiment", "verdict", "V-1"), 3, "no verdict V-1"),
        (("experiment", "results", "import", "E-1", "/nowhere.csv"), 3, "no file /nowhere.csv"),
        (("experiment", "results", "add", "E-1", "--arm", "dens", "--seed", "1", "--value", "1"), 2, "mean dense"),
        (("experiment", "results", "exclude", "E-1", "--arm", "bm25", "--seed", "1", "--reason", "x"), 3, "no value"),
        (("dataset", "hash", "DS-1", "/nowhere"), 3, "no dataset DS-1"),
        (("obstacle", "add", "x"), 2, "on_whom: is needed"),
        (("obstacle", "resolve", "B-1", "x"), 3, "no obstacle B-1"),
    ],
    ids=lambda value: "-".join(value[:3]) if isinstance(value, tuple) else None,
)  # fmt: skip
def test_what_fails_says_why_and_prints_nothing(labtop: Shell, words: tuple[str, ...], code: int, said: str) -> None:
    for more in ((), ("--json",)):
        assert labtop(*words, *more, code=code) == ""
        assert said in labtop.err


def test_nothing_is_imported_of_a_bad_file_unless_asked(labtop: Shell, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text('arm,seed,value\nbm25,1,40\ndens,1,41\nbm25,2,"40,5"\n')
    labtop("experiment", "results", "import", "E-1", str(file), code=1)
    assert "Nothing was imported: 2 lines of bad.csv" in labtop.err
    assert "line 3: names the arm “dens”, which the plan does not have; did you mean dense?" in labtop.err
    assert labtop.json("experiment", "results", "list", "E-1")["total"] == 0
    found = labtop.json("experiment", "results", "import", "E-1", str(file), "--skip-bad", code=4)
    assert (found["added"], [each["line"] for each in found["skipped"]]) == (1, [3, 4])
    assert "left out: line 3" in labtop.err


def test_columns_arms_and_standard_input(labtop: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def type_in(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    type_in("who;rep;acc\nA;1;0.5\nB;1;0.6\n")
    labtop("experiment", "results", "import", "E-1", "-", "--map", "who=arm", "--map", "acc=value", "--arm", "A=bm25",
           "--arm", "B=dense", "--metric", "accuracy")  # fmt: skip
    type_in('{"seed": 1, "value": 40, "gpu_hours": 2}\n')
    labtop("experiment", "results", "import", "E-1", "-", "--arm", "bm25", "--phase", "online")
    found = labtop.json("experiment", "results", "list", "E-1")["results"]
    assert [(each["arm"], each["metric"], each["value"], each["phase"]) for each in found] == [
        ("bm25", "accuracy", 0.5, "offline"),
        ("dense", "accuracy", 0.6, "offline"),
        ("bm25", "nDCG@10", 40.0, "online"),
    ]
    assert labtop.json("experiment", "results", "list", "E-1", "--metric", "accuracy", "--arm", "dense")["total"] == 1


def test_one_result_by_hand_and_a_run_left_out(labtop: Shell, results: str) -> None:
    labtop("experiment", "set", "E-1", "exclusions=- node failed")
    labtop("experiment", "results", "import", "E-1", results)
    labtop(
        "experiment", "results", "add", "E-1", "--arm", "dense", "--seed", "5", "--status", "crashed", "--reason", "OOM"
    )
    assert "dense  seed 5  nDCG@10  crashed (OOM)" in labtop("experiment", "results", "list", "E-1")
    assert "exploratory" in labtop("experiment", "results", "exclude", "E-1", "--arm", "dense", "--seed", "4",
                                   "--reason", "looks odd")  # fmt: skip
    assert labtop.json("experiment", "judge", "E-1")["exploratory"] is True
    labtop("experiment", "results", "include", "E-1", "--arm", "dense", "--seed", "4")
    labtop("experiment", "results", "exclude", "E-1", "--arm", "dense", "--seed", "4", "--reason", "n7", "--rule", "1")
    found = labtop.json("experiment", "judge", "E-1")
    assert (found["exploratory"], found["new"], found["n"]) == (False, True, 3)


def test_an_edit_after_freezing_is_shown_with_what_it_changed(labtop: Shell) -> None:
    assert "is frozen as version 1, sha256 " in labtop("experiment", "freeze", "E-1")
    assert "(as it was)" in labtop("experiment", "freeze", "E-1")
    assert "verdicts are exploratory" in labtop("experiment", "set", "E-1", "delta=0.5")
    out = labtop("experiment", "versions", "E-1")
    assert "◌ exploratory" in out
    assert "    delta: 1 → 0.5" in out
    assert json.loads(labtop("experiment", "versions", "E-1", "--plan", "1"))["delta"] == 1
    assert labtop.json("experiment", "versions", "E-1", "--plan", "2")["plan"]["delta"] == 0.5
    assert [each["exploratory"] for each in labtop.json("experiment", "versions", "E-1")["results"]] == [False, True]


def test_a_proposal_goes_to_the_terminal_or_into_a_file(labtop: Shell, tmp_path: Path) -> None:
    out = labtop("experiment", "plan", "E-1")
    assert out.startswith("# E-1 Distil late interaction\n")
    file = tmp_path / "plan.md"
    assert labtop("experiment", "plan", "E-1", "-o", str(file)) == f"{file}: written\n"
    assert file.read_text() == out
    assert labtop.json("experiment", "plan", "E-1")["markdown"] == out
    labtop("experiment", "plan", "E-1", "-o", str(tmp_path / "no" / "such" / "plan.md"), code=1)


def test_power_cost_and_checklists(labtop: Shell, results: str) -> None:
    out = labtop("experiment", "power", "E-1", "--sigma", "0.5", "--seeds", "6")
    assert "▸   6" in out
    assert [each["seeds"] for each in labtop.json("experiment", "power", "E-1", "--sigma", "1")["table"]][:2] == [3, 4]
    assert labtop("experiment", "cost", "E-1") == "No like run says what it took.\n"
    labtop("experiment", "results", "import", "E-1", results)
    assert "labtop experiment set E-1 gpu_hours_per_seed=3..4..5" in labtop("experiment", "cost", "E-1")
    assert labtop.json("experiment", "cost", "E-1")["runs"] == 8
    labtop("experiment", "check", "E-1", "design.power=yes", "misuse=n/a")
    assert "2 of 19 questions answered." in labtop("experiment", "check", "E-1")
    assert labtop.json("experiment", "show", "E-1")["documented"] == round(2 / 19, 4)


def test_ratings_are_imported_and_their_agreement_shown(labtop: Shell, tmp_path: Path) -> None:
    labtop("experiment", "set", "E-1", "rating=1 to 5 | 2 | double | 0.67")
    file = tmp_path / "ratings.csv"
    rows = [f"q{item},{rater},{arm},{(item + shift) % 5 + 1}" for item in range(6) for rater, shift in
            (("ann", 0), ("bob", item % 3)) for arm in ("bm25", "dense")]  # fmt: skip
    file.write_text("\n".join(["item,rater,arm,score", *rows]))
    out = labtop("experiment", "results", "import", "E-1", str(file), "--ratings")
    assert "imported 24 ratings of E-1" in out
    assert "▲ nDCG@10: Krippendorff's alpha (ordinal)" in out
    found = labtop.json("experiment", "ratings", "E-1")["results"]
    assert (found[0]["raters"], found[0]["below"]) == (2, True)


def test_a_stale_baseline_is_measured_again(labtop: Shell) -> None:
    labtop("experiment", "set", "E-1", "arms=bm25|baseline||2020-01-01;dense|treatment")
    assert "labtop experiment rerun-baseline E-1" in labtop.err
    assert "◌ stale: bm25" in labtop("experiment", "list")
    assert "E-2 comes before E-1" in labtop("experiment", "rerun-baseline", "E-1")
    assert "E-2 measures it again" in " ".join(labtop("experiment", "show", "E-1").split())


def test_data_is_registered_approved_and_pinned(labtop: Shell, tmp_path: Path) -> None:
    labtop("dataset", "add", "MS MARCO", "--set", "version=2.1", "--set", "licence=MIT", "--set", "sensitivity=public")
    assert "It is not approved." in labtop.err
    labtop("experiment", "set", "E-1", "datasets=DS-1")
    assert "▲ This plan uses data that is not approved: DS-1 MS MARCO 2.1." in labtop.err
    assert "▲ 1 data problem" in labtop("experiment", "list")
    labtop("dataset", "approve", "DS-1", code=1)
    labtop("dataset", "approve", "DS-1", "--until", "2999-01-01", person="kim")
    assert labtop.json("dataset", "show", "DS-1")["approved_by"] == "kim"
    assert labtop("dataset", "list", "--problems") == "None is so.\n"
    file = tmp_path / "corpus"
    file.write_text("one")
    assert labtop.json("dataset", "hash", "DS-1", str(file))["stored"] is True
    assert labtop.json("dataset", "hash", "DS-1", str(file))["stored"] is False
    file.write_text("two")
    labtop("dataset", "hash", "DS-1", str(file), code=1)
    labtop("dataset", "hash", "DS-1", str(file), "--replace")
    assert labtop.json("dataset", "list", "--approval", "pending")["total"] == 1
    labtop("dataset", "approve", "DS-1", "--not-needed")
    labtop("dataset", "refuse", "DS-1", "--reason", "no consent", person="kim")
    assert "was refused by kim (no consent)" in labtop("dataset", "show", "DS-1")


def test_what_is_in_the_way_is_on_the_experiment(labtop: Shell) -> None:
    labtop("obstacle", "add", "No GPUs", "--set", "on_whom=kim", "--set", "experiment_id=E-1")
    labtop("obstacle", "add", "Licence", "--set", "kind=risk", "--set", "hypothesis_id=H-1")
    assert "blocker: No GPUs, on kim" in labtop("experiment", "show", "E-1")
    assert "▲ 1 blocker" in labtop("experiment", "list")
    assert [each["id"] for each in labtop.json("obstacle", "list", "--experiment", "E-1")["results"]] == ["B-1", "B-2"]
    labtop("obstacle", "resolve", "B-1", "two nodes came")
    assert [each["id"] for each in labtop.json("obstacle", "list")["results"]] == ["B-2"]
    assert [each["id"] for each in labtop.json("obstacle", "list", "--all", "--kind", "blocker")["results"]] == ["B-1"]
    labtop("obstacle", "reopen", "B-1")
    labtop("obstacle", "set", "B-1", "next_step=ask for nodes")
    assert "next: ask for nodes" in labtop("obstacle", "show", "B-1")


def test_reading_needs_no_writing(labtop: Shell, results: str) -> None:
    labtop("experiment", "results", "import", "E-1", results)
    for words in (("list",), ("show", "E-1"), ("plan", "E-1"), ("versions", "E-1"), ("results", "list", "E-1")):
        labtop("experiment", *words, "--read-only")
    for words in (
        ("judge", "E-1"),
        ("freeze", "E-1"),
        ("results", "import", "E-1", results),
        ("move", "E-1", "running"),
    ):
        labtop("experiment", *words, "--read-only", code=1)
        assert "read-only" in labtop.err


def test_reading_loads_nothing_heavy(labtop: Shell, results: str) -> None:
    labtop("experiment", "results", "import", "E-1", results)
    labtop("experiment", "judge", "E-1")
    calls = [
        ["experiment", "list"],
        ["experiment", "show", "E-1"],
        ["experiment", "verdict", "V-1"],
        ["dataset", "list"],
    ]
    code = (
        f"import sys\nfrom tui.cli import run\nfor words in {calls!r}:\n"
        f"    assert run(['--home', {str(labtop.home)!r}, *words]) == 0\n"
        "assert not {'numpy', 'scipy', 'textual', 'sqlite_utils'} & set(sys.modules), sys.modules.keys()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=REPOSITORY, timeout=60)
    assert done.returncode == 0, done.stderr
