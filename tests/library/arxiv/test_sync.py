"""Today's batch and missed days, against a loopback server that plays arXiv and its failures."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from library.arxiv import ledger
from library.arxiv.limiter import Limiter
from library.arxiv.sync import SyncReport
from library.errors import UsageError
from tests.library.arxiv.conftest import WEDNESDAY, Desk
from tests.library.arxiv.server import MAINTENANCE, P, Reply, feed, listing, oai, papers

MakeDesk = Callable[..., Desk]
TUE, WED, THU = date(2026, 8, 11), date(2026, 8, 12), date(2026, 8, 13)
NEW = papers("2608", 100, 6)
CROSS = papers("2608", 200, 2, categories=("cs.CL", "cs.IR"))
REPLACED = [P("2601.00007", version=3)]
WHOLE = [(p, "new") for p in NEW] + [(p, "cross") for p in CROSS] + [(p, "replace") for p in REPLACED]


def states(report: object) -> dict[str, str]:
    return {entry.day: entry.state for entry in report.entries}  # type: ignore[attr-defined]


def serve_whole_day(desk: Desk) -> None:
    desk.arxiv.on("atom", feed("cs.IR", WED, WHOLE))
    desk.arxiv.on("list", listing(WED, NEW, CROSS, REPLACED))


def test_a_day_comes_in_with_its_papers_announcements_and_reason(make_desk: MakeDesk) -> None:
    desk = make_desk()
    serve_whole_day(desk)
    report = desk.sync()
    (entry,) = report.entries
    assert (entry.state, entry.count, report.exit_code) == ("complete", 8, 0)
    assert ledger.reason(entry) == "6 new, 2 cross-listed, 1 replaced"
    assert len(desk.stored()) == 9
    assert ("2608.00200", "cs.IR", "cross", "2026-08-12") in desk.announcements()
    assert ("2601.00007", "cs.IR", "replace", "2026-08-12") in desk.announcements()
    row = desk.workspace.store.read(
        lambda db: dict(db.execute("SELECT * FROM paper WHERE key = '2608.00100'").fetchone())
    ).result()
    assert row["abstract"] == "The abstract of Paper 2608.00100."
    assert (row["first_listed"], row["license"], row["comment"]) == (
        "2026-08-12",
        "http://creativecommons.org/licenses/by/4.0/",
        "9 pages",
    )


def test_a_settled_day_is_not_asked_about_again(make_desk: MakeDesk) -> None:
    desk = make_desk()
    serve_whole_day(desk)
    desk.sync()
    asked = len(desk.arxiv.asked)
    report = desk.sync()
    assert states(report) == {"2026-08-12": "complete"}
    assert len(desk.arxiv.asked) == asked
    assert (report.added, report.changed, report.requests) == (0, 0, 0)


def test_one_paper_in_two_categories_is_one_paper(make_desk: MakeDesk) -> None:
    desk = make_desk("cs.IR", "cs.CL")
    shared = P("2608.00300", categories=("cs.IR", "cs.CL"))
    desk.arxiv.on("atom/cs.IR", feed("cs.IR", WED, [(shared, "new")]))
    desk.arxiv.on(
        "atom/cs.CL", feed("cs.CL", WED, [(shared, "cross"), (P("2608.00301", categories=("cs.CL",)), "new")])
    )
    desk.arxiv.on("list/cs.IR/new", listing(WED, [shared]))
    desk.arxiv.on("list/cs.CL/new", listing(WED, [P("2608.00301", categories=("cs.CL",))], [shared]))
    assert desk.sync().exit_code == 0
    assert desk.stored() == ["2608.00300", "2608.00301"]
    assert desk.announcements()[:2] == [
        ("2608.00300", "cs.CL", "cross", "2026-08-12"),
        ("2608.00300", "cs.IR", "new", "2026-08-12"),
    ]


def test_the_listing_is_asked_only_while_the_feed_is_in_doubt(make_desk: MakeDesk) -> None:
    desk = make_desk()
    for number in range(4):
        day = date(2026, 8, 10) + timedelta(days=number)
        some = papers("2608", 1000 * (number + 1), 10)
        desk.at(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
        desk.arxiv.on("atom", feed("cs.IR", day, [(p, "new") for p in some]))
        desk.arxiv.on("list", listing(day, some))
        desk.sync(days=0)
    assert desk.arxiv.count("atom") == 4
    assert desk.arxiv.count("list") == 3  # by the fourth day there are earlier ones to compare with


def test_not_out_yet_is_not_zero_new(make_desk: MakeDesk) -> None:
    desk = make_desk()
    desk.arxiv.on("atom", feed("cs.IR", TUE, WHOLE))
    desk.arxiv.on("list", listing(TUE, NEW))
    report = desk.sync()
    (entry,) = report.entries
    assert (entry.state, entry.count, report.exit_code) == ("not out yet", None, 0)
    assert ledger.reason(entry, zone=UTC) == "not out yet (asked 12:00, again 12:15)"
    desk.at(WEDNESDAY + timedelta(minutes=20))
    (entry,) = desk.sync().entries
    assert ledger.reason(entry, zone=UTC) == "not out yet (asked 12:20, again 12:40)"
    assert desk.stored() == []  # yesterday's batch is not taken for today's


def test_before_midnight_eastern_only_the_listing_is_asked(make_desk: MakeDesk) -> None:
    desk = make_desk()
    desk.at(datetime(2026, 8, 12, 1, 0, tzinfo=UTC))  # 21:00 on Tuesday in New York: Wednesday's listing is out
    desk.arxiv.on("list", listing(WED, NEW))
    assert states(desk.sync()) == {"2026-08-12": "complete"}
    assert desk.arxiv.count("atom") == 0


def test_a_stale_feed_under_a_fresh_date_is_caught_by_the_listing(make_desk: MakeDesk) -> None:
    desk = make_desk()
    desk.at(WEDNESDAY - timedelta(days=1))
    yesterday = papers("2608", 50, 5)
    desk.arxiv.on("atom", feed("cs.IR", TUE, [(p, "new") for p in yesterday]))
    desk.arxiv.on("list", listing(TUE, yesterday))
    desk.sync()
    desk.at(WEDNESDAY)
    desk.arxiv.on("atom", feed("cs.IR", WED, [(p, "new") for p in yesterday]))  # the old batch, today's date
    desk.arxiv.on("list", listing(WED, NEW))
    today = desk.sync().entries[0]
    assert (today.state, today.source, today.count) == ("complete", "listing", 6)
    assert "5 of its 5 papers came before" in today.evidence["feed"]


def test_a_batch_that_is_stale_everywhere_is_stale(make_desk: MakeDesk) -> None:
    desk = make_desk()
    desk.at(WEDNESDAY - timedelta(days=1))
    yesterday = papers("2608", 50, 5)
    desk.arxiv.on("atom", feed("cs.IR", TUE, [(p, "new") for p in yesterday]))
    desk.arxiv.on("list", listing(TUE, yesterday))
    desk.sync()
    desk.at(WEDNESDAY)
    desk.arxiv.on("atom", feed("cs.IR", WED, [(p, "new") for p in yesterday]))
    desk.arxiv.on("list", listing(WED, yesterday))
    desk.arxiv.on("oai", oai(error=("noRecordsMatch", "none")))
    today = desk.sync().entries[0]
    assert (today.day, today.state, today.count) == ("2026-08-12", "stale", None)
    assert ledger.reason(today, zone=UTC).startswith("stale: the listing says Wed 12 Aug, but 5 of its 5")


def test_a_paper_replaced_on_two_days_running_does_not_make_a_batch_stale(make_desk: MakeDesk) -> None:
    desk = make_desk()
    for day, moment in ((TUE, WEDNESDAY - timedelta(days=1)), (WED, WEDNESDAY)):
        desk.at(moment)
        desk.arxiv.on("atom", feed("cs.IR", day, [(REPLACED[0], "replace")]))
        desk.arxiv.on("list", listing(day, replaced=REPLACED))
        assert desk.sync().entries[0].state == "quiet"


def test_half_a_feed_is_made_whole_by_the_listing(make_desk: MakeDesk) -> None:
    desk = make_desk()
    desk.arxiv.on("atom", feed("cs.IR", WED, WHOLE[:3]))
    desk.arxiv.on("list", listing(WED, NEW, CROSS, REPLACED))
    (entry,) = desk.sync().entries
    assert (entry.state, entry.count, entry.evidence["missing_in_feed"]) == ("complete", 8, 5)
    assert len(desk.stored()) == 9


def test_half_a_listing_stays_open_and_keeps_what_came(make_desk: MakeDesk) -> None:
    desk = make_desk()
    desk.arxiv.on("atom", Reply(MAINTENANCE))
    desk.arxiv.on("list", listing(WED, NEW, totals={"New": 250}))
    desk.arxiv.on("oai", Reply("", 503))
    desk.arxiv.on("api", Reply("", 503))
    report = desk.sync()
    (entry,) = report.entries
    assert (entry.state, entry.count) == ("parse error", None)
    assert "says 250 entries and shows 6" in str(entry.evidence)
    assert len(desk.stored()) == 6
    assert desk.arxiv.count("list") == 2  # the second page was the first again


def test_a_truncated_feed_is_made_whole_by_the_listing(make_desk: MakeDesk) -> None:
    desk = make_desk()
    desk.arxiv.on("atom", feed("cs.IR", WED, WHOLE)[:-700])
    desk.arxiv.on("list", listing(WED, NEW, CROSS, REPLACED))
    (entry,) = desk.sync().entries
    assert (entry.state, entry.count) == ("complete", 8)
    assert "cut off in the middle" in entry.evidence["feed"]


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (Reply(MAINTENANCE), "came an HTML page (“Down for maintenance arXiv is being repaired.”)"),
        (Reply(""), "came an empty answer"),
        (Reply("Rate exceeded."), "came plain text (“Rate exceeded.”)"),
        (Reply("<rss><channel/></rss>"), "came XML of another kind"),
        (Reply("nothing here", 404), "404"),
    ],
)
def test_nonsense_with_status_200_is_a_parse_error_never_zero(make_desk: MakeDesk, reply: Reply, says: str) -> None:
    desk = make_desk()
    for route in ("atom", "list", "oai", "api"):
        desk.arxiv.on(route, reply)
    report = desk.sync()
    (entry,) = report.entries
    assert (entry.state, entry.count, report.exit_code) == ("parse error", None, 1)
    assert says in ledger.reason(entry)


def test_a_category_without_papers_is_quiet_in_so_many_words(make_desk: MakeDesk) -> None:
    desk = make_desk("cs.GL")
    desk.arxiv.on("atom", feed("cs.GL", WED, []))
    desk.arxiv.on("list", listing(WED))
    report = desk.sync()
    (entry,) = report.entries
    assert (entry.state, entry.count, report.exit_code) == ("quiet", 0, 0)
    assert ledger.reason(entry) == "quiet: arXiv lists nothing new"


def test_an_empty_feed_alone_is_not_believed(make_desk: MakeDesk) -> None:
    desk = make_desk()
    desk.arxiv.on("atom", feed("cs.IR", WED, []))
    for route in ("list", "oai", "api"):
        desk.arxiv.on(route, Reply("", 500))
    (entry,) = desk.sync().entries
    assert (entry.state, entry.count) == ("offline", None)


def test_when_feed_and_listing_fail_oai_fills_the_day(make_desk: MakeDesk) -> None:
    desk = make_desk()
    desk.arxiv.on("atom", Reply("", 500))
    desk.arxiv.on("list", Reply("", 500))
    desk.arxiv.on("oai", oai([P("2608.00100", created=date(2026, 8, 11), stamp=WED)]))
    report = desk.sync()
    (entry,) = report.entries
    assert (entry.state, entry.source, entry.count, report.exit_code) == ("complete", "oai", 1, 0)
    assert ledger.reason(entry) == "1 new (days inferred from OAI-PMH)"
    assert desk.announcements() == [("2608.00100", "cs.IR", "new", "2026-08-12")]


def test_when_everything_but_the_api_fails_its_papers_come_in_and_the_day_stays_open(make_desk: MakeDesk) -> None:
    from tests.library.arxiv.server import api

    desk = make_desk()
    for route in ("atom", "list", "oai"):
        desk.arxiv.on(route, Reply(MAINTENANCE))
    desk.arxiv.on("api", api(NEW))
    report = desk.sync()
    assert states(report) == {"2026-08-12": "parse error"}
    assert (len(desk.stored()), report.exit_code) == (6, 4)


def test_a_day_from_the_far_future_is_not_believed(make_desk: MakeDesk) -> None:
    desk = make_desk()
    desk.arxiv.on("atom", feed("cs.IR", date(2099, 1, 1), WHOLE))
    for route in ("list", "oai", "api"):
        desk.arxiv.on(route, Reply("", 500))
    (entry,) = desk.sync().entries
    assert entry.day == "2026-08-12"


def test_a_listing_on_a_day_that_our_table_calls_a_holiday_is_taken(make_desk: MakeDesk) -> None:
    desk = make_desk()
    desk.at(datetime(2026, 11, 27, 15, 0, tzinfo=UTC))
    friday = date(2026, 11, 27)
    desk.arxiv.on("atom", feed("cs.IR", friday, [(p, "new") for p in papers("2611", 900, 3)]))
    desk.arxiv.on("list", listing(friday, papers("2611", 900, 3)))
    assert states(desk.sync())["2026-11-27"] == "complete"


def test_a_wrong_table_does_not_cost_a_day_whose_eve_was_settled(make_desk: MakeDesk) -> None:
    desk = make_desk()
    desk.at(datetime(2026, 11, 26, 15, 0, tzinfo=UTC))
    desk.arxiv.on("atom", feed("cs.IR", date(2026, 11, 26), [(p, "new") for p in papers("2611", 800, 3)]))
    desk.arxiv.on("list", listing(date(2026, 11, 26), papers("2611", 800, 3)))
    desk.sync()
    desk.at(datetime(2026, 11, 27, 15, 0, tzinfo=UTC))
    desk.arxiv.on("list", listing(date(2026, 11, 27), papers("2611", 900, 4)))
    assert states(desk.sync())["2026-11-27"] == "complete"
    asked = len(desk.arxiv.asked)
    desk.sync()
    assert len(desk.arxiv.asked) == asked


def test_a_weekend_asks_for_fridays_listing(make_desk: MakeDesk) -> None:
    desk = make_desk()
    desk.at(datetime(2026, 8, 15, 12, 0, tzinfo=UTC))
    desk.arxiv.on("atom", feed("cs.IR", date(2026, 8, 15), []))  # feeds are empty on weekends
    desk.arxiv.on("list", listing(date(2026, 8, 14), NEW))
    assert states(desk.sync()) == {"2026-08-14": "complete"}


@pytest.mark.parametrize("hours", [-30, 30])
def test_a_wrong_clock_is_corrected_by_arxivs(make_desk: MakeDesk, hours: int) -> None:
    desk = make_desk()
    desk.local_clock_off_seconds = hours * 3600
    serve_whole_day(desk)
    report = desk.sync()
    assert states(report)["2026-08-12"] == "complete"
    assert "2026-08-13" not in states(report)
    assert "clock is 1800 minutes" in report.notes[0]


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 3, 9, 0, 30, tzinfo=UTC), date(2026, 3, 9)),  # the evening after clocks went forward
        (datetime(2026, 3, 8, 23, 59, tzinfo=UTC), date(2026, 3, 6)),
        (datetime(2026, 11, 2, 1, 30, tzinfo=UTC), date(2026, 11, 2)),  # the evening after they went back
        (datetime(2026, 11, 2, 0, 30, tzinfo=UTC), date(2026, 10, 30)),
    ],
)
def test_on_the_days_when_clocks_change_the_right_listing_is_asked_for(
    make_desk: MakeDesk, moment: datetime, day: date
) -> None:
    desk = make_desk()
    desk.at(moment)
    desk.arxiv.on("atom", feed("cs.IR", day, WHOLE))
    desk.arxiv.on("list", listing(day, NEW, CROSS, REPLACED))
    assert states(desk.sync()) == {day.isoformat(): "complete"}


def test_throttled_is_said_for_every_category_and_stops_the_asking(make_desk: MakeDesk) -> None:
    desk = make_desk("cs.IR", "cs.CL", days=2)
    desk.arxiv.on("atom", Reply("Rate exceeded.", 429, (("Retry-After", "1200"),)))
    report = desk.sync()
    assert {entry.state for entry in report.entries} == {"throttled"}
    assert len(report.entries) == 6
    assert len(desk.arxiv.asked) == 1
    assert report.exit_code == 1
    assert report.entries[0].until is not None
    assert ledger.reason(report.entries[0], zone=UTC).startswith("throttled until ")
    desk.sync()
    assert len(desk.arxiv.asked) == 1  # the cooldown is stored


def test_403_stops_everything_until_a_person_says_so(make_desk: MakeDesk, limiter: Limiter) -> None:
    desk = make_desk("cs.IR", "cs.CL")
    desk.arxiv.on("atom", Reply("Forbidden", 403))
    report = desk.sync()
    assert len(desk.arxiv.asked) == 1
    assert report.exit_code == 1
    assert "arXiv refused until" in ledger.reason(report.entries[0], zone=UTC)
    assert "labtop sync --resume" in report.notes[0]
    assert limiter.forget_refusal()
    serve_whole_day(desk)
    desk.sync(categories=["cs.IR"])
    assert len(desk.stored()) == 9


def test_a_stalled_connection_ends_as_offline(make_desk: MakeDesk) -> None:
    desk = make_desk()
    for route in ("atom", "list", "oai", "api"):
        desk.arxiv.on(route, Reply("", stall=30))
    desk.attempts = 1
    (entry,) = desk.sync().entries
    assert entry.state == "offline"
    assert ledger.reason(entry, zone=UTC).startswith("offline since 12:00: ")


def test_complete_survives_a_worse_day_of_arxiv(make_desk: MakeDesk) -> None:
    desk = make_desk()
    serve_whole_day(desk)
    desk.sync()
    worse = ledger.LedgerEntry("cs.IR", "2026-08-12", "offline", None, "feed", {}, None, "2026-08-12T13:00:00Z")
    stands = desk.workspace.store.write(lambda db: ledger.put(db, worse)).result()
    assert (stands.state, stands.count) == ("complete", 8)


def test_without_categories_there_is_a_hint(make_desk: MakeDesk) -> None:
    desk = make_desk()
    object.__setattr__(desk.workspace.settings.arxiv, "categories", ())
    with pytest.raises(UsageError, match="labtop init"):
        desk.sync()


@pytest.mark.parametrize(
    ("name", "hint"), [("cs.IQ", "cs.IR|cs.AI|cs.I"), ("cs", "whole archive"), ("cs.ir+cs.cl", "no category")]
)
def test_a_category_that_does_not_exist_is_named(make_desk: MakeDesk, name: str, hint: str) -> None:
    with pytest.raises(UsageError, match=hint):
        make_desk().sync(categories=[name])


def test_a_second_sync_waits_its_turn_or_says_so(make_desk: MakeDesk) -> None:
    from filelock import FileLock

    from library.arxiv.sync import SyncBusy

    desk = make_desk()
    with FileLock(desk.workspace.paths.home / "sync.lock"), pytest.raises(SyncBusy, match="Another sync"):
        desk.sync(patience=0.0)
    serve_whole_day(desk)
    assert desk.sync(patience=0.0).exit_code == 0


@pytest.mark.parametrize(
    ("states", "exit_code"),
    [
        (("complete", "no mailing"), 0),
        (("offline", "no mailing"), 1),  # a Sunday that needed no asking is no success
        (("offline", "quiet"), 4),
        (("offline", "throttled"), 1),
    ],
)
def test_a_day_without_a_mailing_makes_no_failure_a_half_success(
    states: tuple[ledger.State, ...], exit_code: int
) -> None:
    entries = tuple(
        ledger.LedgerEntry("cs.IR", f"2026-11-{20 + day}", state, None, "calendar") for day, state in enumerate(states)
    )
    assert SyncReport(entries, added=0, changed=0, requests=1).exit_code == exit_code
