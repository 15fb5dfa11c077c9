"""Missed days: found, harvested by OAI-PMH, and each given its reason."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from library.arxiv import ledger
from tests.library.arxiv.conftest import WEDNESDAY, Desk
from tests.library.arxiv.server import P, Reply, feed, listing, oai, papers
from tests.library.arxiv.test_sync import serve_whole_day, states

MakeDesk = Callable[..., Desk]
TUE, WED = date(2026, 8, 11), date(2026, 8, 12)


def test_the_first_sync_looks_back_as_many_days_as_the_settings_say(make_desk: MakeDesk) -> None:
    desk = make_desk(days=7)
    serve_whole_day(desk)
    made = [
        P("2608.00010", created=date(2026, 8, 5), stamp=date(2026, 8, 6)),
        P("2608.00020", created=date(2026, 8, 6), stamp=date(2026, 8, 7), categories=("cs.CL", "cs.IR")),
        P("2608.00030", created=date(2026, 8, 7), stamp=date(2026, 8, 10)),
        P("2608.00040", created=date(2026, 8, 8), updated=date(2026, 8, 10), stamp=date(2026, 8, 11)),
        P("2501.00001", created=date(2025, 1, 2), stamp=date(2026, 8, 7)),  # an old one, touched by the staff
    ]
    desk.arxiv.on("oai", oai(made[:2], token="next|1"), oai(made[2:]))
    report = desk.sync()
    assert states(report) == {
        "2026-08-12": "complete",
        "2026-08-11": "complete",
        "2026-08-10": "complete",
        "2026-08-07": "complete",
        "2026-08-06": "complete",
        "2026-08-05": "quiet",
    }
    assert report.exit_code == 0
    assert ("2608.00020", "cs.IR", "cross", "2026-08-07") in desk.announcements()
    assert "2501.00001" in desk.stored()
    assert not any(row[0] == "2501.00001" for row in desk.announcements())
    asked = [one.query for one in desk.arxiv.asked if one.route == "oai"]
    assert asked[0]["from"] == ["2026-08-04"]
    assert asked[0]["set"] == ["cs:cs:IR"]
    assert asked[1] == {"verb": ["ListRecords"], "resumptionToken": ["next|1"]}


def test_days_away_are_caught_up_from_the_last_settled_one(make_desk: MakeDesk) -> None:
    desk = make_desk()
    serve_whole_day(desk)
    desk.sync()
    desk.at(WEDNESDAY + timedelta(days=9))  # Friday of the week after
    desk.arxiv.on("atom", feed("cs.IR", date(2026, 8, 21), [(P("2608.09000"), "new")]))
    desk.arxiv.on("list", listing(date(2026, 8, 21), [P("2608.09000")]))
    desk.arxiv.on("oai", oai([P("2608.05000", created=date(2026, 8, 13), stamp=date(2026, 8, 14))]))
    report = desk.sync()
    assert [entry.day for entry in report.entries] == [
        "2026-08-21", "2026-08-20", "2026-08-19", "2026-08-18", "2026-08-17", "2026-08-14", "2026-08-13",
    ]  # fmt: skip
    assert states(report)["2026-08-14"] == "complete"
    assert states(report)["2026-08-13"] == "quiet"


def test_an_expired_token_starts_the_harvest_again(make_desk: MakeDesk) -> None:
    desk = make_desk(days=1)
    serve_whole_day(desk)
    first = [P("2608.00010", created=date(2026, 8, 10), stamp=TUE)]
    second = [P("2608.00011", created=date(2026, 8, 10), stamp=TUE)]
    desk.arxiv.on(
        "oai",
        oai(first, token="old"),
        oai(error=("badResumptionToken", "expired")),
        oai(first, token="new"),
        oai(second),
    )
    report = desk.sync()
    assert states(report)["2026-08-11"] == "complete"
    assert {"2608.00010", "2608.00011"} <= set(desk.stored())


def test_a_server_that_sends_the_same_page_for_ever_is_left(make_desk: MakeDesk) -> None:
    desk = make_desk(days=1)
    serve_whole_day(desk)
    desk.arxiv.on("oai", oai([P("2608.00010", created=date(2026, 8, 10), stamp=TUE)], token="again"))
    desk.arxiv.on("api", Reply("", 500))
    report = desk.sync()
    assert states(report) == {"2026-08-12": "complete", "2026-08-11": "parse error"}
    assert report.exit_code == 4
    assert "2608.00010" in desk.stored()


def test_a_harvest_that_breaks_off_leaves_the_days_open_and_is_taken_up_again(make_desk: MakeDesk) -> None:
    desk = make_desk(days=1)
    serve_whole_day(desk)
    one = P("2608.00010", created=date(2026, 8, 10), stamp=TUE)
    two = P("2608.00011", created=date(2026, 8, 10), stamp=TUE)
    desk.arxiv.on("oai", oai([one], token="t"), Reply(oai([two])[:-300]))
    desk.arxiv.on("api", Reply("", 500))
    assert states(desk.sync())["2026-08-11"] == "parse error"
    desk.arxiv.on("oai", oai([one], token="t"), oai([two]))
    report = desk.sync()
    assert states(report)["2026-08-11"] == "complete"
    assert (report.entries[-1].count, report.exit_code) == (2, 0)


def test_nothing_where_much_is_usual_is_asked_about_again_before_it_is_believed(make_desk: MakeDesk) -> None:
    desk = make_desk()

    def complete(db: object, day: str) -> None:
        ledger.put(db, ledger.LedgerEntry("cs.IR", day, "complete", 60, "feed", {}, None, "2026-08-01T00:00:00Z"))  # type: ignore[arg-type]

    for day in ("2026-08-05", "2026-08-06", "2026-08-07", "2026-08-10"):
        desk.workspace.store.write(lambda db, day=day: complete(db, day)).result()
    many = papers("2608", 5000, 60)
    desk.arxiv.on("atom", feed("cs.IR", WED, [(p, "new") for p in many]))
    desk.arxiv.on("oai", oai(error=("noRecordsMatch", "none")))
    assert [states(desk.sync())["2026-08-11"] for _ in range(4)] == ["stale"] * 4
    desk.at(datetime(2026, 8, 16, 12, tzinfo=UTC))
    assert states(desk.sync())["2026-08-11"] == "quiet"


def test_a_holiday_is_a_day_without_mailing(make_desk: MakeDesk) -> None:
    desk = make_desk(days=4)
    desk.at(datetime(2026, 11, 27, 15, 0, tzinfo=UTC))  # the Friday after Thanksgiving
    thursday = papers("2611", 100, 3, created=date(2026, 11, 24))
    desk.arxiv.on("atom", feed("cs.IR", date(2026, 11, 27), []))  # built on the holiday, and empty
    desk.arxiv.on("list", listing(date(2026, 11, 26), thursday))
    desk.arxiv.on("oai", oai(error=("noRecordsMatch", "none")))
    report = desk.sync()
    assert report.exit_code == 0
    assert states(report)["2026-11-27"] == "no mailing"
    assert states(report)["2026-11-26"] == "complete"
    holiday = next(entry for entry in report.entries if entry.day == "2026-11-27")
    assert ledger.reason(holiday) == "no mailing (Thanksgiving)"


def test_a_holiday_of_an_unknown_year_is_told_as_unknown(make_desk: MakeDesk) -> None:
    desk = make_desk(days=1)
    desk.at(datetime(2028, 7, 6, 12, 0, tzinfo=UTC))
    desk.arxiv.on("atom", feed("cs.IR", date(2028, 7, 6), [(P("2807.00100"), "new")]))
    desk.arxiv.on("list", listing(date(2028, 7, 6), [P("2807.00100")]))
    desk.arxiv.on("oai", oai(error=("noRecordsMatch", "none")))
    entry = desk.sync().entries[-1]
    assert (entry.day, entry.state) == ("2028-07-05", "quiet")
    assert "day without mailing: not known" in ledger.reason(entry)


def test_a_version_that_came_while_away_replaces_the_text_and_keeps_the_old_one(make_desk: MakeDesk) -> None:
    desk = make_desk()
    serve_whole_day(desk)
    desk.sync()
    desk.at(WEDNESDAY + timedelta(days=2))
    friday = date(2026, 8, 14)
    desk.arxiv.on("atom", feed("cs.IR", friday, [(P("2608.09000"), "new")]))
    desk.arxiv.on("list", listing(friday, [P("2608.09000")]))
    again = P("2608.00100", "A better title", updated=date(2026, 8, 12), stamp=date(2026, 8, 13))
    desk.arxiv.on("oai", oai([again]))
    desk.sync()
    row = desk.workspace.store.read(
        lambda db: dict(db.execute("SELECT * FROM paper WHERE key = '2608.00100'").fetchone())
    ).result()
    assert (row["title"], row["version"], row["updated_at"]) == ("A better title", None, "2026-08-12")
    assert row["first_listed"] == "2026-08-12"
    old = desk.workspace.store.read(
        lambda db: db.execute("SELECT version, title FROM paper_version WHERE title IS NOT NULL").fetchall()
    ).result()
    assert [tuple(one) for one in old] == [(1, "Paper 2608.00100")]
    assert ("2608.00100", "cs.IR", "replace", "2026-08-13") in desk.announcements()
