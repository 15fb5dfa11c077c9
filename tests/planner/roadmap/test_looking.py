"""Timeline, budget, board, changes and rows: what the screen shows, read from what is stored."""

from datetime import date
from typing import Any

import pytest

from library.clock import stamped
from library.errors import UsageError
from library.quarter import Quarter
from library.settings import ProgrammeSettings
from planner.experiments.commands import move
from planner.experiments.model import State
from planner.prioritisation.portfolio import Budget
from planner.roadmap.adoption import adopt
from planner.roadmap.locks import set_lock
from planner.roadmap.planning import compute
from planner.roadmap.queries import board, budget, changed_since, last_review, roadmap_rows, timeline
from planner.roadmap.snapshot import snapshot
from planner.roadmap.storing import store_plan
from planner.workspace import Workspace
from tests.planner.roadmap.programme import (
    Q1,
    SETTINGS,
    experiment,
    hypothesis,
    in_state,
    read,
    result,
    stored,
    verdict,
    write,
)


def plan_at(workspace: Workspace, moment: str, hours: float) -> None:
    """Plan and store as if it were that moment."""

    def store(db: Any) -> None:
        with stamped(moment):
            store_plan(db, "ada", compute(snapshot(db, SETTINGS, Q1), Budget(hours)))

    write(workspace, store)


def moved(workspace: Workspace, number: int, state: State, day: str) -> None:
    """A change of state on a day of the past."""
    columns = "experiment_id, before, after, reason, person, at"
    sql = f"INSERT INTO experiment_move ({columns}) VALUES (?, 'planned', ?, 'r', 'ada', ?)"
    write(workspace, lambda db: db.execute(sql, (number, state, f"{day}T12:00:00Z")))
    in_state(workspace, number, state)


def test_the_timeline_and_its_critical_path(workspace: Workspace) -> None:
    belongs = hypothesis(workspace)
    first = experiment(workspace, belongs, hours=10, days=20)
    second = experiment(workspace, belongs, hours=10, days=30.5, prerequisites=[first])
    short = experiment(workspace, belongs, hours=10, days=5, start="2027-01-10")
    unknown = experiment(workspace, belongs, hours=10)
    after = experiment(workspace, belongs, hours=10, days=5, prerequisites=[unknown])
    long = experiment(workspace, belongs, hours=10, days=60, prerequisites=[second])
    stored(workspace, 400)
    found = read(workspace, timeline, SETTINGS, Q1, date(2026, 11, 25))
    assert (found.first, found.last, found.today) == (date(2027, 1, 1), date(2027, 3, 31), None)
    bars = {bar.experiment: bar for bar in found.bars}
    days = {number: (bar.start, bar.finish) for number, bar in bars.items()}
    assert days[first] == (date(2027, 1, 1), date(2027, 1, 20))
    assert days[second] == (date(2027, 1, 21), date(2027, 2, 20))
    assert days[short] == (date(2027, 1, 10), date(2027, 1, 14))
    assert days[unknown] == (date(2027, 1, 1), None)
    assert days[after] == (None, None)
    assert days[long] == (date(2027, 2, 20), date(2027, 4, 21))
    assert found.critical_path == (first, second, long)
    assert [bars[number].critical for number in (first, second, long, short)] == [True, True, True, False]
    assert bars[long].late
    assert not bars[second].late
    assert bars[short].slack == pytest.approx(110.5 - 14)
    assert (found.end, found.unknown) == (date(2027, 4, 21), (unknown,))


def test_what_has_begun_stands_where_it_began(workspace: Workspace) -> None:
    belongs = hypothesis(workspace)
    running = experiment(workspace, belongs, hours=100, days=20)
    done = experiment(workspace, belongs, hours=10, days=5)
    waiting = experiment(workspace, belongs, hours=10, days=5, prerequisites=[running])
    stored(workspace, 400)
    write(workspace, adopt, "ada", SETTINGS, Q1)
    moved(workspace, running, "running", "2027-01-10")
    moved(workspace, done, "running", "2027-01-05")
    moved(workspace, done, "done", "2027-01-08")
    result(workspace, running, "1", 50.0)
    found = read(workspace, timeline, SETTINGS, Q1, date(2027, 2, 1))
    bars = {bar.experiment: bar for bar in found.bars}
    assert found.today == date(2027, 2, 1)
    assert (bars[running].start, bars[running].finish) == (date(2027, 1, 10), date(2027, 2, 10))  # half of 20 days left
    assert (bars[done].start, bars[done].finish, bars[done].days) == (date(2027, 1, 5), date(2027, 1, 8), 4)
    assert (bars[waiting].start, bars[waiting].finish) == (date(2027, 2, 11), date(2027, 2, 15))


def test_a_quarter_without_a_plan_has_no_bars_and_no_budget(workspace: Workspace) -> None:
    found = read(workspace, timeline, SETTINGS, Q1, date(2027, 2, 1))
    assert (found.bars, found.critical_path, found.end) == ((), (), None)
    nothing = read(workspace, budget, SETTINGS, Q1, date(2027, 2, 1))
    assert (nothing.total, nothing.used, nothing.left) == (None, 0, None)


