"""`labtop hypothesis` and `labtop evidence`: what they print, their exit codes, and that text stays text."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from library.papers.ingest import add_drafts
from library.papers.model import PaperDraft
from planner.workspace import open_workspace
from tests.contracts.test_json_shapes import broken_rules
from tui.cli import run

PAPER = PaperDraft(
    key="2501.00001",
    kind="arxiv",
    source="test",
    title="Late interaction pays, [/early] and late",
    abstract="We compare two ways to search. Late interaction wins on long documents by 2.1 points. Nothing is free.",
    version=1,
)
CLAIM = "Late interaction beats dense retrieval on long documents"
Labtop = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with open_workspace(tmp_path / "w", person="ada") as workspace:
        workspace.store.write(lambda db: add_drafts(db, [PAPER], at="2025-02-01T00:00:00Z")).result()
    return tmp_path / "w"


@pytest.fixture
def labtop(home: Path, capsys: pytest.CaptureFixture[str]) -> Labtop:
    def call(*arguments: str, person: str = "ada") -> tuple[int, str, str]:
        code = run(["--home", str(home), "--as", person, *arguments])
        out, err = capsys.readouterr()
        if {"list", "show", "check"} & set(arguments) and "--json" not in arguments:
            assert not [line for line in out.splitlines() if len(line) > 80]
        return code, out, err

    return call


def record(labtop: Labtop, *arguments: str) -> Any:
    code, out, err = labtop(*arguments, "--json")
    assert code == 0, err
    found = json.loads(out)
    assert [*broken_rules(found)] == []
    return found


def test_from_a_claim_to_what_was_found(labtop: Labtop) -> None:
    code, out, err = labtop("hypothesis", "add", CLAIM, "--set", "prior=40 %", "--set", "owner=kim")
    assert (code, out) == (0, f"added H-1 “{CLAIM}”\n")
    assert "▲ H-1 needs metric and δ" in err
    code, _, err = labtop("hypothesis", "activate", "H-1")
    assert code == 2
    assert "lacks metric (what an experiment measures, such as nDCG@10), delta" in err
    assert labtop("hypothesis", "set", "h1", "metric=nDCG@10", "delta=0.5", "unit=points")[0] == 0
    assert labtop("hypothesis", "activate", "1")[1] == (
        "moved H-1 from draft to active: its metric, direction and δ are stated\n"
    )
    assert labtop("evidence", "add", "H-1", "arXiv:2501.00001v1", "--sentence", "2", "--for", "--direct")[0] == 0
    assert labtop("evidence", "add", "H-1", "2501.00001", "--quote", "Nothing is free", "--scale", "-2")[0] == 0
    assert labtop("hypothesis", "believe", "H-1", "0.6", "--reason", "one paper", person="kim")[0] == 0
    code, out, _ = labtop("hypothesis")
    assert out.splitlines()[0] == f"H-1   {CLAIM}"
    assert out.splitlines()[1].startswith("      active · .40 → .60 · 1 for, 1 against · kim · ")
    page = labtop("hypothesis", "show", "H-1")[1]
    for line in (
        "For: 1 sentence of 1 paper (1 direct, 0 indirect)",
        "     “Late interaction wins on long documents by 2.1 points.”",
        "Against: 1 sentence of 1 paper",
        "     −2 nuanced contradiction · ada · ",
        "  .40 → .60  one paper (person, kim, today)",
        "  an effect on nDCG@10 (higher is better) whose interval lies below 0.5 points",
        "  today    Metric: — → nDCG@10 (ada)",
    ):
        assert line in page
    assert labtop("hypothesis", "move", "H-1", "refuted")[0] == 2
    code, out, _ = labtop("hypothesis", "move", "H-1", "refuted", "--reason", "the paper is wrong")
    assert out == "moved H-1 from active to refuted (without a confirmatory verdict): the paper is wrong\n"
    assert "▲ refuted without a confirmatory verdict" in labtop("hypothesis", "show", "H-1")[1]
    assert labtop("hypothesis", "reopen", "H-1", "--reason", "not so fast")[0] == 0
    assert labtop("hypothesis", "retire", "H-1")[0] == 2
    assert labtop("hypothesis", "retire", "H-1", "--reason", "no time")[0] == 0
    assert labtop("hypothesis", "list")[1].splitlines()[1].startswith("      retired (refuted) · ")
    assert labtop("hypothesis", "calibration")[1] == "0 priors decided, 1 still open\n"


def test_records_for_scripts(labtop: Labtop) -> None:
    made = record(labtop, "hypothesis", "add", CLAIM, "--set", "tags=a,b", "--set", "metric=m", "--set", "delta=1")
    assert (made["id"], made["state"], made["prior"], made["tags"]) == ("H-1", "draft", None, ["a", "b"])
    piece = record(
        labtop, "evidence", "add", "H-1", "2501.00001", "--sentence", "title", "--context", "--note", "big\nclaim"
    )
    assert (piece["id"], piece["hypothesis_id"], piece["paper_id"]) == ("1", "H-1", "2501.00001")
    assert record(labtop, "evidence", "set", "1", "--against")["changed"] is True
    assert record(labtop, "evidence", "list", "--paper", "2501.00001")["results"][0]["stance"] == "against"
    assert record(labtop, "hypothesis", "activate", "H-1")["changed"] is True
    listed = record(labtop, "hypothesis", "list", "--state", "active", "--tag", "B")
    assert (listed["total"], listed["results"][0]["against"]) == (1, 1)
    shown = record(labtop, "hypothesis", "show", "H-1")
    assert (shown["evidence"][0]["note"], shown["balance"]["against"]["total"]) == ("big\nclaim", 1)
    assert record(labtop, "hypothesis", "calibration")["n"] == 0
    assert record(labtop, "evidence", "remove", "1")["changed"] is True
    assert record(labtop, "evidence", "check") == {
        "total": 0, "results": [], "checked": 0, "current": 0, "older_version": 0, "gone": 0, "withdrawn": 0,
    }  # fmt: skip
    assert record(labtop, "undo")["changed"] is True
    assert record(labtop, "evidence", "list", "H-1")["total"] == 1


def test_checking_finds_what_changed_since(labtop: Labtop, home: Path) -> None:
    labtop("hypothesis", "add", CLAIM)
    labtop("evidence", "add", "H-1", "2501.00001", "--sentence", "2", "--for")
    labtop("evidence", "add", "H-1", "2501.00001", "--sentence", "1", "--context")
    assert labtop("evidence", "check")[1] == "2 pieces of evidence; quotes: 2 current; 0 stale\n"
    later = replace(PAPER, version=2, abstract="We compare two ways to search. We were wrong.", comment="withdrawn")
    with open_workspace(home) as workspace:
        workspace.store.write(lambda db: add_drafts(db, [later], at="2025-03-01T00:00:00Z")).result()
    code, out, _ = labtop("evidence", "check", "H-1")
    assert code == 0
    assert "     ◌ stands in an older version only (now v2)\n" in out
    assert "     ◌ the paper was withdrawn\n" in out
    assert out.endswith("2 pieces of evidence; quotes: 1 current, 1 older version, 2 withdrawn; 2 stale\n")
    assert "◌ 2 stale" in labtop("hypothesis", "list")[1]
    found = record(labtop, "evidence", "check")
    assert (found["total"], found["older_version"], found["withdrawn"]) == (2, 1, 2)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("hypothesis", "show", "H-9"), 3, "no hypothesis H-9"),
        (("hypothesis", "show", "E-1"), 2, "called H-4"),
        (("hypothesis", "move", "H-1", "promoted"), 2, "from there it goes to active or retired"),
        (("hypothesis", "move", "H-1", "promoted", "--ask"), 2, "only what is supported"),
        (("hypothesis", "move", "H-1", "gone"), 2, "is no state"),
        (("hypothesis", "believe", "H-1", "1.5", "--reason", "x"), 2, "between 0 and 1"),
        (("hypothesis", "believe", "H-1", "0.5"), 2, "the reason for it"),
        (("hypothesis", "set", "H-1", "delta=-1"), 2, "above 0"),
        (("hypothesis", "list", "--state", "done"), 2, "'done'"),
        (("evidence", "add", "H-1"), 2, "name one of them"),
        (("evidence", "add", "H-1", "--verdict", "V-1", "--run", "r"), 2, "name one of them"),
        (("evidence", "add", "H-1", "--run", "r", "--quote", "x"), 2, "are of a paper"),
        (("evidence", "add", "H-1", "2501.00001", "--for"), 2, "labtop sentences 2501.00001 numbers them"),
        (("evidence", "add", "H-1", "2501.99999", "--sentence", "1", "--for"), 3, "no paper"),
        (("evidence", "add", "H-1", "2501.00001", "--sentence", "1"), 2, "for, against, or is it context"),
        (("evidence", "add", "H-1", "2501.00001", "--sentence", "1", "--for", "--scale", "-1"), 2, "contradict"),
        (("evidence", "add", "H-1", "--verdict", "V-1"), 3, "no verdict V-1"),
        (("evidence", "set", "7", "--for"), 3, "no evidence 7"),
        (("evidence", "set", "7"), 2, "Nothing is to be changed"),
        (("evidence", "remove", "7"), 3, "no evidence 7"),
        (("--read-only", "hypothesis", "move", "H-1", "retired", "--reason", "x"), 1, "read-only"),
        (("--read-only", "evidence", "add", "H-1", "2501.00001", "--sentence", "1", "--for"), 1, "read-only"),
    ],
)
def test_what_is_refused_says_why(labtop: Labtop, arguments: tuple[str, ...], code: int, said: str) -> None:
    labtop("hypothesis", "add", CLAIM)
    found, out, err = labtop(*arguments)
    assert (found, out) == (code, "")
    assert said in err


def test_near_duplicates_are_pointed_out(labtop: Labtop) -> None:
    labtop("hypothesis", "add", CLAIM)
    code, _, err = labtop("hypothesis", "add", "On long documents, late interaction outperforms dense retrieval")
    assert code == 0
    assert f"▲ H-2 is nearly H-1 “{CLAIM}”" in err
    assert "Nearly the same\n  H-1    Late" in labtop("hypothesis", "show", "2")[1]


def test_hostile_text_is_printed_as_text(labtop: Labtop) -> None:
    hostile = "\x1b]0;owned\x07\x1b[31m[bold]red[/] \u202egnp.exe\u2066 long enough to be wrapped over several lines"
    labtop("hypothesis", "add", hostile, "--set", f"mechanism={hostile}", "--set", "metric=m", "--set", "delta=1")
    labtop("hypothesis", "move", "H-1", "active", "--reason", hostile)
    labtop("evidence", "add", "H-1", "2501.00001", "--sentence", "title", "--for", "--note", hostile)
    labtop("evidence", "add", "H-1", "--run", hostile[:60], "--against")
    for arguments in (("hypothesis", "list"), ("hypothesis", "show", "H-1"), ("evidence", "list"), ("journal",)):
        for more in ((), ("--json",)):
            code, out, _ = labtop(*arguments, *more)
            assert code == 0
            assert "[bold]red[/] gnp.exe" in " ".join(out.split())
            assert not [mark for mark in "\x1b\x07\u202e\u2066" if mark in out]


def test_a_record_is_filled_in_from_toml(labtop: Labtop, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f'statement = "{CLAIM}"\nprior = 0.3\ntags = ["a"]\n'.encode()
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(text), isatty=lambda: False))
    assert record(labtop, "hypothesis", "add", "--from", "-")["prior"] == 0.3
    editor = home.parent / "editor"
    editor.write_text('#!/bin/sh\nsed -i \'s/^metric = .*/metric = "MRR"/; s/^delta = .*/delta = 2/\' "$1"\n')
    editor.chmod(0o700)
    monkeypatch.setenv("EDITOR", str(editor))
    found = record(labtop, "hypothesis", "edit", "H-1")
    assert (found["metric"], found["delta"], found["prior"], found["statement"]) == ("MRR", 2, 0.3, CLAIM)


def test_asking_for_a_promotion_and_getting_it(labtop: Labtop, home: Path) -> None:
    labtop("hypothesis", "add", CLAIM, "--set", "metric=m", "--set", "delta=1")
    labtop("hypothesis", "activate", "H-1")
    labtop("hypothesis", "move", "H-1", "supported", "--reason", "seen in production")
    code, _, err = labtop("hypothesis", "move", "H-1", "promoted", "--reason", "go")
    assert (code, "none was asked for" in err) == (1, True)
    assert "asks research lead for promotion" in labtop("hypothesis", "move", "H-1", "promoted", "--ask")[1]
    assert labtop("hypothesis", "move", "H-1", "promoted", "--reason", "go")[0] == 1
    from planner.decisions.approvals import decide_approval

    with open_workspace(home, person="kim") as workspace:
        workspace.store.write(lambda db: decide_approval(db, "kim", 1, "approved")).result()
    assert labtop("hypothesis", "move", "H-1", "promoted", "--reason", "go")[0] == 0


def test_the_empty_lists_say_how_to_begin(labtop: Labtop) -> None:
    assert 'labtop hypothesis add "…"' in labtop("hypothesis", "list")[1]
    assert labtop("hypothesis", "list", "--owner", "kim")[1] == "None is so.\n"
    assert "labtop evidence add" in labtop("evidence")[1]
