"""`labtop queue`, `critique`, `quote` and `diff` as a person or a script runs them."""

import json
from pathlib import Path
from typing import Any

import pytest

from library.papers.ingest import add_drafts
from library.workspace import Workspace
from tests.library.reading.conftest import draft
from tui.cli import run

ONE, TWO, THREE = "2604.00001", "2604.00002", "2604.00003"


@pytest.fixture
def home(workspace: Workspace) -> Path:
    papers = [draft(number) for number in (1, 2, 3)]
    workspace.store.write(lambda db: add_drafts(db, papers, at="2026-04-10T09:00:00Z")).result()
    return workspace.paths.home


class Shell:
    """Runs labtop as one person."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str], person: str = "ada") -> None:
        self.home, self.capsys, self.person = home, capsys, person

    def __call__(self, *words: str, code: int = 0) -> str:
        assert run(["--home", str(self.home), "--as", self.person, *words]) == code
        said = self.capsys.readouterr()
        return said.out if not code else said.err

    def json(self, *words: str, code: int = 0) -> Any:
        return json.loads(self(*words, "--json", code=code))

    def ids(self, *words: str) -> list[str]:
        return [entry["id"] for entry in self.json("queue", "list", *words)["results"]]


@pytest.fixture
def labtop(home: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(home, capsys)


# The queue.


def test_a_queue_from_end_to_end(labtop: Shell) -> None:
    assert "Nothing stands there" in labtop("queue")
    assert labtop("queue", "add", ONE, f"arXiv:{TWO}v1") == "queued 2 papers\n"
    labtop("queue", "add", THREE, "--front")
    assert labtop.ids() == [THREE, ONE, TWO]
    labtop("queue", "move", TWO, "top")
    assert "to place 3\n" in labtop("queue", "move", THREE, "99")
    assert labtop.ids() == [TWO, ONE, THREE]
    assert labtop("queue", "due", "+3d", ONE).startswith("due on 20")
    labtop("queue", "due", "2026-05-01", TWO)
    assert labtop.ids("--sort", "due") == [TWO, ONE, THREE] or labtop.ids("--sort", "due") == [ONE, TWO, THREE]
    labtop("queue", "start", ONE)
    labtop("queue", "progress", ONE, "12/30")
    page = labtop("queue")
    assert page.splitlines()[0] == "reading 1 of at most 3 · 2 queued · 0 read"
    assert "40 % in" in page
    assert page.index("Reading") < page.index("Paper 1") < page.index("Queued") < page.index("Paper 2")
    found = labtop.json("queue")
    assert (found["total"], found["limit"], found["counts"]["queued"]) == (3, 3, 2)
    first = found["results"][0]
    assert (first["id"], first["state"], first["progress"], first["place"], first["age_days"]) == (
        ONE,
        "reading",
        40,
        1,
        0,
    )
    assert (first["score"], first["remark"], first["days_left"]) == (None, None, 3)
    labtop("queue", "finish", ONE)
    labtop("queue", "drop", TWO)
    assert labtop.ids() == [THREE]
    assert labtop.ids("--state", "read", "--state", "dropped") == [ONE, TWO]
    assert labtop.ids("--all") == [THREE, ONE, TWO]
    labtop("queue", "back", TWO)
    assert labtop.ids() == [TWO, THREE]
    assert labtop("undo").startswith("undid: put back on the queue: “Paper 2”")
    labtop("undo")
    labtop("undo")
    assert labtop.ids() == [ONE, TWO, THREE]


def test_the_limit_needs_a_yes(labtop: Shell) -> None:
    labtop("settings", "reading.in_progress", "1")
    labtop("queue", "start", ONE)
    said = labtop("queue", "start", TWO, code=1)
    assert "You are reading 1 paper already, and 1 at once is your limit." in said
    assert "--over" in said
    assert labtop.ids("--state", "reading") == [ONE]
    labtop("queue", "start", TWO, "--over")
    assert labtop.ids("--state", "reading") == [ONE, TWO]
    labtop("settings", "reading.in_progress", "0")
    labtop("queue", "start", THREE)
    assert labtop.json("queue")["limit"] is None
    assert "goes from 0" in labtop("settings", "reading.in_progress", "1001", code=2)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("queue", "add", "2604.99999"), 3, "There is no paper"),
        (("queue", "add"), 2, "Missing argument"),
        (("queue", "move", ONE, "sideways"), 2, "no place"),
        (("queue", "move", ONE, "up"), 3, "not on your queue"),
        (("queue", "drop", ONE), 3, "not on your queue"),
        (("queue", "due", "soon", ONE), 2, "no day"),
        (("queue", "progress", ONE, "140"), 2, "no progress"),
        (("queue", "progress", ONE, "40"), 3, "not on your queue"),
        (("queue", "list", "--sort", "size"), 2, "size"),
        (("queue", "add", ONE, "--read-only"), 1, "read-only"),
        (("critique", "write", ONE), 2, "needs something to say"),
        (("critique", "write", ONE, "--verdict", "7"), 2, "verdict: is at most 5"),
        (("critique", "write", ONE, "--set", "rating=5"), 2, "no field of critiques"),
        (("critique", "write", ONE, "x", "--set", "effects=H-9"), 2, "there is no H-9"),
        (("critique", "show", "C-9"), 3, "no critique C-9"),
        (("critique", "delete", ONE, "--yes"), 3, "no critique"),
        (("critique", "write", ONE, "--set", "nosuch=1"), 2, "labtop critique write --help"),
        (("critique", "delete", ONE), 2, "--yes"),
        (("critique", "confirm", ONE), 3, "no critique"),
        (("quote", "add", ONE), 2, "Which sentence"),
        (("quote", "add", ONE, "2", "--words", "It works on long"), 2, "Which sentence"),
        (("quote", "add", ONE, "9"), 3, "no sentence"),
        (("quote", "remove", "4"), 3, "no quote 4"),
        (("diff", ONE), 3, "Only v1"),
        (("diff", ONE, "--from", "one"), 2, "no version"),
        (("diff", ONE, "--from", "1", "--to", "1"), 2, "Both are v1"),
    ],
)
def test_what_is_refused_says_why(labtop: Shell, words: tuple[str, ...], code: int, said: str) -> None:
    assert said in labtop(*words, code=code)


def test_each_person_has_a_queue(labtop: Shell, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kim = Shell(home, capsys, "kim")
    labtop("queue", "add", ONE, TWO)
    kim("queue", "add", TWO)
    kim("queue", "start", TWO)
    assert labtop.ids() == [ONE, TWO]
    assert kim.ids() == [TWO]
    assert kim("undo").startswith("undid: began to read")
    assert "nothing" in labtop("queue", "add", ONE)


def test_keeping_queues_and_what_was_not_begun_comes_off(labtop: Shell) -> None:
    labtop("keep", ONE)
    labtop("star", TWO)
    assert labtop.ids() == [TWO, ONE]
    labtop("skip", ONE)
    assert labtop.ids() == [TWO]
    labtop("undo")
    assert labtop.ids() == [TWO, ONE]


# Critiques.


def test_a_line_and_a_verdict_are_a_critique(labtop: Shell) -> None:
    assert labtop("critique", "write", ONE, "Fair, but one dataset", "--verdict", "4").startswith(
        "wrote the critique of"
    )
    made = labtop.json("critique", "write", ONE, "--set", "threats=Leakage between splits", "--set", "confidence=low")
    assert (made["id"], made["paper_id"], made["verdict"], made["confidence"]) == ("C-1", ONE, 4, "low")
    assert (made["claim"], made["effects"], made["version"], made["stale"]) == (None, [], 1, False)
    labtop("critique", "write", TWO, "--verdict", "2")
    assert [each["id"] for each in labtop.json("critique")["results"]] == ["C-2", "C-1"]
    assert "4/5  Paper 1 (2604.00001)" in labtop("critique", "list", "--mine")
    page = labtop("critique", "show", ONE)
    assert "Threats" in page
    assert "Leakage between splits" in page
    assert labtop.json("critique", "show", "C-2")["total"] == 1
    assert [each["id"] for each in labtop.json("search", "critique:leak", "--mode", "keyword")["results"]] == [ONE]
    assert [each["id"] for each in labtop.json("search", "verdict:<=2", "--mode", "keyword")["results"]] == [TWO]
    stats = labtop.json("critique", "stats")
    assert (stats["critiques"], stats["mean_verdict"]) == (2, 3.0)
    assert {each["verdict"]: each["count"] for each in stats["verdicts"]}[4] == 1
    assert {each["field"]: each["count"] for each in stats["fields"]}["threats"] == 1
    assert "2 critiques of 2 papers by one person, 3.0 on average" in labtop("critique", "stats")
    labtop("critique", "delete", ONE, "--yes")
    assert labtop.json("critique", "show", ONE)["total"] == 0
    labtop("undo")
    assert labtop.json("critique", "show", ONE)["total"] == 1


def test_effects_on_hypotheses_are_listed_and_counted(labtop: Shell) -> None:
    labtop("hypothesis", "add", "Late interaction pays")
    made = labtop.json("critique", "write", ONE, "Fair", "--set", "effects=H-1 | supports | strong")
    assert made["effects"] == [{"hypothesis_id": "H-1", "effect": "supports", "strength": "strong"}]
    assert labtop.json("critique", "list", "--hypothesis", "H-1")["total"] == 1
    assert labtop.json("critique", "list", "--hypothesis", "H-2")["total"] == 0
    assert labtop.json("critique", "stats")["hypotheses"] == [
        {"hypothesis_id": "H-1", "supports": 1, "weakens": 0, "neutral": 0}
    ]


def test_it_is_written_as_toml_from_a_file_and_in_an_editor(
    labtop: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "critique.toml"
    file.write_text('line = "From a file"\nverdict = 3\n')
    labtop("critique", "write", ONE, "--from", str(file))
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nsed -i \'s/^claim = .*/claim = "Edited"/; s/^verdict = 3/verdict = 5/\' "$1"\n')
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    labtop("critique", "write", ONE, "--edit")
    (found,) = labtop.json("critique", "show", ONE)["results"]
    assert (found["line"], found["claim"], found["verdict"]) == ("From a file", "Edited", 5)


# Quotes and versions.


def test_quotes(labtop: Shell, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = labtop.json("quote", "add", ONE, "2", "--remark", "On short ones?")
    assert (made["id"], made["quote"], made["standing"]) == ("1", "It works on long documents.", "current")
    labtop("quote", "add", ONE, "--words", "We study thing")
    assert [each["id"] for each in labtop.json("quote", "list", ONE)["results"]] == ["2", "1"]
    assert "“It works on long documents.”" in labtop("quote")
    labtop("quote", "remark", "1", "All of them?")
    kim = Shell(home, capsys, "kim")
    assert kim.json("quote", "list", "--mine")["total"] == 0
    assert kim.json("quote")["total"] == 2
    assert "ada's" in kim("quote", "remove", "1", code=1)
    labtop("quote", "remove", "1")
    assert labtop.json("quote")["total"] == 1
    labtop("undo")
    assert labtop.json("quote", "list", ONE)["results"][1]["remark"] == "All of them?"


def test_versions_are_compared_and_seen(labtop: Shell, workspace: Workspace) -> None:
    labtop("queue", "add", ONE)
    second = draft(1, version=2, abstract="We study thing 1. It fails on long documents.")
    workspace.store.write(lambda db: add_drafts(db, [second], at="2026-04-12T09:00:00Z")).result()
    assert labtop.json("queue")["results"][0]["changed"] is True
    assert "its abstract changed" in labtop("queue")
    page = labtop("diff", ONE)
    assert "v1 → v2: 1 word of the abstract went, 1 word came" in page
    assert "It [-works-] {+fails+} on long documents." in page
    found = labtop.json("diff", ONE, "--from", "v1", "--to", "2", "--seen")
    assert (found["from"], found["to"], found["words_removed"], found["same"]) == (1, 2, 1, False)
    assert "".join(piece["text"] for piece in found["abstract"] if piece["op"] != "added") == draft(1).abstract
    assert labtop.json("queue")["results"][0]["changed"] is False
    labtop("undo")
    assert labtop.json("queue")["results"][0]["changed"] is True


@pytest.mark.parametrize(
    "title", ["[/red]\x1b[2J\u202eevil", "词" * 3_000, "x" * 10_000], ids=["marks", "CJK", "endless"]
)
def test_hostile_titles_stay_text_and_fit_the_terminal(labtop: Shell, workspace: Workspace, title: str) -> None:
    paper = draft(9, title=title)
    workspace.store.write(lambda db: add_drafts(db, [paper], at="2026-04-12T09:00:00Z")).result()
    labtop("queue", "add", paper.key)
    labtop("critique", "write", paper.key, title, "--verdict", "1") if len(title) < 500 else None
    labtop("quote", "add", paper.key, "1")
    for verb in (("queue",), ("critique",), ("critique", "show", paper.key), ("quote",)):
        out = labtop(*verb)
        assert "\x1b" not in out
        assert "\u202e" not in out
        assert max(len(line) for line in out.splitlines()) <= 80
