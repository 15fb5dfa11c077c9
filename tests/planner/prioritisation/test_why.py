import pytest
from hypothesis import HealthCheck, given, settings

from library.jobs import Cancelled, CancelToken
from planner.prioritisation.budgets import neighbourhood
from planner.prioritisation.portfolio import Budget, Item, PlanImpossible, solve
from planner.prioritisation.why import Reason, why
from tests.planner.prioritisation.portfolios import every_plan, portfolios


def reasons(items: list[Item], budget: Budget, done: tuple[str, ...] = ()) -> dict[str, Reason]:
    return {reason.id: reason for reason in why(items, solve(items, budget, done=done), done=done)}


def test_every_cause_by_hand() -> None:
    items = [
        Item("A", 10.0, 40.0),
        Item("B", 1.0, 10.0, lock="in"),
        Item("C", 6.0, 20.0, prerequisites=("P",)),
        Item("P", 0.0, 10.0),
        Item("D", 9.0, 10.0, lock="out"),
        Item("E", 9.0, 10.0, prerequisites=("D",)),
        Item("F", None, 10.0),
        Item("G", 5.0, None),
        Item("H", 5.0, 10.0, prerequisites=("G",)),
        Item("I", 0.0, 10.0),
        Item("J", 5.0, 150.0),
        Item("K", 90.0, 150.0),
        Item("L", 3.0, 20.0, group="g"),
        Item("M", 5.0, 20.0, group="g"),
        Item("N", 4.0, 30.0, prerequisites=("J",)),
    ]
    found = reasons(items, Budget(100.0))
    assert {name: (reason.cause, reason.selected) for name, reason in found.items()} == {
        "A": ("chosen", True),
        "B": ("locked in", True),
        "C": ("chosen", True),
        "P": ("prerequisite", True),
        "D": ("vetoed", False),
        "E": ("prerequisite out", False),
        "F": ("needs input", False),
        "G": ("needs input", False),
        "H": ("prerequisite out", False),
        "I": ("worth nothing", False),
        "J": ("outranked", False),
        "K": ("over budget", False),
        "L": ("excluded", False),
        "M": ("chosen", True),
        "N": ("prerequisite out", False),
    }
    assert found["P"].text == "needed by C"
    assert found["E"].text == "needs D, which is vetoed"
    assert found["F"].text == "needs input: value"
    assert found["H"].text == "needs G, which needs input: GPU-hours"
    assert (found["J"].short_of_gpu_hours, found["J"].others) == (150, ("A",))
    assert found["J"].text == "worth 33 per 1,000 GPU-h, less than A, the last one in (250); 150 GPU-h short"
    assert found["K"].text == "150 GPU-h short"
    assert found["L"].text == "M of the same group (g) is in, worth 5.0 for 20 GPU-h"
    assert found["N"].text == "needs J, which is out too; 180 GPU-h short"


def test_people_days_and_the_floor() -> None:
    items = [
        Item("A", 5.0, 10.0, people_days=8.0, kind="exploration"),
        Item("B", 4.0, 10.0, people_days=7.5, kind="exploration"),
        Item("C", 1.0, 10.0, people_days=0.0, kind="transfer-ready"),
    ]
    found = reasons(items, Budget(100.0, people_days=10.0, exploration_floor=0.6))
    assert (found["B"].cause, found["B"].short_of_people_days) == ("over budget", 5.5)
    assert found["B"].text == "5.5 people-days short"
    assert (found["C"].cause, found["C"].text) == ("floor", "leaves too little exploration")
    assert reasons([Item("A", 5.0, 1.0)], Budget(9.0, people_days=1.0))["A"].text == "needs input: people-days"


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(portfolios(most=7))
def test_every_item_has_a_reason_and_no_optimal_plan_is_called_unproven(
    case: tuple[list[Item], Budget, tuple[str, ...]],
) -> None:
    items, budget, done = case
    try:
        plan = solve(items, budget, done=done)
    except PlanImpossible:
        return
    found = why(items, plan, done=done)
    assert [reason.id for reason in found] == sorted(item.id for item in items)
    assert {reason.id for reason in found if reason.selected} == set(plan.selected)
    assert all(reason.text for reason in found)
    assert "not proven" not in {reason.cause for reason in found}


def test_what_another_budget_changes_against_all_subsets() -> None:
    values = (10.0, 7.0, 6.0, 3.0, 9.0, 2.5)
    items = [Item(f"E-{n}", value, 100.0 + 37 * n) for n, value in enumerate(values)]
    plan = solve(items, Budget(500.0))

    def best(hours: float) -> tuple[float, tuple[str, ...]]:
        return max(every_plan(items, Budget(hours), ()))

    found = neighbourhood(items, plan)
    for factor in (0.8, 1.2):
        value, selected = best(500.0 * factor)
        change = found.changes[factor]
        assert change.difference == pytest.approx(value - plan.value, abs=1e-9)
        assert set(change.enters) == set(selected) - set(plan.selected)
        assert set(change.leaves) == set(plan.selected) - set(selected)
    assert found.step.gpu_hours == 600
    assert found.step.difference == pytest.approx(best(600.0)[0] - plan.value, abs=1e-9)
    budgets = sorted({500.0 * factor for factor in (1.05, 1.1, 1.2, 1.3, 1.5, 2.0)} | {600.0})
    for item in items:
        if item.id not in plan.selected:
            expected = next((hours for hours in budgets if item.id in best(hours)[1]), None)
            assert found.enters_at.get(item.id) == expected
    told = {reason.id: reason for reason in why(items, plan, enters_at=found.enters_at)}
    name, hours = next(iter(found.enters_at.items()))
    assert told[name].enters_at == hours
    assert f"in at a budget of {hours:g} GPU-h" in told[name].text


def test_a_smaller_budget_may_have_no_plan_and_says_why() -> None:
    items = [Item("A", 1.0, 90.0, lock="in"), Item("B", 1.0, 5.0)]
    found = neighbourhood(items, solve(items, Budget(100.0)))
    assert found.changes[0.8].difference is None
    assert found.changes[0.8].impossible == "A is locked in; 80 GPU-hours, where 90 are needed"


def test_looking_around_can_be_cancelled() -> None:
    items, token = [Item("A", 1.0, 90.0)], CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        neighbourhood(items, solve(items, Budget(100.0)), cancel=token)
