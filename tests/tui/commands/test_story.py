"""From three papers to a decision, by commands alone: each step takes what the one before left."""

import json
from pathlib import Path

import pytest

from tui.cli import run

PAPERS = (
    (
        "2604.04734",
        "Beyond Hard Negatives",
        "Hard negatives hide the range. Sampling evenly across strata beats top-K.",
    ),
    ("2511.16528", "TurkColBERT", "We compare ten models. Late-interaction models win by up to 13.8% mAP."),
    ("2603.22290", "Less is More", "We tune an encoder. More data brings no clear further gain."),
)
BASELINE = (42.1, 41.6, 42.9, 42.3, 41.8, 42.6)
GAINS = (1.7, 1.5, 1.9, 1.6, 1.8, 1.4)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LABTOP_AS", "ada")
    lines = [
        json.dumps({"id": key, "title": title, "authors": ["A. One"], "categories": ["cs.IR"], "abstract": text})
        for key, title, text in PAPERS
    ]
    (tmp_path / "three.jsonl").write_text("\n".join(lines))
    rows = [f"top-k,{seed},{value},2.5" for seed, value in enumerate(BASELINE, 1)]
    rows += [
        f"strata,{seed},{value + gain},2.5" for seed, (value, gain) in enumerate(zip(BASELINE, GAINS, strict=True), 1)
    ]
    (tmp_path / "results.csv").write_text("\n".join(["arm,seed,nDCG@10,gpu_hours", *rows]))
    assert run(["init", "-c", "cs.IR", "--no-model", "--no-input"]) == 0
    return tmp_path


def do(words: str, *more: str, code: int = 0) -> None:
    assert run([*words.split(), *more]) == code, words


def ask(capsys: pytest.CaptureFixture[str], words: str) -> dict[str, object]:
    capsys.readouterr()
    assert run([*words.split(), "--json"]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_from_three_papers_to_a_decision(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    do("import three.jsonl")
    do(
        "hypothesis add",
        "Negatives over the whole range distil a better retriever",
        "--set",
        "metric=nDCG@10",
        "--set",
        "delta=0.8",
        "--set",
        "prior=0.4",
        "--set",
        "payoff=15..25..40",
        "--set",
        "loss=15..25..40",
    )
    do("evidence add H-1 2604.04734 --for --quote", "Sampling evenly across strata beats top-K.")
    do("evidence add H-1 2603.22290 --sentence 2 --against")
    do("evidence add H-1 2511.16528 --sentence 1 --context")
    do("hypothesis activate H-1")

    do(
        "experiment add",
        "Distil with strata",
        "--set",
        "hypothesis_id=H-1",
        "--set",
        "arms=top-k|baseline; strata|treatment",
        "--set",
        "seeds=6",
        "--set",
        "sigma=0.5",
        "--set",
        "gpu_hours=10",
        "--set",
        "gpu_hours_per_seed=5",
        "--set",
        "people_days=3",
        "--set",
        "success=0.8 points more",
    )
    do("experiment move E-1 ready")
    do("roadmap plan --quarter 2027Q1 --gpu-hours 100 --no-robust")
    do("roadmap adopt 2027Q1")
    plan = ask(capsys, "roadmap show --quarter 2027Q1")
    assert plan["state"] == "adopted"

    do("experiment move E-1 running")
    do("experiment results import E-1 results.csv")
    do("experiment judge E-1")
    verdict = ask(capsys, "experiment verdict V-1")
    assert verdict["state"] == "supported"
    assert verdict["effect"] == pytest.approx(sum(GAINS) / 6)

    hypothesis = ask(capsys, "hypothesis show H-1")
    assert hypothesis["state"] == "testing"
    assert float(str(hypothesis["belief"])) > 0.9
    do("hypothesis move H-1 supported")

    do("decision draft --hypothesis H-1 --experiments E-1 --kind proceed")
    do("decision set D-1 deciders=bob", "decision=We train with strata.")
    do("decision propose D-1")
    do("decision accept D-1", code=1)  # nobody decides on their own
    do("--as bob decision accept D-1 --reason good")
    do("export decision D-1 --format html -o memo.html")
    page = (desk / "memo.html").read_text(encoding="utf-8")
    assert "Sampling evenly across strata beats top-K." in page
    assert "More data brings no clear further gain." in page

    capsys.readouterr()
    do("hypothesis list --state supported")
    assert "H-1" in capsys.readouterr().out
