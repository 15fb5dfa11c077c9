from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from library.errors import UsageError
from planner.prioritisation.weekly import Planned, Week, week

MONDAY = date(2027, 1, 4)


def places(found: Week) -> list[tuple[str, str]]:
    return [(entry.id, entry.place) for entry in found.entries]


def test_carried_over_first_then_the_best_that_is_ready() -> None:
    planned = [
        Planned("A", 1.0, 40.0),
        Planned("B", 5.0, 30.0),
        Planned("C", 9.0, 50.0, prerequisites=("B",)),
        Planned("D", 4.0, 30.0),
        Planned("E", 8.0, 20.0, earliest=date(2027, 1, 11)),
        Planned("F", 8.0, 20.0, prerequisites=("old",), earliest=date(2027, 1, 10)),
        Planned("G", 3.0, 25.0),
    ]
    found = week(planned, MONDAY, gpu_hours=100.0, carried=("A",), done=("old",))
    assert places(found) == [
        *(("A", "carried"), ("B", "picked"), ("F", "picked")),
        *(("D", "waiting"), ("G", "waiting"), ("C", "waiting"), ("E", "waiting")),
    ]
    texts = {entry.id: entry.text for entry in found.entries}
    assert texts["A"] == "carried over from last week"
    assert texts["B"] == "unlocks 14, 9.0 of it in what waits for it"
    assert texts["F"] == "worth 8.0"
    assert texts["D"] == "does not fit: 20 GPU-h short"
    assert texts["C"] == "waits for B"
    assert texts["E"] == "not before 2027-01-11"
    assert (found.gpu_hours, found.over_gpu_hours, found.said) == (90, 0, ())


def test_what_is_carried_over_may_alone_exceed_what_is_free_and_that_is_said() -> None:
    planned = [Planned("A", 1.0, 80.0, 1.0), Planned("B", 1.0, 50.0, 2.0), Planned("C", 9.0, 10.0, 0.5)]
    found = week(planned, MONDAY, gpu_hours=100.0, people_days=2.5, carried=("B", "A"))
    assert places(found) == [("A", "carried"), ("B", "carried"), ("C", "waiting")]
    assert (found.over_gpu_hours, found.over_people_days) == (30, 0.5)
    assert found.said == (
        "What is carried over alone exceeds what is free, by 30 GPU-h and 0.5 people-days: "
        "nothing that needs them begins.",
    )


def test_a_long_experiment_takes_a_week_of_its_hours() -> None:
    planned = [Planned("A", 9.0, 400.0, people_days=8.0, days=28.0), Planned("B", 1.0, 5.0, people_days=1.0, days=2.0)]
    found = week(planned, MONDAY, gpu_hours=104.0, people_days=3.0)
    assert places(found) == [("A", "picked"), ("B", "waiting")]
    assert found.entries[0].gpu_hours == 100
    assert found.entries[0].people_days == 2
    assert found.entries[1].text == "does not fit: 1 GPU-h short"


def test_what_unlocks_nothing_fills_what_is_left() -> None:
    planned = [Planned("A", None, 30.0), Planned("B", 2.0, 60.0), Planned("C", 0.0, 30.0), Planned("D", 0.0, 10.0)]
    found = week(planned, MONDAY, gpu_hours=100.0)
    assert places(found) == [("B", "picked"), ("A", "picked"), ("D", "picked"), ("C", "waiting")]
    assert found.entries[1].text == "fills what is left"


def test_unknown_costs_wait_or_are_said() -> None:
    planned = [Planned("A", 1.0, None), Planned("B", 2.0, None), Planned("C", 2.0, 5.0)]
    found = week(planned, MONDAY, gpu_hours=100.0, people_days=9.0, carried=("A",))
    texts = {entry.id: (entry.place, entry.text) for entry in found.entries}
    assert texts["B"] == ("waiting", "needs input: GPU-hours, people-days")
    assert texts["C"] == ("waiting", "needs input: people-days")
    assert texts["A"][0] == "carried"
    assert found.said == ("The GPU-hours left of A are not known and are not counted.",)


def test_what_is_done_is_gone_and_what_is_not_planned_is_refused() -> None:
    planned = [Planned("A", 1.0, 5.0), Planned("B", 1.0, 5.0, prerequisites=("A",))]
    assert places(week(planned, MONDAY, gpu_hours=9.0, carried=("A",), done=("A",))) == [("B", "picked")]
    with pytest.raises(UsageError, match="Z is carried over and not in the plan"):
        week(planned, MONDAY, gpu_hours=9.0, carried=("Z",))
    with pytest.raises(UsageError, match="which is not there"):
        week(planned[1:], MONDAY, gpu_hours=9.0)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_week_never_breaks_its_limits(data: st.DataObject) -> None:
    quarters = st.integers(0, 40).map(lambda number: number / 4)
    names = [f"E-{number}" for number in range(data.draw(st.integers(0, 7)))]
    planned = [
        Planned(
            name,
            data.draw(st.one_of(st.none(), quarters)),
            data.draw(st.one_of(st.none(), quarters, quarters)),
            data.draw(quarters),
            prerequisites=tuple(data.draw(st.lists(st.sampled_from([*names[:number], "old"]), max_size=2))),
            earliest=data.draw(st.sampled_from([None, None, date(2027, 1, 1), date(2027, 2, 1)])),
        )
        for number, name in enumerate(names)
    ]
    carried = tuple(name for name in names if data.draw(st.booleans()))
    free, days = data.draw(quarters), data.draw(quarters)
    found = week(planned, MONDAY, gpu_hours=free, people_days=days, carried=carried, done=("old",))
    by_id = {one.id: one for one in planned}
    placed = dict(places(found))
    assert sorted(placed) == sorted(names)
    assert tuple(name for name, place in places(found) if place == "carried") == tuple(sorted(carried))
    picked = [by_id[name] for name, place in placed.items() if place == "picked"]
    for one in picked:
        assert set(one.prerequisites) <= {"old"}
        assert one.earliest is None or one.earliest.month == 1
    held_hours = sum(by_id[name].gpu_hours or 0.0 for name in carried)
    held_days = sum(by_id[name].people_days or 0.0 for name in carried)
    hours, used_days = sum(one.gpu_hours or 0.0 for one in picked), sum(one.people_days or 0.0 for one in picked)
    assert hours <= max(0.0, free - held_hours)
    assert used_days <= max(0.0, days - held_days)
    for entry in found.entries:  # what was left out for want of room has none
        if entry.text.startswith("does not fit"):
            over_hours = (entry.gpu_hours or 0.0) + hours > max(0.0, free - held_hours)
            assert over_hours or (entry.people_days or 0.0) + used_days > max(0.0, days - held_days)
