"""What another budget would change: which items enter and leave, what that is worth, and where each item comes in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from library.jobs import CancelToken
from planner.prioritisation.portfolio import Budget, Item, Plan, PlanImpossible, solve

FACTORS: Final = (0.8, 1.2)
STEP: Final = 100.0  # GPU-hours
# Budgets at which an item that is out is looked for, as factors. An item that is in at one of them need not be in at
# the next: a larger budget may have a better use for its hours.
TRIED: Final = (1.05, 1.1, 1.2, 1.3, 1.5, 2.0)


@dataclass(frozen=True, slots=True)
class Change:
    """The best plan at another budget of GPU-hours, against the plan as it is.

    `difference` in value; None, and `impossible` says why, where no plan keeps the locked-in items.
    """

    gpu_hours: float
    difference: float | None
    enters: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    impossible: str = ""


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """`changes` by factor of the budget; `step`: what STEP more GPU-hours add, the shadow price.

    `enters_at`: the smallest budget tried at which an item that is out would be in; those that never were are absent.
    """

    changes: Mapping[float, Change]
    step: Change
    enters_at: Mapping[str, float]


def neighbourhood(
    items: Sequence[Item],
    plan: Plan,
    *,
    done: Collection[str] = (),
    factors: Sequence[float] = FACTORS,
    tried: Sequence[float] = TRIED,
    step: float = STEP,
    cancel: CancelToken | None = None,
) -> Neighbourhood:
    """Solve the plan again at other budgets of GPU-hours; people-days and floor stay. Checks `cancel` in between."""
    hours = plan.budget.gpu_hours
    changes: dict[float, Change] = {}
    for amount in sorted({*(factor * hours for factor in (*factors, *tried)), hours + step}):
        if cancel is not None:
            cancel.check()
        changes[amount] = _change(items, plan, replace(plan.budget, gpu_hours=amount), done)
    enters_at: dict[str, float] = {}
    for amount in sorted(changes):
        if amount > hours:
            for name in changes[amount].enters:
                enters_at.setdefault(name, amount)
    by_factor = {factor: changes[factor * hours] for factor in factors}
    return Neighbourhood(by_factor, changes[hours + step], enters_at)


def _change(items: Sequence[Item], plan: Plan, budget: Budget, done: Collection[str]) -> Change:
    try:
        other = solve(items, budget, done=done)
    except PlanImpossible as error:
        return Change(budget.gpu_hours, None, impossible="; ".join(error.demands))
    before, after = set(plan.selected), set(other.selected)
    return Change(
        budget.gpu_hours, other.value - plan.value, tuple(sorted(after - before)), tuple(sorted(before - after))
    )
