"""A week is picked from the quarter's plan; what was not finished is carried over, and visibly."""

from datetime import date

import pytest

from library.db import journal
from library.errors import LabtopError, NotFound, UsageError
from library.settings import ProgrammeSettings
from planner.roadmap.adoption import adopt
from planner.roadmap.closing import close
from planner.roadmap.week_picking import pick, week_snapshot
from planner.roadmap.weeks import WeekPlan, quarter_of_week, store_week, week_plan
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
    write,
)


def picked(
    workspace: Workspace, week: str, hours: float | None = None, days: float | None = None, *, person: str = "ada"
) -> WeekPlan:
    found = pick(read(workspace, week_snapshot, SETTINGS, week), hours, days)
    write(workspace, store_week, person, found)
    return found


def places(plan: WeekPlan | None) -> dict[int, tuple[str, str | None]]:
    assert plan is not None
    return {item.experiment: (item.place, item.carried_from) for item in plan.items}


@pytest.fixture
def quarter(workspace: Workspace) -> Workspace:
    """E-1 of 60 h, E-2 of 60 h that needs it, E-3 of 30 h not before March, E-4 of 40 h."""
    belongs = hypothesis(workspace)
    first = experiment(workspace, belongs, hours=60)
    experiment(workspace, belongs, hours=60, prerequisites=[first])
    experiment(workspace, belongs, hours=30, start="2027-03-01")
    experiment(workspace, belongs, hours=40)
    stored(workspace, 400)
    write(workspace, adopt, "ada", SETTINGS, Q1)
    return workspace


def test_what_may_begin_and_fits_is_picked(quarter: Workspace) -> None:
    found = picked(quarter, "2027-W05", 70)
    assert places(found) == {1: ("picked", None), 2: ("waiting", None), 3: ("waiting", None), 4: ("waiting", None)}
    why = {item.experiment: item.why for item in found.items}
    assert why[2] == "waits for E-1"
    assert why[3] == "not before 2027-03-01"
    assert why[4] == "does not fit: 30 GPU-h short"
    assert (found.gpu_hours, found.free_gpu_hours, found.quarter) == (60, 70, "2027Q1")
    assert places(picked(quarter, "2027-W05", 200, 2)) == {
        **{1: ("picked", None), 2: ("waiting", None), 3: ("waiting", None), 4: ("waiting", None)}
    }  # two people-days are one experiment's
    assert set(places(picked(quarter, "2027-W09", 200))) == {1, 2, 3, 4}
    assert places(picked(quarter, "2027-W09", 200))[3] == ("picked", None)


def test_the_unfinished_is_carried_over_from_when_it_was_first_picked(quarter: Workspace) -> None:
    picked(quarter, "2027-W05", 100)
    in_state(quarter, 1, "running")
    result(quarter, 1, "1", 45.0, at="2027-02-05T00:00:00Z")
    second = picked(quarter, "2027-W06", 100)
    since = ("carried", "2027-W05")
    assert places(second) == {1: since, 4: since, 2: ("waiting", None), 3: ("waiting", None)}
    carried = second.items[0]
    assert (carried.why, carried.gpu_hours) == ("carried over from 2027-W05", 15)
    in_state(quarter, 1, "done")
    third = picked(quarter, "2027-W08", 100)  # a week without a pick lies between
    assert places(third) == {4: ("carried", "2027-W05"), 2: ("picked", None), 3: ("waiting", None)}
    assert places(read(quarter, week_plan, SETTINGS, "2027-W08")) == {4: ("carried", "2027-W05"), 2: ("picked", None)}


def test_what_runs_is_in_whether_it_was_picked_or_planned_or_not(quarter: Workspace) -> None:
    in_state(quarter, 4, "running")
    beside = experiment(quarter, hypothesis(quarter), hours=20, state="running")
    found = picked(quarter, "2027-W05", 50)
    assert places(found)[4] == ("carried", None)
    assert places(found)[beside] == ("carried", None)
    why = {item.experiment: item.why for item in found.items}
    assert (why[4], why[beside]) == ("under way", "under way; not in the plan of 2027Q1")
    assert any("carried over alone exceeds what is free" in notice for notice in found.notices)


