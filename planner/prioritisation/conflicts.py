"""Why the locked-in items cannot all be in: demands that exclude each other, none of which could be left out.

QuickXplain (Junker, AAAI 2004) over the rows of the plan that a person can name. Each demand in the answer takes part:
giving up any one of them resolves this conflict.
"""

import math
from collections.abc import Callable, Sequence
from typing import Final

from library.errors import LabtopError, UsageError
from planner.prioritisation.solver import Row, maximise

_TOLD: Final = 8


class PlanImpossible(UsageError):
    """No plan keeps all demands. `demands` are those that exclude each other, one line each; many are told in part."""

    def __init__(self, demands: tuple[str, ...]) -> None:
        # Budgets, groups and the floor stand last: they are always told.
        left_out = [f"{len(demands) - _TOLD} more of this kind"] if len(demands) > _TOLD else []
        told = [*demands[: _TOLD // 2], *left_out, *demands[-_TOLD // 2 :]] if left_out else demands
        super().__init__(
            f"No plan is possible: {'; '.join(told)}.",
            mend="Give up any one of these." if len(demands) > 1 else "Give it up.",
        )
        self.demands = demands


def conflict(rows: Sequence[Row], count: int) -> LabtopError:
    """The error that names a smallest conflict among rows over `count` items that no choice can keep."""
    tacit = [row for row in rows if not row.text]
    named = [row for row in rows if row.text]

    def possible(kept: Sequence[Row]) -> bool:
        return maximise([0.0] * count, [*tacit, *kept]) is not None

    smallest = _smallest(named, possible)
    return PlanImpossible(tuple(_worded(row, smallest, count) for row in smallest))


def _smallest(named: Sequence[Row], possible: Callable[[Sequence[Row]], bool]) -> list[Row]:
    """A subset of `named` that is impossible, and is not without any one of its rows."""

    def explain(background: list[Row], grown: bool, rows: list[Row]) -> list[Row]:
        if grown and not possible(background):
            return []
        if len(rows) == 1:
            return rows
        half = len(rows) // 2
        first, second = rows[:half], rows[half:]
        of_second = explain([*background, *first], True, second)
        return explain([*background, *of_second], bool(of_second), first) + of_second

    return explain([], False, list(named))


def _worded(row: Row, smallest: Sequence[Row], count: int) -> str:
    """The demand; of a budget also the least that the others need of it."""
    if not row.budget:
        return row.text
    uses = [-row.weights.get(number, 0.0) for number in range(count)]
    cheapest = maximise(uses, [other for other in smallest if other is not row])
    needed = -sum(use for use, taken in zip(uses, cheapest.taken, strict=True) if taken) if cheapest else math.inf
    return f"{row.text}, where {needed:,g} are needed"
