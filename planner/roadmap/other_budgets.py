"""What other budgets of the quarter would change, in GPU-hours of the whole quarter.

The solver plans what is left of a quarter; people speak of the quarter's budget. Where nothing is left, a factor says
nothing.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from library.jobs import CancelToken
from planner.prioritisation.budgets import FACTORS, STEP, TRIED, Change, neighbourhood
from planner.prioritisation.portfolio import Budget, Plan
from planner.roadmap.items import Offer

# Beyond so many items, only the budgets of the ±20 % question are solved, not those that say where each item enters.
MANY: Final = 300


@dataclass(frozen=True, slots=True)
class OtherBudgets:
    """`changes`: (factor of the budget, what it would change); `step`: what STEP more GPU-hours would.

    `enters_at`: the smallest budget tried at which an item that is out would be in, by id.
    """

    changes: tuple[tuple[float, Change], ...]
    step: Change
    enters_at: Mapping[str, float]

    def to_json(self) -> dict[str, Any]:
        """Plain data, as it is stored."""
        return {
            "budgets": [{"factor": factor, **_plain(change)} for factor, change in self.changes],
            "shadow_price": {"more": STEP, **_plain(self.step)},
        }


def other_budgets(offer: Offer, solved: Plan, budget: Budget, cancel: CancelToken | None = None) -> OtherBudgets:
    """Solve the plan again at other budgets. Raises Cancelled where it is asked to stop."""
    left, whole = solved.budget.gpu_hours, budget.gpu_hours
    used = whole - left

    def of_left(factor: float) -> float:
        return max(0.0, factor * whole - used) / left

    factors = {factor: of_left(factor) for factor in FACTORS} if left > 0 else {}
    tried = [of_left(factor) for factor in TRIED] if left > 0 and len(offer.items) <= MANY else []
    near = neighbourhood(
        offer.items, solved, done=offer.done, factors=list(factors.values()), tried=tried, cancel=cancel
    )
    return OtherBudgets(
        changes=tuple(
            (factor, replace(near.changes[part], gpu_hours=factor * whole)) for factor, part in factors.items()
        ),
        step=replace(near.step, gpu_hours=whole + STEP),
        enters_at={name: amount + used for name, amount in near.enters_at.items()},
    )


def _plain(change: Change) -> dict[str, Any]:
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(change).items()}
    return {**plain, "impossible": change.impossible or None}
