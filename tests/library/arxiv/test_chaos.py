"""Whatever arXiv answers, in whatever order: a sync ends, says something true of every day, and loses nothing."""

import random
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from library.arxiv import ledger
from library.arxiv.ledger import STATES
from tests.library.arxiv.conftest import WEDNESDAY, Desk
from tests.library.arxiv.server import MAINTENANCE, P, Reply, api, feed, listing, oai, papers

WED = date(2026, 8, 12)
WHOLE = papers("2608", 100, 12)


def replies(chance: random.Random) -> dict[str, list[Reply]]:
    """A few answers for every route, most of them wrong."""
    day = chance.choice([WED, WED, WED - timedelta(days=1), WED + timedelta(days=chance.randint(1, 40))])
    some = WHOLE[: chance.randint(0, 12)]
    missed = [
        P("2608.00001", created=date(2026, 8, 7), stamp=date(2026, 8, 11)),
        P("2607.00001", stamp=date(2026, 8, 12)),
    ]
    good = {
        "atom": feed("cs.IR", day, [(p, chance.choice(["new", "cross", "replace"])) for p in some]),
        "list": listing(day, some, totals={"New": chance.choice([len(some), 12])}),
        "oai": oai(missed, token=chance.choice(["", "", "more"])),
        "api": api(some, total=chance.choice([len(some), 40])),
    }

    def spoil(text: str) -> Reply:
        kind = chance.randint(0, 9)
        if kind == 0:
            return Reply(text[: chance.randint(0, len(text))])
        if kind == 1:
            return Reply(chance.choice([MAINTENANCE, "", "Rate exceeded.", "{}", "<a/>"]))
        if kind == 2:
            return Reply("", chance.choice([400, 404, 500, 502, 503, 304, 204]))
        if kind == 3:
            return Reply(
                "", chance.choice([429, 503]), (("Retry-After", chance.choice(["1", "soon", "-5", "9" * 30])),)
            )
        if kind == 4:
            return Reply(text, cut=chance.randint(0, 500))
        if kind == 5:
            return Reply(bytes(chance.choice(text.encode()) for _ in range(400)))
        return Reply(text)

    return {route: [spoil(text) for _ in range(4)] for route, text in good.items()}


@pytest.mark.parametrize("seed", range(12))
def test_every_answer_ends_in_a_true_word(make_desk: Callable[..., Desk], seed: int) -> None:
    chance = random.Random(seed)
    desk = make_desk(days=1)
    for step in range(3):
        desk.at(WEDNESDAY + timedelta(hours=step))
        told = replies(chance)
        for route, some in told.items():
            desk.arxiv.on(route, *some)
        report = desk.sync()
        assert report.exit_code in (0, 1, 4)
        assert report.entries
        for entry in report.entries:
            assert entry.state in STATES
            assert ledger.reason(entry)
            assert (entry.state == "complete") <= bool(entry.count)  # complete days have papers, or are called quiet
            assert entry.state in ("complete", "quiet", "no mailing") or entry.count is None
        desk.limiter.set_hold("pause", 0.0, "")
    announced = {row[0] for row in desk.announcements()}
    assert announced <= set(desk.stored())
    # At last arXiv is well again: the day comes in whole, whatever was stored of it before.
    desk.at(WEDNESDAY + timedelta(days=1, hours=8))
    thursday = papers("2608", 300, 7)
    desk.arxiv.on("atom", feed("cs.IR", WED + timedelta(days=1), [(p, "new") for p in thursday]))
    desk.arxiv.on("list", listing(WED + timedelta(days=1), thursday))
    desk.arxiv.on("oai", oai(error=("noRecordsMatch", "none")))
    desk.limiter._sleep(100_000)  # whatever cooldown was asked for is over
    desk.sync()
    assert {p.id for p in thursday} <= set(desk.stored())
