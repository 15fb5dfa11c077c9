"""Members, proposals, votes, sessions and minutes, against a real workspace."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from library.club import members, minutes, proposals, sessions
from library.club.guard import AlreadyDiscussed, discussed, letters
from library.club.model import Proposal
from library.club.queries import find, find_member, member_of, next_session
from library.club.queries import members as all_members
from library.club.queries import proposals as all_proposals
from library.errors import LabtopError, NotFound, UsageError
from library.records.store import RecordError
from tests.library.club.conftest import NOW, TODAY, Club, draft


def proposal(club: Club, number: int) -> Proposal:
    return next(each for each in club.read(all_proposals) if each.id == number)


def states(club: Club) -> dict[int, str]:
    return {each.id: each.state for each in club.read(all_proposals)}


def journal(club: Club) -> list[str]:
    return [row[0] for row in club.rows("SELECT summary FROM journal ORDER BY id")]


# Members.


def test_members_are_names_and_one_name_is_one_member(club: Club) -> None:
    club.join("Ada Lovelace", "山田 太郎", "O’Brien, “Kim”")
    for again in ("ada lovelace", " ADA  Lovelace ", "\uff21da Lovelace"):
        with pytest.raises(RecordError, match="is that of a member already"):
            club.join(again)
    assert club.read(lambda db: member_of(db, "ADA LOVELACE")) == 1
    assert club.read(lambda db: member_of(db, "nobody")) is None
    with pytest.raises(NotFound, match="Did you mean Ada Lovelace"):
        club.read(lambda db: find_member(db, "Ada Lovelce"))


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "…", "x" * 81, "\x1b[31m"])
def test_what_is_no_name_is_refused(club: Club, name: str) -> None:
    with pytest.raises(RecordError):
        club.join(name)


def test_whoever_leaves_keeps_the_past_and_may_come_back(club: Club) -> None:
    club.join("ada", "kim")
    session = club.plan("2026-02-05")
    club.hold(session)
    club.write(lambda db: members.leave(db, "ada", 1, TODAY))
    (ada, kim) = club.read(lambda db: all_members(db, NOW))
    assert (ada.left_on, ada.presented, ada.last_on) == ("2026-03-02", 1, "2026-02-05")
    assert not ada.there("2026-03-02")
    assert ada.there("2026-03-01")
    assert kim.there("2026-03-02")
    assert club.session(club.plan("2026-03-05")).presenter == "kim"
    number, change = club.write(lambda db: members.join(db, "ada", {"name": "Ada"}, today=date(2026, 4, 1)))
    assert number == 1
    assert "is back" in change.summary
    assert club.session(club.plan("2026-04-02")).presenter == "kim"  # who has waited since 5 March


def test_absences_are_noted_and_taken_back(club: Club) -> None:
    club.join("ada")
    club.away("ada", "2026-03-10", "2026-03-20")
    club.away("ada", "2026-04-01")
    (ada,) = club.read(lambda db: all_members(db, NOW))
    assert [(each.first_day, each.last_day) for each in ada.absences] == [
        ("2026-03-10", "2026-03-20"),
        ("2026-04-01", "2026-04-01"),
    ]
    club.write(lambda db: members.present(db, "ada", 1, "2026-03-15"))
    assert [each.first_day for each in club.read(lambda db: all_members(db, NOW))[0].absences] == ["2026-04-01"]
    with pytest.raises(NotFound, match="not noted as away"):
        club.write(lambda db: members.present(db, "ada", 1, "2026-03-15"))
    with pytest.raises(RecordError, match="before the first"):
        club.away("ada", "2026-03-10", "2026-03-09")
    with pytest.raises(RecordError, match="is a day"):
        club.away("ada", "soon")


# Proposals.


def test_a_paper_is_proposed_once_and_voted_for_once_a_person(club: Club) -> None:
    number = club.propose(1, "kim", "It bears on our index.")
    with pytest.raises(UsageError, match=r"kim proposed it already: P-1 waits for votes\. labtop club vote P-1"):
        club.propose(1)
    club.vote(number, "ada", "kim", "Ada", "ada")
    assert proposal(club, number).votes == ("ada", "kim")
    club.write(lambda db: proposals.vote(db, "ada", number, "Lee"))  # raised a hand in the room
    assert proposal(club, number).votes == ("ada", "kim", "Lee") or set(proposal(club, number).votes) == {
        "ada",
        "kim",
        "Lee",
    }
    assert "for Lee: voted" in journal(club)[-1]
    club.write(lambda db: proposals.unvote(db, "ada", number))
    assert set(proposal(club, number).votes) == {"kim", "Lee"}
    with pytest.raises(NotFound, match="ada has not voted"):
        club.write(lambda db: proposals.unvote(db, "ada", number))
    assert club.undo().summary.startswith("undid: took the vote for P-1 back")
    assert "ada" in proposal(club, number).votes


def test_undo_never_takes_a_colleagues_vote(club: Club) -> None:
    number = club.propose(1)
    club.vote(number, "kim")
    with pytest.raises(LabtopError, match="1 club vote hang on it"):
        club.undo("ada")
    assert proposal(club, number).votes == ("kim",)


def test_the_most_wanted_come_first_and_of_equal_ones_the_earlier(club: Club) -> None:
    one, two, three = (club.propose(number) for number in (1, 2, 3))
    club.vote(two, "ada")
    club.vote(three, "kim", "lee")
    assert [each.id for each in club.read(lambda db: proposals.top(db, 2))] == [three, two]
    club.vote(one, "lee")
    assert [each.id for each in club.read(lambda db: proposals.top(db, 9))] == [three, one, two]
    assert club.read(lambda db: proposals.top(db, 0)) == ()


def test_a_proposal_goes_with_its_session(club: Club) -> None:
    number = club.propose(1, "kim")
    session = club.plan("2026-03-26", 1)
    assert states(club) == {number: "scheduled"}
    assert club.session(session).slots[0].proposal_id == number
    with pytest.raises(UsageError, match="is scheduled for 2026-03-26"):
        club.propose(1)
    with pytest.raises(UsageError, match="Take it off first"):
        club.write(lambda db: proposals.withdraw(db, "kim", number))
    club.write(lambda db: sessions.cancel(db, "ada", session))
    assert states(club) == {number: "open"}
    other = club.plan("2026-03-27", 1)
    club.hold(other)
    assert states(club) == {number: "discussed"}
    assert proposal(club, number).session_day == "2026-03-27"
    with pytest.raises(UsageError, match="votes no longer count"):
        club.vote(number, "ada")
    club.undo()
    assert states(club) == {number: "scheduled"}


def test_what_there_was_no_time_for_is_open_again(club: Club) -> None:
    one, two = club.propose(1), club.propose(2)
    session = club.plan("2026-02-26", 1, 2)
    club.hold(session, not_discussed=[club.papers[2]])
    assert states(club) == {one: "discussed", two: "open"}
    assert club.read(lambda db: discussed(db, club.papers[2])) == ()
    again = club.plan("2026-03-26", 2)
    assert club.session(again).slots[0].proposal_id == two


def test_only_ones_own_is_withdrawn(club: Club) -> None:
    number = club.propose(1, "kim")
    with pytest.raises(LabtopError, match="is kim's"):
        club.write(lambda db: proposals.withdraw(db, "ada", number))
    club.write(lambda db: proposals.withdraw(db, "Kim", number))
    assert states(club) == {number: "withdrawn"}
    club.propose(1)  # anybody may propose it now


# The guard.


def test_already_discussed_needs_consent(club: Club) -> None:
    session = club.plan("2026-02-12", 1)
    club.hold(session)
    with pytest.raises(AlreadyDiscussed, match=r"already discussed on 2026-02-12 \(S-1\)"):
        club.propose(1)
    with pytest.raises(AlreadyDiscussed):
        club.plan("2026-03-26", 1)
    number = club.propose(1, again=True)
    assert proposal(club, number).again
    later = club.plan("2026-03-26", 1)  # who proposed it again has consented for all
    assert club.session(later).slots[0].proposal_id == number
    club.write(lambda db: sessions.remove_paper(db, "ada", later, club.papers[1]))
    club.write(lambda db: proposals.withdraw(db, "ada", number))
    with pytest.raises(AlreadyDiscussed):
        club.write(lambda db: sessions.add_papers(db, "ada", later, [(club.papers[1], None)]))
    assert club.plan("2026-03-28", 1, again=True)


@pytest.mark.parametrize(
    ("known", "twin"),
    [
        ({"title": "Dense Retrieval, Revisited: a Study"}, {"title": "Dense retrieval revisited – A STUDY"}),
        ({"title": "Étude sur la récupération dense"}, {"title": "Etude sur la recuperation dense"}),
        ({"title": "One title", "doi": "10.1/ABC"}, {"title": "Another", "doi": "10.1/abc"}),
    ],
)
def test_a_twin_is_known_again(club: Club, known: dict[str, Any], twin: dict[str, Any]) -> None:
    club.put(draft(50, **known), replace(draft(51, **twin), key="doi:10.1/xyz.51"))
    club.hold(club.plan("2026-02-12", 50))
    with pytest.raises(AlreadyDiscussed, match=r"as 2602\.00050"):
        club.propose(51)


def test_short_titles_are_no_twins(club: Club) -> None:
    club.put(draft(50, "Editorial"), draft(51, "Editorial"))
    club.hold(club.plan("2026-02-12", 50))
    assert club.propose(51)
    assert letters("A-b_c Ç!") == "abcc"


def test_a_twin_that_is_proposed_is_voted_for_instead(club: Club) -> None:
    club.put(draft(50, "Dense Retrieval, Revisited: a Study"), draft(51, "Dense Retrieval Revisited, a Study"))
    club.propose(50, "kim")
    with pytest.raises(UsageError, match="kim proposed it already"):
        club.propose(51)


# Sessions.


def test_a_session_is_planned_moved_and_taken_back(club: Club) -> None:
    club.join("ada", "kim")
    number = club.plan("2026-03-26", 1, place="Room 4", topic="")
    found = club.session(number)
    assert (found.label, found.state, found.heading) == ("S-1", "planned", "Paper number 1 about retrieval")
    assert found.start.isoformat() == "2026-03-26T16:00:00+01:00"
    change = club.write(lambda db: sessions.revise(db, "kim", number, {"day": "2026-04-02", "zone": "europe/london"}))
    assert change.summary == "moved S-1 from 2026-03-26 16:00 to 2026-04-02 16:00 Europe/London"
    assert club.session(number).start.isoformat() == "2026-04-02T16:00:00+01:00"
    club.undo("kim")
    assert club.session(number).zone == "Europe/Berlin"
    club.undo("ada")
    assert club.rows("SELECT count(*) FROM club_session") == [(0,)]
    assert club.plan("2026-03-26") == 2  # numbers are never given twice


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ({"day": "2026-02-30"}, "is a day"),
        ({"time": "25:00"}, "is no time of day"),
        ({"time": "four"}, "is no time of day"),
        ({"zone": "Mars/Olympus"}, "is no time zone"),
        ({"zone": "../../etc/passwd"}, "is no time zone"),
        ({"length": "0"}, "at least 5"),
        ({"day": "2026-03-29", "time": "02:15"}, "put forward over it"),
    ],
)
def test_what_cannot_be_is_refused(club: Club, raw: dict[str, str], why: str) -> None:
    whole = {"day": "2026-03-26", "time": "16:00", "zone": "Europe/Berlin", **raw}
    with pytest.raises(RecordError, match=why):
        club.write(lambda db: sessions.plan(db, "ada", whole))
    assert club.rows("SELECT count(*) FROM club_session") == [(0,)]


def test_what_was_held_is_not_cancelled_and_what_was_cancelled_not_moved(club: Club) -> None:
    held, off = club.plan("2026-02-12", 1), club.plan("2026-03-26", 2)
    club.hold(held)
    club.write(lambda db: sessions.cancel(db, "ada", off, "flu"))
    assert (club.session(off).state, club.session(off).reason) == ("cancelled", "flu")
    with pytest.raises(UsageError, match="was held"):
        club.write(lambda db: sessions.cancel(db, "ada", held))
    for act in (
        lambda db: sessions.revise(db, "ada", off, {"day": "2026-03-27"}),
        lambda db: sessions.add_papers(db, "ada", off, [(club.papers[3], None)]),
        lambda db: sessions.hold(db, "ada", off),
        lambda db: minutes.write_minutes(db, "ada", off, "x", now=NOW),
    ):
        with pytest.raises(UsageError, match="is cancelled"):
            club.write(act)


def test_one_paper_stands_on_one_session_once(club: Club) -> None:
    number = club.propose(1)
    first, second = club.plan("2026-03-26", 1), club.plan("2026-04-02")
    with pytest.raises(UsageError, match=r"P-1 .* is scheduled on S-1"):
        club.write(lambda db: sessions.add_papers(db, "ada", second, [(club.papers[1], number)]))
    change = club.write(lambda db: sessions.add_papers(db, "ada", first, [(club.papers[1], None)]))
    assert change.journal_id is None
    assert len(club.session(first).slots) == 1


def test_the_next_one_is_probably_like_the_last(club: Club) -> None:
    first = club.read(lambda db: sessions.usual(db, NOW))
    assert (first["day"], first["time"]) == ("2026-03-09", "16:00")
    club.plan("2026-02-05", zone="Asia/Tokyo", clock="10:30", place="Lab")
    club.plan("2026-02-19", zone="Asia/Tokyo", clock="10:30", place="Lab")
    usual = club.read(lambda db: sessions.usual(db, NOW))
    assert usual == {
        "day": "2026-03-05",
        "time": "10:30",
        "zone": "Asia/Tokyo",
        "length": "60",
        "place": "Lab",
        "link": "",
    }


def test_past_and_future_are_by_the_clock_where_the_session_is(club: Club) -> None:
    """20:30 in Los Angeles on 1 March is 04:30 UTC on 2 March: at noon UTC it is over."""
    club.plan("2026-03-01", clock="20:30", zone="America/Los_Angeles")
    ahead = club.plan("2026-03-02", clock="22:00", zone="Asia/Tokyo")  # 13:00 UTC
    found = club.read(lambda db: next_session(db, NOW))
    assert found is not None
    assert found.id == ahead
    assert club.read(lambda db: next_session(db, NOW + timedelta(hours=2, minutes=1))) is None


# Minutes.


def test_minutes_hold_the_session_and_their_decisions_stand_by_themselves(club: Club) -> None:
    number = club.plan("2026-02-26", 1)
    text = "We liked it.\n\n- experiment: try it on our index @Kim Lee\n- Action: ask the authors\n* evidence: faster"
    text += "\nwhy action: no"
    change = club.write(lambda db: minutes.write_minutes(db, "ada", number, text, now=NOW))
    assert change.summary == "wrote the minutes of S-1 of 2026-02-26, 3 decisions"
    found = club.session(number)
    assert found.state == "held"
    assert [(one.kind, one.text, one.owner, one.key) for one in found.decisions] == [
        ("experiment", "try it on our index", "Kim Lee", "2602.00001"),
        ("action", "ask the authors", None, "2602.00001"),
        ("evidence", "faster", None, "2602.00001"),
    ]
    more = club.write(lambda db: minutes.write_minutes(db, "ada", number, text + "\nMore.", now=NOW))
    assert more.summary == "wrote the minutes of S-1 of 2026-02-26"
    assert len(club.session(number).decisions) == 3
    same = club.write(lambda db: minutes.write_minutes(db, "ada", number, text + "\nMore.", now=NOW))
    assert same.journal_id is None
    club.undo()
    club.undo()
    found = club.session(number)
    assert (found.state, found.minutes, found.decisions) == ("planned", None, ())


def test_minutes_of_what_is_still_to_come_do_not_hold_it(club: Club) -> None:
    number = club.plan("2026-03-26", 1)
    change = club.write(lambda db: minutes.write_minutes(db, "ada", number, "Prepared.", now=NOW))
    assert "still planned for 2026-03-26" in change.summary
    assert club.session(number).state == "planned"
    club.write(lambda db: minutes.write_minutes(db, "ada", number, "Held.", now=NOW, held=True))
    assert club.session(number).state == "held"


def test_decisions_are_added_done_and_dropped(club: Club) -> None:
    number = club.plan("2026-02-26", 1, 2)
    decide: Callable[..., Any] = lambda **raw: club.write(lambda db: minutes.decide(db, "ada", number, raw))  # noqa: E731
    made, change = decide(text="Try it", kind="experiment", paper="2602.00002", owner="kim")
    assert change.summary == "M-1: decided in S-1: experiment “Try it”"
    decide(text="Ask them")
    one, two = club.session(number).decisions
    assert (one.key, two.key, two.kind) == ("2602.00002", None, "action")  # of two papers nobody knows which
    club.write(lambda db: minutes.done(db, "kim", two.id))
    assert [each.open for each in club.session(number).decisions] == [True, False]
    club.write(lambda db: minutes.done(db, "kim", two.id, again_open=True))
    club.write(lambda db: minutes.drop(db, "ada", made))
    assert [each.id for each in club.session(number).decisions] == [two.id]
    with pytest.raises(RecordError, match="is needed"):
        decide(kind="action")
    with pytest.raises(RecordError, match="is one of"):
        decide(text="x", kind="wish")


def test_numbers_are_found_in_any_spelling(club: Club) -> None:
    number = club.plan("2026-03-26")
    for name in ("S-1", "s1", "1", " S-1 "):
        assert club.read(lambda db, n=name: find(db, "S", n)) == number  # type: ignore[misc]
    with pytest.raises(NotFound, match="There is no session S-9"):
        club.read(lambda db: find(db, "S", "9"))
    with pytest.raises(UsageError, match="names no session"):
        club.read(lambda db: find(db, "S", "P-1"))
    with pytest.raises(UsageError, match="names no session"):
        club.read(lambda db: find(db, "S", "'; DROP TABLE club_session; --"))


def test_each_action_names_who_did_what(club: Club) -> None:
    def person(db: sqlite3.Connection) -> list[tuple[str, str]]:
        return [tuple(row) for row in db.execute("SELECT person, action FROM journal ORDER BY id").fetchall()]

    number = club.propose(1, "kim")
    club.vote(number, "lee")
    session = club.plan("2026-02-26", 1)
    club.hold(session)
    assert club.read(person) == [
        ("kim", "club.propose"),
        ("lee", "club.vote"),
        ("ada", "club.schedule"),
        ("ada", "club.hold"),
    ]
