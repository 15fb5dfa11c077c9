"""Portfolios for tests: made by hypothesis, planted with a known optimum, and solved by trying every subset."""

import itertools
import random
from collections.abc import Collection, Iterator, Sequence

from hypothesis import strategies as st

from planner.prioritisation.portfolio import Budget, Item


@st.composite
def portfolios(draw: st.DrawFn, most: int = 9, *, free: int = 8) -> tuple[list[Item], Budget, tuple[str, ...]]:
    """Items in quarters of a unit, so that sums are exact; a budget; and what is done already.

    Of `free` + 2 items one is locked in and one vetoed, on average.
    """
    count = draw(st.integers(0, most))
    quarters = st.integers(0, 40).map(lambda number: number / 4)
    items = []
    for number in range(count):
        before = [f"E-{other}" for other in range(number)] + ["old"]
        items.append(
            Item(
                f"E-{number}",
                value=draw(st.one_of(quarters, st.sampled_from([None, 0.0, -1.0]))),
                gpu_hours=draw(st.one_of(quarters, quarters, st.none())),
                people_days=draw(st.one_of(quarters, quarters, st.none())),
                prerequisites=tuple(draw(st.lists(st.sampled_from(before), max_size=2))),
                group=draw(st.sampled_from([None, None, None, "a", "b"])),
                kind=draw(st.sampled_from(["exploration", "transfer-ready"])),
                lock=draw(st.sampled_from([None] * free + ["in", "out"])),
            )
        )
    budget = Budget(
        draw(st.integers(0, 25).map(float)),
        draw(st.one_of(st.none(), st.integers(0, 25).map(float))),
        draw(st.sampled_from([0.0, 0.0, 0.25, 0.5, 1.0])),
    )
    return items, budget, ("old",)


def allowed(chosen: Sequence[Item], items: Sequence[Item], budget: Budget, done: Collection[str]) -> bool:
    """Whether a subset keeps every rule, written without the solver's rows."""
    names = {item.id for item in chosen}
    if any((item.lock == "in") != (item.id in names) for item in items if item.lock is not None):
        return False
    if any(item.gpu_hours is None or not names.issuperset(set(item.prerequisites) - set(done)) for item in chosen):
        return False
    hours = sum(item.gpu_hours or 0.0 for item in chosen)
    if hours > budget.gpu_hours:
        return False
    if budget.people_days is not None:
        if any(item.people_days is None for item in chosen):
            return False
        if sum(item.people_days or 0.0 for item in chosen) > budget.people_days:
            return False
    groups = [item.group for item in chosen if item.group is not None]
    if len(groups) != len(set(groups)):
        return False
    exploring = sum(item.gpu_hours or 0.0 for item in chosen if item.kind == "exploration")
    if exploring < budget.exploration_floor * hours:
        return False
    for item in chosen:
        worthless = item.lock != "in" and (item.value is None or item.value <= 0)
        if worthless and not any(item.id in other.prerequisites for other in chosen):
            return False
    return True


def every_plan(items: Sequence[Item], budget: Budget, done: Collection[str]) -> Iterator[tuple[float, tuple[str, ...]]]:
    """Value and ids of each subset that keeps the rules."""
    for size in range(len(items) + 1):
        for chosen in itertools.combinations(items, size):
            if allowed(chosen, items, budget, done):
                yield sum(item.value or 0.0 for item in chosen), tuple(sorted(item.id for item in chosen))


def large_portfolio(count: int, prerequisites: int, seed: int = 1) -> tuple[list[Item], Budget]:
    """Log-normal values and costs, a quarter of the total as the budget, and so many prerequisites."""
    generator = random.Random(seed)
    needs = {child: generator.randrange(child) for child in generator.sample(range(1, count), prerequisites)}
    items = [
        Item(
            f"E-{number}",
            value=generator.lognormvariate(0, 1),
            gpu_hours=round(generator.lognormvariate(4, 0.8), 1),
            people_days=round(generator.lognormvariate(1.5, 0.6), 1),
            prerequisites=(f"E-{needs[number]}",) if number in needs else (),
            kind="exploration" if generator.random() < 0.3 else "transfer-ready",
        )
        for number in range(count)
    ]
    hours, days = (sum(getattr(item, name) or 0.0 for item in items) for name in ("gpu_hours", "people_days"))
    return items, Budget(hours / 4, days / 4, 0.3)