def test_the_fiscal_year_moves_the_timeline(workspace: Workspace) -> None:
    april = ProgrammeSettings(fiscal_month=4)
    found = read(workspace, timeline, april, Quarter(2026, 4), date(2027, 2, 1))
    assert (found.first, found.last, found.today) == (date(2027, 1, 1), date(2027, 3, 31), date(2027, 2, 1))


def test_the_budget_used_planned_and_left(workspace: Workspace) -> None:
    belongs = hypothesis(workspace)
    first, second = experiment(workspace, belongs, hours=100), experiment(workspace, belongs, hours=50)
    stored(workspace, 200)
    write(workspace, adopt, "ada", SETTINGS, Q1)
    beside = experiment(workspace, belongs, hours=30)
    result(workspace, first, "1", 40.0)
    result(workspace, first, "2", None)
    result(workspace, beside, "1", 12.0)
    result(workspace, second, "1", 99.0, at="2026-12-31T23:00:00Z")  # of the quarter before
    found = read(workspace, budget, SETTINGS, Q1, date(2027, 2, 14))
    assert (found.total, found.used, found.planned, found.left) == (200, 52, 110, 38)
    assert (found.unplanned, found.unknown_runs, found.unknown_plans) == (12, 1, 0)
    assert found.expected_now == pytest.approx(150 * 45 / 90)
    in_state(workspace, first, "done")
    assert read(workspace, budget, SETTINGS, Q1, date(2027, 2, 14)).planned == 50


def test_the_board(workspace: Workspace) -> None:
    belongs = hypothesis(workspace)
    first = experiment(workspace, belongs, hours=100, owner="kim")
    idea = experiment(workspace, belongs, hours=900, state="idea")
    stored(workspace, 200)
    write(workspace, adopt, "ada", SETTINGS, Q1)
    verdict(workspace, first, "supported")
    write(
        workspace,
        lambda db: db.execute(
            "INSERT INTO obstacle (kind, experiment_id, what, since, created_by, created_at, updated_at) "
            "VALUES ('blocker', ?, 'no data', '2027-01-01', 'ada', '', '')",
            (idea,),
        ),
    )
    columns = read(workspace, board)
    assert list(columns) == ["idea", "ready", "planned", "running", "analysing", "done", "dropped"]
    (card,) = columns["planned"]
    assert (card.id, card.quarters, card.verdict, card.owner, card.gpu_hours) == (
        "E-1",
        ("2027Q1",),
        "supported",
        "kim",
        100,
    )
    (card,) = columns["idea"]
    assert (card.number, card.quarters, card.blockers) == (idea, (), 1)


def test_what_a_plan_does_not_know_of_yet(workspace: Workspace) -> None:
    belongs = hypothesis(workspace)
    first = experiment(workspace, belongs)
    experiment(workspace, belongs)
    assert read(workspace, roadmap_rows, SETTINGS, Q1).plan is None
    stored(workspace, 500)
    found = read(workspace, roadmap_rows, SETTINGS, Q1)
    assert (found.added, found.changed) == ((), frozenset())
    added = experiment(workspace, belongs)
    write(workspace, lambda db: db.execute("UPDATE experiment SET sigma = 3 WHERE id = ?", (first,)))
    write(workspace, set_lock, "ada", [added], Q1, "in", "promised")
    found = read(workspace, roadmap_rows, SETTINGS, Q1)
    assert [card.number for card in found.added] == [added]
    assert found.changed == {first}
    assert found.locks[added].reason == "promised"
    assert read(workspace, roadmap_rows, ProgrammeSettings(gpu_hour_price=1.0), Q1).changed == {1, 2}


def test_what_changed_since_the_last_review(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="no review"):
        read(workspace, changed_since, Q1)
    belongs, better = hypothesis(workspace), hypothesis(workspace, payoff=30, loss=20)
    out = experiment(workspace, belongs, hours=100)
    stays = experiment(workspace, belongs, hours=90)
    plan_at(workspace, "2027-01-02T00:00:00Z", 190)
    enters = experiment(workspace, better, hours=80)
    plan_at(workspace, "2027-01-20T00:00:00Z", 190)
    write(workspace, move, "ada", out, "dropped", "no data")
    verdict(workspace, stays, "inconclusive", at="2027-01-25T00:00:00Z")
    verdict_before = experiment(workspace, belongs)
    verdict(workspace, verdict_before, "supported", at="2026-12-01T00:00:00Z")
    write(workspace, set_lock, "ada", [enters], Q1, "in", "promised")
    assert read(workspace, last_review) == "2027-01-02T00:00:00Z"
    found = read(workspace, changed_since, Q1, "2027-01-02T00:00:00Z")
    assert [entry.experiment for entry in found.entered] == [enters]
    assert [entry.experiment for entry in found.left] == [out]
    assert [(one.experiment, one.before, one.after) for one in found.reranked] == [(stays, 1, 2), (out, 2, 3)]
    assert [(event.experiment, event.what) for event in found.verdicts] == [(stays, "inconclusive")]
    # moves and locks carry the real time, which lies before this made-up one
    assert (found.moves, found.locks) == ((), ())
    now = read(workspace, changed_since, Q1, "2020-01-01T00:00:00Z")
    assert [(event.experiment, event.what, event.why) for event in now.moves] == [(out, "ready → dropped", "no data")]
    assert [(event.experiment, event.what) for event in now.locks] == [(enters, "locked in")]
    assert len(now.verdicts) == 2
    assert now.plan_before is None
