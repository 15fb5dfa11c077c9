"""Triage from the shell: lists and shapes, decisions, the rest below the line, the digest; exit codes."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from planner.workspace import open_workspace
from tests.library.triage.inboxes import FRIDAY, MONDAY, add, day_of, paper, rank
from tui.cli import run

HOSTILE = "[/x] # *bold* <script>alert(1)</script> \x1b[31m\u202eevil https://evil.example/ `code` |"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Monday: five papers, two above the line, one to explore, one not ranked; one replaced. Friday: one, hostile."""
    with open_workspace(tmp_path / "w", person="ada") as workspace:
        ids = add(
            workspace,
            *day_of(5),
            paper("2604.00011", ("cs.IR", "new", FRIDAY), ("cs.IR", "replace", MONDAY), title=HOSTILE),
        )
        scores = {ids[0]: 0.9, ids[1]: 0.7, ids[2]: 0.2, ids[3]: 0.1, ids[5]: 0.8}
        workspace.store.write(lambda db: rank(db, scores, explored=[ids[3]])).result()
    return tmp_path / "w"


@pytest.fixture
def labtop(home: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*arguments: str, person: str = "ada") -> tuple[int, str, str]:
        code = run(["--home", str(home), "--as", person, *arguments])
        return code, *capsys.readouterr()

    return call


def listed(labtop: Any, *arguments: str, person: str = "ada") -> dict[str, Any]:
    code, out, err = labtop("triage", "--json", "--no-rank", *arguments, person=person)
    assert (code, err) == (0, "")
    found: dict[str, Any] = json.loads(out)
    return found


def test_the_inbox_is_listed_best_first(labtop: Any) -> None:
    found = listed(labtop, "--day", MONDAY)
    assert found["total"] == 5
    assert [(one["id"], one["place"], one["score"]) for one in found["results"]] == [
        ("2604.00001", "above", 0.9),
        ("2604.00002", "above", 0.7),
        ("2604.00004", "explore", 0.1),
        ("2604.00003", "below", 0.2),
        ("2604.00005", "unranked", None),
    ]
    assert found["results"][0]["interest"] == "H-4"
    assert found["line"]["score"] == 0.5
    (day,) = found["days"]
    assert (day["announced"], day["waiting"], day["above"], day["replaced"]) == (5, 5, 2, 1)


def test_days_listings_and_limits(labtop: Any) -> None:
    assert listed(labtop, "--limit", "2")["total"] > len(listed(labtop, "--limit", "2")["results"])
    replaced = listed(labtop, "--day", MONDAY, "--listing", "replaced")
    assert [one["id"] for one in replaced["results"]] == ["2604.00011"]
    assert listed(labtop, "--day", "2026-04-11")["days"][0]["reason"]
    assert labtop("triage", "--day", "yesterday")[0] == 2
    assert labtop("triage", "--limit", "0")[0] == 2


def test_decisions_leave_the_list_and_undo_brings_them_back(labtop: Any) -> None:
    assert labtop("keep", "2604.00001")[0] == 0
    assert labtop("skip", "2604.00002", "--reason", "quality")[0] == 0
    assert labtop("later", "2604.00003")[0] == 0
    found = listed(labtop, "--day", MONDAY)
    assert [one["id"] for one in found["results"]] == ["2604.00004", "2604.00005"]
    every = {one["id"]: one for one in listed(labtop, "--day", MONDAY, "--all")["results"]}
    assert (every["2604.00002"]["decision"], every["2604.00002"]["reason"]) == ("skip", "quality")
    assert [one["id"] for one in listed(labtop, "--later")["results"]] == ["2604.00003"]
    assert listed(labtop, "--day", MONDAY, person="kim")["total"] == 5
    assert "put off" in labtop("undo")[1]
    assert listed(labtop, "--later")["total"] == 0


def test_several_skipped_at_once_say_nothing_of_each(labtop: Any) -> None:
    assert labtop("skip", "2604.00001", "2604.00002")[0] == 0
    assert labtop("skip", "2604.00003")[0] == 0
    assert labtop("keep", "2604.00004", "2604.00005")[0] == 0
    every = {one["id"]: one["bulk"] for one in listed(labtop, "--day", MONDAY, "--all", "--listing", "new")["results"]}
    assert every == {f"2604.0000{number}": number in (1, 2) for number in range(1, 6)}


