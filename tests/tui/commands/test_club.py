"""A club season from the shell, as a group would run it; every step checked with --json."""

import csv
import io
import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
import vobject

from library.papers.ingest import add_drafts
from planner.hypotheses import commands as hypotheses
from planner.workspace import open_workspace
from tests.library.club.conftest import AT, draft
from tui.cli import run

SESSIONS = 10
START = date(2026, 1, 8)  # a Thursday
PEOPLE = ("ada", "kim", "lee", "noor", "olu")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "club"
    with open_workspace(folder, person="ada") as workspace:
        workspace.store.write(lambda db: add_drafts(db, [draft(number) for number in range(1, 41)], at=AT)).result()
        claim = {"statement": "Retrieval works", "metric": "nDCG@10", "delta": 1, "prior": 0.4}
        workspace.store.write(lambda db: hypotheses.add(db, "ada", claim)).result()
    monkeypatch.setenv("LABTOP_HOME", str(folder))
    monkeypatch.setenv("LABTOP_AS", "ada")
    monkeypatch.chdir(tmp_path)
    return folder


class Shell:
    """`labtop club …`, with what it printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *words: str, code: int = 0) -> str:
        self.capsys.readouterr()
        assert run(["club", *words]) == code, self.capsys.readouterr()
        out, err = self.capsys.readouterr()
        return out if code == 0 else err

    def json(self, *words: str) -> Any:
        return json.loads(self(*words, "--json"))


@pytest.fixture
def club(home: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)


def test_a_season(club: Shell, home: Path, tmp_path: Path) -> None:
    club("join", *PEOPLE, "--on", START.isoformat())
    club("absent", "kim", (START + timedelta(weeks=1)).isoformat(), (START + timedelta(weeks=3)).isoformat())
    club("absent", "lee", (START + timedelta(weeks=7)).isoformat())
    for number in range(1, SESSIONS + 1):
        club("propose", f"2602.{number:05}", f"reason {number}")
        for voter in PEOPLE[: number % 3]:
            club("vote", f"P-{number}", "--for", voter)
    wanted = [each["paper_id"] for each in club.json("proposals")["results"]]
    assert club.json("proposals")["total"] == SESSIONS
    presented: Counter[str] = Counter()
    for week in range(SESSIONS):
        day = (START + timedelta(weeks=week)).isoformat()
        made = club.json("schedule", day, "16:00", "--zone", "Europe/Berlin", "--place", "Room 4")
        assert [paper["id"] for paper in made["papers"]] == wanted[week : week + 1]  # always what most voted for
        assert made["presenter"] != made["backup"]
        assert (made["presenter"] == "kim") <= (week not in (1, 2, 3))
        club("minutes", made["id"], f"Session {week}.\n- action: do it @{made['presenter']}", "--held")
        presented[made["presenter"]] += 1
    always_there = [presented[name] for name in ("ada", "noor", "olu")]
    assert max(always_there) - min(always_there) <= 1
    assert max(presented.values()) - min(presented.values()) <= 2
    members = {each["id"]: each for each in club.json("members")["results"]}
    assert {name: each["presented"] for name, each in members.items()} == dict(presented)
    assert club.json("sessions")["total"] == SESSIONS
    assert {each["state"] for each in club.json("sessions")["results"]} == {"held"}
    assert club.json("proposals")["total"] == 0
    assert club.json("decisions")["total"] == SESSIONS
    stats = club.json("stats")
    assert (stats["sessions"], stats["discussions"], stats["decisions"], stats["changed"]) == (
        SESSIONS,
        SESSIONS,
        SESSIONS,
        0,
    )
    assert "already discussed" in club("propose", "2602.00004", code=2)
    # Everything that leaves reads back.
    assert run(["export", "club", "--format", "csv", "-o", "club.csv"]) == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "club.csv").read_text(encoding="utf-8"), newline="")))
    assert [row["paper"] for row in rows] == wanted
    assert run(["export", "club", "--format", "ics", "-o", "club.ics"]) == 0
    events = vobject.readOne((tmp_path / "club.ics").read_text(encoding="utf-8")).vevent_list
    assert len(events) == SESSIONS
    assert run(["export", "club", "--format", "json", "-o", "club.json"]) == 0
    assert json.loads((tmp_path / "club.json").read_text())["results"] == club.json("sessions")["results"]
    for form in ("markdown", "html"):
        assert run(["export", "club", "--format", form, "-o", f"club.{form}"]) == 0
        text = (tmp_path / f"club.{form}").read_text(encoding="utf-8")
        assert all(f"({key})" in text for key in wanted)


def test_a_session_from_proposal_to_experiment(club: Shell, tmp_path: Path) -> None:
    club("join", "ada", "kim", "lee", "--on", "2026-01-01")
    made = club.json("propose", "2602.00001", "It bears on our index.")
    assert (made["id"], made["votes"], made["state"]) == ("P-1", [], "open")
    assert "kim" in club("vote", "2602.00001", "--for", "kim")
    club("vote", "p1")
    assert set(club.json("proposals")["results"][0]["votes"]) == {"ada", "kim"}
    session = club.json("schedule", "2026-02-12", "16:00", "--zone", "Europe/Berlin", "--minutes", "90")
    assert (session["id"], session["length"], session["starts_at"], session["sequence"]) == (
        "S-1",
        90,
        "2026-02-12T15:00:00Z",
        0,
    )
    club("ics", "-o", "club.ics")
    club("move", "S-1", "2026-02-19", "17:00")
    club("swap", "S-1", club.json("schedule", "2026-02-26", "16:00", "--top", "0")["id"])
    moved = club.json("show", "S-1")
    assert (moved["presenter"], moved["due"], moved["swapped_with"]) == ("kim", "ada", "S-2")
    club("ics", "S-1", "-o", "club.ics")
    event = icalendar.Calendar.from_ical((tmp_path / "club.ics").read_bytes()).walk("VEVENT")[0]
    assert (event["UID"], event["SEQUENCE"]) == (session["uid"], 2)
    assert "Presenter: kim" in str(event["DESCRIPTION"])
    assert "## Paper number 1" in club("agenda", "S-1")
    assert "<h2>Paper number 1" in club("agenda", "S-1", "--format", "html")
    (pack,) = club.json("prep", "S-1")["results"]
    assert (pack["id"], pack["why"], len(pack["questions"])) == ("2602.00001", "It bears on our index.", 3)
    (alone,) = club.json("prep", "2602.00001")["results"]
    assert alone == pack
    held = club.json("minutes", "S-1", "Good.\n- experiment: try it @kim", "--held")
    assert held["state"] == "held"
    assert held["decisions"][0]["id"] == "M-1"
    club("decide", "S-1", "It works", "--kind", "evidence", "--owner", "ada")
    taken = club.json("take-over", "M-1", "--hypothesis", "H-1", "--set", "kind=exploration")
    assert taken["taken_as"] == "E-1"
    assert "Which sentence?" in club("take-over", "M-2", "--hypothesis", "H-1", code=2)
    assert "Evidence on which claim?" in club("take-over", "M-2", code=2)
    given = ("--hypothesis", "H-1", "--sentence", "2", "--stance", "for")
    assert club.json("take-over", "M-2", *given)["taken_as"] == "evidence 1"
    assert club.json("stats")["changed"] == 1
    assert club.json("decisions")["results"] == []
    assert [each["id"] for each in club.json("decisions", "--all")["results"]] == ["M-1", "M-2"]
    assert "taken over as E-1" in club("page", "S-1")
    club("cancel", "S-2", "--reason", "holidays")
    club("ics", "S-2", "-o", "off.ics")
    assert icalendar.Calendar.from_ical((tmp_path / "off.ics").read_bytes())["METHOD"] == "CANCEL"
    assert run(["undo"]) == 0
    assert club.json("show", "S-2")["state"] == "planned"


def test_errors_say_what_and_end_with_their_codes(club: Shell) -> None:
    assert "There is no session S-9" in club("show", "S-9", code=3)
    assert "No session is planned" in club("agenda", code=3)
    assert "is no member" in club("leave", "nobody", code=3)
    club("join", "ada")
    assert "is that of a member already" in club("join", "ADA", code=2)
    assert "is no time zone" in club("schedule", "2026-02-12", "16:00", "--zone", "Nowhere", code=2)
    assert "There is no paper" in club("propose", "9999.99999", code=3)
    assert "is not proposed" in club("vote", "2602.00001", code=3)
    club("propose", "2602.00001")
    assert "ada proposed it already" in club("propose", "2602.00001", "--as", "kim", code=2)
    assert "ada's" in club("withdraw", "P-1", "--as", "kim", code=1)
    assert "has not voted" in club("unvote", "P-1", code=3)
    assert "read-only" in club("vote", "P-1", "--read-only", code=1)


def test_a_new_session_is_like_the_last(club: Shell) -> None:
    club("schedule", "2026-02-12", "10:30", "--zone", "Asia/Tokyo", "--place", "Lab", "--no-assign")
    again = club.json("schedule", "2026-02-26")
    assert (again["time"], again["zone"], again["place"], again["presenter"]) == ("10:30", "Asia/Tokyo", "Lab", None)


def test_names_of_all_kinds(club: Shell) -> None:
    names = ("山田 太郎", "O’Brien, Kim", '"quoted"; x', "[/b] Ada", "ع ר", "-Lee")
    for name in names:
        club("join", "--", name)
        club(
            "propose" if name == names[0] else "vote",
            *(("2602.00001",) if name == names[0] else ("P-1", "--for", name)),
        )
    found = {each["id"] for each in club.json("members")["results"]}
    assert found == set(names)
    assert set(club.json("proposals")["results"][0]["votes"]) == set(names[1:])
    club("schedule", "2026-02-12", "16:00", "--zone", "UTC")
    for verb in ("show", "members", "proposals", "agenda", "sessions", "history"):
        club(verb)
