"""What stands in the ledger, what it says, and when it makes labtop ask again."""

import sqlite3
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from library.arxiv import ledger
from library.arxiv.ledger import SETTLED, STATES, LedgerEntry, back_off, reason
from library.arxiv.limiter import Hold
from library.arxiv.schedule import next_ask
from library.workspace import Workspace

NOW = datetime(2026, 8, 12, 12, 0, tzinfo=UTC)


def entry(
    state: Any, count: int | None = None, *, at: datetime = NOW, day: str = "2026-08-12", **more: Any
) -> LedgerEntry:
    stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return LedgerEntry(more.pop("category", "cs.IR"), day, state, count, "feed", more, more.get("until"), stamp)


@given(st.lists(st.tuples(st.sampled_from(STATES), st.integers(0, 300)), min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_what_was_complete_stays_complete_and_never_shrinks(seen: list[tuple[str, int]]) -> None:
    db = sqlite3.connect(":memory:")
    db.row_factory = sqlite3.Row
    db.execute(
        "CREATE TABLE sync_ledger (category TEXT, day TEXT, state TEXT, count INTEGER, source TEXT, evidence TEXT, "
        "until TEXT, checked_at TEXT, PRIMARY KEY (category, day))"
    )
    best: int | None = None
    settled = False
    for number, (state, count) in enumerate(seen):
        stands = ledger.put(db, entry(state, count, at=NOW + timedelta(minutes=number)))
        if state == "complete":
            best = max(best or 0, count)
        settled = settled or state in SETTLED
        if best is not None:
            assert (stands.state, stands.count) == ("complete", best)
        elif settled:
            assert stands.state in SETTLED
        else:
            assert stands.state == state
            assert stands.evidence["tries"] == number + 1
    db.close()


def test_rows_come_newest_first_and_filtered(workspace: Workspace) -> None:
    def fill(db: sqlite3.Connection) -> None:
        for day in ("2026-08-10", "2026-08-12", "2026-08-11"):
            for category in ("cs.IR", "cs.CL"):
                ledger.put(db, entry("complete", 3, day=day, category=category))

    workspace.store.write(fill).result()
    found = workspace.store.read(lambda db: ledger.days(db, ["cs.IR"], date(2026, 8, 11))).result()
    assert [(row.category, row.day) for row in found] == [("cs.IR", "2026-08-12"), ("cs.IR", "2026-08-11")]
    assert len(workspace.store.read(lambda db: ledger.days(db)).result()) == 6
    assert workspace.store.read(lambda db: ledger.days(db, [])).result() == ()


def test_a_row_that_somebody_damaged_is_still_shown(workspace: Workspace) -> None:
    def damage(db: sqlite3.Connection) -> None:
        ledger.put(db, entry("complete", 3))
        db.execute("UPDATE sync_ledger SET evidence = '{'")

    workspace.store.write(damage).result()
    (row,) = workspace.store.read(lambda db: ledger.days(db)).result()
    assert reason(row) == "3 new"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (entry("complete", 8, new=6, cross=2, replaced=1), "6 new, 2 cross-listed, 1 replaced"),
        (entry("quiet", 0, replaced=4), "quiet: arXiv lists nothing new, 4 replaced"),
        (entry("quiet", 0, day="2031-07-04"), "quiet: arXiv lists nothing new (or a day without mailing: not known)"),
        (entry("no mailing", 0, message="Thanksgiving"), "no mailing (Thanksgiving)"),
        (
            entry("not out yet", asked=["2026-08-12T08:10:00Z"], again="2026-08-12T08:40:00Z"),
            "not out yet (asked 08:10, again 08:40)",
        ),
        (entry("throttled", until="2026-08-12T12:40:00Z"), "throttled until 12:40"),
        (entry("throttled", until="2026-08-13T09:00:00Z"), "throttled until Thu 13 Aug 09:00"),
        (
            entry("offline", message="rss.arxiv.org cannot be reached."),
            "offline since 12:00: rss.arxiv.org cannot be reached",
        ),
        (entry("parse error", message="The feed is empty."), "could not be read: The feed is empty (asked 12:00)"),
        (entry("stale", message="the same again"), "stale: the same again (asked 12:00)"),
    ],
)
def test_reasons_are_plain_words(row: LedgerEntry, says: str) -> None:
    assert reason(row, zone=UTC) == says