def test_picking_again_replaces_that_week_only(quarter: Workspace) -> None:
    picked(quarter, "2027-W05", 70)
    picked(quarter, "2027-W06", 200)
    before = read(quarter, week_plan, SETTINGS, "2027-W05")
    again = picked(quarter, "2027-W06", 50, person="kim")
    assert {number for number, (place, _) in places(again).items() if place != "waiting"} == {1}
    assert read(quarter, week_plan, SETTINGS, "2027-W05") == before
    assert places(read(quarter, week_plan, SETTINGS, "2027-W06")) == {1: ("carried", "2027-W05")}
    write(quarter, journal.undo, "kim")
    assert set(places(read(quarter, week_plan, SETTINGS, "2027-W06"))) == {1, 4}
    write(quarter, journal.undo, "ada")
    assert read(quarter, week_plan, SETTINGS, "2027-W06") is None
    assert read(quarter, week_plan, SETTINGS, "2027-W05") == before


def test_the_same_pick_again_is_no_action(quarter: Workspace) -> None:
    picked(quarter, "2027-W05", 100)
    count = read(quarter, journal.count)
    picked(quarter, "2027-W05", 100)
    assert read(quarter, journal.count) == count


def test_without_a_figure_the_limit_is_what_the_quarter_has_left(quarter: Workspace) -> None:
    in_state(quarter, 4, "done")
    result(quarter, 4, "1", 40.0, at="2027-01-15T00:00:00Z")
    found = picked(quarter, "2027-W05")
    assert found.free_gpu_hours == 360
    assert any("360 GPU-h of 2027Q1 are not used yet" in notice for notice in found.notices)


def test_an_experiment_of_several_weeks_uses_a_weeks_part(workspace: Workspace) -> None:
    experiment(workspace, hypothesis(workspace), hours=100, days=28)
    stored(workspace, 400)
    found = picked(workspace, "2027-W05", 30)
    assert (found.items[0].place, found.items[0].gpu_hours) == ("picked", 25)
    assert "draft" in found.notices[0]  # nobody adopted the plan yet
    in_state(workspace, 1, "running")
    result(workspace, 1, "1", 50.0)
    assert picked(workspace, "2027-W06", 30).items[0].gpu_hours == 25  # half of it left, for half of its days


def test_a_prerequisite_outside_the_plan_holds_up_and_is_not_shown(workspace: Workspace) -> None:
    belongs = hypothesis(workspace)
    tool = experiment(workspace, belongs, hours=10)
    number = experiment(workspace, belongs, hours=10, prerequisites=[tool])
    stored(workspace, 400)
    in_state(workspace, tool, "dropped")
    found = picked(workspace, "2027-W05", 100)
    assert [(item.experiment, item.place, item.why) for item in found.items] == [
        (number, "waiting", f"waits for E-{tool}")
    ]


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), -1.0])
def test_what_is_no_amount_is_refused(quarter: Workspace, amount: float) -> None:
    with pytest.raises(UsageError, match="cannot be planned"):
        picked(quarter, "2027-W05", amount)
    with pytest.raises(UsageError, match="cannot be planned"):
        picked(quarter, "2027-W05", 100, amount)


def test_a_week_needs_a_plan_that_is_open(quarter: Workspace) -> None:
    with pytest.raises(NotFound, match="2027-W20 lies in 2027Q2, which has no plan yet"):
        read(quarter, week_snapshot, SETTINGS, "2027-W20")
    write(quarter, close, "ada", SETTINGS, Q1, dict.fromkeys(range(1, 5), "carry"))
    with pytest.raises(LabtopError, match="closed"):
        read(quarter, week_snapshot, SETTINGS, "2027-W05")


def test_a_week_belongs_to_the_quarter_of_its_thursday() -> None:
    assert date.fromisocalendar(2026, 53, 4) == date(2026, 12, 31)
    assert str(quarter_of_week("2026-W53", 1)) == "2026Q4"
    assert str(quarter_of_week("2027-W13", 1)) == "2027Q2"  # 29 March to 4 April
    assert str(quarter_of_week("2027-W13", ProgrammeSettings(fiscal_month=4).fiscal_month)) == "2027Q1"


def test_what_ran_before_the_quarter_leaves_less_of_its_days_too(workspace: Workspace) -> None:
    """As on the timeline: three quarters are done, so its last seven days are all this week's."""
    number = experiment(workspace, hypothesis(workspace), hours=100, days=28, state="running")
    result(workspace, number, "1", 75.0, at="2026-12-20T12:00:00Z")
    stored(workspace, 400)
    write(workspace, adopt, "ada", SETTINGS, Q1)
    assert picked(workspace, "2027-W02", 60).items[0].gpu_hours == 25
