"""Purge, backup, reminders, related papers, the table of all sessions; and two processes that vote at once."""

import csv
import io
from datetime import timedelta
from typing import Any

import icalendar
import numpy as np
import pytest

from library.backup.make import make_backup
from library.backup.restore import restore
from library.club import members, minutes, proposals, sessions
from library.club.calendar import calendar
from library.club.history import COLUMNS, history_csv
from library.club.queries import proposals as all_proposals
from library.club.queries import sessions as all_sessions
from library.club.related import related
from library.club.reminders import reminders
from library.exporting.tabular import unguarded, unlisted
from library.papers.commands import decide
from library.purge.run import purge
from planner.workspace import MIGRATIONS, open_workspace
from tests.library.club.conftest import NOW, Club, draft
from tests.library.db.processes import finish, start
from tests.tui.screens.test_hostile_text import HOSTILE

SECRET = "Xylophonic Quasicrystals Considered Harmful for Zweihander Retrieval"


def told(club: Club, person: str = "ada", **later: float) -> list[tuple[str, str]]:
    found = club.read(lambda db: reminders(db, person, NOW + timedelta(**later)))
    return [(each.tone, each.text) for each in found]


def test_nothing_of_a_purged_paper_stays(club: Club) -> None:
    club.put(draft(77, SECRET))
    number = club.propose(77, "kim", f"Because of {SECRET}.")
    club.vote(number, "ada")
    session = club.plan("2026-02-26", 77, 1, topic=f"On {SECRET}", agenda=f"Read {SECRET} first.")
    text = f"We read “{SECRET}”.\n- action: tell them what {SECRET} means"
    club.write(lambda db: minutes.write_minutes(db, "ada", session, text, now=NOW))
    backup = make_backup(club.workspace.paths)
    done = purge(club.workspace, ["2602.00077"], "not ours")
    assert done.left_out == ()
    found = club.session(session)
    assert [slot.key for slot in found.slots] == ["2602.00001"]
    assert found.topic == "On [purged]"
    assert found.minutes is not None
    assert "[purged]" in found.minutes
    assert club.read(all_proposals) == ()
    for path in club.workspace.paths.home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"Xylophonic" not in content, path
            assert path == backup.path or b"00077" not in content.replace(b"2602.00077 purged", b""), path
    assert club.session(session).label == "S-1"


def test_a_backup_brings_the_club_back_and_calendars_follow(club: Club) -> None:
    """What was told since the backup was made counts: numbers go on, and what the backup lacks is off."""
    club.join("ada", "kim")
    one = club.plan("2026-03-26", 1)
    made = make_backup(club.workspace.paths)
    for day in ("2026-03-27", "2026-03-28"):
        club.write(lambda db, d=day: sessions.revise(db, "ada", one, {"day": d}))  # type: ignore[misc]
    two = club.plan("2026-04-09", 2)
    told = {each.uid: each.sequence for each in (club.session(one), club.session(two))}
    club.workspace.close()
    restore(club.workspace.paths, made.path, migrations=MIGRATIONS, person="ada")
    with open_workspace(club.workspace.paths.home) as again:
        read = again.store.read
        assert [each.day for each in read(all_sessions).result()] == ["2026-03-26"]
        text = read(lambda db: calendar(db, "lab", now=NOW)).result()
    found: list[Any] = icalendar.Calendar.from_ical(text).walk("VEVENT")
    events = {str(event["UID"]): event for event in found}
    assert {uid: event["STATUS"] for uid, event in events.items()} == dict(
        zip(told, ("CONFIRMED", "CANCELLED"), strict=True)
    )
    assert all(int(events[uid]["SEQUENCE"]) > sequence for uid, sequence in told.items())


def test_two_processes_vote_at_once(club: Club) -> None:
    """Each casts 25 votes for other people, and both for the same one: none is lost, none counts twice."""
    club.propose(1)
    code = """
from library.club.proposals import vote
with open_workspace(home, person=name) as workspace:
    for place in range(25):
        for voter in (f"{name}{place}", "noor"):
            workspace.store.write(lambda db: vote(db, name, 1, voter)).result()
"""
    both = [start(code, club.workspace.paths.home, person) for person in ("kim", "lee")]
    for process in both:
        finish(process)
    (found,) = club.read(all_proposals)
    assert len(found.votes) == 51
    assert found.votes.count("noor") == 1
    assert club.rows("SELECT count(*) FROM journal WHERE action = 'club.vote'") == [(51,)]


