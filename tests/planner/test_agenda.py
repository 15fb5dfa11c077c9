"""Today's lines of the programme: what is counted is there, nothing serious hides, commands do what they say."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from library.club import members, sessions
from planner.agenda import Item, agenda
from planner.decisions import incidents
from planner.decisions.approvals import ask
from planner.obstacles import commands as obstacles
from planner.roadmap.adoption import adopt
from planner.roadmap.queries import board
from planner.workspace import Workspace
from tests.planner.decisions.planted import experiment, hypothesis, insert, verdict
from tests.planner.roadmap.programme import Q1, SETTINGS, in_state, read, stored, write
from tests.planner.roadmap.programme import experiment as planned
from tests.planner.roadmap.programme import hypothesis as believed

TODAY = date(2027, 2, 10)


def lines(workspace: Workspace, label: str, person: str = "ada") -> list[Item]:
    return [item for item in read(workspace, agenda, SETTINGS, person, TODAY) if item.label == label]


def test_what_waits_is_shown_to_whoever_can_decide(workspace: Workspace) -> None:
    for number in range(6):
        write(workspace, lambda db, number=number: ask(db, "ben", SETTINGS, "budget", f"reason {number}"))
    found = lines(workspace, "Decide")
    assert [item.text[:3] for item in found[:3]] == ["A-1", "A-2", "A-3"]
    assert (found[3].text, found[3].command, found[3].tone) == ("and 3 more", "labtop approval list", "warn")
    assert {item.tone for item in lines(workspace, "Decide", person="Вen")} == {"info"}  # a Cyrillic В: it is ben


def test_a_launch_comes_up_on_its_day_of_review(workspace: Workspace) -> None:
    def launch(db: Any) -> int:
        number = experiment(db, None, kind="transfer-ready", title="Late interaction")
        told = {"person": "kim", "at": "2027-01-01T00:00:00Z", "experiment_id": number}
        for stage in ("shadow", "ab", "launch"):
            insert(db, "transfer", stage=stage, gate="", state="met", **told)
        details = json.dumps({"review_on": "2027-02-09"})
        insert(db, "transfer", stage="launch", gate="review-date", state="met", details=details, **told)
        return number

    number = write(workspace, launch)
    [item] = lines(workspace, "Decide")
    assert item.text == f"E-{number} Late interaction: to be reviewed since 2027-02-09"
    assert item.command == f"labtop transfer show E-{number}"


def test_a_verdict_in_doubt_says_so_on_today_and_on_the_board(workspace: Workspace) -> None:
    def judged(db: Any) -> tuple[int, int]:
        tried = experiment(db, hypothesis(db))
        first = verdict(db, tried, "supported")
        verdict(db, tried, "refuted", exploratory=1)  # newer, and confirms nothing
        return tried, first

    tried, first = write(workspace, judged)
    [item] = lines(workspace, "Verdicts")
    assert (item.tone, item.text.split(":")[0]) == ("info", "H-1 supported")
    incident = {"title": "A leak", "happened_on": "2027-02-01", "verdicts": [first]}
    write(workspace, lambda db: incidents.add(db, "ada", incident))
    [item] = lines(workspace, "Verdicts")
    assert (item.tone, item.text.split(":")[0]) == ("warn", "H-1 supported, doubted by I-1")
    cards = {card.number: card for column in read(workspace, board).values() for card in column}
    assert (cards[tried].verdict, cards[tried].exploratory) == ("supported", False)
    assert cards[tried].headline == "supported, doubted by I-1"


def test_what_is_left_out_is_as_serious_as_it_is(workspace: Workspace) -> None:
    number = write(workspace, lambda db: experiment(db, None))
    for place in range(4):
        incident = {"title": f"Incident {place}", "happened_on": "2027-02-01"}
        write(workspace, lambda db, incident=incident: incidents.add(db, "ada", incident))
    blocker = {"what": "no data", "kind": "blocker", "on_whom": "kim", "experiment_id": number}
    write(workspace, lambda db: obstacles.add(db, "ada", blocker, today=TODAY))
    last = lines(workspace, "In the way")[-1]
    assert (last.text, last.tone, last.command) == ("and 2 more", "bad", "labtop obstacle list")


def test_the_week_is_shown_and_not_picked_anew(workspace: Workspace) -> None:
    from planner.roadmap.week_picking import pick, week_snapshot
    from planner.roadmap.weeks import store_week

    planned(workspace, believed(workspace), hours=10)
    stored(workspace, 100)
    write(workspace, adopt, "ada", SETTINGS, Q1)
    now = read(workspace, week_snapshot, SETTINGS, "2027-W06")
    write(workspace, store_week, "ada", pick(now, 50))
    [item] = lines(workspace, "Week")
    assert (item.text, item.command) == ("E-1 · 10 GPU-h", "labtop roadmap week --week 2027-W06 --show")


@pytest.mark.parametrize("hours", [None, 4.0, 400.0])
def test_the_budget_says_what_is_known(workspace: Workspace, hours: float | None) -> None:
    from tests.planner.roadmap.programme import result

    number = planned(workspace, believed(workspace), hours=10)
    stored(workspace, 100)
    write(workspace, adopt, "ada", SETTINGS, Q1)
    in_state(workspace, number, "running")
    result(workspace, number, "1", hours)
    [item] = lines(workspace, "Budget")
    said = {
        None: "0 of 100 GPU-h used in 2027Q1, 1 run of unknown cost · plan says 5 by now",
        4.0: "4 of 100 GPU-h used in 2027Q1 · plan says 5 by now",
        400.0: "400 of 100 GPU-h used in 2027Q1 · plan says 5 by now · over by 300",
    }
    assert (item.text, item.tone) == (said[hours], "warn" if hours == 400 else "info")


def test_the_club_asks_first_and_leads_to_its_room(workspace: Workspace) -> None:
    now = datetime(2027, 2, 3, 12, tzinfo=UTC)
    write = workspace.store.write
    write(lambda db: members.join(db, "ada", {"name": "ada"}, today=now.date())).result()
    raw = {"day": "2027-02-04", "time": "16:00", "zone": "Europe/Berlin", "topic": "On agendas"}
    write(lambda db: sessions.plan(db, "ada", raw)).result()
    found = workspace.store.read(lambda db: agenda(db, SETTINGS, "ada", now.date(), now)).result()
    assert [(item.label, item.tone, item.section) for item in found] == [("Club", "warn", "club")]
    assert found[0].text == "tomorrow 16:00 Europe/Berlin, you present: “On agendas”"
    assert found[0].command == "labtop club prep S-1"