def test_the_rest_needs_a_yes(labtop: Any) -> None:
    code, _, err = labtop("triage", "--skip-below", "--day", MONDAY)
    assert (code, "Skip 1 paper of 2026-04-13 below the line, unseen?" in err) == (2, True)
    code, out, _ = labtop("triage", "--skip-below", "--day", MONDAY, "--yes", "--json")
    assert code == 0
    assert json.loads(out)["summary"] == "skipped the rest of 2026-04-13 below the line, 1 paper"
    (skipped,) = [one for one in listed(labtop, "--day", MONDAY, "--all")["results"] if one["decision"]]
    assert (skipped["id"], skipped["bulk"]) == ("2604.00003", True)
    code, out, _ = labtop("triage", "--skip-below", "--day", MONDAY, "--yes")
    assert (code, out) == (0, "nothing waits below the line\n")
    assert labtop("undo")[0] == 0
    assert listed(labtop, "--day", MONDAY)["total"] == 5


def test_text_is_for_people(labtop: Any) -> None:
    code, out, _ = labtop("triage", "--no-rank", "--day", MONDAY, "--all")
    assert code == 0
    assert "The line lies at .50" in out
    assert "Monday 13 Apr 2026" in out
    assert "◇ to explore" in out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert max(len(line) for line in out.splitlines()) <= 80


def test_a_ranking_that_is_behind_is_made_anew_first(labtop: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABTOP_CACHE", str(home / "no-model"))  # by words alone: quicker
    assert labtop("interest", "add", "paper 2604.00003")[0] == 0
    code, out, _ = labtop("triage", "--day", MONDAY, "--json")
    found = json.loads(out)
    assert code == 0
    assert found["ranking"]["behind"] is False
    assert {one["place"] for one in found["results"]} & {"unranked"} == set()
    again = json.loads(labtop("triage", "--day", MONDAY, "--json")[1])
    assert again["ranking"]["ranked_at"] == found["ranking"]["ranked_at"]  # nothing changed, nothing was done


def test_there_is_no_inbox_without_a_workspace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for verb in ("triage", "digest"):
        assert run(["--home", str(tmp_path / "none"), verb]) == 3
        capsys.readouterr()


def test_the_digest_is_the_same_each_time_and_harmless(labtop: Any, tmp_path: Path) -> None:
    code, first, _ = labtop("digest", "--no-rank", "--day", MONDAY, "--week")
    assert code == 0
    assert labtop("digest", "--no-rank", "--day", MONDAY, "--week")[1] == first
    assert first.startswith("# Papers of Tuesday 7 April 2026 to Monday 13 April 2026\n")
    assert "### 0.90 Paper 2604.00001" in first
    assert "- Sunday 12 April 2026: " in first
    assert "**Matches H-4**: Late interaction beats distillation" in first
    assert "**To explore**" in first
    assert "2604.00003" not in first  # below the line
    page = tmp_path / "week.html"
    code, out, _ = labtop("digest", "--no-rank", "--day", MONDAY, "--week", "--format", "html", "-o", str(page))
    assert (code, out) == (0, f"{page}: Papers of Tuesday 7 April 2026 to Monday 13 April 2026\n")
    html = page.read_text(encoding="utf-8")
    assert "<script>" not in html
    assert "\x1b" not in html
    assert "\u202e" not in html
    links = re.findall(r'(?:href|src)="([^"]*)"', html)
    assert links
    assert all(link.startswith("https://arxiv.org/abs/2604.") for link in links)


def test_a_file_that_is_there_is_not_written_over(labtop: Any, tmp_path: Path) -> None:
    page = tmp_path / "day.md"
    assert labtop("digest", "--no-rank", "--day", MONDAY, "-o", str(page))[0] == 0
    assert labtop("digest", "--no-rank", "--day", MONDAY, "-o", str(page))[0] == 2
    assert labtop("digest", "--no-rank", "--day", MONDAY, "-o", str(page), "--force")[0] == 0
    assert labtop("digest", "--no-rank", "--day", MONDAY, "-o", str(tmp_path / "no" / "day.md"))[0] == 1
    code, out, _ = labtop("digest", "--no-rank", "--day", MONDAY, "--json")
    found = json.loads(out)
    assert (code, found["id"], found["announced"], found["text"]) == (0, MONDAY, 5, page.read_text(encoding="utf-8"))


def test_a_day_of_nothing_says_why(labtop: Any) -> None:
    code, out, _ = labtop("digest", "--no-rank", "--day", "2026-04-12")
    assert code == 0
    assert "- Sunday 12 April 2026: arXiv announces nothing at weekends" in out
