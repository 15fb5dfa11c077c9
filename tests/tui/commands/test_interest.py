"""`labtop interest` as a person runs it."""

import json
from typing import Any

import pytest

from library.papers.commands import tag
from library.search.saved import save
from library.workspace import Workspace
from tests.tui.screens.driving import drafts, fill
from tui.cli import run


@pytest.fixture
def labtop(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command; gives exit code, output and messages."""
    fill(workspace, drafts(4))
    workspace.store.write(lambda db: tag(db, "ada", [1, 2], "rag")).result()
    today = workspace.clock.today()
    workspace.store.write(lambda db: save(db, "ada", "KV cache", '"KV cache" cat:cs.IR', today=today)).result()

    def call(*words: str, person: str = "ada") -> tuple[int, str, str]:
        code = run(["--home", str(workspace.paths.home), "--as", person, *words])
        out, err = capsys.readouterr()
        return code, out, err

    return call


def listed(labtop: Any, person: str = "ada") -> list[dict[str, Any]]:
    found = json.loads(labtop("interest", "--json", person=person)[1])
    assert found["total"] == len(found["results"])
    return list(found["results"])


def test_interests_come_and_go(labtop: Any) -> None:
    assert "labtop interest add" in labtop("interest")[1]
    assert labtop("interest", "add", "late", "interaction")[1] == "added the interest topic late interaction\n"
    assert labtop("interest", "tag", "RAG")[1] == "added the interest tag rag\n"
    assert labtop("interest", "search", "kv cache")[1] == "added the interest search KV cache\n"
    code, _, err = labtop("interest", "tag", "nobody has it")
    assert (code, "no paper has this tag yet" in err) == (0, True)
    assert [(row["id"], row["kind"], row["label"], row["papers"]) for row in listed(labtop)] == [
        ("1", "topic", "topic late interaction", None),
        ("2", "tag", "tag rag", 2),
        ("3", "search", "search KV cache", None),
        ("4", "tag", "tag nobody-has-it", 0),
    ]
    shown = labtop("interest")[1]
    assert "rag (2 papers)" in shown
    assert '"KV cache" cat:cs.IR' in shown
    assert listed(labtop, "kim") == []

    assert labtop("interest", "rest", "1")[1] == "laid the interest topic late interaction to rest\n"
    assert not listed(labtop)[0]["active"]
    assert "· resting" in labtop("interest")[1]
    assert labtop("interest", "rest", "1")[1] == "nothing to change\n"
    # Adding it again wakes it, under its number.
    again = json.loads(labtop("interest", "add", "Late  interaction", "--json")[1])
    assert (again["id"], again["active"], again["text"]) == ("1", True, "late interaction")
    assert labtop("interest", "rest", "1")[0] == 0
    assert labtop("interest", "wake", "1")[1] == "looked again for topic late interaction\n"
    assert labtop("interest", "remove", "2")[1] == "removed the interest tag rag\n"
    assert [row["id"] for row in listed(labtop)] == ["1", "3", "4"]
    assert labtop("undo")[1] == "undid: removed the interest tag rag\n"
    assert [row["id"] for row in listed(labtop)] == ["1", "2", "3", "4"]


def test_what_is_wrong_is_said(labtop: Any) -> None:
    assert labtop("interest", "add", " ")[0] == 2
    assert labtop("interest", "rest", "9")[0] == 3
    code, _, err = labtop("interest", "search", "nothing")
    assert (code, "no saved search called nothing" in err) == (3, True)
    labtop("interest", "add", "pruning")
    assert labtop("interest", "remove", "1", person="kim")[0] == 3  # nobody sees a colleague's
    code, _, err = labtop("interest", "add", "x", "--read-only")
    assert (code, "read-only" in err) == (1, True)


def test_what_is_everybodys_stays(labtop: Any, workspace: Workspace) -> None:
    sql = "INSERT INTO interest (person, text, kind, reference, created_at) VALUES (NULL, 'It [/helps].', 'hypothesis', 'H-4', 'now')"  # noqa: E501
    workspace.store.write(lambda db: db.execute(sql)).result()
    assert [row["label"] for row in listed(labtop, "kim")] == ["H-4"]
    assert "H-4" in labtop("interest")[1]
    for verb in ("rest", "wake", "remove"):
        code, _, err = labtop("interest", verb, "1")
        assert (code, "H-4 is everybody's" in err) == (1, True)
