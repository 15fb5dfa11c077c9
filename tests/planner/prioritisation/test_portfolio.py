import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from library.errors import UsageError
from planner.prioritisation.portfolio import Budget, Item, PlanImpossible, solve
from planner.prioritisation.solver import Row, maximise
from tests.planner.prioritisation.portfolios import allowed, every_plan, large_portfolio, portfolios

ROOT = Path(__file__).parents[3]
slow = settings(
    deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@slow
@given(portfolios())
def test_no_subset_is_worth_more(case: tuple[list[Item], Budget, tuple[str, ...]]) -> None:
    """Against all subsets: the same value where one is possible, PlanImpossible where none is."""
    items, budget, done = case
    plans = list(every_plan(items, budget, done))
    if not plans:
        with pytest.raises(PlanImpossible):
            solve(items, budget, done=done)
        return
    plan = solve(items, budget, done=done)
    chosen = [item for item in items if item.id in plan.selected]
    assert allowed(chosen, items, budget, done)
    assert plan.value == pytest.approx(max(value for value, _ in plans), abs=1e-9)
    assert plan.optimal
    assert plan.gap <= 1e-9
    assert plan.gpu_hours == pytest.approx(sum(item.gpu_hours or 0.0 for item in chosen), abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_fourteen_items_against_all_16384_subsets(seed: int) -> None:
    """Fine-grained numbers, where a gap of 1e-4 would pass for the optimum."""
    generator = random.Random(seed)
    items = [
        Item(
            f"E-{number:02}",
            value=1000 + generator.randrange(8) / 8,
            gpu_hours=100 + generator.randrange(64) / 8,
            prerequisites=(f"E-{number // 2:02}",) if number % 3 == 2 else (),
            group="g" if number in (4, 7, 11) else None,
            kind="exploration" if number % 2 else "transfer-ready",
        )
        for number in range(14)
    ]
    budget = Budget(sum(item.gpu_hours or 0.0 for item in items) / 2, exploration_floor=0.4)
    assert solve(items, budget).value == max(value for value, _ in every_plan(items, budget, ()))


def test_a_planted_portfolio() -> None:
    """Greedy by value takes A, by rate B and no more. The optimum is B, and C with the worthless P that it needs."""
    items = [
        Item("A", value=10.0, gpu_hours=100.0),
        Item("B", value=6.0, gpu_hours=20.0),
        Item("C", value=9.0, gpu_hours=50.0, prerequisites=("P",)),
        Item("P", value=0.0, gpu_hours=30.0),
        Item("Q", value=0.0, gpu_hours=0.0),
        Item("D", value=None, gpu_hours=1.0),
    ]
    plan = solve(items, Budget(100.0))
    assert plan.selected == ("B", "C", "P")
    assert (plan.value, plan.gpu_hours, plan.optimal) == (15.0, 100.0, True)
    assert solve(items, Budget(100.0), done=("P",)).selected == ("B", "C")


def test_people_days_limit_too_and_are_asked_only_then() -> None:
    items = [Item("A", 5.0, 10.0, people_days=8.0), Item("B", 4.0, 10.0, people_days=2.0), Item("C", 3.0, 10.0)]
    assert solve(items, Budget(30.0)).selected == ("A", "B", "C")
    assert solve(items, Budget(30.0)).people_days is None
    assert solve(items, Budget(30.0, people_days=5.0)).selected == ("B",)


def test_the_floor_is_a_share_of_the_hours_used() -> None:
    items = [
        Item("E", 1.0, 20.0, kind="exploration"),
        Item("T1", 9.0, 50.0, kind="transfer-ready"),
        Item("T2", 8.0, 80.0, kind="transfer-ready"),
    ]
    assert solve(items, Budget(130.0)).selected == ("T1", "T2")
    floored = solve(items, Budget(130.0, exploration_floor=0.25))
    assert floored.selected == ("E", "T1")
    assert floored.exploration_share == pytest.approx(20 / 70)
    assert solve(items[1:], Budget(130.0, exploration_floor=0.25)).selected == ()


def test_locks() -> None:
    items = [Item("A", 5.0, 10.0, lock="out"), Item("B", 1.0, 10.0), Item("C", None, 5.0, lock="in")]
    assert solve(items, Budget(100.0)).selected == ("B", "C")


@pytest.mark.parametrize(
    ("items", "budget", "demands"),
    [
        (
            [Item("A", 1.0, 60.0, lock="in"), Item("B", 1.0, 50.0, lock="in"), Item("C", 1.0, 9.0, lock="in")],
            Budget(100.0),
            {"A is locked in", "B is locked in", "100 GPU-hours, where 110 are needed"},
        ),
        (
            [Item("A", 1.0, 60.0, lock="in", prerequisites=("B",)), Item("B", 1.0, 5.0, lock="out")],
            Budget(100.0),
            {"A is locked in", "A needs B", "B is vetoed"},
        ),
        (
            [Item("A", 1.0, 60.0, lock="in", prerequisites=("B",)), Item("B", 1.0, 70.0)],
            Budget(100.0),
            {"A is locked in", "A needs B", "100 GPU-hours, where 130 are needed"},
        ),
        (
            [Item("A", 1.0, 6.0, lock="in", group="g"), Item("B", 1.0, 5.0, lock="in", group="g"), Item("C", 1.0, 1.0)],
            Budget(100.0),
            {"A is locked in", "B is locked in", "only one of A, B (group g)"},
        ),
        (
            [Item("A", 1.0, 60.0, lock="in", kind="transfer-ready"), Item("B", 1.0, 10.0)],
            Budget(100.0, exploration_floor=0.2),
            {"A is locked in", "at least 20 % of the GPU-hours on exploration"},
        ),
        ([Item("A", 1.0, None, lock="in")], Budget(9.0), {"A is locked in", "the GPU-hours of A are not known"}),
        ([Item("A", 1.0, 90.0, lock="in")], Budget(9.0), {"A is locked in", "9 GPU-hours, where 90 are needed"}),
        (
            [Item("A", 1.0, 1.0, people_days=8.0, lock="in")],
            Budget(9.0, people_days=5.0),
            {"A is locked in", "5 people-days, where 8 are needed"},
        ),
    ],
)
def test_what_cannot_be_names_what_excludes_what(items: list[Item], budget: Budget, demands: set[str]) -> None:
    with pytest.raises(PlanImpossible) as caught:
        solve(items, budget)
    assert set(caught.value.demands) == demands


def only(demands: set[str], items: list[Item], budget: Budget) -> tuple[list[Item], Budget]:
    """The portfolio with no demands but these."""

    def named(start: str) -> bool:
        return any(demand.startswith(start) for demand in demands)

    kept = []
    for item in items:
        lock = (item.lock == "in" and named(f"{item.id} is locked in")) or (
            item.lock == "out" and named(f"{item.id} is vetoed")
        )
        hours, days = item.gpu_hours, item.people_days
        kept.append(
            replace(
                item,
                lock=item.lock if lock else None,
                gpu_hours=0.0 if hours is None and not named(f"the GPU-hours of {item.id} ") else hours,
                people_days=0.0 if days is None and not named(f"the people-days of {item.id} ") else days,
                prerequisites=tuple(need for need in item.prerequisites if f"{item.id} needs {need}" in demands),
                group=item.group if any(demand.endswith(f"(group {item.group})") for demand in demands) else None,
            )
        )
    limit = f"{budget.people_days:g} people-days, " if budget.people_days is not None else "none"
    asked = 1e6 if named("the people-days of") else None
    kept_budget = Budget(
        budget.gpu_hours if named(f"{budget.gpu_hours:g} GPU-hours, ") else 1e6,
        budget.people_days if named(limit) else asked,
        budget.exploration_floor if named("at least") else 0.0,
    )
    return kept, kept_budget


@slow
@given(portfolios(most=6, free=1))
def test_the_demands_named_exclude_each_other_and_giving_up_any_one_resolves_it(
    case: tuple[list[Item], Budget, tuple[str, ...]],
) -> None:
    items, budget, done = case
    # A worthless item may come in because another needs it: here a demand would be of help, and none is.
    items = [replace(item, value=1.0) for item in items]
    assume(not list(every_plan(items, budget, done)))
    with pytest.raises(PlanImpossible) as caught:
        solve(items, budget, done=done)
    demands = set(caught.value.demands)
    assert not list(every_plan(*only(demands, items, budget), done))
    for given_up in demands:
        assert list(every_plan(*only(demands - {given_up}, items, budget), done))


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([Item("A", 1.0, 1.0, prerequisites=("Z",))], "A needs Z, which is not there"),
        (
            [
                Item(*row, prerequisites=(need,))
                for row, need in ((("A", 1, 1), "C"), (("C", 1, 1), "B"), (("B", 1, 1), "A"))
            ],
            "A needs C needs B needs A",
        ),
        ([Item("A", 1.0, 1.0, prerequisites=("A",))], "A needs A"),
        ([Item("A", 1.0, 1.0), Item("A", 2.0, 1.0)], "A is there twice"),
        ([Item("A", 1.0, -1.0)], "negative"),
        ([Item("A", float("nan"), 1.0)], "finite"),
    ],
)
def test_what_is_no_portfolio(items: list[Item], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        solve(items, Budget(10.0))


def test_budgets_that_are_none() -> None:
    for wrong in ((-1.0, None, 0.0), (1.0, -1.0, 0.0), (1.0, None, 15.0), (float("inf"), None, 0.0)):
        with pytest.raises(UsageError):
            Budget(*wrong)


def test_a_conflict_of_many_is_told_in_part_with_its_budget() -> None:
    items = [Item(f"E-{number:03}", 1.0, 1.0, lock="in") for number in range(100)]
    with pytest.raises(PlanImpossible) as caught:
        solve(items, Budget(49.5))
    assert len(caught.value.demands) == 51
    assert "; 43 more of this kind; " in caught.value.message
    assert caught.value.message.endswith("is locked in; 49.5 GPU-hours, where 50 are needed.")


@slow
@given(portfolios(most=8), st.integers(0, 10), st.randoms(use_true_random=False))
def test_more_budget_is_never_worth_less_and_order_never_matters(
    case: tuple[list[Item], Budget, tuple[str, ...]], more: int, generator: random.Random
) -> None:
    items, budget, done = case
    items = [replace(item, lock=None) for item in items]
    plan = solve(items, budget, done=done)
    richer = solve(items, replace(budget, gpu_hours=budget.gpu_hours + more), done=done)
    assert richer.value >= plan.value - 1e-9
    shuffled = generator.sample(items, len(items))
    assert solve(shuffled, budget, done=done) == plan


def test_equals_give_the_same_plan_in_any_order() -> None:
    items = [Item(f"E-{number:02}", 1.0, 10.0) for number in range(20)]
    plan = solve(items, Budget(50.0))
    assert len(plan.selected) == 5
    for seed in range(5):
        assert solve(random.Random(seed).sample(items, 20), Budget(50.0)) == plan


def test_a_thousand_items_with_prerequisites_are_solved_to_proven_optimality() -> None:
    items, budget = large_portfolio(1000, 289)
    plan = solve(items, budget)
    assert plan.optimal
    assert plan.gap == 0
    assert plan.bound == plan.value
    chosen = [item for item in items if item.id in plan.selected]
    assert plan.gpu_hours <= budget.gpu_hours + 1e-6
    assert {need for item in chosen for need in item.prerequisites} <= set(plan.selected)
    assert (plan.exploration_share or 0) >= budget.exploration_floor - 1e-9


def test_tiny_values_are_told_apart() -> None:
    """HiGHS takes an absolute difference of 1e-6 for none."""
    items = [Item("A", 3.0e-8, 10.0), Item("B", 2.0e-8, 5.0), Item("C", 1.5e-8, 5.0)]
    assert solve(items, Budget(10.0)).selected == ("B", "C")


def test_nothing_to_plan() -> None:
    plan = solve([], Budget(10.0))
    assert (plan.selected, plan.value, plan.optimal, plan.exploration_share) == ((), 0.0, True, None)
    assert maximise([], [Row("impossible", {}, low=1.0)]) is None


def test_the_solver_keeps_its_words_to_itself() -> None:
    """HiGHS prints to C's stdout, told to be silent or not: for each of these. What others print stays."""
    code = (
        "import ctypes, os\n"
        "from tests.planner.prioritisation.portfolios import large_portfolio\n"
        "from planner.prioritisation.portfolio import solve\n"
        "ctypes.CDLL(None).puts(b'before')\n"
        "for seed in (69, 106, 157, 158): solve(*large_portfolio(60, 18, seed))\n"
        "ctypes.CDLL(None).puts(b'after')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "before\nafter\n"
    assert done.stderr == ""