def test_what_the_club_asks_of_whom(club: Club) -> None:
    assert told(club) == []
    club.join("ada", "kim", "lee")
    session = club.plan("2026-03-05", 1)  # Thursday; it is Monday
    where, what = "Thu 5 Mar 16:00 Europe/Berlin", "“Paper number 1 about retrieval”"
    assert told(club) == [("info", f"{where}, you present: {what}")]
    assert told(club, "KIM") == [("info", f"{where}, you are the backup of ada: {what}")]
    assert told(club, "lee") == [("info", f"{where}, ada presents: {what}")]
    assert told(club, days=-5) == []  # more than a week ahead
    assert told(club, days=3) == [("warn", f"today{where[9:]}, you present: {what}")]
    assert told(club, days=2)[0] == ("warn", f"tomorrow{where[9:]}, you present: {what}")
    club.away("ada", "2026-03-05")
    assert told(club) == [("warn", f"{where}, ada cannot be there: {what}")]
    assert told(club, days=4) == [("warn", "S-1 of Thu 5 Mar: was it held? Its minutes are missing")]
    assert told(club, days=60) == []
    club.hold(session)
    assert told(club, days=4) == [("warn", "S-1 of Thu 5 Mar: its minutes are missing")]
    club.propose(2)
    club.propose(3)
    club.write(lambda db: proposals.vote(db, "ada", 1))
    assert told(club) == [("info", "2 papers proposed, you voted for 1")]
    assert told(club, "kim") == [("info", "2 papers proposed, you have not voted yet")]
    text = "Good.\n- experiment: try it @kim\n- action: write to them @ada"
    club.write(lambda db: minutes.write_minutes(db, "ada", session, text, now=NOW))
    assert told(club, days=4)[1:] == [
        ("info", "M-1 experiment “try it” waits to be taken over"),
        ("info", "M-2 “write to them” is yours"),
    ]
    assert len(told(club, "kim", days=4)) == 2


def test_a_session_without_a_presenter_asks_for_one(club: Club) -> None:
    club.plan("2026-03-05", 1)
    (one,) = club.read(lambda db: reminders(db, "ada", NOW))
    assert (one.tone, one.command) == ("warn", "labtop club assign S-1")


def test_related_papers_are_the_nearest_that_one_knows(club: Club) -> None:
    """Vectors by hand: 2 is nearest to 1, then 4, then 3; 5 is nobody's, 6 somebody else's."""
    angles = {1: 0.0, 2: 0.1, 3: 1.2, 4: 0.5, 5: 0.05, 6: 0.02}

    def encoded(db: object) -> None:
        db.execute("INSERT INTO encoder_model VALUES (1, 'm', 'h', 2, 'now')")  # type: ignore[attr-defined]
        for number, angle in angles.items():
            vector = np.array([np.cos(angle), np.sin(angle)], dtype="<f2").tobytes()
            db.execute(  # type: ignore[attr-defined]
                "INSERT INTO embedding (model_id, text_hash, vector) SELECT 1, text_hash, ? FROM paper WHERE id = ?",
                (vector, club.papers[number]),
            )

    assert club.read(lambda db: related(db, "ada", club.papers[1])) is None
    club.write(encoded)
    assert club.read(lambda db: related(db, "ada", club.papers[1])) == ()
    club.write(lambda db: decide(db, "ada", [club.papers[2]], "keep"))
    club.write(lambda db: decide(db, "ada", [club.papers[3]], "star"))
    club.write(lambda db: decide(db, "kim", [club.papers[6]], "keep"))
    club.hold(club.plan("2026-02-12", 4))
    found = club.read(lambda db: related(db, "ada", club.papers[1]))
    assert found is not None
    assert [(each.key, each.how) for each in found] == [
        ("2602.00002", "you kept it"),
        ("2602.00004", "discussed on 2026-02-12"),
        ("2602.00003", "you kept it"),
    ]
    assert found[0].cosine == pytest.approx(np.cos(0.1), abs=1e-3)


def test_the_table_of_all_sessions_comes_back_as_it_was(club: Club) -> None:
    texts = [text for text in (*HOSTILE, "=cmd|' /C calc'!A0", "+1", "@x", "-2", "'quoted", 'a,"b"\nc') if text.strip()]
    club.put(*(draft(100 + place, text) for place, text in enumerate(texts)))
    for place, text in enumerate(texts):
        number = club.plan("2026-02-26", 100 + place, topic=text[:300], place=text[:300])
        club.write(lambda db, n=number, t=text: minutes.write_minutes(db, "ada", n, t, now=NOW))  # type: ignore[misc]
    text = club.read(history_csv)
    names, *rows = csv.reader(io.StringIO(text, newline=""))
    assert tuple(names) == COLUMNS
    assert len(rows) == len(texts)
    for row in rows:
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
        values = dict(zip(names, (unguarded(cell) for cell in row), strict=True))
        session = club.session(int(values["session"][2:]))
        assert values["title"] == session.slots[0].title
        assert values["minutes"] == (session.minutes or "")
        assert values["place"] == (session.place or "")
        assert unlisted(values["votes"]) == []


def test_a_read_only_workspace_shows_its_club_and_keeps_it(club: Club) -> None:
    club.join("ada")
    with (
        open_workspace(club.workspace.paths.home, read_only=True) as opened,
        pytest.raises(Exception, match="read-only"),
    ):
        opened.store.write(lambda db: members.leave(db, "ada", 1, NOW.date())).result()
