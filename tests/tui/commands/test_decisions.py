"""`labtop decision`, `approval`, `incident`, `transfer` and their documents, as two people and a script use them."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from planner.workspace import open_workspace
from tests.planner.decisions.planted import dataset_row, plant, results, verdict
from tui.cli import run


@pytest.fixture
def home(tmp_path: Path) -> Path:
    place = tmp_path / "home"
    with open_workspace(place, person="ada") as workspace:
        plant(workspace)
    return place


@pytest.fixture
def say(home: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[str, str]]:
    def call(*arguments: str, by: str = "ada", code: int = 0) -> tuple[str, str]:
        capsys.readouterr()
        assert run([*arguments, "--home", str(home), "--as", by]) == code, capsys.readouterr()
        shown = capsys.readouterr()
        assert "Traceback" not in shown.err
        return shown.out, shown.err

    return call


@pytest.fixture
def ask(say: Callable[..., tuple[str, str]]) -> Callable[..., Any]:
    return lambda *arguments, **more: json.loads(say(*arguments, "--json", **more)[0])


def write(home: Path, function: Callable[[Any], Any]) -> Any:
    with open_workspace(home, person="ada") as workspace:
        return workspace.store.write(function).result()


Say = Callable[..., tuple[str, str]]
Ask = Callable[..., Any]


def test_a_decision_from_draft_to_accepted(say: Say, ask: Ask) -> None:
    assert "No decision is written yet" in say("decision")[0]
    out, err = say("decision", "draft", "--hypothesis", "H-1", "--kind", "proceed", "--set", "deciders=kim, lee")
    assert "labtop decision show D-1" in out
    assert err == ""
    say("decision", "set", "D-1", "options=wait", "review_on=2027-02-01")
    out, _ = say("decision", "show", "D-1")
    assert out.startswith("# Proceed with “Late interaction beats distillation on nDCG@10”\n")
    assert "Not proposed yet" in out
    out, _ = say("decision", "propose", "D-1")
    assert "version 1, A-1 asks deciders (kim, lee)" in out
    assert "Nobody decides on their own: you (ada) wrote D-1." in say("decision", "accept", "D-1", code=1)[1]
    assert "waits for deciders (kim, lee) (A-1)" in say("decision", "list")[0]
    out, _ = say("approval", by="kim")
    assert "A-1    ▲ waiting   decision    D-1 version 1: proceed" in out
    assert "read it: labtop decision show D-1" in say("approval", "show", "A-1")[0]
    assert "D-1 is accepted" in say("decision", "accept", "D-1", "--reason", "convincing", by="kim")[0]
    record = ask("decision", "show", "D-1")
    assert (record["id"], record["state"], record["approval"]["decided_by"]) == ("D-1", "accepted", "kim")
    assert {fact["key"]: fact["value"] for fact in record["facts"]}["V-1 effect"] == 1.8125
    assert record["versions"][0]["intact"] is True
    assert [each["id"] for each in ask("decision", "list", "--state", "accepted")["results"]] == ["D-1"]
    assert ask("decision", "list", "--hypothesis", "H-1", "--state", "draft") == {"total": 0, "results": []}
    assert ask("approval", "list")["total"] == 0
    assert [each["state"] for each in ask("approval", "list", "--all")["results"]] == ["approved"]
    say("undo", by="kim")
    assert ask("decision", "show", "D-1")["state"] == "proposed"


def test_against_the_verdict(home: Path, say: Say, ask: Ask) -> None:
    _, err = say("decision", "draft", "--experiments", "E-1", "--kind", "stop")
    assert "▲ It goes against V-1, which is supported; it needs a written reason (justification)." in err
    _, err = say("decision", "propose", "D-1", code=2)
    assert "D-1 (stop) goes against V-1" in err
    _, err = say("decision", "set", "D-1", "justification=too dear to serve")
    assert "needs a written reason" not in err
    say("decision", "propose", "D-1")
    assert "goes against V-1, which is supported, with a written reason" in say("decision", "list")[0]
    write(home, lambda db: verdict(db, 1, "supported", effect=0.7))
    _, err = say("decision", "show", "D-1")
    assert "Since version 1: V-2 effect: new, +0.7" in err


def test_rejected_withdrawn_and_superseded(say: Say, ask: Ask) -> None:
    say("decision", "add", "Move to one cluster", "--set", "kind=proceed")
    say("decision", "propose", "D-1")
    say("decision", "reject", "D-1", code=2)
    assert "D-1 is rejected" in say("decision", "reject", "D-1", "--reason", "dear", by="kim")[0]
    say("decision", "propose", "D-1")
    assert "D-1 is a draft again" in say("decision", "withdraw", "D-1")[0]
    say("decision", "propose", "D-1")
    say("approval", "approve", "A-3", by="kim")
    say("decision", "draft", "--hypothesis", "H-1", "--kind", "proceed", "--supersedes", "D-1")
    say("decision", "propose", "D-2")
    assert "takes the place of D-1" in say("decision", "accept", "D-2", by="kim")[0]
    assert "superseded by D-2" in say("decision", "list")[0]
    assert "Superseded by D-2" in say("decision", "show", "D-1")[0]
    assert "D-1 is superseded" in say("decision", "set", "D-1", "options=x", code=2)[1]
    say("decision", "show", "D-1", "--version", "7", code=3)
    say("decision", "show", "D-9", code=3)
    say("decision", "show", "H-1", code=2)


def test_a_decision_as_toml(home: Path, say: Say, ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "memo.toml"
    file.write_text(
        'title = "Stop it"\nkind = "stop"\nhypothesis_id = "H-1"\ndeciders = ["kim"]\njustification = "dear"\n'
    )
    assert ask("decision", "add", "--from", str(file))["deciders"] == ["kim"]
    file.write_text('dissent = "kim: wait"\n')
    assert ask("decision", "edit", "D-1", "--from", str(file))["dissent"] == "kim: wait"
    file.write_text('dissentt = "x"\n')
    assert "dissent?" in say("decision", "edit", "D-1", "--from", str(file), code=2)[1]


def test_exported_as_markdown_and_html(say: Say, ask: Ask, tmp_path: Path) -> None:
    say("decision", "draft", "--hypothesis", "H-1", "--kind", "proceed", "--set", "title=<script>1</script> | *two*")
    target = tmp_path / "memo.md"
    out, _ = say("export", "decision", "D-1", "-o", str(target))
    assert out == f"{target}: D-1\n"
    text = target.read_text(encoding="utf-8")
    assert text == say("export", "decision", "D-1")[0] == say("decision", "show", "D-1")[0]
    assert text.startswith("# \\<script>1\\</script> \\| \\*two\\*\n")
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(target.stat().st_mode) == 0o666 & ~mask
    assert "is there already" in say("export", "decision", "D-1", "-o", str(target), code=2)[1]
    target.write_text("mine")
    say("export", "decision", "D-1", "-o", str(target), code=2)
    assert target.read_text() == "mine"
    say("export", "decision", "D-1", "-o", str(target), "--force")
    assert target.read_text(encoding="utf-8") == text
    page = tmp_path / "memo.html"
    say("export", "decision", "D-1", "--format", "html", "-o", str(page))
    first = page.read_bytes()
    say("export", "decision", "D-1", "--format", "html", "-o", str(page), "--force")
    assert page.read_bytes() == first
    tree = html.fromstring(first.decode())
    assert tree.findtext(".//title") == tree.findtext(".//h1") == "<script>1</script> | *two*"
    assert not tree.xpath("//script | //img | //a")
    assert "+1.81 points" in [cell.text_content() for cell in tree.iter("td")]
    assert not list(tmp_path.glob(".*tmp"))
    record = ask("export", "decision", "D-1", "--format", "html", "-o", str(tmp_path / "b.html"))
    assert record == {"id": "D-1", "file": str(tmp_path / "b.html"), "format": "html", "text": None}
    assert ask("export", "decision", "D-1", "-o", "-")["text"] == text
    say("export", "decision", "D-1", "-o", str(tmp_path / "none" / "x.md"), code=1)
    say("export", "decision", "D-9", code=3)


def test_approvals(home: Path, say: Say, ask: Ask) -> None:
    assert "Nothing waits" in say("approval", "list")[0]
    write(home, lambda db: dataset_row(db))
    write(home, lambda db: db.execute("UPDATE experiment SET datasets = '[1]', state = 'planned'"))
    assert "labtop approval request data --dataset DS-1" in say("approval", "list", "--needed")[0]
    assert ask("approval", "list", "--needed")["results"][0]["dataset"] == "DS-1"
    record = ask("approval", "request", "data", "--dataset", "DS-1", "--until", "2027-12-31")
    assert (record["id"], record["authority"], record["until"]) == ("A-1", "data steward", "2027-12-31")
    assert "DS-1 clicks" in record["subject"]
    assert "Nothing needs" in say("approval", "list", "--needed")[0]
    assert "A-1 asks for that already" in say("approval", "request", "data", "--dataset", "DS-1", by="kim", code=1)[1]
    say("approval", "request", "budget", code=2)
    say("approval", "request", "launch", "x", code=2)
    assert (
        "A-2 asks publication board"
        in say("approval", "request", "publication", "Paper at SIGIR", "--hypothesis", "H-1")[0]
    )
    say("approval", "refuse", "A-2", by="kim", code=2)
    say("approval", "refuse", "A-2", "--reason", "too early", by="kim")
    say("approval", "approve", "A-1", by="lee")
    shown, _ = say("approval", "list", "--all")
    assert "refused by kim on" in shown
    assert ": too early" in shown
    assert ask("approval", "list", "--what", "data", "--state", "approved")["results"][0]["decided_by"] == "lee"
    say("approval", "request", "budget", "more hours")
    assert "ada's request" in say("approval", "withdraw", "A-3", by="kim", code=1)[1]
    say("approval", "withdraw", "A-3", "--reason", "found some")
    assert "until 2027-12-31" in say("approval", "show", "A-1")[0]
    say("approval", "show", "A-9", code=3)


def test_incidents(home: Path, say: Say, ask: Ask, tmp_path: Path) -> None:
    assert "No incident is recorded" in say("incident")[0]
    _, err = say("incident", "add", "Test queries leaked", "--set", "happened_on=2026-11-19", "--set", "verdicts=V-1")
    assert "▲ 1 verdict carries a warning now: V-1" in err
    assert "Doubted by I-1" in " ".join(say("experiment", "verdicts", "E-1")[0].split())
    assert ask("experiment", "verdicts")["results"][0]["headline"] == "supported, doubted by I-1"
    assert "doubted by I-1" in say("hypothesis", "show", "H-1")[0]
    say("incident", "set", "I-1", "timeline=2026-11-19 | alarm", "trigger=an alarm")
    assert "to close it: cause and learnings" in say("incident", "list")[0]
    assert "not written yet" in say("incident", "close", "I-1", code=2)[1]
    say("incident", "close", "I-1", "--cause", "haste", "--learnings", "check splits")
    assert "No incident is open" in say("incident", "list", "--open")[0]
    record = ask("incident", "show", "I-1")
    assert (record["id"], record["state"], record["verdicts"], record["timeline"]) == (
        "I-1", "closed", ["V-1"], [{"at": "2026-11-19", "what": "alarm"}],
    )  # fmt: skip
    assert ask("incident", "list")["results"][0]["closed_by"] == "ada"
    shown, _ = say("incident", "show", "I-1")
    assert "| 2026-11-19 | alarm |" in shown
    target = tmp_path / "postmortem.html"
    say("export", "incident", "I-1", "--format", "html", "-o", str(target))
    assert html.fromstring(target.read_text()).findtext(".//h1") == "Test queries leaked"
    assert say("export", "incident", "I-1")[0] == shown
    assert (
        "In doubt"
        in say("decision", "draft", "--hypothesis", "H-1", "--kind", "stop")[0] + say("decision", "show", "D-1")[0]
    )


def test_transfer(home: Path, say: Say, ask: Ask) -> None:
    assert "No experiment is transfer-ready" in say("transfer")[0]
    assert "exploration" in say("transfer", "show", "E-1", code=1)[1]
    write(home, lambda db: db.execute("UPDATE experiment SET kind = 'transfer-ready'"))
    assert "open: reproduced, responsible-ai, privacy, latency, cost, rollback-plan" in say("transfer", "list")[0]
    assert "6 gates before “Shadow or canary” do not hold" in say("transfer", "advance", "E-1", code=1)[1]
    assert (
        "Ada ran E-1"
        in say("transfer", "gate", "E-1", "shadow", "reproduced", "met", "--note", "x", by="Ada", code=1)[1]
    )
    for gate in ("reproduced", "responsible-ai", "privacy", "rollback-plan"):
        say("transfer", "gate", "E-1", "shadow", gate, "met", "--note", "seen", by="kim")
    say("transfer", "gate", "E-1", "shadow", "latency", "met", "--value", "92", "--target", "100", "--unit", "ms")
    say("transfer", "gate", "E-1", "canary", "cost", "waived", "--reason", "a pilot", by="kim", code=2)
    say(
        "transfer",
        "gate",
        "E-1",
        "canary",
        "cost",
        "waived",
        "--reason",
        "a pilot",
        "--authority",
        "research lead",
        by="kim",
    )
    assert "all gates hold" in say("transfer", "list")[0]
    assert "A-1 asks research lead" in say("transfer", "advance", "E-1", "--note", "canary, 1 %")[0]
    assert "waits for research lead (A-1)" in say("transfer", "list")[0]
    assert "look at it: labtop transfer show E-1" in say("approval", "show", "A-1")[0]
    say("approval", "approve", "A-1", code=1)
    say("approval", "approve", "A-1", by="kim")
    write(home, lambda db: results(db, 1, phase="online", gain=0.5))
    out, _ = say("transfer", "show", "E-1")
    for said in (
        "in Shadow or canary; run by ada",
        "approved by kim, A-1",
        "● latency         met     92 ms, at most 100 ms (ada,",
        "▲ cost            waived  a pilot; allowed by research lead (kim,",
        "nDCG@10           late − single-vector     +1.81    6     +0.5    6      −1.31",
    ):
        assert said in out, said
    record = ask("transfer", "show", "E-1")
    assert (record["id"], record["stage"], record["next"]) == ("E-1", "shadow", "ab")
    assert record["compared"][0]["difference"] == -1.3125
    assert [each["id"] for each in ask("transfer", "list")["results"]] == ["E-1"]
    say("transfer", "rollback", "E-1", code=2)
    say("transfer", "rollback", "E-1", "--reason", "p95 doubled")
    assert "rolled back: p95 doubled" in say("transfer", "show", "E-1")[0]
    say("undo")
    assert ask("transfer", "show", "E-1")["stage"] == "shadow"


def test_nothing_is_written_where_it_may_not_be(home: Path, say: Say) -> None:
    say("decision", "draft", "--hypothesis", "H-1", "--kind", "proceed")
    for verb in (
        ("decision", "propose", "D-1"),
        ("decision", "draft", "--hypothesis", "H-1", "--kind", "stop"),
        ("approval", "request", "budget", "x"),
        ("incident", "add", "x", "--set", "happened_on=2026-11-19"),
        ("transfer", "rollback", "E-1", "--reason", "x"),
    ):
        assert "read-only" in say(*verb, "--read-only", code=1)[1]
    say("decision", "show", "D-1", "--read-only")
