"""Calendar files, read back by two other readers: vobject, and dateutil for the zones."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject
from dateutil import tz  # type: ignore[import-untyped]
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from library.club import sessions, turns
from library.club.calendar import calendar
from library.club.minutes import write_minutes
from library.club.queries import sessions as all_sessions
from library.club.vtimezone import vtimezone
from library.db.journal import undo
from library.errors import UsageError
from library.text import one_line
from tests.library.club.conftest import NOW, Club, draft
from tests.tui.screens.test_hostile_text import HOSTILE

LATER = NOW + timedelta(hours=1)


def exported(club: Club, number: int | None = None, *, now: datetime = LATER) -> bytes:
    return club.read(lambda db: calendar(db, "retrieval-lab", now=now, number=number))


def events(text: bytes) -> dict[str, Any]:
    """By UID, as vobject reads them."""
    found = vobject.readOne(text.decode())
    return {event.uid.value: event for event in found.contents.get("vevent", [])}


class Imported:
    """A calendar that takes files as RFC 5546 says: a higher SEQUENCE, or the same one with a later DTSTAMP."""

    def __init__(self) -> None:
        self.events: dict[str, Any] = {}

    def take(self, text: bytes) -> None:
        found: list[Any] = icalendar.Calendar.from_ical(text).walk("VEVENT")
        for event in found:
            old = self.events.get(event["UID"])
            key = (int(event["SEQUENCE"]), event["DTSTAMP"].dt)
            if old is None or key > (int(old["SEQUENCE"]), old["DTSTAMP"].dt):
                self.events[event["UID"]] = event

    @property
    def shown(self) -> dict[str, Any]:
        return {uid: event for uid, event in self.events.items() if event["STATUS"] != "CANCELLED"}


def test_a_session_is_an_event_with_all_that_one_needs(club: Club) -> None:
    club.join("ada", "kim")
    number = club.plan("2026-03-26", 1, place="Room 4, first floor; left", link="https://meet.example/a?b=c,d;e")
    found = club.session(number)
    text = exported(club, number)
    (event,) = events(text).values()
    assert event.uid.value == found.uid
    assert event.sequence.value == "0"
    assert event.dtstart.value == datetime(2026, 3, 26, 16, tzinfo=ZoneInfo("Europe/Berlin"))
    assert event.dtend.value - event.dtstart.value == timedelta(hours=1)
    assert event.summary.value == "Paper club: Paper number 1 about retrieval"
    assert event.location.value == "Room 4, first floor; left · https://meet.example/a?b=c,d;e"
    assert event.url.value == "https://meet.example/a?b=c,d;e"
    assert event.status.value == "CONFIRMED"
    assert event.dtstamp.value == LATER
    assert event.description.value.split("\n")[:3] == [
        "Presenter: ada",
        "Backup: kim",
        "Paper: Paper number 1 about retrieval (2602.00001)",
    ]
    assert icalendar.Calendar.from_ical(text)["METHOD"] == "PUBLISH"
    assert event.organizer.value == "invalid:nomail"


def test_moving_and_cancelling_reach_whoever_imports_again(club: Club) -> None:
    club.join("ada", "kim")
    number = club.plan("2026-03-26", 1)
    there = Imported()
    there.take(exported(club))
    club.write(lambda db: sessions.revise(db, "ada", number, {"day": "2026-04-02", "time": "09:30"}))
    text = exported(club, number)
    there.take(text)
    (event,) = there.shown.values()
    assert event["SEQUENCE"] == 1
    assert event["DTSTART"].dt == datetime(2026, 4, 2, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    club.write(lambda db: sessions.cancel(db, "ada", number, "the speaker is ill"))
    alone = exported(club, number)
    assert icalendar.Calendar.from_ical(alone)["METHOD"] == "CANCEL"
    assert icalendar.Calendar.from_ical(exported(club))["METHOD"] == "PUBLISH"
    there.take(alone)
    assert there.shown == {}
    assert there.events[club.session(number).uid]["SEQUENCE"] == 2
    assert "the speaker is ill" in there.events[club.session(number).uid]["DESCRIPTION"]
    there.take(text)  # an old file that comes late changes nothing
    assert there.shown == {}


def test_undo_counts_on_so_that_calendars_follow_it(club: Club) -> None:
    number = club.plan("2026-03-26", 1)
    there = Imported()
    there.take(exported(club))
    club.write(lambda db: sessions.revise(db, "ada", number, {"day": "2026-04-02"}))
    there.take(exported(club))
    club.undo()
    there.take(exported(club))
    (event,) = there.shown.values()
    assert event["DTSTART"].dt.date().isoformat() == "2026-03-26"
    assert event["SEQUENCE"] == 2
    uid = event["UID"]
    club.undo()  # of planning it: the event has to go from calendars that have it
    assert club.rows("SELECT count(*) FROM club_session") == [(0,)]
    there.take(exported(club))
    assert there.shown == {}
    assert there.events[uid]["SEQUENCE"] > 2
    last = club.rows("SELECT max(id) FROM journal")[0][0]
    club.write(lambda db: undo(db, "ada", last))  # and back again
    there.take(exported(club))
    assert list(there.shown) == [uid]


def test_what_the_event_does_not_show_does_not_count(club: Club) -> None:
    number = club.plan("2026-02-26", 1)
    club.write(lambda db: write_minutes(db, "ada", number, "We talked.", now=NOW))
    assert club.session(number).state == "held"
    assert club.session(number).sequence == 0
    club.join("ada", "kim")


def test_who_presents_and_which_papers_count(club: Club) -> None:
    number = club.plan("2026-03-26", 1)
    club.join("ada", "kim")
    club.write(lambda db: turns.assign(db, "ada", number))
    assert club.session(number).sequence == 1
    club.write(lambda db: sessions.add_papers(db, "ada", number, [(club.papers[2], None)]))
    assert club.session(number).sequence == 2
    club.write(lambda db: sessions.remove_paper(db, "ada", number, club.papers[1]))
    assert club.session(number).sequence == 3


def test_hostile_titles_and_names_come_back_as_they_were(club: Club) -> None:
    odd = (*(text for text in HOSTILE if text.strip()), 'a "quoted", b; DROP TABLE x; \\n \\ :;,', "BEGIN:VEVENT\nEND")
    club.put(*(draft(100 + place, title) for place, title in enumerate(odd)))
    for place, text in enumerate(odd):
        club.plan("2026-03-26", 100 + place, topic=text[:300], place=text[:300], link=text[:300], agenda=text)
    file = exported(club)
    assert max(len(line) for line in file.split(b"\r\n")) <= 75
    assert b"\n" not in file.replace(b"\r\n", b"")
    assert all(line.decode() is not None for line in file.split(b"\r\n"))  # no character is cut in two
    found = events(file)
    assert len(found) == len(odd)
    again = {str(event["UID"]): event for event in icalendar.Calendar.from_ical(file).walk("VEVENT")}
    for each in club.read(all_sessions):
        event = found[each.uid]
        assert event.location.value == " · ".join(part for part in (each.place, each.link) if part)
        assert f"Paper: {one_line(each.slots[0].title)} ({each.slots[0].key})" in event.description.value.split("\n")
        assert str(again[each.uid]["DESCRIPTION"]) == event.description.value
        assert each.topic is None or event.summary.value.startswith(f"Paper club: {each.topic[:150]}"[:190])
        assert "\x1b" not in event.description.value


def test_a_time_that_the_clocks_skip_is_refused(club: Club) -> None:
    with pytest.raises(UsageError, match="put forward over it"):
        club.plan("2026-03-29", clock="02:30")
    club.plan("2026-03-29", clock="02:30", zone="UTC")


def test_an_hour_that_comes_twice(club: Club) -> None:
    """02:30 is its first coming, and an hour later it is 02:30 again."""
    number = club.plan("2026-10-25", clock="02:30")
    found = club.session(number)
    assert found.start.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert found.end.astimezone(UTC) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    event: Any = icalendar.Calendar.from_ical(exported(club, number)).walk("VEVENT")[0]
    assert event["DURATION"].dt == timedelta(hours=1)
    assert "DTEND" not in event


def test_utc_needs_no_zone(club: Club) -> None:
    club.plan("2026-03-26", zone="UTC")
    text = exported(club)
    assert b"DTSTART:20260326T160000Z" in text
    assert b"VTIMEZONE" not in text


ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca",
         "America/St_Johns", "Pacific/Auckland", "Asia/Tokyo", "America/Sao_Paulo", "Europe/Dublin")  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(ZONES), st.datetimes(datetime(2025, 1, 2), datetime(2028, 12, 30)))
def test_the_zone_that_is_sent_along_says_what_the_system_says(name: str, moment: datetime) -> None:
    zone = ZoneInfo(name)
    made = vtimezone(zone, name, 2025, 2028).to_ical().decode()
    read = tz.tzical(io.StringIO(f"BEGIN:VCALENDAR\r\n{made}END:VCALENDAR\r\n")).get(name)
    local = moment.replace(microsecond=0, tzinfo=UTC).astimezone(zone)
    if not local.fold and local.replace(fold=1).utcoffset() == local.utcoffset():  # hours that come once
        assert local.replace(tzinfo=read).utcoffset() == local.utcoffset()


def test_both_sides_of_each_change_of_the_clocks() -> None:
    """A session the week before and the week after stays at 16:00 there, and moves by an hour elsewhere."""
    zone = ZoneInfo("America/New_York")
    made = vtimezone(zone, "America/New_York", 2026, 2026).to_ical().decode()
    assert "DTSTART:20260308T020000" in made  # by the offset before the change
    assert "DTSTART:20261101T020000" in made
    read = tz.tzical(io.StringIO(f"BEGIN:VCALENDAR\r\n{made}END:VCALENDAR\r\n")).get()
    for moment in (datetime(2026, 3, 8, 1, 59), datetime(2026, 3, 8, 3, 0), datetime(2026, 11, 1, 0, 59),
                   datetime(2026, 11, 1, 2, 0)):  # fmt: skip
        assert moment.replace(tzinfo=read).utcoffset() == moment.replace(tzinfo=zone).utcoffset()