@given(
    st.sampled_from(STATES), st.none() | st.integers(0, 99), st.dictionaries(st.text(max_size=5), st.text(max_size=9))
)
def test_every_row_has_a_reason(state: Any, count: int | None, evidence: dict[str, str]) -> None:
    row = LedgerEntry("cs.IR", "2026-08-12", state, count, "feed", evidence, None, "2026-08-12T12:00:00Z")
    assert reason(row, zone=UTC).strip()
    assert reason(row, zone=UTC) not in ("0", "0 new")


def test_waits_grow_to_half_an_hour() -> None:
    assert [back_off(tries).total_seconds() / 60 for tries in (1, 2, 3, 4, 5, 99)] == [15, 20, 25, 30, 30, 30]


def test_a_listing_that_is_due_is_asked_for_now() -> None:
    ask = next_ask(NOW, ["cs.IR"], [])
    assert ask is not None
    assert (ask.now, ask.why) == (True, "the listing of Wed 12 Aug is due")


def test_after_a_settled_day_comes_the_next_announcement() -> None:
    ask = next_ask(NOW, ["cs.IR"], [entry("complete", 9)], spread=0.5)
    assert ask is not None
    assert (ask.now, ask.at) == (False, datetime(2026, 8, 13, 0, 17, 30, tzinfo=UTC))
    friday = next_ask(NOW + timedelta(days=2), ["cs.IR"], [entry("complete", 9, day="2026-08-14")])
    assert friday is not None
    assert friday.at == datetime(2026, 8, 17, 0, 10, tzinfo=UTC)


def test_not_out_yet_is_asked_about_with_growing_pauses() -> None:
    row = entry("not out yet", tries=3)
    ask = next_ask(NOW, ["cs.IR"], [row])
    assert ask is not None
    assert (ask.now, ask.at) == (False, NOW + timedelta(minutes=25))
    later = next_ask(NOW + timedelta(minutes=25), ["cs.IR"], [row])
    assert later is not None
    assert later.now


def test_a_missed_day_is_a_reason_to_ask() -> None:
    rows = [entry("complete", 9), entry("offline", day="2026-08-11", at=NOW - timedelta(hours=9), tries=1)]
    ask = next_ask(NOW, ["cs.IR"], rows)
    assert ask is not None
    assert ask.now


def test_nothing_is_asked_before_a_cooldown_ends() -> None:
    until = NOW + timedelta(minutes=50)
    ask = next_ask(NOW, ["cs.IR"], [], hold=Hold("throttled", 3000, until, "arXiv asks for fewer requests"))
    assert ask is not None
    assert (ask.now, ask.at, ask.why) == (False, until, "arXiv asks for fewer requests")


def test_nobody_followed_nothing_asked() -> None:
    assert next_ask(NOW, [], []) is None


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC)),
    st.lists(st.tuples(st.sampled_from(STATES), st.integers(0, 10), st.integers(1, 9)), max_size=4),
    st.floats(0, 1),
)
def test_the_next_question_is_never_far_nor_too_soon(
    moment: datetime, rows: list[tuple[Any, int, int]], spread: float
) -> None:
    entries = [
        entry(state, 1, at=moment, day=(moment.date() - timedelta(days=ago)).isoformat(), tries=tries)
        for state, ago, tries in rows
    ]
    ask = next_ask(moment, ["cs.IR"], entries, spread=spread)
    assert ask is not None
    assert ask.at - moment < timedelta(days=6)
    assert ask.why


def test_asking_when_to_sync_loads_nothing_heavy() -> None:
    """The dashboard asks this from its timer: parsers and HTTP clients wait until there is something to fetch."""
    script = (
        "import sys, library.arxiv.sync, library.arxiv.schedule; "
        "print([name for name in ('lxml', 'httpx', 'arxiv', 'requests', 'filelock') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
