"""What the queue asks for today."""

from datetime import date, timedelta

from library.reading import doing
from library.reading.summary import QueueSummary, queue_summary, said
from tests.library.reading.conftest import Desk, draft

TODAY = date(2026, 4, 20)


def summary(desk: Desk, person: str = "ada", limit: int = 1) -> QueueSummary:
    return desk.read(lambda db: queue_summary(db, person, TODAY, limit))


def test_nothing_is_said_of_no_queue(desk: Desk, five: tuple[int, ...]) -> None:
    assert said(summary(desk)) == []
    desk.write(lambda db: doing.put(db, "ada", five[:1], "read"))
    assert said(summary(desk)) == []


def test_what_is_late_comes_first_by_name(desk: Desk, five: tuple[int, ...]) -> None:
    desk.write(lambda db: doing.add(db, "ada", five))
    desk.write(lambda db: db.execute("UPDATE queue_entry SET added_at = '2026-04-19T09:00:00Z'"))
    for paper, days in zip(five, (2, -3, 0, 3, 1), strict=True):
        day = TODAY + timedelta(days=days)
        desk.write(lambda db, p=paper, d=day: doing.set_due(db, "ada", [p], d))  # type: ignore[misc]
    found = summary(desk)
    assert [(each.id[-1], each.days_left) for each in found.due] == [("2", -3), ("3", 0), ("5", 1), ("1", 2)]
    assert said(found) == [
        ("bad", "3 days late: “Paper 2”"),
        ("warn", "due today: “Paper 3”"),
        ("warn", "due tomorrow: “Paper 5”"),
        ("warn", "and 1 more due"),
        ("info", "reading 0 of 1 · 5 queued"),
    ]
    assert said(summary(desk, "kim")) == []


def test_what_waits_for_long_or_changed_is_counted_and_too_much_at_once_stands_out(
    desk: Desk, five: tuple[int, ...]
) -> None:
    desk.write(lambda db: doing.add(db, "ada", five))
    desk.write(lambda db: db.execute("UPDATE queue_entry SET added_at = '2026-04-06T09:00:00Z' WHERE paper_id < 3"))
    desk.write(lambda db: db.execute("UPDATE queue_entry SET added_at = '2026-04-19T09:00:00Z' WHERE paper_id >= 3"))
    assert said(summary(desk, limit=0)) == [("info", "reading 0 · 5 queued · 2 of them for 14 days or more")]
    desk.write(lambda db: doing.put(db, "ada", five[3:], "reading"))
    assert said(summary(desk))[-1] == ("warn", "reading 2 of 1 · 3 queued · 2 of them for 14 days or more")
    desk.put(draft(1, version=2, abstract="Another text."))
    assert said(summary(desk, limit=5)) == [
        ("warn", "1 abstract changed since · reading 2 of 5 · 3 queued · 2 of them for 14 days or more")
    ]
